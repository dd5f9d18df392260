"""Standard errors when whole clusters may share chance: CR1, and CR2 with Satterthwaite degrees of freedom.

With M_g = X_g'X_g and B = (ΣM_g)⁻¹ = LL', the adjustment matrix A_g = (I − X_g B X_g')^(−1/2) of a cluster acts only on
the span of X_g, where it is (I − L'M_gL)^(−1/2). So CR2 and its degrees of freedom need the clusters' k × k moments
alone: no row, and no matrix over pairs of clusters.

Source: Bell & McCaffrey (2002), Bias reduction in standard errors for linear regression with multi-stage samples,
Survey Methodology 28(2); Pustejovsky & Tipton (2018), Small-sample methods for cluster-robust variance estimation,
JBES 36(4).
"""

from dataclasses import dataclass

import numpy as np

from clew.errors import InputError
from clew.evaluate.regression import Fit, Patches
from clew.evaluate.rows import Floats, Integers, numbered, summed

FULL_LEVERAGE = 1e-10
"""Where 1 − leverage falls below this, the pseudo-inverse takes it for 0."""

LARGEST = 50_000_000
"""Most numbers that the clusters' matrices may hold together."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """Moments of G clusters over m level slots (padded with zeros) and k columns.

    `products`: (G, m+k, m+k). `score`: (G, m+k), X_g'e. `slot_level`: (G, m), the level of each slot.
    """

    products: Floats
    score: Floats
    slot_level: Integers

    @property
    def count(self) -> int:
        """How many clusters."""
        return len(self.products)

    @property
    def slots(self) -> int:
        """The most levels that one cluster touches."""
        return int(self.slot_level.shape[1])


def cr1(fit: Fit) -> tuple[float, float]:
    """Standard error of the effect with the factor G/(G−1) · (N−1)/(N−K), and G−1 degrees of freedom.

    Source: Liang & Zeger (1986); the factor is Stata's and statsmodels'.
    """
    clusters = clusters_of(fit)
    g = clusters.count
    influence = clusters.score[:, clusters.slots :] @ fit.bread[:, 0]
    factor = g / (g - 1) * (fit.n - 1) / (fit.n - fit.parameters)
    return float(np.sqrt(factor * np.sum(influence**2))), float(g - 1)


def cr2(fit: Fit) -> tuple[float, float]:
    """Bias-reduced standard error of the effect and its Satterthwaite degrees of freedom, in O(G k³).

    The working model is independent rows of equal variance (with weights: of variance 1/w). At leverage 1 the
    pseudo-inverse is used. Source: see the module.
    """
    clusters = clusters_of(fit)
    root = _root(fit, clusters)
    rotated = root.transpose(0, 2, 1) @ clusters.products @ root
    leverage, vectors = np.linalg.eigh((rotated + rotated.transpose(0, 2, 1)) / 2)
    adjust = _inverse_root(1 - leverage)
    target = _turn(vectors, root[:, clusters.slots, :])
    influence = np.sum(target * adjust * _turn(vectors, _turn(root, clusters.score)), axis=1)
    along = target * adjust * leverage
    own = np.sum(along * adjust * target, axis=1)
    return float(np.sqrt(np.sum(influence**2))), _satterthwaite(clusters, own, _back(vectors, along), fit)


def clusters_of(fit: Fit) -> Clusters:
    """Gather the patches of each cluster side by side.

    Raises: InputError for fewer than two clusters, or clusters that cross too many levels to be held in memory.
    """
    patches = fit.patches
    _, start = np.unique(patches.cluster, return_index=True)
    g, k = len(start), len(fit.coefficients)
    if g < 2:
        what = "cluster-robust standard errors need at least two clusters."
        raise InputError(what, where="[design] cluster", do="Bring more clusters.")
    slot = np.arange(len(patches.cluster)) - start[patches.cluster]
    m = int(slot.max()) + 1
    if g * (m + k) ** 2 > LARGEST:
        raise _too_large(g, m, k)
    return _gather(patches, slot, (g, m, k), fit.coefficients)


def _too_large(clusters: int, slots: int, columns: int) -> InputError:
    """Say what makes the clusters' matrices too large: levels that they cross, or columns of the regression."""
    if slots > 1:
        return InputError(
            f"{clusters} clusters that cross up to {slots} blocks or fixed-effect values are too many to adjust for.",
            where="[design] block or fixed_effects",
            do="Name a column of fewer values, or none.",
        )
    return InputError(
        f"{clusters} clusters with {columns} columns of the regression are too many for errors by cluster.",
        where="[outcome] adjust_for; [design] cluster",
        do="Adjust for fewer columns (a text column makes one of each of its values), or name larger clusters.",
    )


def _gather(patches: Patches, slot: Integers, shape: tuple[int, int, int], coefficients: Floats) -> Clusters:
    g, m, k = shape
    own, z = patches.products, patches.products[:, 2:, :]
    products, score = np.zeros((g, m + k, m + k)), np.zeros((g, m + k))
    levels = np.zeros((g, m), dtype=np.int64)
    where = patches.cluster
    products[where, slot, slot] = own[:, 0, 0]
    products[where, slot, m:] = own[:, 0, 2:]
    products[where, m:, slot] = own[:, 0, 2:]
    products[:, m:, m:] = summed(own[:, 2:, 2:], where, g)
    score[where, slot] = own[:, 0, 1] - own[:, 0, 2:] @ coefficients
    score[:, m:] = summed(z[:, :, 1] - z[:, :, 2:] @ coefficients, where, g)
    levels[where, slot] = patches.level
    return Clusters(products, score, levels)


def _root(fit: Fit, clusters: Clusters) -> Floats:
    """L with B = LL', cut to each cluster's slots and columns: (G, m+k, m+k)."""
    g, m = clusters.slot_level.shape
    root = np.zeros((g, *clusters.products.shape[1:]))
    root[:, np.arange(m), np.arange(m)] = 1 / np.sqrt(fit.patches.level_weight[clusters.slot_level])
    root[:, m:, m:] = np.linalg.cholesky(fit.bread)
    return root


def _inverse_root(gap: Floats) -> Floats:
    open_ = gap > FULL_LEVERAGE
    return np.where(open_, 1 / np.sqrt(np.where(open_, gap, 1.0)), 0.0)


def _turn(matrices: Floats, vectors: Floats) -> Floats:
    """matrices' · vectors, batched: (G, q)."""
    return np.asarray(np.einsum("gij,gi->gj", matrices, vectors))


def _back(matrices: Floats, vectors: Floats) -> Floats:
    """matrices · vectors, batched: (G, q)."""
    return np.asarray(np.einsum("gij,gj->gi", matrices, vectors))


def _satterthwaite(clusters: Clusters, own: Floats, shared: Floats, fit: Fit) -> float:
    """tr(P)² / ||P||², 0 where P is 0, with P = diag(own) − RR', R sparse over levels and dense over columns.

    `own`: (G,), c'B X'A²X B c. `shared`: (G, m+k), the rows of R: L'X'AXBc. ||RR'|| = ||R'R||, which is summed by pairs
    of levels that share a cluster.
    """
    diagonal = np.sum(shared**2, axis=1)
    trace = np.sum(own) - np.sum(diagonal)
    square = np.sum(own**2) - 2 * np.sum(own * diagonal) + _gram_norm(clusters, shared, len(fit.patches.level_weight))
    return float(trace**2 / square) if square > 0 else 0.0


def _gram_norm(clusters: Clusters, shared: Floats, levels: int) -> float:
    m = clusters.slots
    by_level, by_column = shared[:, :m], shared[:, m:]
    pairs = clusters.slot_level[:, :, None] * levels + clusters.slot_level[:, None, :]
    names, pair = numbered(pairs.ravel())
    both = np.bincount(pair, (by_level[:, :, None] * by_level[:, None, :]).ravel(), minlength=len(names))
    mixed = np.zeros((levels, by_column.shape[1]))
    np.add.at(mixed, clusters.slot_level, by_level[:, :, None] * by_column[:, None, :])
    return float(np.sum(both**2) + 2 * np.sum(mixed**2) + np.sum((by_column.T @ by_column) ** 2))
