"""The jump at a cut-off: a local line on either side, corrected for its bias, with a robust interval.

Source: Calonico, Cattaneo & Titiunik (2014), Robust nonparametric confidence intervals for regression-discontinuity
designs, Econometrica 82(6), Theorems 1 and 3 (sharp, fuzzy), §2.4 (variance); Hahn, Todd & van der Klaauw (2001),
Econometrica 69(1) (fuzzy); Calonico, Cattaneo, Farrell & Titiunik (2019), Review of Economics and Statistics 101(3)
(covariates).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.errors import InputError
from clew.evaluate.discontinuity_adjustment import adjusted
from clew.evaluate.discontinuity_bandwidth import Bandwidths, best_bandwidths, widened
from clew.evaluate.local_polynomial import Kernel, LocalFit, Running, local_fit, spread_of, too_few, variance
from clew.evaluate.rows import Floats

ROUNDING = 1e-11
"""A jump below this share of a variable's spread is rounding."""

ROUNDED_ERROR = 1e-7
"""So is a standard error below this share of it: near the cut-off the variable is constant."""


@dataclass(frozen=True, slots=True)
class Jump:
    """What changes at the cut-off, above minus below, in the outcome's units (per unit received where fuzzy).

    `conventional`, `conventional_error`: of the local lines, with a standard error that takes their bias for nothing.
    `estimate`, `std_error`: bias-corrected and robust. `n_below`, `n_above`: rows within `h`; `values_below`,
    `values_above`: distinct values of the running variable there. `lines`: (2, 2, V), below and above, level at the
    cut-off and slope, about the variables' origin; where covariates are adjusted for, for a row in the middle of them.
    """

    conventional: float
    conventional_error: float
    estimate: float
    std_error: float
    bandwidths: Bandwidths
    n_below: int
    n_above: int
    values_below: int
    values_above: int
    lines: Floats


@dataclass(frozen=True, slots=True)
class _Side:
    """One side's `line` (2, V), its limits at the cut-off, (V,) each, and their covariances, (V, V) each."""

    line: Floats
    level: Floats
    corrected: Floats
    covariance: Floats
    robust: Floats
    n: int
    values: int


def jump(running: Running, bandwidths: Bandwidths | None = None, kernel: Kernel = "triangular") -> Jump:
    """Estimate the jump of the only variable, or the first one's jump for each unit that the second one jumps.

    Covariates are held alike on both sides, by coefficients from the lines' window, and count as known for the spread.
    `bandwidths`: chosen by `best_bandwidths` where None, and `widened` where these hold too few values.
    Raises: InputError where a side holds too few distinct values within the bandwidth, or received does not jump.
    """
    if len(running.below().x) == 0 or len(running.above().x) == 0:
        raise too_few()
    chosen = bandwidths or widened(running, best_bandwidths(running, kernel))
    spread = np.sqrt(np.einsum("rvv->v", running.unadjusted().square) / running.n.sum())
    held = adjusted(running, chosen.h, kernel)
    below, above = (_side(side, chosen, kernel) for side in (held.below(), held.above()))
    level, corrected = _unrounded(above.level - below.level, spread), above.corrected - below.corrected
    ratio, gradient = _ratio(level)
    least = ROUNDED_ERROR * float(spread[0] * abs(gradient[0]))
    return Jump(
        conventional=ratio,
        conventional_error=_error(gradient, below.covariance + above.covariance, least),
        estimate=ratio + float(gradient @ _unrounded(corrected - level, spread)),
        std_error=_error(gradient, below.robust + above.robust, least),
        bandwidths=chosen,
        n_below=below.n,
        n_above=above.n,
        values_below=below.values,
        values_above=above.values,
        lines=np.array([below.line, above.line]),
    )


def _ratio(level: Floats) -> tuple[float, Floats]:
    """The jump, or the first by the second; and its derivative by each of them, (V,)."""
    if len(level) == 1:
        return float(level[0]), np.ones(1)
    if level[1] == 0:
        raise InputError(
            "what was received does not change at the cut-off, so there is nothing to divide the jump by.",
            where="[design] received",
            do="Leave `received` out, which asks what the offer did.",
        )
    return float(level[0] / level[1]), np.array([1 / level[1], -level[0] / level[1] ** 2])


def _unrounded(jumps: Floats, spread: Floats) -> Floats:
    return np.where(np.abs(jumps) > ROUNDING * spread, jumps, 0.0)


def _error(gradient: Floats, covariance: Floats, least: float) -> float:
    error = math.sqrt(max(float(gradient @ covariance @ gradient), 0.0))
    return error if error > least else 0.0


def corrected_influences(line: LocalFit, parabola: LocalFit) -> Floats:
    """What one more unit of y at each value adds to the line at the cut-off, freed of the parabola's curvature: (R,).

    A line is off, at the cut-off, by what it makes of x² times the curvature.
    """
    influences, rows = line.influence(0), line.rows
    bias = float(influences @ (rows.n * rows.x**2))
    return influences - bias * parabola.influence(2)


def _side(side: Running, bandwidths: Bandwidths, kernel: Kernel) -> _Side:
    """Limits by the line within h; the bias is its error at a parabola whose curvature is fitted within b."""
    rows = side.within(max(bandwidths.h, bandwidths.b), kernel)
    line, parabola = local_fit(rows, 1, bandwidths.h, kernel), local_fit(rows, 2, bandwidths.b, kernel)
    influences, corrected = line.influence(0), corrected_influences(line, parabola)
    spread = spread_of(rows)
    inside: NDArray[np.bool_] = line.kernel > 0
    return _Side(
        line.coefficients / np.array([[1.0], [line.h]]),
        influences @ rows.total,
        corrected @ rows.total,
        variance(line, influences, spread),
        variance(parabola, corrected, spread),
        int(rows.n[inside].sum()),
        rows.where(inside).distinct,
    )
