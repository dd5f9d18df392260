"""The mixed model of a stepped wedge: an effect for every period, and one random effect for every cluster.

It also compares a cluster with itself over time, and so says more than the comparison within periods, if its picture of
how outcomes resemble each other is right. Fitted by restricted maximum likelihood from cluster-period means, which are
sufficient. Standard errors do not trust the picture: CR2 by cluster, with Satterthwaite's degrees of freedom. The
effect is one number, or one for each period since the start.

Sources: Hussey & Hughes (2007), Design and analysis of stepped wedge cluster randomized trials, Contemporary Clinical
Trials 28; Kenny, Voldal, Xia, Heagerty & Hughes (2022), Analysis of stepped wedge cluster randomized trials in the
presence of a time-varying treatment effect, Statistics in Medicine 41; Pustejovsky & Tipton (2018), JBES 36(4).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from clew.evaluate.blocks import Effect
from clew.evaluate.cluster_periods import ClusterPeriods
from clew.evaluate.rows import Floats, Integers

RATIOS: Final = np.concatenate([[0.0], np.logspace(-8, 6, 57)])
"""Where the variance between clusters over that of a row is sought first."""

FINER: Final = 5
"""How often the grid grows finer, by a factor of 29 each time: the ratio is then known to six digits."""


@dataclass(frozen=True, slots=True)
class MixedModel:
    """A fit. `effects`: (k,) of the treatment's columns, in the outcome's units; `exposure`: (k,) periods since the
    start, from 1, that each is for (empty for one effect throughout). `icc`: correlation of two rows of a cluster.

    Of the whitened cluster-periods: `bread` (p, p), and cluster by cluster, padded with zeros, `design` (C, T, p) and
    `residual` (C, T); the treatment's columns come first.
    """

    effects: Floats
    exposure: Integers
    icc: float
    bread: Floats
    design: Floats
    residual: Floats

    def effect(self, weights: Floats) -> Effect:
        """Return Σ weights · effects, its CR2 standard error and Satterthwaite degrees of freedom."""
        contrast = np.zeros(len(self.bread))
        contrast[: len(weights)] = weights
        along = self._adjusted(self.design @ (self.bread @ contrast))
        std_error = float(np.sqrt(np.sum(np.sum(along * self.residual, axis=1) ** 2)))
        own, shared = np.sum(along**2, axis=1), np.einsum("cti,ct->ci", self.design, along)
        across = shared @ self.bread @ shared.T
        trace = own.sum() - np.trace(across)
        square = np.sum(own**2) - 2 * own @ np.diagonal(across) + np.sum(across**2)
        return float(weights @ self.effects), std_error, float(trace**2 / square)

    def _adjusted(self, vectors: Floats) -> Floats:
        """(I − leverage)^(−1/2) of each cluster on its vector: (C, T)."""
        leverage = self.design @ self.bread @ self.design.transpose(0, 2, 1)
        values, turn = np.linalg.eigh(np.eye(leverage.shape[1]) - leverage)
        root = np.where(values > 1e-10, 1 / np.sqrt(np.maximum(values, 1e-10)), 0.0)
        return np.asarray(np.einsum("cij,cj,ckj,ck->ci", turn, root, turn, vectors))


@dataclass(frozen=True, slots=True)
class Cells:
    """Cluster-period means and what they are means of. `size`: (C, T) rows, 0 where none. `rows`: in all. `within`: sum
    of squares of rows about their cluster-period's mean, in the outcome's units, squared."""

    found: ClusterPeriods
    size: Floats
    rows: int
    within: float


def hussey_hughes(cells: Cells) -> MixedModel | None:
    """Fit one effect for all treated cluster-periods; None where it cannot be told apart from the periods'."""
    return _fitted(cells, cells.found.treated[:, :, None], np.zeros(0, dtype=np.int64))


def by_exposure(cells: Cells) -> MixedModel | None:
    """Fit an effect for each number of periods since the start; None where they cannot be told apart.

    Their mean, each counting alike, is the time-averaged treatment effect of Kenny et al. (2022).
    """
    since = np.where(cells.size > 0, np.arange(cells.size.shape[1]) - cells.found.start[:, None] + 1, 0)
    exposure = np.unique(since[since > 0])
    return _fitted(cells, (since[:, :, None] == exposure).astype(np.float64), exposure)


def _fitted(cells: Cells, treatment: Floats, exposure: Integers) -> MixedModel | None:
    there = cells.size > 0
    periods = np.eye(cells.size.shape[1])[:, there.any(axis=0)]
    design = np.concatenate([treatment, np.broadcast_to(periods, (len(there), *periods.shape))], axis=2)
    design = design * there[:, :, None]
    if np.linalg.matrix_rank(design.reshape(-1, design.shape[2])) < design.shape[2] or cells.rows <= design.shape[2]:
        return None
    mean = np.where(there, cells.found.mean - np.nanmean(cells.found.mean), 0.0)
    ratio = _most_likely(cells, design, mean)
    white = _whitened(np.concatenate([design, mean[:, :, None]], axis=2), cells.size, ratio)
    x, y = white[:, :, :-1], white[:, :, -1]
    bread = np.linalg.inv(np.einsum("cti,ctj->ij", x, x))
    coefficients = bread @ np.einsum("cti,ct->i", x, y)
    k = treatment.shape[2]
    return MixedModel(coefficients[:k], exposure, ratio / (1 + ratio), bread, x, y - x @ coefficients)


def _whitened(values: Floats, size: Floats, ratio: float) -> Floats:
    """Return root(V⁻¹) · values of each cluster, V = diag(1/size) + ratio · 11', cells without rows 0: (C, T, m).

    With s = √size, root(V⁻¹) is (I − (1 − 1/√(1 + ratio·|s|²)) ss'/|s|²) diag(s).
    """
    root = np.sqrt(size)[:, :, None]
    total = size.sum(axis=1)[:, None, None]
    shrink = (1 - 1 / np.sqrt(1 + ratio * total)) / np.maximum(total, 1e-300)
    scaled = root * values
    return np.asarray(scaled - shrink * root * np.sum(root * scaled, axis=1, keepdims=True))


def _most_likely(cells: Cells, design: Floats, mean: Floats) -> float:
    """Return the ratio of variances that maximises the restricted likelihood: by grids that grow finer.

    With n a cluster's sizes, V⁻¹ = diag(n) − ratio / (1 + ratio · Σn) · nn'.
    """
    both = np.concatenate([design, mean[:, :, None]], axis=2)
    plain = np.einsum("ct,cti,ctj->ij", cells.size, both, both, optimize=True)
    sums, total = np.einsum("ct,cti->ci", cells.size, both), cells.size.sum(axis=1)
    freedom = cells.rows - design.shape[2]

    def unlikeliness(ratios: Floats) -> Floats:
        shrunk = ratios[:, None] / (1 + ratios[:, None] * total)
        products = plain - (sums.T * shrunk[:, None, :]) @ sums
        normal, cross = products[:, :-1, :-1], products[:, :-1, -1:]
        explained = np.sum(cross * np.linalg.solve(normal, cross), axis=(1, 2))
        left = np.maximum(cells.within + products[:, -1, -1] - explained, 1e-300)
        spread = np.sum(np.log1p(ratios[:, None] * total), axis=1) + np.linalg.slogdet(normal)[1]
        return np.asarray(freedom * np.log(left) + spread)

    ratios, best = RATIOS, 0
    for _ in range(FINER):
        best = int(np.argmin(unlikeliness(ratios)))
        if best == 0 and ratios[0] == 0:
            return 0.0
        ratios = np.linspace(ratios[max(best - 1, 0)], ratios[min(best + 1, len(ratios) - 1)], len(RATIOS))
    return float(ratios[len(ratios) // 2])
