"""Least squares with weights that are not negative and sum to one, found exactly: a point of a convex hull.

With the target subtracted from every column, the best weights give the point of the hull that is nearest to the
origin. Let C hold those columns and u solve the non-negative least squares of (C; 1') u on (0; 1). Writing u = s·w with
w on the simplex, that sum of squares is s²|Cw|² + (s − 1)², whose least over s is |Cw|² / (1 + |Cw|²): it grows with
|Cw| alone, so w = u / sum(u) is the best point, without any penalty or tolerance. An active-set method ends after
finitely many steps, and the order of the columns does not matter where the best weights are unique.

Source: Lawson & Hanson (1974), "Solving Least Squares Problems", ch. 23 (least distance programming).
"""

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EXACT = 1e-7
"""A target is met exactly where the root mean square miss is below this share of the columns' own scatter about it."""

TIE = 1e-5
"""How strongly equal weights are preferred among weights that all meet the target, as a share of that scatter."""


def simplex_weights(columns: Floats, target: Floats, ridge: float = 0.0) -> Floats:
    """Return the weights w ≥ 0, Σw = 1, with the least |columns·w − target|² + ridge·|w|²: (J,).

    `columns`: (M, J); `target`: (M,), in the same units; `ridge`: in those units squared. Where several weights meet
    the target exactly and there is no ridge, those with the least sum of squares are taken (to a relative 1e-5).
    """
    about = columns - target[:, None]
    scale = float(np.sqrt(np.mean(np.sum(about**2, axis=0))))
    if scale == 0:
        return np.full(about.shape[1], 1 / about.shape[1])
    weights = _nearest(about / scale, np.sqrt(ridge) / scale)
    if ridge == 0 and np.linalg.norm(about @ weights) <= EXACT * scale:
        weights = _nearest(about / scale, TIE)
    return weights


def _nearest(about: Floats, root_ridge: float) -> Floats:
    """The same weights as `hull_weights`, with rounding taken out."""
    return _polished(_held(about, root_ridge), hull_weights(about, root_ridge))


def _held(about: Floats, root_ridge: float) -> Floats:
    below = [np.eye(about.shape[1]) * root_ridge] if root_ridge else []
    return np.vstack([about, *below])


def hull_weights(about: Floats, root_ridge: float) -> Floats:
    """Return the weights w ≥ 0, Σw = 1, with the least |about·w|² + root_ridge²·|w|²: (J,).

    `about`: (M, J), in units in which it is of the order of 1. Right to rounding, which is left in.
    """
    count, held = about.shape[1], _held(about, root_ridge)
    rows = np.column_stack([np.vstack([held, np.ones((1, count))]), np.append(np.zeros(len(held)), 1.0)])
    if len(rows) > count + 1:  # the same sums of squares in fewer rows
        rows = np.asarray(np.linalg.qr(rows, mode="r"))
    found = scipy.optimize.nnls(rows[:, :-1], rows[:, -1], maxiter=30 * count)[0]
    return np.asarray(found / found.sum())


def _polished(about: Floats, weights: Floats) -> Floats:
    """The same weights with rounding taken out: least squares on their support, with their sum held at one."""
    support = np.flatnonzero(weights > 0)
    last, free = support[-1], support[:-1]
    basis = about[:, free] - about[:, [last]]
    moved = np.linalg.lstsq(basis, -about[:, last], rcond=None)[0]
    if len(free) and moved.min() >= 0 and moved.sum() <= 1:
        exact = np.zeros_like(weights)
        exact[free], exact[last] = moved, 1 - moved.sum()
        return exact
    return weights


def optimality_gap(columns: Floats, target: Floats, weights: Floats, ridge: float = 0.0) -> float:
    """Return by how much |columns·w − target|² + ridge·|w|² may still exceed its least, at most, in its units.

    The Frank–Wolfe (duality) gap: 0 exactly where the conditions of Karush, Kuhn and Tucker hold.
    """
    slope = 2 * (columns.T @ (columns @ weights - target) + ridge * weights)
    return float(slope @ weights - slope.min())
