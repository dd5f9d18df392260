"""What participants declared of themselves, and the shares of the same in the population."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from clew.errors import InputError, Problem
from clew.tables.sources import Paths, find_parts
from clew.tables.table import columns_of, open_table
from clew.tables.wording import listed, quoted

VOTER = "voter-id"
ATTRIBUTE, VALUE, SHARE, COUNT = "attribute", "value", "share", "count"
ROUNDING = 0.01
"""How far printed shares of an attribute may miss 1 together."""


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """One thing that people may declare, such as an age band. `code` (P): which of the values, -1 for none declared."""

    name: str
    values: tuple[str, ...]
    code: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Margin:
    """The population's shares of one attribute's values; they add up to 1."""

    attribute: str
    values: tuple[str, ...]
    shares: tuple[float, ...]


def read_attributes(paths: Paths, voters: Sequence[str]) -> tuple[Attribute, ...]:
    """Return what the voters declared (CSV or Parquet: `voter-id` and a column an attribute), by name of attribute.

    voters: the ids of those who took part, in their order. An empty cell is not declared, nor is what somebody
    declared who is not in the file. Those in the file who did not vote are passed over.

    Raises: InputError for a missing column, no attribute at all, an empty or repeated voter-id.
    """
    where = find_parts(paths)[0].path
    header, rows = _rows(paths, (VOTER,))
    ids = [row[header.index(VOTER)] for row in rows]
    twice = sorted(one for one, times in Counter(ids).items() if times > 1)
    problems = [Problem("a row has no voter-id.", str(where), "Fill it in, or remove the row.")] if "" in ids else []
    if any(twice):
        problems += [Problem(f"voter-id {listed(twice)} comes twice.", str(where), "Keep one row a participant.")]
    names = sorted(set(header) - {VOTER})
    if not names:
        problems += [Problem("there is no attribute beside voter-id.", str(where), "Add a column an attribute.")]
    if problems:
        raise InputError(problems=tuple(problems))
    row_of = dict(zip(ids, rows, strict=True))
    return tuple(_attribute(one, [_cell(row_of.get(voter), header.index(one)) for voter in voters]) for one in names)


def _cell(row: Sequence[str] | None, place: int) -> str:
    return "" if row is None else row[place]


def _attribute(named: str, declared: Sequence[str]) -> Attribute:
    values = tuple(sorted(set(declared) - {""}))
    places = {value: place for place, value in enumerate(values)} | {"": -1}
    return Attribute(named, values, np.fromiter((places[one] for one in declared), np.int64, len(declared)))


def read_margins(paths: Paths) -> tuple[Margin, ...]:
    """Return the population's shares (CSV or Parquet: `attribute`, `value`, and `share` or `count`), by attribute.

    Raises: InputError for missing columns, a value that comes twice, shares that do not add up to 1, no people.
    """
    where = str(find_parts(paths)[0].path)
    header, rows = _rows(paths, (ATTRIBUTE, VALUE))
    if (SHARE in header) == (COUNT in header):
        do = "Give the population of each value either as `share` or as `count`."
        raise InputError(f"the file needs one of the columns {listed([SHARE, COUNT])}.", where=where, do=do)
    measure = SHARE if SHARE in header else COUNT
    columns = [header.index(one) for one in (ATTRIBUTE, VALUE, measure)]
    cells = sorted(tuple(row[place] for place in columns) for row in rows)
    _refuse_repeated(cells, where)
    by_name: dict[str, list[tuple[str, float]]] = {}
    for attribute, value, amount in cells:
        by_name.setdefault(attribute, []).append((value, _amount(amount, f"{where}, {quoted(attribute)}, {value}")))
    if not by_name:
        raise InputError("the file has no row.", where=where, do="Give the population's shares of each value.")
    return tuple(_margin(one, pairs, measure, where) for one, pairs in by_name.items())


def _refuse_repeated(cells: Sequence[tuple[str, ...]], where: str) -> None:
    keys = [cell[:2] for cell in cells]
    problems = [
        Problem(f"{quoted(value)} of {quoted(attribute)} comes twice.", where, "Keep one row a value.")
        for (attribute, value), times in sorted(Counter(keys).items())
        if times > 1
    ]
    if any("" in key for key in keys):
        problems += [Problem("a row names no attribute or no value.", where, "Fill it in, or remove the row.")]
    if problems:
        raise InputError(problems=tuple(problems))


def _amount(said: str, where: str) -> float:
    try:
        amount = float(said)
    except ValueError:
        amount = -1.0
    if not (isfinite(amount) and amount > 0):
        raise InputError(
            f"{quoted(said)} is no share and no count.",
            where=where,
            do="Write a number above 0, with a point; leave out values that nobody has.",
        )
    return amount


def _margin(attribute: str, pairs: Sequence[tuple[str, float]], measure: str, where: str) -> Margin:
    total = sum(amount for _, amount in pairs)
    if measure == SHARE and abs(total - 1) > ROUNDING:
        percent = " They look like per cent: divide them by 100." if abs(total - 100) <= 100 * ROUNDING else ""
        raise InputError(
            f"the shares of {quoted(attribute)} add up to {total:.6g}, not to 1.",
            where=where,
            do=f"Give every value of it, or give counts.{percent}",
        )
    return Margin(attribute, tuple(value for value, _ in pairs), tuple(amount / total for _, amount in pairs))


def matched(attributes: Sequence[Attribute], margins: Sequence[Margin]) -> tuple[tuple[Attribute, Margin | None], ...]:
    """Return each attribute with its margin, if one is given; the values are those of the margin then, in its order.

    Raises: InputError where a margin names no attribute, or somebody declared a value that its margin does not have.
    """
    by_name = {one.attribute: one for one in margins}
    columns = [one.name for one in attributes]
    problems = [
        Problem(
            f"attribute {quoted(one)} is no column of what participants declared: {listed(columns)}.",
            "margins",
            "Spell it as in that file, or leave it out.",
        )
        for one in by_name
        if one not in columns
    ]
    problems += [problem for one in attributes for problem in _unknown_values(one, by_name.get(one.name))]
    if problems:
        raise InputError(problems=tuple(problems))
    return tuple((_as_in(one, by_name.get(one.name)), by_name.get(one.name)) for one in attributes)


def _unknown_values(attribute: Attribute, margin: Margin | None) -> Iterable[Problem]:
    unknown = [] if margin is None else [one for one in attribute.values if one not in margin.values]
    if unknown:
        yield Problem(
            f"participants declared {listed(unknown)}, which the margins of {quoted(attribute.name)} do not have.",
            "margins",
            "Spell both alike, add its share, or leave the cell empty: it then counts as not declared.",
        )


def _as_in(attribute: Attribute, margin: Margin | None) -> Attribute:
    if margin is None:
        return attribute
    places = np.array([*(margin.values.index(one) for one in attribute.values), -1], np.int64)
    return Attribute(attribute.name, margin.values, places[attribute.code])


def _rows(paths: Paths, needed: tuple[str, ...]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The column names of a table, and its cells as text without blanks around; "" where a cell is empty."""
    parts = find_parts(paths)
    header = tuple(one for one in columns_of(parts)[0] if one)
    if absent := [one for one in needed if one not in header]:
        what = f"column {listed(absent)} is missing; the file has {listed(header)}."
        raise InputError(what, where=str(parts[0].path), do="Name the columns as the manual does.")
    table = open_table(parts, header)
    with table.held:
        cells = ", ".join(f"coalesce(trim(CAST({table.column(one)} AS VARCHAR)), '')" for one in header)
        return header, table.fetch(f"SELECT {cells} FROM {table.source}")
