"""What so few events can show: exact power where they are counted one by one, and what luck alone would do.

With Poisson counts before and after (or in two arms), the later count given both together is binomial; that test is
exact however rare the events. Sources: Przyborowski & Wilenski (1940), Biometrika 31; Krishnamoorthy & Thomson (2004),
J. Stat. Plan. Inference 119.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrik, gammainc, gammaincc, gammaln, ndtr, ndtri, xlogy

from clew.pilot.protocol import Protocol
from clew.pilot.search import least

MANY_EVENTS: Final = 5_000
"""With more events on the quieter side they need not be counted one by one."""

MOST_YEARS: Final = 100_000
"""Beyond this many years a side, no number is given."""


def rate_for_effect(protocol: Protocol, baseline: float, units: float) -> float:
    """Return by how much an effect of 1 changes the events of one of so many planned units, `baseline` at present.

    An effect is a difference of events a unit of exposure; where events are counted over those expected, of events for
    each expected one; observed minus expected are events of the treated side in all.
    """
    if protocol.design.estimator == "observed-minus-expected":
        return 1 / max(1.0, units * protocol.size.treated_share)
    return baseline if protocol.design.expected is not None else 1.0


def no_event_by_luck(events_a_year: float, years: float) -> float:
    """Return the chance that no event happens in so many years although nothing has changed.

    >>> [round(no_event_by_luck(0.74, years), 2) for years in (2, 3)]
    [0.23, 0.11]
    """
    return math.exp(-events_a_year * years)


def exact_power(expected_before: float, expected_after: float, *, alpha: float, share: float = 0.5) -> float:
    """Return the exact power of the one-sided conditional test to show that the later rate is lower.

    `expected_before`, `expected_after`: events expected on each side. `share`: the later side's share of the exposure
    (0.5: equally long). `alpha` is one-sided.
    """
    total = expected_before + expected_after
    if total == 0:
        return 0.0
    counts = _counts(total)
    chances = np.exp(xlogy(counts, total) - total - gammaln(counts + 1))
    limits = _rejected_up_to(counts, share, alpha)
    rejected = np.where(limits >= 0, bdtr(np.maximum(limits, 0), counts.astype(np.int64), expected_after / total), 0.0)
    return min(1.0, float(chances @ rejected))


def years_each_side(events_a_year: float, cut: float, *, alpha: float, power: float) -> int | None:
    """Return how many whole years before, and as many after, show a cut with this power; None beyond 100,000.

    `cut`: share of events avoided, above 0 and at most 1. `alpha` is one-sided: the test that is kindest to the pilot.

    >>> years_each_side(0.74, 0.5, alpha=0.05, power=0.8)
    54
    """

    def _enough(years: int) -> bool:
        before = events_a_year * years
        return exact_power(before, before * (1 - cut), alpha=alpha) >= power

    return least(_enough, MOST_YEARS)


def units_counted_exactly(
    rates: tuple[float, float], share: float, *, alpha: float, power: float, most: int
) -> int | None:
    """Return how many units in all show the difference of two Poisson rates by the exact conditional test.

    `rates`: events a unit, comparison and treated. `share`: treated share of units. `alpha` is two-sided, half of it on
    either side. None beyond `most` units.
    """
    comparison, treated = rates[0] * (1 - share), rates[1] * share
    high, low, low_share = (comparison, treated, share) if rates[1] < rates[0] else (treated, comparison, 1 - share)

    def _enough(units: int) -> bool:
        return exact_power(high * units, low * units, alpha=alpha / 2, share=low_share) >= power

    return least(_enough, most)


def power_of_rates(exposure: float, rates: tuple[float, float], share: float | None, *, alpha: float) -> float:
    """Return the exact power to tell two rates apart, half of a two-sided `alpha` on the side of the effect.

    `exposure`: in all. `rates`: events a unit of exposure, comparison and treated. `share`: treated share of the
    exposure; None: all of it is treated and the comparison's rate is known beforehand (a count against its expected
    number).
    """
    if exposure * min(rates) > MANY_EVENTS or exposure * max(rates) > 1_000 * MANY_EVENTS:
        return _power_by_z(exposure, rates, share, alpha)
    if share is None:
        return _power_of_count(exposure * rates[0], exposure * rates[1], alpha / 2)
    comparison, treated = exposure * rates[0] * (1 - share), exposure * rates[1] * share
    if rates[1] < rates[0]:
        return exact_power(comparison, treated, alpha=alpha / 2, share=share)
    return exact_power(treated, comparison, alpha=alpha / 2, share=1 - share)


def _power_by_z(exposure: float, rates: tuple[float, float], share: float | None, alpha: float) -> float:
    """Return the same power by normal theory, which is as good where events are many."""
    part = 1.0 if share is None else share
    variance = rates[1] / (exposure * part) + (0.0 if share is None else rates[0] / (exposure * (1 - part)))
    return float(ndtr(abs(rates[1] - rates[0]) / math.sqrt(variance) + ndtri(alpha / 2)))


def _power_of_count(expected: float, true: float, alpha: float) -> float:
    """Return the chance that a Poisson count of mean `true` is significantly far from `expected`, on its side."""
    counts = _counts(expected)
    if true < expected:
        enough = counts[gammaincc(counts + 1, expected) <= alpha]
        return float(gammaincc(enough[-1] + 1, true)) if len(enough) else 0.0
    enough = counts[(counts > 0) & (gammainc(np.maximum(counts, 1), expected) <= alpha)]
    return float(gammainc(enough[0], true)) if len(enough) else 0.0


def _counts(total: float) -> NDArray[np.float64]:
    """Return the numbers of events in all that are not impossibly far from what is expected (12 deviations)."""
    reach = 12 * math.sqrt(total) + 30
    return np.arange(max(0, math.floor(total - reach)), math.ceil(total + reach) + 1, dtype=np.float64)


def _rejected_up_to(counts: NDArray[np.float64], share: float, alpha: float) -> NDArray[np.float64]:
    """Return for each total the largest later count that is significantly few; -1 where none is."""
    limits = np.floor(np.nan_to_num(bdtrik(alpha, counts, share), nan=-1.0)) + 1  # one too many, then stepped down
    whole = counts.astype(np.int64)
    for _ in range(3):
        limits = np.where((limits >= 0) & (bdtr(np.maximum(limits, 0), whole, share) > alpha), limits - 1, limits)
    return limits
