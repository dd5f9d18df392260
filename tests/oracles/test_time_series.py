"""Series with published answers: California's speed limit, Puerto Rico's minimum wage, British seat belts.

Published: Wooldridge (2020), "Introductory Econometrics", 7th ed., computer exercise C11 of ch. 10 (speed law −.0538,
.0126), examples 12.1 and 12.4 (minimum wage: OLS −.2123, Newey–West .0426 without small-sample factor, Prais–Winsten
−.1477, .0458; barium chloride: 2.94, .63, ρ .293). Harvey & Durbin (1986) and Durbin & Koopman (2012), §8.2: seat-belt
law, log of drivers −.2377, .0463; front seats about −30 %, rear seats no less.
"""

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.autocorrelation import durbin_watson, ljung_box, prais_winsten
from clew.evaluate.interrupted import TimeSeries, segmented
from clew.evaluate.newey_west import least_squares, newey_west
from clew.evaluate.structural import structural
from kinds_of_pilot import of_kind

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"
REGRESSIONS = ("traffic2", "prminwge", "barium")


@cache
def theirs() -> dict[str, Any]:
    """The data and what the other software says of them, asked once."""
    if not PYTHON.exists():
        pytest.skip("NOT TESTED: other people's software is absent; `make oracles` sets it up")
    script = Path(__file__).with_name("time_series_elsewhere.py")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([PYTHON, script], capture_output=True, text=True, check=True, cwd=ROOT, env=kept)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def regression(name: str) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    told = theirs()["regressions"][name]
    return told, np.array(told["columns"]), np.array(told["outcome"])


@pytest.mark.parametrize("name", REGRESSIONS)
def test_least_squares_and_newey_west_are_statsmodels(name: str) -> None:
    told, columns, outcome = regression(name)
    fit = least_squares(columns, outcome)
    assert fit.coefficients == pytest.approx(told["coefficients"], rel=1e-8)
    assert np.sqrt(np.diag(fit.classical())) == pytest.approx(told["classical"], rel=1e-8)
    assert np.sqrt(np.diag(newey_west(fit, told["lag"]))) == pytest.approx(told["hac"], rel=1e-8)
    assert durbin_watson(fit.residuals) == pytest.approx(told["durbin watson"], rel=1e-8)
    assert ljung_box(fit.residuals, 4) == pytest.approx(told["ljung box"], rel=1e-8)


def test_the_published_minimum_wage_in_puerto_rico() -> None:
    _, columns, outcome = regression("prminwge")
    fit = least_squares(columns, outcome)
    without_factor = np.sqrt(newey_west(fit, 2)[0, 0] * fit.df / len(outcome))
    assert [round(fit.coefficients[0], 4), round(np.sqrt(fit.classical()[0, 0]), 4)] == [-0.2123, 0.0402]
    assert round(without_factor, 4) == 0.0426
    found = prais_winsten(columns, outcome)
    error = np.sqrt(found.fit.classical()[0, 0])
    assert [round(found.fit.coefficients[0], 4), round(error, 4)] == [-0.1477, 0.0458]


def test_the_published_barium_chloride() -> None:
    _, columns, outcome = regression("barium")
    found = prais_winsten(columns, outcome)
    error = np.sqrt(found.fit.classical()[0, 0])
    assert [round(found.fit.coefficients[0], 2), round(error, 2), round(found.rho, 3)] == [2.94, 0.63, 0.293]


def test_the_published_speed_limit_of_california() -> None:
    traffic = {name: np.array(values, dtype=float) for name, values in theirs()["traffic"].items()}
    held = np.column_stack([traffic[name] for name in ("beltlaw", "wkends", "unem")])
    start = int(np.argmax(traffic["spdlaw"]))
    series = TimeSeries(traffic["ltotacc"], (start,), 12, held, ("beltlaw", "wkends", "unem"), slopes=False)
    found = segmented(series)
    assert round(found.effect.estimate, 4) == -0.0538
    assert round(float(np.sqrt(found.fit.classical()[0, 0])), 4) == 0.0126
    assert found.uncorrected().std_error == pytest.approx(theirs()["regressions"]["traffic2"]["hac"][0], rel=1e-8)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_levels_alone_by_way_of_a_protocol_are_statsmodels(which: int) -> None:
    """One, two and three steps, beside a control series, with and without a season: least squares and wandering."""
    told = theirs()["levels"][which]
    columns = {"month": np.arange(1, 91), **{name: np.array(told[name]) for name in ("outcome", "control")}}
    months = [start + 1 for start in told["starts"]]
    season = {} if told["season"] is None else {"design.season": told["season"]}
    said = {"design.control": "control", "design.from": months, "design.impact_model": "level", **season}
    protocol = of_kind("interrupted-time-series", {**said, "outcome.column": "outcome"})
    finding = analyse(protocol, ArrayRows(columns))
    further = {one.name: one for one in finding.further}
    assert finding.effect.estimate == pytest.approx(told["effect"], rel=1e-8)
    assert further["plain Newey–West"].std_error == pytest.approx(told["hac"], rel=1e-8)
    if len(months) > 1:
        steps = [further[f"level change at {month}"].estimate for month in months]
        assert steps == pytest.approx(told["steps"], rel=1e-8)
    by_name = of_kind(
        "interrupted-time-series", {**said, "outcome.column": "outcome", "design.estimator": "structural"}
    )
    found = analyse(by_name, ArrayRows(columns))
    assert found.effect.estimate == pytest.approx(told["structural effect"], abs=1e-3)
    assert found.effect.std_error == pytest.approx(told["structural error"], abs=1e-3)
    stepped = {one.name: one.estimate for one in found.further}
    steps = [stepped[f"level change at {month}"] for month in months]
    assert steps == pytest.approx(told["structural steps"], abs=1e-3)  # the likelihood is flat at its top


def belts(seat: str) -> TimeSeries:
    data = {name: np.array(values, dtype=float) for name, values in theirs()["belts"].items()}
    start = int(np.argmax(data["law"]))
    return TimeSeries(np.log(data[seat]), (start,), 12, np.log(data["PetrolPrice"])[:, None], ("petrol",))


@pytest.mark.parametrize(
    ("seat", "effect", "error"), [("drivers", -0.2377, 0.0463), ("front", -0.336, 0.049), ("rear", 0.021, 0.051)]
)
def test_the_published_seat_belt_law(seat: str, effect: float, error: float) -> None:
    """Drivers as printed, to one in the fourth digit; the seats beside and behind as the law would have it."""
    found = structural(belts(seat)).effect
    assert found.estimate == pytest.approx(effect, abs=2e-4 if seat == "drivers" else 5e-4)
    assert found.std_error == pytest.approx(error, abs=2e-4 if seat == "drivers" else 5e-4)


def test_a_straight_trend_over_an_oil_crisis_finds_less_of_the_seat_belt_law() -> None:
    """Which is why the structural series is offered: 14 years of casualties are no straight line."""
    assert segmented(belts("drivers")).effect.estimate == pytest.approx(-0.16, abs=0.03)


def test_a_control_series_is_lindens_comparative_model() -> None:
    data = {name: np.array(values, dtype=float) for name, values in theirs()["belts"].items()}
    start = int(np.argmax(data["law"]))
    series = TimeSeries(np.log(data["drivers"]), (start,), 12, control=np.log(data["rear"]))
    level, slope = segmented(series).changes()
    told = theirs()["two series"]
    assert (level.estimate, slope.estimate) == pytest.approx((told["level"], told["slope"]), rel=1e-7)
