"""Small tables read as text, row by row: statements, lists of people; every value as it stands in the file."""

import csv
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clew.deliberate.vote_columns import raw
from clew.errors import InputError, Problem
from clew.tables.sources import Part, Paths, find_parts, header_problems
from clew.tables.table import columns_of, open_table
from clew.tables.unreadable import records, unreadable
from clew.tables.wording import listed, plural, quoted

MOST_PROBLEMS = 20
"""Mistakes in rows that are told one by one."""


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row by column name; `place`: file and line (of Parquet: row), for messages."""

    place: str
    values: dict[str, str]


def text_rows(paths: Paths, needed: Sequence[str], purpose: str) -> tuple[TextRow, ...]:
    """Return the rows of CSV or Parquet files in their order. `purpose` begins the advice: "Statements need".

    Raises: InputError for needed columns that are missing, columns that come twice, files that cannot be read.
    """
    parts = find_parts(paths)
    headers = columns_of(parts)
    advice = f"{purpose} the columns {', '.join(needed)}." if len(needed) > 1 else f"{purpose} a column {needed[0]}."
    problems = []
    for part, header in zip(parts, headers, strict=True):
        problems += header_problems(part.path, header, ())
        missing = [name for name in needed if name not in header]
        if missing:
            what = f"missing: {listed(missing)}; the file has the columns {listed(header)}."
            problems.append(Problem(what, str(part.path), advice))
    if problems:
        raise InputError(problems=tuple(problems))
    return tuple(row for part, header in zip(parts, headers, strict=True) for row in _rows(part, header))


def empty_or_twice(rows: Sequence[TextRow], column: str) -> list[Problem]:
    """Return the complaints about ids, without blanks around them, that are empty or come twice."""
    seen: set[str] = set()
    problems = []
    for row in rows:
        one = row.values[column].strip()
        if not one:
            problems.append(Problem(f"column {quoted(column)} is empty.", row.place, "Give each row an id."))
        elif one in seen:
            what = f"{column} {quoted(one)} comes twice."
            problems.append(Problem(what, row.place, "Keep one row for each."))
        seen.add(one)
    return problems


def refuse(problems: Sequence[Problem]) -> None:
    """Raise InputError where there are problems, with the first `MOST_PROBLEMS` of them and how many more."""
    more = len(problems) - MOST_PROBLEMS
    there = f"there {'is' if more == 1 else 'are'} {plural(more, 'more mistake')}."
    rest = (Problem(there, do="Correct these first."),) if more > 0 else ()
    if problems:
        raise InputError(problems=(*problems[:MOST_PROBLEMS], *rest))


def _rows(part: Part, header: Sequence[str]) -> Iterator[TextRow]:
    read = _from_parquet if part.kind == "parquet" else _from_csv
    for place, values in read(part, header):
        yield TextRow(f"{part.path}, {place}", dict(zip(header, values, strict=True)))


def _from_csv(part: Part, header: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    try:
        for line, values in records(part):
            if len(values) != len(header):
                raise unreadable((part,))
            yield f"line {line}", values
    except (csv.Error, OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise unreadable((part,)) from error


def _from_parquet(part: Part, header: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    table = open_table((part,), tuple(header), in_order=True)
    with table.held:
        asked = ", ".join(raw(table, name) for name in header)
        yield from (
            (f"row {row}", values)
            for row, values in enumerate(table.fetch(f"SELECT {asked} FROM {table.source}"), start=1)
        )
