"""How far from parallel trends things may be before the finding falls.

By how much the treated would have moved apart from the others anyway, from one period to the next, is allowed to be up
to M times the largest such movement before the start. For each earlier movement that may be the largest, and each sign
of it, the effects that are then possible have ends that are linear in the estimates; the interval is the union of the
intervals about these ends. It so counts that the earlier movements are estimates too, and is never too short.

Source: Rambachan & Roth (2023), A more credible approach to parallel trends, Review of Economic Studies 90(5), section
2.4.1 (relative magnitudes) and lemma 2.2 (unions).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from clew.evaluate.aggregation import Averages
from clew.evaluate.rows import Floats

MOST: Final = 10.0
"""Break-down values are looked for up to this multiple."""

STEPS: Final = 24
"""Halvings of the range in which the break-down value lies."""


@dataclass(frozen=True, slots=True)
class Honest:
    """`possible`: the effects that the multiple allows at the estimates. `interval`: with what chance adds."""

    possible: tuple[float, float]
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Movement:
    """What the effect is off by at a multiple of 1 if this movement before the start is the largest, and how both vary.

    `covariance`: (2, 2) of the effect and `off`.
    """

    off: float
    covariance: Floats


def relative_magnitudes(study: Averages, multiple: float, critical: float) -> Honest | None:
    """Return the effects that movements of up to `multiple` times the largest before the start allow.

    `study`: an event study with universal base. `critical`: what |estimate / standard error| must exceed. None where
    there is no difference before the start to go by.
    """
    movements = list(_movements(study))
    if not movements:
        return None
    off = multiple * max(abs(movement.off) for movement in movements)
    return Honest((study.mean - off, study.mean + off), _union(study.mean, movements, multiple, critical))


def break_down(study: Averages, critical: float) -> float | None:
    """Return the multiple from which on no effect at all is possible: 0 where it is at once, None above 10."""
    movements = list(_movements(study))

    def holds_zero(multiple: float) -> bool:
        low, high = _union(study.mean, movements, multiple, critical)
        return low <= 0 <= high

    if not movements or holds_zero(0.0):
        return 0.0
    if not holds_zero(MOST):
        return None
    low, high = 0.0, MOST
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds_zero(middle) else (middle, high)
    return high


def _union(effect: float, movements: list[_Movement], multiple: float, critical: float) -> tuple[float, float]:
    ends = [_ends(effect, movement, multiple, critical) for movement in movements]
    return min(low for low, _ in ends), max(high for _, high in ends)


def _movements(study: Averages) -> Iterator[_Movement]:
    """Yield the movements from one period to the next before the start; the last is to the reference, which is 0."""
    earlier, later = np.flatnonzero(study.at < 0), np.flatnonzero(study.at >= 0)
    carried = float(np.abs(np.cumsum(study.weight[later][::-1])).sum())
    for place, here in enumerate(earlier):
        along = np.zeros(len(study.at) + 1)
        along[here] = -carried
        if place + 1 < len(earlier):
            along[earlier[place + 1]] = carried
        effect = np.eye(len(along))[-1]
        both = np.stack([effect, along])
        yield _Movement(float(along[:-1] @ study.estimate), both @ study.covariance @ both.T)


def _ends(effect: float, movement: _Movement, multiple: float, critical: float) -> tuple[float, float]:
    """The lowest and highest end of the two signs' intervals."""
    low, high = np.inf, -np.inf
    for side in (-multiple, multiple):
        weights = np.array([1.0, side])
        margin = critical * float(np.sqrt(max(weights @ movement.covariance @ weights, 0.0)))
        end = effect + side * movement.off
        low, high = min(low, end - margin), max(high, end + margin)
    return low, high
