"""Averages of cohorts' effects: overall, by cohort, by time since the start.

Weights are the cohorts' shares, which are estimated too; standard errors count that.

Source: Callaway & Sant'Anna (2021), section 3 (aggregations) and corollary 2 (their influence functions).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from clew.errors import InputError
from clew.evaluate.callaway_santanna import GroupTime
from clew.evaluate.rows import Floats, Integers

Aggregate = Literal["overall", "group", "event-time"]


@dataclass(frozen=True, slots=True)
class Averages:
    """A averages of effects, in the outcome's units, and how they vary.

    `at`: (A,) the cohort's start as a place in time, or the time since the start. `covariance`:
    (A+1, A+1), the last of `mean`, the average over what lies after the start. `weight`: (A,), what each counts in it.
    `clusters`: (A,), how many treated ones each rests on; how one alone moves by chance, nobody knows.
    """

    at: Floats
    estimate: Floats
    covariance: Floats
    mean: float
    weight: Floats
    clusters: Integers

    @property
    def std_error(self) -> Floats:
        """Standard errors: (A,)."""
        return np.sqrt(np.diagonal(self.covariance)[:-1])

    @property
    def mean_error(self) -> float:
        """Standard error of `mean`."""
        return float(np.sqrt(self.covariance[-1, -1]))


def by_cohort(effects: GroupTime) -> Averages:
    """Return each cohort's average over its periods after the start."""
    cohorts = np.unique(effects.cells.cohort[effects.after])
    parts = _parts(effects.cells.cohort, cohorts) * effects.after
    return _result(effects, _numbers(effects.start[cohorts]), parts, "group")


def by_event_time(effects: GroupTime, aggregate: Aggregate = "event-time") -> Averages:
    """Return the average at each time since the start, ascending."""
    times = np.unique(effects.event_time)
    return _result(effects, times, _numbers(effects.event_time == times[:, None]), aggregate)


def _result(effects: GroupTime, at: Floats, parts: Floats, aggregate: Aggregate) -> Averages:
    estimate, moved = _averages(effects, parts)
    mean, along = _mean(effects, aggregate)
    covariance = effects.movements.covariance(np.vstack([moved, along]))
    there = parts > 0
    cohorts = _numbers(there) @ _parts(effects.cells.cohort, np.arange(len(effects.start))).T > 0
    clusters = cohorts.astype(np.int64) @ effects.of_cohort
    return Averages(at, estimate, covariance, mean, there @ along[: len(effects.att)], clusters)


def _mean(effects: GroupTime, aggregate: Aggregate) -> tuple[float, Floats]:
    """The average over all, and its derivative by ATT and shares: (K+G,).

    "overall": every treated unit-period counts alike; "group": every treated unit; "event-time": every time since.

    Raises: InputError where no period after a start has units to compare with.
    """
    after = effects.after
    if not after.any():
        raise InputError(
            "no period after a start has units to compare with.",
            where="[design] treated_from",
            do="Bring later periods, or units that are treated later or never.",
        )
    if aggregate == "event-time":
        times = np.unique(effects.event_time[after])
        estimate, moved = _averages(effects, _numbers((effects.event_time == times[:, None]) & after))
        return float(estimate.mean()), np.asarray(moved.mean(axis=0))
    of = effects.cells.cohort
    periods = (
        np.bincount(of[after], minlength=len(effects.start)) if aggregate == "group" else np.ones(len(effects.start))
    )
    estimate, moved = _averages(effects, np.where(after, 1 / np.maximum(periods[of], 1), 0.0)[None, :])
    return float(estimate[0]), moved[0]


def _parts(codes: Integers, names: Integers) -> Floats:
    return _numbers(codes == names[:, None])


def _numbers(flags: ArrayLike) -> Floats:
    return np.asarray(flags, dtype=np.float64)


def _averages(effects: GroupTime, parts: Floats) -> tuple[Floats, Floats]:
    """Averages (A,) of ATT(g, t) by `parts` (A, K) times shares, and their derivatives (A, K+G) by ATT and shares."""
    weight = parts * effects.share[effects.cells.cohort]
    total = weight.sum(axis=1, keepdims=True)
    estimate = weight @ effects.att / total[:, 0]
    of_cohort = _parts(effects.cells.cohort, np.arange(len(effects.start)))
    by_share = (parts * (effects.att - estimate[:, None])) @ of_cohort.T
    return estimate, np.hstack([weight, by_share]) / total
