"""Polis' clusters against the plainest loops, and who is clustered at all."""

from math import dist

import numpy as np
import pytest

from clew.deliberate.polis.base_clusters import BaseClusters, base_clusters
from clew.deliberate.polis.groups import groups_of, silhouette
from clew.deliberate.polis.inclusion import included
from clew.deliberate.polis.k_means import first_distinct, k_means
from clew.deliberate.polis.matrix import matrix_of
from clew.deliberate.polis.polis_map import polis_map
from clew.deliberate.votes import votes_of
from polis_conversations import a_conversation, of_votes

Point = tuple[float, ...]


def square(one: Point, other: Point) -> float:
    """The square of the distance: roots may round what is equally near apart."""
    return float((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2)


def plain_k_means(points: list[Point], centres: list[Point], weights: list[float], steps: int) -> list[int]:
    """Lloyd's steps one by one: nearest centre, weighted mean, no empty cluster, rest when sorted centres stay put."""
    label: list[int] = []
    for _ in range(steps):
        nearest = [min(range(len(centres)), key=lambda c: square(point, centres[c])) for point in points]
        held = sorted(set(nearest))
        label = [held.index(one) for one in nearest]
        moved = []
        for cluster in range(len(held)):
            of = [p for p in range(len(points)) if label[p] == cluster]
            mass = sum(weights[p] for p in of)
            moved.append(tuple(sum(weights[p] * points[p][axis] for p in of) / mass for axis in (0, 1)))
        rest = len(moved) == len(centres) and all(
            dist(one, other) < 0.01 for one, other in zip(sorted(centres), sorted(moved), strict=True)
        )
        centres = moved
        if rest:
            break
    return label


@pytest.mark.parametrize("seed", range(20))
def test_clusters_are_those_of_the_plain_steps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k, steps = int(rng.integers(5, 400)), int(rng.integers(1, 40)), int(rng.integers(1, 30))
    points = rng.normal(0, 1, (n, 2)) + rng.integers(-2, 3, (n, 1)) * rng.choice([0, 1.5])
    points = np.round(points, 1) if seed % 3 == 0 else points
    weights = rng.integers(1, 9, n).astype(float)
    start = first_distinct(points, k) + rng.choice([0.0, 2.0])
    found = k_means(points, start, weights=weights, steps=steps)
    as_lists = ([tuple(one) for one in points.tolist()], [tuple(one) for one in start.tolist()])
    assert found.label.tolist() == plain_k_means(*as_lists, weights.tolist(), steps)
    for cluster, centre in enumerate(found.centres):
        of = found.label == cluster
        assert centre == pytest.approx(np.average(points[of], axis=0, weights=weights[of]), abs=1e-12)


def test_the_steps_that_are_skipped_change_nothing_among_thousands() -> None:
    points = np.random.default_rng(7).normal(0, 3, (20_000, 2))
    centres = first_distinct(points, 100)
    label = k_means(points, centres, steps=1).label
    for _ in range(11):
        held = np.unique(label)
        centres = np.array([points[label == one].mean(axis=0) for one in held])
        label = np.argmin(((points[:, None] - centres[None]) ** 2).sum(axis=2), axis=1)
    assert np.array_equal(k_means(points, first_distinct(points, 100), steps=12).label, label)


def test_clusters_come_to_rest() -> None:
    points = np.array([[0.0, 0], [0, 1], [10, 0], [10, 1]])
    found = k_means(points, points[:2], steps=100)
    assert found.label.tolist() == [0, 1, 0, 1]
    assert found.centres.tolist() == [[5, 0], [5, 1]]


def test_a_centre_that_nobody_is_near_is_dropped() -> None:
    points = np.array([[0.0, 0], [1, 0], [9, 0]])
    found = k_means(points, np.array([[50.0, 50], [0, 0], [9, 0]]), steps=5)
    assert found.label.tolist() == [0, 0, 1]
    assert found.centres.tolist() == [[0.5, 0], [9, 0]]


def test_first_distinct_points_keep_their_order() -> None:
    points = np.array([[2.0, 1], [2, 1], [0, 0], [2, 1], [3, 3], [4, 4]])
    assert first_distinct(points, 3).tolist() == [[2, 1], [0, 0], [3, 3]]
    assert len(first_distinct(points, 100)) == 4


def plain_silhouette(points: np.ndarray, label: list[int]) -> float:
    scores = []
    for p, own in enumerate(label):
        mean = {
            other: np.mean([dist(points[p], points[q]) for q in range(len(points)) if label[q] == other and q != p])
            for other in set(label)
            if other != own or label.count(own) > 1
        }
        if label.count(own) == 1:
            scores.append(0.0)
            continue
        a, b = mean.pop(own), min(mean.values())
        scores.append((b - a) / max(a, b))
    return float(np.mean(scores))


@pytest.mark.parametrize("seed", range(6))
def test_silhouette_is_that_of_the_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points, label = rng.normal(0, 1, (30, 2)), [*range(4), *rng.integers(0, 3, 26).tolist()]
    assert silhouette(points, np.array(label)) == pytest.approx(plain_silhouette(points, label), abs=1e-14)


def test_one_cluster_has_no_silhouette() -> None:
    assert silhouette(np.zeros((3, 2)), np.zeros(3, np.int64)) == 0


def test_the_number_of_groups_is_that_of_the_best_silhouette() -> None:
    rng = np.random.default_rng(3)
    corners = np.array([[0, 0], [20, 0], [0, 20], [20, 20]])
    centres = np.repeat(corners, 10, axis=0) + rng.normal(0, 1, (40, 2))
    centres = centres[rng.permutation(40)]
    base = BaseClusters(np.arange(40), centres, np.ones(40, np.int64))
    found = groups_of(base)
    assert [k for k, _ in found.silhouettes] == [2, 3, 4, 5]
    best = max(found.silhouettes, key=lambda one: one[1])[0]
    assert len(set(found.of_base)) == best
    for k, score in found.silhouettes:
        start = [tuple(one) for one in centres[:k].tolist()]
        label = plain_k_means([tuple(one) for one in centres.tolist()], start, [1.0] * 40, 20)
        assert score == pytest.approx(plain_silhouette(centres, label), abs=1e-12)


@pytest.mark.parametrize(("base", "tried"), [(11, [2]), (12, [2, 3]), (24, [2, 3, 4]), (36, [2, 3, 4, 5])])
def test_more_base_clusters_let_more_groups_be_tried(base: int, tried: list[int]) -> None:
    centres = np.random.default_rng(1).normal(0, 1, (base, 2))
    found = groups_of(BaseClusters(np.arange(base), centres, np.ones(base, np.int64)))
    assert [k for k, _ in found.silhouettes] == tried


def test_groups_weigh_base_clusters_by_their_people() -> None:
    """Many people at 9 draw the second centre away from 4, which is then nearer to the first."""
    centres = np.array([[0.0, 0], [6, 0], [4, 0], [9, 0]])
    light = groups_of(BaseClusters(np.arange(4), centres, np.array([1, 1, 1, 1])))
    heavy = groups_of(BaseClusters(np.arange(4), centres, np.array([1, 9, 1, 99])))
    assert light.of_base.tolist() == [0, 1, 1, 1]
    assert heavy.of_base.tolist() == [0, 1, 0, 1]


def test_base_clusters_begin_with_the_rows_that_come_first() -> None:
    """150 people, no two alike: the hundred rows that come first begin the clusters, whatever their ids."""
    rng = np.random.default_rng(5)
    positions, arrived = rng.normal(0, 1, (150, 2)), rng.permutation(150)
    found = base_clusters(positions, np.ones(150, np.bool_), arrived)
    in_order = np.argsort(arrived)
    start = [tuple(one) for one in positions[in_order][:100].tolist()]
    label = plain_k_means([tuple(one) for one in positions[in_order].tolist()], start, [1.0] * 150, 100)
    assert found.of[in_order].tolist() == label
    assert found.size.sum() == 150


def test_seven_votes_place_somebody() -> None:
    people = [f"p{n}" for n in range(20) for _ in range(5 + n % 4)]
    statements = [s for n in range(20) for s in range(5 + n % 4)]
    matrix = matrix_of(of_votes(votes_of(people, statements, [1] * len(people))))
    votes = matrix.votes.per_voter
    assert included(matrix).sum() == 15, "10 have 7 votes or 8; the five next in order of first votes fill up to 15"
    assert all(included(matrix)[votes >= 7])
    assert sorted(votes[included(matrix)].tolist()) == [6] * 5 + [7] * 5 + [8] * 5


def test_of_people_with_as_many_votes_the_first_rows_fill_up() -> None:
    """Polis reads by statement, then by person, whenever they voted: first those on statement 0, then those on 1."""
    people = [n for n in range(29, -1, -1) for _ in range(2)]
    statements = [t for n in range(29, -1, -1) for t in ([0, 1] if n >= 20 else [1, 2])]
    votes = votes_of([*people, *[99] * 8], [*statements, *range(2, 10)], [1] * 68, [*range(68)])
    placed = included(matrix_of(of_votes(votes)))
    names = {int(name) for name, one in zip(votes.voters, placed, strict=True) if one}
    assert names == {99, *range(20, 30), *range(4)}


def test_nobody_fills_up_without_a_vote() -> None:
    votes = a_conversation(9, 12, seed=6).votes
    assert included(matrix_of(of_votes(votes.where(votes.voter != 4)))).tolist() == [True] * 4 + [False] + [True] * 4


def test_where_there_are_few_statements_a_vote_on_each_is_enough() -> None:
    conversation = a_conversation(60, 3, seed=1, share=0.9)
    votes = conversation.votes.per_voter
    assert 15 <= (votes == 3).sum() < 60
    assert np.array_equal(polis_map(conversation).placed, votes == 3)


def test_votes_on_left_out_statements_count_towards_seven() -> None:
    left_out = tuple(range(0, 40, 2))
    conversation = a_conversation(200, 40, seed=2, left_out=left_out)
    placed = polis_map(conversation).placed
    assert np.array_equal(placed, conversation.votes.per_voter >= 7)
    assert not np.array_equal(placed, conversation.kept().votes.per_voter >= 7)
