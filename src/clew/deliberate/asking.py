"""From a map to what to ask next: what is known of each participant, also of one who has not voted yet."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from clew.deliberate.conversation import Conversation
from clew.deliberate.factors import PASSING, SIDE, Floats
from clew.deliberate.mapped import Mapped
from clew.deliberate.routing import Participant, Route, position_information, route
from clew.deliberate.routing_needs import Needs, needs
from clew.deliberate.routing_policy import RoutingPolicy


@dataclass(frozen=True, slots=True, eq=False)
class Asker:
    """A map made ready to ask from: what is needed was computed once, for everybody."""

    mapped: Mapped
    policy: RoutingPolicy
    needs: Needs
    reserved: NDArray[np.bool_]

    @property
    def conversation(self) -> Conversation:
        """What is asked about: the conversation without the statements that were left out."""
        return self.mapped.conversation

    def route(self, voter: str, *, seed: int, count: int = 1) -> Route:
        """Return what to ask a participant; one who is not on the map is a newcomer."""
        names = self.conversation.votes.voters
        person = placed(self.mapped, names.index(voter)) if voter in names else newcomer(self.mapped, voter)
        return route(person, self.needs, self.policy, reserved=self.reserved, seed=seed, count=count)

    def routes(self, *, seed: int, count: int = 1) -> Sequence[Route]:
        """Return what to ask each participant, in their order."""
        people = (placed(self.mapped, place) for place in range(len(self.conversation.votes.voters)))
        return [route(one, self.needs, self.policy, reserved=self.reserved, seed=seed, count=count) for one in people]


def asker(mapped: Mapped, policy: RoutingPolicy | None = None) -> Asker:
    """Return a map made ready to ask from, by what its own policy calls support."""
    chosen = policy or RoutingPolicy(ground=mapped.policy)
    reserved = np.array([one.is_seed or one.is_meta for one in mapped.conversation.statements], np.bool_)
    return Asker(mapped, chosen, needs(mapped.ground.counts, chosen.ground), reserved)


def placed(mapped: Mapped, place: int) -> Participant:
    """Return what the map knows of the participant at this place of the votes."""
    votes, factors = mapped.conversation.votes, mapped.factors
    statements = np.arange(len(votes.statements))
    cast = slice(votes.start[place], votes.start[place + 1])
    open_ = np.ones(len(statements), np.bool_)
    open_[votes.statement[cast]] = False
    chance = factors.chances(np.full(len(statements), place), statements)
    own = factors.people.covariance[place, 2:, 2:]
    return Participant(
        votes.voters[place],
        int(votes.per_voter[place]),
        mapped.membership[place],
        _information(mapped, chance, own),
        chance,
        open_,
    )


def newcomer(mapped: Mapped, voter: str) -> Participant:
    """Return what is known of somebody who has not voted: how people in general stand."""
    items, width = mapped.factors.items.mean, mapped.factors.dimensions
    agree, passed = expit(items[SIDE, :, 0]), expit(items[PASSING, :, 0])
    chance = np.stack([(1 - passed) * agree, passed, (1 - passed) * (1 - agree)], axis=1)
    mixture = mapped.grouping.mixture
    membership = np.ones(1) if mixture is None else mixture.share
    return Participant(
        voter, 0, membership, _information(mapped, chance, np.eye(width)), chance, np.ones(len(chance), np.bool_)
    )


def _information(mapped: Mapped, chance: Floats, covariance: Floats) -> Floats:
    """What an answer to each statement would tell about a position known no better than this."""
    sided = np.maximum(1 - chance[:, 1], np.finfo(float).tiny)
    weights = np.stack([chance[:, 0] * chance[:, 2] / sided, chance[:, 1] * (1 - chance[:, 1])])
    return position_information(mapped.factors.items.mean[:, :, 1:], weights, covariance)
