"""Groups of base clusters, and how many of them: the number whose silhouette is highest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.polis.base_clusters import BaseClusters
from clew.deliberate.polis.k_means import first_distinct, k_means

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_GROUPS = 5
STEPS = 20
"""Polis means a hundred steps and gives the number under a name that nobody reads, so that the default stands."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """of_base (B): the group of each base cluster. silhouettes: each number of groups tried, with its silhouette."""

    of_base: Ints
    silhouettes: tuple[tuple[int, float], ...]


def groups_of(base: BaseClusters) -> Groups:
    """Return the groups for the best number of them; of equally good numbers the largest. One is never considered.

    A running Polis changes the number only when four updates in a row ask for it; started cold, the first one counts.
    """
    if not len(base.centres):
        return Groups(np.zeros(0, np.int64), ())
    tried = {k: grouped(base, first_distinct(base.centres, k)) for k in numbers_of_groups(base)}
    silhouettes = silhouettes_of(base, tried)
    return Groups(tried[best_number(silhouettes)], silhouettes)


def silhouettes_of(base: BaseClusters, tried: dict[int, Ints]) -> tuple[tuple[int, float], ...]:
    """Return each number of groups tried with its silhouette; tried: the group of each base cluster (B) for each."""
    apart = distances(base.centres)
    return tuple((k, silhouette_of(apart, of_base)) for k, of_base in tried.items())


def numbers_of_groups(base: BaseClusters) -> range:
    """Return the numbers of groups to try: two, and one more for every twelve base clusters, up to five."""
    return range(2, min(MOST_GROUPS, 2 + len(base.centres) // 12) + 1)


def best_number(silhouettes: tuple[tuple[int, float], ...]) -> int:
    """Return the number of groups with the highest silhouette, of several the largest."""
    return max(silhouettes, key=lambda one: (one[1], one[0]))[0]


def grouped(base: BaseClusters, start: Floats) -> Ints:
    """Return the group of each base cluster (B), begun at the centres given; people weigh, not base clusters."""
    return k_means(base.centres, start, weights=base.size.astype(np.float64), steps=STEPS).label


def silhouette(points: Floats, label: Ints) -> float:
    """Return the mean silhouette of the points: 1 where clusters are tight and far apart, 0 where there is but one.

    A point alone in its cluster counts 0.

    Source: Rousseeuw (1987), Journal of Computational and Applied Mathematics 20.
    """
    return silhouette_of(distances(points), label)


def distances(points: Floats) -> Floats:
    """Return how far every point is from every other (n × n)."""
    x, y = (axis[:, None] - axis[None, :] for axis in np.ascontiguousarray(points.T))
    apart: Floats = np.sqrt(x * x + y * y)
    return apart


def silhouette_of(apart: Floats, label: Ints) -> float:
    """Return what `silhouette` returns, from the distances between all points."""
    size = np.bincount(label)
    if len(size) < 2:
        return 0.0
    sums = apart @ (label[:, None] == np.arange(len(size))).astype(np.float64)
    rows = np.arange(len(label))
    within = sums[rows, label] / np.maximum(size[label] - 1, 1)
    means = sums / size
    means[rows, label] = np.inf
    nearest = means.min(axis=1)
    larger = np.maximum(within, nearest)
    score = np.divide(nearest - within, larger, out=np.zeros(len(label)), where=larger > 0)
    return float(np.where(size[label] > 1, score, 0.0).mean())
