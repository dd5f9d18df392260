"""The same rows in a database, and the same evaluation held against that of files, figure by figure."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray
from psycopg import sql

import postgresql
from clew.evaluate.analyse import analyse
from clew.evaluate.backend import InBackend, find_in_backend
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding
from clew.pilot.protocol import Protocol

Rows = Mapping[str, NDArray[Any]]
POSTGRES = {"i": "bigint", "u": "bigint", "f": "double precision", "b": "boolean", "U": "text", "O": "text"}


def into_duckdb(rows: Rows, database: Path, table: str) -> None:
    """Make a table of the columns' own types; NaN becomes NULL."""
    with duckdb.connect(str(database)) as connection:
        connection.register("arrays", dict(rows))
        connection.execute(f'CREATE TABLE "{table}" AS FROM arrays')


def into_postgres(rows: Rows, address: str, table: str) -> None:
    """The same in PostgreSQL."""
    with psycopg.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
        columns = sql.SQL(", ").join(
            sql.SQL("{} " + POSTGRES[values.dtype.kind]).format(sql.Identifier(name)) for name, values in rows.items()
        )
        cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(table), columns))
        with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
            for row in zip(*(values.tolist() for values in rows.values()), strict=True):
                copy.write_row([None if value != value else value for value in row])  # noqa: PLR0124  NaN alone


def same_as_files(protocol: Protocol, where: InBackend, path: Path) -> Finding:
    """Evaluate in a backend and from the file; hold every figure of the two findings against each other."""
    there, here = find_in_backend(protocol, where, None), analyse(protocol, open_rows(path, protocol))
    exactly = {"rel": 1e-12, "abs": 1e-13}
    assert there.effect.estimate == pytest.approx(here.effect.estimate, **exactly)
    assert there.effect.std_error == pytest.approx(here.effect.std_error, **exactly)
    for field in fields(Finding):
        if field.name not in {"data_sha256", "backend"}:
            alike(getattr(there, field.name), getattr(here, field.name), field.name)
    return there


def alike(found: object, expected: object, place: str) -> None:
    """Hold two values against each other all the way down; floats to nine digits, all else exactly."""
    if is_dataclass(expected) and not isinstance(expected, type):
        for field in fields(expected):
            alike(getattr(found, field.name), getattr(expected, field.name), f"{place}.{field.name}")
    elif isinstance(expected, tuple) and isinstance(found, tuple):
        assert len(found) == len(expected), place
        for number, (one, other) in enumerate(zip(found, expected, strict=True)):
            alike(one, other, f"{place}[{number}]")
    elif isinstance(expected, float) and isinstance(found, float):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True), place
    else:
        assert type(found) is type(expected), place
        assert np.all(found == expected), place


class Places:
    """Puts rows into an engine, under a new name each time. `server`: the address of a PostgreSQL."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder, self.server, self.number = folder, server, 0

    def put(self, rows: Rows, engine: str) -> InBackend:
        self.number += 1
        table = f"rows{self.number}"
        if engine == "postgres":
            into_postgres(rows, self.server, table)
            return InBackend(self.server, (table,))
        into_duckdb(rows, self.folder / "pilots.duckdb", table)
        return InBackend(f"duckdb://{self.folder}/pilots.duckdb", (table,))


@contextmanager
def opened_places(folder: Path) -> Iterator[Places]:
    """Places with a PostgreSQL of their own."""
    with postgresql.cluster() as address:
        yield Places(folder, address)
