"""Refuse a backend's data that cannot be used, in the words that files are refused in.

The twin of `checks.py`, in Ibis. Rows of a table have no numbers, so a complaint counts them and shows some values.
"""

from collections.abc import Callable, Sequence

from clew.errors import InputError, Problem
from clew.evaluate import faults
from clew.evaluate.backend_columns import Measured, number
from clew.evaluate.backend_session import Expression, load_ibis
from clew.evaluate.backend_table import Source
from clew.evaluate.faults import DECIMAL_COMMA, LARGEST, Fault
from clew.evaluate.rows import Layout
from clew.evaluate.suspicion import check_ranges, suspected
from clew.tables.wording import listed, quoted

WHOLE = 2.0**53
"""From here on every double is a whole number."""


def check_measured(source: Source, measured: Measured, layouts: Sequence[Layout]) -> None:
    """Refuse values that cannot be used. `layouts`: of the primary outcome and of the further ones.

    Raises: InputError naming every column at fault, how many rows, and some of the values.
    """
    found: dict[tuple[Fault, str], list[Problem]] = {}
    for layout in layouts:
        for fault, column in suspected(measured.profiles, layout):
            if not found.get((fault, column)):
                found[fault, column] = _problems(source, measured, fault, column, layout.outcome)
    problems = tuple(problem for of_one in found.values() for problem in of_one)
    if problems:
        raise InputError(problems=problems)
    check_ranges(measured.profiles, layouts[0], source.place)


def repeated_units(source: Source, unit: str) -> Sequence[Problem]:
    """The complaint about ids that come twice; nothing where none does."""
    ids = source.table.select(id=source.table[unit].cast("string"))
    times = ids.group_by("id").aggregate(times=ids.count())
    found = source.session.fetch(times.filter(times.times > 1).order_by("id").limit(3))
    if not len(found["id"]):
        return []
    named = ", ".join(f"{quoted(one or '')} ({n} times)" for one, n in zip(found["id"], found["times"], strict=True))
    return [Problem(f"units come more than once: {named}.", f"column {unit}", "Keep one row a unit.")]


def _problems(source: Source, measured: Measured, fault: Fault, column: str, outcome: str) -> list[Problem]:
    """The complaint about a column, if any row has the fault."""
    one = (measured.profiles.keys | measured.profiles.variables)[column]
    as_stands = one.sql.replace("v", "f")
    bad = measured.table.filter(_condition(fault, measured, one.sql, as_stands, outcome))
    values = bad.select(value=bad[as_stands].cast("string"))
    counted = values.group_by("value").aggregate(rows=values.count()).order_by("value")
    found = source.session.fetch(counted.limit(1_000))
    if not len(found["rows"]):
        return []
    what, do = fault.what.format(column=quoted(one.column)), fault.do
    shown = [str(value) for value in found["value"][:3]]
    if fault is faults.NOT_A_NUMBER and DECIMAL_COMMA.fullmatch(shown[0]):
        what = f"column {quoted(one.column)} holds numbers with a decimal comma"
        do = "Write them with a point, such as 1.5."
    rows = int(found["rows"].sum())
    at_least = "at least " if len(found["rows"]) == 1_000 else ""
    said = "" if fault is faults.EMPTY else f": {listed(shown)}"
    return [Problem(f"{what}{said}.", f"{source.place}, {at_least}{rows} row{'' if rows == 1 else 's'}", do)]


def _condition(fault: Fault, measured: Measured, typed: str, as_stands: str, outcome: str) -> Expression:
    value = None if fault is faults.EMPTY else measured.table[typed.replace("f", "v")]
    return CONDITIONS[fault](value, measured.table[as_stands], measured.table[measured.filled[outcome]])


def _is_no_count(value: Expression) -> Expression:
    small = load_ibis().ifelse(value.abs() < number(WHOLE), value, number(0))
    return (value < number(0)) | (small != small.floor())


CONDITIONS: dict[Fault, Callable[[Expression, Expression, Expression], Expression]] = {
    faults.NOT_A_NUMBER: lambda value, stands, _: stands.notnull() & value.isnull(),
    faults.NOT_FINITE: lambda value, _, __: ~(value.abs() <= number(LARGEST)),
    faults.NOT_ZERO_OR_ONE: lambda value, _, __: (value != number(0)) & (value != number(1)),
    faults.NOT_A_COUNT: lambda value, _, __: _is_no_count(value),
    faults.NOT_POSITIVE: lambda value, _, __: value <= number(0),
    faults.NOT_A_SHARE: lambda value, _, __: (value < number(0)) | (value > number(1)),
    faults.NEGATIVE: lambda value, _, __: value < number(0),
    faults.EMPTY: lambda _, stands, outcome: stands.isnull() & outcome.notnull(),
}
"""Each fault as Ibis says it, of a column's number, the column as it stands, and the outcome; see `faults.py`."""
