"""Synthetic difference-in-differences: the optimum it claims, exact recoveries, and the two standard errors."""

from itertools import combinations

import numpy as np
import pytest

from clew.evaluate.synthetic_did import (
    TIME_RIDGE,
    difference,
    jackknife_error,
    noise_of,
    placebo_effects,
    placebo_error,
    synthetic_did,
)
from clew.pilot.simplex import optimality_gap

START = 9


def a_panel(seed: int = 1, donors: int = 15, treated: int = 3, effect: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    units = donors + treated
    outcome = rng.normal(0, 3, (units, 1)) + np.cumsum(rng.normal(0, 1, (1, 13)), axis=1)
    outcome = outcome + rng.uniform(0, 1, (units, 1)) * np.linspace(0, 4, 13) + rng.normal(0, 0.5, (units, 13))
    outcome[:treated, START:] += effect
    return outcome[treated:], outcome[:treated]


def test_weights_are_the_best_there_are() -> None:
    donors, treated = a_panel()
    found = synthetic_did(donors, treated, START)
    before, path = donors[:, :START], treated.mean(axis=0)[:START]
    zeta = (3 * 4) ** 0.25 * found.noise
    units = (before - before.mean(axis=1)[:, None]).T, path - path.mean()
    assert optimality_gap(*units, found.unit_weights, zeta**2 * START) < 1e-8
    later = donors[:, START:].mean(axis=1)
    times = before - before.mean(axis=0), later - later.mean()
    assert optimality_gap(*times, found.time_weights, (TIME_RIDGE * found.noise) ** 2 * 15) < 1e-8


def test_the_noise_is_that_of_first_differences() -> None:
    assert noise_of(np.array([[0.0, 1.0, 4.0], [2.0, 2.0, 0.0]])) == pytest.approx(np.std([1, 3, 0, -2], ddof=1))


def test_units_and_periods_that_only_differ_in_level_give_the_effect_exactly() -> None:
    rng = np.random.default_rng(2)
    outcome = rng.normal(size=(8, 1)) * 5 + rng.normal(size=(1, 12)) * 3
    outcome[0, START:] += 2.5
    found = synthetic_did(outcome[1:], outcome[:1], START)
    assert found.effect == pytest.approx(2.5, abs=1e-10)


def test_the_estimate_is_a_weighted_difference_of_differences() -> None:
    donors, treated = a_panel(effect=2.0)
    found = synthetic_did(donors, treated, START)
    path, synthetic = treated.mean(axis=0), found.unit_weights @ donors
    by_hand = (path[START:].mean() - found.time_weights @ path[:START]) - (
        synthetic[START:].mean() - found.time_weights @ synthetic[:START]
    )
    assert found.effect == pytest.approx(by_hand, abs=1e-12)
    assert difference(donors, path, np.full(15, 1 / 15), np.full(START, 1 / START)) == pytest.approx(
        path[START:].mean() - path[:START].mean() - donors[:, START:].mean() + donors[:, :START].mean()
    )


def test_levels_and_units_of_measurement_do_not_matter() -> None:
    donors, treated = a_panel(effect=2.0)
    plain = synthetic_did(donors, treated, START).effect
    shifted = synthetic_did(1000 * donors + np.arange(15)[:, None] * 1e4, 1000 * treated - 5e4, START).effect
    assert shifted == pytest.approx(1000 * plain, rel=1e-7)


def test_the_jackknife_leaves_each_unit_out_with_weights_held() -> None:
    donors, treated = a_panel(effect=1.0)
    found = synthetic_did(donors, treated, START)
    everyone, weights = np.vstack([donors, treated]), np.r_[found.unit_weights, np.full(3, 1 / 3)]
    side, without = np.r_[np.zeros(15, bool), np.ones(3, bool)], []
    for left in range(18):
        kept = weights * (np.arange(18) != left)
        path = kept[side] @ everyone[side] / kept[side].sum()
        without.append(difference(everyone[~side], path, kept[~side] / kept[~side].sum(), found.time_weights))
    expected = np.sqrt(17 / 18 * np.sum((np.array(without) - np.mean(without)) ** 2))
    assert jackknife_error(donors, treated, found) == pytest.approx(expected, rel=1e-10)


def test_the_jackknife_needs_two_treated_units() -> None:
    donors, treated = a_panel(treated=1)
    assert jackknife_error(donors, treated, synthetic_did(donors, treated, START)) is None


def test_with_one_treated_unit_every_donor_takes_its_place_once_and_nothing_is_drawn() -> None:
    donors, _ = a_panel(treated=1)
    effects = placebo_effects(donors, 1, START, np.random.default_rng(1))
    assert np.array_equal(effects, placebo_effects(donors, 1, START, np.random.default_rng(2)))
    by_hand = [synthetic_did(np.delete(donors, place, axis=0), donors[[place]], START).effect for place in range(15)]
    assert effects == pytest.approx(by_hand, abs=1e-12)
    assert placebo_error(effects) == pytest.approx(np.std(by_hand))


def test_pairs_of_donors_are_listed_and_many_triples_drawn_by_the_seed() -> None:
    donors, _ = a_panel(donors=20)
    pairs = placebo_effects(donors, 2, START, np.random.default_rng(1))
    assert len(pairs) == len(list(combinations(range(20), 2)))
    first, again, other = (placebo_effects(donors, 3, START, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert len(first) == 200
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_too_few_donors_for_placebos_give_none() -> None:
    donors, _ = a_panel(donors=3)
    assert len(placebo_effects(donors, 2, START, np.random.default_rng(1))) == 0
    assert len(placebo_effects(donors, 1, START, np.random.default_rng(1))) == 3
