"""Each screen asks its question where it should, and keeps silent where chance alone would do."""

from dataclasses import replace

import numpy as np
import pytest

from builders import a_finding
from clew.evaluate.finding import Randomisation
from clew.evaluate.screens import (
    Followed,
    differential_attrition,
    few_clusters_disagreement,
    sample_ratio_mismatch,
)


def arms(treated: tuple[int, int], comparison: tuple[int, int]) -> list[Followed]:
    return [Followed(True, *treated), Followed(False, *comparison)]


def test_nothing_missing_is_nothing_to_ask() -> None:
    screen = differential_attrition(arms((200, 0), (200, 0)), clustered=False)
    assert (screen.flag, screen.statistic) == (False, 0.0)


def test_units_lost_more_often_in_one_arm_are_asked_about() -> None:
    """By hand: shares .15 and .05, pooled .10, error sqrt(.1 × .9 × 2/200) = .03, so z = 3.33."""
    screen = differential_attrition(arms((200, 30), (200, 10)), clustered=False)
    assert screen.flag
    assert screen.statistic == pytest.approx(10 / 3)
    assert "15.0%" in screen.why
    assert screen.why.endswith("?")


def test_units_lost_alike_are_not_asked_about() -> None:
    screen = differential_attrition(arms((200, 21), (200, 20)), clustered=False)
    assert not screen.flag
    assert screen.statistic == pytest.approx(0.1649, abs=1e-3)


def test_clusters_of_one_size_give_the_two_sample_t_of_their_shares() -> None:
    lost = {True: [9, 3, 7, 2, 11, 4], False: [1, 0, 2, 1, 3, 0]}
    followed = [Followed(arm, 20, n) for arm, values in lost.items() for n in values]
    shares = {arm: np.array(values) / 20 for arm, values in lost.items()}
    expected = (shares[True].mean() - shares[False].mean()) / np.sqrt(sum(s.var(ddof=1) / 6 for s in shares.values()))
    screen = differential_attrition(followed, clustered=True)
    assert screen.statistic == pytest.approx(expected)
    assert not screen.flag  # t = 3.15 on 10 degrees of freedom, p = .0104; by the normal it would be .0017
    assert differential_attrition(followed, clustered=False).flag


def test_one_cluster_in_an_arm_cannot_be_tested_and_says_so() -> None:
    screen = differential_attrition(arms((20, 3), (20, 1)), clustered=True)
    assert (screen.flag, screen.statistic) == (False, None)
    assert "cannot be tested" in screen.why


@pytest.mark.parametrize(("comparison", "flag"), [(0, True), (2, False)])
def test_clusters_that_lose_exactly_alike_are_judged_by_their_shares(comparison: int, *, flag: bool) -> None:
    followed = [Followed(True, 20, 2)] * 3 + [Followed(False, 20, comparison)] * 3
    screen = differential_attrition(followed, clustered=True)
    assert (screen.flag, screen.statistic) == (flag, None)


@pytest.mark.parametrize("clustered", [True, False])
def test_a_sound_pilot_is_asked_once_in_a_hundred(*, clustered: bool) -> None:
    rng, trials = np.random.default_rng(11), 3000
    flags = 0
    for _ in range(trials):
        losing = rng.beta(2, 18, 30) if clustered else np.full(30, 0.1)
        followed = [Followed(i % 2 == 0, 40, int(n)) for i, n in enumerate(rng.binomial(40, losing))]
        flags += differential_attrition(followed, clustered=clustered).flag
    assert flags / trials == pytest.approx(0.01, abs=4 * np.sqrt(0.01 * 0.99 / trials))


def test_a_lopsided_split_is_asked_about() -> None:
    """By hand: 185 of 445 against one half: (185 − 222.5) / sqrt(445 / 4) = −3.555, p = 0.0004."""
    screen = sample_ratio_mismatch(185, 260, 0.5)
    assert screen.flag
    assert screen.statistic == pytest.approx(-3.5554, abs=1e-4)
    assert not sample_ratio_mismatch(185, 260, 185 / 445).flag
    assert not sample_ratio_mismatch(210, 235, 0.5).flag


@pytest.mark.parametrize(
    ("interval", "p", "flag"),
    [
        ((0.05, 0.27), 0.017, False),  # both say yes
        ((0.05, 0.27), 0.0495, True),  # the interval says yes, the test says no: this look's limit is .049
        ((-0.27, -0.05), 0.0495, True),  # so on the other side
        ((-0.05, 0.27), 0.051, False),  # both say no
    ],
)
def test_a_test_that_contradicts_the_interval_is_asked_about(
    interval: tuple[float, float], p: float, *, flag: bool
) -> None:
    finding = a_finding(interval)
    look = replace(finding.look, nominal_p=0.049)
    screen = few_clusters_disagreement(finding.effect.interval, Randomisation(p, 924, exact=True), look)
    assert (screen.flag, screen.statistic) == (flag, p)
