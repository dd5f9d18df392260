"""Rare events: exact power equals the sum over every pair of counts, and the years needed are the least that do."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.pilot.rare import exact_power, no_event_by_luck, units_counted_exactly, years_each_side
from clew.pilot.search import least


def poisson(count: int, mean: float) -> float:
    return math.exp(-mean + count * math.log(mean) - math.lgamma(count + 1)) if mean > 0 else float(count == 0)


def power_by_hand(before: float, after: float, alpha: float, share: float) -> float:
    """The slow twin: for each total the later counts whose one-sided p-value is small, and the chance of each pair."""
    power = 0.0
    for total in range(12 + round(3 * (before + after))):
        p_value = 0.0
        for low in range(total + 1):
            p_value += math.comb(total, low) * share**low * (1 - share) ** (total - low)
            if p_value > alpha:
                break
            power += poisson(total - low, before) * poisson(low, after)
    return power


@given(
    st.floats(0.05, 12), st.floats(0, 1), st.sampled_from([0.01, 0.025, 0.05, 0.1]), st.sampled_from([0.3, 0.5, 0.7])
)
def test_exact_power_is_the_sum_over_all_pairs_of_counts(
    before: float, kept: float, alpha: float, share: float
) -> None:
    expected = power_by_hand(before, before * kept, alpha, share)
    assert exact_power(before, before * kept, alpha=alpha, share=share) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("cut", [0.1, 0.3])
def test_large_counts_come_near_the_normal_approximation(cut: float) -> None:
    """Square roots of Poisson counts have variance 1/4: the expected z of the difference gives the power."""
    before = 3 / (1 - math.sqrt(1 - cut)) ** 2
    z = 2 * (math.sqrt(before) - math.sqrt(before * (1 - cut))) / math.sqrt(2)
    approximate = 0.5 * math.erfc(-(z - 1.6449) / math.sqrt(2))
    assert exact_power(before, before * (1 - cut), alpha=0.05) == pytest.approx(approximate, abs=0.06)


def test_one_place_needs_forty_events_or_54_years() -> None:
    """0.74 fire deaths a year: 54 years before and 54 after show a halving, 53 do not; that is 40 events before."""
    assert years_each_side(0.74, 0.5, alpha=0.05, power=0.8) == 54
    assert power_by_hand(0.74 * 54, 0.37 * 54, 0.05, 0.5) >= 0.8 > power_by_hand(0.74 * 53, 0.37 * 53, 0.05, 0.5)
    assert years_each_side(1.0, 0.5, alpha=0.05, power=0.8) == 40


def test_26_places_need_three_years() -> None:
    """Pooled, 26 such places expect 57 deaths in three years: enough for a halving."""
    assert years_each_side(26 * 0.74, 0.5, alpha=0.05, power=0.8) == 3


def test_no_event_by_luck() -> None:
    assert [round(no_event_by_luck(0.74, years), 2) for years in (1, 2, 3)] == [0.48, 0.23, 0.11]


@given(st.floats(0.1, 50), st.floats(0.2, 1))
def test_the_years_are_the_least_that_are_enough(events: float, cut: float) -> None:
    years = years_each_side(events, cut, alpha=0.05, power=0.8)
    assert years is not None
    assert exact_power(events * years, events * years * (1 - cut), alpha=0.05) >= 0.8
    before = events * (years - 1)
    assert years == 1 or exact_power(before, before * (1 - cut), alpha=0.05) < 0.8


def test_a_cut_that_no_time_would_show_has_no_number_of_years() -> None:
    assert years_each_side(0.001, 0.01, alpha=0.05, power=0.8) is None


def test_nothing_happening_shows_nothing() -> None:
    assert exact_power(1e-6, 0.0, alpha=0.05) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("rates", "share"), [((0.1, 0.05), 0.5), ((0.05, 0.1), 0.5), ((0.1, 0.04), 0.3)])
def test_units_for_counts_are_the_least_that_are_enough(rates: tuple[float, float], share: float) -> None:
    units = units_counted_exactly(rates, share, alpha=0.05, power=0.8, most=10**6)
    assert units is not None

    def power(n: int) -> float:
        comparison, treated = rates[0] * n * (1 - share), rates[1] * n * share
        if rates[1] < rates[0]:
            return power_by_hand(comparison, treated, 0.025, share)
        return power_by_hand(treated, comparison, 0.025, 1 - share)

    assert power(units) >= 0.8 > power(units - 1)
    assert units_counted_exactly(rates, share, alpha=0.05, power=0.8, most=units // 4) is None


@given(st.integers(1, 10_000))
def test_the_least_number_is_found(number: int) -> None:
    assert least(lambda guess: guess >= number, 20_000) == number
