"""Synthetic difference-in-differences: weights for units and for periods, then a difference of differences.

Donors are weighted so that their path runs parallel to that of the treated before the start (an intercept takes up
the level), periods so that the donors' weighted past predicts their later mean. A ridge spreads the donors' weights.

Source: Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), Synthetic difference-in-differences, American Economic
Review 111(12): algorithms 1 (estimate), 3 (jackknife) and 4 (placebo).
"""

from dataclasses import dataclass
from itertools import combinations
from math import comb, sqrt

import numpy as np
from numpy.typing import NDArray

from clew.evaluate.rows import Floats
from clew.pilot.simplex import simplex_weights

TIME_RIDGE = 1e-6
"""The ridge of the periods' weights, as a share of the noise: only to make them unique."""

DRAWS = 200
"""Groups of placebo-treated donors drawn where there are more of them than can be listed."""


@dataclass(frozen=True, slots=True)
class SyntheticDid:
    """An effect: mean of the treated over the periods from the start, less what the weighted donors make of it.

    `effect`: in the outcome's units. `unit_weights`: (J,) of donors; `time_weights`: (S,) of periods before the start;
    each sum to one. `noise`: standard deviation of the donors' changes from period to period, before the start.
    """

    effect: float
    unit_weights: Floats
    time_weights: Floats
    noise: float


def synthetic_did(donors: Floats, treated: Floats, start: int) -> SyntheticDid:
    """Estimate the effect on the treated, whose common first treated period has place `start`.

    `donors`: (J, T) and `treated`: (N, T) outcomes without gaps; 2 ≤ `start` < T.
    """
    noise = noise_of(donors[:, :start])
    later = donors.shape[1] - start
    zeta = (len(treated) * later) ** 0.25 * noise
    path = treated.mean(axis=0)
    units = _with_intercept(donors[:, :start].T, path[:start], zeta**2 * start)
    times = _with_intercept(donors[:, :start], donors[:, start:].mean(axis=1), (TIME_RIDGE * noise) ** 2 * len(donors))
    return SyntheticDid(difference(donors, path, units, times), units, times, noise)


def noise_of(before: Floats) -> float:
    """Standard deviation of first differences over donors and periods before the start. `before`: (J, S), S ≥ 2.

    The divisor is one less than their number, as in the authors' program.
    """
    changes = np.diff(before, axis=1)
    return float(np.std(changes, ddof=1)) if changes.size > 1 else 0.0


def _with_intercept(columns: Floats, target: Floats, ridge: float) -> Floats:
    """Simplex weights of columns and target less their means: an intercept that nothing holds back."""
    return simplex_weights(columns - columns.mean(axis=0), target - target.mean(), ridge)


def difference(donors: Floats, path: Floats, units: Floats, times: Floats) -> float:
    """Weighted difference of differences between the path of the treated (T,) and the donors (J, T)."""
    gap = path - units @ donors
    return float(gap[len(times) :].mean() - times @ gap[: len(times)])


def jackknife_error(donors: Floats, treated: Floats, fitted: SyntheticDid) -> float | None:
    """Return the standard error from leaving out one unit at a time, weights held; None where it is not defined.

    It needs two treated units and two donors with weight. Source: algorithm 3; about the mean of the estimates, as in
    the authors' program.
    """
    if len(treated) < 2 or np.count_nonzero(fitted.unit_weights) < 2:
        return None
    path, times = treated.mean(axis=0), fitted.time_weights
    without = [
        difference(donors, (path * len(treated) - left) / (len(treated) - 1), fitted.unit_weights, times)
        for left in treated
    ]
    for place in range(len(donors)):
        kept = np.delete(fitted.unit_weights, place)
        without.append(difference(np.delete(donors, place, axis=0), path, kept / kept.sum(), times))
    return float(np.sqrt((len(without) - 1) * np.var(without)))


def placebo_effects(donors: Floats, count: int, start: int, rng: np.random.Generator) -> Floats:
    """Return the effects found where `count` donors are said to be treated and the treated are left out.

    Every choice of so many donors is used, in order, where there are at most `DRAWS` of them; else as many are drawn.
    Empty where fewer than two donors would be left for comparison. Source: algorithm 4.
    """
    everyone = len(donors)
    if everyone - count < 2:
        return np.empty(0)
    chosen = (
        list(combinations(range(everyone), count))
        if comb(everyone, count) <= DRAWS
        else [tuple(rng.choice(everyone, count, replace=False)) for _ in range(DRAWS)]
    )
    return np.array([_as_if(donors, list(group), start) for group in chosen])


def _as_if(donors: Floats, group: list[int], start: int) -> float:
    picked: NDArray[np.bool_] = np.zeros(len(donors), dtype=bool)
    picked[group] = True
    return synthetic_did(donors[~picked], donors[picked], start).effect


def placebo_error(effects: Floats) -> float:
    """Return the standard deviation of placebo effects about their mean. Source: algorithm 4."""
    return sqrt(float(np.var(effects)))
