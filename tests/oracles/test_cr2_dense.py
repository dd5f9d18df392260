"""Estimates from moments against the textbook done the long way: every row, every hat matrix, every pair of rows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clew.errors import InputError
from clew.evaluate.estimate import estimate
from clew.evaluate.files import open_rows
from trials import Trial, a_trial, in_memory, registered, units, write_csv

Matrix = NDArray[np.float64]


@dataclass
class Dense:
    """Weighted least squares with the n × n hat matrix; `place` is the column of the effect."""

    design: Matrix
    outcome: Matrix
    place: int = 0

    def __post_init__(self) -> None:
        self.bread = np.linalg.pinv(self.design.T @ self.design)
        self.hat = self.design @ self.bread @ self.design.T
        self.residual = self.outcome - self.hat @ self.outcome
        self.n, self.k = len(self.outcome), np.linalg.matrix_rank(self.design)
        self.effect = (self.bread @ self.design.T @ self.outcome)[self.place]

    def along(self, meat: Matrix) -> float:
        return float(np.sqrt((self.bread @ meat @ self.bread)[self.place, self.place]))

    def classical(self) -> float:
        return self.along(self.design.T @ self.design * (self.residual @ self.residual / (self.n - self.k)))

    def hc(self, kind: int) -> float:
        leverage = np.diagonal(self.hat)
        share = self.n / (self.n - self.k) if kind == 1 else 1 / (1 - leverage)
        return self.along((self.design.T * self.residual**2 * share) @ self.design)

    def cr1(self, cluster: Matrix) -> float:
        g = len(np.unique(cluster))
        scores = np.array([self.design[cluster == c].T @ self.residual[cluster == c] for c in np.unique(cluster)])
        return self.along(scores.T @ scores * g / (g - 1) * (self.n - 1) / (self.n - self.k))

    def cr2(self, cluster: Matrix) -> tuple[float, float]:
        """Bell–McCaffrey with Satterthwaite's degrees of freedom, from all n × n quantities."""
        influence, paths = [], []
        for c in np.unique(cluster):
            own = cluster == c
            values, vectors = np.linalg.eigh(np.eye(own.sum()) - self.hat[np.ix_(own, own)])
            powers = np.where(values > 1e-10, 1 / np.sqrt(np.maximum(values, 1e-300)), 0.0)
            adjusted = vectors * powers @ vectors.T @ self.design[own] @ self.bread[:, self.place]
            influence.append(adjusted @ self.residual[own])
            paths.append((np.eye(self.n) - self.hat)[:, own] @ adjusted)
        gram = np.array(paths) @ np.array(paths).T
        return float(np.linalg.norm(influence)), float(np.trace(gram) ** 2 / np.sum(gram**2))


def dummies(column: NDArray[Any], *, drop: int = 0) -> Matrix:
    return (column[:, None] == np.unique(column)[drop:]).astype(float)


def centred(columns: Matrix, weights: Matrix) -> Matrix:
    return columns - weights @ columns / weights.sum()


def design_of(trial: Trial, kind: str, weights: Matrix) -> Matrix:
    """The design matrix of each specification below, effect first, written out by hand."""
    arm, one = trial["arm"][:, None] * 1.0, np.ones((len(trial["arm"]), 1))
    x, t = trial["x"][:, None], dummies(trial["t"], drop=1)
    lin_x, lin_xt = centred(x, weights), centred(np.hstack([x, t]), weights)
    lin_block = centred(np.hstack([x, dummies(trial["block"], drop=1)]), weights)
    return np.hstack(
        {
            "plain": [arm, one],
            "covariates": [arm, one, x, t],
            "blocks": [arm, dummies(trial["block"]), x],
            "crossing levels": [arm, dummies(trial["grade"]), x, t],
            "lin": [arm, one, lin_x, arm * lin_x],
            "lin with text": [arm, one, lin_xt, arm * lin_xt],
            "lin with blocks": [arm, one, lin_block, arm * lin_block],
        }[kind]
    )


SPECIFICATIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "covariates": {"adjust_for": ("x", "t")},
    "blocks": {"adjust_for": ("x",), "block": "block"},
    "crossing levels": {"adjust_for": ("x", "t"), "fixed_effects": ("grade",)},
    "lin": {"adjust_for": ("x",), "estimator": "lin"},
    "lin with text": {"adjust_for": ("t", "x"), "estimator": "lin"},
    "lin with blocks": {"adjust_for": ("x",), "estimator": "lin", "block": "block"},
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", SPECIFICATIONS)
@pytest.mark.parametrize("errors", ["classical", "hc1", "hc2", "cr1", "cr2"])
def test_each_specification_with_each_standard_error(kind: str, errors: str, *, weighted: bool) -> None:
    trial = a_trial(seed=7)
    weights = trial["w"] if weighted else np.ones(len(trial["y"]))
    root = np.sqrt(weights)
    dense = Dense(root[:, None] * design_of(trial, kind, weights), root * trial["y"])
    found = estimate(
        registered(standard_errors=errors, weights="w" if weighted else None, **SPECIFICATIONS[kind]), in_memory(trial)
    )
    assert found.estimate == pytest.approx(dense.effect, rel=1e-10)
    if errors == "cr2":
        assert (found.std_error, found.df) == pytest.approx(dense.cr2(trial["school"]), rel=1e-9)
    else:
        expected = {"classical": dense.classical, "hc1": lambda: dense.hc(1), "hc2": lambda: dense.hc(2)}.get(
            errors, lambda: dense.cr1(trial["school"])
        )
        assert found.std_error == pytest.approx(expected(), rel=1e-10)
        simple = kind == "plain" and errors == "hc2" and not weighted
        if not simple:
            assert found.df == (11 if errors == "cr1" else dense.n - dense.k)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(6, 40), st.integers(0, 3))
def test_cr2_of_any_small_trial(seed: int, schools: int, size: int) -> None:
    trial = a_trial(seed, n=2 * schools + size * schools, schools=schools)
    design = np.column_stack([trial["arm"], np.ones(len(trial["y"])), trial["x"]])
    dense = Dense(design, trial["y"])
    found = estimate(registered(adjust_for=("x",)), in_memory(trial))
    assert (found.std_error, found.df) == pytest.approx(dense.cr2(trial["school"]), rel=1e-8)


@pytest.mark.parametrize("seed", range(8))
def test_leverage_of_one_is_met_by_the_pseudo_inverse(seed: int) -> None:
    """A text value that occurs in one school alone gives that school's rows a leverage of one."""
    trial = a_trial(seed)
    trial["t"] = np.where(trial["school"] == 4, "alone", trial["t"])
    design = np.column_stack([trial["arm"], np.ones(240), dummies(trial["t"], drop=1), trial["x"]])
    found = estimate(registered(adjust_for=("t", "x")), in_memory(trial))
    assert (found.std_error, found.df) == pytest.approx(Dense(design, trial["y"]).cr2(trial["school"]), rel=1e-10)


@pytest.mark.parametrize("adjust_for", [(), ("x",)])
def test_a_row_of_leverage_one_counts_nothing_in_hc2(adjust_for: tuple[str, ...], tmp_path: Path) -> None:
    """One pupil alone in a grade says nothing of the effect: as if the pupil were not there."""
    trial = a_trial(seed=3)
    trial["grade"][17] = 99
    others = {name: np.delete(column, 17) for name, column in trial.items()}
    design = np.column_stack([others["arm"], dummies(others["grade"]), *(others[name] for name in adjust_for)])
    expected = Dense(design, others["y"]).hc(2)
    protocol = registered(fixed_effects=("grade",), adjust_for=adjust_for, **units())
    for rows in (in_memory(trial), open_rows(write_csv(trial, tmp_path / "data.csv"), protocol)):
        assert estimate(protocol, rows).std_error == pytest.approx(expected, rel=1e-10)


def test_other_arms_share_in_the_covariates_alone() -> None:
    trial = a_trial(seed=5)
    trial["arm"] = np.array(["none", "help", "aide"])[(trial["school"] + trial["pupil"]) % 3]
    design = np.column_stack([trial["arm"] == "help", trial["arm"] == "aide", trial["x"], np.ones(240)]).astype(float)
    protocol = registered(
        comparison="none", treated="help", other_arms=("aide",), adjust_for=("x",), **units(standard_errors="hc1")
    )
    found = estimate(protocol, in_memory(trial))
    dense = Dense(design, trial["y"])
    assert (found.estimate, found.std_error) == pytest.approx((dense.effect, dense.hc(1)), rel=1e-10)
    assert found.n == 240
    lin = registered(
        comparison="none", treated="help", other_arms=("aide",), adjust_for=("x",), **units(estimator="lin")
    )
    two = in_memory({name: column[trial["arm"] != "aide"] for name, column in trial.items()})
    assert estimate(lin, in_memory(trial)).estimate == pytest.approx(estimate(lin, two).estimate, rel=1e-10)
    assert estimate(lin, in_memory(trial)).std_error == pytest.approx(estimate(lin, two).std_error, rel=1e-10)


def welch(a: Matrix, b: Matrix) -> tuple[float, float]:
    parts = [a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)]
    df = sum(parts) ** 2 / (parts[0] ** 2 / (len(a) - 1) + parts[1] ** 2 / (len(b) - 1))
    return float(np.sqrt(sum(parts))), float(df)


def test_two_arms_alone_with_hc2_are_welch() -> None:
    trial = a_trial(seed=2)
    found = estimate(registered(**units()), in_memory(trial))
    expected = welch(trial["y"][trial["arm"] == 1], trial["y"][trial["arm"] == 0])
    assert (found.std_error, found.df) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("clustered", [False, True])
def test_block_weighted_adds_up_the_blocks(*, clustered: bool) -> None:
    """Σ share · effect and √Σ share² · variance, with each block estimated on its own rows."""
    trial = a_trial(seed=9)
    design = {} if clustered else units()
    found = estimate(registered(estimator="block-weighted", block="block", **design), in_memory(trial))
    effects, errors, shares = [], [], []
    for block in np.unique(trial["block"]):
        rows = {name: column[trial["block"] == block] for name, column in trial.items()}
        one = Dense(np.column_stack([rows["arm"], np.ones(len(rows["y"]))]).astype(float), rows["y"])
        effects.append(one.effect)
        errors.append(one.cr2(rows["school"])[0] if clustered else one.hc(2))
        shares.append(len(rows["y"]) / 240)
    assert found.estimate == pytest.approx(np.dot(shares, effects), rel=1e-10)
    assert found.std_error == pytest.approx(np.linalg.norm(np.array(shares) * errors), rel=1e-10)
    assert found.df == (12 if clustered else 240) - 2 * 3


def test_block_weighted_is_lin_with_block_indicators() -> None:
    """With HC2 and units randomised within blocks, the two are the same estimator (Lin 2013; Imbens & Rubin ch. 9)."""
    trial = a_trial(seed=11)
    weighted = estimate(registered(**units(estimator="block-weighted", block="grade")), in_memory(trial))
    lin = estimate(registered(**units(estimator="lin", block="grade")), in_memory(trial))
    assert (weighted.estimate, weighted.std_error, weighted.df) == pytest.approx(
        (lin.estimate, lin.std_error, lin.df), rel=1e-9
    )


def test_a_block_with_one_unit_of_an_arm_is_named() -> None:
    trial = a_trial()
    trial["grade"][np.flatnonzero(trial["arm"] == 1)[0]] = 77
    with pytest.raises(InputError, match='fewer than two units an arm, so their variance cannot be known: "77"'):
        estimate(registered(**units(estimator="block-weighted", block="grade")), in_memory(trial))


@pytest.mark.parametrize("seed", range(8))
def test_columns_that_say_nothing_new_are_left_out_and_named(seed: int) -> None:
    trial = a_trial(seed)
    trial["again"], trial["flat"] = 0.7 * trial["x"] + trial["arm"] / 3 + 1, np.full(240, 0.1)
    found = estimate(registered(adjust_for=("x", "again", "flat")), in_memory(trial))
    assert found.left_out == ("again", "flat")
    assert found.std_error == pytest.approx(
        estimate(registered(adjust_for=("x",)), in_memory(trial)).std_error, rel=1e-9
    )


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("constant", [0.3, 1e6 + 0.1])
def test_a_covariate_that_is_constant_in_a_group_is_left_out_there(
    weights: str | None, constant: float, tmp_path: Path
) -> None:
    trial = a_trial(seed=2)
    trial["x"] = np.where(trial["sub"] == 1, constant, trial["x"])
    protocol, plain = registered(adjust_for=("x",), groups=("sub",), weights=weights), registered(weights=weights)
    expected = estimate(plain, in_memory(trial), (("sub", "1"),))
    for rows in (in_memory(trial), open_rows(write_csv(trial, tmp_path / "data.csv"), protocol)):
        found = estimate(protocol, rows, (("sub", "1"),))
        assert found.left_out == ("x",)
        assert found.std_error == pytest.approx(expected.std_error, rel=1e-9)
        assert estimate(protocol, rows).left_out == ()


def test_an_arm_that_another_column_determines_is_refused() -> None:
    trial = a_trial()
    with pytest.raises(InputError, match="cannot be told apart"):
        estimate(registered(fixed_effects=("school",)), in_memory(trial))


def test_the_intra_cluster_correlation_is_that_of_an_analysis_of_variance() -> None:
    trial = a_trial(seed=4)
    y, school, arm = trial["y"], trial["school"], trial["arm"]
    size = np.bincount(school)
    between = sum(size[s] * (y[school == s].mean() - y[arm == s % 2].mean()) ** 2 for s in range(12)) / 10
    within = sum(((y[school == s] - y[school == s].mean()) ** 2).sum() for s in range(12)) / (240 - 12)
    typical = (240 - sum((size[a::2] ** 2).sum() / size[a::2].sum() for a in (0, 1))) / 10
    expected = (between - within) / (between + (typical - 1) * within)
    for errors in ("cr2", "classical"):
        assert estimate(registered(standard_errors=errors), in_memory(trial)).icc == pytest.approx(expected, rel=1e-9)
