"""A conversation mapped: from votes to groups and common ground, with all that routing and updates go on from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.common_ground import CommonGround, find_common_ground
from clew.deliberate.conversation import Conversation
from clew.deliberate.factors import Factors, Floats
from clew.deliberate.fit import fit_all
from clew.deliberate.former import Former, former_places
from clew.deliberate.groups import Grouping, find_groups
from clew.deliberate.held_out import Choice, choose
from clew.deliberate.policy import Policy
from clew.deliberate.positions import Positions, aligned, positions_of
from clew.deliberate.tally import tally
from clew.errors import InputError

Ints = NDArray[np.int64]
Advance = Callable[[], None]


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """Everything found about a conversation. Arrays by participant (P) and statement (S) are in the votes' order.

    conversation: without the statements that were left out. group (P): -1 for who is in none. membership (P × k): the
    chance of each group. positions: by the axes that tell people apart best; shown: by the axes of a former map.
    """

    conversation: Conversation
    choice: Choice
    factors: Factors
    positions: Positions
    shown: Positions
    grouping: Grouping
    group: Ints
    membership: Floats
    ground: CommonGround
    policy: Policy
    seed: int


def map_conversation(
    conversation: Conversation,
    *,
    seed: int = 0,
    policy: Policy | None = None,
    former: Former | None = None,
    advance: Advance | None = None,
) -> Mapped:
    """Return what people really agree on in a conversation.

    seed: of what is held out, shuffled and resampled; the same conversation and seed give the same map. former: a map
    to keep axes and names of. advance: is called as the work goes on.

    Raises: InputError where no vote is left to map.
    """
    kept = conversation.kept()
    votes = kept.votes
    if not len(votes.value):
        raise InputError("no vote is left to map.", do="Bring votes on statements that moderators have not left out.")
    choice = choose(votes, seed, advance=advance)
    factors = fit_all(votes, choice.best.dimensions, choice.best.floor, seed)
    positions = positions_of(factors)
    grouping = find_groups(votes, factors, positions, seed, advance=advance)
    group, membership = members(positions, grouping, votes.per_voter > 0)
    chosen = policy or Policy()
    return Mapped(
        conversation=kept,
        choice=choice,
        factors=factors,
        positions=positions,
        shown=_kept_in_place(positions, former, votes.voters),
        grouping=grouping,
        group=group,
        membership=membership,
        ground=ground_of(kept, group, membership.shape[1], chosen),
        policy=chosen,
        seed=seed,
    )


def members(positions: Positions, grouping: Grouping, voted: NDArray[np.bool_]) -> tuple[Ints, Floats]:
    """Return each participant's group (P, -1 for none) and the chance of each group (P × k).

    With one group everybody who voted is in it; with several, whoever could be placed.
    """
    if grouping.mixture is None:
        return np.where(voted, 0, -1).astype(np.int64), np.ones((len(voted), 1))
    membership = grouping.mixture.membership(positions.place[:, : grouping.mixture.centre.shape[1]])
    return np.where(positions.placed & voted, membership.argmax(1), -1).astype(np.int64), membership


def ground_of(conversation: Conversation, group: Ints, groups: int, policy: Policy) -> CommonGround:
    """Return the common ground of groups of participants (P, -1 for none)."""
    votes = conversation.votes
    weighted = None if votes.weight is None else tally(votes, group, groups, weighted=True)
    return find_common_ground(tally(votes, group, groups), policy, weighted)


def _kept_in_place(positions: Positions, former: Former | None, voters: tuple[str, ...]) -> Positions:
    """The positions by the axes of a former map, where enough people were on it to tell."""
    if former is None or not positions.place.shape[1]:
        return positions
    before, shared = former_places(former, voters)
    shared &= positions.placed
    return aligned(positions, before, shared) if shared.sum() > positions.place.shape[1] else positions
