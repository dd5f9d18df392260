"""Refusals of data without two sides and a before and after, by name and with what could be done instead."""

from collections.abc import Iterator

import numpy as np

from clew.errors import InputError, Problem
from clew.evaluate.designs.starts_data import NO, ONE_TREATED, YES, Seen, refuse, seen_in
from clew.evaluate.panel import in_time
from clew.evaluate.rows import Tally
from clew.pilot.protocol import Protocol
from clew.tables.wording import listed, quoted

SWITCHED = (
    "Where starts differ, use `staggered-difference-in-differences`. Treatment that is switched off again is no such"
    " design."
)


def check_two_sides(protocol: Protocol, tally: Tally) -> None:
    """Refuse what is no before-and-after comparison of two sides."""
    design = protocol.design
    labels = tally.keys[design.treated or ""].labels
    strange = sorted(set(labels) - YES - NO)
    if strange:
        raise InputError(
            f"the column that says who is treated holds {listed(strange)}, not only 0 and 1.",
            where=f"column {design.treated}",
            do="Write 1 for units of the treated side and 0 for the others.",
        )
    _check_start(protocol, tally)
    refuse(_of_two_sides(protocol, tally, seen_in(protocol, tally)))


def _check_start(protocol: Protocol, tally: Tally) -> None:
    design = protocol.design
    labels = tally.keys[design.period].labels
    start = design.starts[0]
    if start not in labels and not _equal_number(start, labels):
        raise InputError(
            f"the start {quoted(start)} is no period of the data; there are {listed(labels)}.",
            where="[design] from",
            do="Name the first period in which the treated side is treated.",
        )


def _equal_number(start: str, labels: tuple[str, ...]) -> bool:
    try:
        return float(start) in {float(label) for label in labels}
    except ValueError:
        return False


def _of_two_sides(protocol: Protocol, tally: Tally, found: Seen) -> Iterator[Problem]:
    design = protocol.design
    where = f"column {design.treated}"
    treated = found.start < found.periods
    once = bool(((found.n + found.missing) > 0).sum(axis=1).max(initial=0) <= 1)
    switched = _switched(protocol, tally, found)
    if found.periods < 2:
        what = "there is only one period: nobody can be seen before and after."
        yield Problem(what, f"column {design.period}", "Bring the other periods.")
    elif treated.any() and found.start.min() == 0:
        do = "Bring periods before the start."
        yield Problem("no period lies before the start.", "[design] from", do)
    elif not treated.any():
        yield Problem("no unit is treated: there is nobody to compare.", where, "Bring units of both sides.")
    elif treated.all():
        yield Problem("every unit is treated: there is nobody to compare.", where, "Bring units of both sides.")
    elif switched:
        what = (
            f"{len(switched)} units are treated before {design.starts[0]}, or not any more later: {listed(switched)}."
        )
        yield Problem(what, where, SWITCHED)
    elif treated.sum() == 1 and not once:
        yield Problem("only one unit is treated: chance is not told from effect.", where, ONE_TREATED)


def _switched(protocol: Protocol, tally: Tally, found: Seen) -> tuple[str, ...]:
    """Units whose 0/1 changes over time, but not from 0 to 1 at the start."""
    design = protocol.design
    unit, period, key = (tally.keys[name or ""] for name in (design.unit, design.period, design.treated))
    order, _ = in_time(period.labels)
    says = np.array([label in YES for label in key.labels])[key.codes]
    start = dict(zip(found.units, found.start.tolist(), strict=True))
    first = np.array([start.get(label, 0) for label in unit.labels])[unit.codes]
    held = np.zeros((2, len(unit.labels)), dtype=bool)
    held[says.astype(np.int64), unit.codes] = True
    changes = np.asarray(held.all(axis=0))[unit.codes]
    wrong = changes & (says != (np.argsort(order)[period.codes] >= first))
    return tuple(unit.labels[code] for code in np.unique(unit.codes[wrong]))
