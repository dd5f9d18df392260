"""Effects of starts that differ in time, cohort by cohort and period by period: ATT(g, t).

Each compares the change of the units that start together, since the last period before their start, with the change of
units that are not treated yet. No treated unit ever serves as a comparison, which two-way fixed effects does not
promise.

Source: Callaway & Sant'Anna (2021), Difference-in-differences with multiple time periods, J. Econometrics 225(2);
which periods are compared before the start ("varying" or "universal" base) as in the authors' R package did.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from clew.evaluate.cohort_cells import Against, Base, Cells, cells_of, cut, until_all_are_treated
from clew.evaluate.cohorts import Cohorts, cohorts_of, unit_weights
from clew.evaluate.doubly_robust import Changes, doubly_robust, plain
from clew.evaluate.overlap import Overlap, overlap
from clew.evaluate.panel import Flags, Panel
from clew.evaluate.rows import Floats, Integers, numbered, summed


class Movements(Protocol):
    """How the estimates and the cohorts' shares move with the data."""

    def covariance(self, weights: Floats) -> Floats:
        """Return the covariance (A, A) of weights (A, K+G) · (ATT(g, t), shares)."""
        ...


@dataclass(frozen=True, slots=True)
class GroupTime:
    """ATT(g, t) in the outcome's units.

    `start`: (G,) place in time where each cohort starts, T for never. `share`: (G,) of all weight. `times`: (T,).
    `att`: (K,). `event_time`: (K,), t − g in the units of `times`. `clusters`: how many are treated at some time, and
    how many serve as comparison; `of_cohort`: (G,) how many each cohort has. `left_out`: units treated from the first
    period on, or seen only when all are treated.
    """

    cells: Cells
    start: Integers
    share: Floats
    units: Integers
    times: Floats
    att: Floats
    event_time: Floats
    movements: Movements
    clusters: tuple[int, int]
    of_cohort: Integers
    left_out: int

    @property
    def after(self) -> Flags:
        """Which cells lie at or after the start: (K,)."""
        return np.asarray(self.cells.period >= self.start[self.cells.cohort])

    @property
    def reference(self) -> float:
        """Time since the start of the last period before it: -1 where periods are numbered one by one."""
        base, start = self.cells.base[self.after], self.start[self.cells.cohort[self.after]]
        return float(np.mean(self.times[base] - self.times[start]))


def group_time(
    panel: Panel, *, against: Against = "not-yet", base: Base = "varying", covariates: Floats | None = None
) -> GroupTime:
    """Return every ATT(g, t) that the panel identifies.

    `covariates`: (U, q) baseline values; with them the doubly robust estimator is used. `base`: before the start, the
    period is compared with the one before it ("varying") or, as always after, with the last before the start. In a
    panel with gaps each pair of periods uses the units seen in both. Units treated from the first period on are left
    out; where nobody is never treated, the last cohort is comparison alone and later periods are not used.

    Raises: InputError where no unit is left to compare with.
    """
    used, kept = _used(panel, against)
    x = None if covariates is None else covariates[kept]
    starts, of = numbered(used.start)
    cells = cells_of(used, of, starts, (against, base))
    plain = x is None and used.balanced
    x = np.zeros((len(of), 0)) if x is None else x
    att, movements = _from_means(used, cells) if plain else _from_units(used, of, cells, x)
    weight = np.bincount(of, unit_weights(used))
    return GroupTime(
        cells=cells,
        start=starts,
        share=weight / weight.sum(),
        units=np.bincount(of),
        times=used.times,
        att=att,
        event_time=np.round(used.times[cells.period] - used.times[starts[cells.cohort]], 9),
        movements=movements,
        clusters=_clusters(used, of, cells),
        of_cohort=_clusters_of_cohorts(used, of),
        left_out=len(panel.start) - len(used.start),
    )


def overlaps(panel: Panel, covariates: Floats, *, against: Against, base: Base) -> tuple[Overlap, ...]:
    """Return for each cohort, and each set of units that it is compared with, how far these cover it.

    Arguments and errors as in `group_time`.
    """
    used, kept = _used(panel, against)
    x, (starts, of) = covariates[kept], numbered(used.start)
    weight, cells = unit_weights(used), cells_of(used, of, starts, (against, base))
    return tuple(
        overlap(Changes(np.zeros((int(units.sum()), 0)), treated[units], x[units], weight[units]), int(starts[cohort]))
        for units, treated, together in _alike(used, of, cells)
        for cohort in cells.cohort[together[:1]]
    )


def _used(panel: Panel, against: Against) -> tuple[Panel, Integers]:
    """The units that have a before, in the periods in which somebody is not treated yet, and their places."""
    later = np.flatnonzero(panel.start > 0)
    whole = until_all_are_treated(cut(panel, np.asarray(panel.start > 0)), against)
    seen = np.asarray((whole.n > 0).any(axis=1))
    return cut(whole, seen), later[seen]


def _from_means(panel: Panel, cells: Cells) -> tuple[Floats, Movements]:
    """ATT(g, t) from the cohorts' means in a panel without gaps."""
    cohorts = cohorts_of(panel)
    k, (groups, periods) = np.arange(len(cells.period)), cohorts.mean.shape
    change = cohorts.mean[:, cells.period].T - cohorts.mean[:, cells.base].T
    compared = cells.compared * cohorts.weight
    others = compared.sum(axis=1)
    expected = (compared * change).sum(axis=1) / others
    side = np.where(cells.compared, -1 / others[:, None], 0.0)
    side[k, cells.cohort] = 1 / cohorts.weight[cells.cohort]
    loadings = np.zeros((len(k) + groups, groups, 1 + periods))
    loadings[k, :, 1 + cells.period], loadings[k, :, 1 + cells.base] = side, -side
    loadings[k, :, 0] = np.where(cells.compared, side * (change - expected[:, None]), 0.0)
    loadings[len(k) + np.arange(groups), np.arange(groups), 0] = 1 / cohorts.weight.sum()
    return change[k, cells.cohort] - expected, _ByMeans(cohorts, loadings)


@dataclass(frozen=True, slots=True)
class _ByMeans:
    """`loadings`: (K+G, G, 1+T) of `Cohorts`."""

    cohorts: Cohorts
    loadings: Floats

    def covariance(self, weights: Floats) -> Floats:
        """See `Movements`."""
        return self.cohorts.covariance(np.tensordot(weights, self.loadings, axes=1))


@dataclass(frozen=True, slots=True)
class _ByUnits:
    """`moved`: (clusters, K+G), by how much each cluster moves each figure."""

    moved: Floats

    def covariance(self, weights: Floats) -> Floats:
        """See `Movements`."""
        along = self.moved @ weights.T
        return np.asarray(along.T @ along)


def _from_units(panel: Panel, of: Integers, cells: Cells, covariates: Floats) -> tuple[Floats, Movements]:
    """ATT(g, t) unit by unit: doubly robust where there are covariates, and in panels with gaps."""
    weight, (k, groups) = unit_weights(panel), cells.compared.shape
    att, moved = np.zeros(k), np.zeros((len(of), k + groups))
    moved[np.arange(len(of)), k + of] = weight / weight.sum()
    for used, treated, together in _alike(panel, of, cells):
        outcome = panel.outcome[used]
        changes = outcome[:, cells.period[together]] - outcome[:, cells.base[together]]
        part = Changes(changes, treated[used], covariates[used], weight[used])
        att[together], moved[np.ix_(used, together)] = doubly_robust(part) if covariates.size else plain(part)
    _, cluster = numbered(panel.cluster)
    clusters = int(cluster.max()) + 1
    return att, _ByUnits(moved if clusters == len(moved) else summed(moved, cluster, clusters))


def _alike(panel: Panel, of: Integers, cells: Cells) -> Iterator[tuple[Flags, Flags, Integers]]:
    """Yield the units used, the treated, and the cells that compare these same units."""
    seen = panel.n > 0
    found: dict[tuple[int, bytes], tuple[Flags, Flags, list[int]]] = {}
    for cell, (cohort, period, base) in enumerate(zip(cells.cohort, cells.period, cells.base, strict=True)):
        treated = of == cohort
        used = seen[:, period] & seen[:, base] & (treated | cells.compared[cell][of])
        found.setdefault((int(cohort), used.tobytes()), (used, treated, []))[2].append(cell)
    for used, treated, together in found.values():
        yield used, treated, np.array(together)


def _clusters_of_cohorts(panel: Panel, of: Integers) -> Integers:
    """How many clusters each cohort has: (G,)."""
    _, cluster = numbered(panel.cluster)
    many = int(cluster.max()) + 1
    return np.bincount(numbered(of * many + cluster)[0] // many)


def _clusters(panel: Panel, of: Integers, cells: Cells) -> tuple[int, int]:
    """Count the clusters that are treated at some time, and those that serve as comparison."""
    treated, compared = np.isin(of, cells.cohort), np.asarray(cells.compared.any(axis=0))[of]
    return len(numbered(panel.cluster[treated])[0]), len(numbered(panel.cluster[compared])[0])
