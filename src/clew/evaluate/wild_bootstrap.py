"""The wild cluster bootstrap: what would t be if there were no effect, and each cluster's surprise had another sign?

Residuals of the model without an effect are multiplied, cluster by cluster, by a random weight; each draw gives a
t-statistic, and the one observed is held against them. It needs the clusters' moments alone: with s_h the cluster's
restricted score, M_h its moments, B the inverse of ΣM_h and v the weights, the numerator is Σ v_h b's_h (b: the
effect's row of B), and cluster g's part of the variance is (v_g b's_g − b'M_g B Σ v_h s_h)². Both are linear in the
effect supposed, so that intervals cost no more than p-values.

It is too shy where only one or two clusters are treated (MacKinnon & Webb 2018): then no p-value says much.

Sources: Cameron, Gelbach & Miller (2008), Review of Economics and Statistics 90; Roodman, MacKinnon, Nielsen & Webb
(2019), Fast and wild, Stata Journal 19; MacKinnon, Nielsen & Webb (2023), Cluster-robust inference, Journal of
Econometrics 232 (their WCR-C); Webb (2023), Canadian Journal of Economics 56 (six-point weights).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

import numpy as np

from clew.evaluate.cluster_robust import Clusters, clusters_of
from clew.evaluate.randomisation import DRAWS, MOST_HELD, MOST_LISTED
from clew.evaluate.regression import Fit
from clew.evaluate.rows import Floats

FEWEST_FOR_SIGNS: Final = 10
"""With fewer clusters, signs alone give too few different draws, and Webb's six weights are used."""

SIX_POINTS: Final = tuple(sign * math.sqrt(k / 2) for sign in (-1, 1) for k in (1, 2, 3))
"""Webb's weights, each as likely as the others: mean 0, variance 1."""

MOST_DENSE: Final = 100
"""Up to this many clusters a matrix over pairs of them is cheaper than going through levels and columns."""

STEPS: Final = 24
"""Halvings when an end of the interval is sought: it is then known to a millionth of the standard error."""


@dataclass(frozen=True, slots=True)
class WildBootstrap:
    """The bootstrap's draws, reduced to what tells p-values of any supposed effect.

    With d = the estimate − the effect supposed, a draw's t² is (`numerator` · (1, d))² over `quadratic` · (1, d, d²):
    arrays (2, B) and (3, B). `std_error`: root of Σ(cluster's influence)²; a small-sample factor would cancel.
    `listed`: all draws there are, of which a draw and its mirror image, which have the same t², count as one, and the
    one that changes nothing is among them; else they were drawn.
    """

    estimate: float
    std_error: float
    numerator: Floats
    quadratic: Floats
    listed: bool
    weights: str

    def p_value(self, effect: float = 0.0) -> float:
        """Return the two-sided p-value of `effect`: the share of draws whose |t| is at least as large."""
        gap = self.estimate - effect
        top = (self.std_error * (self.numerator[0] + gap * self.numerator[1])) ** 2
        bottom = self.quadratic[0] + gap * (self.quadratic[1] + gap * self.quadratic[2])
        hits = int(np.count_nonzero(top >= bottom * (gap**2 * (1 - 1e-9))))
        return hits / len(top) if self.listed else (1 + hits) / (1 + len(top))

    def interval(self, level: float) -> tuple[float, float]:
        """Return the effects that a test at 1 − `level` does not reject; an end is infinite where none is rejected."""
        limit = (1 - level) * (1 + 1e-9)

        def rejects(gap: float) -> bool:
            return self.p_value(self.estimate + gap) <= limit

        low, high = (self.estimate + _end(rejects, self.std_error, side) for side in (-1, 1))
        return low, high


def wild_bootstrap(fit: Fit, *, seed: int = 0, draws: int = DRAWS) -> WildBootstrap:
    """Draw, with the null imposed, from a fit whose patches keep clusters apart.

    From ten clusters on the weights are signs (Rademacher), below Webb's six points; all of them where there are at
    most 20,000, else `draws` by `seed`.

    Raises: InputError as `clusters_of`.
    """
    clusters = clusters_of(fit)
    by_signs = clusters.count >= FEWEST_FOR_SIGNS
    points = (-1.0, 1.0) if by_signs else SIX_POINTS
    listed = len(points) ** clusters.count <= MOST_LISTED
    parts = _parts(clusters, fit)
    chunks = [_all(points, clusters.count)] if listed else _drawn(points, clusters.count, seed, draws)
    found = [_draw(weights, parts) for weights in chunks]
    return WildBootstrap(
        fit.effect,
        float(np.sqrt(np.sum((clusters.score[:, clusters.slots :] @ fit.bread[:, 0]) ** 2))),
        np.concatenate([numerator for numerator, _ in found], axis=1),
        np.concatenate([quadratic for _, quadratic in found], axis=1),
        listed,
        "signs" if by_signs else "six points",
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """`influence`: (G, 2), b's_h as (at the estimate, for each unit of d). `spread`: (G, P), b'M_g over all levels
    and columns. `inverse`: (2, G, P), B s_h over the same."""

    influence: Floats
    spread: Floats
    inverse: Floats


def _parts(clusters: Clusters, fit: Fit) -> _Parts:
    m, along = clusters.slots, fit.bread[:, 0]
    moved = clusters.products[:, :, m:] @ along / along[0]
    scores = np.stack([clusters.score, moved])
    inverse = np.concatenate(
        [scores[:, :, :m] / fit.patches.level_weight[clusters.slot_level], scores[:, :, m:] @ fit.bread], axis=2
    )
    spread = clusters.products[:, :, m:] @ along
    return _Parts((scores[:, :, m:] @ along).T, _laid_out(clusters, fit, spread), _laid_out(clusters, fit, inverse))


def _laid_out(clusters: Clusters, fit: Fit, values: Floats) -> Floats:
    """Move (…, G, m+k) from each cluster's own slots to all levels: (…, G, L+k)."""
    g, m = clusters.slot_level.shape
    levels = len(fit.patches.level_weight)
    laid = np.zeros((*values.shape[:-1], levels + values.shape[-1] - m))
    laid[..., levels:] = values[..., m:]
    for slot in range(m):
        laid[..., np.arange(g), clusters.slot_level[:, slot]] += values[..., slot]
    return laid


def _draw(weights: Floats, parts: _Parts) -> tuple[Floats, Floats]:
    """Numerators (2, B) and quadratics (3, B), see `WildBootstrap`, of draws (B, G)."""
    base, slope = (_variance_parts(weights, parts, side) for side in (0, 1))
    pairs = (base, base), (base, 2 * slope), (slope, slope)
    return (weights @ parts.influence).T, np.array([np.einsum("bg,bg->b", *pair) for pair in pairs])


def _variance_parts(weights: Floats, parts: _Parts, side: int) -> Floats:
    """Each cluster's v_g b's_g − b'M_g B Σ v_h s_h, whose squares add up to the variance: (B, G)."""
    influence, inverse = parts.influence[:, side], parts.inverse[side]
    if len(influence) > MOST_DENSE:
        return np.asarray(weights * influence - (weights @ inverse) @ parts.spread.T)
    return np.asarray(weights @ (np.diag(influence) - inverse @ parts.spread.T))


@lru_cache(maxsize=4)
def _all(points: tuple[float, ...], clusters: int) -> Floats:
    """Every draw, of two mirror images only one: (…, G)."""
    weights = np.array(list(product(points, repeat=clusters)))
    half = np.ascontiguousarray(weights[len(weights) // 2 :])
    half.setflags(write=False)
    return half


def _drawn(points: tuple[float, ...], clusters: int, seed: int, draws: int) -> Iterator[Floats]:
    """Yield draws, so many at a time as can be held."""
    at_once = max(1, MOST_HELD // clusters)
    if draws <= at_once:
        yield _held(points, clusters, seed, draws)
        return
    rng = np.random.default_rng(seed)
    for first in range(0, draws, at_once):
        yield rng.choice(points, size=(min(at_once, draws - first), clusters))


@lru_cache(maxsize=2)
def _held(points: tuple[float, ...], clusters: int, seed: int, draws: int) -> Floats:
    weights = np.random.default_rng(seed).choice(points, size=(draws, clusters))
    weights.setflags(write=False)
    return weights


def _end(rejects: Callable[[float], bool], step: float, side: int) -> float:
    """Return how far from the estimate the first rejected effect lies on one side, by doubling, then halving."""
    inside, outside = 0.0, step
    while not rejects(side * outside):
        inside, outside = outside, 2 * outside
        if outside > 2**30 * step:
            return side * math.inf
    for _ in range(STEPS):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if rejects(side * middle) else (middle, outside)
    return side * outside
