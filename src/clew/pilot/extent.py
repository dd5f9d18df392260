"""How far a pilot reaches in units and time, and how sharp that makes its registered estimate."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extent:
    """Units (in a panel each has an outcome a period; in a stepped wedge they are all rows) and clusters in all, which
    need not be whole while a size is sought; `periods` in all and how many of them lie `before` the first start (0
    where nothing is followed over time).
    """

    units: float
    clusters: float | None = None
    periods: int = 0
    before: int = 0

    @property
    def after(self) -> int:
        """Periods from the first start on."""
        return self.periods - self.before


@dataclass(frozen=True, slots=True)
class Precision:
    """`variance` of the registered estimate, in variances of a single outcome; `df` of its t, infinite for the normal.

    `in_time`: what shares of the treated side's variance come from before it was treated, when it was as the others
    are, from then on, and from what both have in common (which is mostly less than nothing); None where units are not
    held against themselves.
    `ranked`: among how many units placebo inference ranks the treated one, None where it does not; then `relative` are
    made-up estimates (standard deviation 1) and `misfit` what each is divided by before it is ranked.
    """

    variance: float
    df: float = math.inf
    ranked: int | None = None
    relative: tuple[float, ...] = ()
    misfit: tuple[float, ...] = ()
    in_time: tuple[float, float, float] | None = None


def shares_in_time(before: float, after: float, common: float) -> tuple[float, float, float]:
    """Return what shares of the variance of a difference in time these parts of it are; they sum to 1."""
    total = before + after + common
    return (before / total, after / total, common / total) if 0 < total < math.inf else (0.0, 1.0, 0.0)


def degrees_of_freedom(treated: float, comparison: float) -> float:
    """Return Bell and McCaffrey's degrees of freedom of two groups' difference, by their numbers of units or clusters.

    At least 1. Source: Imbens & Kolesár (2016), Review of Economics and Statistics 98(4), section III.
    """
    if min(treated, comparison) <= 1:
        return 1.0
    scatter = 1 / (treated**2 * (treated - 1)) + 1 / (comparison**2 * (comparison - 1))
    return max(1.0, (1 / treated + 1 / comparison) ** 2 / scatter)
