"""Two thousand people and eleven votes more: how far a map that is kept up may lie from the map made anew, as stated.

The tolerance is that of docs/reference/opinion-map-speed.md, where it is told for a hundred thousand people, too.
"""

from collections.abc import Iterator
from functools import reduce

import numpy as np
import pytest
from scipy.special import expit

from clew.deliberate.conversation import Conversation
from clew.deliberate.mapped import Mapped, map_conversation
from clew.deliberate.statements import Statement
from clew.deliberate.update import Vote, with_vote
from clew.deliberate.votes import Votes

PEOPLE, STATEMENTS = 2_000, 24
OTHERS_WITHIN, VOTERS_WITHIN, GROUND_WITHIN, ELSEWHERE = 0.05, 0.15, 0.1, 0.005
BORDER = 0.05


def a_conversation() -> Conversation:
    """Two camps well apart, who voted on half of the statements; on the last one nobody voted."""
    rng = np.random.default_rng(11)
    camp = np.where(np.arange(PEOPLE) % 2 == 0, 1.6, -1.6) + rng.normal(0, 0.4, PEOPLE)
    slope, middle = rng.normal(0, 1.2, STATEMENTS), rng.normal(0.4, 0.8, STATEMENTS)
    seen = rng.random((PEOPLE, STATEMENTS)) < 0.5
    seen[:, -1] = False
    agree = rng.random(seen.shape) < expit(middle + camp[:, None] * slope)
    value = np.where(rng.random(seen.shape) < 0.1, 0, np.where(agree, 1, -1)).astype(np.int8)
    votes = Votes(
        voters=tuple(str(2 * one) for one in range(PEOPLE)),
        statements=tuple(map(str, range(STATEMENTS))),
        start=np.concatenate([[0], np.cumsum(seen.sum(1))]),
        statement=np.nonzero(seen)[1].astype(np.int32),
        value=value[seen],
    )
    return Conversation(votes, tuple(map(Statement, votes.statements)))


def votes_to_come(votes: Votes) -> Iterator[Vote]:
    """One more of somebody, a changed one, the first on a statement, and a newcomer's first eight."""
    given = {
        (votes.voters[who], votes.statements[what]) for who, what in zip(votes.voter, votes.statement, strict=True)
    }
    asked = next(one for one in votes.statements if ("14", one) not in given)
    again = next(one for one in votes.statements if ("18", one) in given)
    yield from (Vote("14", asked, -1), Vote("18", again, 0), Vote("22", votes.statements[-1], 1))
    yield from (Vote("1001", votes.statements[place], 1 if place % 3 else -1) for place in range(8))


@pytest.fixture(scope="module")
def kept_up() -> Mapped:
    found = map_conversation(a_conversation())
    return reduce(with_vote, votes_to_come(found.conversation.votes), found)


@pytest.fixture(scope="module")
def anew(kept_up: Mapped) -> Mapped:
    return map_conversation(kept_up.conversation)


def test_there_are_as_many_groups_and_axes(kept_up: Mapped, anew: Mapped) -> None:
    assert kept_up.grouping.k == anew.grouping.k == 2
    assert kept_up.positions.place.shape == anew.positions.place.shape


def test_nobody_stands_further_off_than_is_stated(kept_up: Mapped, anew: Mapped) -> None:
    turn = np.sign((kept_up.shown.place * anew.shown.place).sum(0))
    apart = np.abs(kept_up.shown.place - anew.shown.place * turn)
    cast = np.isin(kept_up.conversation.votes.voters, ["14", "18", "22", "1001"])
    assert 0 < apart[~cast].max() <= OTHERS_WITHIN
    assert 0 < apart[cast].max() <= VOTERS_WITHIN
    assert (kept_up.positions.placed == anew.positions.placed).all()


def test_hardly_anybody_is_in_another_group_and_then_on_its_border(kept_up: Mapped, anew: Mapped) -> None:
    elsewhere = kept_up.group != anew.group
    assert elsewhere.mean() <= ELSEWHERE
    assert (np.abs(kept_up.membership[elsewhere] - 0.5) < BORDER).all()


def test_common_ground_is_as_sure(kept_up: Mapped, anew: Mapped) -> None:
    assert np.abs(kept_up.ground.probability - anew.ground.probability).max() <= GROUND_WITHIN
