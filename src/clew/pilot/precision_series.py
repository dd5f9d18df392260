"""How sharp one interrupted series is: the fitted line after the start less the earlier trend carried on.

Least squares is a sum of outcomes with known weights w, whose variance with first-order autoregressive errors is w'Σw.
Its standard error is a quadratic form of residuals, whose degrees of freedom are few for a trend carried on far.

Source: Hawley, Ali, Berencsi, Judge & Prieto-Alhambra (2019), Sample size and power considerations for ordinary least
squares interrupted time series analysis: a simulation study, Clinical Epidemiology 11; degrees of freedom: Bell &
McCaffrey (2002), Survey Methodology 28(2), for a series as in `clew.evaluate.newey_west`.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clew.pilot.assumptions import Assumed
from clew.pilot.extent import Extent, Precision
from clew.pilot.precision_panel import Likeness, covariance
from clew.pilot.protocol import Design

LONG = 400
"""From so many periods on degrees of freedom abound, and the matrices over pairs of periods would be large."""

DUMMIES_UP_TO = 12
HARMONICS = 2
Floats = NDArray[np.float64]


def interrupted(design: Design, a: Assumed, extent: Extent) -> Precision:
    """The level, and the slope unless it is registered to stay, may change at each start, the later ones spread evenly
    after the first; a control series doubles the variance, and takes shared shocks away."""
    many = min(max(1, len(design.starts)), max(1, extent.after))
    starts = tuple(extent.before + turn * extent.after // many for turn in range(many))
    found = _series(extent.periods, starts, design.season or 0, a.serial or 0.0, slopes=design.impact_model != "level")
    if design.estimator == "structural":  # its degrees of freedom are periods less parameters
        found = Precision(found.variance, max(1.0, extent.periods - 1.0 - (design.season or 1)))
    return found if design.control is None else Precision(2 * found.variance, found.df)


@lru_cache(maxsize=512)
def _series(periods: int, starts: tuple[int, ...], season: int, serial: float, *, slopes: bool) -> Precision:
    columns = _columns(periods, starts, season, slopes=slopes)
    if np.linalg.matrix_rank(columns) < columns.shape[1] or periods <= columns.shape[1]:
        return Precision(math.inf, 1.0)
    bread = np.asarray(np.linalg.inv(columns.T @ columns), dtype=np.float64)
    contrast = np.zeros(columns.shape[1])
    breaks = (2 if slopes else 1) * len(starts)
    contrast[:breaks] = columns[starts[0] :, :breaks].mean(axis=0)
    weights = np.asarray(columns @ (bread @ contrast), dtype=np.float64)
    variance = float(covariance(weights[None, :], Likeness(0.0, serial))[0, 0])
    if periods > LONG:
        return Precision(variance, float(periods - columns.shape[1]))
    return Precision(variance, _degrees(columns, bread, weights, serial))


def _columns(periods: int, starts: tuple[int, ...], season: int, *, slopes: bool) -> Floats:
    """Return level (and slope) changes, intercept, trend and season over the periods, slopes by their length: (T, k).

    A season of up to twelve periods has an indicator for each but one, a longer one two pairs of harmonics.
    """
    place = np.arange(periods, dtype=np.float64)
    columns: list[Floats] = []
    for start in starts:
        after = np.asarray(place >= start, dtype=np.float64)
        columns += [after, (place - start) * after / periods] if slopes else [after]
    columns += [np.ones(periods), place / periods]
    if 0 < season <= DUMMIES_UP_TO:
        columns += [np.asarray(place % season == turn, dtype=np.float64) for turn in range(1, season)]
    elif season:
        angle = 2 * np.pi * place / season
        columns += [wave(turn * angle) for turn in range(1, HARMONICS + 1) for wave in (np.sin, np.cos)]
    return np.column_stack(columns)


def _degrees(columns: Floats, bread: Floats, weights: Floats, serial: float) -> float:
    """Return Satterthwaite's degrees of freedom of the Newey–West variance, the correlation being known."""
    n = len(columns)
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    lag = int(4 * (n / 100) ** (2 / 9))
    form = np.maximum(0, 1 - apart / (lag + 1)) * np.outer(weights, weights)
    left = np.eye(n) - columns @ bread @ columns.T
    spread = left @ form @ left @ np.power(serial, apart)
    return max(1.0, float(np.trace(spread)) ** 2 / float(np.sum(spread * spread.T)))
