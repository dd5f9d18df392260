"""Two-way fixed effects against least squares with an indicator for every unit and period."""

import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate.two_way import two_way
from staggered import a_panel, panel


@pytest.mark.parametrize("gaps", [0.0, 0.2])
@pytest.mark.parametrize("weighed", [False, True])
def test_coefficient_and_standard_error_by_indicators(gaps: float, *, weighed: bool) -> None:
    rng = np.random.default_rng(1)
    weight = rng.uniform(0.5, 2, (30, 5)) if weighed else np.ones((30, 5))
    data = a_panel(2, units=30, periods=5, gaps=gaps, cluster=np.arange(30) // 3)
    data = panel(data.outcome, data.start, cluster=data.cluster, weight=weight)
    unit, period = np.nonzero(data.n)
    w = weight[unit, period]
    columns = np.column_stack(
        [data.treated[unit, period], unit[:, None] == np.arange(30), period[:, None] == np.arange(1, 5)]
    ).astype(float)
    bread = np.linalg.inv((w[:, None] * columns).T @ columns)
    coefficients = bread @ columns.T @ (w * data.outcome[unit, period])
    residual = data.outcome[unit, period] - columns @ coefficients
    scores = np.array([(w * residual)[unit // 3 == c] @ columns[unit // 3 == c] for c in range(10)])
    factor = 10 / 9 * (len(unit) - 1) / (len(unit) - 6)
    expected = np.sqrt(factor * (bread @ scores.T @ scores @ bread)[0, 0])
    found = two_way(data)
    assert (found.estimate, found.std_error, found.df) == pytest.approx((coefficients[0], expected, 9), rel=1e-9)


def test_share_that_counts_negatively() -> None:
    """Half the units start at once, half late, in five periods: the early ones' last period counts negatively."""
    start = np.repeat([1, 4], 5)
    data = panel(np.random.default_rng(3).normal(0, 1, (10, 5)), start)
    treated = data.treated - data.treated.mean(axis=1, keepdims=True) - data.treated.mean(axis=0) + data.treated.mean()
    assert two_way(data).negative == pytest.approx(np.mean(treated[data.treated] < 0))
    assert two_way(data).negative == pytest.approx(0.2)


def test_treatment_that_does_not_vary_is_refused() -> None:
    data = a_panel(4)
    with pytest.raises(InputError, match="varies within"):
        two_way(panel(data.outcome, np.full(60, 2)))
    with pytest.raises(InputError, match="varies within"):
        two_way(panel(data.outcome, data.start, cluster=np.zeros(60, dtype=np.int64)))
