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

    `ranked`: among how many units placebo inference ranks the treated one, None where it does not; then `relative` are
    made-up estimates (standard deviation 1) and `misfit` what each is divided by before it is ranked.
    """

    variance: float
    df: float = math.inf
    ranked: int | None = None
    relative: tuple[float, ...] = ()
    misfit: tuple[float, ...] = ()


def degrees_of_freedom(treated: float, comparison: float) -> float:
    """Return Bell and McCaffrey's degrees of freedom of two groups' difference, by their numbers of units or clusters.

    At least 1. Source: Imbens & Kolesár (2016), Review of Economics and Statistics 98(4), section III.
    """
    if min(treated, comparison) <= 1:
        return 1.0
    scatter = 1 / (treated**2 * (treated - 1)) + 1 / (comparison**2 * (comparison - 1))
    return max(1.0, (1 / treated + 1 / comparison) ** 2 / scatter)
