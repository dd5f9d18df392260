"""The trial that [size] plans, or one of another extent; and those whose inference knows neither z nor t."""

import math
from dataclasses import dataclass, replace
from typing import Final

from clew.pilot.assumptions import Assumed, assume
from clew.pilot.extent import Extent
from clew.pilot.precision import DEALT, PRECISION
from clew.pilot.precision_placebo import placebo_margin, placebo_power
from clew.pilot.protocol import Protocol
from clew.pilot.rare import power_of_rates, rate_for_effect
from clew.pilot.trial import Trial, looks_paid_for

LEAST_VARIANCE: Final = 1e-12
"""No estimate is surer than this, in variances of one outcome, not even where nothing varies over time."""


@dataclass(frozen=True, slots=True)
class ByPower(Trial):
    """A trial whose power is not that of a z or t test; its smallest effect is found by trying."""

    def detectable(self) -> float | None:
        """Return the size of the smallest effect with the wanted power; None where the largest possible has less."""
        sign, most, low = math.copysign(1.0, self.assumed.effect), self.largest_effect(), 0.0
        high = min(abs(self.assumed.effect), most)
        while self.power(sign * high) < self.assumed.power:
            if high >= most:
                return None
            low, high = high, min(2 * high, most)
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (low, middle) if self.power(sign * middle) >= self.assumed.power else (middle, high)
        return high

    def enough(self) -> bool:
        """Whether the effect worth having is shown with the wanted power."""
        return self.power(self.assumed.effect) >= self.assumed.power


@dataclass(frozen=True, slots=True)
class Ranked(ByPower):
    """One treated unit, whose effect is ranked among those of units that were not treated."""

    def power(self, effect: float, *, with_extensions: bool = False) -> float:
        """Return the chance to show an effect at the last look alone: its rank says little at an earlier one."""
        look = looks_paid_for(self.protocol) if with_extensions else self.protocol.looks.planned
        return placebo_power(self.precision, effect / self.std_error(effect), self.nominal_p(look))

    def half_width(self, effect: float) -> float:
        """Return half the width of the interval; infinite where so few units can reject nothing."""
        limit = self.nominal_p(looks_paid_for(self.protocol))
        return self.std_error(effect) * placebo_margin(self.precision, limit)


@dataclass(frozen=True, slots=True)
class Counted(ByPower):
    """Rare events, counted exactly: units are units of exposure, or rows that expect events (`rate_for_effect`)."""

    @property
    def events_in_all(self) -> bool:
        """Whether the effect is in events in all, held against a number known beforehand."""
        return self.protocol.design.estimator == "observed-minus-expected"

    @property
    def _of_one(self) -> float:
        """By how much an effect of 1 changes the events of one unit."""
        planned = self.protocol.size.units or self.extent.units
        return rate_for_effect(self.protocol, self.assumed.baseline, planned)

    def power(self, effect: float, *, with_extensions: bool = False) -> float:
        """Return the chance to show an effect at the last look alone, exactly."""
        look = looks_paid_for(self.protocol) if with_extensions else self.protocol.looks.planned
        exposure, rate = self.extent.units * look / self.protocol.looks.planned, self.assumed.baseline
        rates, limit = (rate, max(0.0, rate + effect * self._of_one)), self.nominal_p(look)
        if self.events_in_all:
            return power_of_rates(exposure * self.share, rates, None, alpha=limit)
        return power_of_rates(exposure, rates, self.share, alpha=limit)

    def largest_effect(self, *, as_improvement: bool = True) -> float:
        """Return how large an improvement (or a loss) can be, in the effect's units."""
        falls = (self.assumed.effect < 0) is as_improvement
        return self.assumed.baseline / self._of_one if falls else 1e6 * abs(self.assumed.effect)

    def std_error(self, effect: float) -> float:
        """Return Poisson's standard error, of two rates or of the treated side's events."""
        rate, of_one = self.assumed.baseline, self._of_one
        treated = max(0.0, rate + effect * of_one)
        if self.events_in_all:
            return math.sqrt(max(1.0, treated / of_one))
        exposure = self.extent.units
        return math.sqrt(treated / (exposure * self.share) + rate / (exposure * (1 - self.share))) / of_one


def trial_of(protocol: Protocol, a: Assumed, extent: Extent) -> Trial:
    """Return the pilot of this extent."""
    precision = PRECISION[protocol.design.kind](protocol.design, a, extent)
    precision = replace(precision, variance=max(precision.variance, LEAST_VARIANCE))
    if protocol.design.kind in DEALT:
        precision = replace(precision, df=_degrees_of_freedom(protocol, extent))
    form = Ranked if precision.ranked is not None else Counted if protocol.design.kind == "rare-events" else Trial
    return form(protocol, a, extent, precision)


def planned_trial(protocol: Protocol, assumed: Assumed | None = None) -> Trial | None:
    """Return the trial that [size] plans; None where it does not plan what its kind is large by."""
    a = assumed or assume(protocol)
    extent = planned_extent(protocol, a)
    return None if extent is None else trial_of(protocol, a, extent)


def planned_extent(protocol: Protocol, a: Assumed) -> Extent | None:
    """Return how far the plan reaches: periods of a series, else units, and clusters where these are dealt."""
    size, design = protocol.size, protocol.design
    units = (size.units or 1) if design.kind == "interrupted-time-series" else size.units
    lacks = size.periods is None and design.kind == "interrupted-time-series"
    if units is None or lacks or (design.deals_clusters and size.clusters is None):
        return None
    return extent_of(a, units, size.clusters if design.cluster is not None else None)


def extent_of(a: Assumed, units: float, clusters: float | None, periods: int | None = None) -> Extent:
    """Return an extent over the periods assumed, or over so many with the same share of them before the start."""
    if a.periods is None or a.periods_before is None:
        return Extent(units, clusters)
    many = max(2, periods or a.periods)
    before = a.periods_before if periods is None else round(a.periods_before * many / a.periods)
    return Extent(units, clusters, many, min(max(1, before), many - 1))


def _degrees_of_freedom(protocol: Protocol, extent: Extent) -> float:
    """Return those of the t test: by clusters where errors are counted by them, by units for a mean, else infinite."""
    if extent.clusters is not None:
        return max(1.0, extent.clusters - 2.0)
    return max(1.0, extent.units - 2.0) if protocol.outcome.measure == "mean" else math.inf
