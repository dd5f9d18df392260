"""The doubly robust difference: by formula, right where either model is, and moved by each unit as derivatives say."""

import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate.doubly_robust import Changes, doubly_robust, plain


def some_units(seed: int = 1, n: int = 80) -> Changes:
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (n, 2))
    treated = rng.random(n) < 1 / (1 + np.exp(-0.8 * x[:, 0]))
    change = x @ [1.0, -0.5] + rng.normal(0, 1, n) + treated
    return Changes(np.column_stack([change, change**2]), treated, x, rng.uniform(0.5, 2, n))


@pytest.mark.parametrize("adjusted", [False, True])
def test_each_unit_moves_the_effect_as_its_weight_does(*, adjusted: bool) -> None:
    """How much a unit moves it is the derivative by the logarithm of its weight, here by central differences."""
    units, method = some_units(), doubly_robust if adjusted else plain
    _, moved = method(units)
    for place in (0, 17, 42, 79):
        ends = []
        for step in (-1e-5, 1e-5):
            weight = units.weight.copy()
            weight[place] *= np.exp(step)
            ends.append(method(Changes(units.change, units.treated, units.covariates, weight))[0])
        assert moved[place] == pytest.approx((ends[1] - ends[0]) / 2e-5, rel=1e-4, abs=1e-9)


def test_without_covariates_it_is_the_difference_of_mean_changes() -> None:
    units = some_units()
    alone = Changes(units.change, units.treated, np.zeros((80, 0)), units.weight)
    for one, other in zip(doubly_robust(alone), plain(alone), strict=True):
        assert one == pytest.approx(other, abs=1e-12)
    side = units.treated
    means = [np.average(units.change[part], axis=0, weights=units.weight[part]) for part in (side, ~side)]
    assert plain(units)[0] == pytest.approx(means[0] - means[1])


@pytest.mark.parametrize("wrong", ["chance", "change"])
def test_one_wrong_model_does_no_harm(wrong: str) -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(0, 1, (40_000, 1))
    bent = np.exp(x[:, 0] / 2) - 1
    treated = rng.random(len(x)) < 1 / (1 + np.exp(-(bent if wrong == "chance" else x[:, 0])))
    change = (bent if wrong == "change" else x[:, 0]) + rng.normal(0, 1, len(x)) + 2.0 * treated
    units = Changes(change[:, None], treated, x, np.ones(len(x)))
    effect, moved = doubly_robust(units)
    error = float(np.sqrt(np.sum(moved**2)))
    assert effect[0] == pytest.approx(2.0, abs=4 * error)
    assert plain(units)[0][0] - 2.0 > 20 * error


def test_columns_that_add_nothing_are_left_out() -> None:
    units = some_units()
    x = units.covariates
    wider = np.column_stack([x[:, 0], np.full(80, 3.0), x[:, 1], 2 * x[:, 0] - x[:, 1] + 5])
    for one, other in zip(
        doubly_robust(units), doubly_robust(Changes(units.change, units.treated, wider, units.weight)), strict=True
    ):
        assert other == pytest.approx(one, abs=1e-9)


def test_columns_far_from_zero_count_as_much() -> None:
    units = some_units()
    far = Changes(units.change, units.treated, units.covariates * [1.0, 1e-3] + [1e7, -1e5], units.weight)
    for one, other in zip(doubly_robust(units), doubly_robust(far), strict=True):
        assert other == pytest.approx(one, rel=1e-6, abs=1e-8)


def test_no_overlap_is_refused() -> None:
    units = some_units()
    covariates = np.column_stack([units.covariates, units.treated])
    with pytest.raises(InputError, match="tell treated from comparison units"):
        doubly_robust(Changes(units.change, units.treated, covariates, units.weight))
