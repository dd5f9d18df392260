"""What chance makes of a conversation: people in so many groups and no more are placed as the real ones are."""

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from scipy.special import ndtri

from clew.deliberate.by_chance import Sample, answered, stretched, undrawn
from clew.deliberate.factors import PASSING, SIDE
from clew.deliberate.fit import fit
from clew.deliberate.groups import DRAWS, Bench
from clew.deliberate.mixture import Mixture, find_mixture
from clew.deliberate.positions import positions_of
from clew.deliberate.votes import Votes
from conversations import camps, slope


def sample_of(votes: Votes, dimensions: int = 1) -> Sample:
    model = fit(votes, dimensions, 0.3)
    return Sample(votes, model, positions_of(model), dimensions)


@pytest.fixture(scope="module")
def sloping() -> Sample:
    return sample_of(slope(300, 40, seed=1))


@pytest.fixture(scope="module")
def divided() -> Sample:
    return sample_of(camps((60, 40), 30, seed=1))


def test_groups_are_undrawn_as_the_normal_rule_draws_them() -> None:
    """Forwards by the formulas of a normal prior and normal noise, and back."""
    rng = np.random.default_rng(0)
    prior, noise = np.array([2.0, 0.7]), np.array([[0.5, 0.1], [0.1, 0.3]])
    spread, centre = np.array([[0.4, -0.1], [-0.1, 0.2]]), rng.normal(size=(3, 2))
    drawn = np.diag(prior) @ np.linalg.inv(np.diag(prior) + noise)
    doubt = np.linalg.inv(np.diag(1 / prior) + np.linalg.inv(noise))
    placed = Mixture(centre @ drawn.T, np.full(3, 1 / 3), drawn @ (spread + noise) @ drawn.T)
    back = undrawn(placed, doubt, prior)
    assert back.centre == pytest.approx(centre)
    assert back.spread == pytest.approx(spread)


def test_a_spread_narrower_than_noise_is_undrawn_to_none() -> None:
    narrow = Mixture(np.zeros((1, 1)), np.ones(1), np.array([[1e-6]]))
    assert undrawn(narrow, np.array([[0.3]]), np.array([1.0])).spread[0, 0] == 0


def test_stretching_lengthens_places_and_spread_alike() -> None:
    groups = Mixture(np.array([[1.0, 2.0]]), np.ones(1), np.array([[1.0, 0.5], [0.5, 2.0]]))
    twice = stretched(groups, np.array([2.0, 1.0]))
    assert twice.centre.tolist() == [[2.0, 2.0]]
    assert twice.spread.tolist() == [[4.0, 1.0], [1.0, 2.0]]


def test_people_by_degrees_are_placed_as_widely_as_those_who_were_there(sloping: Sample) -> None:
    stand = sloping.where_to_stand(find_mixture(sloping.place, 1, np.random.default_rng(0)), np.random.default_rng(1))
    there = [sloping.standing_in(stand, np.random.default_rng([2, draw])) for draw in range(6)]
    assert np.mean([one.var() for one in there]) == pytest.approx(sloping.place.var(), rel=0.1)
    assert stand.spread[0, 0] > sloping.place.var()  # for few votes draw everybody inwards


def test_two_camps_by_chance_are_as_clear_as_the_two_that_were_there(divided: Sample) -> None:
    """Else a third group would be held against people who are not in two."""
    rng = np.random.default_rng(0)
    two = find_mixture(divided.place, 2, rng)
    stand = divided.where_to_stand(two, np.random.default_rng(1))
    drawn = [divided.standing_in(stand, np.random.default_rng([3, draw])) for draw in range(8)]
    by_chance = np.mean([find_mixture(one, 2, rng).gain for one in drawn])
    assert by_chance == pytest.approx(two.gain, rel=0.5)
    by_degrees = divided.standing_in(find_mixture(divided.place, 1, rng), np.random.default_rng(4))
    assert find_mixture(by_degrees, 2, rng).gain < two.gain / 4


def test_whoever_stands_far_out_answers_so(sloping: Sample) -> None:
    """Shares of agrees follow the model's chance; passes too; who voted on what stays."""
    where = np.full((len(sloping.votes.voters), 1), 1.5)
    still = replace(sloping.factors, prior=replace(sloping.factors.prior, leaning=np.zeros(2)))
    many = [answered(sloping.votes, still, where, np.random.default_rng(draw)) for draw in range(40)]
    assert (many[0].statement == sloping.votes.statement).all()
    value = np.stack([one.value for one in many])
    mean = still.items.mean
    odds = mean[:, sloping.votes.statement, 0] + 1.5 * mean[:, sloping.votes.statement, 1]
    passes, agrees = (1 / (1 + np.exp(-odds[kind])) for kind in (PASSING, SIDE))
    assert (value == 0).mean() == pytest.approx(passes.mean(), abs=0.01)
    assert (value == 1).mean() == pytest.approx(((1 - passes) * agrees).mean(), abs=0.01)


class Chance:
    """A sample of people in two camps, of whom chance makes two further apart from a certain draw on, none before."""

    slope = ndtri((np.arange(200) + 0.5) / 200)[:, None]

    def __init__(self, camps_from: int) -> None:
        self.place = self.slope + 4.0 * (np.arange(200) % 2)[:, None]
        self.camps_from, self.draws = camps_from, 0

    def where_to_stand(self, groups: Mixture, rng: np.random.Generator) -> Mixture:
        return groups

    def standing_in(self, groups: Mixture, rng: np.random.Generator) -> np.ndarray:
        self.draws += 1
        far = 9 * (self.draws >= self.camps_from)
        return self.slope + far * (np.arange(200) % 2)[:, None]

    def shuffled(self, rng: np.random.Generator) -> np.ndarray:
        return self.slope


@pytest.mark.parametrize("camps_from", [1, 3, DRAWS])
def test_p_is_one_in_as_many_draws_as_it_takes_chance_to_do_as_well(camps_from: int) -> None:
    chance = Chance(camps_from)
    one = Bench(cast("Sample", chance), seed=0).against_chance(2, 1)
    assert chance.draws == camps_from
    assert one.p_value == 1 / camps_from
    assert not one.accepted
    assert one.by_chance >= one.clearness


def test_p_is_one_in_twenty_where_chance_never_does_as_well() -> None:
    chance = Chance(DRAWS + 1)
    one = Bench(cast("Sample", chance), seed=0).against_chance(2, 1)
    assert (chance.draws, one.p_value) == (DRAWS, 1 / (DRAWS + 1))
    assert one.by_chance < one.clearness
