"""A benchmark without a ranking: which units differ from the whole by more than chance, given how small they are.

Each unit's figure stands against its size inside limits that narrow as size grows. Whatever lies inside is what chance
makes of units that are all alike, and is not called better or worse. Where the units scatter more than chance about
their target, the limits widen by what they share in scatter (random effects), so that a funnel does not accuse half of
all units of what no measured cause explains.

Sources: Spiegelhalter (2005), Funnel plots for comparing institutional performance, Stat. Med. 24; Spiegelhalter
(2005), Handling over-dispersion of performance indicators, Qual. Saf. Health Care 14; Manktelow & Seaton (2012),
Specifying the probability characteristics of funnel plot control limits, PLoS ONE 7(9).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, inf, isfinite, sqrt
from typing import Final, Literal

import numpy as np
from scipy.special import bdtr, bdtrik, ndtri, pdtr, pdtrc, pdtrik

from clew.evaluate.finding import Picture, Point, Series
from clew.evaluate.regression import level_codes
from clew.evaluate.rows import Floats, Moments, numbered, summed
from clew.pilot.protocol import Measure
from clew.tables.wording import listed

WARNING: Final = 0.025
"""Chance beyond either inner limit."""

ALARM: Final = 0.001
"""Chance beyond either outer limit, which is the one that is judged by: three standard deviations, as Shewhart's."""

WINSORISED: Final = 0.1
"""Share of units at either end that enter the scatter as the unit at that place does."""

FEWEST: Final = 10
"""Among fewer units than this, one that stands out cannot be told from units that all scatter; limits stay chance's."""

Place = Literal["inside", "above", "below"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's figure: `size` people (or exposure, or expected events), `value` its mean, share or rate."""

    label: str
    size: float
    value: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """What all units have in common. `target`: the figure of all together. `sd`: of one row of a mean, else 1.

    `phi`: mean squared z-score, winsorised: 1 where units differ by chance alone. `tau`: standard deviation between
    units that the limits allow for, in the figure's units; 0 where their scatter is chance's.
    """

    measure: Measure
    target: float
    sd: float
    phi: float
    tau: float

    def limits(self, size: float, tail: float = ALARM) -> tuple[float, float]:
        """The figures beyond which a unit of this size lies with at most the chance `tail` on either side."""
        low, high = self._by_chance(size, tail)
        if not self.tau:
            return low, high
        reach = -float(ndtri(tail)) * sqrt(self.error(size) ** 2 + self.tau**2)
        least, most = _possible(self.measure)
        return max(least, min(low, self.target - reach)), min(most, max(high, self.target + reach))

    def error(self, size: float) -> float:
        """The standard error of a unit's figure if it is like all others."""
        return self.sd * _spread(self.measure, self.target) / sqrt(size)

    def place(self, unit: Unit) -> Place:
        """Where a unit stands by the outer limits."""
        low, high = self.limits(unit.size)
        rounding = 1e-9 * max(abs(low), abs(high) if high < inf else 0.0, abs(unit.value))
        if unit.value < low - rounding:
            return "below"
        return "above" if unit.value > high + rounding else "inside"

    def _by_chance(self, size: float, tail: float) -> tuple[float, float]:
        if self.measure == "proportion":
            return _binomial_limits(self.target, round(size), tail)
        if self.measure == "count":
            return _poisson_limits(self.target, size, tail)
        reach = -float(ndtri(tail)) * self.error(size)
        return self.target - reach, self.target + reach


def funnel(units: Sequence[Unit], measure: Measure, *, sd: float = 1.0, target: float | None = None) -> Funnel:
    """Find target and scatter of units with a positive size each. `target`: None for that of all together.

    The limits widen only where the scatter is more than chance makes of so many units.
    """
    size, value = (np.array([getattr(unit, part) for unit in units], dtype=np.float64) for part in ("size", "value"))
    centre = float(size @ value / size.sum()) if target is None else target
    plain = Funnel(measure, centre, sd, 1.0, 0.0)
    error = np.array([plain.error(one) for one in size])
    if not np.all(error > 0):
        return plain
    phi = scatter((value - centre) / error)
    wide = len(units) >= FEWEST and phi > 1 + 2 * sqrt(2 / len(units))
    tau = between(phi, error) if wide else 0.0
    return Funnel(measure, centre, sd, phi, tau)


def scatter(z: Floats, share: float = WINSORISED) -> float:
    """Mean square of z-scores whose outer shares are drawn in to the quantiles there."""
    low, high = np.quantile(z, [share, 1 - share])
    return float(np.mean(np.clip(z, low, high) ** 2))


def between(phi: float, error: Floats) -> float:
    """The standard deviation between units, by moments; 0 where there is none.

    Source: DerSimonian & Laird (1986), Controlled Clinical Trials 7, with the winsorised Q.
    """
    weights, units = error**-2, len(error)
    spare = weights.sum() - np.sum(weights**2) / weights.sum()
    return sqrt(max((units * phi - (units - 1)) / spare, 0.0)) if spare > 0 else 0.0


def _spread(measure: Measure, target: float) -> float:
    """The standard deviation of one row, as a multiple of `sd`."""
    if measure == "mean":
        return 1.0
    return sqrt(max(target * (1 - target), 0.0)) if measure == "proportion" else sqrt(max(target, 0.0))


def _possible(measure: Measure) -> tuple[float, float]:
    return {"mean": (-inf, inf), "proportion": (0.0, 1.0), "count": (0.0, inf)}[measure]


def _binomial_limits(share: float, size: int, tail: float) -> tuple[float, float]:
    """Exact limits of a share; the upper is the lower one of what did not happen."""
    if not 0 < share < 1:
        return share, share
    return _lowest_share(share, size, tail), 1 - _lowest_share(1 - share, size, tail)


def _lowest_share(share: float, size: int, tail: float) -> float:
    def at_most(count: int) -> float:
        return float(bdtr(count, size, share)) if count >= 0 else 0.0

    return max(_too_few(at_most, float(bdtrik(tail, size, share)), tail), 0.0) / size


def _poisson_limits(rate: float, size: float, tail: float) -> tuple[float, float]:
    """Exact limits of a rate, the upper one found from above as the lower is from below."""
    mean = rate * size
    if mean <= 0:
        return 0.0, 0.0

    def at_most(count: int) -> float:
        return float(pdtr(count, mean)) if count >= 0 else 0.0

    def at_least_negated(count: int) -> float:
        return float(pdtrc(-count - 1, mean)) if count < 0 else 1.0

    low = _too_few(at_most, float(pdtrik(tail, mean)), tail)
    high = -_too_few(at_least_negated, -float(pdtrik(1 - tail, mean)), tail)
    return max(low, 0.0) / size, high / size


def _too_few(at_most: Callable[[int], float], start: float, tail: float) -> float:
    """Where a count is too few: the smallest that `tail` allows, less the share of its own chance that is to spare.

    `start`: near it. Counts below the result have less than the chance `tail` together.
    """
    count = ceil(start) if isfinite(start) else 0
    while at_most(count) < tail:
        count += 1
    while at_most(count - 1) >= tail:
        count -= 1
    here, below = at_most(count), at_most(count - 1)
    return count - (here - tail) / (here - below)


def units_of(moments: Moments, column: str, *, over: str | None = None) -> tuple[tuple[Unit, ...], float]:
    """The units that a key column tells apart, in label order, and the standard deviation of a row about its unit.

    `over`: the variable (exposure, expected events) that counts are divided by; None: by rows. Units of size 0 are
    left out.
    """
    codes, labels = level_codes(moments, column), moments.keys[column].labels
    named = [labels[code] for code in numbered(moments.keys[column].codes)[0]]
    products = summed(moments.products, codes, len(named))
    weight, total, square = products[:, 0, 0], products[:, 0, 1], products[:, 1, 1]
    place = 2 + moments.covariates.index(over) if over else 0
    size = products[:, 0, place] + (moments.centre[place - 1] * weight if over else 0.0)
    values = total + moments.centre[0] * weight
    scattered = float(np.sum(np.maximum(square - total**2 / weight, 0.0)))
    spare = max(float(weight.sum()) - len(named), 1.0)
    known = zip(named, size.tolist(), values.tolist(), strict=True)
    return tuple(Unit(label, n, y / n) for label, n, y in known if n > 0), sqrt(scattered / spare)


def sentence(found: Funnel, units: Sequence[Unit]) -> str:
    """Who lies outside, and that those inside are not ranked."""
    outside = {place: [unit.label for unit in units if found.place(unit) == place] for place in ("above", "below")}
    inside = len(units) - sum(map(len, outside.values()))
    said = f"{inside} of {len(units)} lie inside the limits: their differences are what chance makes, and no ranking"
    for place, labels in outside.items():
        said += f"; {place} them {'lies' if len(labels) == 1 else 'lie'} {listed(labels)}" if labels else ""
    widened = f" The limits allow for units that differ by {found.tau:.3g} (standard deviation) beyond chance."
    return f"{said}.{widened if found.tau else ''}"


def picture(found: Funnel, units: Sequence[Unit], *, title: str, size: str, value: str) -> Picture:
    """The units, the target, and both pairs of limits from the smallest to the largest unit."""
    sizes = [unit.size for unit in units]
    grid = np.geomspace(min(sizes), max(sizes), 41).tolist() if len(set(sizes)) > 1 else [sizes[0]]
    lines = [("all together", [(x, found.target) for x in grid])]
    for tail, name in ((ALARM, "99.8 % limit"), (WARNING, "95 % limit")):
        for side, end in enumerate(("lower", "upper")):
            lines.append((f"{end} {name}", [(x, found.limits(x, tail)[side]) for x in grid]))
    marks = tuple(Point(unit.size, unit.value, label=unit.label) for unit in units)
    drawn = (Series(name, "line", tuple(Point(x, y) for x, y in points)) for name, points in lines)
    return Picture("funnel", title, sentence(found, units), size, value, (Series("units", "points", marks), *drawn))
