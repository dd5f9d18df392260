"""Starts dealt by chance: the efficient average of comparisons between cohorts, and a test that needs nothing else.

With dates dealt by chance, what cohorts differed by before their start is chance alone. The estimator subtracts that
difference times the number that makes its variance least, which no parallel trend needs to justify.

Source: Roth & Sant'Anna (2023), Efficient estimation for staggered rollout designs, J. Political Economy:
Microeconomics 1(4): the plug-in efficient estimator with the scalar pre-period difference of their section 2.3, the
conservative variance, and the refinement of their section 2.6; the studentised permutation test of section 2.7.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from clew.errors import InputError
from clew.evaluate.finding import Randomisation
from clew.evaluate.rows import Floats, Integers, numbered, summed

DRAWS: Final = 499
"""Dealings of the starts drawn for the permutation test."""

UNITS_A_SLOPE: Final = 25
"""Units for each period before the first start that the refined standard error asks for."""

AT_ONCE: Final = 50_000
"""Units times dealings that are held at once."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """Outcomes of U units in T periods without gaps, `outcome`: (U, T), and what is known of their G cohorts.

    `start`: (G,) place in time, ascending, T where never. `of`: (U,) each unit's cohort. `units`: (G,). `mean`: (G, T).
    `spread`: (G, T, T), the covariance within each cohort.
    """

    outcome: Floats
    of: Integers
    start: Integers
    units: Integers
    mean: Floats
    spread: Floats

    @property
    def periods(self) -> int:
        """How many periods."""
        return int(self.outcome.shape[1])


@dataclass(frozen=True, slots=True)
class Comparison:
    """A weighted sum of differences between cohorts' means.

    `after`: (G, T), what each cohort's mean in each period counts. `before`: (G, T), the same differences in the last
    period before the start, which are zero but for chance.
    """

    after: Floats
    before: Floats


@dataclass(frozen=True, slots=True)
class Efficient:
    """An estimate in the outcome's units with its conservative standard error.

    `taken_off`: the number times which the difference before the start was subtracted. `df`: Satterthwaite's degrees
    of freedom, from the cohorts' shares of the variance.
    """

    estimate: float
    std_error: float
    taken_off: float
    df: float


def rollout(outcome: Floats, start: Integers) -> tuple[Rollout, int]:
    """Return the rollout that outcomes (U, T) and starts (U,) make, and how many units are left out.

    Left out are units treated from the first period on and cohorts of one unit, whose variance is not known.

    Raises: InputError for fewer than two cohorts, or gaps.
    """
    if np.isnan(outcome).any():
        raise InputError("some units have no outcome in some periods.", do="Bring them, or leave these units out.")
    names, of = numbered(start)
    kept = ((np.bincount(of) > 1) & (names > 0))[of]
    names, of = numbered(start[kept])
    if len(names) < 2:
        raise InputError(
            "fewer than two cohorts have two units or more: there is nobody to compare with.",
            where="[design] treated_from",
            do="Bring more units, or join starts that lie close together.",
        )
    outcome, units = outcome[kept], np.bincount(of)
    mean = summed(outcome, of, len(names)) / units[:, None]
    order = np.argsort(of, kind="stable")
    centred = np.split(outcome[order] - mean[of[order]], np.cumsum(units)[:-1])
    spread = np.stack([part.T @ part / (len(part) - 1) for part in centred])
    return Rollout(outcome, of, names, units, mean, spread), int((~kept).sum())


def comparison(design: Rollout, estimand: str) -> Comparison:
    """Return the comparison behind an estimand.

    "simple": every treated unit-period counts alike; "cohort": every treated unit does; "calendar": every period does.

    Raises: InputError where no period has both treated units and others.
    """
    cohort, period = _treated_periods(design)
    size = design.units[cohort] * 1.0
    if estimand == "cohort":
        size = size / np.bincount(cohort)[cohort]
    if estimand == "calendar":
        size = size / np.bincount(period, size)[period]
    return _compared(design, (cohort, period), size / size.sum())


def at_event_time(design: Rollout, times: Floats) -> Iterator[tuple[float, Comparison]]:
    """Yield each time since the start, in the units of `times` (T,), with its comparison; ascending."""
    last = int(design.start.max())
    pairs = [(g, t) for g, s in enumerate(design.start) for t in range(min(last, design.periods)) if s < last]
    cohort, period = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    since = np.round(times[period] - times[design.start[cohort]], 9)
    for time in np.unique(since):
        here = since == time
        size = design.units[cohort[here]] * 1.0
        yield float(time), _compared(design, (cohort[here], period[here]), size / size.sum())


def _treated_periods(design: Rollout) -> tuple[Integers, Integers]:
    """Pairs of a cohort and a period in which it is treated and another is not yet."""
    before_all = np.arange(design.periods) < design.start.max()
    cohort, period = np.nonzero((np.arange(design.periods) >= design.start[:, None]) & before_all)
    if not len(cohort):
        raise InputError(
            "in no period are some units treated and others not.",
            where="[design] treated_from",
            do="Bring more periods.",
        )
    return cohort, period


def _compared(design: Rollout, pairs: tuple[Integers, Integers], weight: Floats) -> Comparison:
    cohort, period = pairs
    others = (design.start > np.maximum(period, design.start[cohort])[:, None]) * design.units
    side = -others / others.sum(axis=1, keepdims=True)
    side[np.arange(len(cohort)), cohort] += 1
    after, before = np.zeros((design.periods, len(design.start))), np.zeros((design.periods, len(design.start)))
    np.add.at(after, period, weight[:, None] * side)
    np.add.at(before, design.start[cohort] - 1, weight[:, None] * side)
    return Comparison(after.T, before.T)


def efficient(design: Rollout, compared: Comparison, taken_off: float | None = None) -> Efficient:
    """Return the estimate that subtracts the difference before the start times the best number, or times `taken_off`.

    0 is the plain difference, 1 that of Callaway and Sant'Anna.
    """
    after, before = ((design.mean * part).sum() for part in (compared.after, compared.before))
    parts = _covariances(design, compared)
    beta = _best(parts.sum(axis=0)) if taken_off is None else taken_off
    along = np.array([1.0, -beta])
    variance = np.maximum(along @ parts @ along, 0.0)
    total = float(variance.sum())
    df = total**2 / float(np.sum(variance**2 / (design.units - 1))) if total > 0 else 0.0
    return Efficient(float(after - beta * before), float(np.sqrt(total)), beta, df)


def refined_error(design: Rollout, compared: Comparison, found: Efficient) -> float:
    """Return the standard error less what effects that differ between units make the conservative one too large by.

    That takes a slope for each period before the first start; with fewer than `UNITS_A_SLOPE` units for each it would
    be mostly noise, and the conservative one is returned.
    """
    if len(design.of) < UNITS_A_SLOPE * int(design.start[_first(compared.after)]):
        return found.std_error
    left = found.std_error**2 - _heterogeneity(design, compared.after)
    return float(np.sqrt(left)) if left > 0 else found.std_error


def _first(after: Floats) -> int:
    """The earliest cohort that a comparison uses."""
    return int(np.flatnonzero(np.abs(after).max(axis=1))[0])


def _covariances(design: Rollout, compared: Comparison) -> Floats:
    """Covariance (G, 2, 2) that each cohort adds to the differences after and before the starts."""
    sides = np.stack([compared.after, compared.before], axis=1)
    return np.asarray(sides @ design.spread @ sides.transpose(0, 2, 1) / design.units[:, None, None])


def _best(covariance: Floats) -> float:
    return float(covariance[0, 1] / covariance[1, 1]) if covariance[1, 1] > 0 else 0.0


def _heterogeneity(design: Rollout, after: Floats) -> float:
    """What the conservative variance is too large by, at least, as outcomes before all starts show of effects."""
    first = _first(after)
    before = int(design.start[first])
    slope, spread = np.zeros(before), np.zeros((before, before))
    for cohort in range(first, len(design.start)):
        own = design.spread[cohort, :before]
        slope += np.linalg.pinv(own[:, :before], rcond=np.sqrt(np.finfo(float).eps)) @ own @ after[cohort]
        spread += own[:, :before]
    spread = spread / (len(design.start) - first)
    return float(slope @ spread @ slope) / len(design.of)


def permutation_test(design: Rollout, compared: Comparison, *, seed: int = 0, draws: int = DRAWS) -> Randomisation:
    """Return how often starts dealt anew among the units show an estimate as large, over its standard error.

    The dealing made counts among the `draws` + 1. The standard error is the conservative one, computed anew each time.
    """
    deal = _Deal.of(design, compared)
    units = len(design.of)
    observed = deal.studentised(np.argsort(design.of, kind="stable")[None, :])[0]
    rng, hits, at_once = np.random.default_rng(seed), 0, max(1, AT_ONCE // units)
    for first in range(0, draws, at_once):
        orders = np.tile(np.arange(units), (min(at_once, draws - first), 1))
        hits += int(np.sum(deal.studentised(rng.permuted(orders, axis=1)) >= observed * (1 - 1e-9)))
    return Randomisation((1 + hits) / (1 + draws), draws, exact=False)


@dataclass(frozen=True, slots=True)
class _Deal:
    """What stays the same however starts are dealt.

    `added`: (U·G, 2), what each unit adds to the sums after and before the start as a member of each cohort. `slot`:
    (U,) cohorts, sorted, that units are dealt to; `first`: (G,) where each cohort's slots begin; `units`: how many.
    """

    added: Floats
    slot: Integers
    first: Integers
    units: Integers

    @classmethod
    def of(cls, design: Rollout, compared: Comparison) -> "_Deal":
        """Return what a comparison in this rollout needs for dealing anew."""
        added = np.stack([(design.outcome @ part.T).ravel() for part in (compared.after, compared.before)], axis=1)
        slot = np.sort(design.of)
        return cls(added, slot, np.searchsorted(slot, np.arange(len(design.start))), design.units)

    def studentised(self, orders: Integers) -> Floats:
        """|estimate / conservative standard error| where units in these orders (B, U) take the slots: (B,)."""
        after, before = np.moveaxis(self.added[orders * len(self.units) + self.slot], 2, 0)
        held = np.stack([after, before, after * after, after * before, before * before])
        sums = np.add.reduceat(held, self.first, axis=2) / self.units
        scatter = sums[2:] - sums[[0, 0, 1]] * sums[[0, 1, 1]]
        aa, ab, bb = np.sum(scatter / (self.units - 1), axis=2)
        beta = np.where(bb > 0, ab / np.where(bb > 0, bb, 1.0), 0.0)
        variance = aa - 2 * beta * ab + beta**2 * bb
        estimate = sums[0].sum(axis=1) - beta * sums[1].sum(axis=1)
        return np.where(variance > 0, np.abs(estimate) / np.sqrt(np.where(variance > 0, variance, 1.0)), np.inf)
