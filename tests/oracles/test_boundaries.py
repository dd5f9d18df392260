"""O'Brien–Fleming-type boundaries against published constants, another integrator, and plain simulation."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal  # noqa: TID251  an oracle: Genz's integral is other code than ours

from clew.pilot.spending import looks_at


def boundaries(alpha: float, shares: tuple[float, ...]) -> list[float]:
    return [look.boundary for look in looks_at(alpha, shares)]


PUBLISHED = [
    # Reboussin, DeMets, Kim & Lan (2000), program ld98, and R's gsDesign and ldbounds: five equal looks.
    (0.05, (0.2, 0.4, 0.6, 0.8, 1.0), (4.877, 3.357, 2.680, 2.290, 2.031)),
    # R's gsDesign, sfLDOF, one-sided 0.025, two and three equal looks.
    (0.05, (1 / 2, 1.0), (2.963, 1.969)),
    (0.05, (1 / 3, 2 / 3, 1.0), (3.710, 2.511, 1.993)),
    # R's lrstat, documentation of exitprob(): looks at a half, three quarters and all of the information.
    (0.05, (0.5, 0.75, 1.0), (2.963, 2.359, 2.014)),
    # One look: the quantiles of the normal distribution.
    (0.05, (1.0,), (1.960,)),
    (0.01, (1.0,), (2.576,)),
]


@pytest.mark.parametrize(("alpha", "shares", "expected"), PUBLISHED)
def test_boundaries_are_the_published_ones(
    alpha: float, shares: tuple[float, ...], expected: tuple[float, ...]
) -> None:
    assert np.round(boundaries(alpha, shares), 3) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.10])
@pytest.mark.parametrize("shares", [(0.3, 1.0), (0.25, 0.6, 1.0), (0.2, 0.3, 0.9, 1.0)])
def test_another_integrator_finds_the_error_that_was_to_be_spent(alpha: float, shares: tuple[float, ...]) -> None:
    """Genz's multivariate normal integral of the stay-inside region leaves `alpha` outside, in all."""
    bounds = np.array(boundaries(alpha, shares))
    correlation = np.array([[np.sqrt(min(s, t) / max(s, t)) for t in shares] for s in shares])
    inside = multivariate_normal(cov=correlation, maxpts=2_000_000, abseps=1e-8, seed=1).cdf(
        bounds, lower_limit=-bounds
    )
    assert 1 - inside == pytest.approx(alpha, abs=2e-6)


def test_simulated_walks_cross_as_often_as_was_paid_for() -> None:
    """A million walks of no effect: crossings at each look against the spending function's own increments."""
    shares, trials = np.array([0.25, 0.5, 1.0]), 1_000_000
    bounds = np.array(boundaries(0.05, tuple(shares)))
    rng = np.random.default_rng(20_261_101)
    walks = np.cumsum(rng.standard_normal((trials, 3)) * np.sqrt(np.diff(shares, prepend=0)), axis=1)
    outside = np.abs(walks / np.sqrt(shares)) > bounds
    first = np.argmax(outside, axis=1)[outside.any(axis=1)]
    # Lan & DeMets' function at 1/4, 1/2 and 1, from tables of the normal distribution: 2(2 - 2Φ(2.2414/√t))
    cumulative = np.array([0.00001474, 0.00305085, 0.05])
    expected = np.diff(cumulative, prepend=0)
    found = np.bincount(first, minlength=3) / trials
    assert np.all(np.abs(found - expected) <= 4 * np.sqrt(expected / trials))


def test_looks_at_more_information_than_planned_by_the_calendar_never_cost_more_than_alpha() -> None:
    """Where data run ahead of the schedule the walk moves less between looks, and crosses no more often."""
    bounds = np.array(boundaries(0.05, (1 / 3, 2 / 3, 1.0)))
    true_shares, trials = np.array([0.6, 0.9, 1.0]), 400_000
    rng = np.random.default_rng(7)
    walks = np.cumsum(rng.standard_normal((trials, 3)) * np.sqrt(np.diff(true_shares, prepend=0)), axis=1)
    crossed = (np.abs(walks / np.sqrt(true_shares)) > bounds).any(axis=1).mean()
    assert 0.035 < crossed <= 0.05
