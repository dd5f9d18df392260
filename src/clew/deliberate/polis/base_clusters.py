"""Up to a hundred small clusters of people, which the groups are made of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.polis.k_means import first_distinct, k_means

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_BASE_CLUSTERS = 100
STEPS = 100


@dataclass(frozen=True, slots=True, eq=False)
class BaseClusters:
    """of (P): the base cluster of each participant, -1 for those not placed; centres (B × 2); size (B): people."""

    of: Ints
    centres: Floats
    size: Ints


def base_clusters(positions: Floats, placed: NDArray[np.bool_], arrived: Ints) -> BaseClusters:
    """Return k-means of the placed people, begun at the first hundred distinct places in the order of rows.

    positions (P × 2), placed (P), arrived (P: 0 for the first row).
    """
    people = np.flatnonzero(placed)
    people = people[np.argsort(arrived[people])]
    of = np.full(len(positions), -1)
    if not len(people):
        return BaseClusters(of, np.zeros((0, 2)), np.zeros(0, np.int64))
    points = positions[people]
    found = k_means(points, first_distinct(points, MOST_BASE_CLUSTERS), steps=STEPS)
    of[people] = found.label
    return BaseClusters(of, found.centres, np.bincount(found.label))
