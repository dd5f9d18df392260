"""Weights on the simplex: the conditions of an optimum, known answers, and nothing that depends on order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from clew.pilot.simplex import hull_weights, optimality_gap, simplex_weights


def hull(seed: int, rows: int, count: int, size: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return size * rng.normal(size=(rows, count)), size * 0.3 * rng.normal(size=rows)


@given(
    st.integers(0, 10_000),
    st.integers(1, 25),
    st.integers(1, 25),
    st.sampled_from([0.0, 0.01, 1.0, 30.0]),
    st.integers(-6, 6),
)
def test_no_other_weights_do_better(seed: int, rows: int, count: int, ridge: float, power: int) -> None:
    """Karush, Kuhn and Tucker's conditions, through the duality gap, relative to the spread of the columns."""
    size = 10.0**power
    columns, target = hull(seed, rows, count, size)
    ridge *= size**2
    weights = simplex_weights(columns, target, ridge)
    scale = float(np.mean(np.sum((columns - target[:, None]) ** 2, axis=0)))
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    # where weights are chosen among many that all meet the target, they do so up to the tie-break
    assert optimality_gap(columns, target, weights, ridge) <= 1e-8 * scale


@pytest.mark.parametrize("ridge", [0.0, 0.5, 5.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_general_optimiser_finds_the_same_weights(seed: int, ridge: float) -> None:
    columns, target = hull(seed, 12, 6)
    found = simplex_weights(columns, target, ridge)
    other = minimize(
        lambda w: np.sum((columns @ w - target) ** 2) + ridge * w @ w,
        np.full(6, 1 / 6),
        bounds=[(0, 1)] * 6,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 500},
    )
    assert found == pytest.approx(other.x, abs=2e-6)


def test_a_point_between_two_is_found_by_hand() -> None:
    """Corners (0,0), (4,0), (0,4): the nearest point to (3,3) is (2,2), half and half of the far corners."""
    columns = np.array([[0.0, 4.0, 0.0], [0.0, 0.0, 4.0]])
    assert simplex_weights(columns, np.array([3.0, 3.0])) == pytest.approx([0, 0.5, 0.5], abs=1e-12)
    assert simplex_weights(columns, np.array([9.0, -1.0])) == pytest.approx([0, 1, 0], abs=1e-12)


def test_a_strong_ridge_makes_weights_alike() -> None:
    columns, target = hull(1, 8, 5)
    assert simplex_weights(columns, target, 1e9) == pytest.approx(np.full(5, 0.2), abs=1e-6)


def test_weights_follow_their_columns() -> None:
    columns, target = hull(3, 10, 7)
    order = np.array([4, 2, 6, 0, 1, 5, 3])
    assert simplex_weights(columns[:, order], target) == pytest.approx(
        simplex_weights(columns, target)[order], abs=1e-10
    )


def test_among_many_perfect_fits_the_most_even_is_taken_whatever_the_order() -> None:
    """Five corners around the origin in two dimensions: many weights meet it, one of them has the least squares."""
    columns = np.array([[1.0, -1.0, 0.0, 0.0, 2.0], [0.0, 0.0, 1.0, -1.0, 2.0]])
    weights = simplex_weights(columns, np.zeros(2))
    order = np.array([4, 3, 2, 1, 0])
    assert columns @ weights == pytest.approx([0, 0], abs=1e-4)
    assert simplex_weights(columns[:, order], np.zeros(2)) == pytest.approx(weights[order], abs=1e-7)
    best = minimize(
        lambda w: w @ w,
        np.full(5, 0.2),
        bounds=[(0, 1)] * 5,
        constraints=[{"type": "eq", "fun": lambda w: w.sum() - 1}, {"type": "eq", "fun": lambda w: columns @ w}],
        method="SLSQP",
        options={"ftol": 1e-14},
    )
    assert weights == pytest.approx(best.x, abs=1e-4)


def test_a_lone_donor_and_donors_that_are_all_the_target() -> None:
    assert simplex_weights(np.array([[3.0], [1.0]]), np.array([0.0, 0.0])) == pytest.approx([1])
    assert simplex_weights(np.ones((3, 4)), np.ones(3)) == pytest.approx(np.full(4, 0.25))


def test_the_gap_says_how_far_from_best() -> None:
    columns, target = hull(5, 9, 4)
    even = np.full(4, 0.25)
    best = simplex_weights(columns, target)
    excess = np.sum((columns @ even - target) ** 2) - np.sum((columns @ best - target) ** 2)
    assert 0 < excess <= optimality_gap(columns, target, even)


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.3, 2.0]))
def test_what_is_left_of_rounding_is_small(seed: int, root_ridge: float) -> None:
    """A sample size takes the weights as the solver leaves them; they are those that real data are weighed by."""
    columns, target = hull(seed, 8, 12)
    about = columns - target[:, None]
    scale = float(np.sqrt(np.mean(np.sum(about**2, axis=0))))
    rough, exact = hull_weights(about / scale, root_ridge), simplex_weights(columns, target, (root_ridge * scale) ** 2)
    assert rough.sum() == pytest.approx(1.0)
    assert rough.min() >= 0
    assert np.linalg.norm(about @ rough) ** 2 + (root_ridge * scale) ** 2 * rough @ rough == pytest.approx(
        np.linalg.norm(about @ exact) ** 2 + (root_ridge * scale) ** 2 * exact @ exact, abs=1e-9 * scale**2
    )
