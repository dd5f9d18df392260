"""How far two groupings of the same people agree: the adjusted Rand index."""

import numpy as np
from numpy.typing import NDArray


def adjusted_rand_index(one: NDArray[np.integer], other: NDArray[np.integer]) -> float:
    """Return 1 where both put the same people together, about 0 where they agree as chance would, less where worse.

    one, other (n each): the group of each person. 1 where both leave everybody in one group, or everybody alone.

    Source: Hubert & Arabie (1985), Journal of Classification 2.

    >>> adjusted_rand_index(np.array([0, 0, 1, 1]), np.array([7, 7, 3, 3]))
    1.0
    >>> adjusted_rand_index(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    -0.5
    """
    rows, columns = (np.unique(each, return_inverse=True)[1] for each in (one, other))
    table = np.zeros((rows.max(initial=0) + 1, columns.max(initial=0) + 1))
    np.add.at(table, (rows, columns), 1)
    together, by_row, by_column = (_pairs(each) for each in (table, table.sum(axis=1), table.sum(axis=0)))
    expected = by_row * by_column / max(_pairs(np.array([len(one)])), 1.0)
    most = (by_row + by_column) / 2
    return 1.0 if most == expected else float((together - expected) / (most - expected))


def _pairs(counts: NDArray[np.floating | np.integer]) -> float:
    """How many pairs there are within so many."""
    return float((counts * (counts - 1) / 2).sum())
