"""The wild cluster bootstrap against its slow twin, which draws outcomes row by row and fits each of them anew."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import stdtrit

from clew.evaluate.analyse import analyse
from clew.evaluate.arms import Arms
from clew.evaluate.cluster_robust import cr1
from clew.evaluate.regression import Fit, additive_columns, fit
from clew.evaluate.rows import Layout
from clew.evaluate.wild_bootstrap import SIX_POINTS, WildBootstrap, wild_bootstrap
from clew.pilot.protocol import Looks
from trials import Trial, a_trial, in_memory, registered


def fitted(trial: Trial, level: str | None = None, adjust_for: tuple[str, ...] = (), weights: str | None = None) -> Fit:
    layout = Layout("y", "mean", "arm", "school", level=level, adjust_for=adjust_for, weights=weights)
    moments = in_memory(trial).moments(layout)
    return fit(moments, additive_columns(moments, Arms("arm", "1", "0")), level, "school")


def t_of(y: NDArray[Any], design: NDArray[Any], school: NDArray[Any], w: NDArray[Any]) -> float:
    """The effect (first column) over its cluster-robust standard error, without a small-sample factor."""
    bread = np.linalg.inv(design.T @ (w[:, None] * design))
    coefficients = bread @ design.T @ (w * y)
    residual = y - design @ coefficients
    scores = np.array([bread[0] @ design[school == g].T @ (w * residual)[school == g] for g in np.unique(school)])
    return float(coefficients[0] / np.sqrt(np.sum(scores**2)))


def slow_p(trial: Trial, design: NDArray[Any], effect: float, points: tuple[float, ...], w: NDArray[Any]) -> float:
    """The p-value of `effect`, from every draw of weights, each fitted by rows."""
    school, y = trial["school"], trial["y"] - effect * design[:, 0]
    rest = design[:, 1:]
    expected = rest @ np.linalg.solve(rest.T @ (w[:, None] * rest), rest.T @ (w * y))
    observed = abs(t_of(y, design, school, w))
    schools = np.unique(school, return_inverse=True)[1]
    draws = product(points, repeat=int(schools.max()) + 1)
    hits = [
        abs(t_of(expected + np.array(draw)[schools] * (y - expected), design, school, w)) >= observed * (1 - 1e-9)
        for draw in draws
    ]
    return float(np.mean(hits))


@pytest.mark.parametrize("effect", [0.0, 0.7])
def test_ten_schools_by_every_sign(effect: float) -> None:
    trial = a_trial(seed=3, n=80, schools=10)
    design = np.column_stack([trial["arm"], np.ones(80), trial["x"]]).astype(float)
    found = wild_bootstrap(fitted(trial, adjust_for=("x",)))
    assert (found.listed, found.weights, found.numerator.shape[1]) == (True, "signs", 512)
    assert found.p_value(effect) == slow_p(trial, design, effect, (-1.0, 1.0), np.ones(80))


def test_four_schools_by_every_six_points_with_weights_and_levels() -> None:
    trial = a_trial(seed=5, n=40, schools=4)
    grades = [trial["grade"] == grade for grade in np.unique(trial["grade"])]
    design = np.column_stack([trial["arm"], *grades]).astype(float)
    found = wild_bootstrap(fitted(trial, level="grade", weights="w"))
    assert (found.listed, found.weights, found.numerator.shape[1]) == (True, "six points", 6**4 // 2)
    assert found.p_value() == slow_p(trial, design, 0.0, SIX_POINTS, trial["w"])


def test_the_six_points_have_mean_nought_and_variance_one() -> None:
    assert np.sum(SIX_POINTS) == pytest.approx(0)
    assert np.mean(np.square(SIX_POINTS)) == pytest.approx(1)


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_interval_holds_the_effects_that_are_not_rejected(level: float) -> None:
    found = wild_bootstrap(fitted(a_trial(seed=8)))
    low, high = found.interval(level)
    assert low < found.estimate < high
    for end, inwards in ((low, 1), (high, -1)):
        assert found.p_value(end) <= 1 - level < found.p_value(end + inwards * 1e-6)
    assert found.p_value(found.estimate) == 1.0


def test_with_many_clusters_it_comes_to_the_t_interval() -> None:
    trial = a_trial(seed=9, n=2000, schools=200)
    own = fitted(trial)
    error, df = cr1(own)
    margin = error * stdtrit(df, 0.975)
    low, high = wild_bootstrap(own).interval(0.95)
    assert (low, high) == pytest.approx((own.effect - margin, own.effect + margin), abs=0.1 * margin)


def test_draws_come_from_the_seed_and_count_the_one_observed() -> None:
    own = fitted(a_trial(seed=10, n=300, schools=20))
    found = [wild_bootstrap(own, seed=seed, draws=999).p_value() for seed in (1, 1, 2)]
    assert found[0] == found[1] != found[2]
    assert (found[0] * 1000) == pytest.approx(round(found[0] * 1000))
    assert min(found) >= 1 / 1000


def test_an_end_that_no_draw_can_reject_is_infinite() -> None:
    """Every draw is the data's own: each p-value is 1."""
    flat = WildBootstrap(
        1.0, 0.5, np.array([[0.0] * 3, [1.0] * 3]), np.array([[0.25] * 3, [0.0] * 3, [0.0] * 3]), True, "signs"
    )
    assert flat.interval(0.95) == (-np.inf, np.inf)


def test_few_schools_without_an_effect_are_rarely_rejected() -> None:
    """Of 200 trials of 10 schools without effect about 5 % are rejected, as t with a normal reference would not."""
    rejected, naive = 0, 0
    for seed in range(200):
        trial = a_trial(seed=seed, n=60, schools=10)
        y = np.random.default_rng(seed).normal(0, 1, 10)[trial["school"]] + trial["y"] - 0.4 * trial["arm"]
        own = fitted(trial | {"y": y})
        rejected += wild_bootstrap(own).p_value() <= 0.05
        naive += abs(own.effect / cr1(own)[0]) > 1.96
    assert 2 <= rejected <= 20
    assert rejected < naive


def test_it_stands_beside_the_effect_where_an_arm_has_few_clusters() -> None:
    trial = a_trial(seed=4)
    finding = analyse(registered(adjust_for=("x",), seed=5), in_memory(trial))
    (beside,) = [one for one in finding.further if one.name == "wild cluster bootstrap"]
    found = wild_bootstrap(fitted(trial, adjust_for=("x",)), seed=5)
    assert (beside.estimate, beside.p_value) == (finding.effect.estimate, found.p_value())
    assert beside.interval == found.interval(0.95)
    (screen,) = [one for one in finding.screens if one.name == "few-clusters disagreement"]
    assert f"The wild cluster bootstrap gives p = {found.p_value():.3g}." in screen.why
    assert finding.randomisation is not None
    assert f"(p = {finding.randomisation.p_value:.3g}" in screen.why
    many = analyse(registered(), in_memory(a_trial(seed=4, n=600, schools=40)))
    assert many.further == ()


def test_at_a_look_that_asks_for_more_than_few_clusters_can_give_it_says_so() -> None:
    protocol = replace(registered(), looks=Looks("obrien-fleming", 3))
    finding = analyse(protocol, in_memory(a_trial(seed=4, n=200, schools=10)), look=1)
    assert [one.name for one in finding.further] == ["wild cluster bootstrap", "randomisation interval"]
    assert [one.interval for one in finding.further] == [None, None]
    assert all("10 clusters are too few for this look's limit" in one.why for one in finding.further)


def test_the_randomisation_interval_stands_beside_it_and_baseline_columns_sharpen_the_test() -> None:
    trial = a_trial(seed=4)
    plain, adjusted = (analyse(registered(adjust_for=adjust), in_memory(trial)) for adjust in ((), ("x",)))
    (interval,) = [one for one in plain.further if one.name == "randomisation interval"]
    assert interval.interval is not None
    low, high = interval.interval
    assert low < plain.effect.estimate < high
    assert not any(one.name == "randomisation interval" for one in adjusted.further)
    left = trial["y"] - trial["x"] * np.polyfit(trial["x"], trial["y"], 1)[0]
    as_left = analyse(registered(), in_memory(trial | {"y": left}))
    assert adjusted.randomisation == as_left.randomisation != plain.randomisation
