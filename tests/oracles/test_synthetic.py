"""Proposition 99: synthetic control and synthetic difference-in-differences against papers and other people's software.

Published: Arkhangelsky et al. (2021), table 1 (synthetic difference-in-differences −15.6 with standard error 8.4,
synthetic control −19.6, difference in differences −27.3).
"""

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.evaluate.synthetic_control import PlaceboTest, SyntheticControl, in_their_place, synthetic_control
from clew.evaluate.synthetic_did import (
    SyntheticDid,
    difference,
    jackknife_error,
    placebo_effects,
    placebo_error,
    synthetic_did,
)

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"
START = 19


@cache
def theirs() -> dict[str, Any]:
    """The data and what the other software says of them, asked once."""
    if not PYTHON.exists():
        pytest.skip("NOT TESTED: other people's software is absent; `make oracles` sets it up")
    script = Path(__file__).with_name("synthetic_elsewhere.py")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([PYTHON, script], capture_output=True, text=True, check=True, cwd=ROOT, env=kept)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def panel() -> tuple[list[str], np.ndarray]:
    return theirs()["states"], np.array(theirs()["outcome"])


def ours() -> tuple[SyntheticControl, PlaceboTest]:
    states, outcome = panel()
    california = states.index("California")
    donors = [place for place in range(len(states)) if place != california]
    found = synthetic_control(outcome, california, donors, START)
    return found, PlaceboTest(found, in_their_place(outcome, donors, START))


def split(*treated: str) -> tuple[np.ndarray, np.ndarray]:
    states, outcome = panel()
    rows = np.isin(states, treated)
    return outcome[~rows], outcome[rows]


def test_the_synthetic_control_is_statspais_and_the_published_one() -> None:
    found, expected = ours()[0], theirs()["synthetic control"]
    assert found.effect == pytest.approx(expected["effect"], abs=1e-7)
    assert found.before == pytest.approx(expected["before"], abs=1e-6)
    assert found.effect == pytest.approx(-19.6, abs=0.1)


def test_every_donor_in_its_place_is_statspais() -> None:
    """That program lets California join the donors of the others; where it has weight there, its effect leaks."""
    states, outcome = panel()
    told, test = theirs()["synthetic control"], ours()[1]
    assert told["donors"] == [state for state in states if state != "California"]
    for name, effect, before, apart in zip(told["donors"], told["placebos"], told["befores"], test.donors, strict=True):
        unit = states.index(name)
        pool = [place for place in range(len(states)) if place != unit]
        joined = synthetic_control(outcome, unit, pool, START)
        assert (joined.effect, joined.before) == pytest.approx((effect, before), abs=2e-4)
        if joined.weights[pool.index(states.index("California"))] == 0:
            assert apart.effect == pytest.approx(joined.effect, abs=1e-9)


def test_two_states_fit_better_and_changed_more_so_the_ratio_test_gives_three_in_39() -> None:
    """The paper finds California first of 39, matching on prices, income, age and beer and not on sales alone."""
    assert ours()[1].ratio_p_value() == pytest.approx(3 / 39)
    assert theirs()["synthetic control"]["ratio_p"] == pytest.approx(3 / 39)


def test_synthetic_difference_in_differences_is_the_published_number() -> None:
    donors, treated = split("California")
    found = synthetic_did(donors, treated, START)
    assert round(found.effect, 1) == -15.6
    assert round(placebo_error(placebo_effects(donors, 1, START, np.random.default_rng(0))), 1) == pytest.approx(9.4)


def test_plain_difference_in_differences_is_the_published_number() -> None:
    donors, treated = split("California")
    even = difference(donors, treated[0], np.full(38, 1 / 38), np.full(START, 1 / START))
    assert round(even, 1) == -27.3


def test_diff_diff_reaches_our_number_where_its_search_for_weights_goes_on_to_the_end() -> None:
    """Its default stops early, as the authors' program does: 0.0016 away, with weights that fit less well."""
    found = synthetic_did(*split("California"), START)
    end, default = theirs()["to the end"], theirs()["one state"]
    assert found.noise == pytest.approx(default["noise"], rel=1e-10)
    assert found.effect == pytest.approx(end["effect"], abs=1e-5)
    assert found.unit_weights == pytest.approx(end["units"], abs=3e-5)  # a state of no weight keeps 0.00003 there
    assert found.time_weights == pytest.approx(end["times"], abs=1e-4)
    assert found.effect == pytest.approx(default["effect"], abs=2e-3)
    assert objective(found, found.unit_weights) < objective(found, their_weights(default))


def their_weights(told: dict[str, Any]) -> np.ndarray:
    return np.array([told["units"][state] for state in panel()[0] if state in told["units"]])


def objective(found: SyntheticDid, weights: np.ndarray) -> float:
    """What the units' weights make least."""
    donors, treated = split("California")
    miss = treated[0, :START] - weights @ donors[:, :START]
    return float(np.sum((miss - miss.mean()) ** 2) + 12**0.5 * found.noise**2 * START * weights @ weights)


def test_with_diff_diffs_weights_the_estimate_is_diff_diffs() -> None:
    donors, treated = split("California")
    told = theirs()["one state"]
    assert difference(donors, treated[0], their_weights(told), np.array(told["times"])) == pytest.approx(
        told["effect"], abs=1e-9
    )


def test_the_jackknife_of_three_treated_states_is_diff_diffs() -> None:
    donors, treated = split("California", "Colorado", "Connecticut")
    found, told = synthetic_did(donors, treated, START), theirs()["three states"]
    assert found.effect == pytest.approx(told["effect"], abs=2e-3)
    held = SyntheticDid(told["effect"], their_weights(told), np.array(told["times"]), told["noise"])
    assert jackknife_error(donors, treated, held) == pytest.approx(told["std_error"], rel=1e-9)


def test_the_placebo_standard_error_lies_where_diff_diffs_draws_do() -> None:
    """With one treated state there are only 38 placebos: all are taken, where others draw 200 with repetition."""
    donors, _ = split("California")
    effects = placebo_effects(donors, 1, START, np.random.default_rng(0))
    assert len(effects) == 38
    assert 8.4 < placebo_error(effects) < theirs()["one state"]["std_error"]
