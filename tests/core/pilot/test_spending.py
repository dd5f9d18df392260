"""Looks: boundaries as published, and the chance to cross them as simulated."""

import numpy as np
import pytest
from scipy.special import ndtri

from clew.pilot.spending import chance, drift_needed, inflation, looks


def test_boundaries_of_five_looks_are_the_published_ones() -> None:
    """R package gsDesign, two-sided 5 percent, O'Brien–Fleming-type spending."""
    assert [round(look.boundary, 3) for look in looks(0.05, 5)] == [4.877, 3.357, 2.680, 2.290, 2.031]


@pytest.mark.parametrize("count", [1, 2, 3, 7])
@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
def test_without_effect_each_side_errs_with_half_of_alpha(count: int, alpha: float) -> None:
    assert sum(look.beyond(0.0) for look in looks(alpha, count)) == pytest.approx(alpha / 2, abs=1e-9)


@pytest.mark.parametrize(("planned", "paid"), [(1, 1), (2, 2), (1, 2), (2, 3), (4, 4)])
@pytest.mark.parametrize("drift", [0.0, 1.0, 2.5, 4.0])
def test_the_chance_to_cross_is_that_of_simulated_paths(planned: int, paid: int, drift: float) -> None:
    rng = np.random.default_rng(3)
    shares = np.arange(1, paid + 1) / paid
    steps = rng.standard_normal((100_000, paid)) * np.sqrt(1 / paid) + drift / np.sqrt(planned / paid) / paid
    z = np.cumsum(steps, axis=1) / np.sqrt(shares)
    limits = np.array([look.boundary for look in looks(0.05, paid)])
    lower = np.maximum.accumulate(z < -limits, axis=1)
    upper = (z > limits) & ~np.concatenate([np.zeros((100_000, 1), dtype=bool), lower[:, :-1]], axis=1)
    simulated = float(upper[:, :planned].any(axis=1).mean())
    assert chance(drift, 0.05, planned, paid) == pytest.approx(simulated, abs=0.006)


@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
def test_the_drift_needed_gives_the_power(power: float) -> None:
    for planned, paid in ((1, 1), (2, 2), (1, 3), (5, 6)):
        assert chance(drift_needed(0.05, power, planned, paid), 0.05, planned, paid) == pytest.approx(power)
    assert drift_needed(0.05, power, 1, 1) == pytest.approx(1.959964 + ndtri(power), abs=1e-6)


def test_looks_cost_little_and_extensions_much() -> None:
    """Below 1.03 for five looks (Jennison & Turnbull 2000, ch. 2); one look with one extension allowed: 84 percent."""
    assert [round(inflation(0.05, 0.8, count, count), 3) for count in (1, 2, 3, 5)] == [1.0, 1.004, 1.013, 1.025]
    assert inflation(0.05, 0.8, 1, 2) == pytest.approx(((2.962588 + 0.841621) / (1.959964 + 0.841621)) ** 2, abs=1e-5)
