"""Units that start together: the sums that staggered starts are estimated from, and how these sums vary.

An estimator that is a smooth function of cohort means moves, unit by unit, by w·(c_g + L_g·(y − mean_g)), with numbers
c_g and L_g that are the same for all units of a cohort. So its variance needs cohorts' sums alone, never a unit's own.
"""

from dataclasses import dataclass

import numpy as np

from clew.evaluate.panel import Panel
from clew.evaluate.rows import Floats, Integers, numbered, summed


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Sums of G cohorts over T periods of a balanced panel.

    `start`: (G,) place of the first treated period, ascending, T where never. `units`: (G,) how many. `weight`: (G,)
    sums of the units' weights. `mean`: (G, T) weighted means. `sums`: (A, 1+T), the sums of w·(1, y − mean) over the
    units of one cluster in one cohort, sorted by cohort; `first`: (G,) where each cohort begins; `cluster`: (A,) codes.
    """

    start: Integers
    units: Integers
    weight: Floats
    mean: Floats
    sums: Floats
    first: Integers
    cluster: Integers

    def covariance(self, loadings: Floats) -> Floats:
        """Return the covariance (A, A) of estimates that move by loadings (A, G, 1+T) · w·(1, y − mean), by cluster."""
        parts = np.split(self.sums, self.first[1:])
        moved = np.concatenate([part @ loadings[:, place].T for place, part in enumerate(parts)])
        clusters = int(self.cluster.max()) + 1
        moved = moved if len(moved) == clusters else summed(moved, self.cluster, clusters)
        return np.asarray(moved.T @ moved)


def unit_weights(panel: Panel) -> Floats:
    """Return each unit's weight, the mean over the periods in which it is seen: (U,)."""
    return np.asarray(panel.weight.sum(axis=1) / (panel.n > 0).sum(axis=1))


def cohorts_of(panel: Panel) -> Cohorts:
    """Return the sums of the cohorts of a panel without gaps."""
    starts, of = numbered(panel.start)
    weight = unit_weights(panel)
    weights = np.asarray(np.bincount(of, weight), dtype=np.float64)
    mean = summed(weight[:, None] * panel.outcome, of, len(starts)) / weights[:, None]
    moved = np.column_stack([weight, weight[:, None] * (panel.outcome - mean[of])])
    _, cluster = numbered(panel.cluster)
    clusters = int(cluster.max()) + 1
    pairs, pair = numbered(of * clusters + cluster)
    first = np.searchsorted(pairs, np.arange(len(starts)) * clusters)
    return Cohorts(starts, np.bincount(of), weights, mean, summed(moved, pair, len(pairs)), first, pairs % clusters)
