"""Units followed over time, as rows and tallies tell of them: when each starts, and in which periods it is seen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from clew.errors import InputError, Problem
from clew.evaluate.callaway_santanna import GroupTime, group_time, overlaps
from clew.evaluate.designs.method import Sides
from clew.evaluate.overlap import Overlap
from clew.evaluate.panel import Flags, Panel, in_time, panel_of, start_places
from clew.evaluate.rows import (
    Floats,
    Integers,
    Key,
    Layout,
    Moments,
    Rows,
    Tally,
    Within,
    distinct,
    numbered,
    plain_layout,
)
from clew.pilot.protocol import Design, Protocol

YES, NO = {"1", "true"}, {"0", "false"}
"""What a 0/1 column may hold."""


ONE_TREATED = "Use `synthetic-control` or `synthetic-difference-in-differences`, which are made for one treated unit."
"""What to do where one unit alone is treated."""


def layout(protocol: Protocol) -> Layout:
    """Return which column plays which part: units by periods, and what tells when they start."""
    design = protocol.design
    keys = distinct(design.unit, design.period, design.treated_from or design.treated)
    empty = (design.treated_from,) if design.treated_from else ()
    return replace(plain_layout(protocol), cluster=design.cluster, keys=keys, may_be_empty=empty)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a tally holds of U units in T periods.

    `units`: labels. `start`: (U,) place of the first treated period, T where never. `n`, `missing`: (U, T) rows with
    and without an outcome. `torn`: units with two starts.
    """

    units: tuple[str, ...]
    start: Integers
    n: Floats
    missing: Floats
    torn: tuple[str, ...]

    @property
    def periods(self) -> int:
        """How many periods."""
        return int(self.n.shape[1])


def refuse(problems: Iterator[Problem]) -> None:
    """Raise InputError with the problems, if there are any."""
    found = tuple(problems)
    if found:
        raise InputError(problems=found)


def seen_in(protocol: Protocol, tally: Tally) -> Seen:
    """Return when units start and are seen. Raises InputError for a start that is no period."""
    design = protocol.design
    unit, period = tally.keys[design.unit or ""], tally.keys[design.period]
    order, _ = in_time(period.labels)
    shape = (len(unit.labels), len(order))
    cell = unit.codes * shape[1] + np.argsort(order)[period.codes]
    n, missing = (
        np.asarray(np.bincount(cell, counts, minlength=shape[0] * shape[1]), dtype=np.float64).reshape(shape)
        for counts in (tally.n, tally.missing)
    )
    first, last = _starts(design, tally.keys[design.treated_from or design.treated or ""], unit, period)
    there = np.flatnonzero(last >= 0)
    torn = tuple(unit.labels[i] for i in np.flatnonzero(first < last))
    labels = unit.labels if len(there) == len(last) else tuple(unit.labels[i] for i in there)
    return Seen(labels, last[there], n[there], missing[there], torn)


def _starts(design: Design, key: Key, unit: Key, period: Key) -> tuple[Integers, Integers]:
    """First and last start that the rows of each unit name; −1 for a unit without rows: (units,) each."""
    order, _ = in_time(period.labels)
    periods = tuple(period.labels[i] for i in order)
    first, last = np.full(len(unit.labels), len(periods) + 1), np.full(len(unit.labels), -1)
    if design.treated_from:
        start = start_places(key.labels, periods)[key.codes]
        np.minimum.at(first, unit.codes, start)
        np.maximum.at(last, unit.codes, start)
        return first, last
    treated = np.zeros(len(unit.labels), dtype=bool)
    np.logical_or.at(treated, unit.codes, _says_yes(key))
    start = np.where(treated, start_places(design.starts[:1], periods)[0], len(periods))
    last[unit.codes] = start[unit.codes]
    return last, last


def _says_yes(key: Key) -> Flags:
    return np.array([label in YES for label in key.labels], dtype=bool)[key.codes]


def panel_from(protocol: Protocol, moments: Moments) -> Panel:
    """Return the panel of the moments. Raises InputError where a unit has two starts or clusters."""
    design = protocol.design
    unit = design.unit or ""
    starts = design.treated_from or None
    panel = panel_of(moments, unit=unit, period=design.period, treated_from=starts, cluster=design.cluster)
    if starts:
        return panel
    _, start = _starts(design, moments.keys[design.treated or ""], moments.keys[unit], moments.keys[design.period])
    return replace(panel, start=start[start >= 0])


def baseline(protocol: Protocol, moments: Moments, panel: Panel) -> Floats | None:
    """Return what the columns adjusted for hold in the first period in which each unit is seen: (U, q); None without.

    A text column becomes one 0/1 column for each of its values but the first. Columns without variation are left out.
    """
    if not protocol.outcome.adjust_for:
        return None
    unit, period = moments.keys[protocol.design.unit or ""], moments.keys[protocol.design.period]
    order, _ = in_time(period.labels)
    sequence = np.lexsort((np.argsort(order)[period.codes], unit.codes))
    _, first = np.unique(unit.codes[sequence], return_index=True)
    cells = sequence[first]
    products = moments.products[cells, 0, :]
    columns = [products[:, 2 + place] / products[:, 0] for place in range(len(moments.covariates))]
    for name in moments.factors:
        codes = moments.keys[name].codes[cells]
        columns += [np.asarray(codes == code, dtype=np.float64) for code in np.unique(codes)[1:]]
    varied = [column for column in columns if np.ptp(column) > 0]
    return np.column_stack(varied) if varied else None


def effects_of(protocol: Protocol, moments: Moments, *, whole: bool = True) -> tuple[Panel, GroupTime]:
    """Return the panel and its ATT(g, t), each from the last period before the start.

    `whole`: baseline columns are adjusted for. Raises InputError where there is nobody to compare with.
    """
    panel = panel_from(protocol, moments)
    against = protocol.design.against if protocol.design.treated_from else "never"
    covariates = baseline(protocol, moments, panel) if whole else None
    return panel, group_time(panel, against=against, base="universal", covariates=covariates)


def overlaps_of(protocol: Protocol, moments: Moments) -> tuple[Overlap, ...]:
    """Return how far comparison units cover each cohort, by the chances that `effects_of` weighs by; empty where no
    baseline column varies."""
    panel = panel_from(protocol, moments)
    covariates = baseline(protocol, moments, panel)
    if covariates is None:
        return ()
    return overlaps(panel, covariates, against=protocol.design.against, base="universal")


def moments_of(protocol: Protocol, rows: Rows, within: Within = ()) -> Moments:
    """Return the sums by unit and period."""
    return rows.moments(layout(protocol), within)


def sides(protocol: Protocol, tally: Tally) -> Sides:
    """Return treated and comparison units, each counted once.

    Comparison are those never treated, or those treated last where nobody is never treated.
    """
    found = seen_in(protocol, tally)
    unit = tally.keys[protocol.design.unit or ""]
    of = {label: place for place, label in enumerate(found.units)}
    row_unit = np.array([of.get(label, -1) for label in unit.labels])[unit.codes]
    groups = [equity.column for equity in protocol.equity]
    code = row_unit
    for name in groups:
        code = code * len(tally.keys[name].labels) + tally.keys[name].codes
    names, cell = numbered(code)
    first = np.full(len(names), len(code))
    np.minimum.at(first, cell, np.arange(len(code)))
    seen = np.bincount(cell, tally.n) > 0
    keys = {name: Key(tally.keys[name].labels, tally.keys[name].codes[first]) for name in groups}
    start = found.start[row_unit[first]]
    treated = start < found.start.max()
    counted = Tally(keys, seen.astype(np.int64), (~seen).astype(np.int64))
    missing = (("treated", int((~seen & treated).sum())), ("comparison", int((~seen & ~treated).sum())))
    return Sides(counted, treated, ~treated, missing)


def mean_after(panel: Panel) -> float:
    """Return the mean of the treated unit-periods of the units that are seen before their start too, as rows weigh."""
    cells = (panel.n > 0) & panel.treated & (panel.start > 0)[:, None]
    return float(np.average(panel.outcome[cells], weights=panel.weight[cells]))
