"""Whether a jump at a cut-off is one: without the rows next to it, and at places where nothing should jump.

Source: Barreca, Guldi, Lindo & Waddell (2011), Saving babies? Revisiting the effect of very low birth weight
classification, Quarterly Journal of Economics 126(4) (donut); Imbens & Lemieux (2008), Regression discontinuity
designs: a guide to practice, Journal of Econometrics 142(2), §7 (placebo cut-offs).
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from clew.errors import InputError
from clew.evaluate.discontinuity import Jump, corrected_influences, jump
from clew.evaluate.discontinuity_adjustment import adjusted
from clew.evaluate.discontinuity_bandwidth import Bandwidths
from clew.evaluate.local_polynomial import Kernel, Running, local_fit, spread_of, variance
from clew.evaluate.rows import Floats

AT_THE_EDGE = 1 - 1e-9
"""Decimal distances are not exact: a row this little nearer than the donut is wide counts as at its edge."""

PLACEBO_SHARES = (1 / 6, 1 / 3, 1 / 2, 2 / 3, 5 / 6)
"""Placebo cut-offs stand at these shares of each side's rows."""


@dataclass(frozen=True, slots=True)
class Donut:
    """The jump without the rows near the cut-off, and how unsure its distance from the jump with them is.

    `change`: bias-corrected jump without them minus that with them; `change_error`: its robust standard error.
    """

    without: Jump
    change: float
    change_error: float


@dataclass(frozen=True, slots=True)
class Placebo:
    """The jump at a cut-off that is none, `place` away from the true one."""

    place: float
    jump: Jump


def without_hole(running: Running, width: float) -> Running:
    """The values at least `width` away from the cut-off."""
    return running.where(np.abs(running.x) >= width * AT_THE_EDGE)


def donut(running: Running, width: float, bandwidths: Bandwidths, kernel: Kernel = "triangular") -> Donut:
    """Compare the jump of the only variable with and without the rows nearer than `width` to the cut-off.

    Both are sums over the same rows, so is their difference, and its variance counts what they share. Covariates are
    adjusted for by what they explain of all rows.
    Raises: InputError where too few distinct values are left within the bandwidth.
    """
    held = adjusted(running, bandwidths.h, kernel)
    full = jump(held, bandwidths, kernel)
    hollow = jump(without_hole(held, width), bandwidths, kernel)
    spread = sum(_change_variance(side, width, bandwidths, kernel) for side in (held.below(), held.above()))
    return Donut(hollow, hollow.estimate - full.estimate, math.sqrt(max(spread, 0.0)))


def _change_variance(side: Running, width: float, bandwidths: Bandwidths, kernel: Kernel) -> float:
    rows = side.within(max(bandwidths.h, bandwidths.b), kernel)
    kept = np.abs(rows.x) >= width * AT_THE_EDGE
    change = -_influences(rows, bandwidths, kernel)
    change[kept] += _influences(rows.where(kept), bandwidths, kernel)
    return float(variance(local_fit(rows, 2, bandwidths.b, kernel), change, spread_of(rows))[0, 0])


def _influences(rows: Running, bandwidths: Bandwidths, kernel: Kernel) -> Floats:
    line, parabola = local_fit(rows, 1, bandwidths.h, kernel), local_fit(rows, 2, bandwidths.b, kernel)
    return corrected_influences(line, parabola)


def placebo_jumps(
    running: Running, bandwidths: Bandwidths | None = None, kernel: Kernel = "triangular"
) -> tuple[Placebo, ...]:
    """The jumps of the only variable at five places on each side, from that side's rows alone.

    `bandwidths`: each place's own best ones where None. Places where too few distinct values stand on either side of
    them are left out.
    """
    found = []
    for side in (running.below(), running.above()):
        upto = np.cumsum(side.n) / side.n.sum()
        for place in np.unique(side.x[np.searchsorted(upto, PLACEBO_SHARES)]):
            try:
                found.append(Placebo(float(place), jump(replace(side, x=side.x - place), bandwidths, kernel)))
            except InputError:
                continue
    return tuple(found)
