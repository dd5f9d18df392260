"""Mixtures of groups of one shape: membership by the formula, planted groups found again."""

import numpy as np
import pytest

from clew.deliberate.mixture import Mixture, find_mixture
from conversations import rand_index

SIZES = (90, 50, 15)
CENTRES = np.array([[0.0, 0.0], [4.0, 1.0], [0.0, 5.0]])
PLANTED = np.repeat(np.arange(3), SIZES)


def planted(seed: int) -> np.ndarray:
    return CENTRES[PLANTED] + np.random.default_rng(seed).normal(0, 0.7, (155, 2))


def found(place: np.ndarray, groups: int = 3) -> Mixture:
    return find_mixture(place, groups, np.random.default_rng(0))


def log_density(mixture: Mixture, place: np.ndarray) -> np.ndarray:
    """The log of share times normal density of each group (n × k), by its formula, less the constant."""
    inverse = np.linalg.inv(mixture.spread)
    off = place[:, None] - mixture.centre
    size = np.log(np.linalg.det(mixture.spread))
    return np.log(mixture.share) - np.einsum("nki,ij,nkj->nk", off, inverse, off) / 2 - size / 2


def test_membership_is_the_share_of_each_groups_density() -> None:
    mixture = Mixture(CENTRES, np.array([0.5, 0.3, 0.2]), np.array([[2.0, 0.5], [0.5, 1.0]]))
    place = np.random.default_rng(1).normal(1, 3, (40, 2))
    density = np.exp(log_density(mixture, place))
    assert mixture.membership(place) == pytest.approx(density / density.sum(1, keepdims=True))
    far = mixture.membership(np.array([[1e3, -1e3], [1e5, 1e5]]))
    assert far.sum(1) == pytest.approx(np.ones(2))


@pytest.mark.parametrize("seed", range(3))
def test_planted_groups_are_found_the_largest_first(seed: int) -> None:
    mixture = found(planted(seed))
    assert rand_index(mixture.membership(planted(seed)).argmax(1), PLANTED) > 0.95
    assert mixture.share == pytest.approx(np.array(SIZES) / 155, abs=0.02)
    assert mixture.centre == pytest.approx(CENTRES, abs=0.6)


def test_gain_is_the_mean_log_density_above_one_group() -> None:
    place = planted(0)
    many, one = found(place), found(place, 1)
    above = np.log(np.exp(log_density(many, place)).sum(1)).mean() - log_density(one, place)[:, 0].mean()
    assert many.gain == pytest.approx(above)
    assert one.gain == 0


def test_one_group_is_everybodys_mean_and_covariance() -> None:
    place = planted(1)
    one = found(place, 1)
    assert one.centre[0] == pytest.approx(place.mean(0))
    assert one.spread == pytest.approx(np.cov(place.T, bias=True), abs=0.002 * place.var(0).sum())


def test_a_wider_group_is_not_split_for_being_on_a_slope() -> None:
    slope = np.random.default_rng(2).normal(0, 1, (400, 2)) * [3.0, 0.5]
    assert found(slope, 2).gain < 0.05 < found(planted(0), 2).gain


def test_people_at_one_place_do_no_harm() -> None:
    mixture = found(np.zeros((30, 2)), 2)
    assert mixture.membership(np.zeros((30, 2))).sum(1) == pytest.approx(np.ones(30))


def test_the_same_draws_give_the_same_mixture() -> None:
    one, other = found(planted(3)), found(planted(3))
    assert (one.centre.tobytes(), one.gain) == (other.centre.tobytes(), other.gain)
