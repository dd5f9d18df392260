"""Polis' map as the value that is printed and drawn beside clew's own."""

from collections.abc import Callable
from dataclasses import replace
from math import nan

import numpy as np

from clew.deliberate.common_ground import find_common_ground, findings, needs_votes
from clew.deliberate.conversation import Conversation
from clew.deliberate.former import letter
from clew.deliberate.opinion_map import Group, OpinionMap, Place, Representative, StatementFinding
from clew.deliberate.policy import Policy
from clew.deliberate.polis.history import groups_over_time
from clew.deliberate.polis.polis_map import PolisMap, polis_map
from clew.deliberate.tally import tally
from clew.deliberate.votes import id_order
from clew.errors import InputError

ALWAYS = "Polis' method draws two groups or more wherever two people differ; whether that is chance is not asked."


def polis_opinion_map(
    conversation: Conversation,
    policy: Policy,
    seed: int = 0,
    *,
    acted_out: bool = False,
    advance: Callable[[], None] | None = None,
) -> OpinionMap:
    """Return what Polis would make of a conversation, in the form of clew's own map.

    Common ground is Polis' group-informed consensus, representative statements are chosen by its rules. Statements
    that were left out are told of no more, but were in its maths as zeros, as Polis has them. Nothing is drawn by
    chance; the seed is told for completeness.

    acted_out: Polis' groups depend on its past; this runs through it, poll by poll, and calls `advance` a hundred
    times. Otherwise Polis is started cold.

    Raises: InputError where there is no vote to map, or no time of votes by which to act out anything.
    """
    _refuse_nothing(conversation)
    if acted_out and conversation.votes.at_ms is None:
        raise InputError("the votes have no timestamps.", do="Leave out --acted-out: without times there is no past.")
    found = polis_map(conversation, groups=groups_over_time(conversation, advance=advance) if acted_out else None)
    shown = conversation.kept()
    ids = shown.votes.statements
    ground = find_common_ground(tally(shown.votes, found.group, found.k), policy)
    return OpinionMap(
        method="polis",
        seed=seed,
        participants=len(conversation.votes.voters),
        placed=int((found.group >= 0).sum()),
        votes=len(shown.votes.value),
        dimensions=2,
        above_chance=False,
        stability=nan,
        policy=policy,
        groups=_groups(found),
        places=_places(found, conversation),
        statements=shown.statements,
        findings=_by_polis(findings(ground, ids, shown.votes.counts()), found, conversation),
        representative=_representative(found, conversation),
        needs_votes=needs_votes(ground, ids),
        notices=(*conversation.notices, ALWAYS),
    )


def _refuse_nothing(conversation: Conversation) -> None:
    if not len(conversation.votes.value):
        raise InputError("there is no vote to map.", do="Bring votes.")


def _groups(found: PolisMap) -> tuple[Group, ...]:
    return tuple(
        Group(place, letter(place), int(size), nan, (float(x), float(y)))
        for place, (size, (x, y)) in enumerate(zip(found.tally.size, found.group_centres, strict=True))
    )


def _places(found: PolisMap, conversation: Conversation) -> tuple[Place, ...]:
    rows = zip(
        conversation.votes.voters,
        conversation.votes.per_voter.tolist(),
        found.positions.tolist(),
        found.group.tolist(),
        strict=True,
    )
    certain = tuple(map(tuple, np.eye(found.k).tolist()))
    return tuple(
        Place(voter, votes, x, y, None, None, None, group, certain[group])
        if group >= 0
        else Place(voter, votes, None, None, None, None, None, None, ())
        for voter, votes, (x, y), group in rows
    )


def _by_polis(
    told: tuple[StatementFinding, ...], found: PolisMap, conversation: Conversation
) -> tuple[StatementFinding, ...]:
    """The findings with Polis' consensus as their common ground, the highest first."""
    consensus = dict(zip(conversation.votes.statements, found.consensus.tolist(), strict=True))
    scored = (replace(one, common_ground=consensus[one.id]) for one in told)
    return tuple(sorted(scored, key=lambda one: (-one.common_ground, id_order(one.id))))


def _representative(found: PolisMap, conversation: Conversation) -> tuple[Representative, ...]:
    ids = conversation.votes.statements
    return tuple(
        Representative(one.group, ids[one.statement], one.side, one.p, one.r_test) for one in found.representative
    )
