"""Local polynomials at a cut-off against what their formulas say row by row, and the laws they must keep."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from clew.errors import InputError
from clew.evaluate.discontinuity import jump
from clew.evaluate.discontinuity_bandwidth import Bandwidths, best_bandwidths
from clew.evaluate.discontinuity_checks import donut, placebo_jumps, without_hole
from clew.evaluate.discontinuity_regression import plain_jump
from clew.evaluate.local_polynomial import Running, local_fit, neighbour_squares, spread_of, variance
from running_values import around_a_cutoff, running_of

Rows = NDArray[np.float64]


def residuals_row_by_row(x: Rows, y: Rows) -> Rows:
    """The nearest-neighbour residual of each row: at least three nearest others, all of those equally near."""
    found = []
    for i in range(len(x)):
        others = np.delete(np.arange(len(x)), i)
        distance = np.abs(x[others] - x[i])
        near = others[distance <= np.sort(distance)[min(3, len(others)) - 1]]
        found.append(np.sqrt(len(near) / (len(near) + 1)) * (y[i] - y[near].mean()))
    return np.array(found)


@pytest.mark.parametrize("values", [3, 8, 40, 400])
def test_nearest_neighbour_variance_is_that_of_single_rows(values: int) -> None:
    rng = np.random.default_rng(values)
    x = np.sort(rng.integers(0, values, 60)).astype(float)
    y, d = rng.normal(size=60) + x / values, rng.normal(size=60)
    running = running_of(x, y, d)
    by_row = {
        (a, b): residuals_row_by_row(x, one) * residuals_row_by_row(x, two)
        for a, one in enumerate((y, d))
        for b, two in enumerate((y, d))
    }
    found = neighbour_squares(running)
    for (a, b), products in by_row.items():
        expected = [products[x == value].sum() for value in running.x]
        assert found[:, a, b] == pytest.approx(np.array(expected), abs=1e-10)


@pytest.mark.parametrize("rows", [2, 3, 4])
def test_nearest_neighbours_of_few_rows(rows: int) -> None:
    x, y = np.array([0.0, 1.0, 5.0, 5.5])[:rows], np.array([1.0, 4.0, 2.0, 8.0])[:rows]
    assert neighbour_squares(running_of(x, y))[:, 0, 0] == pytest.approx(residuals_row_by_row(x, y) ** 2)


def test_a_single_row_has_no_neighbour() -> None:
    with pytest.raises(InputError, match="too few distinct values"):
        neighbour_squares(running_of(np.array([1.0]), np.array([2.0])))


def test_decimals_that_are_equally_near_count_as_such() -> None:
    """0.3 − 0.2 and 0.2 − 0.1 differ in their last bit; the answer must be that of whole numbers."""
    tenths, y = np.arange(40) / 10, np.random.default_rng(1).normal(size=40)
    assert neighbour_squares(running_of(tenths, y)) == pytest.approx(neighbour_squares(running_of(np.arange(40), y)))


@pytest.mark.parametrize("kernel", ["triangular", "uniform"])
def test_a_local_fit_is_weighted_least_squares(kernel: str) -> None:
    rows = around_a_cutoff(seed=3, n=300, step=0.1)
    side = running_of(rows["x"], rows["y"]).above()
    fit = local_fit(side, 2, 1.3, kernel)  # type: ignore[arg-type]
    above = rows["x"] >= 0
    x, y = rows["x"][above], (rows["y"] - rows["y"].mean())[above]
    weight = np.clip(1 - x / 1.3, 0, None) if kernel == "triangular" else (x <= 1.3) * 1.0
    expected = np.polynomial.polynomial.polyfit(x, y, 2, w=np.sqrt(weight))
    assert fit.coefficients[:, 0] / 1.3 ** np.arange(3) == pytest.approx(expected)
    assert [float(fit.influence(power) @ side.total[:, 0]) for power in range(3)] == pytest.approx(expected)


def test_clusters_by_hand() -> None:
    """Σ over clusters of (Σ influence · residual)², times G/(G−1) · (N−1)/(N−p−1)."""
    rows = around_a_cutoff(seed=4, n=300, step=0.25)
    inside = (rows["x"] >= 0) & (rows["x"] < 1.5)
    x, y, village = (rows[name][inside] for name in ("x", "y", "village"))
    fit = local_fit(running_of(x, y, cluster=village), 1, 1.5, "triangular")
    line = np.polynomial.polynomial.polyfit(x, y - y.mean(), 1, w=np.sqrt(1 - x / 1.5))
    design, weight = np.column_stack([np.ones(len(x)), x]), 1 - x / 1.5
    influence = weight * (design @ np.linalg.inv(design.T @ (design * weight[:, None]))[0])
    scores = np.bincount(village, influence * (y - y.mean() - design @ line))
    groups, n = len(np.unique(village)), len(x)
    expected = groups / (groups - 1) * (n - 1) / (n - 2) * np.sum(scores**2)
    assert variance(fit, fit.influence(0), spread_of(fit.rows))[0, 0] == pytest.approx(expected)


def test_one_bandwidth_for_both_is_the_parabola() -> None:
    """Where h = b, the line freed of its bias is the local parabola (Calonico, Cattaneo & Titiunik 2014, remark 7)."""
    rows = around_a_cutoff(seed=2)
    found = jump(running_of(rows["x"], rows["y"]), Bandwidths(1.2, 1.2))
    limits = []
    for side in (rows["x"] >= 0, rows["x"] < 0):
        x, y = rows["x"][side], rows["y"][side]
        limits.append(np.polynomial.polynomial.polyfit(x, y, 2, w=np.sqrt(np.clip(1 - np.abs(x) / 1.2, 0, None)))[0])
    assert found.estimate == pytest.approx(limits[0] - limits[1])


def test_a_parabola_is_corrected_without_rest() -> None:
    """The line is off by the curvature, the correction removes all of it, whatever the bandwidths."""
    x = np.linspace(-1, 1, 400)
    running = running_of(x, 3 * x**2 * np.where(x >= 0, 1, -2) + 5.0 * (x >= 0))
    found = jump(running, Bandwidths(0.6, 0.9))
    assert found.estimate == pytest.approx(5.0)
    assert abs(found.conventional - 5.0) > 0.05


@pytest.mark.parametrize("step", [None, 0.125])
def test_the_outcomes_units_and_origin_do_not_matter(step: float | None) -> None:
    rows = around_a_cutoff(seed=6, step=step)
    one = jump(running_of(rows["x"], rows["y"], rows["received"]))
    other = jump(running_of(rows["x"], 1000 * rows["y"] + 1e6, rows["received"]))
    assert other.bandwidths.h == pytest.approx(one.bandwidths.h)
    assert (other.estimate, other.std_error) == pytest.approx((1000 * one.estimate, 1000 * one.std_error))


@pytest.mark.parametrize("step", [None, 0.125])
def test_the_running_variables_units_do_not_matter(step: float | None) -> None:
    rows = around_a_cutoff(seed=7, step=step)
    one = jump(running_of(rows["x"], rows["y"]))
    other = jump(running_of(1e4 * rows["x"] + 7e4, rows["y"], cutoff=7e4))
    assert other.bandwidths.h == pytest.approx(1e4 * one.bandwidths.h)
    assert (other.estimate, other.std_error) == pytest.approx((one.estimate, one.std_error))


def test_looking_from_the_other_side_turns_the_sign() -> None:
    """No value at the cut-off itself, which counts as above."""
    rows = around_a_cutoff(seed=8)
    one, other = (jump(running_of(sign * rows["x"], rows["y"])) for sign in (1, -1))
    assert (other.estimate, other.std_error) == pytest.approx((-one.estimate, one.std_error))
    assert (other.n_below, other.n_above) == (one.n_above, one.n_below)


def test_a_value_at_the_cutoff_counts_as_above() -> None:
    rows = around_a_cutoff(seed=9, step=0.25)
    running = running_of(rows["x"], rows["y"])
    found = jump(running, Bandwidths(1.0, 1.0), "uniform")
    assert found.n_above == np.count_nonzero((rows["x"] >= 0) & (rows["x"] <= 1))
    assert found.values_above == 5
    assert found.values_below == 4


def test_the_ratio_is_the_outcomes_jump_by_the_receiveds() -> None:
    rows = around_a_cutoff(seed=10)
    x, y, received = rows["x"], rows["y"], rows["received"]
    both = jump(running_of(x, y, received))
    alone, first = (jump(running_of(x, one), both.bandwidths) for one in (y, received))
    assert both.conventional == pytest.approx(alone.conventional / first.conventional)
    assert both.bandwidths == alone.bandwidths
    twice = jump(running_of(x, y, 2 * received))
    assert (twice.estimate, twice.std_error) == pytest.approx((both.estimate / 2, both.std_error / 2))


def test_delta_method_by_the_outcome_net_of_the_ratio() -> None:
    """The ratio's error is that of the jump in (y − ratio · received) / first stage, the ratio taken as known."""
    rows = around_a_cutoff(seed=11)
    x, y, received = rows["x"], rows["y"], rows["received"]
    both = jump(running_of(x, y, received), Bandwidths(0.8, 1.1))
    first = jump(running_of(x, received), both.bandwidths)
    net = jump(running_of(x, (y - both.conventional * received) / first.conventional), both.bandwidths)
    assert (both.std_error, both.conventional_error) == pytest.approx((net.std_error, net.conventional_error))


def test_received_that_does_not_jump_is_refused() -> None:
    x = np.linspace(-1, 1, 200)
    with pytest.raises(InputError, match="does not change at the cut-off"):
        jump(running_of(x, x**3, np.zeros(200)), Bandwidths(0.5, 0.5))


@pytest.mark.parametrize("cluster", [None, np.arange(400) % 40])
def test_what_varies_far_from_the_cutoff_alone_does_not_jump(cluster: Rows | None) -> None:
    """Rounding must not look like a jump that is known without error."""
    x = np.linspace(-1, 1, 400)
    y = 1e3 + np.where(np.abs(x) > 0.7, np.random.default_rng(23).normal(size=400), 0.1)
    found = jump(running_of(x, y, cluster=cluster), Bandwidths(0.4, 0.6))
    assert (found.conventional, found.conventional_error, found.estimate, found.std_error) == (0, 0, 0, 0)


def test_received_far_from_the_cutoff_alone_is_refused() -> None:
    x = np.linspace(-1, 1, 400)
    received = 1.0 * (x > 0.7)
    with pytest.raises(InputError, match="does not change at the cut-off"):
        jump(running_of(x, x + np.random.default_rng(24).normal(size=400), received), Bandwidths(0.4, 0.6))


@pytest.mark.parametrize("x", [np.arange(1.0, 50), np.array([-2.0, -1, -1, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])])
def test_too_few_values_on_a_side_are_refused(x: Rows) -> None:
    with pytest.raises(InputError, match="too few distinct values"):
        jump(running_of(x, np.random.default_rng(1).normal(size=len(x))))


def test_one_cluster_on_a_side_is_refused() -> None:
    rows = around_a_cutoff(seed=12)
    with pytest.raises(InputError, match="too few"):
        jump(running_of(rows["x"], rows["y"], cluster=(rows["x"] > 0) * 1), Bandwidths(1.0, 1.0))


def test_an_outcome_that_never_varies_has_the_widest_bandwidth() -> None:
    x = np.linspace(-1, 2, 300)
    assert best_bandwidths(running_of(x, np.ones(300))).h == pytest.approx(2.0)


def summed_scores(n: int, rng: np.random.Generator) -> Running:
    """`n` rows with whole scores about 55, on a curve that jumps by 0.3 at 65; their sums are drawn, not the rows."""
    scores = np.arange(101.0)
    rows = rng.multinomial(n, np.exp(-(((scores - 55) / 18) ** 2) / 2) / 45.0).astype(float)
    scores, rows = scores[rows > 1], rows[rows > 1]
    means = 5 * np.sin(scores / 15) + 0.3 * (scores >= 65) + rng.normal(size=len(scores)) / np.sqrt(rows)
    squares = rows * means**2 + rng.chisquare(rows - 1)
    return Running(scores - 65, rows, (rows * means)[:, None], squares[:, None, None])


@pytest.mark.parametrize("rows", [100_000, 1_000_000, 10_000_000])
def test_many_rows_on_few_values_leave_enough_of_them(rows: int) -> None:
    """The best bandwidth of ten million rows lies below the steps of their score. 80% intervals hold four in five."""
    rng = np.random.default_rng(22)
    found = [jump(summed_scores(rows, rng)) for _ in range(120)]
    assert min(min(one.values_below, one.values_above) for one in found) >= 3
    covered = np.mean([abs(one.estimate - 0.3) < 1.281552 * one.std_error for one in found])
    assert 0.65 <= covered <= 0.93


def test_clusters_of_single_rows_hold_the_same_figures() -> None:
    rows = around_a_cutoff(seed=13)
    alone = jump(running_of(rows["x"], rows["y"]), Bandwidths(1.0, 1.0))
    each = jump(running_of(rows["x"], rows["y"], cluster=np.arange(len(rows["x"]))), Bandwidths(1.0, 1.0))
    assert (each.estimate, each.n_above, each.values_above) == (alone.estimate, alone.n_above, alone.values_above)
    assert each.std_error == pytest.approx(alone.std_error, rel=0.1)


def test_the_donut_leaves_out_rows_nearer_than_its_width() -> None:
    x = np.array([0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3])
    assert without_hole(running_of(x, x, cutoff=1.0), 0.2).x == pytest.approx([-0.3, -0.2, 0.2, 0.3])
    assert without_hole(running_of(x, x, cutoff=1.0), 0.0).x == pytest.approx(x - 1)


def test_the_donut_without_a_hole_changes_nothing() -> None:
    rows = around_a_cutoff(seed=14)
    found = donut(running_of(rows["x"], rows["y"]), 1e-9, Bandwidths(0.9, 1.2))
    assert (found.change, found.change_error) == (0.0, 0.0)


def test_the_donuts_change_is_as_unsure_as_it_says() -> None:
    """Over made-up data whose line is one line, the change over its error is a standard normal."""
    x = np.linspace(-1, 1, 600)
    rng, ratios = np.random.default_rng(15), []
    for _ in range(300):
        found = donut(running_of(x, x + rng.normal(size=600)), 0.05, Bandwidths(0.6, 0.8))
        ratios.append(found.change / found.change_error)
    assert np.std(ratios) == pytest.approx(1.0, abs=0.12)
    assert np.mean(ratios) == pytest.approx(0.0, abs=0.15)


def test_rows_moved_across_the_cutoff_show_in_the_donut() -> None:
    """Good outcomes just below are lifted above: the jump is theirs, and the donut finds none."""
    rng = np.random.default_rng(16)
    x, y = rng.uniform(-1, 1, 20_000), rng.normal(size=20_000)
    lifted = (x < 0) & (x > -0.05) & (y > 0)
    found = donut(running_of(np.where(lifted, -x, x), y), 0.05, Bandwidths(0.3, 0.4))
    assert found.change < -4 * found.change_error
    assert abs(found.without.estimate) < 3 * found.without.std_error


def test_placebo_cutoffs_stay_on_their_side() -> None:
    rows = around_a_cutoff(seed=17, n=2000, jump=30.0)
    found = placebo_jumps(running_of(rows["x"], rows["y"]))
    assert len(found) == 10
    assert [one.place < 0 for one in found] == [True] * 5 + [False] * 5
    assert max(abs(one.jump.estimate / one.jump.std_error) for one in found) < 4


def test_placebo_cutoffs_find_a_jump_elsewhere() -> None:
    x = np.arange(-600, 600) / 100
    y = np.random.default_rng(18).normal(size=1200) + 3 * (x >= 3)
    strong = [one.place for one in placebo_jumps(running_of(x, y)) if abs(one.jump.estimate / one.jump.std_error) > 4]
    assert strong == pytest.approx([3.0], abs=0.02)


def test_placebo_cutoffs_that_cannot_carry_a_curve_are_left_out() -> None:
    x = np.repeat(np.arange(-12.0, 12), 5)
    found = placebo_jumps(running_of(x, np.random.default_rng(19).normal(size=len(x))))
    assert 0 <= len(found) < 10


@pytest.mark.parametrize(("errors", "one_slope"), [("hc1", True), ("hc1", False), ("hc2", True), ("hc2", False)])
def test_plain_regression_row_by_row(errors: str, one_slope: bool) -> None:
    rows = around_a_cutoff(seed=20, n=200, step=0.1)
    inside = np.abs(rows["x"]) < 1.55
    x, y = rows["x"][inside], rows["y"][inside]
    columns = [x >= 0, np.ones(len(x)), x, *([] if one_slope else [x * (x >= 0)])]
    design = np.column_stack(columns).astype(float)
    bread = np.linalg.inv(design.T @ design)
    residual = y - design @ bread @ design.T @ y
    leverage = np.einsum("rk,kl,rl->r", design, bread, design)
    factor = len(x) / (len(x) - design.shape[1]) if errors == "hc1" else 1 / (1 - leverage)
    found = plain_jump(running_of(rows["x"], rows["y"]), 1.55, errors=errors, one_slope=one_slope)  # type: ignore[arg-type]
    assert found.estimate == pytest.approx(float(bread[0] @ design.T @ y))
    assert found.std_error == pytest.approx(float(np.sqrt(np.sum((design @ bread[0]) ** 2 * residual**2 * factor))))
    assert (found.n, found.df) == (len(x), len(x) - design.shape[1])


def test_plain_regression_of_one_side_is_refused() -> None:
    with pytest.raises(InputError, match="too few distinct values"):
        plain_jump(running_of(np.arange(1.0, 9), np.arange(8.0)), 20.0)


def test_the_order_of_variables_is_the_callers() -> None:
    rows = around_a_cutoff(seed=21)
    both = running_of(rows["x"], rows["y"], rows["received"])
    turned = running_of(rows["x"], rows["received"], rows["y"])
    assert np.array_equal(both.variables(1, 0).square, turned.square)
    assert np.array_equal(both.variables(1).total, turned.variables(0).total)
    assert replace(both, cluster=None).distinct == 800
