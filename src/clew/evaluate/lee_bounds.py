"""Bounds on the effect where one arm lost more outcomes than the other: how good or bad could the surplus have been?

The arm that kept more of its people holds some who would have been lost in the other. They cannot be told apart, but
their share can, and they are at worst the best or the worst of that arm: trimming it from either end gives the bounds.
They hold for those whose outcome is known whichever arm they are in, if treatment moves everybody's staying in one
direction (monotonicity). Outcomes enter as counts by value alone; where many share the value at the cut, the part of
them that is needed is trimmed.

Source: Lee (2009), Training, Wages, and Sample Selection, Review of Economic Studies 76(3), Propositions 1a to 3;
Imbens & Manski (2004), Confidence Intervals for Partially Identified Parameters, Econometrica 72(6), eq. (6).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtr

from clew.errors import InputError
from clew.evaluate.rows import Floats, Integers

STEPS = 200
"""Halvings when the critical value is sought; more than the digits of a number allow."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Outcomes by value in P parts: the arms, or the clusters of the arms.

    `values`: (K,) the different values, ascending, in the outcome's units. `n`: (P, K) how many rows of a part have
    each. `missing`: (P,) rows without an outcome. `treated`: (P,) the part's arm.
    """

    values: Floats
    n: Integers
    missing: Integers
    treated: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LeeBounds:
    """`lower`, `upper`: bounds of the effect, in the outcome's units, with standard errors. `trimmed`: the share
    trimmed from the arm that kept more, which is the treated one where `of_treated`. `df`: of the t reference, infinite
    where rows are independent."""

    lower: float
    upper: float
    lower_error: float
    upper_error: float
    trimmed: float
    of_treated: bool
    df: float

    def interval(self, level: float) -> tuple[float, float]:
        """Return the interval that covers the effect, wherever between the bounds it lies, with chance `level`."""
        widest = max(self.lower_error, self.upper_error)
        critical = _critical(level, (self.upper - self.lower) / widest if widest > 0 else 0.0, self.df)
        return self.lower - critical * self.lower_error, self.upper + critical * self.upper_error


def lee_bounds(outcomes: Outcomes, *, clustered: bool) -> LeeBounds:
    """Return the bounds. `clustered`: parts are clusters, whose rows share chance; else rows are independent.

    Raises: InputError where an arm has no outcome, or one cluster alone.
    """
    arms = [_arm(outcomes, treated) for treated in (True, False)]
    _enough([outcomes.treated, ~outcomes.treated], arms, clustered=clustered)
    of_treated = arms[0].kept >= arms[1].kept
    more, less = arms if of_treated else arms[::-1]
    ends = [_trimmed(more, less, outcomes.values, top=top) for top in (True, False)]
    sign = 1.0 if of_treated else -1.0
    effects = [sign * (end.mean - less.mean) for end in ends]
    errors = [_error(outcomes, end, more, less, clustered=clustered) for end in ends]
    low, high = (0, 1) if of_treated else (1, 0)
    df = float(len(outcomes.treated) - 2) if clustered else math.inf
    return LeeBounds(effects[low], effects[high], errors[low], errors[high], 1 - less.kept / more.kept, of_treated, df)


@dataclass(frozen=True, slots=True)
class _Arm:
    """An arm as a whole: `n` (K,) rows by value, `assigned` rows in all, `kept` the share of them with an outcome."""

    treated: bool
    n: Floats
    assigned: float
    kept: float
    mean: float


def _arm(outcomes: Outcomes, treated: bool) -> _Arm:  # noqa: FBT001  the arm's name
    parts = outcomes.treated if treated else ~outcomes.treated
    n = outcomes.n[parts].sum(axis=0).astype(np.float64)
    there = n.sum()
    assigned = there + outcomes.missing[parts].sum()
    mean = float(n @ outcomes.values / there) if there else math.nan
    return _Arm(treated, n, float(assigned), float(there / assigned) if assigned else 0.0, mean)


def _enough(parts: list[NDArray[np.bool_]], arms: list[_Arm], *, clustered: bool) -> None:
    if not all(arm.n.sum() for arm in arms) or (clustered and min(part.sum() for part in parts) < 2):
        raise InputError(
            "bounds for missing outcomes need outcomes in both arms, and two clusters an arm where there are clusters.",
            do="Bring the outcomes of both arms.",
        )


@dataclass(frozen=True, slots=True)
class _Trimmed:
    """The trimmed arm: its `mean`, the value `cut` at which it was trimmed, the share `keep` left, and beyond the cut
    the distance (K,) to it, 0 where trimmed."""

    mean: float
    cut: float
    keep: float
    beyond: Floats


def _trimmed(more: _Arm, less: _Arm, values: Floats, *, top: bool) -> _Trimmed:
    """Trim the arm that kept more from the top or from the bottom, to the share that the other kept."""
    keep = less.kept / more.kept
    order = np.arange(len(values)) if top else np.arange(len(values))[::-1]
    n, needed = more.n[order], keep * more.n.sum()
    left = np.clip(needed - (np.cumsum(n) - n), 0.0, n)
    left[left < 1e-9 * needed] = 0.0
    cut = values[order][np.flatnonzero(left)[-1]]
    beyond = np.minimum(values - cut, 0.0) if top else np.maximum(values - cut, 0.0)
    return _Trimmed(float(left @ values[order] / needed), float(cut), keep, beyond)


def _error(outcomes: Outcomes, end: _Trimmed, more: _Arm, less: _Arm, *, clustered: bool) -> float:
    """Return the standard error of a bound: the root of the sum of squared influences of rows, or of clusters.

    A row moves the trimmed mean, the other mean, and the share that is trimmed (each arm's share of outcomes).
    """
    slope = (end.cut - end.mean) / more.kept
    by_more = (end.beyond / end.keep - (end.mean - end.cut)) / more.n.sum()
    by_less = -(outcomes.values - less.mean) / less.n.sum()
    stays = {more.treated: -slope / more.assigned, less.treated: slope / end.keep / less.assigned}
    parts = [_influences(outcomes, more, by_more, stays), _influences(outcomes, less, by_less, stays)]
    if clustered:
        return math.sqrt(sum(len(rows) / (len(rows) - 1) * float(np.sum(totals**2)) for rows, totals, _ in parts))
    return math.sqrt(sum(squares for _, _, squares in parts))


def _influences(
    outcomes: Outcomes, arm: _Arm, by_value: Floats, stays: dict[bool, float]
) -> tuple[Integers, Floats, float]:
    """The arm's parts, the sums of their rows' influences, and the sum of squares over rows."""
    rows = np.flatnonzero(outcomes.treated == arm.treated)
    there, gone = by_value + stays[arm.treated] * (1 - arm.kept), -stays[arm.treated] * arm.kept
    n, missing = outcomes.n[rows], outcomes.missing[rows]
    return rows, n @ there + missing * gone, float(n.sum(axis=0) @ there**2 + missing.sum() * gone**2)


def _critical(level: float, width: float, df: float) -> float:
    """Return c with F(c + width) − F(−c) = level; `width`: of the bounds, in standard errors. By halving."""
    low, high = 0.0, 1.0
    while _covered(high, width, df) < level:
        high *= 2
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _covered(middle, width, df) < level else (low, middle)
    return high


def _covered(critical: float, width: float, df: float) -> float:
    if math.isinf(df):
        return float(ndtr(critical + width) - ndtr(-critical))
    return float(stdtr(df, critical + width) - stdtr(df, -critical))
