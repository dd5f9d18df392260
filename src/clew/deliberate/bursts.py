"""Many people arriving at once, against the conversation's own rhythm in the hours around."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from clew.deliberate.votes import Votes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

WIDTHS_MS = (60_000, 300_000, 900_000)
"""Windows of one, five and fifteen minutes."""

FLANK = 6
"""So many windows before and as many after say what is usual."""

SMALLEST = 10
"""So many arrivals at once, at least, are looked at."""

LEAST_UNEVENNESS = 0.1
"""People come in clusters, by shared links: the variance of arrivals is taken to exceed their mean by this, squared."""


@dataclass(frozen=True, slots=True, eq=False)
class Burst:
    """People (`who`, places) whose first votes lie within a window, and how many the hours around let expect."""

    who: Ints
    from_ms: int
    to_ms: int
    by_chance: float
    p_value: float


@dataclass(frozen=True, slots=True)
class _Window:
    """A window that starts with an arrival: where, how wide, arrivals from `first` to `past`, expected, chance."""

    width_ms: int
    first: int
    past: int
    expected: float
    p_value: float


def arrivals(votes: Votes) -> tuple[Ints, Ints]:
    """Return the moments of first votes in their order (milliseconds since 1970), and whose they are (places)."""
    if votes.at_ms is None or not len(votes.at_ms):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    people = np.flatnonzero(votes.per_voter)
    first = np.minimum.reduceat(votes.at_ms, votes.start[people])
    order = np.lexsort((people, first))
    return first[order], people[order]


def too_coarse(moments: Ints) -> bool:
    """Return whether most arrivals share their moment with another, as where times are told by the day."""
    return len(moments) > 0 and len(np.unique(moments)) < len(moments) / 2


def too_short(moments: Ints) -> bool:
    """Return whether people came within so short a time that there is nothing to hold the least window against."""
    return not len(moments) or int(moments[-1] - moments[0]) < 4 * FLANK * min(WIDTHS_MS)


def bursts(votes: Votes, error: float) -> list[Burst]:
    """Return the windows in which more people arrived than a scan of all windows finds in a fraction `error` of cases.

    What a window lets expect is the mean of the six windows before and the six after; arrivals are as uneven as those
    of this conversation are elsewhere (negative binomial). The chance is multiplied by the number of windows scanned
    (Bonferroni), which is cautious, as they overlap. Windows are told from the least likely on, none twice.

    Source: Kulldorff (1997), A spatial scan statistic, Communications in Statistics; the negative binomial baseline:
    Noufaily et al. (2013), An improved algorithm for outbreak detection, Statistics in Medicine 32.
    """
    moments, people = arrivals(votes)
    if too_coarse(moments):
        return []
    found: list[Burst] = []
    left = np.ones(len(moments), np.bool_)
    while (best := _least_likely(moments[left])) is not None and best.p_value < error:
        inside = np.flatnonzero(left)[best.first : best.past]
        ends = int(moments[inside[0]]), int(moments[inside[-1]])
        found.append(Burst(people[inside], *ends, best.expected, best.p_value))
        left[inside] = False
    return found


def _least_likely(moments: Ints) -> _Window | None:
    span = int(moments[-1] - moments[0]) if len(moments) else 0
    windows = [_scanned(moments, width) for width in WIDTHS_MS if span >= 4 * FLANK * width]
    return min((one for one in windows if one is not None), key=lambda one: (one.p_value, one.width_ms), default=None)


def _scanned(moments: Ints, width_ms: int) -> _Window | None:
    """The least likely window of one width; None where none holds people enough."""
    first = np.arange(len(moments))
    past = np.searchsorted(moments, moments + width_ms)
    counts = past - first
    if counts.max() < SMALLEST:
        return None
    expected = _expected(moments, counts, width_ms)
    size = 1 / _unevenness(moments, width_ms)
    p_values = np.where(counts < SMALLEST, 1.0, betainc(np.maximum(counts, 1), size, expected / (size + expected)))
    place = int(np.argmin(p_values))
    scanned = len(WIDTHS_MS) * len(moments)
    return _Window(width_ms, place, int(past[place]), float(expected[place]), float(p_values[place]) * scanned)


def _expected(moments: Ints, counts: Ints, width_ms: int) -> Floats:
    """Arrivals in the windows around each, a window's worth of them; half an arrival is added to all together."""
    earliest = np.maximum(moments - FLANK * width_ms, moments[0])
    latest = np.minimum(moments + (FLANK + 1) * width_ms, moments[-1])
    around = np.searchsorted(moments, latest, side="right") - np.searchsorted(moments, earliest) - counts
    windows = np.maximum((latest - earliest) / width_ms - 1, 1)
    return np.asarray((np.maximum(around, 0) + 0.5) / windows, np.float64)


def _unevenness(moments: Ints, width_ms: int) -> float:
    """How much the variance of arrivals in windows exceeds their mean, over the mean squared; by moments."""
    place = (moments - moments[0]) // width_ms
    bins = np.unique(np.add.outer(np.arange(-FLANK, FLANK + 1), np.unique(place)))
    counts = np.searchsorted(place, bins, side="right") - np.searchsorted(place, bins)
    around = np.searchsorted(place, bins + FLANK, side="right") - np.searchsorted(place, bins - FLANK) - counts
    mean = around / (2 * FLANK)
    excess = float(((counts - mean) ** 2 - counts).sum()) / max(float((mean**2).sum()), 1e-9)
    return max(excess, LEAST_UNEVENNESS)
