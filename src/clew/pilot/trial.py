"""The trial as planned, as normal theory sees it before there are data: what it can show, how wide its interval is."""

import math
from dataclasses import dataclass

import scipy
from scipy.special import ndtr, ndtri, stdtrit

from clew.pilot import spending
from clew.pilot.assumptions import Assumed
from clew.pilot.extent import Extent, Precision
from clew.pilot.power import (
    Variances,
    common,
    expected_z,
    largest_effect,
    over_time,
    small_sample_factor,
    t_power,
    variances,
)
from clew.pilot.precision import SIDES_HAVE_SHARES
from clew.pilot.protocol import Protocol


def looks_paid_for(protocol: Protocol) -> int:
    """Return how many looks the error rate pays for: planned ones and extensions; a single look has none."""
    return 1 if protocol.looks.method == "single" else protocol.looks.planned + protocol.extend_times


@dataclass(frozen=True, slots=True)
class Trial:
    """A pilot of this extent at the last planned look, and how precise its estimate is there.

    Effects are signed, treated minus comparison.
    """

    protocol: Protocol
    assumed: Assumed
    extent: Extent
    precision: Precision

    @property
    def df(self) -> float | None:
        """Degrees of freedom of its t, None where the normal is used."""
        return None if math.isinf(self.precision.df) else self.precision.df

    @property
    def share(self) -> float:
        """The treated share of what the estimate is uncertain by: of the units where two sides are held together."""
        return self.assumed.share if self.protocol.design.kind in SIDES_HAVE_SHARES else 0.5

    @property
    def effective(self) -> float:
        """How many independent units, dealt to two arms, would be as precise."""
        return 1 / (self.precision.variance * self.share * (1 - self.share))

    @property
    def reaches(self) -> float:
        """What share of the effect reaches the outcome: less than 1 where the effect is that of receiving."""
        design, share = self.protocol.design, self.assumed.received
        of_receiving = design.estimator == "two-stage-least-squares" or design.kind == "regression-discontinuity"
        return share if of_receiving and share is not None else 1.0

    def few(self, look: int) -> float:
        """Return by what factor few degrees of freedom multiply the size, at the p-value limit of this look."""
        power = self.assumed.power
        return 1.0 if self.df is None else small_sample_factor(self.df, alpha=self.nominal_p(look), power=power)

    def _spread(self, effect: float) -> Variances:
        a, measure, moved = self.assumed, self.protocol.outcome.measure, effect * self.reaches
        found = variances(measure, a.baseline, moved, self.share, a.sd)
        if self.precision.in_time is None:
            return found
        return over_time(found, common(measure, a.baseline, moved, a.sd), self.precision.in_time, self.share)

    def expected_z(self, effect: float) -> float:
        """Return the expected z of an effect at the last planned look."""
        reached = effect * self.reaches
        return min(1e9, expected_z(self._spread(effect), reached, self.share, self.effective, alpha=self.assumed.alpha))

    def power(self, effect: float, *, with_extensions: bool = False) -> float:
        """Return the chance to show an effect by the last planned look, or by the last look that may be taken.

        Exact (noncentral t) for a single look; for several, the drift is shrunk as few degrees of freedom demand.
        """
        paid, planned = looks_paid_for(self.protocol), self.protocol.looks.planned
        looks = paid if with_extensions else planned
        z = self.expected_z(effect)
        if paid == 1 and self.df is not None:
            return t_power(z, self.df, alpha=self.assumed.alpha)
        drift = min(z, 40.0) / math.sqrt(self.few(looks)) * math.sqrt(looks / planned)
        return min(1.0, spending.chance(drift, self.assumed.alpha, looks, paid))

    def detectable(self) -> float | None:
        """Return the size of the smallest effect with the wanted power; None where the largest possible has less."""
        sign, high = math.copysign(1.0, self.assumed.effect), self.largest_effect()
        wanted = self.wanted()
        if self.expected_z(sign * high) < wanted:
            return None
        if self.expected_z(sign * 1e-9 * high) >= wanted:
            return 1e-9 * high
        return float(scipy.optimize.brentq(lambda effect: self.expected_z(sign * effect) - wanted, 1e-9 * high, high))

    def wanted(self) -> float:
        """Return the expected z that gives the wanted power by the last planned look."""
        a, planned = self.assumed, self.protocol.looks.planned
        drift = spending.drift_needed(a.alpha, a.power, planned, looks_paid_for(self.protocol))
        return drift * math.sqrt(self.few(planned))

    def enough(self) -> bool:
        """Whether the effect worth having is shown with the wanted power."""
        return self.expected_z(self.assumed.effect) >= self.wanted()

    def largest_effect(self, *, as_improvement: bool = True) -> float:
        """Return how large an improvement (or a loss) can be; a million times the effect worth having, if unbounded."""
        a = self.assumed
        direction = a.effect if as_improvement else -a.effect
        most = largest_effect(self.protocol.outcome.measure, a.baseline, direction)
        return 1e6 * abs(a.effect) if most is None else max(most, 0.0)

    def std_error(self, effect: float) -> float:
        """Return the standard error of the estimate at the last planned look, if this effect is there."""
        spread, share = self._spread(effect), self.share
        variance = spread.treated * (1 - share) + spread.comparison * share
        return max(1e-12, math.sqrt(variance * self.precision.variance) / self.reaches)

    def half_width(self, effect: float) -> float:
        """Return half the width of the interval at the last look that may be taken, if this effect is found.

        Infinite where inference has so few units that it can reject nothing.
        """
        paid = looks_paid_for(self.protocol)
        return self.std_error(effect) * math.sqrt(self.protocol.looks.planned / paid) * self.critical_value(paid)

    def critical_value(self, look: int) -> float:
        """Return what |estimate / standard error| must reach at a look, on the t scale."""
        nominal = self.nominal_p(look)
        return float(-ndtri(nominal / 2)) if self.df is None else float(-stdtrit(self.df, nominal / 2))

    def nominal_p(self, look: int) -> float:
        """Return the two-sided p-value limit at a look."""
        return nominal_p(self.protocol, look)


def nominal_p(protocol: Protocol, look: int) -> float:
    """Return the two-sided p-value limit at a look, of all that are paid for."""
    boundary = spending.looks(protocol.looks.alpha, looks_paid_for(protocol))[look - 1].boundary
    return float(2 * ndtr(-boundary))
