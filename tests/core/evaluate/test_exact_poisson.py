"""Exact counts by brute force: coverage by listing every outcome, and what few events can and cannot show."""

from math import comb, exp, inf, lgamma, log

import numpy as np
import pytest

from clew.evaluate.exact_poisson import (
    Comparison,
    Excess,
    Side,
    dispersion,
    exact_interval,
    exact_p,
    rule_of_three,
    smallest_cut,
)
from clew.pilot.rare import exact_power

LEVEL = 0.95


def poisson(count: int, mean: float) -> float:
    """The chance of a Poisson count."""
    return exp(count * log(mean) - mean - lgamma(count + 1))


def binomial(count: int, total: int, share: float) -> float:
    """The chance of a binomial count."""
    return comb(total, count) * share**count * (1 - share) ** (total - count)


def test_garwoods_table() -> None:
    """Garwood (1936), 95 %: 0 gives (0, 3.69), 1 (0.025, 5.57), 5 (1.62, 11.67), 20 (12.22, 30.89)."""
    for events, ends in {0: (0, 3.69), 1: (0.025, 5.57), 5: (1.62, 11.67), 20: (12.22, 30.89)}.items():
        assert exact_interval(events, LEVEL) == pytest.approx(ends, abs=0.005)


@pytest.mark.parametrize("mean", [0.3, 1.0, 2.7, 8.0, 25.0])
def test_garwoods_interval_covers_at_least_its_level(mean: float) -> None:
    covered = sum(
        poisson(k, mean) for k in range(200) if exact_interval(k, LEVEL)[0] <= mean <= exact_interval(k, LEVEL)[1]
    )
    assert LEVEL <= covered < 1


def test_a_count_against_what_was_expected_is_tested_as_its_interval_says() -> None:
    for events in range(25):
        for expected in (0.5, 3.0, 9.7, 20.0):
            low, high = exact_interval(events, LEVEL)
            assert (exact_p(events, expected) < 1 - LEVEL) is not (low <= expected <= high)


@pytest.mark.parametrize("counts", [(0, 5), (3, 9), (9, 2), (1, 1), (40, 22), (0, 0)])
def test_conditional_test_by_listing_every_split(counts: tuple[int, int]) -> None:
    """p: twice the smaller binomial tail; mid-p: the same with the split itself by half."""
    found = Comparison(Side(counts[0], 120.0), Side(counts[1], 80.0))
    total, share = sum(counts), 0.6
    chance = [binomial(k, total, share) for k in range(total + 1)]
    tails = sum(chance[: counts[0] + 1]), sum(chance[counts[0] :])
    assert found.p_value == pytest.approx(min(1, 2 * min(tails)), rel=1e-10)
    halved = 2 * (min(tails) - chance[counts[0]] / 2)
    assert found.mid_p == pytest.approx(min(1, halved), rel=1e-10)
    assert found.mid_p <= found.p_value


@pytest.mark.parametrize("counts", [(0, 5), (0, 8), (3, 9), (9, 2), (1, 1), (40, 22), (60, 22), (5, 0)])
def test_both_intervals_say_what_the_test_says(counts: tuple[int, int]) -> None:
    """Fay (2010): an interval that leaves out equal rates although the test does not reject them would mislead."""
    for level in (0.9, 0.95, 0.99):
        found = Comparison(Side(counts[0], 120.0), Side(counts[1], 80.0))
        low, high = found.ratio_interval(level)
        assert (low <= 1 <= high) is (found.p_value >= 1 - level)
        below, above = found.difference_interval(level)
        assert below <= found.difference <= above
        if found.p_value >= 1 - level:
            assert below <= 0 <= above


@pytest.mark.parametrize(
    "means", [(0.5, 0.5), (2.0, 2.0), (6.0, 2.0), (3.0, 15.0), (20.0, 20.0), (0.2, 9.0), (25.0, 40.0), (12.0, 8.0)]
)
def test_intervals_cover_at_least_their_level(means: tuple[float, float]) -> None:
    """Every pair of counts, listed: the ratio's interval is exact, the difference's within two thousandths."""
    share_ratio = share_difference = 0.0
    over = (10.0, 25.0)
    rates = means[0] / over[0], means[1] / over[1]
    for first in range(int(means[0] + 9 * means[0] ** 0.5 + 9)):
        for second in range(int(means[1] + 9 * means[1] ** 0.5 + 9)):
            chance = poisson(first, means[0]) * poisson(second, means[1])
            found = Comparison(Side(first, over[0]), Side(second, over[1]))
            low, high = found.ratio_interval(LEVEL)
            share_ratio += chance * (low <= rates[0] / rates[1] <= high)
            low, high = found.difference_interval(LEVEL)
            share_difference += chance * (low <= rates[0] - rates[1] <= high)
    assert share_ratio >= LEVEL
    assert share_difference >= LEVEL - 0.002


def test_no_event_at_all() -> None:
    found = Comparison(Side(0, 30.0), Side(0, 60.0))
    assert (found.ratio, found.difference, found.p_value, found.mid_p) == (None, 0.0, 1.0, 1.0)
    assert found.ratio_interval(LEVEL) == (0.0, inf)
    low, high = found.difference_interval(LEVEL)
    assert (low, high) == pytest.approx((-3.69 / 60, 3.69 / 30), rel=1e-3)


def test_an_event_only_where_nothing_was_tried() -> None:
    found = Comparison(Side(4, 30.0), Side(0, 60.0))
    assert found.ratio == inf
    assert found.ratio_interval(LEVEL)[1] == inf
    assert found.ratio_interval(LEVEL)[0] > 1


def test_rule_of_three() -> None:
    """Hanley & Lippman-Hand (1983): no event among 100 leaves a rate of three in 100 possible, at 95 % one-sided."""
    assert rule_of_three(100, 0.95) == pytest.approx(0.03, abs=0.0001)
    assert exp(-rule_of_three(100, 0.95) * 100) == pytest.approx(0.05)


def test_observed_minus_expected() -> None:
    found = Excess(2, 7.4)
    at_most, at_least = sum(poisson(k, 7.4) for k in range(3)), sum(poisson(k, 7.4) for k in range(11, 80))
    assert found.difference == pytest.approx(-5.4)
    assert found.ratio == pytest.approx(0.270, abs=0.001)
    assert found.difference_interval(LEVEL) == pytest.approx((0.242 - 7.4, 7.225 - 7.4), abs=0.001)
    assert found.p_value == pytest.approx(2 * at_most, rel=1e-10)
    assert found.mid_p == pytest.approx(2 * (at_most - poisson(2, 7.4) / 2), rel=1e-10)
    assert Excess(11, 7.4).mid_p == pytest.approx(2 * (at_least - poisson(11, 7.4) / 2), rel=1e-10)


def test_the_smallest_cut_that_would_be_shown() -> None:
    cut = smallest_cut(40.0, 0.5, alpha=0.05, power=0.8)
    assert cut is not None
    assert exact_power(40.0, 40.0 * (1 - cut), alpha=0.025) == pytest.approx(0.8, abs=1e-3)
    assert 0.3 < cut < 0.7


def test_where_not_even_no_event_would_show_a_cut() -> None:
    """Three deaths expected in three years, and as long without a single one: too few (0.5³ > 0.025)."""
    assert smallest_cut(3.0, 0.5, alpha=0.05, power=0.8) is None


def test_scatter_beside_chance() -> None:
    """χ² over df by hand: two sides of two parts each."""
    counts, exposure, side = np.array([4, 8, 3, 3]), np.array([1.0, 1.0, 1.0, 2.0]), np.array([0, 0, 1, 1])
    found = dispersion(counts, exposure, side)
    assert found is not None
    chi2 = (4 - 6) ** 2 / 6 + (8 - 6) ** 2 / 6 + (3 - 2) ** 2 / 2 + (3 - 4) ** 2 / 4
    assert (found.ratio, found.df) == (pytest.approx(chi2 / 2), 2)
    assert found.p_value == pytest.approx(exp(-chi2 / 2))
    assert dispersion(np.array([4, 3]), np.array([1.0, 1.0]), np.array([0, 1])) is None
    assert dispersion(np.array([0, 0]), np.array([1.0, 1.0]), np.array([0, 0])) is None


def test_scatter_of_poisson_counts_is_seldom_questioned() -> None:
    rng = np.random.default_rng(3)
    side, exposure = np.repeat([0, 1], 12), np.full(24, 5.0)
    found = [dispersion(rng.poisson(6.0, 24), exposure, side) for _ in range(400)]
    assert 0.02 < np.mean([one is not None and one.p_value < 0.05 for one in found]) < 0.08
