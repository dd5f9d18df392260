"""Which units are compared with which, between which periods, where starts differ.

Source: Callaway & Sant'Anna (2021), J. Econometrics 225(2), section 2.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from clew.errors import InputError
from clew.evaluate.panel import Flags, Panel
from clew.evaluate.rows import Integers, summed

Against = Literal["never", "not-yet"]
Base = Literal["varying", "universal"]


@dataclass(frozen=True, slots=True)
class Cells:
    """K pairs of a cohort and a period. `cohort`: place among the cohorts. `period`, `base`: places in time.

    `compared`: (K, G), the cohorts that serve as comparison.
    """

    cohort: Integers
    period: Integers
    base: Integers
    compared: Flags


def cut(panel: Panel, kept: Flags) -> Panel:
    """Return the panel of some of its units."""
    if kept.all():
        return panel
    return replace(
        panel,
        units=tuple(unit for unit, keep in zip(panel.units, kept, strict=True) if keep),
        outcome=panel.outcome[kept],
        weight=panel.weight[kept],
        n=panel.n[kept],
        start=panel.start[kept],
        cluster=panel.cluster[kept],
    )


def until_all_are_treated(panel: Panel, against: Against) -> Panel:
    """Return the panel; where nobody is never treated, its periods before the last start, which is never there.

    Raises: InputError where nobody starts, or nobody is left as never treated though these were asked for.
    """
    end = int(panel.start.max(initial=0))
    if not len(panel.start) or (end == len(panel.periods) and panel.start.min() == end):
        raise InputError("no unit changes to treatment.", where="[design] treated_from", do="Check the column.")
    if end == len(panel.periods):
        return panel
    if against == "never":
        raise InputError(
            "every unit is treated at some time, so none is never treated.",
            where="[design] against",
            do='Compare with units not treated yet (`against = "not-yet"`).',
        )
    return replace(
        panel,
        periods=panel.periods[:end],
        times=panel.times[:end],
        outcome=panel.outcome[:, :end],
        weight=panel.weight[:, :end],
        n=panel.n[:, :end],
    )


def cells_of(panel: Panel, of: Integers, starts: Integers, comparing: tuple[Against, Base]) -> Cells:
    """Return the cells that units seen in both periods identify; `of`: (U,) their cohorts, which start at `starts`.

    Raises: InputError where there is none.
    """
    cells = _cells(starts, len(panel.periods), *comparing)
    cells = cells if panel.balanced else _seen(cells, panel, of)
    if not len(cells.period):
        raise InputError(
            "no cohort has both a period before its start and units to compare with.",
            where="[design] treated_from",
            do="Bring earlier periods, or units that are treated later or never.",
        )
    return cells


def _cells(starts: Integers, periods: int, against: Against, base: Base) -> Cells:
    found = list(_pairs(starts, periods, base))
    cohort, period, before = np.array(found, dtype=np.int64).reshape(-1, 3).T
    last = np.maximum(period, before)
    never = starts == periods
    compared = never | (starts > last[:, None]) if against == "not-yet" else np.tile(never, (len(last), 1))
    compared = compared & (np.arange(len(starts)) != cohort[:, None])
    kept = compared.any(axis=1)
    return Cells(cohort[kept], period[kept], before[kept], compared[kept])


def _seen(cells: Cells, panel: Panel, of: Integers) -> Cells:
    """Keep the cells for which some treated unit and some unit compared with it are seen in both periods."""
    seen = np.asarray(panel.n > 0, dtype=np.float64)
    both = summed(seen[:, cells.period] * seen[:, cells.base], of, cells.compared.shape[1]).T > 0
    treated = both[np.arange(len(cells.cohort)), cells.cohort]
    kept = treated & (both & cells.compared).any(axis=1)
    return Cells(cells.cohort[kept], cells.period[kept], cells.base[kept], cells.compared[kept])


def _pairs(starts: Integers, periods: int, base: Base) -> Iterator[tuple[int, int, int]]:
    """Yield cohort, period and the period that it is compared with."""
    for place, start in enumerate(starts.tolist()):
        if start == periods:
            continue
        for period in range(periods):
            before = period - 1 if base == "varying" and period < start else start - 1
            if before >= 0 and before != period:
                yield place, period, before
