"""The randomisation test: how often would chance alone, dealing the arms anew, show a difference as large?

It needs no distribution and holds with any number of clusters, so it stands beside the t-based p-value where clusters
are few.

Turned round, it gives an interval: the effects that, taken off the treated, leave nothing surprising.

Sources: Fisher (1935), "The Design of Experiments", ch. III; Edgington & Onghena (2007), "Randomization Tests", 4th
ed.; Phipson & Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9 (a sampled p-value counts the observed assignment);
Rosenbaum (2002), "Observational Studies", §2.6, and Statistical Science 17 (intervals; adjusting for covariates).
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clew.evaluate.finding import Randomisation
from clew.evaluate.rows import Integers, summed

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
    clusters, design = _laid_out(dealt)
    clusters = replace(clusters, held=clusters.held[:, [0, 2]])
    observed = abs(clusters.differences(np.array([[float(arm) for _, arm in design]]))[0, 0])
    rounding = 1e-9 * observed + 1e-12 * float(np.abs(clusters.held[:, 0]).sum() / clusters.held[:, 1].sum())
    parts, exact = dealings(design, seed, draws)
    hits, dealt_anew = 0, 0
    for deals in parts:
        hits += int(np.count_nonzero(np.abs(clusters.differences(deals)[:, 0]) >= observed - rounding))
        dealt_anew += len(deals)
    return (
        Randomisation(hits / dealt_anew, dealt_anew, exact)
        if exact
        else Randomisation((1 + hits) / (1 + draws), draws, exact)
    )


def randomisation_interval(dealt: Dealt, level: float, *, seed: int = 0, draws: int = DRAWS) -> tuple[float, float]:
    """Return the effects, the same for every unit, that the test at 1 − `level` does not reject.

    An end is infinite where there are too few re-assignments to reject anything on that side.
    """
    clusters, design = _laid_out(dealt)
    observed = float(clusters.differences(np.array([[float(arm) for _, arm in design]]))[0, 0])
    parts, exact = dealings(design, seed, draws)
    found = np.vstack([clusters.differences(deals) for deals in parts])
    return not_rejected(observed, found[:, 0], found[:, 1], 1 - level, listed=exact)


def not_rejected(observed: float, gaps: Floats, slopes: Floats, limit: float, *, listed: bool) -> tuple[float, float]:
    """Return the interval of effects whose two-sided p-value exceeds `limit`, in closed form.

    Taking the effect t off the treated leaves `observed` − t, and turns a deal's statistic into `gaps` − t · `slopes`,
    (B,) each; `slopes`, within ±1, is the statistic of who was treated. So a deal is as large as the one observed for t
    between two roots, on either side of `observed`, and p falls as t moves away. `listed`: the deals are all there are,
    else a sample beside which the observed one is counted.
    """
    always = np.isclose(np.abs(slopes), 1.0, rtol=0, atol=1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        roots = np.sort([(observed - gaps) / (1 - slopes), (observed + gaps) / (1 + slopes)], axis=0)
    low, high = np.where(always, -np.inf, roots[0]), np.where(always, np.inf, roots[1])
    counted = limit * (len(gaps) if listed else len(gaps) + 1)
    least = math.floor(counted + 1e-9) + (1 if listed else 0)
    if least == 0:
        return -math.inf, math.inf
    return float(np.sort(low)[least - 1]), float(np.sort(high)[-least])


def adjusted_totals(products: Floats, blocks: Integers) -> Floats:
    """Return each cluster's total of the outcome less what covariates explain within blocks, arms unseen: (G,).

    `products`: (G, 1+V, 1+V), sums over rows of (1, outcome, covariates)(1, outcome, covariates)'; `blocks`: (G,) codes
    from 0. Put in place of the totals of the outcome, they test the same hypothesis with less noise: Rosenbaum (2002),
    Statistical Science 17.
    """
    of_block = summed(products, blocks, int(blocks.max()) + 1)
    sizes = np.maximum(of_block[:, 0, 0], 1e-300)[:, None, None]
    within = np.sum(of_block - of_block[:, :, :1] * of_block[:, :1, :] / sizes, axis=0)
    coefficients = np.linalg.lstsq(within[2:, 2:], within[2:, 1], rcond=None)[0]
    return np.asarray(products[:, 0, 1] - products[:, 0, 2:] @ coefficients)


def dealings(design: "Design", seed: int, draws: int = DRAWS) -> tuple[Iterable[Floats], bool]:
    """Return all re-assignments, or a sample of them, and whether they are all."""
    exact = assignments_possible(design) <= min(MOST_LISTED, MOST_HELD // len(design))
    return ([all_assignments(design)] if exact else sampled_assignments(design, seed, draws)), exact


def _laid_out(dealt: Dealt) -> tuple["_Clusters", "Design"]:
    """Return the clusters in an order that their rows cannot change, and how they were dealt.

    What they hold: the outcome's total about the mean of all, the size where treated, the size.
    """
    order = _order(dealt)
    design = tuple((dealt.blocks[i], dealt.treated[i]) for i in order)
    totals, sizes = (np.array([values[i] for i in order]) for values in (dealt.totals, dealt.sizes))
    centred = totals - sizes * (totals.sum() / sizes.sum())
    of_treated = sizes * np.array([arm for _, arm in design])
    held = np.column_stack([centred, of_treated, sizes])
    return _Clusters(held, block_places(design), dealt.by_precision), design


def _order(dealt: Dealt) -> list[int]:
    """Return the clusters' order by what they hold, so that the order of rows in a file cannot matter."""
    keys = list(zip(dealt.blocks, dealt.treated, dealt.sizes, dealt.totals, strict=True))
    return sorted(range(len(keys)), key=keys.__getitem__)


@dataclass(frozen=True, slots=True)
class _Clusters:
    """What stays the same however the arms are dealt. `held`: (clusters, 1+m), m totals, then size; `blocks`: their
    places."""

    held: Floats
    blocks: tuple[slice, ...]
    by_precision: bool

    def differences(self, deals: Floats) -> Floats:
        """Return the differences in arm means of each deal (rows: deals, columns: clusters): (deals, m).

        A block whose clusters all have the same arm says nothing and counts for nothing.
        """
        gaps, weights = np.zeros((len(deals), self.held.shape[1] - 1)), np.zeros((len(deals), 1))
        for block in self.blocks:
            all_of = self.held[block].sum(axis=0)
            treated = deals[:, block] @ self.held[block]
            rest = all_of - treated
            if 0 < treated[0, -1] < all_of[-1]:
                weight = treated[:, -1:] * rest[:, -1:] / all_of[-1] if self.by_precision else all_of[-1]
                gaps += weight * (treated[:, :-1] / treated[:, -1:] - rest[:, :-1] / rest[:, -1:])
                weights += weight
        return np.asarray(gaps / np.where(weights > 0, weights, 1.0))


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
