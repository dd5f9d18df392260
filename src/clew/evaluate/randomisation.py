"""The randomisation test: how often would chance alone, dealing the arms anew, show a difference as large?

It needs no distribution and holds with any number of clusters, so it stands beside the t-based p-value where clusters
are few.

Sources: Fisher (1935), "The Design of Experiments", ch. III; Edgington & Onghena (2007), "Randomization Tests", 4th
ed.; Phipson & Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9 (a sampled p-value counts the observed assignment).
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clew.evaluate.finding import Randomisation

FEW_CLUSTERS: Final = 12
"""The test is reported where the smaller arm holds fewer clusters than this."""

MOST_LISTED: Final = 20_000
"""Up to this many re-assignments are listed one by one; beyond it they are drawn."""

DRAWS: Final = 9_999
"""Re-assignments drawn where they cannot be listed."""

MOST_HELD: Final = 8_000_000
"""Most numbers (re-assignments × clusters) that are held at once."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dealt:
    """The clusters as they were dealt to the arms, in one fixed order.

    `totals`: (weighted) sum of the outcome; `sizes`: (weighted) number of units; `treated`: its arm; `blocks`: the
    block it was dealt within (all the same where there was none); each one entry a cluster.
    """

    totals: tuple[float, ...]
    sizes: tuple[float, ...]
    treated: tuple[bool, ...]
    blocks: tuple[int, ...]
    by_precision: bool = False


def randomisation_test(dealt: Dealt, *, seed: int = 0, draws: int = DRAWS) -> Randomisation:
    """Return the two-sided share of re-assignments whose difference in arm means is at least as large.

    Clusters are dealt anew within their blocks, keeping each block's number of treated clusters. The difference is that
    of unit means, averaged over blocks. All re-assignments where there are at most 20,000, else `draws` of them by
    `seed`, the assignment made being counted among them.
    """
    order = _order(dealt)
    design = tuple((dealt.blocks[i], dealt.treated[i]) for i in order)
    totals, sizes = (np.array([values[i] for i in order]) for values in (dealt.totals, dealt.sizes))
    centred = totals - sizes * (totals.sum() / sizes.sum())
    clusters = _Clusters(np.column_stack([centred, sizes]), block_places(design), dealt.by_precision)
    observed = clusters.differences(np.array([[float(arm) for _, arm in design]]))[0]
    rounding = 1e-9 * observed + 1e-12 * float(np.abs(centred).sum() / sizes.sum())
    possible = assignments_possible(design)
    exact = possible <= min(MOST_LISTED, MOST_HELD // len(design))
    parts = [all_assignments(design)] if exact else sampled_assignments(design, seed, draws)
    hits = sum(int(np.count_nonzero(clusters.differences(deals) >= observed - rounding)) for deals in parts)
    return (
        Randomisation(hits / possible, possible, exact)
        if exact
        else Randomisation((1 + hits) / (1 + draws), draws, exact)
    )


def _order(dealt: Dealt) -> list[int]:
    """Return the clusters' order by what they hold, so that the order of rows in a file cannot matter."""
    keys = list(zip(dealt.blocks, dealt.treated, dealt.sizes, dealt.totals, strict=True))
    return sorted(range(len(keys)), key=keys.__getitem__)


@dataclass(frozen=True, slots=True)
class _Clusters:
    """What stays the same however the arms are dealt. `held`: (clusters, 2), total and size; `blocks`: their places."""

    held: Floats
    blocks: tuple[slice, ...]
    by_precision: bool

    def differences(self, deals: Floats) -> Floats:
        """Return the absolute difference in arm means of each deal (rows: deals, columns: clusters).

        A block whose clusters all have the same arm says nothing and counts for nothing.
        """
        gaps, weights = np.zeros(len(deals)), np.zeros(len(deals))
        for block in self.blocks:
            total, size = self.held[block].sum(axis=0)
            treated_total, treated_size = (deals[:, block] @ self.held[block]).T
            rest = size - treated_size
            if 0 < treated_size[0] < size:
                weight = treated_size * rest / size if self.by_precision else size
                gaps += weight * (treated_total / treated_size - (total - treated_total) / rest)
                weights += weight
        return np.abs(gaps / np.where(weights > 0, weights, 1.0))


Design = tuple[tuple[int, bool], ...]
"""Block and arm of each cluster, sorted; equal designs share one list of re-assignments."""


@lru_cache(maxsize=256)
def block_places(design: Design) -> tuple[slice, ...]:
    """Return where each block's clusters stand in the sorted design."""
    sizes = Counter(block for block, _ in design)
    ends = list(accumulate(sizes[block] for block in sorted(sizes)))
    return tuple(slice(start, end) for start, end in zip([0, *ends], ends, strict=False))


@lru_cache(maxsize=256)
def assignments_possible(design: Design) -> int:
    """Return in how many ways the clusters could have been dealt."""
    treated = Counter(block for block, arm in design if arm)
    return math.prod(math.comb(n, treated[block]) for block, n in Counter(block for block, _ in design).items())


@lru_cache(maxsize=4)
def all_assignments(design: Design) -> Floats:
    """Return every re-assignment within blocks: one row each, 1 where a cluster is treated."""
    deals = np.zeros((1, 0))
    for block in sorted({block for block, _ in design}):
        arms = [arm for other, arm in design if other == block]
        ways = np.array(list(_ways(len(arms), sum(arms))))
        deals = np.hstack([np.repeat(deals, len(ways), axis=0), np.tile(ways, (len(deals), 1))])
    deals.setflags(write=False)
    return deals


def _ways(clusters: int, treated: int) -> Iterator[Floats]:
    for chosen in combinations(range(clusters), treated):
        way = np.zeros(clusters)
        way[list(chosen)] = 1
        yield way


def sampled_assignments(design: Design, seed: int, draws: int) -> Iterator[Floats]:
    """Yield `draws` re-assignments within blocks, each equally likely, as many at a time as can be held.

    One row each, 1 where a cluster is treated. The same seed gives the same ones.
    """
    at_once = max(1, MOST_HELD // len(design))
    if draws <= at_once:
        yield _drawn(design, seed, draws)
        return
    rng = np.random.default_rng(seed)
    for first in range(0, draws, at_once):
        yield _deal(design, rng, min(at_once, draws - first))


@lru_cache(maxsize=2)
def _drawn(design: Design, seed: int, draws: int) -> Floats:
    return _deal(design, np.random.default_rng(seed), draws)


def _deal(design: Design, rng: np.random.Generator, draws: int) -> Floats:
    arms = np.tile([float(arm) for _, arm in design], (draws, 1))
    for block in block_places(design):
        arms[:, block] = rng.permuted(arms[:, block], axis=1)
    return arms
