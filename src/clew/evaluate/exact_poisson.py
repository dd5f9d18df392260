"""Counts of rare events, exactly: two rates held against each other, or one count against what was expected.

Given how many events there were on both sides together, how they fall between the sides is binomial whatever the rate
of both; so the test and the interval of the ratio are exact however few there are. Counts must be Poisson: events that
come one by one, none bringing another.

Sources: Przyborowski & Wilenski (1940), Biometrika 31; Garwood (1936), Biometrika 28; Clopper & Pearson (1934),
Biometrika 26; Fay (2010), Two-sided exact tests and matching confidence intervals for discrete data, R Journal 2(1);
Li, Tang & Wong (2011), Confidence intervals for the difference and ratio of Poisson rates using the MOVER, CSDA 55.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import inf, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, betaincinv, chdtri, gammainc, gammaincc, gammaln, xlogy

from clew.pilot.rare import exact_power

STEPS: Final = 14
"""Halvings of the range in which the smallest cut is looked for: to 0.01 %."""


@dataclass(frozen=True, slots=True)
class Side:
    """Events counted on one side, and what they are counted over: person-years, or the number expected."""

    events: int
    exposure: float

    @property
    def rate(self) -> float:
        """Events a unit of exposure."""
        return self.events / self.exposure


def exact_interval(events: int, level: float) -> tuple[float, float]:
    """The numbers of expected events with which so many, or so few, are not too rare: Garwood's interval.

    >>> [round(end, 2) for end in exact_interval(0, 0.95)], [round(end, 2) for end in exact_interval(10, 0.95)]
    ([0.0, 3.69], [4.8, 18.39])
    """
    tail = (1 - level) / 2
    low = float(chdtri(2 * events, 1 - tail)) / 2 if events else 0.0
    return low, float(chdtri(2 * events + 2, tail)) / 2


def exact_p(events: int, expected: float) -> float:
    """Twice the smaller tail of a Poisson count of known mean, at most 1; it agrees with `exact_interval`."""
    at_most, at_least = float(gammaincc(events + 1, expected)), float(gammainc(events, expected)) if events else 1.0
    return min(1.0, 2 * min(at_most, at_least))


def mid_p(events: int, expected: float) -> float:
    """Twice the smaller tail, of which the count itself enters by half: less cautious, near its level on average."""
    at_most = float(gammaincc(events + 1, expected))
    itself = float(np.exp(xlogy(events, expected) - expected - gammaln(events + 1)))
    return min(1.0, 2 * min(at_most - itself / 2, 1 - at_most + itself / 2))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two rates held against each other, `treated` over `comparison`. Rates: events a unit of exposure."""

    treated: Side
    comparison: Side

    @property
    def total(self) -> int:
        """Events on both sides."""
        return self.treated.events + self.comparison.events

    @property
    def share(self) -> float:
        """The treated side's share of the exposure: its chance of each event if nothing changed."""
        return self.treated.exposure / (self.treated.exposure + self.comparison.exposure)

    @property
    def difference(self) -> float:
        """Difference of the rates."""
        return self.treated.rate - self.comparison.rate

    @property
    def ratio(self) -> float | None:
        """Ratio of the rates; inf where only the comparison had no event, None where neither had one."""
        if not self.comparison.events:
            return inf if self.treated.events else None
        return self.treated.rate / self.comparison.rate

    @property
    def p_value(self) -> float:
        """Twice the smaller tail of the conditional test of equal rates, at most 1; it agrees with `ratio_interval`."""
        at_most, at_least = self._tails()
        return min(1.0, 2 * min(at_most, at_least))

    @property
    def mid_p(self) -> float:
        """As `p_value`, but what happened enters each tail by half."""
        at_most, at_least = self._tails()
        itself = at_most + at_least - 1
        return min(1.0, 2 * min(at_most, at_least) - itself)

    def _tails(self) -> tuple[float, float]:
        """Chances of at most, and of at least, so many of all events on the treated side, if nothing changed."""
        events, total = self.treated.events, self.total
        at_most = float(bdtr(events, total, self.share)) if total else 1.0
        return at_most, float(bdtrc(events - 1, total, self.share)) if events else 1.0

    def ratio_interval(self, level: float) -> tuple[float, float]:
        """Exact interval of the ratio of rates, from Clopper and Pearson's for the treated side's share of events."""
        tail, events, others = (1 - level) / 2, self.treated.events, self.comparison.events
        scale = self.comparison.exposure / self.treated.exposure
        low = float(betaincinv(events, others + 1, tail)) if events else 0.0
        high = float(betaincinv(events + 1, others, 1 - tail)) if others else 1.0
        return scale * low / (1 - low), scale * high / (1 - high) if high < 1 else inf

    def difference_interval(self, level: float) -> tuple[float, float]:
        """Interval of the difference of rates, from each side's exact interval; never without 0 where the exact test
        does not reject equal rates at 1 − `level`.

        Source: Li, Tang & Wong (2011), which recovers variances from the limits (Zou & Donner 2008).
        """
        low, high = self._recovered(level)
        if self.p_value > 1 - level:
            return min(low, 0.0), max(high, 0.0)
        return low, high

    def _recovered(self, level: float) -> tuple[float, float]:
        own, other = self.treated, self.comparison
        own_low, own_high = (end / own.exposure for end in exact_interval(own.events, level))
        other_low, other_high = (end / other.exposure for end in exact_interval(other.events, level))
        down = sqrt((own.rate - own_low) ** 2 + (other_high - other.rate) ** 2)
        up = sqrt((own_high - own.rate) ** 2 + (other.rate - other_low) ** 2)
        return self.difference - down, self.difference + up


@dataclass(frozen=True, slots=True)
class Excess:
    """One count against the number expected, which is taken as known."""

    observed: int
    expected: float

    @property
    def difference(self) -> float:
        """Observed minus expected, in events."""
        return self.observed - self.expected

    @property
    def ratio(self) -> float:
        """The standardised ratio, observed over expected."""
        return self.observed / self.expected

    def difference_interval(self, level: float) -> tuple[float, float]:
        """Garwood's interval less what was expected."""
        low, high = exact_interval(self.observed, level)
        return low - self.expected, high - self.expected

    def ratio_interval(self, level: float) -> tuple[float, float]:
        """Garwood's interval over what was expected."""
        low, high = exact_interval(self.observed, level)
        return low / self.expected, high / self.expected

    @property
    def p_value(self) -> float:
        """Of the expected number being right; see `exact_p`."""
        return exact_p(self.observed, self.expected)

    @property
    def mid_p(self) -> float:
        """As `p_value`, the count itself by half; see `mid_p`."""
        return mid_p(self.observed, self.expected)


def rule_of_three(exposure: float, level: float) -> float:
    """The highest rate that seeing no event in so much exposure leaves possible: about three events at 95 %.

    Source: Hanley & Lippman-Hand (1983), If nothing goes wrong, is everything all right?, JAMA 249.
    """
    return float(-np.log1p(-level)) / exposure


@lru_cache(maxsize=1024)
def smallest_cut(expected_before: float, share: float, *, alpha: float, power: float) -> float | None:
    """The least share of events avoided that so many would show by the exact test; None where even none left would not.

    `expected_before`: events expected on the comparison side. `share`: treated share of the exposure. `alpha` is
    two-sided, half of it on this side.
    """

    def enough(cut: float) -> bool:
        after = expected_before * share / (1 - share) * (1 - cut)
        return exact_power(expected_before, after, alpha=alpha / 2, share=share) >= power

    if not enough(1.0):
        return None
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How much counts scatter beside Poisson's: 1 where they are Poisson. `df`: parts less sides."""

    ratio: float
    df: int
    p_value: float


def dispersion(counts: NDArray[np.int64], exposure: NDArray[np.float64], side: NDArray[np.int64]) -> Dispersion | None:
    """Pearson's χ² of the parts' counts about their side's rate, over its degrees of freedom; None with no part to
    spare. `side`: code of each part's side, from 0.

    Source: Fisher (1950), The significance of deviations from expectation in a Poisson series, Biometrics 6.
    """
    events, over = np.bincount(side, counts), np.bincount(side, exposure)
    rates = np.divide(events, over, out=np.zeros_like(over), where=over > 0)
    expected = rates[side] * exposure
    told = expected > 0
    df = int(told.sum()) - int(np.count_nonzero(events))
    if df <= 0:
        return None
    chi2 = float(np.sum((counts[told] - expected[told]) ** 2 / expected[told]))
    return Dispersion(chi2 / df, df, float(gammaincc(df / 2, chi2 / 2)))
