"""How strongly the errors of a regression over time depend on the period before, and what to do if they do.

Source: Prais & Winsten (1954), Cowles Commission Discussion Paper 383; restricted likelihood for the correlation:
Cheang & Reinsel (2000), JASA 95(452), which a comparison of methods for interrupted series found to cover best: Turner
et al. (2021), BMC Medical Research Methodology 21:181.
"""

from dataclasses import dataclass

import numpy as np
import scipy
from scipy.special import gammaincc

from clew.evaluate.newey_west import TimeFit, least_squares
from clew.evaluate.rows import Floats

CONVERGED = 1e-10
ROUNDS = 500
NOTHING = 1e-13
"""Share of the outcome below which what is left of it is rounding."""

STATIONARY = 0.98
"""The largest autocorrelation looked for: beyond it a trend and a wandering level cannot be told apart."""


@dataclass(frozen=True, slots=True)
class PraisWinsten:
    """A fit after errors of the form e(t) = ρ·e(t−1) + new were made independent. `rho`: the ρ found."""

    fit: TimeFit
    rho: float


def prais_winsten(design: Floats, outcome: Floats) -> PraisWinsten:
    """Fit by feasible generalised least squares with errors autoregressive of order one, repeated until ρ stands.

    ρ is the regression of residuals on those one period before; the first period is kept.
    """
    rho, fit = 0.0, least_squares(design, outcome)
    for _ in range(ROUNDS):
        left = outcome - design @ fit.coefficients
        found = float(left[1:] @ left[:-1] / (left[:-1] @ left[:-1]))
        found = max(-STATIONARY, min(STATIONARY, found))
        fit = whitened_fit(design, outcome, found)
        if abs(found - rho) < CONVERGED:
            break
        rho = found
    return PraisWinsten(fit, found)


def whitened_fit(design: Floats, outcome: Floats, rho: float) -> TimeFit:
    """Fit after making errors with first-order autocorrelation `rho` independent, the first period kept."""
    return least_squares(_whitened(design, rho), _whitened(outcome, rho))


def _whitened(values: Floats, rho: float) -> Floats:
    first = np.sqrt(1 - rho**2) * values[:1]
    return np.concatenate([first, values[1:] - rho * values[:-1]])


def restricted_rho(design: Floats, outcome: Floats) -> float:
    """Return the first-order autocorrelation of the errors by restricted maximum likelihood; 0 where there are none.

    Unlike the correlation of residuals it is not drawn towards zero and below by the columns fitted.
    """
    basis = np.linalg.qr(design)[0]
    left = outcome - basis @ (basis.T @ outcome)
    size = float(np.sqrt(left @ left))
    if size <= NOTHING * float(np.sqrt(outcome @ outcome)):
        return 0.0
    parts = _products(np.column_stack([basis, left / size]))
    places = np.linspace(-STATIONARY, STATIONARY, 50)
    found = int(np.argmin([_deviance(parts, len(outcome), float(rho)) for rho in places]))
    bounds = (places[max(found - 1, 0)], places[min(found + 1, len(places) - 1)])
    best = scipy.optimize.minimize_scalar(
        lambda rho: _deviance(parts, len(outcome), float(rho)),
        bounds=bounds,
        method="bounded",
        options={"xatol": 1e-8},
    )
    return float(best.x)


def _products(columns: Floats) -> tuple[Floats, Floats, Floats]:
    """The parts of which columns'·Ω·columns is made for every ρ, with Ω the inverse correlation times 1 − ρ²."""
    neighbours = columns[1:].T @ columns[:-1]
    ends = np.outer(columns[0], columns[0]) + np.outer(columns[-1], columns[-1])
    return columns.T @ columns, neighbours + neighbours.T, ends


def _deviance(parts: tuple[Floats, Floats, Floats], periods: int, rho: float) -> float:
    """Minus twice the restricted log-likelihood, up to a constant, at the best variance.

    The last diagonal entry of the Cholesky factor is the root of the residual sum of squares, the others give the
    determinant of the columns' products.
    """
    own, neighbours, ends = parts
    root = np.diagonal(np.linalg.cholesky((1 + rho**2) * own - rho * neighbours - rho**2 * ends))
    df = periods - len(root) + 1
    return float(2 * df * np.log(root[-1]) + 2 * np.sum(np.log(root[:-1])) - np.log(1 - rho**2))


def durbin_watson(residuals: Floats) -> float:
    """Return the ratio of squared changes to squares: 2 without autocorrelation, towards 0 with positive one.

    Source: Durbin & Watson (1950), Biometrika 37.
    """
    return float(np.sum(np.diff(residuals) ** 2) / np.sum(residuals**2))


def autocorrelations(residuals: Floats, lags: int) -> Floats:
    """Return the correlations of residuals with those 1 to `lags` periods before: (lags,)."""
    about = residuals - residuals.mean()
    return np.array([about[back:] @ about[:-back] / (about @ about) for back in range(1, lags + 1)])


def ljung_box(residuals: Floats, lags: int, spent: int = 0) -> tuple[float, float]:
    """Return Ljung and Box's Q over `lags` autocorrelations and its p-value.

    `spent`: autoregressive parameters fitted, which the chi-squared's degrees of freedom lack. Source: Ljung & Box
    (1978), Biometrika 65(2).
    """
    n = len(residuals)
    q = n * (n + 2) * float(np.sum(autocorrelations(residuals, lags) ** 2 / (n - np.arange(1, lags + 1))))
    return q, float(gammaincc((lags - spent) / 2, q / 2))
