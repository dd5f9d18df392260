"""What a way of choosing statements is judged by, at equal numbers of votes, against the truth."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.fit import fit
from clew.deliberate.held_out import USUAL_FLOOR
from clew.deliberate.policy import Policy
from clew.deliberate.routing_simulation.play import Played
from clew.deliberate.routing_simulation.world import World
from clew.deliberate.tally import tally

Floats = NDArray[np.float64]

STEPS = 40
"""So often, evenly over the conversation, it is looked at what is said to be common ground."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one conversation. Shares are between 0 and 1.

    first, quarter: the share of all votes after which the first, and a quarter, of the true common ground was found,
    the minority's support included; infinite where it never was. halfway, recall: the share of it that was found after
    half and after all votes. claims: how many statements were said to be common ground, and right: how many truly
    are. late: the median number of votes on statements that came in during the second half of those that came in at
    all; gini: of votes by statement. fewest: in any group on any statement; thin: cells of group and statement with
    fewer than five. misplaced: the share of the spread of true positions that the final ones do not tell.
    """

    first: float
    quarter: float
    halfway: float
    recall: float
    claims: int
    right: int
    late: float
    gini: float
    fewest: float
    thin: float
    misplaced: float


def measured(world: World, played: Played, policy: Policy) -> Measured:
    """Return what came of a conversation. Groups are the true ones, so that only the choice of statements differs."""
    true = world.common(policy)
    moments = [round(step * world.votes / STEPS) for step in range(1, STEPS + 1)]
    said = np.array([played.ground(world, moment, policy).is_common for moment in moments])
    found = (said & true).sum(1)
    seen = tally(played.votes, world.group, len(world.support)).seen
    came_late = world.enters >= np.median(world.enters)
    share = found / max(int(true.sum()), 1)
    return Measured(
        first=_after(found, 1),
        quarter=_after(found, max(1, ceil(true.sum() / 4))),
        halfway=float(share[STEPS // 2 - 1]),
        recall=float(share[-1]),
        claims=int(said[-1].sum()),
        right=int(found[-1]),
        late=float(np.median(seen.sum(0)[came_late])),
        gini=gini(seen.sum(0)),
        fewest=float(seen.min()),
        thin=float((seen < 5).mean()),
        misplaced=misplaced(world, played),
    )


def _after(found: NDArray[np.integer], wanted: int) -> float:
    reached = np.flatnonzero(found >= wanted)
    return float((reached[0] + 1) / STEPS) if len(reached) else float("inf")


def gini(values: Floats) -> float:
    """Return the Gini coefficient of values that are not negative: 0 where all are equal.

    >>> gini(np.array([1.0, 1.0])), gini(np.array([0.0, 1.0]))
    (0.0, 0.5)
    """
    ordered, count = np.sort(values), len(values)
    ranks = np.arange(1, count + 1)
    return float((2 * ranks - count - 1) @ ordered / (count * ordered.sum()))


def misplaced(world: World, played: Played) -> float:
    """Return the share of the spread of true positions that a linear map of the fitted ones leaves (1 - R²)."""
    fitted = fit(played.votes, 2, USUAL_FLOOR).people.positions
    regressors = np.column_stack([np.ones(len(fitted)), fitted])
    left = world.position - regressors @ np.linalg.lstsq(regressors, world.position, rcond=None)[0]
    return float((left**2).sum() / ((world.position - world.position.mean(0)) ** 2).sum())
