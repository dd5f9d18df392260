"""The data as named for a backend: a table or view, or files that the engine reads; as one Ibis table."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from pathlib import Path

from clew.errors import InputError, Problem
from clew.evaluate.backend_session import Expression, Session, load_ibis
from clew.tables.sources import SUFFIXES, Part, find_parts, header_problems
from clew.tables.wording import listed, quoted


@dataclass(frozen=True, slots=True)
class Source:
    """The needed columns of the data in a session. `place`: what messages call it."""

    session: Session
    table: Expression
    place: str


def open_source(session: Session, data: Sequence[str], needed: tuple[str, ...]) -> Source:
    """Find the data: one table, `schema.table`, or files (paths, a folder, a glob).

    Raises: InputError where there is no such table or file, or columns are missing.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Ibis 12 asks DuckDB 2 as it asked DuckDB 1
        try:
            return _files(session, data, needed) if _are_files(session, data) else _table(session, data, needed)
        except session.errors as error:
            raise session.unanswered(error) from error


def _are_files(session: Session, data: Sequence[str]) -> bool:
    """Whether files are meant: by their names, or because they are here and no table has that name."""
    named = any(set("/\\*?[") & set(name) or name.endswith(SUFFIXES) for name in data)
    if not named and (not any(Path(name).exists() for name in data) or _is_table(session, data[0])):
        return False
    if session.kind == "postgres":
        raise InputError(
            f"PostgreSQL holds tables, and {listed(data)} are files.",
            where=session.shown,
            do="Name a table, as table or schema.table, or leave out --backend.",
        )
    return True


def _table(session: Session, data: Sequence[str], needed: tuple[str, ...]) -> Source:
    if len(data) != 1:
        raise InputError(f"one table is evaluated, not {listed(data)}.", where=session.shown, do="Make a view of them.")
    if not _is_table(session, data[0]):
        there = _tables(session)
        named = f"; there are {listed(there)}" if there else ""
        raise InputError(f"there is no table {quoted(data[0])}{named}.", where=session.shown, do="Check its name.")
    table, place = _named(session, data[0]), f"{session.shown}, table {data[0]}"
    _has_columns(table, needed, place)
    return Source(session, table.select(*needed), place)


def _named(session: Session, data: str) -> Expression:
    schema, _, name = data.rpartition(".")
    return session.backend.table(name, database=schema or None)


def _is_table(session: Session, data: str) -> bool:
    ibis = load_ibis()
    try:
        _named(session, data)
    except (ibis.common.exceptions.TableNotFound, *session.errors):
        return False
    return True


def _tables(session: Session) -> list[str]:
    """Every table and view that is not the engine's own, with its schema where that is not the usual one."""
    if session.spark is not None:
        return sorted(session.backend.list_tables())
    known = session.backend.table("tables", database="information_schema").select("table_schema", "table_name")
    found = session.fetch(known.filter(~known.table_schema.isin(["information_schema", "pg_catalog"])))
    pairs = zip(found["table_schema"].tolist(), found["table_name"].tolist(), strict=True)
    return sorted(name if schema in {"main", "public"} else f"{schema}.{name}" for schema, name in pairs)


def _has_columns(table: Expression, needed: tuple[str, ...], place: str) -> None:
    problems = tuple(
        Problem(
            f"column {quoted(name)} is missing; the table has {listed(table.columns)}.", place, "Correct one of them."
        )
        for name in needed
        if name not in table.columns
    )
    if problems:
        raise InputError(problems=problems)


def _files(session: Session, data: Sequence[str], needed: tuple[str, ...]) -> Source:
    """Files that are here are looked at first, as they are without a backend; others are the engine's to find."""
    if any("://" in name for name in data):
        parts = [Part(Path(name), "csv" if ".csv" in name else "parquet") for name in data]
        names = list(data)
    else:
        parts = list(find_parts(list(data)))
        names = [str(part.path) for part in parts]
    problems = [one for part in parts if part.header for one in header_problems(part.path, part.header, needed)]
    if problems:
        raise InputError(problems=tuple(problems))
    place = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    alike = groupby(sorted(zip(parts, names, strict=True), key=_form), key=_form)
    tables = [_read(session, [(part, name) for part, name in same]) for _, same in alike]
    for table in tables:
        _has_columns(table, needed, place)
    return Source(session, reduce(lambda one, other: one.union(other), [one.select(*needed) for one in tables]), place)


def _form(pair: tuple[Part, str]) -> tuple[str, str, tuple[str, ...]]:
    return pair[0].kind, pair[0].delimiter, pair[0].header


def _read(session: Session, pairs: Sequence[tuple[Part, str]]) -> Expression:
    """One table of files of one form. Values of CSV stay texts, so that "01" is no 1."""
    part, names = pairs[0][0], [name for _, name in pairs]
    if part.kind == "parquet":
        if session.spark is None:
            return session.backend.read_parquet(names, union_by_name=len(names) > 1, hive_partitioning=False)
        view = session.view()
        session.spark.read.parquet(*names).createOrReplaceTempView(view)
        return session.backend.table(view)
    if session.spark is None:
        return session.backend.read_csv(
            names, all_varchar=True, header=True, delim=part.delimiter, quote='"', escape='"', hive_partitioning=False
        )
    reading = {"mode": "FAILFAST", "multiLine": True, "inferSchema": False, "header": True, "quote": '"', "escape": '"'}
    return session.backend.read_csv(names, sep=part.delimiter, table_name=session.view(), **reading)
