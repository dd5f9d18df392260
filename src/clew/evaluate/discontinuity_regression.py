"""A plain regression on either side of a cut-off, all rows within a fixed distance counting alike.

It takes the lines for the truth, so its interval knows no bias; it stands beside the local estimate for comparison.

Source: Angrist & Pischke (2015), "Mastering 'Metrics", ch. 4; MacKinnon & White (1985), Journal of Econometrics 29
(HC1, HC2).
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from clew.evaluate.local_polynomial import Running, too_few
from clew.evaluate.rows import Floats

PlainErrors = Literal["classical", "hc1", "hc2"]


@dataclass(frozen=True, slots=True)
class PlainJump:
    """The jump by ordinary least squares; `df`: rows − parameters. `level_below`: the line from below at the cut-off,
    about the variable's origin."""

    estimate: float
    level_below: float
    std_error: float
    df: int
    n: int


def plain_jump(running: Running, distance: float, *, errors: PlainErrors = "hc1", one_slope: bool = False) -> PlainJump:
    """Regress the first variable on being above the cut-off and the distance to it.

    `distance`: rows farther from the cut-off are left out; infinite for all. `one_slope`: the same on both sides.
    Raises: InputError where too few distinct values lie within.
    """
    rows = running.within(distance, "uniform")
    design = _design(rows.x / np.max(np.abs(rows.x), initial=1e-300), one_slope=one_slope)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise too_few()
    bread = np.asarray(np.linalg.inv(design.T @ (design * rows.n[:, None])), dtype=np.float64)
    coefficients = bread @ (design.T @ rows.total[:, 0])
    fitted = design @ coefficients
    squares = rows.square[:, 0, 0] - 2 * fitted * rows.total[:, 0] + rows.n * fitted**2
    count, parameters = int(rows.n.sum()), design.shape[1]
    if count <= parameters:
        raise too_few()
    squares = _weighed(squares, (design, bread, rows.n), errors)
    variance = float(np.sum((design @ bread[0]) ** 2 * squares))
    return PlainJump(float(coefficients[0]), float(coefficients[1]), math.sqrt(variance), count - parameters, count)


def _design(u: Floats, *, one_slope: bool) -> Floats:
    above = (u >= 0).astype(np.float64)
    columns = [above, np.ones(len(u)), u, *([] if one_slope else [u * above])]
    return np.column_stack(columns)


def _weighed(squares: Floats, fitted: tuple[Floats, Floats, Floats], errors: PlainErrors) -> Floats:
    """Each value's squared residuals as the kind of error has them. `fitted`: design, its inverse products, rows."""
    design, bread, n = fitted
    count = float(n.sum())
    if errors == "classical":
        return np.asarray(n * squares.sum() / (count - design.shape[1]))
    if errors == "hc1":
        return np.asarray(squares * count / (count - design.shape[1]))
    leverage = np.einsum("rk,kl,rl->r", design, bread, design)
    return np.asarray(squares / np.maximum(1 - leverage, 1 / count**2))
