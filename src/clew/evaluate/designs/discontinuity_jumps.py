"""The jump as a protocol asks for it: treated side minus the other, by its bandwidth or the best one."""

import math
from dataclasses import dataclass

from scipy.special import ndtr

from clew.evaluate.discontinuity import Jump, jump
from clew.evaluate.discontinuity_bandwidth import Bandwidths
from clew.evaluate.finding import Further, LookAt
from clew.evaluate.local_polynomial import Running
from clew.evaluate.looks import critical_value
from clew.pilot.protocol import Design, Protocol


def jump_of(protocol: Protocol, running: Running, bandwidths: Bandwidths | None = None) -> Jump:
    """Return the jump of the first variable (per unit of the second, where there is one) at the cut-off.

    `bandwidths`: None for the registered one, for line and parabola alike, or else the best ones.
    Raises: InputError where a side holds too few values.
    """
    return jump(running, bandwidths or registered(protocol.design))


def registered(design: Design) -> Bandwidths | None:
    """Return the bandwidths that the protocol names, None where it leaves them to the data."""
    return None if design.bandwidth is None else Bandwidths(design.bandwidth, design.bandwidth)


def rows_within(found: Jump) -> str:
    """Return how many rows a jump rests on, in words."""
    return f"{found.n_above} rows on the treated side and {found.n_below} on the other, within {found.bandwidths.h:.4g}"


def scaled(bandwidths: Bandwidths, factor: float) -> Bandwidths:
    """Return bandwidths so many times as wide."""
    return Bandwidths(factor * bandwidths.h, factor * bandwidths.b)


def two_sided(t: float) -> float:
    """Return the two-sided p-value of a standard normal statistic."""
    return 2 * float(ndtr(-abs(t)))


@dataclass(frozen=True, slots=True)
class Inference:
    """What a jump allows to say: its robust interval at a level, centred on the estimate freed of its bias."""

    found: Jump

    @property
    def t(self) -> float:
        """The corrected estimate over its robust standard error; without one infinite, or 0 where nothing jumps."""
        found = self.found
        if found.std_error == 0:
            return math.copysign(math.inf, found.estimate) if found.estimate else 0.0
        return found.estimate / found.std_error

    @property
    def statistic(self) -> float | None:
        """The same where it is finite, to be written down."""
        return self.t if math.isfinite(self.t) else None

    @property
    def p_value(self) -> float:
        """Two-sided, of no jump, by the normal distribution."""
        return two_sided(self.t)

    def interval(self, level: float) -> tuple[float, float]:
        """Return the robust bias-corrected interval."""
        margin = critical_value(1 - level, math.inf) * self.found.std_error
        return self.found.estimate - margin, self.found.estimate + margin

    def further(self, name: str, look: LookAt, why: str) -> Further:
        """Return the line's estimate with the robust interval of this look, to stand beside the effect."""
        level, error = round(1 - look.nominal_p, 12), self.found.std_error or None
        interval = self.interval(level)
        return Further(name, self.found.conventional, error, interval, level, p_value=self.p_value, why=why)
