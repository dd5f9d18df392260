"""Places on the map: their axes, who is known well enough, and how a former map is kept to."""

from dataclasses import replace

import numpy as np
import pytest

from clew.deliberate.factors import SIDE
from clew.deliberate.fit import fit, place
from clew.deliberate.observations import observations_of
from clew.deliberate.positions import KNOWN_ENOUGH, Positions, aligned, positions_of, principal_axes
from conversations import drawn, noise

RNG = np.random.default_rng(2)
POSITION = np.column_stack([RNG.normal(0, 1.6, 150), RNG.normal(0, 0.8, 150)])
VOTES = drawn(POSITION, 30, seed=2).votes
MODEL = fit(VOTES, 2, 0.3)
FOUND = positions_of(MODEL)
TURN = np.array([[0.6, 0.8], [-0.8, 0.6]])


def distances(places: np.ndarray) -> np.ndarray:
    return np.linalg.norm(places[:, None] - places, axis=2)


def test_the_axis_along_which_statements_tell_people_apart_most_comes_first() -> None:
    strength, turn = principal_axes(MODEL)
    turned = MODEL.rotated(turn).items
    square = (turned.mean[SIDE][:, 1:] ** 2 + np.diagonal(turned.covariance[SIDE], 0, 1, 2)[:, 1:]).mean(0)
    assert strength == pytest.approx(square)
    assert strength[0] > strength[1] > 0
    assert turn @ turn.T == pytest.approx(np.eye(2))
    product = turned.mean[SIDE][:, 1:].T @ turned.mean[SIDE][:, 1:] / 30 + turned.covariance[SIDE][:, 1:, 1:].mean(0)
    assert product[0, 1] == pytest.approx(0, abs=1e-9)


def test_the_map_is_the_same_however_the_model_was_turned() -> None:
    turned = positions_of(MODEL.rotated(TURN))
    assert turned.place == pytest.approx(FOUND.place, abs=1e-9)
    assert turned.covariance == pytest.approx(FOUND.covariance, abs=1e-9)
    assert turned.pull == pytest.approx(FOUND.pull, abs=1e-9)


def test_the_longer_tail_is_to_the_right() -> None:
    assert ((FOUND.place**3).sum(0) >= 0).all()


def test_places_are_in_units_of_log_odds() -> None:
    """Place times pull is position times loading: the same log-odds by other names."""
    log_odds = MODEL.people.positions @ MODEL.items.mean[SIDE][:, 1:].T
    assert FOUND.place @ FOUND.pull.T == pytest.approx(log_odds, abs=1e-9)


def test_the_first_planted_axis_is_found() -> None:
    assert abs(np.corrcoef(FOUND.place[:, 0], POSITION[:, 0])[0, 1]) > 0.85


def test_more_is_known_of_whoever_voted_more() -> None:
    """The same person with the first few votes, then more of them, by the same statements."""
    known = []
    for count in (0, 3, 8, 30):
        votes = VOTES.where((VOTES.voter != 0) | (VOTES.statement < count))
        known.append(float(positions_of(place(observations_of(votes), MODEL)).known[0]))
    assert all(0 <= one <= 1 for one in known)
    assert known == sorted(known)
    assert known[0] < KNOWN_ENOUGH < known[-1]


def test_placed_is_who_is_known_well_enough() -> None:
    some = VOTES.where((VOTES.voter >= 40) | (VOTES.statement < 2))
    found = positions_of(place(observations_of(some), MODEL))
    assert (found.placed == (found.known >= 0.5)).all()
    assert not found.placed[:40].any()
    assert found.placed[40:].mean() > 0.9


def test_without_dimensions_nobody_is_told_apart() -> None:
    found = positions_of(fit(noise(20, 6, seed=1), 0, 0.3))
    assert found.place.shape == (20, 0)
    assert found.leading == 0
    assert found.placed.all()


def test_groups_are_looked_for_on_two_axes_and_on_others_that_are_wide() -> None:
    def spread(*variances: float) -> Positions:
        place = np.random.default_rng(1).normal(0, 1, (4000, len(variances))) * np.sqrt(variances)
        return replace(FOUND, place=place, placed=np.ones(4000, np.bool_))

    assert spread(1.0).leading == 1
    assert spread(5.0, 0.1, 0.1).leading == 2
    assert spread(5.0, 3.0, 3.0, 0.1).leading == 3


def test_a_former_map_that_was_turned_is_turned_back() -> None:
    shared = np.arange(150) % 3 != 0
    found = aligned(FOUND, FOUND.place @ TURN + [3.0, -1.0], shared)
    assert found.place == pytest.approx(FOUND.place @ TURN, abs=1e-9)
    assert found.covariance[7] == pytest.approx(TURN.T @ FOUND.covariance[7] @ TURN, abs=1e-9)
    assert found.place @ found.pull.T == pytest.approx(FOUND.place @ FOUND.pull.T, abs=1e-9)


def test_distances_do_not_change_whatever_the_former_map() -> None:
    former = np.random.default_rng(9).normal(0, 2, (150, 2))
    found = aligned(FOUND, former, np.ones(150, np.bool_))
    assert distances(found.place) == pytest.approx(distances(FOUND.place), abs=1e-9)


def test_only_those_who_were_on_the_former_map_decide_how_it_turns() -> None:
    shared = np.arange(150) < 60
    former = FOUND.place @ TURN
    former[60:] = 0
    assert aligned(FOUND, former, shared).place == pytest.approx(FOUND.place @ TURN, abs=1e-9)
