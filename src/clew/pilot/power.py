"""How many units it takes: closed forms for means, proportions and counts, clusters of unequal size, few clusters.

Effects and standard deviations are in the outcome's units, shares from 0 to 1. `alpha` is two-sided throughout.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtr, ndtri, roots_legendre, stdtrit

from clew.errors import InputError
from clew.pilot.protocol import Measure


@dataclass(frozen=True, slots=True)
class Variances:
    """Variance of one unit's outcome in each arm, and of both together if there were no effect."""

    comparison: float
    treated: float
    no_effect: float


def variances(measure: Measure, baseline: float, effect: float, share: float, sd: float | None) -> Variances:
    """Return the variances that an outcome has with a comparison level and a (signed) effect.

    `baseline`: comparison mean, share or rate. `share`: treated share of units. `sd`: standard deviation of a mean.
    Proportions are binomial, counts Poisson; "no effect" pools both arms. Raises InputError for an effect that carries
    a proportion beyond 0 to 1 or a count below 0.
    """
    if measure == "mean":
        return Variances(*3 * [(sd or 0.0) ** 2])
    room = largest_effect(measure, baseline, effect)
    if room is not None and abs(effect) > room + 1e-12:
        raise InputError(
            f"from {baseline:g}, an effect of {effect:+g} is impossible: there is room for {room:g}.",
            where="[outcome] worth_having, [size] baseline",
            do="Correct the baseline or the effect.",
        )
    levels = (baseline, baseline + effect, baseline + share * effect)
    return Variances(*(max(0.0, p * (1 - p) if measure == "proportion" else p) for p in levels))


def common(measure: Measure, baseline: float, effect: float, sd: float | None) -> float:
    """Return the covariance of two outcomes of one unit, without and with the effect, that are as alike as can be.

    Shares that differ cannot be wholly alike: who is above the lower one need not be above the higher.
    """
    if measure == "mean":
        return (sd or 0.0) ** 2
    low, high = max(0.0, min(baseline, baseline + effect)), max(baseline, baseline + effect)
    return low * max(0.0, 1 - high) if measure == "proportion" else math.sqrt(low * high)


def over_time(found: Variances, common: float, in_time: tuple[float, float, float], share: float) -> Variances:
    """Return the variances where the treated are held against themselves before; both sides' are told apart.

    `common`: see `common`. `in_time`: shares of the treated side's variance, see `Precision`.
    """
    before, after, alike = in_time
    treated = max(0.0, before * found.comparison + after * found.treated + alike * common)
    return Variances(found.comparison, treated, no_effect=(1 - share) * treated + share * found.comparison)


def largest_effect(measure: Measure, baseline: float, direction: float) -> float | None:
    """Return how far an outcome can move from its baseline in a direction, in its units; None where nothing stops it.

    >>> round(largest_effect("proportion", 0.9, +1), 3)
    0.1
    """
    if measure == "mean" or (measure == "count" and direction > 0):
        return None
    return 1 - baseline if direction > 0 else baseline


def units_in_all(spread: Variances, effect: float, share: float, *, alpha: float, power: float) -> float:
    """Return how many units, both arms together, show an effect when single units are randomised (normal theory).

    Means: (z + z)² σ² (1/π + 1/(1 − π)) / Δ². Proportions: with the pooled variance under no effect and the separate
    ones under the effect, no continuity correction. Counts: the same with Poisson variances.
    Source: Fleiss, Levin & Paik (2003), "Statistical Methods for Rates and Proportions", ch. 4.
    """
    no_effect = spread.no_effect * (1 / share + 1 / (1 - share))
    with_effect = spread.treated / share + spread.comparison / (1 - share)
    root = float(ndtri(1 - alpha / 2)) * math.sqrt(no_effect) + float(ndtri(power)) * math.sqrt(with_effect)
    return (root / effect) ** 2


def expected_z(spread: Variances, effect: float, share: float, units: float, *, alpha: float) -> float:
    """Return the expected z, on the scale of a standard normal test, of an effect with so many effective units.

    It is the value that gives the same power as `units_in_all` does: the two agree by construction.
    """
    no_effect = math.sqrt(spread.no_effect * (1 / share + 1 / (1 - share)))
    with_effect = math.sqrt(spread.treated / share + spread.comparison / (1 - share))
    limit = float(ndtri(1 - alpha / 2))
    if with_effect == 0:
        return math.inf
    return (abs(effect) * math.sqrt(units) - limit * no_effect) / with_effect + limit


def design_effect(cluster_size: float, icc: float, cv: float) -> float:
    """Return by what factor clusters of (mean) size m multiply the units needed: 1 + ((1 + cv²) m − 1) ρ.

    Source: Eldridge, Ashby & Kerry (2006), Int. J. Epidemiol. 35.

    >>> round(design_effect(25, 0.03, 0.0), 2)
    1.72
    """
    return max(1.0, 1 + ((1 + cv**2) * cluster_size - 1) * icc)


def cluster_size_for(effective: float, clusters: int, icc: float, cv: float) -> float | None:
    """Return the mean size at which so many clusters carry as much as `effective` independent units.

    None where no size does: beyond 1/ρ a cluster's further members say hardly anything new.
    Source: Hemming, Girling, Sitch, Marsh & Lilford (2011), BMC Med. Res. Methodol. 11:102.
    """
    left = clusters - effective * icc * (1 + cv**2)
    return effective * (1 - icc) / left if left > 0 else None


@lru_cache(maxsize=1)
def nodes() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return nodes and weights of Gauss–Legendre quadrature on 0 to 1: (400,) each."""
    places, weights = roots_legendre(400)
    return (1 + places) / 2, weights / 2


def t_power(expected_t: float, df: float, *, alpha: float) -> float:
    """Return the power of a two-sided t test whose statistic is noncentral t with `df` degrees of freedom.

    The normal power, averaged over the estimated standard error's distribution by Gauss–Legendre quadrature on its
    quantiles (a distribution function of the noncentral t loses its far tails).
    """
    limits = float(stdtrit(df, 1 - alpha / 2)) * _scales(df)
    return float(nodes()[1] @ (ndtr(expected_t - limits) + ndtr(-expected_t - limits)))


@lru_cache(maxsize=512)
def _scales(df: float) -> NDArray[np.float64]:
    """Return estimated over true standard error (chi over the root of `df`) at the quadrature's quantiles."""
    scales: NDArray[np.float64] = np.sqrt(2 * gammaincinv(df / 2, nodes()[0]) / df)
    return scales


def small_sample_factor(df: float, *, alpha: float, power: float) -> float:
    """Return by what factor a t test with few degrees of freedom needs more than normal theory says.

    The ratio of squared expected statistics that give this power. Source: Donner & Klar (2000), "Design and Analysis
    of Cluster Randomization Trials in Health Research", ch. 5, with the noncentral t in place of its approximation.
    """
    normal = float(ndtri(1 - alpha / 2) + ndtri(power))
    far = 1e4 + 10 * float(stdtrit(df, 1 - alpha / 2))
    exact = float(scipy.optimize.brentq(lambda value: t_power(value, df, alpha=alpha) - power, 0.0, far, xtol=1e-9))
    return max(1.0, (exact / normal) ** 2)
