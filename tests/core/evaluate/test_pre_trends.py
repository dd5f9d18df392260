"""What happened before the start: the joint test, the straight line, the broken trends, the band over all."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import fdtrc

from clew.evaluate.aggregation import Averages, by_event_time
from clew.evaluate.callaway_santanna import group_time
from clew.evaluate.honest import break_down, relative_magnitudes
from clew.evaluate.pre_trends import before, before_of_means, joint_test, resting_on_enough, straight_on
from clew.evaluate.simultaneous import DRAWS, critical_value_of_all
from staggered import a_panel, panel


def a_study(seed: int = 1, slope: float = 0.0, units: int = 60) -> tuple[Averages, float]:
    """An event study where the treated move away by `slope` each period, and how many degrees of freedom it has."""
    data = a_panel(seed, units=units)
    drift = slope * np.arange(6) * (data.start < 6)[:, None]
    effects = group_time(panel(data.outcome + drift, data.start), against="never", base="universal")
    return by_event_time(effects, "overall"), min(effects.clusters) - 1.0


def written(estimate: list[float], covariance: np.ndarray, weight: list[float], mean: float) -> Averages:
    return Averages(
        np.array([-3.0, -2.0, 0.0, 1.0]), np.array(estimate), covariance, mean, np.array(weight), np.full(4, 9)
    )


def test_two_differences_by_hotelling() -> None:
    """By hand: W = b'V⁻¹b, F = W (ν − q + 1) / (ν q)."""
    covariance = np.diag([0.04, 0.01, 0.02, 0.03, 0.02])
    covariance[0, 1] = covariance[1, 0] = 0.01
    study = written([0.5, 0.2, 1.0, 1.2], covariance, [0, 0, 0.5, 0.5], 1.1)
    wald = np.array([0.5, 0.2]) @ np.linalg.inv(covariance[:2, :2]) @ np.array([0.5, 0.2])
    found = joint_test(before(study, -1.0), 20.0)
    assert found is not None
    assert (found.statistic, found.numerator, found.df) == pytest.approx((wald * 19 / 40, 2, 19))
    assert found.p_value == pytest.approx(fdtrc(2, 19, wald * 19 / 40))
    assert joint_test(before(study, -1.0), 1.0) is None
    assert joint_test(before(replace(study, covariance=np.zeros((5, 5))), -1.0), 20.0) is None


def test_units_that_move_alike_are_rejected_as_often_as_said() -> None:
    data, p_values = a_panel(1, units=80), []
    rng = np.random.default_rng(2)
    for _ in range(400):
        noise = np.cumsum(rng.normal(0, 1, (80, 6)), axis=1)
        start = np.where(data.start < 6, 4, 6)
        effects = group_time(panel(noise, start), base="universal")
        test = joint_test(before(by_event_time(effects), -1.0), min(effects.clusters) - 1.0)
        assert test is not None
        p_values.append(test.p_value)
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 400))


def test_units_that_already_moved_apart_are_seen() -> None:
    (alike, df), (apart, _) = a_study(3, units=300), a_study(3, slope=0.5, units=300)
    tests = [joint_test(before(each, -1.0), df) for each in (alike, apart)]
    assert tests[0] is not None
    assert tests[1] is not None
    assert tests[0].p_value > 0.01
    assert tests[1].p_value < 1e-6


def test_differences_that_rest_on_few_units_are_not_tested() -> None:
    covariance = np.diag([0.04, 0.01, 0.02, 0.03, 0.02])
    study = replace(written([0.5, 0.2, 1.0, 1.2], covariance, [0, 0, 0.5, 0.5], 1.1), clusters=np.array([4, 5, 9, 2]))
    kept = resting_on_enough(study)
    assert kept.at.tolist() == [-2, 0, 1]
    assert kept.clusters.tolist() == [5, 9, 2]
    assert kept.covariance == pytest.approx(np.diag([0.01, 0.02, 0.03, 0.02]))
    assert kept.weight.tolist() == [0, 0.5, 0.5]
    few = replace(study, clusters=np.array([1, 3, 3, 3]))
    assert resting_on_enough(few).at.tolist() == [-2, 0, 1]


def test_a_straight_line_is_taken_off_exactly() -> None:
    """The same noise with and without a line: what is left of the effect is the same."""
    (plain, _), (drifting, _) = a_study(5), a_study(5, slope=0.7)
    assert drifting.mean - plain.mean > 0.7
    one, other = straight_on(before(plain, -1.0)), straight_on(before(drifting, -1.0))
    assert other[0] == pytest.approx(one[0], rel=1e-9)
    assert other[1] == pytest.approx(one[1], rel=0.02)  # cohorts' shares count a little more where effects grow
    assert other[1] > drifting.mean_error


def test_a_straight_line_by_hand() -> None:
    """Slope through (−2, −.4) and (−1, −.3) from the last period before: (.8 + .3) / 5 = .22; 1.5 periods on."""
    covariance = np.diag([0.04, 0.01, 0.02, 0.03, 0.02])
    study = written([-0.4, -0.3, 1.0, 1.2], covariance, [0, 0, 0.5, 0.5], 1.1)
    estimate, error = straight_on(before(study, -1.0))
    assert estimate == pytest.approx(1.1 - 1.5 * 0.22)
    assert error == pytest.approx(np.sqrt(0.02 + 1.5**2 * (0.4**2 * 0.04 + 0.2**2 * 0.01)))


def test_an_effect_counted_from_all_periods_before() -> None:
    """By hand: (1.0 + 1.2) / 2 less (−.4 − .3 + 0) / 3, its middle 3/2 + 1 periods after that of the times before."""
    covariance = np.diag([0.04, 0.01, 0.02, 0.03, 0.02])
    found = before_of_means(written([-0.4, -0.3, 1.0, 1.2], covariance, [0, 0, 0.5, 0.5], 1.1), -1.0)
    assert found.effect == pytest.approx(1.1 + 0.7 / 3)
    assert found.distance == pytest.approx(1.5 + 1.0)
    assert found.covariance[-1, -1] == pytest.approx((0.02 + 0.03) / 4 + (0.04 + 0.01) / 9)
    assert found.covariance[0, -1] == pytest.approx(-0.04 / 3)


def test_broken_trends_by_hand() -> None:
    """Movements −.4 → −.3 (.1) and −.3 → 0 (.3): the largest, .3, carried on in weights ½, ½ moves it by .45."""
    covariance = np.zeros((5, 5))
    study = written([-0.4, -0.3, 1.0, 1.2], covariance, [0, 0, 0.5, 0.5], 1.1)
    found = relative_magnitudes(study, 1.0, 1.96)
    assert found is not None
    assert found.possible == pytest.approx((1.1 - 0.45, 1.1 + 0.45))
    assert found.interval == pytest.approx(found.possible)
    assert break_down(study, 1.96) == pytest.approx(1.1 / 0.45)
    covariance[-1, -1], covariance[1, 1] = 0.04, 0.01
    wider = relative_magnitudes(replace(study, covariance=covariance), 2.0, 1.96)
    assert wider is not None
    margin = 1.96 * np.sqrt(0.04 + 4 * 1.5**2 * 0.01)
    assert wider.interval == pytest.approx((1.1 - 0.9 - margin, 1.1 + 0.9 + margin))


def test_where_the_finding_breaks_down() -> None:
    study, _ = a_study(7, units=300)
    broken = break_down(study, 1.96)
    assert broken is not None
    assert broken > 0
    assert study.mean > 0
    for multiple, holds in ((broken * 1.001, True), (broken * 0.999, False)):
        found = relative_magnitudes(study, multiple, 1.96)
        assert found is not None
        assert (found.interval[0] <= 0) is holds
    assert break_down(replace(study, mean=0.01), 1.96) == 0.0
    assert break_down(replace(study, mean=1e4), 1.96) is None
    after = replace(study, at=study.at + 10)
    assert relative_magnitudes(after, 1.0, 1.96) is None


def test_intervals_under_broken_trends_hold_the_truth() -> None:
    """A movement after the start as large as the largest before: the truth is inside in 95 of 100 at least."""
    rng, inside = np.random.default_rng(11), 0
    path = np.array([0.0, 0.5, 0.5, 1.0, 1.5])  # the treated move apart by .5, 0, .5, then .5 after the start
    for _ in range(300):
        start = np.repeat([4, 5], 40)
        outcome = rng.normal(0, 1, (80, 5)) + np.where(start == 4, 1, 0)[:, None] * path
        effects = group_time(panel(outcome, start), base="universal")
        found = relative_magnitudes(by_event_time(effects), 1.0, 1.96)
        assert found is not None
        inside += found.interval[0] <= 0 <= found.interval[1]
    assert inside / 300 > 0.95 - 2 * np.sqrt(0.05 * 0.95 / 300)


def test_limits_for_many_at_once() -> None:
    """One: 1.96. Five that are one: 1.96. Five apart: by the product of their chances, 2.569."""

    def near(limit: float, each: int) -> object:
        density = each * 2 * np.exp(-(limit**2) / 2) / np.sqrt(2 * np.pi)
        return pytest.approx(limit, abs=4 * np.sqrt(0.05 * 0.95 / DRAWS) / density)

    assert critical_value_of_all(np.array([[4.0]]), 0.05) == near(1.960, 1)
    assert critical_value_of_all(np.ones((5, 5)), 0.05) == near(1.960, 1)
    apart = critical_value_of_all(np.diag([1.0, 4, 9, 16, 25]), 0.05, seed=3)
    assert apart == near(2.569, 5)
    assert apart == critical_value_of_all(np.diag([1.0, 4, 9, 16, 25, 0]), 0.05, seed=3)
    assert critical_value_of_all(np.zeros((2, 2)), 0.05) == 0.0
