"""Did somebody choose the side? The density of the running variable at the cut-off, and where else it jumps as far.

Where people can steer their score, more of them stand just on the side that pays. Administrative scores heap at many
values, so a small p-value alone says little: the jump at the cut-off is also ranked among jumps at placebo cut-offs.

Source: McCrary (2008), Manipulation of the running variable in the regression discontinuity design: a density test,
Journal of Econometrics 142(2), §3 (estimator), §3.2 (bin size and bandwidth).
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from clew.evaluate.rows import Floats

KAPPA = 3.348
"""McCrary's constant of the bandwidth rule, for the triangular kernel at a boundary."""

PLACEBOS = 10
"""At the fewest so many placebo cut-offs, as far apart as that allows."""

FEWEST_BINS = 6
"""A side with fewer bins cannot carry a fourth-degree polynomial and its noise."""

SPARED = 0.05
"""Placebo cut-offs leave this share of rows out at either end."""


@dataclass(frozen=True, slots=True)
class DensityJump:
    """The log of the density just above over that just below, with its standard error and two-sided p-value.

    `below`, `above`: the densities. `h`: bandwidth, `bin_width`: both in the running variable's units.
    """

    log_ratio: float
    std_error: float
    p_value: float
    below: float
    above: float
    h: float
    bin_width: float

    @property
    def t(self) -> float:
        """The log ratio over its standard error."""
        return self.log_ratio / self.std_error


@dataclass(frozen=True, slots=True)
class RankedDensity:
    """The jump at the cut-off and how many of the jumps at `placebos` are at least as large in |t|."""

    jump: DensityJump
    placebos: tuple[float, ...]
    as_large: int

    @property
    def rank(self) -> int:
        """1 where no placebo cut-off jumps as far."""
        return self.as_large + 1


@dataclass(frozen=True, slots=True)
class _Histogram:
    """Densities of bins, with midpoints about the cut-off; every bin lies on one side of it."""

    middle: Floats
    density: Floats
    rows: float
    bin_width: float


def density_jump(x: Floats, n: Floats, bin_width: float | None = None) -> DensityJump | None:
    """Test the density of `x` (R,), running values minus the cut-off, each with `n` rows, for a jump at 0.

    `bin_width`: 2 · standard deviation / √rows where None, and whole steps where the values lie on a grid.
    None where a side has too few bins for its fourth-degree polynomial, or no rows near the cut-off.
    """
    counted = _histogram(x, n, bin_width or _bin_width(x, n))
    cutoff = int(np.searchsorted(counted.middle, 0.0))
    sides = slice(0, cutoff), slice(cutoff, None)
    if min(len(counted.middle[side]) for side in sides) < FEWEST_BINS:
        return None
    h = (_bandwidth(counted, sides[0]) + _bandwidth(counted, sides[1])) / 2
    below, above = (_density_at_cutoff(counted, h, sign) for sign in (-1, 1))
    if not (math.isfinite(h) and below > 0 and above > 0):
        return None
    error = math.sqrt(24 / 5 / (counted.rows * h) * (1 / above + 1 / below))
    ratio = math.log(above / below)
    return DensityJump(ratio, error, 2 * float(ndtr(-abs(ratio) / error)), below, above, h, counted.bin_width)


def _bin_width(x: Floats, n: Floats) -> float:
    rows = n.sum()
    mean = float(x @ n) / rows
    width = 2 * math.sqrt(float((x - mean) ** 2 @ n) / (rows - 1)) / math.sqrt(rows)
    step = grid_step(x, n)
    return width if step is None else step * math.ceil(width / step)


def grid_step(x: Floats, n: Floats) -> float | None:
    """The distance between neighbouring values where rows share values and these fill much of one grid, else None."""
    if len(x) < 2 or len(x) > 0.8 * n.sum():
        return None
    gaps = np.diff(x)
    if x[-1] - x[0] > 10 * len(x) * gaps.min():
        return None
    steps = gaps / gaps.min()
    return float(gaps.min()) if np.all(np.abs(steps - np.round(steps)) < 1e-6 * np.maximum(steps, 1)) else None


def _histogram(x: Floats, n: Floats, width: float) -> _Histogram:
    place = np.floor(x / width + 1e-9).astype(np.int64)
    counts = np.bincount(place - place.min(), n)
    middle = (np.arange(place.min(), place.max() + 1) + 0.5) * width
    return _Histogram(middle, counts / (n.sum() * width), float(n.sum()), width)


def _bandwidth(counted: _Histogram, side: slice) -> float:
    """The rule of thumb from a fourth-degree polynomial of the bins' densities on one side."""
    middle, density = counted.middle[side], counted.density[side]
    reach = float(np.abs(middle).max())
    u = middle / reach
    basis = u[:, None] ** np.arange(5)
    coefficients = np.linalg.lstsq(basis, density, rcond=None)[0]
    noise = float(np.sum((density - basis @ coefficients) ** 2)) / (len(u) - 5)
    curvature = (2 * coefficients[2] + 6 * coefficients[3] * u + 12 * coefficients[4] * u**2) / reach**2
    return float(KAPPA * (noise * reach / np.sum(curvature**2)) ** 0.2) if np.any(curvature) else math.inf


def _density_at_cutoff(counted: _Histogram, h: float, sign: int) -> float:
    """The local line of the bins' densities on one side, at the cut-off; bins beyond the data hold nothing."""
    bins = np.arange(math.ceil(h / counted.bin_width)) + 0.5
    place = np.round(sign * bins - 0.5 - (counted.middle[0] / counted.bin_width - 0.5)).astype(np.int64)
    inside = (place >= 0) & (place < len(counted.density))
    density = np.where(inside, counted.density[np.clip(place, 0, len(counted.density) - 1)], 0.0)
    u = bins * counted.bin_width / h
    weight = np.maximum(1 - u, 0.0)
    s0, s1, s2 = weight.sum(), weight @ u, weight @ u**2
    return float(weight * (s2 - s1 * u) @ density / (s0 * s2 - s1**2)) if s0 * s2 > s1**2 else 0.0


def ranked_density(x: Floats, n: Floats) -> RankedDensity | None:
    """Test the density at the cut-off and, each on its own side of it, at placebo cut-offs.

    Placebo cut-offs are as round as the cut-off: they lie at whole multiples of 1, 2 or 5 · 10^k from it. Those nearer
    than one bandwidth to it are left out, for the rows there may have moved across it.
    None where the test cannot be made at the cut-off.
    """
    observed = density_jump(x, n)
    if observed is None:
        return None
    jumps = {place: _one_sided(x, n, place, observed) for place in placebo_cutoffs(x, n, observed.h)}
    known = {place: found for place, found in jumps.items() if found is not None}
    larger = sum(abs(found.t) >= abs(observed.t) for found in known.values())
    return RankedDensity(observed, tuple(known), larger)


def _one_sided(x: Floats, n: Floats, place: float, observed: DensityJump) -> DensityJump | None:
    cutoff = int(np.searchsorted(x, 0.0))
    side = slice(cutoff, None) if place > 0 else slice(0, cutoff)
    return density_jump(x[side] - place, n[side], observed.bin_width)


def placebo_cutoffs(x: Floats, n: Floats, spared: float) -> list[float]:
    """Places, about the cut-off, where nothing should jump: at least ten, as far apart as that allows; ascending."""
    upto = np.cumsum(n) / n.sum()
    low, high = x[np.minimum(np.searchsorted(upto, [SPARED, 1 - SPARED]), len(x) - 1)]
    if not high > low:
        return []
    grid, largest = grid_step(x, n), math.floor(math.log10(high - low))
    for step in (digit * 10.0**exponent for exponent in range(largest, largest - 3, -1) for digit in (5, 2, 1)):
        places = np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step
        kept = [float(place) for place in places if abs(place) > spared]
        if len(kept) >= PLACEBOS and (grid is None or abs(step / grid - round(step / grid)) < 1e-6):
            return kept
    return []
