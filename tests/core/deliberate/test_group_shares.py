"""The posterior of a group's share, held against sums of exact fractions, numeric integrals and drawing people."""

from collections.abc import Callable
from fractions import Fraction
from math import comb, factorial

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import bdtrc, betaln

from clew.deliberate.group_shares import EXACT_UP_TO, Shares, beta_binomial_tail, shares
from clew.deliberate.pooling import Expected


def of_one(a: float, b: float, counted: int, unknown: int, seen: int) -> Shares:
    cells = (np.array([[float(one)]]) for one in (a, b, counted, unknown, seen + unknown))
    return Shares(*cells)


def integral(density: Callable[[float], float], start: float = 0) -> float:
    found: float = quad(density, start, 1, epsabs=0, epsrel=1e-12)[0]
    return found


def exact_tail(a: int, b: int, n: int, least: int) -> Fraction:
    """Of whole a and b: C(n, k) B(a + k, b + n - k) / B(a, b) in fractions."""

    def beta(x: int, y: int) -> Fraction:
        return Fraction(factorial(x - 1) * factorial(y - 1), factorial(x + y - 1))

    return sum((comb(n, k) * beta(a + k, b + n - k) / beta(a, b) for k in range(max(least, 0), n + 1)), Fraction(0))


@pytest.mark.parametrize(("a", "b"), [(1, 1), (3, 9), (40, 2)])
@pytest.mark.parametrize(
    ("n", "least"), [(0, 0), (0, 1), (1, 1), (7, 3), (60, 50), (200, 1), (200, 150), (5, 9), (5, -2)]
)
def test_the_tail_of_the_beta_binomial_is_the_sum_of_fractions(a: int, b: int, n: int, least: int) -> None:
    found = beta_binomial_tail(*(np.array([float(one)]) for one in (a, b, n, least)))
    assert found[0] == pytest.approx(float(exact_tail(a, b, n, least)), abs=1e-12)


def test_where_many_did_not_vote_the_matched_beta_is_as_near_as_it_says() -> None:
    rng = np.random.default_rng(3)
    size = 60
    n = rng.integers(EXACT_UP_TO + 1, 5_000, size).astype(float)
    votes, mean = np.exp(rng.uniform(0, 5, size)), rng.uniform(0.05, 0.95, size)
    least = np.ceil(n * rng.uniform(0.02, 0.98, size))
    found = beta_binomial_tail(votes * mean, votes * (1 - mean), n, least)
    worst = 0.0
    for place in range(size):
        a, b = votes[place] * mean[place], votes[place] * (1 - mean[place])
        k = np.arange(least[place], n[place] + 1)
        logs = betaln(a + k, b + n[place] - k) - betaln(a, b) - betaln(k + 1, n[place] - k + 1) - np.log(n[place] + 1)
        worst = max(worst, abs(found[place] - np.exp(logs).sum()))
    assert 0 < worst < 0.005


def test_people_like_them_are_an_integral_of_the_density() -> None:
    found = of_one(7.3, 2.4, 5, 3, 6).among_the_like(0.6)
    density = integral(lambda p: p**6.3 * (1 - p) ** 1.4, 0.6) / integral(lambda p: p**6.3 * (1 - p) ** 1.4)
    assert found[0, 0] == pytest.approx(density, rel=1e-10)


def test_members_who_did_not_vote_are_an_integral_over_the_chance() -> None:
    found = of_one(7.3, 2.4, 5, 30, 6).among_members(0.6)  # 22 of 36 are wanted, 5 are known
    over = integral(lambda p: p**6.3 * (1 - p) ** 1.4 * bdtrc(16, 30, p))
    assert found[0, 0] == pytest.approx(over / integral(lambda p: p**6.3 * (1 - p) ** 1.4), rel=1e-10)


def test_both_readings_are_what_drawing_people_gives() -> None:
    """Groups of 25 are drawn, 10 of each vote: of the groups in which 7 of the 10 agree, the share with ..."""
    rng = np.random.default_rng(11)
    chance = rng.beta(4.2, 1.8, 400_000)
    seven = rng.binomial(10, chance) == 7
    among_all = (7 + rng.binomial(15, chance[seven])) / 25
    before = Expected(np.array([[0.7]]), np.array([6.0]))
    found = shares(np.array([[7.0]]), np.array([[10.0]]), np.array([25.0]), before)
    like, members = (float(one[0, 0]) for one in (found.among_the_like(0.6), found.among_members(0.6)))
    assert like == pytest.approx((chance[seven] >= 0.6).mean(), abs=0.006)
    assert members == pytest.approx((among_all >= 0.6 - 1e-9).mean(), abs=0.006)
    assert abs(like - members) > 0.02  # the readings differ, so that taking one for the other would be seen
    assert found.at_least(0.6)[0, 0] == min(like, members)
    assert found.below(0.6)[0, 0] == 1 - max(like, members)
    assert found.mean[0, 0] == pytest.approx(among_all.mean(), abs=0.002)
    low, high = (float(one[0, 0]) for one in found.interval(0.9))
    for drawn in (chance[seven], among_all):
        assert np.mean(drawn < low - 1e-9) < 0.055
        assert np.mean(drawn > high + 1e-9) < 0.055
    assert np.mean((chance[seven] >= low) & (chance[seven] <= high)) < 0.96  # and no wider than it must be


def test_where_all_members_voted_their_share_is_known() -> None:
    before = Expected(np.array([[0.95]]), np.array([50.0]))
    found = shares(np.array([[5.0]]), np.array([[9.0]]), np.array([9.0]), before)
    assert found.among_the_like(0.6)[0, 0] > 0.99  # as the others make one expect
    assert found.among_members(0.6)[0, 0] == 0  # yet 5 of 9 are less than 60 %
    assert found.at_least(0.6)[0, 0] == 0
    assert found.mean[0, 0] == 5 / 9
    low, high = found.interval(0.9)
    assert low[0, 0] == 5 / 9 < high[0, 0]


def test_exactly_the_threshold_is_enough() -> None:
    """55 % of 100 are 55, although 0.55 × 100 is a little more in doubles."""
    for counted, size, share in ((3, 5, 0.6), (55, 100, 0.55), (99, 180, 0.55)):
        assert of_one(1, 1, counted, 0, size).among_members(share)[0, 0] == 1
        assert of_one(1, 1, counted - 1, 0, size).among_members(share)[0, 0] == 0
