"""Refuse data that cannot be used, naming every mistake at once, before and after they are summed."""

from collections.abc import Sequence

from clew.errors import InputError, Problem
from clew.evaluate import faults
from clew.evaluate.faults import Fault
from clew.evaluate.profile import Profile, Profiles
from clew.evaluate.rows import Layout
from clew.evaluate.suspicion import check_ranges, suspected
from clew.tables.table import Table
from clew.tables.wording import quoted

BATCH = 4_000_000
"""Unit ids looked at together, so that memory does not grow with the rows."""


def check_columns(table: Table, profiles: Profiles, layouts: Sequence[Layout]) -> None:
    """Refuse values that cannot be used. `layouts`: of the primary outcome and of the further ones.

    Raises: InputError naming every column at fault, with its first places.
    """
    found: dict[tuple[Fault, str], Problem] = {}
    for layout in layouts:
        for fault, column in suspected(profiles, layout):
            if (fault, column) not in found and count(table, fault, column, layout.outcome):
                found[fault, column] = faults.problem(table, fault, column, layout.outcome)
    if found:
        raise InputError(problems=tuple(found.values()))
    check_ranges(profiles, layouts[0], str(table.parts[0].path))


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
