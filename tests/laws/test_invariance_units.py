"""Changing how the outcome or a covariate is written changes the estimate by that and no more."""

from fractions import Fraction
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.evaluate.estimate import RawEstimate, estimate
from clew.evaluate.files import open_rows
from clew.pilot.protocol import Protocol
from trials import Trial, a_trial, agree, in_memory, registered, units, write_csv, write_parquet

SPECIFICATIONS = [
    registered(adjust_for=("x", "t")),
    registered(block="block", adjust_for=("x",)),
    registered(weights="w", adjust_for=("x",)),
    registered(adjust_for=("x", "t"), **units(estimator="lin")),
    registered(**units()),
    registered(adjust_for=("x",), **units(standard_errors="hc1")),
    registered(**units(estimator="block-weighted", block="grade")),
    registered(adjust_for=("x",), **units(standard_errors="classical", fixed_effects=("grade",))),
]
FEW = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def from_files(trial: Trial, protocol: Protocol, folder: Path) -> RawEstimate:
    return estimate(protocol, open_rows(write_csv(trial, folder / "data.csv"), protocol))


def rounded(trial: Trial, **changes: Any) -> Trial:
    """Values of few binary digits, so that adding an offset loses none of them."""
    return trial | {"y": np.round(trial["y"] * 256) / 256, "x": np.round(trial["x"] * 256) / 256} | changes


@pytest.mark.parametrize("protocol", SPECIFICATIONS)
@pytest.mark.parametrize("column", ["y", "x"])
@pytest.mark.parametrize("offset", [1e6, -1e6, 1e9])
def test_an_offset_changes_nothing(protocol: Protocol, column: str, offset: float, tmp_path: Path) -> None:
    trial = rounded(a_trial(seed=3))
    moved = trial | {column: trial[column] + offset}
    shift = offset if column == "y" else 0.0
    plain = from_files(trial, protocol, tmp_path)
    for found in (from_files(moved, protocol, tmp_path), estimate(protocol, in_memory(moved))):
        assert (found.estimate, found.std_error, found.df) == pytest.approx(
            (plain.estimate, plain.std_error, plain.df), rel=1e-9
        )
        assert found.mean_treated == pytest.approx(plain.mean_treated + shift, rel=1e-12)


@pytest.mark.parametrize("scale", [1e-38, 1e-9, 3.0, 1e9, 1e38])
@pytest.mark.parametrize("protocol", SPECIFICATIONS)
def test_the_outcome_in_other_units(protocol: Protocol, scale: float, tmp_path: Path) -> None:
    trial = a_trial(seed=4)
    plain = from_files(trial, protocol, tmp_path)
    scaled = from_files(trial | {"y": trial["y"] * scale}, protocol, tmp_path)
    assert scaled.estimate == pytest.approx(plain.estimate * scale, rel=1e-9)
    assert scaled.std_error == pytest.approx(plain.std_error * scale, rel=1e-9)
    assert scaled.df == pytest.approx(plain.df, rel=1e-9)


@pytest.mark.parametrize("scale", [1e-38, 1e-6, -2.0, 1e6, 1e38])
@pytest.mark.parametrize("protocol", [p for p in SPECIFICATIONS if p.outcome.adjust_for])
def test_a_covariate_in_other_units(protocol: Protocol, scale: float, tmp_path: Path) -> None:
    trial = a_trial(seed=5)
    plain = from_files(trial, protocol, tmp_path)
    scaled = from_files(trial | {"x": trial["x"] * scale}, protocol, tmp_path)
    assert (scaled.estimate, scaled.std_error, scaled.df) == pytest.approx(
        (plain.estimate, plain.std_error, plain.df), rel=1e-8
    )


@FEW
@given(st.integers(0, 10_000), st.sampled_from([p for p in SPECIFICATIONS if p.design.estimator != "lin"]))
def test_swapping_the_arms_turns_the_sign(seed: int, protocol: Protocol) -> None:
    trial = a_trial(seed)
    swapped = trial | {"arm": 1 - trial["arm"]}
    one, other = (estimate(protocol, in_memory(each)) for each in (trial, swapped))
    assert (other.estimate, other.std_error, other.df) == pytest.approx(
        (-one.estimate, one.std_error, one.df), rel=1e-9
    )
    assert (other.n_treated, other.mean_treated) == pytest.approx((one.n_comparison, one.mean_comparison), rel=1e-12)


@FEW
@given(st.integers(0, 10_000), st.sampled_from(SPECIFICATIONS))
def test_new_names_for_arms_schools_and_texts_change_nothing(tmp_path: Path, seed: int, protocol: Protocol) -> None:
    from dataclasses import replace

    trial = a_trial(seed)
    renamed = trial | {
        "arm": np.where(trial["arm"] == 1, "a help", "z none"),
        "school": np.char.add("school ", (97 * trial["school"] % 101).astype(str)),
    }
    called = replace(protocol, design=replace(protocol.design, comparison="z none"))
    agree(from_files(renamed, called, tmp_path), estimate(protocol, in_memory(trial)), rel=1e-9)


@FEW
@given(st.integers(0, 10_000), st.sampled_from(SPECIFICATIONS[3:6] + SPECIFICATIONS[7:]))
def test_weights_of_one_change_nothing(seed: int, protocol: Protocol) -> None:
    from dataclasses import replace

    trial = a_trial(seed) | {"ones": np.full(240, 1.0)}
    weighted = replace(protocol, design=replace(protocol.design, weights="ones"))
    one, other = (estimate(each, in_memory(trial)) for each in (protocol, weighted))
    assert (one.estimate, one.std_error) == pytest.approx((other.estimate, other.std_error), rel=1e-9)


def exact_difference(trial: Trial, rows: np.ndarray) -> tuple[float, float]:
    """Difference of two arms and Neyman's standard error in exact fractions: no rounding until the end."""
    effects, variances = [], []
    for arm in (1, 0):
        values = [Fraction(value) for value in trial["y"][rows & (trial["arm"] == arm)].tolist()]
        mean = sum(values) / len(values)
        effects.append(mean)
        variances.append(sum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values))
    return float(effects[0] - effects[1]), sqrt(variances[0] + variances[1])


@pytest.mark.parametrize("write", [write_csv, write_parquet])
@pytest.mark.parametrize("outlier", [1e4, 1e6, 1e8])
def test_an_outlier_in_one_group_costs_the_others_no_digit(outlier: float, write: Any, tmp_path: Path) -> None:
    """One pupil's outcome, far out, in group 0: groups 1 and 2 keep nine digits, and so does the whole."""
    trial = a_trial(seed=6)
    trial["y"][np.flatnonzero(trial["sub"] == 0)[0]] = outlier
    protocol = registered(groups=("sub",), **units())
    rows = open_rows(write(trial, tmp_path / "data"), protocol)
    for within, chosen in (((), trial["sub"] >= 0), *(((("sub", str(g)),), trial["sub"] == g) for g in (1, 2))):
        found = estimate(protocol, rows, within)
        assert (found.estimate, found.std_error) == pytest.approx(exact_difference(trial, chosen), rel=1e-9)


@pytest.mark.parametrize(
    ("outlier", "weights"), [(1e4, None), (1e6, None), (1e8, None), (1e4, "w"), (1e6, "w"), (-1e7, None), (-1e7, "w")]
)
def test_an_outlying_covariate_in_one_group_costs_the_others_little(
    outlier: float, weights: str | None, tmp_path: Path
) -> None:
    trial = a_trial(seed=6)
    trial["x"] += 1e6 if outlier < 0 else 0.0
    trial["x"][np.flatnonzero(trial["sub"] == 0)[0]] = outlier
    protocol = registered(groups=("sub",), adjust_for=("x",), weights=weights)
    rows = open_rows(write_csv(trial, tmp_path / "data.csv"), protocol)
    alone = in_memory({name: column[trial["sub"] == 1] for name, column in trial.items()})
    found, expected = estimate(protocol, rows, (("sub", "1"),)), estimate(protocol, alone)
    assert (found.estimate, found.std_error, found.df) == pytest.approx(
        (expected.estimate, expected.std_error, expected.df), rel=1e-8 if weights else 1e-9
    )
