"""How far from the cut-off to look: the bandwidth that makes the estimate's mean squared error smallest.

Three steps, each a trade between the squared bias and the variance of a coefficient: a pilot bandwidth d for the third
derivative, the bias bandwidth b for the second, and the main bandwidth h for the jump itself.

Source: Calonico, Cattaneo & Titiunik (2014), Econometrica 82(6), §4; Calonico, Cattaneo & Titiunik (2014), Robust
data-driven inference in the regression-discontinuity design, Stata Journal 14(4), §2.6; Calonico, Cattaneo & Farrell
(2020), Optimal bandwidth choice for robust bias-corrected inference, Econometrics Journal 23(2); with covariates:
Calonico, Cattaneo, Farrell & Titiunik (2019), Review of Economics and Statistics 101(3).
"""

import math
from dataclasses import dataclass

import numpy as np

from clew.evaluate.discontinuity_adjustment import contrast
from clew.evaluate.local_polynomial import Kernel, Running, local_fit, spread_of, variance
from clew.evaluate.rows import Floats

FIRST_BANDWIDTH = {"triangular": 2.576, "uniform": 1.843}
"""Rule-of-thumb constants for the density of the running variable, by kernel."""

REPEATED = 0.2
"""From this share of repeated values on, the first two windows must hold a least number of distinct ones."""

LEAST_DISTINCT = 10
"""That least number, on each side."""

INSIDE = 3
"""The chosen bandwidth holds so many distinct values on each side, that of the bias one more."""


JUST_BEYOND = 1 + math.sqrt(np.finfo(float).eps)
"""A window of so many times the distance to a value holds that value."""


@dataclass(frozen=True, slots=True)
class Bandwidths:
    """Main bandwidth `h` of the estimate and `b` of its bias, in the running variable's units."""

    h: float
    b: float


@dataclass(frozen=True, slots=True)
class _Ask:
    """Which coefficient is wanted: its `power` in a fit of `order`. `regularised`: an unsure bias counts as large."""

    order: int
    power: int
    regularised: bool


@dataclass(frozen=True, slots=True)
class _Trade:
    """Variance and bias of a coefficient on one side, freed of the bandwidth; `penalty`: how unsure the bias is."""

    variance: float
    bias: float
    penalty: float


@dataclass(frozen=True, slots=True)
class _Side:
    """One side's `rows`, and those `near` the cut-off: within `h`, with their `spread`."""

    rows: Running
    near: Running
    spread: Floats | None
    h: float
    kernel: Kernel


def best_bandwidths(running: Running, kernel: Kernel = "triangular") -> Bandwidths:
    """The MSE-optimal bandwidths for the first variable's jump, by a local line corrected by a local parabola.

    Where the jump is divided by that of what was received, these are still the outcome's: a ratio's own would depend on
    the outcome's origin and fall apart where receiving hardly jumps. Covariates are adjusted for on either side apart.
    Raises: InputError where a side holds too few distinct values.
    """
    outcome = running.variables(0)
    sides = (outcome.below(), outcome.above())
    ranges = (-float(sides[0].x[0]), float(sides[1].x[-1]))
    reach, beyond = max(ranges), (ranges[0] * JUST_BEYOND, ranges[1] * JUST_BEYOND)
    rule = FIRST_BANDWIDTH[kernel] * _spread(running) * running.distinct**-0.2
    least = _least(sides)
    near = _near(sides, max(min(rule, reach), least), kernel)
    pilot = max(min(_best(near, _Ask(3, 3, regularised=False), beyond), reach), least)
    bias = min(_best(near, _Ask(2, 2, regularised=True), (pilot, pilot)), reach)
    main = min(_best(near, _Ask(1, 0, regularised=True), (bias, bias)), reach)
    return Bandwidths(main, bias)


def _near(sides: tuple[Running, Running], h: float, kernel: Kernel) -> tuple[_Side, _Side]:
    below, above = (side.within(h, kernel) for side in sides)
    return (
        _Side(sides[0], below, spread_of(below), h, kernel),
        _Side(sides[1], above, spread_of(above), h, kernel),
    )


def _best(sides: tuple[_Side, _Side], ask: _Ask, further: tuple[float, float]) -> float:
    """The bandwidth of least mean squared error; `further`: within which the bias is told, below and above."""
    left, right = (_trade(side, ask, bias_h) for side, bias_h in zip(sides, further, strict=True))
    noise = left.variance + right.variance
    curved = (right.bias - left.bias) ** 2 + left.penalty + right.penalty
    return math.inf if noise == 0 or curved == 0 else float((noise / curved) ** (1 / (2 * ask.order + 3)))


def _trade(side: _Side, ask: _Ask, bias_h: float) -> _Trade:
    power, beyond, h = ask.power, ask.order + 1, side.h
    fit = local_fit(side.near, ask.order, h, side.kernel)
    influences, weights = fit.influence(power), contrast(fit)
    noise = h ** (2 * power + 1) * float(weights @ variance(fit, influences, side.spread) @ weights)
    constant = float(influences @ (side.near.n * (side.near.x / h) ** beyond)) * h**power
    wider = local_fit(side.rows.within(bias_h, side.kernel), beyond, bias_h, side.kernel)
    slope = float(wider.coefficients[beyond] @ weights) / bias_h**beyond
    unsure = 0.0
    if ask.regularised:
        unsure = float(weights @ variance(wider, wider.influence(beyond), spread_of(wider.rows)) @ weights)
    per_bias = 2 * (beyond - power)
    return _Trade((2 * power + 1) * noise, math.sqrt(per_bias) * constant * slope, 3 * per_bias * constant**2 * unsure)


def _least(sides: tuple[Running, Running]) -> float:
    """What the first two bandwidths must reach for ten distinct values a side where many rows share one; else 0."""
    rows = sum(float(side.n.sum()) for side in sides)
    if 1 - sum(side.distinct for side in sides) / rows < REPEATED:
        return 0.0
    return max(_reach_of_distinct(side, LEAST_DISTINCT) for side in sides) * JUST_BEYOND


def _reach_of_distinct(side: Running, place: int) -> float:
    """How far from the cut-off the distinct value of this place lies, or the last one where there are fewer."""
    values = np.sort(np.abs(side.x[np.diff(side.x, prepend=-np.inf) > 0]))
    return float(values[min(place, len(values)) - 1])


def widened(running: Running, chosen: Bandwidths) -> Bandwidths:
    """The same bandwidths, wider where many rows on few values leave hardly any value within.

    As rows grow, the best bandwidth shrinks below the steps of a score; then only its nearest values are left.
    """
    sides = (running.below(), running.above())
    h, b = (max(_reach_of_distinct(side, INSIDE + more) for side in sides) for more in (1, 2))
    return Bandwidths(max(chosen.h, h), max(chosen.b, b))


def _spread(running: Running) -> float:
    """The smaller of standard deviation and normal-scaled interquartile range of the running variable."""
    below, above = (_quantile(running, share) for share in (0.25, 0.75))
    return min(_deviation(running), (above - below) / 1.349)


def _deviation(running: Running) -> float:
    rows = running.n.sum()
    mean = float(running.x @ running.n) / rows
    return math.sqrt(float((running.x - mean) ** 2 @ running.n) / (rows - 1))


def _quantile(running: Running, share: float) -> float:
    """The mean of the smallest values that at least, and more than, `share` of the rows do not exceed."""
    upto = np.cumsum(running.n)
    at = share * upto[-1]
    return float(running.x[[np.searchsorted(upto, at), np.searchsorted(upto, at, side="right")]].mean())
