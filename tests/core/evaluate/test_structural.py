"""Structural time series: recoveries, several steps, and what is said where the software it needs is absent."""

import sys

import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate.interrupted import TimeSeries
from clew.evaluate.structural import structural

pytest.importorskip("statsmodels", reason="NOT TESTED: statsmodels is not installed")


def wandering(seed: int = 1, n: int = 80, step: float = 4.0, start: int = 50) -> np.ndarray:
    rng = np.random.default_rng(seed)
    level = np.cumsum(rng.normal(0, 0.2, n)) + 20
    return level + rng.normal(0, 0.5, n) + step * (np.arange(n) >= start)


def test_a_step_is_found_with_its_uncertainty() -> None:
    found = structural(TimeSeries(wandering(), (50,)))
    assert found.effect.estimate == pytest.approx(4, abs=2.5 * found.effect.std_error)
    assert 0.1 < found.effect.std_error < 0.8
    assert found.effect.df == len(found.surprises) == 78
    assert found.steps[0].estimate == found.effect.estimate
    assert found.fitted - found.without == pytest.approx(found.effect.estimate * (np.arange(80) >= 50))
    assert np.std(found.surprises) == pytest.approx(1, abs=0.15)


def test_intervals_hold_nearly_as_often_as_they_say() -> None:
    """60 series of 120 periods; the variances are taken as found, so that intervals are a little narrow."""
    found = [structural(TimeSeries(wandering(seed, 120, start=80), (80,))).effect for seed in range(60)]
    misses = np.array([(effect.estimate - 4) / effect.std_error for effect in found])
    assert np.mean(np.abs(misses) > 1.96) <= 0.12
    assert abs(misses.mean()) < 0.4


def test_several_interruptions_count_together() -> None:
    outcome = wandering() + 3.0 * (np.arange(80) >= 65)
    found = structural(TimeSeries(outcome, (50, 65)))
    first, second = (step.estimate for step in found.steps)
    assert [step.name for step in found.steps] == ["level change 1", "level change 2"]
    assert found.effect.estimate == pytest.approx(first + second / 2, abs=1e-8)
    assert second == pytest.approx(3, abs=1.5)


def test_season_covariates_and_control_are_taken_out() -> None:
    rng = np.random.default_rng(8)
    shape, covariate, control = rng.normal(0, 5, 4), rng.normal(size=(80, 1)), np.cumsum(rng.normal(0, 3, 80))
    plain = structural(TimeSeries(wandering(), (50,)))
    outcome = wandering() + shape[np.arange(80) % 4] + covariate[:, 0] + control
    found = structural(TimeSeries(outcome, (50,), 4, covariate, ("x",), control))
    assert found.effect.estimate == pytest.approx(plain.effect.estimate, abs=0.3)
    assert np.std(outcome - found.fitted) < 1


def test_units_of_measurement_do_not_matter() -> None:
    plain, scaled = (structural(TimeSeries(size * wandering(), (50,))).effect for size in (1, 1e5))
    assert scaled.estimate == pytest.approx(1e5 * plain.estimate, rel=1e-4)


def test_where_statsmodels_is_absent_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels.api", None)
    with pytest.raises(InputError, match="statsmodels") as caught:
        structural(TimeSeries(wandering(), (50,)))
    assert 'pip install "clew[structural]"' in str(caught.value)
