"""How sharp a stepped wedge is: in each period, clusters already treated against clusters not yet.

The registered estimate is a sum of cluster-period means with weights known beforehand, so its variance is w'Σw. It is
larger than that of Hussey and Hughes's model, which also compares clusters with themselves over time and must trust its
picture of time for that.

Sources: Hussey & Hughes (2007), Contemporary Clinical Trials 28 (variance of cluster-period means); Hooper, Teerenstra,
de Hoop & Eldridge (2016), Statistics in Medicine 35 (likeness across periods); Thompson, Davey, Fielding, Hargreaves &
Hayes (2018), Statistics in Medicine 37 (comparison within periods).
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from clew.pilot.assumptions import Assumed
from clew.pilot.extent import Extent, Precision
from clew.pilot.power import design_effect, nodes
from clew.pilot.precision_panel import Likeness, covariance, starts
from clew.pilot.protocol import Design

STAYS = 0.8
"""Share of what a cluster's rows have in common that stays the same over time; the rest fades from period to period."""

Floats = NDArray[np.float64]


def two_arms(design: Design, a: Assumed, extent: Extent) -> Precision:
    """Units or whole clusters dealt to two arms: the difference of means."""
    spread_out = 1.0
    if design.deals_clusters:
        spread_out = design_effect(a.cluster_size or 1.0, a.icc or 0.0, a.cv or 0.0)
    return Precision(spread_out * (1 - a.r2) / (extent.units * a.share * (1 - a.share)), math.inf)


def stepped_wedge(design: Design, a: Assumed, extent: Extent) -> Precision:
    """As many clusters start in every period from the first start on; the permutation test of C clusters shows about
    what a t test with C − 2 degrees of freedom does."""
    clusters = extent.clusters or 2.0
    permanent, fading, own = _within_periods(extent.periods, extent.before, a.serial or 0.0)
    icc, rows = a.icc or 0.0, extent.units / clusters / max(1, extent.periods)
    shared = icc * (STAYS * permanent + (1 - STAYS) * fading)
    variance = (shared + (1 - icc) * (1 - a.r2) * own * _one_over(rows, a.cv or 0.0)) / clusters
    return Precision(variance, max(1.0, clusters - 2))


@lru_cache(maxsize=256)
def _within_periods(periods: int, before: int, serial: float) -> tuple[float, float, float]:
    """Return the variance, of one cluster in all, where what clusters share stays, fades, or is each period's own."""
    place, share = starts(periods, before, 1.0)
    if len(place) == 1:  # some go on as before, or there is nobody to compare with
        place, share = np.append(place, periods), np.array([0.5, 0.5])
    treated = np.arange(periods) >= place[:, None]
    on = share @ treated
    weight = on * (1 - on) / (on * (1 - on)).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        side = np.where(weight > 0, np.where(treated, weight / on, -weight / (1 - on)), 0.0)
    like = (Likeness(1.0, 0.0), Likeness(0.0, serial), Likeness(0.0, 0.0))
    permanent, fading, own = (float(share @ np.diag(covariance(side, each))) for each in like)
    return permanent, fading, own


def _one_over(rows: float, cv: float) -> float:
    """Return the mean of one over the rows of a cluster-period, at least one each, where sizes vary (gamma)."""
    if cv == 0:
        return 1 / max(1.0, rows)
    quantile, weight = nodes()
    return float(weight @ (1 / np.maximum(1.0, cv**2 * rows * gammaincinv(1 / cv**2, quantile))))
