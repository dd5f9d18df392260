"""A stepped wedge by its cluster-period means: in each period, clusters already treated against clusters not yet.

Within one period nothing that time does can tell the clusters apart, and chance dealt who came first. So each period's
difference is unbiased, and so is any mean of them whose weights the outcomes do not enter. How far chance alone goes is
seen by dealing the clusters anew to the start dates that were really used: it needs no model of how clusters or
periods resemble each other. Where clusters were dealt within blocks, they are compared and dealt anew within them.

Sources: Thompson, Davey, Fielding, Hargreaves & Hayes (2018), Robust analysis of stepped wedge trials using
cluster-level summaries within periods, Statistics in Medicine 37; Kennedy-Shaffer, de Gruttola & Lipsitch (2020), Novel
methods for the analysis of stepped wedge cluster randomized trials, Statistics in Medicine 39; Wang & De Gruttola
(2017), The use of permutation tests for the analysis of parallel and stepped-wedge cluster-randomized trials,
Statistics in Medicine 36.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from typing import Final

import numpy as np

from clew.evaluate.randomisation import DRAWS, MOST_HELD, MOST_LISTED, not_rejected
from clew.evaluate.rows import Floats, Integers

ROUNDING: Final = 1e-9
"""Statistics that differ by less than this share of themselves are equal."""


@dataclass(frozen=True, slots=True)
class ClusterPeriods:
    """C clusters in T periods, in the order of time.

    `mean`: (C, T) outcome, in its units, NaN where a cluster has none in a period. `start`: (C,) place of the first
    treated period, T where never. `block`: (C,) codes of the blocks within which the starts were dealt, None for one.
    """

    mean: Floats
    start: Integers
    block: Integers | None = None

    @property
    def treated(self) -> Floats:
        """1.0 where a cluster-period is treated: (C, T)."""
        return np.asarray(np.arange(self.mean.shape[1]) >= self.start[:, None], dtype=np.float64)


def strata(start: Integers, block: Integers | None) -> list[Integers]:
    """Return the places of each block's clusters, of all of them where there are no blocks."""
    if block is None:
        return [np.arange(len(start))]
    return [np.flatnonzero(block == code) for code in np.unique(block)]


@dataclass(frozen=True, slots=True)
class Vertical:
    """The comparison within periods. `difference`: (T,) treated minus untreated mean, NaN where no block has both
    in a period. `share`: (T,) its weight in the `estimate`. `treated`, `untreated`: (T,) clusters with an outcome."""

    estimate: float
    difference: Floats
    share: Floats
    treated: Integers
    untreated: Integers


def vertical(found: ClusterPeriods) -> Vertical:
    """Return the mean of the periods' differences, each weighed by c₁c₀ / (c₁ + c₀) for c₁ and c₀ clusters.

    Each cluster counts alike, whatever its size. The weights are the best ones where all cluster-period means vary
    alike; they are known beforehand, and so is that the estimate is unbiased. With blocks each block has differences of
    its own: the coefficient of treatment beside an effect of every period in every block. NaN where none has both.
    """
    on, there = found.treated, ~np.isnan(found.mean)
    values, periods = np.where(there, found.mean, 0.0), found.mean.shape[1]
    moved, weight = np.zeros(periods), np.zeros(periods)
    for own in strata(found.start, found.block):
        treated, untreated = (on * there)[own].sum(axis=0), ((1 - on) * there)[own].sum(axis=0)
        ups, downs = (on * values)[own].sum(axis=0), ((1 - on) * values)[own].sum(axis=0)
        known = treated * untreated / np.maximum(treated + untreated, 1)
        moved += known * (ups / np.maximum(treated, 1) - downs / np.maximum(untreated, 1))
        weight += known
    both, total = weight > 0, float(weight.sum())
    difference = np.where(both, moved / np.where(both, weight, 1.0), np.nan)
    counts = (on * there).sum(axis=0).astype(np.int64), ((1 - on) * there).sum(axis=0).astype(np.int64)
    return Vertical(
        float(moved.sum()) / total if total else math.nan, difference, weight / (total or math.nan), *counts
    )


@dataclass(frozen=True, slots=True)
class Permutation:
    """The estimate held against the schedules that chance could have dealt.

    `gaps`, `slopes`: (B,) the estimate under each of them, of the outcome and of who was really treated. `std_error`:
    how far it strays when the estimated effect is taken off the treated first. `exact`: they are all there are.
    """

    estimate: float
    std_error: float
    p_value: float
    gaps: Floats
    slopes: Floats
    exact: bool

    @property
    def draws(self) -> int:
        """How many schedules the estimate was held against."""
        return len(self.gaps)

    @property
    def least_p(self) -> float:
        """The smallest p-value that these schedules can give."""
        return 1 / self.draws if self.exact else 1 / (1 + self.draws)

    def interval(self, level: float) -> tuple[float, float]:
        """Return the effects, the same in every treated cluster-period, that a test at 1 − `level` does not reject.

        Ends are infinite where `least_p` is not small enough to reject anything.
        """
        return not_rejected(self.estimate, self.gaps, self.slopes, 1 - level, listed=self.exact)


def permutation_test(found: ClusterPeriods, *, seed: int = 0, draws: int = DRAWS) -> Permutation:
    """Deal the clusters anew to the start dates that were used, each as often as it was, and estimate each time.

    Within blocks, where there are any. All schedules where there are at most 20,000, else `draws` of them by `seed`,
    the real one being counted among them.
    """
    found = _in_order(found)
    observed, possible = vertical(found).estimate, schedules_possible(found.start, found.block)
    exact = possible <= MOST_LISTED
    parts = _dealt_anew(_Dealt.of(found), None if exact else (seed, draws), possible)
    gaps, slopes = np.vstack([_estimates(treated, found) for treated in parts]).T
    rounding = ROUNDING * abs(observed) + 1e-12 * float(np.nanmax(np.abs(found.mean)))
    hits = int(np.count_nonzero(np.abs(gaps) >= abs(observed) - rounding))
    p_value = hits / len(gaps) if exact else (1 + hits) / (1 + len(gaps))
    without = gaps - observed * slopes
    return Permutation(observed, float(np.sqrt(np.mean(without**2))), p_value, gaps, slopes, exact)


def _in_order(found: ClusterPeriods) -> ClusterPeriods:
    """Return the clusters by start and outcome, so that neither names nor the order of rows change what is drawn.

    Blocks are numbered as they then come.
    """
    known = np.where(np.isnan(found.mean), np.inf, found.mean)
    order = np.lexsort((*known.T[::-1], found.start))
    block = None if found.block is None else found.block[order]
    if block is not None:
        _, first, place = np.unique(block, return_index=True, return_inverse=True)
        block = np.argsort(np.argsort(first))[place.ravel()]
    return ClusterPeriods(found.mean[order], found.start[order], block)


def schedules_possible(start: Integers, block: Integers | None = None) -> int:
    """Return in how many different ways the start dates could have been dealt to the clusters, within blocks."""
    ways = 1
    for own in strata(start, block):
        left = len(own)
        for count in Counter(start[own].tolist()).values():
            ways, left = ways * math.comb(left, count), left - count
    return ways


def all_schedules(start: Integers, block: Integers | None = None) -> Integers:
    """Return every way to deal the start dates to the clusters, within blocks: (B, C)."""
    dealt = np.zeros((1, len(start)), dtype=np.int64)
    for own in strata(start, block):
        ways = _ways(start[own])
        before, dealt = len(dealt), np.repeat(dealt, len(ways), axis=0)
        dealt[:, own] = np.tile(ways, (before, 1))
    return dealt


def _ways(start: Integers) -> Integers:
    """Every way to deal the start dates within one block: (B, clusters)."""
    dealt, free = np.full((1, len(start)), -1), np.arange(len(start))[None, :]
    for date, count in sorted(Counter(start.tolist()).items()):
        chosen = np.array(list(combinations(range(free.shape[1]), count)))
        rest = np.array([[i for i in range(free.shape[1]) if i not in way] for way in map(set, chosen.tolist())])
        dealt, free = np.repeat(dealt, len(chosen), axis=0), np.repeat(free, len(chosen), axis=0)
        ways = len(dealt) // len(chosen)
        np.put_along_axis(dealt, np.take_along_axis(free, np.tile(chosen, (ways, 1)), axis=1), date, axis=1)
        free = np.take_along_axis(free, np.tile(rest.astype(np.int64), (ways, 1)), axis=1)
    return dealt


@dataclass(frozen=True, slots=True)
class _Dealt:
    """What was dealt, as something that can be looked up: starts, blocks (empty for none) and the number of periods."""

    start: tuple[int, ...]
    block: tuple[int, ...]
    periods: int

    @classmethod
    def of(cls, found: ClusterPeriods) -> "_Dealt":
        """Return what was dealt to these clusters."""
        block = () if found.block is None else tuple(found.block.tolist())
        return cls(tuple(found.start.tolist()), block, found.mean.shape[1])

    def in_parts(self, at_once: int, sample: tuple[int, int] | None) -> Iterator[Integers]:
        """Yield schedules, each as likely as the others, so many at a time: (…, C)."""
        start, block = np.array(self.start), np.array(self.block) if self.block else None
        if sample is None:
            listed = all_schedules(start, block)
            yield from (listed[first : first + at_once] for first in range(0, len(listed), at_once))
            return
        rng, draws = np.random.default_rng(sample[0]), sample[1]
        for first in range(0, draws, at_once):
            part = np.tile(start, (min(at_once, draws - first), 1))
            for own in strata(start, block):
                part[:, own] = rng.permuted(part[:, own], axis=1)
            yield part


def _dealt_anew(dealt: _Dealt, sample: tuple[int, int] | None, possible: int) -> Iterator[Floats]:
    """Yield who would be treated when under schedules, all of them or a `sample` of (seed, draws): (T, …, C)."""
    cells, schedules = len(dealt.start) * dealt.periods, possible if sample is None else sample[1]
    if schedules * cells <= MOST_HELD:
        yield _held(dealt, sample)
        return
    for part in dealt.in_parts(max(1, MOST_HELD // cells), sample):
        yield _treated(part, dealt.periods)


@lru_cache(maxsize=2)
def _held(dealt: _Dealt, sample: tuple[int, int] | None) -> Floats:
    treated = _treated(next(dealt.in_parts(MOST_HELD, sample)), dealt.periods)
    treated.setflags(write=False)
    return treated


def _treated(schedules: Integers, periods: int) -> Floats:
    return np.asarray(np.arange(periods)[:, None, None] >= schedules, dtype=np.float64)


def _estimates(dealt: Floats, found: ClusterPeriods) -> Floats:
    """Return the vertical estimate where `dealt` (T, B, C) is treated, of the outcome and of who really was: (B, 2)."""
    there = ~np.isnan(found.mean)
    held = np.stack([np.where(there, found.mean, 0.0), found.treated * there, there], axis=2)
    gaps, weights = np.zeros((dealt.shape[1], 2)), np.zeros((dealt.shape[1], 1))
    for own, period in product(strata(found.start, found.block), range(len(dealt))):
        schedules = dealt[period] if found.block is None else dealt[period][:, own]
        treated = schedules @ held[own, period]
        rest = held[own, period].sum(axis=0) - treated
        many, few = np.maximum(treated[:, 2:], 1), np.maximum(rest[:, 2:], 1)
        both = (treated[:, 2:] > 0) & (rest[:, 2:] > 0)
        weight = np.where(both, many * few / (many + few), 0.0)
        gaps += weight * (treated[:, :2] / many - rest[:, :2] / few)
        weights += weight
    return np.asarray(gaps / np.where(weights > 0, weights, 1.0))
