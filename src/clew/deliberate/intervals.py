"""Intervals for shares: of one group of people, and of several that add up to everybody."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]


def wilson(successes: ArrayLike, trials: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the lower and the upper end of the interval for a share; nan where nothing was counted.

    successes, trials: of the same shape; sums of weights may stand for them, then trials are the effective number.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22.

    >>> lower, upper = wilson(81, 263)
    >>> print(round(float(lower), 4), round(float(upper), 4))
    0.2553 0.3662
    """
    return _around(np.asarray(successes, np.float64), np.asarray(trials, np.float64), 1 - level)


def goodman(counts: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return intervals for the shares of all categories that hold together with the chance `level` (K each).

    Source: Goodman (1965), On simultaneous confidence intervals for multinomial proportions, Technometrics 7.
    """
    counted = np.asarray(counts, np.float64)
    trials = np.full_like(counted, counted.sum())
    return _around(counted, trials, (1 - level) / max(len(counted), 1))


def _around(successes: Floats, trials: Floats, error: float) -> tuple[Floats, Floats]:
    square = float(ndtri(1 - error / 2)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        share = successes / trials
        middle = (successes + square / 2) / (trials + square)
        half = np.sqrt(square * (share * (1 - share) * trials + square / 4)) / (trials + square)
    return middle - half, middle + half
