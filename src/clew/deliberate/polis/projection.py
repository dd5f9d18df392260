"""Where people and statements stand on the two components: the emptier a row, the more it is stretched."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from clew.deliberate.polis.matrix import Matrix
from clew.deliberate.votes import AGREE

Floats = NDArray[np.float64]


def positions_of(matrix: Matrix, residuals: csr_array, components: Floats) -> Floats:
    """Return the place of each participant (P × 2): sqrt(C / cells) · Σ (vote - mean) · component.

    Zeroed columns are cells of everybody, so light voters stand near the middle where many statements were left out.

    Source: Small, Bjorkegren, Erkkilä, Shaw & Megill (2021), Recerca 26(2): sparsity-aware scaling.
    """
    factor = stretch(matrix.columns, matrix.cells)
    return np.asarray(factor[:, None] * (residuals @ components.T), np.float64)


def stretch(columns: int, cells: NDArray[np.number]) -> Floats:
    """Return by how much each row is stretched (P): rows that hold fewer cells than there are columns stand out."""
    factor: Floats = np.sqrt(columns / np.maximum(cells, 1))
    return factor


def statement_positions_of(matrix: Matrix, centre: Floats, components: Floats) -> Floats:
    """Return where somebody would stand who agreed with one statement and voted on no other (S × 2)."""
    return ((AGREE - centre) * components).T * sqrt(matrix.columns)


def extremity_of(statement_positions: Floats) -> Floats:
    """Return how far from the middle each statement would put a lone agree (S)."""
    return np.hypot(statement_positions[:, 0], statement_positions[:, 1])
