"""What can be wrong with one value, said once for SQL and once for a line of CSV, and where its first cases are."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from pathlib import Path

import duckdb

from clew.errors import Problem
from clew.tables.sources import Part
from clew.tables.table import Table, name, text
from clew.tables.unreadable import records
from clew.tables.wording import listed, quoted

LARGEST = 1e40
"""A value beyond this is refused: products of four could not be held."""

SMALLEST = 1e-40
"""A column whose values differ, but by less than this, is refused for the same reason."""

NUMBER = re.compile(r"[+-]?(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity|nan)", re.IGNORECASE)
DECIMAL_COMMA = re.compile(r"[+-]?[\d.]*\d,\d+")


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of bad value. `sql`: true of it, for a column `{c}` and the outcome `{y}`. `found`: the same for the two
    texts in a CSV. `what`, `do`: the message, for `{column}`."""

    sql: str
    found: Callable[[str, str], bool]
    what: str
    do: str


def _value(value: str) -> float:
    return float(value) if NUMBER.fullmatch(value.strip()) else 0.0


NOT_A_NUMBER = Fault(
    "TRY_CAST({c} AS DOUBLE) IS NULL AND trim(CAST({c} AS VARCHAR)) <> ''",
    lambda value, _: bool(value.strip()) and not NUMBER.fullmatch(value.strip()),
    "column {column} holds something that is not a number",
    "Correct it, or leave the field empty where the outcome is missing.",
)
NOT_FINITE = Fault(
    f"NOT isfinite(TRY_CAST({{c}} AS DOUBLE)) OR abs(TRY_CAST({{c}} AS DOUBLE)) > {LARGEST}",
    lambda value, _: not isfinite(_value(value)) or abs(_value(value)) > LARGEST,
    "column {column} holds NaN, an infinity or a number too large to be one",
    "Correct it, or leave the field empty where the outcome is missing.",
)
NOT_ZERO_OR_ONE = Fault(
    "TRY_CAST({c} AS DOUBLE) NOT IN (0, 1)",
    lambda value, _: bool(value.strip()) and _value(value) not in {0, 1},
    "column {column} must be 0 or 1 for a proportion",
    'Correct it, or register `measure = "mean"`.',
)
NOT_A_COUNT = Fault(
    "TRY_CAST({c} AS DOUBLE) < 0 OR TRY_CAST({c} AS DOUBLE) <> floor(TRY_CAST({c} AS DOUBLE))",
    lambda value, _: _value(value) < 0 or not _value(value).is_integer(),
    "column {column} must hold whole numbers from 0 for a count",
    'Correct it, or register `measure = "mean"`.',
)
NOT_POSITIVE = Fault(
    "TRY_CAST({c} AS DOUBLE) <= 0",
    lambda value, _: bool(value.strip()) and _value(value) <= 0,
    "weights in column {column} must be above 0",
    "Correct them, or leave out rows that should not count.",
)
NOT_A_SHARE = Fault(
    "TRY_CAST({c} AS DOUBLE) < 0 OR TRY_CAST({c} AS DOUBLE) > 1",
    lambda value, _: not 0 <= _value(value) <= 1,
    "column {column} says who received it and must hold numbers from 0 to 1",
    "Write 1 where it was received, 0 where it was not, or the share that was.",
)
NEGATIVE = Fault(
    "TRY_CAST({c} AS DOUBLE) < 0",
    lambda value, _: _value(value) < 0,
    "column {column} is what events are counted over and cannot be negative",
    "Correct it, or leave out the row.",
)
EMPTY = Fault(
    "({c} IS NULL OR trim(CAST({c} AS VARCHAR)) = '') AND {y} IS NOT NULL AND trim(CAST({y} AS VARCHAR)) <> ''",
    lambda value, outcome: not value.strip() and bool(outcome.strip()),
    "column {column} is empty where there is an outcome",
    "Fill it in, or leave out the row.",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One bad value and where it stands: `line` of a CSV or `row` of a Parquet file, from 1."""

    path: Path
    place: str
    value: str


def problem(table: Table, fault: Fault, column: str, outcome: str) -> Problem:
    """The complaint about a column, naming the first three places."""
    cases = list(islice(_cases(table, fault, column, outcome), 3))
    what, do = fault.what.format(column=quoted(column)), fault.do
    if cases and fault is NOT_A_NUMBER and DECIMAL_COMMA.fullmatch(cases[0].value.strip()):
        what, do = (
            f"column {quoted(column)} holds numbers with a decimal comma",
            "Write them with a point, such as 1.5.",
        )
    if cases and fault is not EMPTY:
        what += f": {listed([case.value for case in cases])}"
    return Problem(what + ".", _where(cases) or str(table.parts[0].path), do)


def _where(cases: Sequence[Case]) -> str:
    return f"{cases[0].path}, {', '.join(case.place for case in cases)}" if cases else ""


def _cases(table: Table, fault: Fault, column: str, outcome: str) -> Iterator[Case]:
    for part in table.parts:
        yield from (
            _in_csv(part, fault, column, outcome)
            if part.kind == "csv"
            else _in_parquet(table, part, fault, (column, outcome))
        )


def _in_csv(part: Part, fault: Fault, column: str, outcome: str) -> Iterator[Case]:
    at, y = part.header.index(column), part.header.index(outcome)
    with suppress(csv.Error, UnicodeDecodeError):
        for line, values in records(part):
            if max(at, y) < len(values) and fault.found(values[at], values[y]):
                yield Case(part.path, f"line {line}", values[at])


def _in_parquet(table: Table, part: Part, fault: Fault, names: tuple[str, str]) -> Iterator[Case]:
    c, y = (name(column) for column in names)
    condition = fault.sql.format(c=c, y=y)
    query = (
        f"SELECT file_row_number + 1, CAST({c} AS VARCHAR) FROM read_parquet({text(table.readable(part))}, "
        f"file_row_number = true) WHERE {condition} ORDER BY 1 LIMIT 3"
    )
    with suppress(duckdb.Error):
        for row, value in table.connection.execute(query).fetchall():
            yield Case(part.path, f"row {row}", str(value))
