"""What votes of each group on each statement are worth: cells hardly heard, and views that all groups may share.

Nothing here depends on who is asked, so it is computed once for all, whenever votes were counted anew.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from clew.deliberate.policy import Policy
from clew.deliberate.pooling import expected
from clew.deliberate.tally import Tally

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Needs:
    """What one more vote of a group on a statement is worth (G × S).

    thin: the share of the least number of votes that is still lacking, 0–1. shared: the upper-confidence probability
    that all groups see the statement alike, for each vote of this group that it takes to say so; 0 once it is said.
    seen: votes so far, and `least` (G): the votes that each statement shall have.
    """

    thin: Floats
    shared: Floats
    seen: Floats
    least: Floats


def needs(counts: Tally, policy: Policy, optimism: float = 0.0) -> Needs:
    """Return what votes are worth, given what each group said so far.

    Agreeing and disagreeing in common are looked for alike. optimism: by how many standard deviations support is
    taken to be higher than expected, so that what is hardly known is not given up (an upper confidence bound).
    """
    seen = counts.seen
    least = np.minimum(np.maximum(counts.size, 1), policy.least_votes).astype(np.float64)
    lacking = np.maximum(least[:, None] - seen, 0.0)
    shared = np.maximum(*(_shared(side, seen, lacking, policy, optimism) for side in (counts.agree, counts.disagree)))
    return Needs(lacking / least[:, None], shared, seen, least)


def _shared(count: Floats, seen: Floats, lacking: Floats, policy: Policy, optimism: float) -> Floats:
    """The chance that all groups are on this side, for each vote that a group still has to cast for it."""
    before = expected(count, seen)
    strength = before.strength[:, None]
    yes, no = strength * before.mean + count, strength * (1 - before.mean) + seen - count
    share, votes = yes / (yes + no), yes + no
    spread = np.sqrt(share * (1 - share) / (votes + 1))
    promise = ndtr((share - policy.threshold) / spread + optimism).prod(0)
    sure = policy.sure ** (1 / len(seen))
    more = np.maximum(votes_to_settle(yes, no, policy.threshold, sure), lacking)
    return np.where(more > 0, promise / np.maximum(more, 1.0), 0.0)


def votes_to_settle(yes: Floats, no: Floats, threshold: float, sure: float) -> Floats:
    """Return how many more votes, all of them for it, make Beta(yes, no) sure to lie above the threshold; 0 if it is.

    By the normal distribution: the least n with no/n + z·sqrt(no/n·(1 - no/n)/n) ≤ 1 - threshold, its variance taken
    midway between the threshold and 1.
    """
    z, middle = ndtri(sure), (1 + threshold) / 2
    total = (no + z * np.sqrt(no * middle)) / (1 - threshold)
    return np.asarray(np.maximum(total - yes - no, 0.0))


LIKELY = 0.1
"""From this share of the most pressing need on, that groups may see a statement alike is the reason that is told."""


@dataclass(frozen=True, slots=True)
class Needed:
    """A group that should hear a statement (their places): it has voted `has` times of at least `least`, and why."""

    group: int
    statement: int
    has: int
    least: int
    why: str


HARDLY_HEARD = "hardly heard"
COULD_BE_SHARED = "could be shared by all groups"


def most_needed(wanted: Needs) -> tuple[Needed, ...]:
    """Return which group should hear which statement, the most needed first; of equals, the one with fewer votes."""
    likely = wanted.shared / max(float(wanted.shared.max(initial=0.0)), np.finfo(float).tiny)
    asked = np.argwhere((wanted.thin > 0) | (likely >= LIKELY)).tolist()
    order = sorted(asked, key=lambda at: (-max(wanted.thin[*at], likely[*at]), wanted.seen[*at], *at))
    return tuple(
        Needed(
            group,
            statement,
            int(wanted.seen[group, statement]),
            int(wanted.least[group]),
            COULD_BE_SHARED if likely[group, statement] >= LIKELY else HARDLY_HEARD,
        )
        for group, statement in order
    )
