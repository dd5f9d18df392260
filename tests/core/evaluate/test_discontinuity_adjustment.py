"""Baseline columns at a cut-off: what a regression of single rows says, and what must change no figure."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.errors import InputError
from clew.evaluate.discontinuity import Jump, jump
from clew.evaluate.discontinuity_adjustment import adjusted
from clew.evaluate.discontinuity_bandwidth import Bandwidths
from clew.evaluate.discontinuity_checks import donut, placebo_jumps, without_hole
from clew.evaluate.local_polynomial import Running
from running_values import Values, around_a_cutoff, running_of

FIXED = Bandwidths(1.0, 1.4)


def rows_of(
    seed: int = 1, n: int = 500, columns: int = 2, step: float | None = None
) -> tuple[dict[str, Values], Values]:
    """Rows about 0 and baseline columns that explain half of the outcome's noise, one of them with a slope in x."""
    rows, rng = around_a_cutoff(seed=seed, n=n, step=step), np.random.default_rng([7, seed])
    baseline = rng.normal(3, 2, (n, columns))
    baseline[:, 0] += 0.5 * rows["x"]
    rows["y"] = rows["y"] + baseline @ np.linspace(1, 0.5, columns)
    return rows, baseline


def held(rows: dict[str, Values], baseline: Values, *more: str, cluster: Values | None = None) -> Running:
    running = running_of(rows["x"], rows["y"], *(rows[name] for name in more), *baseline.T, cluster=cluster)
    return replace(running, covariates=baseline.shape[1])


def row_by_row(x: Values, y: Values, baseline: Values, h: float) -> tuple[float, float]:
    """Jump and level below, of kernel-weighted least squares with one coefficient a column for both sides."""
    weight = np.sqrt(np.maximum(1 - np.abs(x) / h, 0))
    inside = baseline - baseline[np.abs(x) < h].mean(axis=0)
    above = (x >= 0) * 1.0
    design = np.column_stack([above, np.ones(len(x)), x, x * above, inside])
    found = np.linalg.lstsq(design * weight[:, None], y * weight, rcond=None)[0]
    return float(found[0]), float(found[1])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4), st.sampled_from([None, 0.05, 0.3]))
def test_the_jump_is_that_of_a_regression_of_single_rows(seed: int, columns: int, step: float | None) -> None:
    rows, baseline = rows_of(seed, 300, columns, step)
    found = jump(held(rows, baseline), FIXED)
    effect, below = row_by_row(rows["x"], rows["y"] - rows["y"].mean(), baseline, FIXED.h)
    assert found.conventional == pytest.approx(effect, rel=1e-8, abs=1e-9)
    assert found.lines[0, 0, 0] == pytest.approx(below, rel=1e-8, abs=1e-9)


def figures(found: Jump) -> list[float]:
    return [found.conventional, found.conventional_error, found.estimate, found.std_error, found.bandwidths.h]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.booleans())
def test_other_units_and_mixtures_of_the_columns_change_no_figure(seed: int, fuzzy: bool, clustered: bool) -> None:
    rows, baseline = rows_of(seed, columns=3)
    more = {"cluster": rows["village"]} if clustered else {}
    received = ("received",) if fuzzy else ()
    mixing = np.random.default_rng(seed).normal(size=(3, 3)) + 3 * np.eye(3)
    one = jump(held(rows, baseline, *received, **more))
    other = jump(held(rows, 1e4 + 1e3 * baseline @ mixing, *received, **more))
    assert figures(other) == pytest.approx(figures(one), rel=1e-6)


NOTHING: dict[str, Any] = {
    "a column twice": lambda rows, baseline: np.column_stack([baseline, baseline[:, 0]]),
    "a constant": lambda rows, baseline: np.column_stack([baseline, np.full(len(baseline), 7.0)]),
    "the rule itself": lambda rows, baseline: np.column_stack([baseline, rows["x"] >= 0]),
}


@pytest.mark.parametrize("name", NOTHING)
def test_a_column_that_says_nothing_of_its_own_changes_no_figure(name: str) -> None:
    rows, baseline = rows_of()
    one, other = jump(held(rows, baseline)), jump(held(rows, NOTHING[name](rows, baseline)))
    assert figures(other) == pytest.approx(figures(one), rel=1e-8)


def test_columns_that_explain_the_outcome_make_the_jump_sharper_and_leave_it_where_it_is() -> None:
    plain, sharper = [], []
    for seed in range(40):
        rows, baseline = rows_of(seed)
        sharper.append(jump(held(rows, baseline), FIXED))
        plain.append(jump(held(rows, baseline).unadjusted(), FIXED))
    assert np.mean([one.std_error for one in sharper]) < 0.6 * np.mean([one.std_error for one in plain])
    estimates = np.array([one.estimate for one in sharper])
    assert estimates.mean() == pytest.approx(0.7, abs=4 * estimates.std(ddof=1) / np.sqrt(40))
    errors = [one.std_error for one in sharper]
    assert estimates.std(ddof=1) == pytest.approx(np.mean(errors), rel=0.35)


def test_without_columns_nothing_is_done() -> None:
    rows, baseline = rows_of()
    bare = held(rows, baseline).unadjusted()
    assert adjusted(bare, 1.0, "triangular") is bare
    assert bare.total.shape[1] == 1
    assert figures(jump(bare)) == figures(jump(running_of(rows["x"], rows["y"])))


def test_more_columns_than_rows_can_carry_are_refused() -> None:
    rows, _ = rows_of(n=60)
    baseline = np.random.default_rng(3).normal(size=(60, 20))
    with pytest.raises(InputError, match="rows near the cut-off cannot carry 20 baseline columns"):
        jump(held(rows, baseline), Bandwidths(0.4, 0.9))


def test_a_donut_changes_the_adjusted_jump_as_single_rows_say() -> None:
    """The columns explain the same with and without the hole, so that the change is that of one adjusted outcome."""
    rows, baseline = rows_of()
    running = held(rows, baseline)
    outcome = adjusted(running, FIXED.h, "triangular")
    found, expected = donut(running, 0.2, FIXED), donut(outcome, 0.2, FIXED)
    assert (found.change, found.change_error) == pytest.approx((expected.change, expected.change_error))
    alone = jump(without_hole(outcome, 0.2), FIXED).estimate - jump(running, FIXED).estimate
    assert found.change == pytest.approx(alone)


def test_placebo_cutoffs_are_adjusted_too() -> None:
    rows, baseline = rows_of(n=2000)
    one, *_ = placebo_jumps(held(rows, baseline), FIXED)
    side = rows["x"] < 0
    effect, _ = row_by_row(rows["x"][side] - one.place, rows["y"][side], baseline[side], FIXED.h)
    assert one.jump.conventional == pytest.approx(effect, rel=1e-8)
