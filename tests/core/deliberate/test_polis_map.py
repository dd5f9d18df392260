"""Polis' map as a whole: what it holds, conversations that have hardly anything in them, and what decides nothing."""

import numpy as np
import pytest

from clew.deliberate.conversation import Conversation
from clew.deliberate.polis.polis_map import PolisMap, polis_map
from clew.deliberate.tally import tally
from clew.deliberate.votes import votes_of
from polis_conversations import a_conversation, of_votes

CONVERSATION = a_conversation(150, 30, seed=11, left_out=(3, 9), meta=(5,))


def test_everything_rests_on_the_groups_found() -> None:
    found, votes = polis_map(CONVERSATION), CONVERSATION.votes
    assert found.base is not None
    assert found.k == len(found.group_centres) == len(set(found.group[found.placed])) >= 2
    assert np.array_equal(found.group >= 0, found.placed)
    counted = tally(votes, found.group, found.k)
    assert np.array_equal(found.tally.agree, counted.agree)
    assert found.consensus == pytest.approx(np.prod((counted.agree + 1) / (counted.seen + 2), axis=0))
    for group, centre in enumerate(found.group_centres):
        assert centre == pytest.approx(found.positions[found.group == group].mean(axis=0))
    for base in range(len(found.base.centres)):
        assert len(set(found.group[found.base.of == base])) == 1


def chosen_in(found: PolisMap) -> set[int]:
    """The statements chosen for groups or for all."""
    columns = {one.statement for one in (*found.representative, *found.majority)}
    return {int(CONVERSATION.statements[column].id) for column in columns}


def test_left_out_and_meta_statements_stand_for_nobody() -> None:
    found = polis_map(CONVERSATION)
    chosen = chosen_in(found)
    assert len(chosen) >= 5
    assert chosen.isdisjoint({3, 9, 5})
    without = polis_map(of_votes(CONVERSATION.votes, tuple(chosen)), groups=found.group)
    assert len(chosen_in(without)) >= 5
    assert chosen_in(without).isdisjoint(chosen)
    marked = [int(one.id) for one, zeroed in zip(CONVERSATION.statements, found.zeroed, strict=True) if zeroed]
    assert marked == [3, 5, 9]
    assert found.priority[[one.id for one in CONVERSATION.statements].index("5")] == 49


def test_groups_that_are_given_are_used() -> None:
    groups = np.arange(150) % 3 - 1
    found = polis_map(CONVERSATION, groups=groups)
    assert found.base is None
    assert found.silhouettes == ()
    assert np.array_equal(found.group, groups)
    assert np.array_equal(found.placed, groups >= 0)
    assert found.tally.size.tolist() == [50, 50]
    assert np.array_equal(found.positions, polis_map(CONVERSATION).positions)


@pytest.mark.parametrize("timed", [True, False], ids=["with a time", "without a time"])
def test_the_order_of_rows_decides_nothing(timed: bool) -> None:
    votes = CONVERSATION.votes
    rows = np.random.default_rng(1).permutation(len(votes.value))
    columns = [[votes.voters[p] for p in votes.voter], [votes.statements[s] for s in votes.statement], votes.value]
    columns += [np.random.default_rng(2).integers(0, 500, len(rows)).tolist()] if timed else []
    given, mixed = votes_of(*columns), votes_of(*([column[row] for row in rows] for column in columns))
    one, other = (polis_map(of_votes(each, (3, 9), (5,))) for each in (given, mixed))
    assert np.array_equal(one.group, other.group)
    assert np.array_equal(one.positions, other.positions)
    assert one.representative == other.representative


def test_what_nobody_voted_on_stands_for_nobody() -> None:
    votes = votes_of([*range(8), 0], [1] * 8 + [0], [0] * 9)
    found = polis_map(of_votes(votes.where(votes.statement == 1)), groups=np.arange(8) % 2)
    assert {one.statement for one in found.representative} == {1}


def unanimous() -> Conversation:
    return of_votes(votes_of([p for p in range(20) for _ in range(8)], [*range(8)] * 20, [1] * 160))


def nobody() -> Conversation:
    return of_votes(votes_of([], [], []))


def one_vote() -> Conversation:
    return of_votes(votes_of(["a"], ["0"], [-1]))


def one_statement() -> Conversation:
    return of_votes(votes_of([*range(40)], [0] * 40, [1, -1, 0, 1] * 10))


def all_left_out() -> Conversation:
    return of_votes(a_conversation(30, 10, seed=1).votes, tuple(range(10)))


def passes_alone() -> Conversation:
    return of_votes(votes_of([p for p in range(20) for _ in range(8)], [*range(8)] * 20, [0] * 160))


@pytest.mark.parametrize(
    ("conversation", "groups"),
    [(unanimous, 1), (nobody, 0), (one_vote, 1), (one_statement, 2), (all_left_out, 1), (passes_alone, 1)],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_conversations_that_hold_hardly_anything(conversation, groups: int) -> None:
    found = polis_map(conversation())
    assert found.k == groups
    assert_all_finite(found)


def assert_all_finite(found: PolisMap) -> None:
    for name in ("components", "positions", "extremity", "consensus", "priority", "group_centres"):
        assert np.isfinite(getattr(found, name)).all(), name
    for one in found.representative:
        assert np.isfinite([one.p, one.p_test, one.r, one.r_test]).all()


def test_who_did_not_vote_is_placed_nowhere() -> None:
    """A participant whose every vote was taken back stays in the list of voters."""
    votes = a_conversation(40, 12, seed=5).votes
    without = votes.where(votes.voter != 7)
    found = polis_map(of_votes(without))
    assert not found.placed[7]
    assert found.group[7] == -1
    assert found.positions[7].tolist() == [0, 0]
