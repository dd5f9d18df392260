"""Groups of a Polis that ran all along: what comes in when, and what each update takes from the last."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clew.deliberate.conversation import Conversation
from clew.deliberate.polis.base_clusters import BaseClusters
from clew.deliberate.polis.history import History, _groups, groups_over_time, polls, updated
from clew.deliberate.polis.inclusion import admitted
from clew.deliberate.polis.pca import components_from
from clew.deliberate.polis.polis_map import polis_map
from clew.deliberate.polis.so_far import SoFar, Standing
from clew.deliberate.polis.warm_start import begun_again
from clew.deliberate.read_conversation import read_conversation
from clew.deliberate.votes import Votes, votes_of
from polis_conversations import a_conversation, of_votes

HOUR_MS = 3_600_000
Event = tuple[int, int, int, int]
"""Who, on what, which vote, when."""


def events(seed: int = 3, people: int = 40, statements: int = 15) -> list[Event]:
    """Votes in a drawn order over an hour, two at every moment; a third of them is cast anew later."""
    rng = np.random.default_rng(seed)
    votes = a_conversation(people, statements, seed=seed, share=0.5).votes
    first = list(zip(votes.voter.tolist(), votes.statement.tolist(), votes.value.tolist(), strict=True))
    again = [first[one] for one in rng.permutation(len(first))[: len(first) // 3]]
    cast = [first[one] for one in rng.permutation(len(first))] + [(p, t, int(rng.integers(-1, 2))) for p, t, _ in again]
    return [(*one, HOUR_MS * (at // 2) // len(cast)) for at, one in enumerate(cast)]


def of_events(some: Sequence[Event], left_out: tuple[int, ...] = ()) -> Conversation:
    who, what, value, when = zip(*some, strict=True)
    return of_votes(votes_of(who, what, value, when), left_out)


def run_through(conversation: Conversation, until_ms: int) -> SoFar:
    so_far = SoFar(conversation)
    for poll in polls(conversation.votes):
        if poll.until_ms <= until_ms:
            for at, value in zip(poll.at, poll.value, strict=True):
                so_far.take(int(at), int(value))
    return so_far


def whole(conversation: Conversation) -> Standing:
    return run_through(conversation, np.iinfo(np.int64).max).standing(conversation.left_out)


def nothing(people: int) -> History:
    return History(np.zeros(people, np.bool_), np.full(people, -1), {})


CONVERSATION = a_conversation(200, 40, seed=3, left_out=(4,))
STANDING = whole(CONVERSATION)


def test_all_votes_in_one_poll_are_a_cold_start() -> None:
    cast = events(people=120, statements=30)
    conversation = of_events(cast, left_out=(4,))
    assert np.array_equal(groups_over_time(conversation, 10 * HOUR_MS), polis_map(conversation).group)
    assert np.array_equal(groups_over_time(CONVERSATION), polis_map(CONVERSATION).group), "votes without times"


def test_each_poll_brings_what_was_cast_since_by_statement_then_person_then_time() -> None:
    cast = [("7", "2", 1, 100), ("3", "2", 1, 900), ("7", "1", 0, 950), ("7", "1", 1, 960), ("3", "1", -1, 3000)]
    cast += [("7", "2", -1, 3999), ("3", "1", 1, 9000)]
    votes = of_events(cast).votes  # type: ignore[arg-type]
    told = [
        [(votes.voters[votes.voter[at]], votes.statements[votes.statement[at]], value) for at, value in pairs]
        for pairs in (zip(one.at.tolist(), one.value.tolist(), strict=True) for one in polls(votes))
    ]
    assert told == [
        [("7", "1", 0), ("7", "1", 1), ("3", "2", 1), ("7", "2", 1)],
        [("3", "1", -1), ("7", "2", -1)],
        [("3", "1", 1)],
    ]
    assert [one.until_ms for one in polls(votes)] == [960, 3999, 9000]
    assert [len(one.at) for one in polls(votes, 4000)] == [6, 1]


@pytest.mark.parametrize("share", [0.1, 0.4, 1.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_people_stand_where_the_votes_cast_so_far_put_them(seed: int, share: float) -> None:
    """Against a conversation of those events alone: votes that are cast anew later count as they were.

    A hundred power steps are not always enough from nothing; each update goes on from the last.
    """
    cast = events(seed)
    until = int(HOUR_MS * share)
    conversation = of_events(cast, left_out=(3, 8))
    so_far = run_through(conversation, until)
    for _ in range(20):
        now = so_far.standing(conversation.left_out)
    before = of_events([one for one in cast if one[3] <= until], left_out=(3, 8))
    expected = polis_map(before)
    rows = [conversation.votes.voters.index(name) for name in before.votes.voters]
    assert now.votes[rows].tolist() == before.votes.per_voter.tolist()
    assert now.votes.sum() == len(before.votes.value)
    assert now.columns == len(before.votes.statements)
    found = now.positions[rows]
    turned = found * np.sign(np.sum(found * expected.positions, axis=0))
    assert np.allclose(turned, expected.positions, atol=1e-5)


def test_power_steps_end_in_the_singular_vectors() -> None:
    rng = np.random.default_rng(4)
    wide = rng.normal(0, 1, (60, 8)) * np.array([9, 5, 1, 1, 1, 1, 1, 1])
    found = components_from(wide.T @ wide, np.ones((2, 8)))
    expected = np.linalg.svd(wide, full_matrices=False)[2][:2]
    assert np.allclose(np.abs(np.sum(found * expected, axis=1)), 1, atol=1e-9)
    assert np.allclose(found @ found.T, np.eye(2), atol=1e-9)


def test_rows_stand_in_the_order_in_which_people_came() -> None:
    cast = [(5, 1, 1, 0), (2, 1, 1, 500), (9, 0, 1, 800), (4, 0, 1, 2000), (2, 0, 1, 2500)]
    conversation = of_events(cast)
    arrived = whole(conversation).arrived
    assert [conversation.votes.voters[row] for row in np.argsort(arrived)] == ["9", "2", "5", "4"]


def test_a_statement_is_left_out_once_its_last_vote_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statement 3 has its last vote in the fifth second."""
    seen: list[tuple[int, bool]] = []

    def watched(self: SoFar, zeroed: np.ndarray) -> Standing:
        seen.append((len(seen), bool(zeroed[3])))
        return plain(self, zeroed)

    plain = SoFar.standing
    monkeypatch.setattr(SoFar, "standing", watched)
    cast = [(p, t, 1, 1000 * (p + t)) for p in range(3) for t in range(4)] + [(9, 1, 1, 9000)]
    groups_over_time(of_events(cast, left_out=(3,)))
    assert seen == [(0, False), (1, False), (2, False), (3, False), (4, False), (5, True), (6, True)]


def test_every_hundredth_of_the_polls_is_told() -> None:
    told: list[None] = []
    cast = events(people=12, statements=6)
    groups_over_time(of_events(cast), advance=lambda: told.append(None))
    assert len(cast) < 100
    assert len(told) == len({when // 1000 for *_, when in cast})
    many = [(one, 0, 1, 1000 * one) for one in range(150)]
    groups_over_time(of_events(many), advance=lambda: told.append(None))
    assert len(told) == len({when // 1000 for *_, when in cast}) + 100


def test_whoever_was_placed_once_stays_placed() -> None:
    """Four votes are enough while there are four statements; later seven are asked of newcomers."""
    votes = a_conversation(60, 10, seed=2, share=0.9).votes
    early = votes.where((votes.statement < 4) & (votes.voter < 30))
    late = votes.where(((votes.statement < 4) & (votes.voter < 30)) | (votes.voter >= 30))
    before = updated(nothing(60), whole(of_votes(early)))
    after = updated(before, whole(of_votes(late)))
    assert before.included.any()
    assert after.included[before.included].all()
    assert not updated(nothing(60), whole(of_votes(late))).included[:30].any()
    assert (after.group[before.included] >= 0).all()


def test_fifteen_who_were_placed_before_leave_no_room_to_fill_up() -> None:
    votes, arrived = np.array([1] * 15 + [6] * 9 + [7]), np.arange(25)
    assert np.flatnonzero(admitted(votes, 20, arrived, arrived < 15)).tolist() == [*range(15), 24]
    assert np.flatnonzero(admitted(votes, 20, arrived, arrived < 12)).tolist() == [*range(12), 15, 16, 24]


def test_who_is_placed_is_who_polis_placed(shared_data: Path) -> None:
    """Biodiversity: 443 people, two of them with less than seven votes, who were among the first fifteen.

    Polls a minute apart are enough to see it.
    """
    folder = shared_data / "conversations" / "scoop-hivemind.biodiversity"
    votes = read_conversation([folder / "votes.csv"], [folder / "comments.csv"]).votes
    count, seen = np.zeros(len(votes.voters), np.int64), np.zeros(len(votes.value), np.bool_)
    arrived, ever = np.full(len(count), len(count)), np.zeros(len(count), np.bool_)
    columns: set[int] = set()
    for poll in polls(votes, 60_000):
        new = np.unique(poll.at[~seen[poll.at]])
        seen[new] = True
        np.add.at(count, votes.voter[new], 1)
        columns |= set(votes.statement[new].tolist())
        for person in votes.voter[poll.at].tolist():
            arrived[person] = min(arrived[person], (arrived < len(count)).sum())
        ever = admitted(count, len(columns), arrived, ever)
    published = (folder / "participants-votes.csv").read_text(encoding="utf-8").splitlines()[1:]
    placed = {row.split(",")[0] for row in published if row.split(",")[1]}
    assert {name for name, one in zip(votes.voters, ever, strict=True) if one} == placed
    assert len(placed) == 443


def test_another_number_of_groups_must_be_asked_for_four_times_in_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = iter([3, 2, 2, 3, 2, 2, 2, 2, 5])
    monkeypatch.setattr("clew.deliberate.polis.history.best_number", lambda _: next(asked))
    now = nothing(200)
    stood = []
    for _ in range(9):
        now = updated(now, STANDING)
        stood.append(now.k)
    assert stood == [3, 3, 3, 3, 3, 3, 3, 2, 2]


def test_a_number_of_groups_that_is_no_longer_tried_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clew.deliberate.polis.history.best_number", lambda tried: tried[-1][0])
    now = updated(nothing(200), STANDING)
    assert now.k == 5
    monkeypatch.setattr("clew.deliberate.polis.history.numbers_of_groups", lambda _: range(2, 4))
    assert updated(now, STANDING).k == 3


def test_former_clusters_begin_where_their_points_are_now() -> None:
    """Two clusters in one place become one, named after the heavier; a point that was in none begins a new one."""
    points = np.array([[0.0, 0], [2, 0], [10, 0], [11, 3], [40, 0], [10, 0]])
    label = np.array([5, 5, 2, -1, -1, 7])
    start, origin = begun_again(points, np.array([1.0, 3, 1, 1, 1, 2]), label, 3)
    assert start.tolist() == [[1.5, 0], [10, 0], [40, 0]]
    assert origin.tolist() == [5, 7, -1]
    assert begun_again(points, np.array([1.0, 3, 1, 1, 1, 0.5]), label, 3)[1].tolist() == [2, 5, -1]
    assert len(begun_again(points, np.ones(6), label, 100)[0]) == 5


def test_a_point_that_begins_a_new_cluster_leaves_its_old_one() -> None:
    """Of the two that are as far away the last goes; the centre of those it left moves, and then nobody is far."""
    points = np.array([[0.0, 0], [1, 0], [2, 0], [0, 10], [0, -10]])
    start, origin = begun_again(points, np.ones(5), np.array([0, 0, 0, 1, 1]), 3)
    assert start.tolist() == [[1, 0], [0, 10], [0, -10]]
    assert origin.tolist() == [0, 1, -1]


def test_clusters_of_whom_nobody_is_left_begin_as_one() -> None:
    points = np.array([[0.0, 0], [2, 0], [7, 0]])
    start, origin = begun_again(points, np.ones(3), np.full(3, -1), 2)
    assert start.tolist() == [[1, 0], [7, 0]]
    assert len(origin) == 2


def test_an_update_that_brings_nothing_new_moves_nobody() -> None:
    settled = nothing(200)
    for _ in range(5):
        settled = updated(settled, STANDING)
    again = updated(settled, STANDING)
    assert np.array_equal(again.group, settled.group)
    assert np.array_equal(again.base, settled.base)


def test_nobody_is_grouped_before_anybody_votes() -> None:
    empty = of_votes(CONVERSATION.votes.where(np.zeros(len(CONVERSATION.votes.value), np.bool_)))
    assert groups_over_time(empty).tolist() == [-1] * 200
    timed = of_events(events())
    none: Votes = timed.votes.where(np.zeros(len(timed.votes.value), np.bool_))
    assert set(groups_over_time(replace(timed, votes=none)).tolist()) == {-1}


def test_clusters_that_are_at_rest_stay_though_a_cold_start_finds_others() -> None:
    past = nothing(200)
    backwards = replace(STANDING, arrived=199 - STANDING.arrived)
    for _ in range(4):
        past = updated(past, backwards)
    now, cold = updated(past, STANDING), updated(replace(nothing(200), included=past.included), STANDING)
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
    assert (turned[:, None] == turned).tolist() == [[one == other for other in former[::-1]] for one in former[::-1]]


def test_components_go_on_from_the_last_and_new_columns_begin_at_one(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[list[float]] = []

    def watched(products: np.ndarray, former: np.ndarray) -> np.ndarray:
        begun.append(former[0].tolist())
        return np.full_like(former, 0.5)

    monkeypatch.setattr("clew.deliberate.polis.so_far.components_from", watched)
    cast = [(p, t, 1 - 2 * (p % 2), 1000 * t) for t in range(4) for p in range(3)]
    groups_over_time(of_events(cast))
    assert begun == [[1, 1], [0.5, 0.5, 1], [0.5, 0.5, 0.5, 1]]
