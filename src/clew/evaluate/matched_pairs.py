"""Matched pairs: one half of each pair treated by the toss of a coin, so each pair is a small trial of its own.

The effect is the weighted mean of the pairs' own differences, and chance is seen in how these differ from pair to pair.
With two units a pair this is the paired t-test.

Source: Imai, King & Nall (2009), The Essential Role of Pair Matching in Cluster-Randomized Experiments, Statistical
Science 24(1), eqs. (3), (6) and (7); Donner & Klar (2000), Design and Analysis of Cluster Randomization Trials, §7.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clew.errors import InputError
from clew.evaluate.arms import Arms
from clew.evaluate.blocks import Effect
from clew.evaluate.regression import level_codes
from clew.evaluate.rows import Floats, Integers, Moments, numbered, summed
from clew.tables.wording import listed

Weighting = Literal["arithmetic", "harmonic"]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of which both halves have an outcome, m of them.

    `difference`: (m,) treated minus comparison mean, in the outcome's units. `treated`, `comparison`: (m,) sizes of the
    halves: (weighted) numbers of rows. `broken`: labels of the pairs that lost a half, which say nothing of the effect.
    """

    difference: Floats
    treated: Floats
    comparison: Floats
    broken: tuple[str, ...] = ()


def pairs_of(moments: Moments, arms: Arms, pair: str, cluster: str | None) -> Pairs:
    """Gather each pair's two halves. `cluster`: the key column of what was paired, None where single units were.

    Raises: InputError where a pair holds more than one cluster (or unit) of an arm: it is then no pair but a block.
    """
    codes, arm = level_codes(moments, pair), moments.keys[arms.column]
    halves = [arm.where(label) for label in (arms.treated, arms.comparison)]
    labels = [moments.keys[pair].labels[code] for code in numbered(moments.keys[pair].codes)[0]]
    counts = np.array([_members(moments, codes, cells, cluster, len(labels)) for cells in halves])
    _refuse_blocks([label for label, count in zip(labels, counts.max(axis=0), strict=True) if count > 1], pair, cluster)
    sums = [summed(moments.products[cells, 0, :2], codes[cells], len(labels)) for cells in halves]
    whole = counts.min(axis=0) == 1
    (treated, of_treated), (comparison, of_comparison) = (half[whole].T for half in sums)
    broken = tuple(label for label, both in zip(labels, whole, strict=True) if not both)
    return Pairs(of_treated / treated - of_comparison / comparison, treated, comparison, broken)


def _members(moments: Moments, codes: Integers, cells: NDArray[np.bool_], cluster: str | None, pairs: int) -> Integers:
    """How many clusters, or rows where single units were paired, each pair holds among these cells: (pairs,)."""
    if cluster is None:
        return summed(moments.n[cells].astype(np.float64), codes[cells], pairs).astype(np.int64)
    own = level_codes(moments, cluster)
    both = numbered(codes[cells] * (int(own.max()) + 1) + own[cells])[0]
    return np.bincount(both // (int(own.max()) + 1), minlength=pairs)


def _refuse_blocks(crowded: list[str], pair: str, cluster: str | None) -> None:
    if crowded:
        raise InputError(
            f"{len(crowded)} pairs hold more than one {'cluster' if cluster else 'unit'} of an arm: {listed(crowded)}.",
            where=f"column {pair}",
            do="Correct the pairs; groups of more than two are blocks: name them as `block`.",
        )


def matched_pairs(pairs: Pairs, weighting: Weighting = "arithmetic") -> Effect:
    """Return the weighted mean difference, its standard error and pairs − 1 degrees of freedom.

    `arithmetic` weighs a pair by its size: the mean effect over all units, whose standard error errs on the large side.
    `harmonic` weighs it as if effects were alike in all pairs (Donner & Klar), which Imai, King & Nall show to be
    biased where they are not; it is offered for comparison.

    Raises: InputError for fewer than two whole pairs: chance cannot be told from effect.
    """
    m = len(pairs.difference)
    if m < 2:
        raise InputError(
            f"there are {m} pairs with an outcome in both halves; at least two are needed.",
            where="[design] pair",
            do="Bring the outcomes of more pairs.",
        )
    arithmetic = weighting == "arithmetic"
    share = _shares(pairs, weighting)
    effect = float(share @ pairs.difference)
    about = pairs.difference - effect
    by_pair = m / (m - 1) * np.sum((share * pairs.difference - effect / m) ** 2)
    variance = by_pair if arithmetic else np.sum(share**2) * np.sum(share * about**2)
    return effect, float(np.sqrt(variance)), float(m - 1)


def _shares(pairs: Pairs, weighting: Weighting) -> Floats:
    """Weights of the pairs, which add up to 1."""
    both = pairs.treated + pairs.comparison
    weight = both if weighting == "arithmetic" else pairs.treated * pairs.comparison / both
    return np.asarray(weight / weight.sum())
