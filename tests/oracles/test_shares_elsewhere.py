"""Intervals for shares as statsmodels has them."""

import numpy as np
import pytest
from statsmodels.stats.proportion import multinomial_proportions_confint, proportion_confint

from clew.deliberate.intervals import goodman, wilson


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_one_share_as_statsmodels(level: float) -> None:
    successes, trials = np.array([0, 1, 7, 81, 263]), np.array([5, 9, 12, 263, 263])
    expected = proportion_confint(successes, trials, alpha=1 - level, method="wilson")
    np.testing.assert_allclose(wilson(successes, trials, level), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("counts", [(56, 72, 73, 59, 62, 87, 58), (10, 20), (0, 3, 40)])
def test_several_shares_as_statsmodels(counts: tuple[int, ...]) -> None:
    expected = multinomial_proportions_confint(np.array(counts), 0.05, method="goodman")
    np.testing.assert_allclose(np.column_stack(goodman(counts)), expected, rtol=1e-12, atol=1e-15)
