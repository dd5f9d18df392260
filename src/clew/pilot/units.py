"""The list of units to be dealt to the arms, read from a CSV file with every mistake at once."""

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clew.errors import InputError, MissingError, Problem
from clew.pilot.protocol import Protocol

DEALS_STARTS = ("stepped-wedge", "random-rollout")
"""Kinds of design in which everybody gets the service, and chance deals from when."""

MOST_SHOWN = 20
LARGEST_FILE = 200_000_000


@dataclass(frozen=True, slots=True)
class Units:
    """A list of units: `columns` and `rows` as they came, and for each row what is dealt and within which block.

    `dealt`: the unit's or, where clusters are randomised, the cluster's name; `blocks`: "" where there are none.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    dealt: tuple[str, ...]
    blocks: tuple[str, ...]

    @property
    def by_block(self) -> dict[str, list[str]]:
        """Different names to be dealt, by block, in the order of the file."""
        found: dict[str, dict[str, None]] = {}
        for name, block in zip(self.dealt, self.blocks, strict=True):
            found.setdefault(block, {})[name] = None
        return {block: list(names) for block, names in found.items()}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file as read: its name for messages, its header, its rows and the line on which each ends."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def values(self, column: str) -> tuple[str, ...]:
        """Return a column's values."""
        place = self.columns.index(column)
        return tuple(row[place] for row in self.rows)

    def problem(self, row: int, what: str, do: str) -> Problem:
        """Return a problem of a row."""
        return Problem(what, f"{self.name}, line {self.lines[row]}", do)


def dealt_column(protocol: Protocol) -> str:
    """Return the column that dealing fills in: the arm, or the period of the start where starts are dealt.

    Raises InputError for a design in which chance deals nothing.
    """
    design = protocol.design
    if design.deals_arms:
        return design.arm
    if design.kind in DEALS_STARTS:
        return design.treated_from
    raise InputError(
        f"a {design.kind} design compares what chance did not deal: there is nothing to assign.",
        where="[design] kind",
        do=f"Arms or starts are dealt in designs such as randomised, cluster-randomised, {', '.join(DEALS_STARTS)}.",
    )


def load_units(path: str | Path, protocol: Protocol) -> Units:
    """Read a list of units (CSV, `.gz` read through).

    Raises MissingError where there is no such file, InputError with every mistake in it.
    """
    where = Path(path)
    if not where.is_file():
        raise MissingError("there is no such file.", where=str(path), do="Check the path of the list of units.")
    try:
        with gzip.open(where) if where.suffix == ".gz" else where.open("rb") as file:
            return read_units(file.read(LARGEST_FILE + 1), where.name, protocol)
    except (gzip.BadGzipFile, EOFError) as error:
        raise InputError("the file is not whole gzip.", where=where.name, do="Pack it again.") from error


def read_units(source: bytes, name: str, protocol: Protocol) -> Units:
    """Read a list of units from its bytes: comma or semicolon, UTF-8 with or without BOM, one header line.

    The unit's column is [design] unit, else the one called as [population] unit; where clusters are randomised and no
    unit is named, a row is a cluster. Raises InputError with every mistake, each with its line.
    """
    sheet = read_sheet(source, name)
    unit, dealt, block = _columns(sheet, protocol)
    problems = [*_unusable(sheet, unit), *_repeated(sheet, unit), *(_unusable(sheet, dealt) if dealt != unit else ())]
    if block is not None:
        problems += [*_unusable(sheet, block), *_torn(sheet, dealt, block)]
    if problems:
        more = [Problem(f"and {len(problems) - MOST_SHOWN} more.", name)] if len(problems) > MOST_SHOWN else []
        raise InputError(problems=(*problems[:MOST_SHOWN], *more))
    blocks = sheet.values(block) if block is not None else ("",) * len(sheet.rows)
    return Units(sheet.columns, sheet.rows, sheet.values(dealt), blocks)


def read_sheet(source: bytes, name: str) -> Sheet:
    """Read a CSV file's header and rows; blank lines are passed over. Raises InputError where it is none."""
    text = _decode(source, name)
    header = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if header.count(";") > header.count(",") else ",")
    try:
        found = [(reader.line_num, tuple(row)) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        where = f"{name}, line {reader.line_num}"
        raise InputError(f"not a CSV file: {error}.", where=where, do="Export it again.") from error
    if len(found) < 2:
        raise InputError("there are no units in it.", where=name, do="Bring a header line and one line a unit.")
    columns, rows = found[0][1], found[1:]
    ragged = [(line, len(row)) for line, row in rows if len(row) != len(columns)]
    if ragged:
        raise InputError(problems=tuple(_ragged(name, line, count, columns) for line, count in ragged[:MOST_SHOWN]))
    return Sheet(name, columns, tuple(row for _, row in rows), tuple(line for line, _ in rows))


def _decode(source: bytes, name: str) -> str:
    if len(source) > LARGEST_FILE:
        raise InputError("the file is larger than 200 MB.", where=name, do="Bring a list of units, not their data.")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = f"{name}, line {source.count(10, 0, error.start) + 1}"
        raise InputError(
            f"byte 0x{source[error.start]:02X} is not UTF-8.", where=where, do="Save it as UTF-8."
        ) from error


def _ragged(name: str, line: int, count: int, columns: tuple[str, ...]) -> Problem:
    return Problem(
        f"{count} values for {len(columns)} columns.", f"{name}, line {line}", "Complete or quote the values."
    )


def _columns(sheet: Sheet, protocol: Protocol) -> tuple[str, str, str | None]:
    """Return the columns of the unit, of what is dealt (the unit or its cluster), and of the block."""
    design, there = protocol.design, sheet.columns
    whole = design.cluster if design.deals_clusters else None
    unit = design.unit or whole or protocol.population.unit
    dealt = whole or unit
    problems = [
        Problem(f'two columns are called "{column}".', sheet.name, "Give each column its own name.")
        for column in dict.fromkeys(there)
        if there.count(column) > 1
    ]
    for column, key in ((unit, "unit"), (dealt, "cluster"), (design.block, "block")):
        if column is not None and column not in there and (key != "cluster" or dealt != unit):
            known = ", ".join(there[:MOST_SHOWN])
            what = f'there is no column "{column}"; there are: {known}.'
            problems.append(Problem(what, sheet.name, f"Name the column in the protocol: [design] {key} = …."))
    filled = dealt_column(protocol)
    if filled in there:
        what = f'there is a column "{filled}" already: these units have {"an arm" if design.deals_arms else "a start"}.'
        problems.append(Problem(what, sheet.name, "Bring the list without it."))
    if problems:
        raise InputError(problems=tuple(problems))
    return unit, dealt, design.block


def _unusable(sheet: Sheet, column: str) -> Iterator[Problem]:
    for row, value in enumerate(sheet.values(column)):
        if not value.strip():
            yield sheet.problem(row, f'"{column}" is empty.', "Fill it in.")
        elif not value.isprintable():
            yield sheet.problem(row, f'"{column}" holds a line break or a control character.', "Remove it.")


def _repeated(sheet: Sheet, column: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for row, value in enumerate(sheet.values(column)):
        if value in first:
            what = f'"{column}" {value!r} stands on line {sheet.lines[first[value]]} already.'
            yield sheet.problem(row, what, "Name each once; where rows are units within clusters, name [design] unit.")
        first.setdefault(value, row)


def _torn(sheet: Sheet, dealt: str, block: str) -> Iterator[Problem]:
    home: dict[str, str] = {}
    for row, (value, where) in enumerate(zip(sheet.values(dealt), sheet.values(block), strict=True)):
        if home.setdefault(value, where) != where:
            what = f'"{dealt}" {value!r} stands in block {home[value]!r} and in {where!r}.'
            yield sheet.problem(row, what, "Put all of it in one block.")
