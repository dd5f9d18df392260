"""Whether the arms were alike before: one test of all baseline columns together, against what chance deals.

The statistic is d²: differences of means, within the blocks that units were dealt in, over their covariance in all ways
to deal the same units anew. Whole clusters count by their totals about the block's mean, as they were dealt whole. Over
all dealings the mean of d² is the rank of that covariance.

Source: Hansen & Bowers (2008), Covariate balance in simple, stratified and clustered comparative studies, Statistical
Science 23(2), §§3–4. Held against chi-square; where clusters are few, against dealing them anew (Fisher's test).

Chi-square asks too often where a very skewed number meets a small arm (log-normal with σ = 1.5, 20 of 200 treated: 9 in
1,000 sound pilots at p < 0.001); sums of rows do not tell how skewed they are.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from clew.evaluate.arms import Arms
from clew.evaluate.baseline import Baseline, Compared, baseline_of, compared, rare
from clew.evaluate.panel import Flags
from clew.evaluate.randomisation import DRAWS, FEW_CLUSTERS, dealings
from clew.evaluate.regression import COLLINEAR, level_codes
from clew.evaluate.rows import Floats, Integers, Moments, summed


@dataclass(frozen=True, slots=True)
class Omnibus:
    """The test of all columns together: d², the `rank` of its covariance, and the p-value of arms dealt by chance.

    `deals`: how many dealings were gone through, 0 where p is by chi-square. `least_p`: the smallest p-value that such
    dealings can give, whatever the arms hold.
    """

    statistic: float
    rank: int
    p_value: float
    deals: int = 0
    least_p: float = 0.0


@dataclass(frozen=True, slots=True)
class Balance:
    """Baseline columns one by one, and all together. `omnibus`: None where it `cannot` be tested, which says why."""

    columns: tuple[Compared, ...]
    omnibus: Omnibus | None
    cannot: str = ""


@dataclass(frozen=True, slots=True)
class _Moved:
    """What dealing moves. `difference`: (k,) sum over the treated of columns about their blocks' means. `covariance`:
    (k, k) of it over all dealings. `scatter`: (k,) sum of squares within blocks. `free`: dealt units less blocks."""

    difference: Floats
    covariance: Floats
    scatter: Floats
    free: int


@dataclass(frozen=True, slots=True)
class _Clusters:
    """Clusters that were dealt whole, G of them. `totals`: (G, k) of columns about the block's mean; others: (G,)."""

    totals: Floats
    size: Floats
    treated: Flags
    block: Integers


def balance(moments: Moments, arms: Arms, block: str | None, cluster: str | None, *, seed: int = 0) -> Balance:
    """Return how the arms differ in the numbers and texts that the moments hold beside the outcome.

    `block`: the column within whose values units were dealt. `cluster`: the column of what was dealt whole, None where
    rows were dealt one by one. Clusters of which an arm holds few are dealt anew, by `seed`.
    """
    baseline, of_arms = baseline_of(moments, arms, block)
    columns = compared(baseline)
    if cluster is not None:
        dealt = _clusters(baseline, level_codes(of_arms, cluster))
        return _tested(columns, baseline, _of_clusters(dealt), dealt, seed)
    if not np.array_equal(baseline.products[:, 0, 0], baseline.n):
        return Balance(columns, None, "sums of weighted rows do not tell how far rows differ")
    return _tested(columns, baseline, _of_units(baseline), None, seed)


def _tested(
    columns: tuple[Compared, ...], baseline: Baseline, moved: _Moved, dealt: _Clusters | None, seed: int
) -> Balance:
    root = _root(moved, baseline.least)
    rank = root.shape[1]
    if rank == 0:
        return Balance(columns, None, "they do not vary, or too few units share a value")
    if rank >= moved.free:
        what = "clusters" if dealt else "units"
        return Balance(columns, None, f"{rank} columns are too many for so few {what}: any deal differs as much")
    statistic = float(np.sum((moved.difference @ root) ** 2))
    if dealt is None or min(dealt.treated.sum(), (~dealt.treated).sum()) >= FEW_CLUSTERS:
        return Balance(columns, Omnibus(statistic, rank, float(chdtrc(rank, statistic))))
    return Balance(columns, _dealt_anew(dealt, root, seed))


def _of_units(baseline: Baseline) -> _Moved:
    """Rows dealt one by one: n_t n_c / n · S in each block, S the covariance of its rows.

    Rare shares do not count by themselves: so few units are not dealt as chi-square has it.
    """
    blocks = int(baseline.block.max()) + 1
    total = summed(baseline.products, baseline.block, blocks)
    of_treated = summed(baseline.products[baseline.treated, 0, :], baseline.block[baseline.treated], blocks)
    n, treated = total[:, 0, 0], of_treated[:, 0]
    both = (treated > 0) & (treated < n)
    n, treated, total, of_treated = n[both], treated[both], total[both], of_treated[both]
    mean = total[:, 0, 1:] / n[:, None]
    scatter = total[:, 1:, 1:] - n[:, None, None] * mean[:, :, None] * mean[:, None, :]
    share = treated * (n - treated) / (n * (n - 1))
    return _Moved(
        difference=np.sum(of_treated[:, 1:] - treated[:, None] * mean, axis=0),
        covariance=np.tensordot(share, scatter, axes=1),
        scatter=np.where(rare(baseline), 0.0, np.diagonal(scatter.sum(axis=0))),
        free=int(np.sum(n - 1)),
    )


def _clusters(baseline: Baseline, code: Integers) -> _Clusters:
    """Sum cells to clusters; each lies in one arm and one block."""
    _, place = np.unique(code, return_index=True)
    block = baseline.block[place]
    sums = summed(baseline.products[:, 0, :], code, len(place))
    of_block = summed(sums, block, int(baseline.block.max()) + 1)[block]
    totals = sums[:, 1:] - sums[:, :1] * of_block[:, 1:] / of_block[:, :1]
    return _Clusters(totals, sums[:, 0], baseline.treated[place], block)


def _of_clusters(dealt: _Clusters) -> _Moved:
    """Clusters dealt whole: the same of their totals, which add up to nothing in each block."""
    n, treated = np.bincount(dealt.block), np.bincount(dealt.block, dealt.treated)
    both = (treated > 0) & (treated < n)
    share = np.where(both, treated * (n - treated) / np.maximum(n * (n - 1), 1), 0.0)[dealt.block]
    return _Moved(
        difference=dealt.totals[dealt.treated & both[dealt.block]].sum(axis=0),
        covariance=(share[:, None] * dealt.totals).T @ dealt.totals,
        scatter=np.sum(dealt.totals[both[dealt.block]] ** 2, axis=0),
        free=int(np.sum(n[both] - 1)),
    )


def _root(moved: _Moved, least: Floats) -> Floats:
    """Return R (k, rank) for which d² = |difference · R|²; columns that say nothing new add no rank."""
    kept = np.flatnonzero(moved.scatter > least)
    scale = 1 / np.sqrt(np.diagonal(moved.covariance)[kept])
    values, vectors = np.linalg.eigh(moved.covariance[np.ix_(kept, kept)] * scale * scale[:, None])
    used = values > COLLINEAR
    root = np.zeros((len(least), int(used.sum())))
    root[kept] = scale[:, None] * vectors[:, used] / np.sqrt(values[used])
    return root


def _dealt_anew(dealt: _Clusters, root: Floats, seed: int) -> Omnibus:
    """Deal the clusters anew within their blocks and count how often d² is as large as it was."""
    keys = list(zip(dealt.block, dealt.treated, dealt.size, *dealt.totals.T, strict=True))
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__))
    along = dealt.totals[order] @ root
    design = tuple((int(dealt.block[place]), bool(dealt.treated[place])) for place in order)
    statistic = float(np.sum((dealt.treated[order] @ along) ** 2))
    parts, listed = dealings(design, seed)
    found = np.concatenate([np.sum((deals @ along) ** 2, axis=1) for deals in parts])
    rounding = 1e-9 * (1 + statistic)
    hits = int(np.count_nonzero(found >= statistic - rounding))
    if not listed:
        return Omnibus(statistic, root.shape[1], (1 + hits) / (1 + DRAWS), DRAWS, 1 / (1 + DRAWS))
    largest = int(np.count_nonzero(found >= found.max() - rounding))
    return Omnibus(statistic, root.shape[1], hits / len(found), len(found), largest / len(found))
