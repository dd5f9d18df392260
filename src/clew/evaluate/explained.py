"""What baseline columns explain of an outcome: texts as indicators, and coefficients from sums of products."""

from collections.abc import Iterator

import numpy as np

from clew.evaluate.rows import Floats, Moments

COLLINEAR = 1e-9
"""A direction in which columns vary by less than this share of their squares says nothing."""


def indicators(moments: Moments) -> Iterator[tuple[str, Floats]]:
    """Yield whether the rows of a cell hold each value but the first of each text column, less the share that does.

    By name, such as "town = north": (C,) each.
    """
    n = moments.products[:, 0, 0]
    for factor in moments.factors:
        key = moments.keys[factor]
        for label in [key.labels[code] for code in np.unique(key.codes)][1:]:
            holds = key.where(label).astype(np.float64)
            yield f"{factor} = {label}", holds - float(n @ holds / n.sum())


def beside(products: Floats, further: list[Floats]) -> Floats:
    """Return the products of cells (C, 1+V, 1+V) with K further variables, each the same in all rows of a cell.

    (C, 1+V+K, 1+V+K).
    """
    known = products.shape[1]
    if not further:
        return products
    values = np.column_stack(further)
    cross = values[:, :, None] * products[:, :1, :]
    wide = np.empty((len(products), known + len(further), known + len(further)))
    wide[:, :known, :known] = products
    wide[:, known:, :known], wide[:, :known, known:] = cross, cross.transpose(0, 2, 1)
    wide[:, known:, known:] = values[:, :, None] * values[:, None, :] * products[:, :1, :1]
    return wide


def least_norm(gram: Floats, moved: Floats, size: Floats) -> Floats:
    """Return the coefficients of K columns from their products `gram` (K, K), and `moved` (K, M) with M variables.

    `size`: (K,) their squares before anything was taken off them, by which it is judged what is rounding. A column that
    others explain gets no weight of its own. (K, M).
    """
    scale = 1 / np.sqrt(np.maximum(size, np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(gram * scale * scale[:, None])
    inverse = np.where(values > COLLINEAR, 1 / np.maximum(values, COLLINEAR), 0.0)
    return np.asarray((vectors * inverse) @ (vectors.T @ (moved * scale[:, None])) * scale[:, None])
