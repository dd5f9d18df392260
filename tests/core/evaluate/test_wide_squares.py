"""Many variables: the second scan by columns of batches says what SQL says, to the last bit, in any order of rows."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.evaluate import wide_squares
from clew.evaluate.estimate import estimate
from clew.evaluate.files import FileRows, open_rows
from clew.pilot.protocol import Protocol
from trials import Trial, a_trial, agree, figures, in_memory, registered, units, write_csv, write_parquet

COLUMNS = tuple(f"x{place}" for place in range(12))
SOME = COLUMNS[
    :5
]  # of every kind one: where the bound between the two ways is put lower, SQL takes a fifth of the time

FILE_ROWS = sys.modules[FileRows.__module__]


def protocols(columns: tuple[str, ...]) -> list[Protocol]:
    return [
        registered(adjust_for=columns, groups=("sub",), **units()),
        registered(adjust_for=columns, **units(estimator="lin")),
        registered(adjust_for=columns, weights="w", **units(block="grade")),
        registered(adjust_for=(*columns, "t"), **units()),
    ]


PROTOCOLS = protocols(COLUMNS)


def a_wide_trial(seed: int, n: int = 400) -> Trial:
    """`a_trial` with twelve covariates, one of them far from 0, one with heavy tails; some outcomes are lost."""
    trial, rng = a_trial(seed, n=n), np.random.default_rng(seed)
    covariates = {name: rng.normal(0, 1, n) for name in COLUMNS}
    covariates |= {"x0": covariates["x0"] + 1e6, "x1": rng.standard_t(2, n), "x2": covariates["x2"] > 0}
    return trial | covariates | {"y": np.where(rng.random(n) < 0.1, np.nan, trial["y"]), "arm": rng.integers(0, 2, n)}


def found(paths: Path | list[Path], protocol: Protocol, threads: int | None = None) -> list[Any]:
    rows = open_rows(paths, protocol, threads=threads)
    try:
        return [
            figures(estimate(protocol, rows, within)) for within in ((), (("sub", "1"),) * ("sub" in str(protocol)))
        ]
    finally:
        rows.close()


@pytest.fixture
def in_sql(monkeypatch: pytest.MonkeyPatch) -> Any:
    def said(*asked: Any) -> list[Any]:
        with monkeypatch.context() as patched:
            patched.setattr(FILE_ROWS, "is_wide", lambda _: False)
            return found(*asked)

    return said


@pytest.fixture(autouse=True)
def by_columns(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each second scan was meant for this way: all must have been."""
    asked: list[bool] = []
    monkeypatch.setattr(FILE_ROWS, "is_wide", lambda curves: asked.append(wide_squares.is_wide(curves)) or asked[-1])
    return asked


@pytest.fixture
def some_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wide_squares, "MANY", len(SOME) - 1)


@pytest.mark.usefixtures("some_are_many")
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.sampled_from(protocols(SOME)), st.sampled_from([write_csv, write_parquet]))
def test_columns_say_what_sql_says(
    tmp_path: Path, in_sql: Any, by_columns: list[bool], seed: int, protocol: Protocol, write: Any
) -> None:
    trial = a_wide_trial(seed)
    order = np.random.default_rng(seed).permutation(len(trial["y"]))
    end = write.__name__.removeprefix("write_")
    parts = [
        write({name: column[order[half]] for name, column in trial.items()}, tmp_path / f"{place}.{end}")
        for place, half in enumerate((slice(0, 1), slice(1, 90), slice(90, None)))
    ]
    said = found(parts, protocol, 1 + seed % 4)
    assert by_columns
    assert all(by_columns)
    np.testing.assert_array_equal(said, in_sql(write(trial, tmp_path / f"whole.{end}"), protocol, 1))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_columns_say_what_arrays_say(protocol: Protocol, tmp_path: Path) -> None:
    trial = a_wide_trial(2, n=900)
    rows = open_rows(write_parquet(trial, tmp_path / "data.parquet"), protocol)
    agree(estimate(protocol, rows), estimate(protocol, in_memory(trial)), rel=1e-7)


def test_the_same_whatever_is_computed_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_parquet(a_wide_trial(3), tmp_path / "data.parquet")
    whole = found(path, PROTOCOLS[0])
    for rows in (1, 3, 17):
        monkeypatch.setattr(wide_squares, "TOGETHER", rows)
        np.testing.assert_array_equal(found(path, PROTOCOLS[0]), whole)


def test_a_row_whose_leverage_is_one_counts_nothing(tmp_path: Path, in_sql: Any) -> None:
    """One row alone has a covariate: its residual is 0, and so is what is left of its leverage."""
    trial = a_wide_trial(4)
    trial |= {"x5": np.arange(400) == 7, "y": np.nan_to_num(trial["y"])}
    path = write_parquet(trial, tmp_path / "data.parquet")
    np.testing.assert_array_equal(found(path, PROTOCOLS[0]), in_sql(path, PROTOCOLS[0]))


@pytest.mark.parametrize("scale", [1.0, 2.0**30, 2.0**55, 2.0**100])
def test_whole_numbers_of_any_size_add_up_exactly(scale: float) -> None:
    terms = np.random.default_rng(1).random(5_000) * scale
    assert wide_squares._whole(terms) == sum(int(np.rint(term)) for term in terms)
