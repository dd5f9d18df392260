"""Standard errors of a regression over time whose errors depend on their own past, also where periods are few.

Newey and West's estimator sums products of residuals up to a lag. Residuals are smaller than the errors were, the more
so the farther a fitted line is carried on, so that with 16 to 100 periods its intervals for what an interruption
changed cover 58 to 90 times in a hundred where they promise 95. It is a quadratic form in the residuals, e'Qe, whose
expectation and degrees of freedom are known once the errors' correlation is: as for clusters (CR2), both are taken from
a working model, here errors of the form e(t) = ρ·e(t−1) + new. The correction fades as the series grows.

Source: Newey & West (1987), Econometrica 55(3); their rule of thumb for the lag (1994), Review of Economic Studies
61(4); correction by a working model: Bell & McCaffrey (2002), Survey Methodology 28(2), Imbens & Kolesár (2016), Review
of Economics and Statistics 98(4).
"""

from dataclasses import dataclass

import numpy as np

from clew.evaluate.rows import Floats


@dataclass(frozen=True, slots=True)
class TimeFit:
    """Least squares over n periods. `coefficients`: (k,); `bread`: (k, k), the inverse of X'X; `residuals`: (n,).

    `design`: (n, k), the columns X as they were fitted.
    """

    design: Floats
    coefficients: Floats
    bread: Floats
    residuals: Floats

    @property
    def df(self) -> int:
        """Periods less parameters."""
        return len(self.residuals) - len(self.coefficients)

    def classical(self) -> Floats:
        """Covariance of the coefficients if errors were independent and of equal variance: (k, k)."""
        return np.asarray(self.bread * (self.residuals @ self.residuals / self.df))


def least_squares(design: Floats, outcome: Floats) -> TimeFit:
    """Fit `outcome` (n,) on `design` (n, k) of full column rank; refined once, so that its level costs no digits."""
    scale = np.sqrt(np.sum(design**2, axis=0))
    q, r = np.linalg.qr(design / scale)
    inverse = np.linalg.inv(r) / scale[:, None]
    coefficients = inverse @ (q.T @ outcome)
    coefficients += inverse @ (q.T @ (outcome - design @ coefficients))
    return TimeFit(design, coefficients, inverse @ inverse.T, outcome - design @ coefficients)


def rank(design: Floats) -> int:
    """Return how many columns say something of their own, whatever their units."""
    scale = np.sqrt(np.sum(design**2, axis=0))
    return int(np.linalg.matrix_rank(design / np.where(scale > 0, scale, 1.0), tol=1e-9))


def usual_lag(periods: int) -> int:
    """Return how many periods back the errors' dependence is followed: the whole part of 4(n/100)^(2/9).

    >>> usual_lag(48), usual_lag(192)
    (3, 4)
    """
    return int(4 * (periods / 100) ** (2 / 9))


def newey_west(fit: TimeFit, lag: int) -> Floats:
    """Return the covariance of the coefficients with autocovariances up to `lag`, Bartlett weights: (k, k).

    Multiplied by n / (n − k), as statsmodels and Stata do for small samples.
    """
    scores = fit.design * fit.residuals[:, None]
    meat = scores.T @ scores
    for back in range(1, lag + 1):
        cross = scores[back:].T @ scores[:-back]
        meat += (1 - back / (lag + 1)) * (cross + cross.T)
    return np.asarray(fit.bread @ meat @ fit.bread * (len(scores) / fit.df))


def error_of(contrast: Floats, covariance: Floats) -> float:
    """Return the standard error of contrast'coefficients from their covariance (k, k)."""
    return float(np.sqrt(max(float(contrast @ covariance @ contrast), 0.0)))


@dataclass(frozen=True, slots=True)
class Corrected:
    """A Newey–West standard error of one linear function of the coefficients, and its degrees of freedom."""

    std_error: float
    df: float


def corrected(fit: TimeFit, contrast: Floats, lag: int, rho: float) -> Corrected:
    """Return the standard error of contrast'coefficients with its bias taken out, and Satterthwaite's degrees.

    `rho`: first-order autocorrelation of the errors in the working model, between −1 and 1. In O(n²k), and as much
    memory as a few matrices over pairs of periods.
    """
    periods = np.arange(len(fit.residuals))
    influence = fit.design @ (fit.bread @ contrast)
    apart = np.abs(np.subtract.outer(periods, periods))
    form = np.maximum(0, 1 - apart / (lag + 1)) * np.outer(influence, influence)
    variance = float(fit.residuals @ form @ fit.residuals) * float(influence @ _under(influence[:, None], rho)[:, 0])
    spread = _under(_without_columns(fit, _without_columns(fit, form).T), rho)
    expected = float(np.trace(spread))
    return Corrected(float(np.sqrt(max(variance / expected, 0.0))), expected**2 / float(np.sum(spread * spread.T)))


def _without_columns(fit: TimeFit, values: Floats) -> Floats:
    """What is left of each column of `values` (n, m) after fitting it."""
    return np.asarray(values - fit.design @ (fit.bread @ (fit.design.T @ values)))


def _under(values: Floats, rho: float) -> Floats:
    """The correlation matrix of the working model, ρ^|s−t|, times `values` (n, m): one sweep forwards, one back."""
    forwards, back = values.copy(), values.copy()
    for place in range(1, len(values)):
        forwards[place] += rho * forwards[place - 1]
        back[-1 - place] += rho * back[-place]
    return np.asarray(forwards + back - values)
