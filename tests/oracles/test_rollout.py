"""Starts dealt by chance against StatsPAI and against what R's `staggered` prints for its authors' police data."""

from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from clew.evaluate.roth_santanna import (
    Rollout,
    at_event_time,
    comparison,
    efficient,
    permutation_test,
    refined_error,
    rollout,
)
from staggered import a_panel, asked, in_periods

SEEDS = range(8)
ESTIMANDS = ("simple", "cohort", "calendar")
TIMES = (-1.0, 0.0, 1.0)


@cache
def statspai() -> list[dict[str, Any]]:
    return asked("roth_santanna", [in_periods(drawn(seed)) | {"times": TIMES} for seed in SEEDS])


def drawn(seed: int) -> Any:
    return a_panel(seed, units=80 + 5 * seed, periods=4 + seed % 4, never=seed % 3 > 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_estimand_and_both_standard_errors_as_statspai(seed: int) -> None:
    data, theirs = drawn(seed), statspai()[seed]
    design, _ = rollout(data.outcome, data.start)
    compared = {name: comparison(design, name) for name in ESTIMANDS}
    compared |= {str(time): each for time, each in at_event_time(design, data.times) if time in TIMES}
    assert len(compared) == len(ESTIMANDS) + len(TIMES)
    for name, each in compared.items():
        found = efficient(design, each)
        refined = refined_error(design, each, found)
        if name == "-1.0":
            assert (found.estimate, found.taken_off) == pytest.approx((0.0, 1.0), abs=1e-9)
            continue
        assert [found.estimate, found.std_error, refined, found.taken_off] == pytest.approx(theirs[name], rel=1e-7)


@pytest.fixture(scope="module")
def police(shared_data: Path) -> Rollout:
    """7,785 officers of Chicago in 72 months, by the month of their training (Wood, Tyler & Papachristos 2020)."""
    path = shared_data / "trials" / "chicago_police_training.parquet"
    table = duckdb.sql(f"SELECT complaints, first_trained FROM '{path}' ORDER BY uid, period").fetchnumpy()
    complaints = np.asarray(table["complaints"], dtype=np.float64).reshape(-1, 72)
    start = np.asarray(table["first_trained"]).reshape(-1, 72)[:, 0].astype(np.int64) - 1
    return rollout(complaints, np.minimum(start, 72))[0]


def test_police_training(police: Rollout) -> None:
    """R staggered: simple -0.001126981 (0.002115194), conservative 0.002119248; the other estimands as StatsPAI."""
    compared = comparison(police, "simple")
    found = efficient(police, compared)
    assert f"{found.estimate:.9f} ({refined_error(police, compared, found):.9f})" == "-0.001126981 (0.002115194)"
    assert f"{found.std_error:.9f}" == "0.002119248"
    assert (len(police.of), len(police.start)) == (7785, 48)


def test_police_training_by_permutation(police: Rollout) -> None:
    test = permutation_test(police, comparison(police, "simple"), seed=1, draws=300)
    assert test.p_value == pytest.approx(0.6, abs=0.12)
    assert not test.exact
