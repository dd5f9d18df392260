"""One more vote: the map that is kept up is the map that would be made anew."""

import numpy as np
import pytest
from scipy.special import expit

from clew.deliberate.conversation import Conversation
from clew.deliberate.mapped import Mapped, map_conversation
from clew.deliberate.statements import Statement
from clew.deliberate.update import Vote, with_vote
from clew.deliberate.votes import Votes, votes_of
from clew.errors import InputError

PEOPLE, STATEMENTS = 240, 30


def two_camps() -> Votes:
    rng = np.random.default_rng(5)
    camp = np.where(np.arange(PEOPLE) % 2 == 0, 1.5, -1.5) + rng.normal(0, 0.4, PEOPLE)
    slope, middle = rng.normal(0, 1.2, STATEMENTS), rng.normal(0.4, 0.8, STATEMENTS)
    seen = rng.random((PEOPLE, STATEMENTS)) < 0.7
    agree = rng.random(seen.shape) < expit(middle + camp[:, None] * slope)
    value = np.where(rng.random(seen.shape) < 0.1, 0, np.where(agree, 1, -1))
    who, what = np.nonzero(seen)
    return votes_of([f"p{one}" for one in who], [str(one) for one in what], value[seen], 1_000 + np.arange(len(who)))


@pytest.fixture(scope="module")
def found() -> Mapped:
    votes = two_camps()
    return map_conversation(Conversation(votes, tuple(Statement(one) for one in votes.statements)))


def open_to(found: Mapped, row: int) -> str:
    votes = found.conversation.votes
    given = set(votes.statement[votes.start[row] : votes.start[row + 1]].tolist())
    return votes.statements[next(one for one in range(len(votes.statements)) if one not in given)]


def as_columns(votes: Votes) -> tuple[list[str], list[str], list[int]]:
    voters = [votes.voters[one] for one in votes.voter]
    return voters, [votes.statements[one] for one in votes.statement], votes.value.tolist()


def cases(found: Mapped) -> list[Vote]:
    votes = found.conversation.votes
    return [
        Vote(votes.voters[7], open_to(found, 7), 1, 10**6),
        Vote("p0001 a newcomer", "3", -1, 10**6),
        Vote(votes.voters[9], votes.statements[votes.statement[votes.start[9]]], 0, 10**6),
    ]


@pytest.mark.parametrize("which", range(3), ids=["one more", "a newcomer", "changed"])
def test_the_votes_are_those_of_all_events_together(found: Mapped, which: int) -> None:
    vote = cases(found)[which]
    voters, statements, values = as_columns(found.conversation.votes)
    anew = votes_of([*voters, vote.voter], [*statements, vote.statement], [*values, vote.value])
    kept_up = with_vote(found, vote).conversation.votes
    assert kept_up.voters == anew.voters
    for name in ("start", "statement", "value"):
        assert getattr(kept_up, name).tolist() == getattr(anew, name).tolist()


@pytest.mark.parametrize("which", range(3), ids=["one more", "a newcomer", "changed"])
def test_the_map_kept_up_is_the_map_made_anew(found: Mapped, which: int) -> None:
    kept_up = with_vote(found, cases(found)[which])
    anew = map_conversation(kept_up.conversation)
    assert found.grouping.k == anew.grouping.k == 2
    turn = np.sign((kept_up.positions.place * anew.positions.place).sum(0))
    apart = np.abs(kept_up.positions.place - anew.positions.place * turn)
    assert apart.max() < 0.1
    assert apart.mean() < 0.01
    assert (kept_up.group == anew.group).all()
    assert np.abs(kept_up.ground.probability - anew.ground.probability).max() < 1e-9
    assert np.abs(kept_up.ground.counts.agree - anew.ground.counts.agree).max() == 0


def test_nobody_else_moves(found: Mapped) -> None:
    vote = cases(found)[0]
    after = with_vote(found, vote)
    others = np.array(after.conversation.votes.voters) != vote.voter
    assert (after.positions.place[others] == found.positions.place[others]).all()
    assert np.abs(after.positions.place[~others] - found.positions.place[~others]).max() > 0


@pytest.mark.parametrize(
    ("vote", "said"), [(Vote("p1", "99", 1), "99 is not on the map"), (Vote("p1", "3", 2), "2 is no vote")]
)
def test_what_is_no_vote_is_refused(found: Mapped, vote: Vote, said: str) -> None:
    with pytest.raises(InputError, match=said):
        with_vote(found, vote)
