"""How often each value of the outcome comes, by arm and cluster: what bounds for lost outcomes are trimmed from.

It is asked for only where a bound is needed, as it may hold as many counts as there are rows.
"""

from typing import Final, runtime_checkable
from typing import Protocol as Interface

import numpy as np

from clew.evaluate.arms import Arms
from clew.evaluate.lee_bounds import Outcomes
from clew.evaluate.rows import Layout, Rows, Tally

MOST_COUNTS: Final = 20_000_000
"""Most counts (clusters × different values) that are held at once."""


@runtime_checkable
class ByValue(Interface):
    """A source of rows that can count them by the outcome's value."""

    def by_value(self, layout: Layout) -> Tally:
        """Count the rows with an outcome by arm, cluster (where `layout` names one) and value of the outcome."""
        ...


def outcomes_by_value(rows: Rows, layout: Layout, tally: Tally, arms: Arms) -> Outcomes | None:
    """Return the two arms' outcomes by value and what they lost, by cluster where `layout` names one.

    `tally`: of all rows, for those without an outcome. None where the source cannot tell, or there are too many values.
    """
    if not isinstance(rows, ByValue):
        return None
    counted = rows.by_value(layout)
    key = counted.keys[layout.outcome]
    of_lost, of_counted = _parts(layout, tally, arms), _parts(layout, counted, arms)
    parts = {part: place for place, part in enumerate(sorted({part for part in (*of_lost, *of_counted) if part}))}
    if len(parts) * len(key.labels) > MOST_COUNTS:
        return None
    n, missing = np.zeros((len(parts), len(key.labels)), dtype=np.int64), np.zeros(len(parts), dtype=np.int64)
    for part, code, count in zip(of_counted, key.codes.tolist(), counted.n.tolist(), strict=True):
        if part is not None:
            n[parts[part], code] += count
    for part, lost in zip(of_lost, tally.missing.tolist(), strict=True):
        if part is not None:
            missing[parts[part]] += lost
    values = np.array([float(label or "nan") for label in key.labels])
    order = np.argsort(values)[: int(np.isfinite(values).sum())]
    return Outcomes(values[order], n[:, order], missing, np.array([treated for treated, _ in parts]))


def _parts(layout: Layout, tally: Tally, arms: Arms) -> list[tuple[bool, str] | None]:
    """Whether treated, and of which cluster, each cell is; None where it is of another arm."""
    arm, clusters = tally.keys[arms.column], tally.keys[layout.cluster] if layout.cluster else None
    sides = {arms.treated: True, arms.comparison: False}
    return [
        (sides[arm.labels[code]], clusters.labels[clusters.codes[cell]] if clusters else "")
        if arm.labels[code] in sides
        else None
        for cell, code in enumerate(arm.codes.tolist())
    ]
