"""One treated unit among others as its rows tell it: the panel, the donors, and what makes it unfit to be compared."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np

from clew.errors import InputError, Problem
from clew.evaluate.designs.method import Sides
from clew.evaluate.panel import Flags, Panel, in_time, panel_of, start_places
from clew.evaluate.rows import Floats, Integers, Key, Layout, Rows, Tally, Within, distinct, plain_layout
from clew.pilot.protocol import Design, Protocol
from clew.tables.wording import listed, quoted

FEWEST_BEFORE = 3
"""Periods before the start without which a common path cannot be told from luck."""


FEWEST_UNITS = 4
"""The treated unit, one donor in its place, and two to weigh for that one."""


ROUNDING = 1e-12
"""Share of the largest outcome that sums and weights may be off by."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A complete panel: `unit` is the treated unit's place, `donors` those of the others, `start` the place of the
    first treated period."""

    panel: Panel
    unit: int
    donors: list[int]
    start: int

    @property
    def path(self) -> Floats:
        """Outcomes of the treated unit: (T,)."""
        return np.asarray(self.panel.outcome[self.unit])

    @property
    def names(self) -> tuple[str, ...]:
        """The donors' names."""
        return tuple(self.panel.units[place] for place in self.donors)


def layout(protocol: Protocol) -> Layout:
    """Return which column plays which part. Raises InputError where baseline columns are to be adjusted for."""
    if protocol.outcome.adjust_for:
        raise InputError(
            "donors are weighed by their outcomes before the start; baseline columns are not adjusted for.",
            where="[outcome] adjust_for",
            do="Leave it out: what drives the outcome has left its trace in the outcomes before.",
        )
    return replace(plain_layout(protocol), keys=(protocol.design.unit or "", protocol.design.period))


def check(protocol: Protocol, tally: Tally) -> None:
    """Refuse what cannot be compared: an unknown unit or start, no donors, too few periods, an incomplete panel."""
    units, periods = tally.keys[protocol.design.unit or ""], tally.keys[protocol.design.period]
    order, _ = in_time(periods.labels)
    n = np.zeros((len(units.labels), len(order)))
    np.add.at(n, (units.codes, np.argsort(order)[periods.codes]), tally.n)
    there = np.flatnonzero(n.any(axis=1))
    names, times = tuple(units.labels[i] for i in there), tuple(periods.labels[i] for i in order)
    problems = tuple(_problems(protocol, names, times, n[there]))
    if problems:
        raise InputError(problems=problems)


def compared(protocol: Protocol, rows: Rows, within: Within = ()) -> Compared:
    """Return the panel of the rows, or of a group of them. Raises InputError as `check` does."""
    design = protocol.design
    panel = panel_of(rows.moments(layout(protocol), within), unit=design.unit or "", period=design.period)
    problems = tuple(_problems(protocol, panel.units, panel.periods, panel.n))
    if problems:
        raise InputError(problems=problems)
    unit = panel.units.index(design.treated_unit)
    donors = [place for place in range(len(panel.units)) if place != unit]
    return Compared(panel, unit, donors, _start(design, panel.periods))


def varying(protocol: Protocol, found: Compared, std_error: float) -> None:
    """Refuse a standard error that is nothing but rounding.

    Raises: InputError.
    """
    if not std_error > ROUNDING * float(np.abs(found.panel.outcome).max()):
        raise InputError(
            "the uncertainty cannot be computed: outcomes do not vary between donors.",
            where=f"column {protocol.outcome.column}",
            do="Check that the outcome column holds the outcomes.",
        )


def _start(design: Design, periods: tuple[str, ...]) -> int:
    return int(start_places(design.starts[:1], periods)[0])


def _problems(
    protocol: Protocol, units: tuple[str, ...], periods: tuple[str, ...], n: Floats | Integers
) -> Iterator[Problem]:
    design = protocol.design
    if len(design.starts) > 1:
        do = "Name the first; for units that start at different times register staggered-difference-in-differences."
        yield Problem(f"one start is needed, not {listed(design.starts)}.", "[design] from", do)
    if design.treated_unit not in units:
        near = get_close_matches(design.treated_unit, units, n=1)
        do = f"Did you mean {quoted(near[0])}?" if near else f"Units in the data: {listed(units)}."
        yield Problem(f"the treated unit {quoted(design.treated_unit)} has no outcome.", f"column {design.unit}", do)
        return
    if len(units) < FEWEST_UNITS:
        what = f"{len(units) - 1} other units have outcomes: placebos need three, a sharp interval many more."
        do = "Bring units that were not treated, or register interrupted-time-series, which needs none."
        yield Problem(what, f"column {design.unit}", do)
        return
    yield from _periods(design, periods)
    yield from _cells(design, (units, periods), n)
    yield from _too_few(protocol, len(units))


def _periods(design: Design, periods: tuple[str, ...]) -> Iterator[Problem]:
    start, where = _start(design, periods), f"column {design.period}"
    if start >= len(periods):
        what = f"no period comes at or after the start {quoted(design.starts[0])}; the last is {quoted(periods[-1])}."
        yield Problem(what, where, "Wait for the outcomes, and write `from` as periods are written.")
    elif start < FEWEST_BEFORE:
        what = f"only {start} periods come before the start {quoted(design.starts[0])}: {FEWEST_BEFORE} are needed."
        do = "Bring earlier periods; with one or two before, register difference-in-differences."
        yield Problem(what, where, do)


def _cells(design: Design, names: tuple[tuple[str, ...], tuple[str, ...]], n: Floats | Integers) -> Iterator[Problem]:
    gaps = np.argwhere(np.asarray(n) == 0)
    if len(gaps):
        units, periods = names
        examples = listed([f"{units[unit]}, {periods[period]}" for unit, period in gaps.tolist()])
        yield Problem(
            f"{len(gaps)} of {np.size(n)} unit-periods have no outcome: {examples}.",
            f"columns {design.unit} and {design.period}",
            "Bring them, or leave those units (or periods, for all units alike) out of the file and say so.",
        )


def _too_few(protocol: Protocol, units: int) -> Iterator[Problem]:
    if protocol.design.kind == "synthetic-control" and 1 / units > protocol.looks.alpha:
        what = (
            f"with {units} units no placebo test gives a p-value below 1/{units}, and {protocol.looks.alpha:g} is asked"
            " for: every interval would be without bounds."
        )
        do = "Bring more untreated units; synthetic-difference-in-differences has no such limit."
        yield Problem(what, "[looks] alpha", do)


def sides(protocol: Protocol, tally: Tally) -> Sides:
    """Return the treated unit and the others. A unit counts once, unless its periods hold many rows, of people."""
    counted = tally if _many_rows(protocol, tally) else _once(tally, protocol)
    treated = counted.keys[protocol.design.unit or ""].where(protocol.design.treated_unit)
    if counted is tally:
        treated = treated & _after(protocol, tally)
    missing = (("treated", int(counted.missing[treated].sum())), ("others", int(counted.missing[~treated].sum())))
    return Sides(counted, treated, ~treated, missing)


def _after(protocol: Protocol, tally: Tally) -> Flags:
    key = tally.keys[protocol.design.period]
    order, _ = in_time(key.labels)
    start = _start(protocol.design, tuple(key.labels[i] for i in order))
    return np.asarray(np.argsort(order)[key.codes] >= start)


def _many_rows(protocol: Protocol, tally: Tally) -> bool:
    return int((tally.n + tally.missing).max()) > 1


def _once(tally: Tally, protocol: Protocol) -> Tally:
    """Count each unit of each group once: with an outcome where any of its periods has one."""
    columns = distinct(protocol.design.unit, *(equity.column for equity in protocol.equity))
    codes = np.column_stack([tally.keys[column].codes for column in columns])
    labels, of = np.unique(codes, axis=0, return_inverse=True)
    known = np.zeros(len(labels), dtype=np.int64)
    np.maximum.at(known, of.ravel(), np.asarray(tally.n > 0, dtype=np.int64))
    keys = {column: Key(tally.keys[column].labels, labels[:, place]) for place, column in enumerate(columns)}
    return Tally(keys, known, 1 - known)
