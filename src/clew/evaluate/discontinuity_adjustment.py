"""Baseline columns at a cut-off: what they explain is taken off the outcome, by the same coefficients on both sides.

They enter the kernel-weighted regression linearly, so that they make the jump sharper without deciding where it is: a
column that does not jump itself leaves the jump, in large samples, where it was. Once the coefficients are known, the
adjusted jump is that of one variable, the outcome less what the columns explain, and needs sums of products alone.

Source: Calonico, Cattaneo, Farrell & Titiunik (2019), Regression discontinuity designs using covariates, Review of
Economics and Statistics 101(3).
"""

from dataclasses import replace

import numpy as np

from clew.errors import InputError
from clew.evaluate.explained import least_norm
from clew.evaluate.local_polynomial import Kernel, LocalFit, Running, local_fit
from clew.evaluate.rows import Floats


def coefficients(*fits: LocalFit) -> Floats:
    """Return by how much each variable moves with each covariate about the curves of all `fits`: (K, V − K).

    A covariate that others, or the curves themselves, explain gets no weight of its own (least-norm solution).
    """
    held = fits[0].rows.covariates
    about = sum((_about(fit) for fit in fits), start=np.zeros((held, fits[0].coefficients.shape[1])))
    size = sum((_size(fit) for fit in fits), start=np.zeros(held))
    return least_norm(about[:, -held:], about[:, :-held], size)


def _about(fit: LocalFit) -> Floats:
    """Kernel-weighted products of the covariates with all variables, about the fitted curves: (K, V)."""
    held = slice(fit.rows.total.shape[1] - fit.rows.covariates, None)
    u, order = fit.rows.x / fit.h, fit.order
    sums = np.array([(fit.kernel * u**power) @ fit.rows.total[:, held] for power in range(order + 1)])
    return np.asarray(np.tensordot(fit.kernel, fit.rows.square[:, held], axes=1) - sums.T @ fit.coefficients)


def _size(fit: LocalFit) -> Floats:
    """Kernel-weighted squares of the covariates about their origin: (K,)."""
    held = slice(fit.rows.total.shape[1] - fit.rows.covariates, None)
    size: Floats = fit.kernel @ np.einsum("rvv->rv", fit.rows.square)[:, held]
    return size


def contrast(fit: LocalFit) -> Floats:
    """Return what the variables of one side's `fit` are weighed by to give its first one, adjusted: (V,)."""
    main = fit.coefficients.shape[1] - fit.rows.covariates
    first: Floats = np.eye(main)[0]
    return np.concatenate([first, -coefficients(fit)[:, 0]]) if fit.rows.covariates else first


def adjusted(running: Running, h: float, kernel: Kernel) -> Running:
    """Return the variables less what the covariates explain of them near the cut-off, and no covariates.

    They stay where they are for a row whose covariates are the means of those within `h`.
    Raises: InputError where too few distinct values, or too few rows, lie within.
    """
    if not running.covariates:
        return running
    near = running.within(h, kernel)
    moved = coefficients(*(local_fit(side, 1, h, kernel) for side in (near.below(), near.above())))
    rows, parameters = int(near.n.sum()), 4 + running.covariates
    if rows <= parameters:
        raise InputError(
            f"{rows} rows near the cut-off cannot carry {running.covariates} baseline columns.",
            where="[outcome] adjust_for; [design] bandwidth",
            do="Adjust for fewer columns, or name a wider bandwidth.",
        )
    usual = near.total[:, -running.covariates :].sum(axis=0) / near.n.sum()
    return _combined(running, np.hstack([np.eye(moved.shape[1]), -moved.T]), moved.T @ usual)


def _combined(running: Running, weights: Floats, shift: Floats) -> Running:
    """The variables weights · v + shift: `weights` (M, V), `shift` (M,)."""
    total = running.total @ weights.T
    cross = total[:, :, None] * shift
    square = weights @ running.square @ weights.T + cross + cross.transpose(0, 2, 1)
    square = square + running.n[:, None, None] * np.outer(shift, shift)
    return replace(running, total=total + running.n[:, None] * shift, square=square, covariates=0)
