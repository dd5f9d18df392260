"""The stepped wedge's mixed model against statsmodels (rows, REML), its CR2 against diff-diff; a real schedule in SQL.

Their code runs in a process and an environment of its own, `.venv-oracles`.
"""

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray

from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.cluster_periods import ClusterPeriods, permutation_test, vertical
from clew.evaluate.hussey_hughes import Cells, MixedModel, by_exposure, hussey_hughes
from kinds_of_pilot import of_kind

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"

Rows = dict[str, NDArray[Any]]


def rows_of(seed: int, start: list[int], periods: int, size: int, between: float) -> Rows:
    """People in clusters and periods, about `size` in each; `between`: standard deviation of the clusters' effects."""
    rng = np.random.default_rng(seed)
    clusters = len(start)
    n = rng.integers(max(size // 2, 1), 2 * size, (clusters, periods))
    cluster, period = (np.repeat(which.ravel(), n.ravel()) for which in np.indices((clusters, periods)))
    exposure = np.maximum(period - np.array(start)[cluster] + 1, 0)
    y = 0.3 * exposure + 0.2 * period + rng.normal(0, between, clusters)[cluster] + rng.normal(0, 1, len(cluster)) + 5
    return {"y": y, "cluster": cluster, "period": period, "exposure": exposure, "start": np.array(start)}


TRIALS = {
    "six clusters": rows_of(1, [1, 1, 2, 2, 3, 3], 4, 10, 0.5),
    "eight clusters, one never": rows_of(2, [1, 2, 3, 4, 5, 6, 7, 7], 7, 5, 1.0),
    "clusters that hardly differ": rows_of(3, [1, 1, 2, 2, 3, 3], 4, 8, 0.05),
    "one row each, or two": rows_of(4, [1, 1, 1, 2, 2, 2, 3, 3, 3], 4, 1, 0.8),
}
"""Trials by name; some periods have everybody treated, and cells are of unequal size."""


def cells_of(rows: Rows) -> Cells:
    shape = len(rows["start"]), int(rows["period"].max()) + 1
    place = rows["cluster"] * shape[1] + rows["period"]
    size = np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape).astype(float)
    mean = np.bincount(place, rows["y"], minlength=size.size).reshape(shape) / size
    within = float(np.sum((rows["y"] - mean.ravel()[place]) ** 2))
    return Cells(ClusterPeriods(mean, rows["start"]), size, len(rows["y"]), within)


def design_of(rows: Rows, by_time: bool) -> list[list[float]]:
    """Effect columns first (one, or one for each exposure), then an indicator a period."""
    exposure = rows["exposure"][:, None]
    effects = exposure == np.unique(exposure[exposure > 0]) if by_time else exposure > 0
    periods = rows["period"][:, None] == np.unique(rows["period"])
    return np.hstack([effects, periods]).astype(float).tolist()


def asked_of(script: str, cases: list[dict[str, Any]]) -> list[Any]:
    """What the script, run over there, says of each case."""
    if not PYTHON.exists():
        pytest.skip("NOT TESTED: other people's software is absent; `make oracles` sets it up")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    run = [PYTHON, Path(__file__).with_name(script)]
    asked = json.dumps({"cases": cases})
    done = subprocess.run(run, input=asked, capture_output=True, text=True, check=True, cwd=ROOT, env=kept)
    return json.loads(done.stdout.splitlines()[-1])


@cache
def theirs() -> dict[tuple[str, bool], dict[str, Any]]:
    asked = [(name, by_time) for name in TRIALS for by_time in (False, True)]
    cases = [
        {
            "outcome": TRIALS[name]["y"].tolist(),
            "cluster": TRIALS[name]["cluster"].tolist(),
            "design": design_of(TRIALS[name], by_time),
            "effects": len(np.unique(TRIALS[name]["exposure"])) - 1 if by_time else 1,
        }
        for name, by_time in asked
    ]
    return dict(zip(asked, asked_of("other_stepped_wedge.py", cases), strict=True))


def ours(name: str, by_time: bool) -> MixedModel:
    found = (by_exposure if by_time else hussey_hughes)(cells_of(TRIALS[name]))
    assert found is not None
    return found


@pytest.mark.parametrize("by_time", [False, True])
@pytest.mark.parametrize("name", TRIALS)
def test_mixed_model(name: str, by_time: bool) -> None:
    found, expected = ours(name, by_time), theirs()[name, by_time]
    icc = expected["between"] / (expected["between"] + expected["within"])
    assert found.icc == pytest.approx(icc, abs=2e-4)
    assert found.effects == pytest.approx(expected["effects"], abs=2e-4)


@cache
def their_errors() -> dict[str, dict[str, float]]:
    """CR2 of the whitened cluster-periods, as their software makes it of any least-squares fit."""
    cases = []
    for name in TRIALS:
        found = ours(name, False)
        design = found.design.reshape(-1, found.design.shape[2])
        y = found.residual.ravel() + found.design.reshape(design.shape) @ _coefficients(name, found)
        cluster = np.repeat(np.arange(len(found.design)), found.design.shape[1])
        cases.append({"outcome": y.tolist(), "design": design.tolist(), "cluster": cluster.tolist()})
    return dict(zip(TRIALS, asked_of("other_software.py", cases), strict=True))


def _coefficients(name: str, found: MixedModel) -> NDArray[Any]:
    """Any coefficients with our effect first: errors do not depend on the others."""
    return np.array([found.effects[0], *np.linspace(0, 1, found.design.shape[2] - 1)])


@pytest.mark.parametrize("name", TRIALS)
def test_errors_by_cluster(name: str) -> None:
    effect, error, df = ours(name, False).effect(np.ones(1))
    expected = their_errors()[name]
    assert (effect, error, df) == pytest.approx((expected["effect"], expected["cr2"], expected["df"]), rel=1e-7)


def a_blocked_trial(seed: int) -> Rows:
    """Ten districts in two regions that live through different times, and baseline columns, one of them text."""
    rng = np.random.default_rng(seed)
    n = rng.integers(3, 9, (10, 4))
    district, month = (np.repeat(which.ravel(), n.ravel()) for which in np.indices((10, 4)))
    start = np.array([2, 2, 3, 3, 4, 4, 2, 3, 4, 4])[district]
    age, sex = rng.normal(40 + district, 5), rng.choice(["f", "m", "x"], len(month))
    y = 2.0 * (month + 1 >= start) + 0.1 * age + (sex == "m") + district % 2 * month + rng.normal(0, 1, len(month))
    return {
        "district": district,
        "month": month + 1,
        "start": start,
        "region": district % 2,
        "age": age,
        "sex": sex,
        "y": y,
    }


WAYS = ("alike", "blocks", "adjusted", "blocks, adjusted")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_blocks_and_baseline_columns_are_least_squares_in_two_stages(seed: int) -> None:
    """Statsmodels: the comparison within blocks and periods is the coefficient beside an indicator of each."""
    rows = a_blocked_trial(seed)
    cell = rows["district"] * 4 + rows["month"] - 1
    first = np.unique(cell, return_index=True)[1]
    held = np.column_stack([rows["age"], rows["sex"] == "m", rows["sex"] == "x"]).astype(float)
    cases, found = [], []
    for way in WAYS:
        block = rows["region"] if "blocks" in way else np.zeros_like(rows["region"])
        own = held if "adjusted" in way else np.zeros((len(cell), 1))
        cases.append(
            {
                "y": rows["y"].tolist(),
                "held": own.tolist(),
                "cell": cell.tolist(),
                "treated": (rows["month"] >= rows["start"])[first].tolist(),
                "stratum": (block * 10 + rows["month"])[first].tolist(),
            }
        )
        said: dict[str, Any] = {"design.cluster": "district", "design.treated_from": "start", "outcome.column": "y"}
        said |= {"design.block": "region"} if "blocks" in way else {}
        said |= {"outcome.adjust_for": ["age", "sex"]} if "adjusted" in way else {}
        found.append(analyse(of_kind("stepped-wedge", said), ArrayRows(rows)).effect.estimate)
    expected = asked_of("other_stepped_wedge.py", cases)
    assert found == pytest.approx([one["effect"] for one in expected], rel=1e-8)
    assert len({round(one, 6) for one in found}) == len(WAYS)


def test_a_real_schedule_of_7785_officers_over_six_years(shared_data: Path) -> None:
    """Police training in Chicago, rolled out to officers month by month: the estimate against SQL, and no effect.

    Roth & Sant'Anna (2023), table 1, find −0.0011 complaints an officer and month (standard error 0.0021).
    """
    path = shared_data / "trials" / "chicago_police_training.parquet"
    if not path.exists():
        pytest.skip("NOT TESTED: the roll-out of police training is absent")
    with duckdb.connect() as connection:
        on, off = "FILTER (period >= first_trained)", "FILTER (period < first_trained)"
        (expected,) = connection.execute(
            f"WITH months AS (SELECT avg(complaints) {on} - avg(complaints) {off} AS gap, count(*) {on} AS treated, "
            f"count(*) AS n FROM '{path}' GROUP BY period) SELECT sum(gap * treated * (n - treated) / n) "
            "/ sum(treated * (n - treated) / n) FROM months WHERE gap IS NOT NULL"
        ).fetchone() or (None,)
        found = connection.execute(f"SELECT complaints, first_trained FROM '{path}' ORDER BY uid, period").fetchnumpy()
    mean, start = found["complaints"].reshape(7785, 72), found["first_trained"].reshape(7785, 72)[:, 0].astype(int) - 1
    estimate = vertical(ClusterPeriods(mean, start)).estimate
    assert estimate == pytest.approx(expected, rel=1e-9)
    tenth = permutation_test(ClusterPeriods(mean[::10], start[::10]), draws=199)
    error = tenth.std_error / np.sqrt(10)
    assert abs(estimate) < 2 * error
    assert abs(estimate - -0.0011) < 2 * np.hypot(error, 0.0021)
    assert tenth.p_value > 0.05
