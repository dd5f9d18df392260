"""The trial as planned, as normal theory sees it before there are data: what it can show, how wide its interval is."""

import math
from dataclasses import dataclass

from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, stdtrit

from clew.pilot import spending
from clew.pilot.assumptions import Assumed, assume
from clew.pilot.power import (
    Variances,
    design_effect,
    expected_z,
    largest_effect,
    small_sample_factor,
    t_power,
    variances,
)
from clew.pilot.protocol import Protocol


def looks_paid_for(protocol: Protocol) -> int:
    """Return how many looks the error rate pays for: planned ones and extensions; a single look has none."""
    return 1 if protocol.looks.method == "single" else protocol.looks.planned + protocol.extend_times


@dataclass(frozen=True, slots=True)
class Trial:
    """Units and clusters in all at the last planned look, worth `effective` independent units there.

    `df`: degrees of freedom of its t, None where the normal is used. Effects are signed, treated minus comparison.
    """

    protocol: Protocol
    assumed: Assumed
    units: int
    clusters: int | None
    effective: float
    df: float | None

    def _few(self, look: int) -> float:
        """Return by what factor few degrees of freedom multiply the size, at the p-value limit of this look."""
        power = self.assumed.power
        return 1.0 if self.df is None else small_sample_factor(self.df, alpha=self.nominal_p(look), power=power)

    def _spread(self, effect: float) -> Variances:
        a = self.assumed
        return variances(self.protocol.outcome.measure, a.baseline, effect, a.share, a.sd)

    def _expected_z(self, effect: float) -> float:
        a = self.assumed
        return min(1e9, expected_z(self._spread(effect), effect, a.share, self.effective, alpha=a.alpha))

    def power(self, effect: float, *, with_extensions: bool = False) -> float:
        """Return the chance to show an effect by the last planned look, or by the last look that may be taken.

        Exact (noncentral t) for a single look; for several, the drift is shrunk as few degrees of freedom demand.
        """
        paid, planned = looks_paid_for(self.protocol), self.protocol.looks.planned
        z, looks = self._expected_z(effect), paid if with_extensions else planned
        if paid == 1 and self.df is not None:
            return t_power(z, self.df, alpha=self.assumed.alpha)
        drift = min(z, 40.0) / math.sqrt(self._few(looks)) * math.sqrt(looks / planned)
        return min(1.0, spending.chance(drift, self.assumed.alpha, looks, paid))

    def detectable(self) -> float | None:
        """Return the size of the smallest effect with the wanted power; None where the largest possible has less."""
        a, planned = self.assumed, self.protocol.looks.planned
        wanted = spending.drift_needed(a.alpha, a.power, planned, looks_paid_for(self.protocol))
        wanted *= math.sqrt(self._few(planned))
        sign, high = math.copysign(1.0, a.effect), self.largest_effect()
        if self._expected_z(sign * high) < wanted:
            return None
        return float(brentq(lambda effect: self._expected_z(sign * effect) - wanted, 1e-9 * high, high))

    def largest_effect(self, *, as_improvement: bool = True) -> float:
        """Return how large an improvement (or a loss) can be; a million times the effect worth having, if unbounded."""
        a = self.assumed
        direction = a.effect if as_improvement else -a.effect
        most = largest_effect(self.protocol.outcome.measure, a.baseline, direction)
        return 1e6 * abs(a.effect) if most is None else max(most, 0.0)

    def half_width(self, effect: float) -> float:
        """Return half the width of the interval at the last look that may be taken, if this effect is found."""
        a, paid = self.assumed, looks_paid_for(self.protocol)
        spread = self._spread(effect)
        effective = self.effective * paid / self.protocol.looks.planned
        error = math.sqrt((spread.treated / a.share + spread.comparison / (1 - a.share)) / effective)
        return error * self.critical_value(paid)

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


def planned_trial(protocol: Protocol, assumed: Assumed | None = None) -> Trial | None:
    """Return the trial that [size] plans; None where it plans no units, or no clusters though these are randomised."""
    a = assumed or assume(protocol)
    units, clusters = protocol.size.units, protocol.size.clusters
    if units is None or (protocol.design.deals_clusters and clusters is None):
        return None
    spread_out = 1.0
    if protocol.design.deals_clusters:
        spread_out = design_effect(a.cluster_size or 1.0, a.icc or 0.0, a.cv or 0.0)
    return Trial(
        protocol=protocol,
        assumed=a,
        units=units,
        clusters=clusters if protocol.design.cluster is not None else None,
        effective=units / spread_out / (1 - a.r2),
        df=_degrees_of_freedom(protocol, units, clusters),
    )


def _degrees_of_freedom(protocol: Protocol, units: int, clusters: int | None) -> float | None:
    """Return those of the t test: by clusters where errors are counted by them, by units for a mean, else None."""
    if protocol.design.cluster is not None and clusters is not None:
        return max(1.0, clusters - 2.0)
    return max(1.0, units - 2.0) if protocol.outcome.measure == "mean" else None
