"""Principal components of votes, without a dense matrix: a missing vote is its column's mean, so 0 once centred."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import LinearOperator, eigsh

from clew.deliberate.polis.matrix import Matrix

Floats = NDArray[np.float64]

COMPONENTS = 2
POWER_STEPS = 100
REPEATS = 1e-15
"""The share of its length within which a product counts as one that repeats."""
DENSE_UP_TO = 40
"""Columns up to which the cross products are a small dense matrix; with more of them, Lanczos steps are cheaper."""


def centre_of(matrix: Matrix) -> Floats:
    """Return the mean vote of each column (S), passes counted as 0; 0 where the column is zeroed or nobody voted."""
    counts = matrix.votes.counts()
    return np.where(matrix.zeroed, 0.0, (counts[:, 0] - counts[:, 2]) / np.maximum(counts.sum(axis=1), 1))


def residuals_of(matrix: Matrix, centre: Floats) -> csr_array:
    """Return vote - mean for every vote given (P × S, sparse): all that is not 0 once missing votes are filled."""
    votes = matrix.votes
    left = votes.value - centre[votes.statement]
    left[matrix.zeroed[votes.statement]] = 0.0
    start = votes.start.astype(np.int32) if len(left) < 1 << 31 else votes.start  # wide ones make wide indices
    return csr_array((left, votes.statement, start), shape=(len(votes.voters), len(votes.statements)))


def components_of(residuals: csr_array) -> Floats:
    """Return the first two principal components, each of length 1 (2 × S); zeros where the votes span fewer.

    The entry of largest size is positive: Polis leaves signs to the draw that its power iteration starts from.

    Source: Pearson (1901); Polis takes the same components by power iteration and deflation.
    """
    columns = residuals.shape[1]
    found = np.zeros((COMPONENTS, columns))
    if not np.any(residuals.data):
        return found
    values, vectors = _dense(residuals) if columns <= DENSE_UP_TO else _lanczos(residuals)
    spanned = values > values.max() * columns * np.finfo(float).eps
    for place, vector in enumerate(vectors.T[spanned][:COMPONENTS]):
        found[place] = vector * _sign(vector)
    return found


def components_from(products: Floats, former: Floats) -> Floats:
    """Return the first two principal components, each of length 1 (2 × S), by power steps from the former ones.

    products (S × S): the cross products of the centred votes. former (2 × S): where the steps begin. There are at most
    a hundred for each component, as in Polis, and none once the length of the product repeats, rounding aside.

    Source: von Mises & Pollaczek-Geiringer (1929), power iteration; the second component after deflation.
    """
    first = _power_steps(products, former[0], np.zeros(len(products)))
    return np.stack([first, _power_steps(products, former[1], first)])


def _power_steps(products: Floats, start: Floats, taken: Floats) -> Floats:
    """The direction in which power steps end, at right angles to the component taken before (zeros: to none)."""
    vector, length = (start if np.any(start) else np.ones(len(start))), 0.0
    for _ in range(POWER_STEPS):
        product = products @ (vector - taken * (taken @ vector))
        product -= taken * (taken @ product)
        now = sqrt(product @ product)
        if not now:
            return product
        vector, before, length = product / now, length, now
        if abs(length - before) <= length * REPEATS:
            break
    return vector


def _dense(residuals: csr_array) -> tuple[Floats, Floats]:
    values, vectors = np.linalg.eigh((residuals.T @ residuals).toarray())
    return values[::-1], vectors[:, ::-1]


def _lanczos(residuals: csr_array) -> tuple[Floats, Floats]:
    """The two largest eigenvalues of the cross products and their vectors, from the same start each time."""
    columns, across = residuals.shape[1], residuals.T
    products = LinearOperator((columns, columns), matvec=lambda vector: across @ (residuals @ vector), dtype=float)
    start = np.cos(np.arange(1.0, columns + 1)) / sqrt(columns)
    values, vectors = eigsh(products, k=COMPONENTS, v0=start, tol=0)
    return values[::-1], vectors[:, ::-1]


def _sign(vector: Floats) -> float:
    """The sign of the first entry that is as large as any, rounding aside."""
    size = np.abs(vector)
    return float(np.sign(vector[np.argmax(size >= size.max() * (1 - 1e-9))]))
