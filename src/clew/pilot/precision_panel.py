"""How sharp estimates from panels are: units over periods, one start or several.

Each estimate is a sum of outcomes with known weights, so its variance is w'Σw. Σ is that of one unit's outcomes: a
share that stays with the unit, and the rest like that of the period before, less so the farther apart (first-order
autoregression); what moves all units in a period cancels out. Where clusters are named, what their units have in common
fades from period to period as well, so that it does not cancel out.

Sources: Frison & Pocock (1992), Statistics in Medicine 11 (before and after); Burlig, Preonas & Woerman (2020), Panel
data and experimental design, J. Development Economics 144 (serial correlation); Roth & Sant'Anna (2023), J. Political
Economy: Microeconomics 1(4) (starts that differ).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clew.pilot.assumptions import Assumed
from clew.pilot.extent import Extent, Precision, degrees_of_freedom, shares_in_time
from clew.pilot.protocol import Design

MOST_STARTS = 40
"""With more starts than this nothing changes any more; they are spread over so many."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How outcomes of one unit (or cluster) resemble each other: `icc` stays, the rest fades by `serial` a period."""

    icc: float
    serial: float


def two_by_two(design: Design, a: Assumed, extent: Extent) -> Precision:
    """Difference-in-differences: each unit's mean after less its mean before."""
    change = np.where(np.arange(extent.periods) < extent.before, -1 / extent.before, 1 / max(1, extent.after))
    like, scale, counted = _dealt(design, a, extent)
    (before, both), (_, after) = covariance(np.array([change * (change < 0), change * (change > 0)]), like).tolist()
    df = degrees_of_freedom(counted * a.share, counted * (1 - a.share))
    variance = scale * (before + 2 * both + after) / (counted * a.share * (1 - a.share))
    return Precision(variance, df, in_time=shares_in_time(before, after, 2 * both))


def rollout(design: Design, a: Assumed, extent: Extent) -> Precision:
    """Starts dealt by chance, never being one of them: what is best subtracted of the difference before the start."""
    like, scale, counted = _dealt(design, a, extent)
    dates = min(MOST_STARTS, max(1, extent.after))
    found = _at_starts((extent.periods, extent.before), dates / (dates + 1), design.estimand, "not-yet", like)
    (after, both), (_, before) = found
    df = max(1.0, counted - dates - 1)
    explained = both**2 / before if before > 0 else 0.0
    return Precision(
        scale * (after - explained) / counted, df, in_time=shares_in_time(explained, after, -2 * explained)
    )


def staggered(design: Design, a: Assumed, extent: Extent) -> Precision:
    """Starts not dealt by chance: the whole difference before the start is subtracted (Callaway & Sant'Anna)."""
    weighting = {"overall": "simple", "group": "cohort", "event-time": "event-time"}[design.aggregate]
    like, scale, counted = _dealt(design, a, extent)
    found = _at_starts((extent.periods, extent.before), a.share, weighting, design.against, like)
    (after, both), (_, before) = found
    first = a.share / min(MOST_STARTS, max(1, extent.after))
    compared = 1 - (a.share if design.against == "never" else first)
    df = max(1.0, counted * min(a.share, compared) - 1)
    variance = scale * (after - 2 * both + before) / counted
    return Precision(variance, df, in_time=shares_in_time(before, after, -2 * both))


def _dealt(design: Design, a: Assumed, extent: Extent) -> tuple[Likeness, float, float]:
    """Return how what starts together resembles itself, what its variance is a share of, and how many there are."""
    icc, serial = a.icc or 0.0, a.serial or 0.0
    if design.cluster is None or extent.clusters is None:
        return Likeness(icc, serial), 1.0, extent.units
    return Likeness(0.0, serial), icc + (1 - icc) * extent.clusters / extent.units, extent.clusters


def covariance(weights: Floats, like: Likeness) -> Floats:
    """Return the covariance (A, A) of sums weights (A, T) · outcomes of one unit, in variances of one outcome."""
    shared = np.zeros(len(weights))
    moving = np.zeros((len(weights), len(weights)))
    for now in weights.T:
        shared = like.serial * shared
        moving += np.outer(now, now) + np.outer(now, shared) + np.outer(shared, now)
        shared = shared + now
    total = weights.sum(axis=1)
    return np.asarray(like.icc * np.outer(total, total) + (1 - like.icc) * moving)


def starts(periods: int, before: int, share: float) -> tuple[Floats, Floats]:
    """Return (places of the starts, shares of the units that start there), ascending; never is the place `periods`.

    The starts are spread evenly over the periods from `before` on, each with as many units.
    """
    many = min(MOST_STARTS, max(1, periods - before))
    places = before + np.floor(np.arange(many) * (periods - before) / many)
    shares = np.full(many, share / many)
    if share < 1:
        places, shares = np.append(places, periods), np.append(shares, 1 - share)
    return places, shares


@dataclass(frozen=True, slots=True)
class Cells:
    """Pairs of a cohort and a period in which it is treated and others are not. `cohort`, `period`: (K,).

    `others`: (K, G), each cohort's share among those compared with; rows sum to 1.
    """

    cohort: NDArray[np.int64]
    period: NDArray[np.int64]
    others: Floats


def cells(place: Floats, share: Floats, periods: int, against: str) -> Cells:
    """Return the pairs that can be compared. `place`, `share`: (G,) as of `starts`."""
    cohort, period = np.nonzero(np.arange(periods) >= place[:, None])
    waits = place > period[:, None] if against == "not-yet" else np.tile(place >= periods, (len(period), 1))
    others = waits * share
    told = others.sum(axis=1) > 0
    return Cells(cohort[told], period[told], others[told] / others[told].sum(axis=1, keepdims=True))


@lru_cache(maxsize=256)
def _at_starts(
    time: tuple[int, int], treated: float, weighting: str, against: str, like: Likeness
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the covariance of the differences after and just before the starts, of one unit in all. `time`: periods
    and how many are before."""
    periods, before = time
    place, share = starts(periods, before, treated)
    found = cells(place, share, periods, against)
    if not len(found.cohort):  # all start at once and nobody is left
        return (np.inf, 0.0), (0.0, 0.0)
    weight = _weights(found, place, share, weighting)
    side = -found.others
    side[np.arange(len(weight)), found.cohort] += 1
    side *= weight[:, None]
    sums = np.zeros((2, periods, len(place)))
    np.add.at(sums[0], found.period, side)
    np.add.at(sums[1], place[found.cohort].astype(np.int64) - 1, side)
    each = [covariance(sums[:, :, cohort], like) / share[cohort] for cohort in range(len(place))]
    (after, both), (_, last) = np.sum(each, axis=0).tolist()
    return (after, both), (both, last)


def _weights(found: Cells, place: Floats, share: Floats, weighting: str) -> Floats:
    """Return what each pair counts (K,): by units, then alike for cohorts, periods or times since the start."""
    size = share[found.cohort]
    if weighting == "cohort":
        size = size / np.bincount(found.cohort)[found.cohort]
    if weighting in {"calendar", "event-time"}:
        since = found.period - place[found.cohort].astype(np.int64) * (weighting == "event-time")
        size = size / np.bincount(since, size)[since]
    return np.asarray(size / size.sum())
