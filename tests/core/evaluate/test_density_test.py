"""The density at a cut-off: what must and must not look like rows that were moved."""

import math

import numpy as np
import pytest

from clew.evaluate.density_test import density_jump, grid_step, placebo_cutoffs, ranked_density
from running_values import counted


def scores(seed: int = 1, n: int = 20_000) -> np.ndarray:
    """Whole scores from 0 to 100 that heap at fives."""
    rng = np.random.default_rng(seed)
    whole = np.clip(np.round(rng.normal(55, 18, n)), 0, 100)
    return np.where(rng.uniform(size=n) < 0.3, 5 * np.round(whole / 5), whole)


def lifted(marks: np.ndarray, cutoff: float = 65, share: float = 0.7) -> np.ndarray:
    """Most scores of the three points below the cut-off are lifted to it."""
    just_below = (marks < cutoff) & (marks >= cutoff - 3)
    chosen = just_below & (np.random.default_rng(2).uniform(size=len(marks)) < share)
    return np.where(chosen, cutoff, marks)


def test_a_smooth_density_is_no_alarm() -> None:
    """One in a hundred smooth samples has p < .01, up to chance."""
    rng, alarms = np.random.default_rng(3), 0
    for _ in range(300):
        found = density_jump(*counted(rng.normal(0.3, 1, 1500)))
        assert found is not None
        alarms += found.p_value < 0.05
    assert 4 <= alarms <= 30


def test_densities_are_shares_of_rows_per_unit() -> None:
    found = density_jump(*counted(np.random.default_rng(4).uniform(-1, 1, 50_000)))
    assert found is not None
    assert (found.below, found.above) == pytest.approx((0.5, 0.5), abs=0.03)


def test_twice_as_many_rows_above() -> None:
    rng = np.random.default_rng(5)
    found = density_jump(*counted(np.r_[rng.uniform(-1, 0, 10_000), rng.uniform(0, 1, 20_000)]))
    assert found is not None
    assert found.log_ratio == pytest.approx(math.log(2), abs=0.1)
    assert found.t > 10


def test_units_do_not_matter() -> None:
    x = np.random.default_rng(6).normal(0.2, 1, 4000)
    one, other = density_jump(*counted(x)), density_jump(*counted(1e-5 * x))
    assert one is not None
    assert other is not None
    assert (other.log_ratio, other.std_error, 1e5 * other.h) == pytest.approx((one.log_ratio, one.std_error, one.h))


def test_whole_numbers_are_counted_in_whole_bins() -> None:
    """Bins narrower than the steps, or no whole number of them, would jump by themselves."""
    x, n = counted(np.round(np.random.default_rng(7).normal(0, 30, 40_000)))
    assert grid_step(x, n) == 1.0
    found = density_jump(x, n)
    assert found is not None
    assert found.bin_width == 1.0
    assert abs(found.t) < 3


@pytest.mark.parametrize(
    ("x", "step"),
    [
        (np.repeat([0.0, 0.1, 0.2, 0.7], 9), 0.1),
        (np.repeat([0.0, 0.1, 0.25, 0.7], 9), None),
        (np.arange(9.0), None),
        (np.repeat([0.0, 1e-9, 1.0], 9), None),
    ],
)
def test_steps(x: np.ndarray, step: float | None) -> None:
    """A grid needs rows that share values, equal steps, and to be well filled."""
    found = grid_step(*counted(x))
    assert found is None if step is None else found == pytest.approx(step)


def test_scores_that_heap_at_round_values_are_no_alarm() -> None:
    found = ranked_density(*counted(scores() - 65))
    assert found is not None
    assert found.jump.p_value < 0.01
    assert found.rank > 1


def test_scores_lifted_over_the_cutoff_stand_out() -> None:
    found = ranked_density(*counted(lifted(scores()) - 65))
    assert found is not None
    assert found.rank == 1
    assert found.jump.t > 10


def test_placebo_cutoffs_are_as_round_as_the_cutoff() -> None:
    x, n = counted(scores() - 65)
    places = placebo_cutoffs(x, n, 5.0)
    assert len(places) >= 10
    assert all(place % 5 == 0 and abs(place) > 5 for place in places)


def test_no_placebo_cutoff_where_nothing_spreads() -> None:
    assert placebo_cutoffs(np.array([1.0]), np.array([50.0]), 0.1) == []
    assert placebo_cutoffs(np.array([0.0, 1.0]), np.array([50.0, 50.0]), 10.0) == []


@pytest.mark.parametrize("x", [np.arange(1.0, 900), np.repeat([-1.0, 0.0, 1.0], 200)])
def test_a_side_of_few_bins_cannot_be_tested(x: np.ndarray) -> None:
    assert density_jump(*counted(x)) is None
    assert ranked_density(*counted(x)) is None


def test_no_rows_next_to_the_cutoff_cannot_be_tested() -> None:
    rng = np.random.default_rng(8)
    x = np.r_[rng.uniform(-9, -8, 5000), rng.uniform(0, 1, 5000)]
    assert density_jump(*counted(x), bin_width=0.05) is None
