"""Whether comparison units cover the treated ones, where they are weighed to be like them by their chance of treatment.

A treated unit whose chance is near 1 has hardly any like among the others: what it would have done is then not seen but
extrapolated, from the few comparison units whose weight is large.

Sources: which chances are too near 1: Crump, Hotz, Imbens & Mitnik (2009), Dealing with limited overlap in estimation
of average treatment effects, Biometrika 96(1); the effective size of a weighted group: Kish (1965), Survey Sampling,
§11.7.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from clew.evaluate.doubly_robust import Changes, chances, likeness

NO_LIKE: Final = 0.9
"""A treated unit above this chance of treatment is said to have no like (Crump et al.'s rule of thumb, its upper end:
for the effect on the treated, chances near 0 do no harm)."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """One cohort and those that it is compared with. `start`: place of its first treated period.

    `treated`, `compared`: units. `alone`: treated above `NO_LIKE`; `beyond`: treated above every comparison unit.
    `largest`, `high`: the largest chance among comparison units, and their 99th percentile. `effective`: as how many of
    them the weighted ones count, (Σw)² / Σw².
    """

    start: int
    treated: int
    compared: int
    alone: int
    beyond: int
    largest: float
    high: float
    effective: float


def overlap(units: Changes, start: int) -> Overlap:
    """Return how far the comparison units cover the treated ones. Raises InputError as the estimate does."""
    chance = chances(units)
    treated, others = chance[units.treated], chance[~units.treated]
    like = units.weight[~units.treated] * likeness(others)
    return Overlap(
        start=start,
        treated=len(treated),
        compared=len(others),
        alone=int(np.count_nonzero(treated > NO_LIKE)),
        beyond=int(np.count_nonzero(treated > others.max())),
        largest=float(others.max()),
        high=float(np.quantile(others, 0.99)),
        effective=float(like.sum() ** 2 / np.sum(like**2)) if like.any() else 0.0,
    )


@dataclass(frozen=True, slots=True)
class Cover:
    """All cohorts together, each by the comparison that covers it least; `least`: the thinnest comparison of all."""

    treated: int
    alone: int
    beyond: int
    least: Overlap


def cover(found: tuple[Overlap, ...]) -> Cover:
    """Return all cohorts together, each treated unit counted once; `found` must not be empty."""
    cohorts = [[one for one in found if one.start == start] for start in sorted({one.start for one in found})]
    return Cover(
        treated=sum(max(one.treated for one in cohort) for cohort in cohorts),
        alone=sum(max(one.alone for one in cohort) for cohort in cohorts),
        beyond=sum(max(one.beyond for one in cohort) for cohort in cohorts),
        least=min(found, key=lambda one: (one.effective, -one.largest, one.start)),
    )
