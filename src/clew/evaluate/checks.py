"""Refuse data that cannot be used, naming every mistake at once, before and after they are summed."""

from collections.abc import Sequence

from clew.errors import InputError, Problem
from clew.evaluate import faults
from clew.evaluate.faults import LARGEST, SMALLEST, Fault
from clew.evaluate.profile import Profile, Profiles
from clew.evaluate.rows import Layout, distinct
from clew.evaluate.table import Table
from clew.evaluate.wording import quoted

BATCH = 4_000_000
"""Unit ids looked at together, so that memory does not grow with the rows."""


def check_columns(table: Table, profiles: Profiles, layout: Layout) -> None:
    """Refuse values that cannot be used.

    Raises: InputError naming every column at fault, with its first places.
    """
    problems = [
        faults.problem(table, fault, one.column, layout.outcome)
        for one in profiles.variables.values()
        for fault in _value_faults(table, one, layout)
    ]
    problems += [
        faults.problem(table, faults.EMPTY, column, layout.outcome) for column in _gaps(table, profiles, layout)
    ]
    if problems:
        raise InputError(problems=tuple(problems))
    for one in profiles.variables.values():
        _check_unit(table, one)
    _check_variation(table, profiles.variables[layout.outcome], constant=layout.few_rows)


def _value_faults(table: Table, one: Profile, layout: Layout) -> list[Fault]:
    needs_numbers = one.column in {layout.outcome, layout.weights, *layout.variables}
    if one.parsed < one.filled and (one.is_number or needs_numbers):
        return [faults.NOT_A_NUMBER]
    if one.low is None or one.high is None or not one.is_number:
        return []
    if not (one.low >= -LARGEST and one.high <= LARGEST):
        return [faults.NOT_FINITE]
    if one.column == layout.outcome:
        return _measure_faults(table, one, layout)
    return _range_faults(one, float(one.low), float(one.high), layout)


def _range_faults(one: Profile, low: float, high: float, layout: Layout) -> list[Fault]:
    if one.column == layout.weights and low <= 0:
        return [faults.NOT_POSITIVE]
    if one.column in layout.shares and not (low >= 0 and high <= 1):
        return [faults.NOT_A_SHARE]
    return [faults.NEGATIVE] if one.column in layout.from_zero and low < 0 else []


def _measure_faults(table: Table, one: Profile, layout: Layout) -> list[Fault]:
    fault = {"proportion": faults.NOT_ZERO_OR_ONE, "count": faults.NOT_A_COUNT}.get(layout.measure)
    return [fault] if fault and count(table, fault, one.column, layout.outcome) else []


def check_values(table: Table, variables: Sequence[Profile], layout: Layout) -> InputError:
    """Why the numbers could not be summed: values that the file's own statistics do not tell of, such as NaN."""
    bad = [one.column for one in variables if count(table, faults.NOT_FINITE, one.column, layout.outcome)]
    if bad:
        return InputError(
            problems=tuple(faults.problem(table, faults.NOT_FINITE, column, layout.outcome) for column in bad)
        )
    return InputError(
        "the data have too many different combinations of arm, cluster, block and group to be held.",
        where=str(table.parts[0].path),
        do="Check that these columns hold groups, not measurements.",
    )


def count(table: Table, fault: Fault, column: str, outcome: str) -> int:
    """How many rows have the fault."""
    condition = fault.sql.format(c=table.column(column), y=table.column(outcome))
    (found,) = table.fetch(f"SELECT count(*) FROM {table.source} WHERE {condition}")[0]
    return int(found)


def _gaps(table: Table, profiles: Profiles, layout: Layout) -> list[str]:
    """Columns that are empty in a row with an outcome. Equity groups may be; an empty arm is an unknown arm."""
    keys = (key for key in layout.keys if key not in layout.may_be_empty)
    needed = distinct(layout.cluster, layout.block, layout.level, *keys, *layout.beside, layout.weights)
    known = profiles.keys | profiles.variables
    thin = [column for column in needed if known[column].filled < profiles.rows]
    return [column for column in thin if count(table, faults.EMPTY, column, layout.outcome)]


def _check_unit(table: Table, one: Profile) -> None:
    if one.is_number and 0 < float(one.high or 0) - float(one.low or 0) < SMALLEST:
        raise InputError(
            f"the values of column {quoted(one.column)} differ by less than {SMALLEST:g}.",
            where=str(table.parts[0].path),
            do="Write them in another unit.",
        )


def _check_variation(table: Table, outcome: Profile, *, constant: bool) -> None:
    where = f"{table.parts[0].path}, column {outcome.column}"
    if not outcome.filled:
        raise InputError("no row has an outcome.", where=where, do="Bring the outcomes.")
    if outcome.low == outcome.high and not constant:
        raise InputError(
            f"every outcome is {outcome.low:g}: without variation there is nothing to compare.",
            where=where,
            do="Check that this is the outcome column.",
        )


def repeated_units(table: Table, unit: str, rows: int) -> Sequence[Problem]:
    """Return the complaint about ids that come twice, looked for a share of the ids at a time; nothing where none."""
    column, passes = table.column(unit), rows // BATCH + 1
    for turn in range(passes):
        query = (
            f"SELECT CAST({column} AS VARCHAR), count(*) FROM {table.source} WHERE hash({column}) % {passes} = {turn} "
            f"GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 3"
        )
        if found := table.fetch(query):
            named = ", ".join(f"{quoted(value or '')} ({times} times)" for value, times in found)
            return [Problem(f"units come more than once: {named}.", f"column {unit}", "Keep one row a unit.")]
    return []
