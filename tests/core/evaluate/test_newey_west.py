"""Standard errors over time: written out as double sums, corrected by a working model, and how often they hold."""

import numpy as np
import pytest
from scipy.linalg import toeplitz
from scipy.special import stdtrit

from clew.evaluate.autocorrelation import (
    durbin_watson,
    ljung_box,
    prais_winsten,
    restricted_rho,
    whitened_fit,
)
from clew.evaluate.interrupted import TimeSeries, segmented
from clew.evaluate.newey_west import corrected, least_squares, newey_west, rank, usual_lag


def a_regression(seed: int = 1, n: int = 40, rho: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(n), np.arange(n) / n, rng.normal(size=n)])
    return design, design @ [1.0, -2.0, 0.5] + errors(rng, n, rho)


def errors(rng: np.random.Generator, n: int, rho: float) -> np.ndarray:
    values = np.empty(n)
    values[0] = rng.normal() / np.sqrt(1 - rho**2)
    for t in range(1, n):
        values[t] = rho * values[t - 1] + rng.normal()
    return values


def test_newey_west_is_its_double_sum() -> None:
    design, outcome = a_regression()
    fit, lag = least_squares(design, outcome), 3
    total = np.zeros((3, 3))
    for s in range(40):
        for t in range(40):
            weight = max(0.0, 1 - abs(s - t) / (lag + 1))
            total += weight * np.outer(design[s], design[t]) * fit.residuals[s] * fit.residuals[t]
    inverse = np.linalg.inv(design.T @ design)
    assert newey_west(fit, lag) == pytest.approx(inverse @ total @ inverse * 40 / 37, rel=1e-9)


def test_the_correction_makes_the_estimator_unbiased_under_its_working_model() -> None:
    """Its expectation over errors of the working model, by simulation, is the true variance; so is its spread."""
    design, _ = a_regression(n=20)
    contrast, rho, rng = np.array([0.0, 1.0, 0.3]), 0.6, np.random.default_rng(5)
    root = np.linalg.cholesky(toeplitz(rho ** np.arange(20)))
    influence = design @ np.linalg.inv(design.T @ design) @ contrast
    true = float(influence @ root @ root.T @ influence)
    found = [corrected(least_squares(design, root @ rng.normal(size=20)), contrast, 2, rho) for _ in range(6000)]
    variances = np.array([each.std_error**2 for each in found])
    assert variances.mean() == pytest.approx(true, rel=0.04)
    assert 2 * variances.mean() ** 2 / variances.var() == pytest.approx(found[0].df, rel=0.1)
    plain = least_squares(design, root @ rng.normal(size=20))
    assert contrast @ newey_west(plain, 2) @ contrast < corrected(plain, contrast, 2, rho).std_error ** 2


def test_without_lags_and_correlation_the_correction_is_that_of_a_mean() -> None:
    """One mean, no lag, independent errors: s²/n with n − 1 degrees, whatever the residuals."""
    outcome = np.random.default_rng(3).normal(size=15)
    found = corrected(least_squares(np.ones((15, 1)), outcome), np.array([1.0]), 0, 0.0)
    assert found.std_error == pytest.approx(outcome.std(ddof=1) / np.sqrt(15))
    assert found.df == pytest.approx(14)


def test_the_correction_is_its_matrices() -> None:
    """With Q, M and Σ written out: e'Qe · a'Σa / tr(MQMΣ), and tr²/tr of the square."""
    design, outcome = a_regression(n=25)
    fit, contrast, rho, lag = least_squares(design, outcome), np.array([1.0, 0.5, -1.0]), -0.3, 4
    influence = design @ np.linalg.inv(design.T @ design) @ contrast
    form = np.outer(influence, influence) * toeplitz(np.maximum(0, 1 - np.arange(25) / (lag + 1)))
    left, working = np.eye(25) - design @ np.linalg.pinv(design), toeplitz(rho ** np.arange(25))
    product = left @ form @ left @ working
    found = corrected(fit, contrast, lag, rho)
    variance = fit.residuals @ form @ fit.residuals * (influence @ working @ influence) / np.trace(product)
    assert found.std_error == pytest.approx(np.sqrt(variance), rel=1e-10)
    assert found.df == pytest.approx(np.trace(product) ** 2 / np.trace(product @ product), rel=1e-10)


def test_a_long_series_needs_little_correction() -> None:
    design, outcome = a_regression(n=1500)
    fit, contrast = least_squares(design, outcome), np.array([0.0, 1.0, 0.0])
    plain = float(np.sqrt(contrast @ newey_west(fit, 25) @ contrast))
    assert corrected(fit, contrast, 25, 0.5).std_error == pytest.approx(plain, rel=0.06)


def test_the_usual_lag() -> None:
    assert [usual_lag(n) for n in (16, 50, 100, 192, 1000)] == [2, 3, 4, 4, 6]


def test_prais_winsten_is_generalised_least_squares_at_its_rho() -> None:
    design, outcome = a_regression()
    found = prais_winsten(design, outcome)
    inverse = np.linalg.inv(toeplitz(found.rho ** np.arange(40)))
    expected = np.linalg.solve(design.T @ inverse @ design, design.T @ inverse @ outcome)
    assert found.fit.coefficients == pytest.approx(expected, rel=1e-8)
    left = outcome - design @ expected
    assert found.rho == pytest.approx(left[1:] @ left[:-1] / (left[:-1] @ left[:-1]), abs=1e-8)


def test_the_restricted_likelihood_is_that_of_the_residual_space() -> None:
    """Maximised over a fine grid of the normal density of contrasts that no column reaches."""
    design, outcome = a_regression(seed=4)
    space = np.linalg.svd(design)[0][:, 3:]
    grid = np.linspace(-0.9, 0.97, 1871)
    best = grid[np.argmin([deviance(space.T @ outcome, space, rho) for rho in grid])]
    assert restricted_rho(design, outcome) == pytest.approx(best, abs=1.1e-3)


def deviance(contrasts: np.ndarray, space: np.ndarray, rho: float) -> float:
    covariance = space.T @ toeplitz(rho ** np.arange(len(space))) @ space / (1 - rho**2)
    squares = contrasts @ np.linalg.solve(covariance, contrasts)
    return len(contrasts) * np.log(squares) + np.linalg.slogdet(covariance)[1]


def test_the_restricted_likelihood_does_not_draw_the_correlation_to_zero() -> None:
    found = [restricted_rho(*a_regression(seed, n=30, rho=0.6)) for seed in range(150)]
    plain = [prais_winsten(*a_regression(seed, n=30, rho=0.6)).rho for seed in range(150)]
    assert abs(np.mean(found) - 0.6) < 0.08
    assert np.mean(plain) < np.mean(found) - 0.05


def test_residual_statistics_by_hand() -> None:
    residuals = np.array([1.0, -1.0, 2.0, -2.0])
    assert durbin_watson(residuals) == pytest.approx((4 + 9 + 16) / 10)
    q, p = ljung_box(residuals, 1)
    assert q == pytest.approx(4 * 6 * 0.7**2 / 3)
    assert p == pytest.approx(0.0477, abs=1e-3)


def test_whitening_keeps_the_first_period() -> None:
    fit = whitened_fit(np.ones((3, 1)), np.array([1.0, 1.0, 1.0]), 0.8)
    assert fit.design[:, 0] == pytest.approx([0.6, 0.2, 0.2])


def test_rank_does_not_depend_on_units() -> None:
    design = np.column_stack([np.ones(5), 1e-9 * np.arange(5), 1e9 * np.arange(5) ** 2])
    assert rank(design) == 3
    assert rank(np.column_stack([design, 7 * design[:, 1]])) == 3


@pytest.mark.parametrize(("n", "rho"), [(24, 0.0), (24, 0.5), (48, 0.6)])
def test_intervals_of_an_interruption_cover_about_as_often_as_they_say(n: int, rho: float) -> None:
    """250 series without any effect, at 95 %: the plain estimator covers 60 to 85 times in a hundred."""
    rng = np.random.default_rng(11)
    covered, plain = [], []
    for _ in range(250):
        found = segmented(TimeSeries(errors(rng, n, rho), (n // 2,)))
        effect, naive = found.effect, found.uncorrected()
        covered.append(abs(effect.estimate) <= -stdtrit(effect.df, 0.025) * effect.std_error)
        plain.append(abs(naive.estimate) <= -stdtrit(naive.df, 0.025) * naive.std_error)
    assert np.mean(covered) >= 0.91
    assert np.mean(plain) < 0.88
