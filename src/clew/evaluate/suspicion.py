"""What may be wrong with columns, by what was measured of them alone; a look at the rows then tells.

The same for data in files and in a backend, so that both are refused for the same reasons.
"""

from collections.abc import Iterator

from clew.errors import InputError
from clew.evaluate import faults
from clew.evaluate.faults import LARGEST, SMALLEST, Fault
from clew.evaluate.profile import Profile, Profiles
from clew.evaluate.rows import Layout, distinct
from clew.tables.wording import quoted


def suspected(profiles: Profiles, layout: Layout) -> Iterator[tuple[Fault, str]]:
    """Yield each fault with the column that may have it: those of values first, then emptiness."""
    for one in profiles.variables.values():
        for fault in _of_value(one, layout):
            yield fault, one.column
    known = profiles.keys | profiles.variables
    for column in _never_empty(layout):
        if known[column].filled < profiles.rows:
            yield faults.EMPTY, column


def check_ranges(profiles: Profiles, layout: Layout, place: str) -> None:
    """Refuse columns whose values lie too close together, and an outcome that does not vary. `place`: the data.

    Raises: InputError naming the first of them.
    """
    for one in profiles.variables.values():
        if one.is_number and 0 < float(one.high or 0) - float(one.low or 0) < SMALLEST:
            raise InputError(
                f"the values of column {quoted(one.column)} differ by less than {SMALLEST:g}.",
                where=place,
                do="Write them in another unit.",
            )
    outcome = profiles.variables[layout.outcome]
    where = f"{place}, column {outcome.column}"
    if not outcome.filled:
        raise InputError("no row has an outcome.", where=where, do="Bring the outcomes.")
    if outcome.low == outcome.high and not layout.few_rows:
        raise InputError(
            f"every outcome is {outcome.low:g}: without variation there is nothing to compare.",
            where=where,
            do="Check that this is the outcome column.",
        )


def _of_value(one: Profile, layout: Layout) -> list[Fault]:
    needs_numbers = one.column in {layout.outcome, layout.weights, *layout.variables}
    if one.parsed < one.filled and (one.is_number or needs_numbers):
        return [faults.NOT_A_NUMBER]
    if one.low is None or one.high is None or not one.is_number:
        return []
    if not (one.low >= -LARGEST and one.high <= LARGEST):
        return [faults.NOT_FINITE]
    if one.column == layout.outcome:
        fault = {"proportion": faults.NOT_ZERO_OR_ONE, "count": faults.NOT_A_COUNT}.get(layout.measure)
        return [fault] if fault else []
    return _of_range(one, float(one.low), float(one.high), layout)


def _of_range(one: Profile, low: float, high: float, layout: Layout) -> list[Fault]:
    if one.column == layout.weights and low <= 0:
        return [faults.NOT_POSITIVE]
    if one.column in layout.shares and not (low >= 0 and high <= 1):
        return [faults.NOT_A_SHARE]
    return [faults.NEGATIVE] if one.column in layout.from_zero and low < 0 else []


def _never_empty(layout: Layout) -> tuple[str, ...]:
    """Columns that must not be empty where there is an outcome. Groups may be; an empty arm is an unknown arm."""
    keys = (key for key in layout.keys if key not in layout.may_be_empty)
    return distinct(layout.cluster, layout.block, layout.level, *keys, *layout.beside, layout.weights)
