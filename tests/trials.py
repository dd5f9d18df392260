"""Made-up trials and the protocols that go with them, for tests of the estimators and of reading files."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray

from clew.evaluate.arrays import ArrayRows
from clew.evaluate.estimate import RawEstimate
from clew.pilot.protocol import Design, Equity, Looks, Outcome, Pilot, Population, Protocol, ScaleRule, Size

Trial = dict[str, NDArray[Any]]


def a_design(**changes: Any) -> Design:
    """Schools randomised, arms "0" and "1", CR2; keyword arguments replace fields."""
    design = Design("cluster-randomised", "difference", "cr2", "arm", "0", cluster="school")
    return replace(design, **changes)


def registered(
    *,
    outcome: str = "y",
    measure: str = "mean",
    adjust_for: tuple[str, ...] = (),
    groups: tuple[str, ...] = (),
    **design: Any,
) -> Protocol:
    """A protocol for `a_trial`: the outcome, its covariates and equity columns, and changes to `a_design`."""
    return Protocol(
        pilot=Pilot("schools", "Homework help", "Scores rise", "none", "schools"),
        population=Population("pupil", "all"),
        design=a_design(**design),
        outcome=Outcome(outcome, measure, "higher", 1.0, adjust_for),  # type: ignore[arg-type]
        looks=Looks(),
        size=Size(),
        scale=ScaleRule(),
        equity=tuple(Equity(column) for column in groups),
    )


def units(**design: Any) -> dict[str, Any]:
    """Changes to `a_design` that make it one of randomised units, with HC2 unless said otherwise."""
    return {"kind": "randomised", "cluster": None, "standard_errors": "hc2", **design}


def a_trial(seed: int = 1, n: int = 240, schools: int = 12) -> Trial:
    """Pupils in schools, in blocks of four schools: outcome `y`, covariates `x`, `t` (text), weights `w`, groups
    `sub`, and a class level `grade` that cuts across schools."""
    rng = np.random.default_rng(seed)
    school = np.sort(rng.integers(0, schools, n))
    school[: 2 * schools] = np.repeat(np.arange(schools), 2)
    arm = school % 2
    x = rng.normal(0, 1, n) + 0.1 * school
    return {
        "y": 0.4 * arm + 0.5 * x + rng.normal(0, 1, schools)[school] + rng.normal(0, 1 + 0.5 * arm, n),
        "x": x,
        "t": np.array(["east", "north", "west"])[rng.integers(0, 3, n)],
        "w": rng.uniform(0.5, 2.0, n),
        "school": school,
        "arm": arm,
        "block": school // 4,
        "grade": rng.integers(0, 5, n),
        "sub": rng.integers(0, 3, n),
        "pupil": np.arange(n),
    }


def several(trial: Trial) -> Trial:
    """The trial with three outcomes more: one with gaps of its own, a share, whole numbers with gaps."""
    rng = np.random.default_rng(7)
    n = len(trial["y"])
    late = trial["y"] * 3 + rng.normal(0, 1, n)
    days = rng.integers(0, 90, n).astype(float)
    return {
        **trial,
        "late": np.where(rng.random(n) < 0.2, np.nan, late),
        "passed": (trial["y"] > 0).astype(float),
        "days": np.where(rng.random(n) < 0.1, np.nan, days),
    }


def gappy(trial: Trial) -> Trial:
    """The same, the primary outcome with gaps too, and some groups and starts not known."""
    rng = np.random.default_rng(8)
    n = len(trial["y"])
    sub = np.where(rng.random(n) < 0.1, np.nan, trial["sub"])
    return {**trial, "y": np.where(rng.random(n) < 0.15, np.nan, trial["y"]), "sub": sub}


def in_memory(trial: Trial) -> ArrayRows:
    """The trial as rows held in arrays."""
    return ArrayRows(trial)


def write_csv(trial: Trial, path: Path, delimiter: str = ",", end: str = "\n") -> Path:
    """The trial as CSV, numbers with all their digits; NaN becomes an empty field."""
    lines = [delimiter.join(trial)]
    lines += [
        delimiter.join(map(_field, row)) for row in zip(*(column.tolist() for column in trial.values()), strict=True)
    ]
    path.write_bytes((end.join(lines) + end).encode())
    return path


def _field(value: object) -> str:
    return "" if value != value else str(value)  # noqa: PLR0124  only NaN differs from itself


def write_parquet(trial: Trial, path: Path, row_group_size: int = 122_880) -> Path:
    """The trial as Parquet, of the columns' own types; NaN becomes NULL."""
    with duckdb.connect() as connection:
        connection.register("trial", trial)
        connection.execute(f"COPY trial TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE {row_group_size})")
    return path


def figures(raw: RawEstimate) -> tuple[float, ...]:
    """All numbers of an estimate in order, NaN where there is none."""
    return tuple(np.nan if value is None else value for name, value in asdict(raw).items() if name != "left_out")


def agree(found: RawEstimate, expected: RawEstimate, rel: float = 1e-10) -> None:
    """Hold two estimates against each other, figure by figure."""
    assert found.left_out == expected.left_out
    assert figures(found) == pytest.approx(figures(expected), rel=rel, abs=1e-13, nan_ok=True)


def fire_visits_csv(path):
    """Write the homes of the fire-safety story, both rounds, as the demo makes them; return where."""
    from clew.demo import data

    data.write_csv([*data.fire_safety_visits(1), *data.fire_safety_visits(2)], path)
    return path
