"""Synthetic control: what it recovers exactly, how the placebo test counts, and what nothing may depend on."""

import numpy as np
import pytest

from clew.evaluate.synthetic_control import (
    Matching,
    PlaceboTest,
    SyntheticControl,
    backdated,
    in_their_place,
    synthetic_control,
    without_each,
)

START = 8


def a_panel(seed: int = 1, donors: int = 12, periods: int = 12, effect: float = 0.0) -> np.ndarray:
    """Unit 0 is treated from `START` on; two common factors and noise."""
    rng = np.random.default_rng(seed)
    loadings = np.vstack([[0.5, 0.5], rng.uniform(0, 1, (donors, 2))])
    factors = np.cumsum(rng.normal(0.5, 1, (2, periods)), axis=1)
    outcome = 10 + loadings @ factors + rng.normal(0, 0.2, (donors + 1, periods))
    outcome[0, START:] += effect
    return outcome


def others(outcome: np.ndarray) -> list[int]:
    return list(range(1, len(outcome)))


def a_test(outcome: np.ndarray) -> PlaceboTest:
    treated = synthetic_control(outcome, 0, others(outcome), START)
    return PlaceboTest(treated, in_their_place(outcome, others(outcome), START))


def test_a_unit_that_is_a_mixture_of_donors_is_found_with_its_weights_and_its_effect() -> None:
    outcome = a_panel()
    outcome[0] = 0.3 * outcome[2] + 0.7 * outcome[5]
    outcome[0, START:] += np.array([1.0, 2.0, 3.0, 4.0])
    found = synthetic_control(outcome, 0, others(outcome), START)
    assert found.weights == pytest.approx(np.eye(12)[1] * 0.3 + np.eye(12)[4] * 0.7, abs=1e-4)
    assert found.gap[START:] == pytest.approx([1, 2, 3, 4], abs=1e-3)
    assert found.effect == pytest.approx(2.5, abs=1e-3)
    assert found.after == pytest.approx(np.sqrt(7.5), abs=1e-3)
    assert found.exact


def test_the_effect_moves_with_the_outcome_and_only_after_the_start() -> None:
    before, after = a_test(a_panel()), a_test(a_panel(effect=5.0))
    assert after.treated.weights == pytest.approx(before.treated.weights, abs=1e-12)
    assert after.treated.effect == pytest.approx(before.treated.effect + 5, abs=1e-10)
    assert after.treated.before == pytest.approx(before.treated.before, abs=1e-12)
    assert not before.treated.exact


def test_no_donor_is_compared_with_the_treated_unit() -> None:
    """Its effect would pass for theirs: the donors' gaps stay as they are, however large it is."""
    small, large = a_test(a_panel()), a_test(a_panel(effect=1e6))
    for one, other in zip(small.donors, large.donors, strict=True):
        assert one.gap == pytest.approx(other.gap, abs=1e-9)


def made(effect: float, before: float, exact: bool = False) -> SyntheticControl:
    """Two periods before the start with gaps of size `before`, two after with gaps around `effect`."""
    gap = np.array([before, -before, effect - 1, effect + 1])
    return SyntheticControl(np.array([1.0]), np.zeros(4), gap, 2, exact)


NINE = tuple(made(effect, 0.5) for effect in (-9.0, 8.0, 7.0, -6.0, 5.0, 4.0, 3.0, 2.0, -1.0))


def test_the_interval_is_the_effects_that_are_not_rejected() -> None:
    """Nine donors, misfit half of the treated unit's: their effects count double. At 80 % two of ten may exceed."""
    test = PlaceboTest(made(10.0, 1.0), NINE)
    assert test.units == 10
    assert test.sizes() == pytest.approx([18, 16, 14, 12, 10, 8, 6, 4, 2])
    assert test.interval(0.9) == pytest.approx((10 - 18, 10 + 18))
    assert test.interval(0.8) == pytest.approx((10 - 16, 10 + 16))
    assert test.p_value() == pytest.approx(0.6)
    assert test.p_value(10.0) == 1.0


@pytest.mark.parametrize("level", [0.5, 0.7, 0.8, 0.9, 0.95])
def test_interval_and_p_value_agree_everywhere(level: float) -> None:
    test = a_test(a_panel(seed=4, effect=1.0))
    low, high = test.interval(level)
    for tau in np.linspace(-6, 8, 281):
        assert (test.p_value(float(tau)) > 1 - level + 1e-9) == (low <= tau <= high)


def test_too_few_units_for_a_level_reject_nothing() -> None:
    test = PlaceboTest(made(10.0, 1.0), NINE)
    assert test.interval(0.95) == (-np.inf, np.inf)
    assert test.interval(0.9) != (-np.inf, np.inf)


def test_where_a_unit_is_matched_exactly_effects_are_ranked_as_they_are() -> None:
    test = PlaceboTest(made(8.5, 1e-12, exact=True), NINE)
    assert test.sizes() == pytest.approx([9, 8, 7, 6, 5, 4, 3, 2, 1])
    assert test.p_value() == pytest.approx(0.2)
    assert test.interval(0.9) == pytest.approx((-0.5, 17.5))


def test_the_ratio_test_counts_how_much_gaps_grew() -> None:
    test = PlaceboTest(made(4.0, 1.0), (made(3.0, 1.0), made(2.0, 0.1), made(9.0, 100.0)))
    assert test.ratio_p_value() == pytest.approx(2 / 4)
    assert test.spread() == pytest.approx(np.sqrt((3**2 + 20**2 + 0.09**2) / 3))


def test_donors_order_and_units_of_measurement_do_not_matter() -> None:
    outcome = a_panel(seed=3, effect=2.0)
    order = np.random.default_rng(1).permutation(others(outcome))
    plain, moved = a_test(outcome), a_test(1000 * outcome[[0, *order]] - 77)
    assert moved.treated.effect == pytest.approx(1000 * plain.treated.effect, rel=1e-8)
    assert moved.interval(0.9) == pytest.approx(tuple(1000 * bound for bound in plain.interval(0.9)), rel=1e-8)
    assert moved.ratio_p_value() == plain.ratio_p_value()


def test_a_placebo_in_time_ends_before_the_start() -> None:
    quiet, loud = a_panel(seed=6), a_panel(seed=6, effect=40.0)
    found, test = backdated(quiet, 0, others(quiet), START)
    assert found.start == 6
    assert len(found.gap) == START
    assert backdated(loud, 0, others(loud), START)[0].effect == found.effect
    early = quiet.copy()
    early[0, 6:] += 30
    assert backdated(early, 0, others(quiet), START)[1].p_value() == pytest.approx(1 / 13)
    assert test.p_value() > 1 / 13


def test_each_donor_with_weight_is_left_out_in_turn() -> None:
    outcome = a_panel(seed=2, effect=3.0)
    found = synthetic_control(outcome, 0, others(outcome), START)
    left = without_each(outcome, 0, others(outcome), found)
    assert [place for place, _ in left] == [
        place for place in np.argsort(-found.weights, kind="stable") if found.weights[place] >= 0.001
    ]
    heaviest, effect = left[0]
    rest = [unit for unit in others(outcome) if unit != heaviest + 1]
    assert effect == pytest.approx(synthetic_control(outcome, 0, rest, START).effect)


def test_predictors_count_by_their_importance_in_their_own_standard_deviations() -> None:
    outcome = a_panel(seed=7)
    rng = np.random.default_rng(3)
    predictors = rng.normal(size=(13, 2)) * [1.0, 1e4]
    predictors[0] = predictors[1:].mean(axis=0)
    only_first = synthetic_control(outcome, 0, others(outcome), START, Matching(predictors, np.array([1.0, 0.0])))
    assert only_first.weights @ predictors[1:, 0] == pytest.approx(predictors[0, 0], abs=1e-4)
    predictors[0] = predictors[1:].max(axis=0)  # beyond all mixtures, so that it matters what counts more
    both = Matching(predictors, np.array([1.0, 3.0]))
    rescaled = Matching(predictors * [50.0, 0.1], np.array([1.0, 3.0]))
    found, again = (synthetic_control(outcome, 0, others(outcome), START, each) for each in (both, rescaled))
    assert found.weights == pytest.approx(again.weights, abs=1e-8)
    thrice = Matching(predictors[:, [0, 1, 1, 1]], np.ones(4))  # to count three times is to stand there three times
    assert found.weights == pytest.approx(
        synthetic_control(outcome, 0, others(outcome), START, thrice).weights, abs=1e-8
    )


def test_under_no_effect_the_placebo_test_errs_as_often_as_it_says() -> None:
    """300 panels of 20 like units: rejected at 10 % in about 10 %."""
    rejected = [a_like_panel(seed).p_value() <= 0.1 for seed in range(300)]
    assert 0.05 <= np.mean(rejected) <= 0.155


def a_like_panel(seed: int) -> PlaceboTest:
    rng = np.random.default_rng(seed)
    outcome = np.cumsum(rng.normal(size=(20, 12)), axis=1) + rng.normal(size=(20, 1))
    return a_test(outcome)
