"""A made-up conversation from the first vote to the last, with one way of choosing statements."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.common_ground import CommonGround, find_common_ground
from clew.deliberate.policy import Policy
from clew.deliberate.routing_simulation.routers import Router
from clew.deliberate.routing_simulation.world import World
from clew.deliberate.tally import tally
from clew.deliberate.votes import Votes

Floats = NDArray[np.float64]

FIRST_MAP = 60
"""Votes before the first map; the next come whenever there are a fifth more."""


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """What came of it: the votes, and in which order they were cast (n)."""

    votes: Votes
    cast: NDArray[np.int64]

    def after(self, votes: int) -> Votes:
        """The first so many votes."""
        return self.votes.where(self.cast < votes)

    def ground(self, world: World, votes: int, policy: Policy) -> CommonGround:
        """What is said to be common ground after so many votes, in the groups that people truly are of."""
        return find_common_ground(tally(self.after(votes), world.group, world.support.shape[0]), policy)


def play(world: World, router: Router) -> Played:
    """Return the conversation as it goes when people come one after another and the router chooses."""
    people, statements = world.answer.shape
    cast = np.full((people, statements), -1)
    done, next_map = 0, FIRST_MAP
    for voter in range(people):
        if done >= next_map:
            router.recompute(_votes(world, cast[:voter]).votes)
            next_map = max(done * 6 // 5, done + FIRST_MAP)
        router.greet(voter)
        for _ in range(int(world.answers[voter])):
            open_ = (world.enters <= done) & (cast[voter] < 0)
            if not open_.any():
                break
            chosen = router.choose(open_)
            router.hear(chosen, int(world.answer[voter, chosen]))
            cast[voter, chosen] = done
            done += 1
    return _votes(world, cast)


def _votes(world: World, cast: NDArray[np.int64]) -> Played:
    who, what = np.nonzero(cast >= 0)
    people, statements = cast.shape
    start = np.concatenate([[0], np.cumsum((cast >= 0).sum(1))])
    names = tuple(map(str, range(people))), tuple(map(str, range(statements)))
    value = world.answer[who, what]
    votes = Votes(*names, start, what.astype(np.int32), value)
    return Played(votes, cast[who, what])
