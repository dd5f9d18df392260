"""Groups where they were planted, one public where they were not, and how sameness of groups is measured."""

from itertools import permutations

import numpy as np
import pytest

from clew.deliberate.by_chance import shuffle
from clew.deliberate.groups import FEWEST_PEOPLE, Tried, overlap
from clew.deliberate.mapped import Mapped, map_conversation
from clew.deliberate.told import opinion_map_of, splits_of
from conversations import as_conversation, camp_of, camps, drawn, noise, rand_index, slope


def test_two_camps_are_two_groups() -> None:
    found = map_conversation(as_conversation(camps((35, 25), 16, seed=1)))
    assert found.grouping.k == 2
    assert rand_index(found.group, camp_of((35, 25))) > 0.9
    told = opinion_map_of(found)
    assert told.above_chance
    assert [one.size for one in told.groups] == sorted((one.size for one in told.groups), reverse=True)
    assert sum(one.size for one in told.groups) == told.placed


@pytest.fixture(scope="module")
def three() -> Mapped:
    return map_conversation(as_conversation(camps((60, 32, 12), 30, seed=2)))


def test_a_minority_of_twelve_is_a_group(three: Mapped) -> None:
    assert three.grouping.k == 3
    assert rand_index(three.group, camp_of((60, 32, 12))) > 0.8


def test_membership_says_how_surely_and_the_group_is_the_likeliest(three: Mapped) -> None:
    placed = three.group >= 0
    assert three.membership.sum(1) == pytest.approx(np.ones(104))
    assert (three.membership.argmax(1) == three.group)[placed].all()


def test_every_number_of_groups_that_was_tried_is_told(three: Mapped) -> None:
    told = splits_of(three.grouping)
    assert [one.k for one in told][:2] == [2, 3]
    assert [one.k for one in told if one.accepted][-1] == 3
    assert all((one.stability is None) == (one.p_value > 0.05) for one in told)


def test_the_same_seed_gives_the_same_map(three: Mapped) -> None:
    again = map_conversation(as_conversation(camps((60, 32, 12), 30, seed=2)))
    assert again.positions.place.tobytes() == three.positions.place.tobytes()
    assert again.grouping.tried == three.grouping.tried


@pytest.mark.parametrize("seed", range(3))
def test_noise_is_one_public(seed: int) -> None:
    found = map_conversation(as_conversation(noise(60, 16, seed=seed)))
    assert (found.grouping.k, found.group.tolist()) == (1, [0] * 60)
    assert not opinion_map_of(found).above_chance


def test_a_group_of_fewer_than_ten_is_never_told() -> None:
    """Six of sixty are of one other mind, so plainly that everything but their number speaks for a group."""
    found = map_conversation(as_conversation(camps((54, 6), 24, seed=4, share=1.0, sure=0.97)))
    sizes = np.bincount(found.group)
    assert sizes.min() >= FEWEST_PEOPLE
    assert found.grouping.k == 1 or not same_six(found.group)


def same_six(group: np.ndarray) -> bool:
    return len(set(group[54:].tolist())) == 1 and group[54] not in group[:54]


def test_fewer_than_twenty_people_are_one_public() -> None:
    found = map_conversation(as_conversation(camps((10, 9), 20, seed=1, share=1.0)))
    assert found.grouping.k == 1
    assert found.grouping.tried == ()


def test_whoever_voted_too_little_is_in_no_group() -> None:
    votes = camps((60, 32, 12), 30, seed=2)
    found = map_conversation(as_conversation(votes.where((votes.voter != 0) | (votes.statement < 2))))
    assert found.grouping.k == 3
    assert found.group[0] == -1
    told = opinion_map_of(found)
    assert (told.places[0].group, told.places[0].x, told.places[0].spread_x) == (None, None, None)
    assert told.placed == (found.group >= 0).sum() < 104


@pytest.mark.parametrize("seed", range(5))
def test_overlap_is_that_of_the_best_matching_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, 4, 30), rng.integers(0, 4, 30)

    def jaccard(a: int, b: int) -> float:
        both, either = ((one == a) & (other == b)).sum(), ((one == a) | (other == b)).sum()
        return float(both / either) if either else 0.0

    best = max(sum(jaccard(a, b) for a, b in enumerate(twins)) for twins in permutations(range(4)))
    assert overlap(one, other, 4).sum() == pytest.approx(best)
    assert overlap(one, (one + 1) % 4, 4).tolist() == [1.0] * 4


def test_a_group_that_vanished_overlaps_with_nothing() -> None:
    assert overlap(np.array([0, 0, 1]), np.array([0, 0, 0]), 2) == pytest.approx([2 / 3, 0.0])


def test_shuffling_keeps_who_voted_on_what_and_each_statements_counts() -> None:
    votes = drawn(np.random.default_rng(1).normal(0, 1, (80, 1)), 12, seed=1).votes
    dealt = shuffle(votes, np.random.default_rng(0))
    assert dealt.counts().tolist() == votes.counts().tolist()
    assert (dealt.statement == votes.statement).all()
    assert (dealt.start == votes.start).all()
    assert (dealt.value != votes.value).mean() > 0.2


VIEWS_THAT_DIFFER = 6
"""Of two statements, so that whoever agrees with the one is likely to say the same of the other, or the opposite."""


def test_shuffling_leaves_nothing_of_what_two_statements_have_in_common() -> None:
    votes = camps((200, 200), 2, seed=VIEWS_THAT_DIFFER, share=1.0)
    assert abs(np.corrcoef(votes.value.reshape(-1, 2).T)[0, 1]) > 0.5
    dealt = shuffle(votes, np.random.default_rng(0))
    assert abs(np.corrcoef(dealt.value.reshape(-1, 2).T)[0, 1]) < 0.15


@pytest.mark.parametrize(
    ("p_value", "each", "accepted"),
    [
        (0.05, (0.95, 0.8), True),
        (0.1, (0.95, 0.8), False),
        (0.05, (0.99, 0.95, 0.96, 0.55), False),
        (0.05, (0.84, 0.84), False),
    ],
)
def test_groups_are_told_when_they_are_above_chance_and_stable_each_and_all(
    p_value: float, each: tuple[float, ...], accepted: bool
) -> None:
    assert Tried(2, 1.0, 0.5, p_value, each).accepted is accepted


@pytest.mark.parametrize("seed", range(3))
def test_people_who_differ_by_degrees_are_one_public(seed: int) -> None:
    found = map_conversation(as_conversation(slope(200, 30, seed=seed)))
    assert found.factors.dimensions >= 1
    assert found.grouping.k == 1
