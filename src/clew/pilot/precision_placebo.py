"""How sharp a synthetic control is, and what its placebo test can show: by made-up panels without any effect.

Weights follow the outcomes, so no closed form is at hand: panels are made up with fixed random numbers, the weights
fitted, and the effects found are kept. One treated unit's own luck stays, however many others there are.

Sources: Abadie, Diamond & Hainmueller (2010), JASA 105(490) (weights, placebo test: its least p-value is one over the
number of units); Firpo & Possebom (2018), J. Causal Inference 6(2) (effects not rejected); Arkhangelsky, Athey,
Hirshberg, Imbens & Wager (2021), American Economic Review 111(12), algorithm 1.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv

from clew.pilot.assumptions import Assumed
from clew.pilot.extent import Extent, Precision
from clew.pilot.protocol import Design
from clew.pilot.simplex import hull_weights

PANELS = 300
MOST_DONORS = 60
"""With more units to choose from the weights hardly change; so many are made up."""

MOST_PERIODS = 120
"""Of longer panels so many periods on either side are made up."""

Floats = NDArray[np.float64]
Found = tuple[float, float]
"""The effect found where there is none, and the misfit before the start by which it is divided before it is ranked."""


def synthetic_control(design: Design, a: Assumed, extent: Extent) -> Precision:
    """One treated unit beside a weighted mean of the others, ranked among them by effect over misfit."""
    return _by_panels(_followed, a, extent)


def synthetic_did(design: Design, a: Assumed, extent: Extent) -> Precision:
    """Weights for units and periods, then a difference of differences; its error is the scatter of placebo effects."""
    found, donors = _by_panels(_differenced, a, extent), math.floor(extent.units) - 1
    return replace(found, df=max(1.0, donors - 1.0), ranked=None, relative=(), misfit=())


def placebo_power(precision: Precision, effect: float, alpha: float) -> float:
    """Return the chance that placebo inference gives at most a two-sided `alpha`. `effect`: in standard errors.

    The treated unit must be surpassed by so few of the others that its rank among all is at most alpha: for each
    made-up unit, the binomial chance of that.
    """
    units = precision.ranked or 0
    few = math.floor(alpha * units + 1e-9)
    if few < 1:
        return 0.0
    unusual, misfit = np.array(precision.relative), np.array(precision.misfit)
    others = np.sort(np.abs(unusual) / misfit)
    own = np.abs(unusual + effect) / misfit
    below = (np.searchsorted(others, own) + 0.5).clip(0, len(others)) / len(others)
    return float(np.mean(betainc(units - few, few, below)))


def placebo_margin(precision: Precision, alpha: float) -> float:
    """Return half the width of the interval that placebo inference gives, in standard errors; infinite where so few
    units can reject nothing."""
    units = precision.ranked or 0
    few = math.floor(alpha * units + 1e-9)
    if few < 1:
        return math.inf
    misfit = np.array(precision.misfit)
    others = np.abs(np.array(precision.relative)) / misfit
    at = float(betaincinv(units - few, few, 0.5))
    return float(np.quantile(others, at) * np.median(misfit))


def _by_panels(found: Callable[[Floats, int], Found], a: Assumed, extent: Extent) -> Precision:
    units = max(3, math.floor(extent.units))
    donors, like = min(units - 1, MOST_DONORS), (a.icc or 0.0, a.serial or 0.0)
    before, after = min(extent.before, MOST_PERIODS), min(max(1, extent.after), MOST_PERIODS)
    effects, misfits = _made_up(found, donors, before, before + after, like)
    spread = max(1e-6, float(np.sqrt(np.mean(np.square(effects)))))
    relative = tuple(effect / spread for effect in effects)
    exact = sum(misfit < 1e-6 for misfit in misfits) * units > len(misfits) / 2
    return Precision(spread**2, math.inf, units, relative, (1.0,) * len(misfits) if exact else misfits)


@lru_cache(maxsize=64)
def _made_up(
    found: Callable[[Floats, int], Found], donors: int, before: int, periods: int, like: tuple[float, float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the effects and misfits found in panels without any effect, the first unit being the treated one."""
    icc, serial = like
    rng = np.random.default_rng(0)
    new = rng.standard_normal((PANELS, donors + 1, periods))
    new[:, :, 1:] *= math.sqrt(1 - serial**2)
    for period in range(1, periods):
        new[:, :, period] += serial * new[:, :, period - 1]
    panels = math.sqrt(icc) * rng.standard_normal((PANELS, donors + 1, 1)) + math.sqrt(1 - icc) * new
    pairs = [found(panel, before) for panel in panels]
    return tuple(effect for effect, _ in pairs), tuple(max(misfit, 1e-9) for _, misfit in pairs)


def _followed(panel: Floats, before: int) -> Found:
    weights = _nearest(panel[1:, :before].T - panel[0, :before, None], 0.0)
    gap = panel[0] - weights @ panel[1:]
    return float(gap[before:].mean()), float(np.sqrt(np.mean(gap[:before] ** 2)))


def _differenced(panel: Floats, before: int) -> Found:
    own, donors = panel[0], panel[1:]
    noise = float(np.std(np.diff(donors[:, :before], axis=1))) if before > 1 else 1.0
    ridge = math.sqrt(panel.shape[1] - before) * noise**2 * before
    columns = donors[:, :before] - donors[:, :before].mean(axis=1, keepdims=True)
    units = _nearest(columns.T - (own[:before] - own[:before].mean())[:, None], ridge)
    later = donors[:, before:].mean(axis=1)
    centred = donors[:, :before] - donors[:, :before].mean(axis=0)
    times = _nearest(centred - (later - later.mean())[:, None], 1e-12 * noise**2 * len(donors))
    gap = own - units @ donors
    return float(gap[before:].mean() - times @ gap[:before]), 1.0


def _nearest(about: Floats, ridge: float) -> Floats:
    """Return the weights w ≥ 0, Σw = 1, with the least |about·w|² + ridge·|w|², as those of real data are found."""
    scale = float(np.sqrt(np.mean(np.sum(about**2, axis=0)))) or 1.0
    return hull_weights(about / scale, math.sqrt(ridge) / scale)
