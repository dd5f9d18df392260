"""Groups of a Polis that ran all along: what each update takes from the last."""

from dataclasses import replace

import numpy as np
import pytest

from clew.deliberate.conversation import Conversation
from clew.deliberate.polis.base_clusters import BaseClusters
from clew.deliberate.polis.history import History, _groups, begun_again, groups_over_time, updated
from clew.deliberate.polis.polis_map import polis_map
from clew.deliberate.votes import Votes, votes_of
from polis_conversations import a_conversation, of_votes


def timed(conversation: Conversation, seed: int = 1) -> Conversation:
    """The same votes, each at a moment of its own."""
    votes = conversation.votes
    when = np.random.default_rng(seed).permutation(len(votes.value))
    first = np.array([when[begin:end].min(initial=0) for begin, end in zip(votes.start, votes.start[1:], strict=False)])
    entered = np.argsort(np.argsort(first, kind="stable"))
    return replace(conversation, votes=replace(votes, at_ms=when, entered=entered))


CONVERSATION = timed(a_conversation(200, 40, seed=3, left_out=(4,)))


def test_one_update_is_a_cold_start() -> None:
    cold = polis_map(CONVERSATION).group
    assert np.array_equal(groups_over_time(CONVERSATION, 1), cold)
    without_time = replace(CONVERSATION, votes=replace(CONVERSATION.votes, at_ms=None))
    assert np.array_equal(groups_over_time(without_time, 50), cold)


def test_updates_see_the_votes_that_had_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Votes] = []

    def watched(past: History, conversation: Conversation) -> History:
        seen.append(conversation.votes)
        return updated(past, conversation)

    monkeypatch.setattr("clew.deliberate.polis.history.updated", watched)
    columns = [*range(10)], [0] * 10, [1, -1] * 5, [30, 10, 20, 40, 60, 50, 70, 90, 80, 0]
    groups_over_time(of_votes(votes_of(*columns)), 5)
    assert [len(one.value) for one in seen] == [2, 4, 6, 8, 10]
    for one in seen:
        assert one.at_ms is not None
        assert one.at_ms.max() == 10 * (len(one.value) - 1)


def test_whoever_was_placed_once_stays_placed() -> None:
    """Four votes are enough while there are four statements; later seven are asked of newcomers."""
    votes = a_conversation(60, 10, seed=2, share=0.9).votes
    early = votes.where((votes.statement < 4) & (votes.voter < 30))
    late = votes.where(((votes.statement < 4) & (votes.voter < 30)) | (votes.voter >= 30))
    past = History(np.zeros(60, np.bool_), np.full(60, -1), {})
    before = updated(past, of_votes(early))
    after = updated(before, of_votes(late))
    assert before.included.any()
    assert after.included[before.included].all()
    assert not updated(past, of_votes(late)).included[:30].any()
    assert (after.group[before.included] >= 0).all()


def test_another_number_of_groups_must_be_asked_for_four_times_in_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = iter([3, 2, 2, 3, 2, 2, 2, 2, 5])
    monkeypatch.setattr("clew.deliberate.polis.history.best_number", lambda _: next(asked))
    now = History(np.zeros(200, np.bool_), np.full(200, -1), {})
    stood = []
    for _ in range(9):
        now = updated(now, CONVERSATION)
        stood.append(now.k)
    assert stood == [3, 3, 3, 3, 3, 3, 3, 2, 2]


def test_former_clusters_begin_where_their_points_are_now() -> None:
    points = np.array([[0.0, 0], [2, 0], [10, 0], [11, 3], [40, 0], [10, 0]])
    label = np.array([5, 5, 2, -1, -1, 7])
    start, origin = begun_again(points, np.array([1.0, 3, 1, 1, 1, 1]), label, 3)
    assert start.tolist() == [[10, 0], [1.5, 0], [40, 0]]
    assert origin.tolist() == [2, 5, -1]
    assert len(begun_again(points, np.ones(6), label, 100)[0]) == 6


def test_an_update_that_brings_nothing_new_moves_nobody() -> None:
    once = updated(History(np.zeros(200, np.bool_), np.full(200, -1), {}), CONVERSATION)
    settled = updated(once, CONVERSATION)
    for _ in range(3):
        settled = updated(settled, CONVERSATION)
    again = updated(settled, CONVERSATION)
    assert np.array_equal(again.group, settled.group)
    assert np.array_equal(again.base, settled.base)


def test_nobody_is_grouped_before_anybody_votes() -> None:
    empty = of_votes(CONVERSATION.votes.where(np.zeros(len(CONVERSATION.votes.value), np.bool_)))
    assert groups_over_time(empty, 3).tolist() == [-1] * 200


def test_clusters_that_are_at_rest_stay_though_a_cold_start_finds_others() -> None:
    past = History(np.zeros(200, np.bool_), np.full(200, -1), {})
    votes = CONVERSATION.votes
    backwards = replace(CONVERSATION, votes=replace(votes, entered=199 - votes.entered))
    for _ in range(4):
        past = updated(past, backwards)
    now, cold = updated(past, CONVERSATION), updated(History(past.included, np.full(200, -1), {}), CONVERSATION)
    together = past.base[:, None] == past.base[None, :]
    assert np.array_equal(now.base[:, None] == now.base[None, :], together)
    assert not np.array_equal(cold.base[:, None] == cold.base[None, :], together)


@pytest.mark.parametrize("former", [[0, 0, 1, 1], [0, 1, 0, 1]])
def test_groups_that_are_at_rest_stay(former: list[int]) -> None:
    """Four base clusters at the corners of a square, which may be cut either way."""
    base = BaseClusters(np.arange(4), np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]]), np.array([5, 5, 5, 5]))
    past = History(np.zeros(4, np.bool_), np.arange(4), {2: np.array(former)})
    assert _groups(past, base, np.arange(4), 2).tolist() == former
    turned = _groups(past, base, np.array([3, 2, 1, 0]), 2)
    assert turned.tolist() == former[::-1]
