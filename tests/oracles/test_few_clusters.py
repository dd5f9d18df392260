"""Few clusters and missing outcomes against other people's software: wildboottest and StatsPAI, in `.venv-oracles`."""

import json
import os
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.evaluate.arms import Arms
from clew.evaluate.lee_bounds import Outcomes, lee_bounds
from clew.evaluate.regression import additive_columns, fit
from clew.evaluate.rows import Layout
from clew.evaluate.wild_bootstrap import wild_bootstrap
from trials import Trial, a_trial, in_memory

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"

TRIALS: dict[str, tuple[Trial, dict[str, Any], str]] = {
    "ten schools, all signs": (a_trial(seed=21, n=200, schools=10), {}, "rademacher"),
    "twelve schools and a covariate, all signs": (a_trial(seed=22), {"adjust_for": ("x",)}, "rademacher"),
    "twelve schools in blocks, all signs": (a_trial(seed=23), {"block": "block"}, "rademacher"),
    "levels across twelve schools, all signs": (a_trial(seed=24), {"fixed_effects": ("grade",)}, "rademacher"),
    "twenty schools, signs drawn": (a_trial(seed=25, n=400, schools=20), {}, "rademacher"),
    "six schools, six points drawn": (a_trial(seed=26, n=150, schools=6), {"adjust_for": ("x",)}, "webb"),
}


def asked_of(script: str, cases: list[dict[str, Any]]) -> list[Any]:
    """What the script, run over there, says of each case."""
    if not PYTHON.exists():
        pytest.skip("NOT TESTED: other people's software is absent; `make oracles` sets it up")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    run = [PYTHON, Path(__file__).with_name(script)]
    asked = json.dumps({"cases": cases})
    done = subprocess.run(run, input=asked, capture_output=True, text=True, check=True, cwd=ROOT, env=kept)
    return json.loads(done.stdout.splitlines()[-1])


def design_of(trial: Trial, changes: dict[str, Any]) -> list[list[float]]:
    """Effect first, then an intercept or one indicator a level, then the covariate."""
    level = changes.get("block") or changes.get("fixed_effects", (None,))[0]
    columns = [trial["arm"] * 1.0]
    columns += [trial[level] == value for value in np.unique(trial[level])] if level else [np.ones(len(trial["arm"]))]
    columns += [trial["x"]] if "adjust_for" in changes else []
    return np.column_stack(columns).astype(float).tolist()


@cache
def theirs() -> dict[str, dict[str, Any]]:
    cases = [
        {
            "outcome": trial["y"].tolist(),
            "design": design_of(trial, changes),
            "cluster": trial["school"].tolist(),
            "draws": 9999,
            "weights": weights,
        }
        for trial, changes, weights in TRIALS.values()
    ]
    return dict(zip(TRIALS, asked_of("other_wild_bootstrap.py", cases), strict=True))


@pytest.mark.parametrize("name", TRIALS)
def test_wild_bootstrap(name: str) -> None:
    """All draws listed: every one of their t-statistics is ours, and so is p; drawn: p up to the chance of drawing."""
    trial, changes, weights = TRIALS[name]
    level = changes.get("block") or changes.get("fixed_effects", (None,))[0]
    layout = Layout("y", "mean", "arm", "school", level=level, adjust_for=changes.get("adjust_for", ()))
    moments = in_memory(trial).moments(layout)
    fitted = fit(moments, additive_columns(moments, Arms("arm", "1", "0")), level, "school")
    ours, expected = wild_bootstrap(fitted, seed=7), theirs()[name]
    their_draws = np.abs(expected["draws"])
    p = float(np.mean(their_draws >= abs(expected["t"]) * (1 - 1e-9)))
    assert ours.weights == {"rademacher": "signs", "webb": "six points"}[weights]
    if ours.listed:
        g = len(np.unique(trial["school"]))
        factor = np.sqrt(g / (g - 1) * (fitted.n - 1) / (fitted.n - fitted.parameters))
        gap = np.array([1.0, ours.estimate])
        own_draws = np.abs(gap @ ours.numerator) / np.sqrt([*gap, ours.estimate**2] @ ours.quadratic)
        assert ours.estimate / ours.std_error / factor == pytest.approx(expected["t"], rel=1e-9)
        assert np.sort(np.tile(own_draws, 2)) / factor == pytest.approx(np.sort(their_draws), rel=1e-7)
        assert ours.p_value() == p
    else:
        assert ours.p_value() == pytest.approx(p, abs=4 * np.sqrt(2 * p * (1 - p) / 9999))


def lost(seed: int, kept: tuple[float, float], values: int | None) -> dict[str, Any]:
    """400 people, of whom the share `kept` of the treated and of the comparison has an outcome; `values`: how many
    different ones, None for as many as people."""
    rng = np.random.default_rng(seed)
    treated = rng.integers(0, 2, 400)
    y = rng.normal(0, 1, 400) + 0.3 * treated
    y = y if values is None else np.clip(np.floor(y + values / 2), 0, values - 1)
    there = rng.uniform(size=400) < np.where(treated, *kept)
    return {"outcome": [float(v) if seen else None for v, seen in zip(y, there, strict=True)], "treated": treated}


LOST = {
    "the comparison lost more": lost(1, (0.9, 0.7), None),
    "the treated lost more": lost(2, (0.6, 0.8), None),
    "yes or no": lost(3, (0.95, 0.8), 2),
    "five marks": lost(4, (0.7, 0.9), 5),
}


@cache
def their_bounds() -> dict[str, list[float]]:
    cases = [case | {"treated": case["treated"].tolist()} for case in LOST.values()]
    return dict(zip(LOST, asked_of("other_lee_bounds.py", cases), strict=True))


@pytest.mark.parametrize("name", LOST)
def test_lee_bounds(name: str) -> None:
    """Bounds to the last digit; errors up to n against n − 1."""
    y = np.array([np.nan if value is None else value for value in LOST[name]["outcome"]])
    treated = LOST[name]["treated"] == 1
    values = np.unique(y[~np.isnan(y)])
    n = np.array([[np.sum(y[arm] == value) for value in values] for arm in (treated, ~treated)])
    missing = np.array([np.isnan(y[arm]).sum() for arm in (treated, ~treated)])
    ours = lee_bounds(Outcomes(values, n, missing, np.array([True, False])), clustered=False)
    lower, upper, lower_error, upper_error, low, high = their_bounds()[name]
    assert (ours.lower, ours.upper) == pytest.approx((lower, upper), rel=1e-12)
    assert (ours.lower_error, ours.upper_error) == pytest.approx((lower_error, upper_error), rel=0.003)
    with_their_errors = replace(ours, lower_error=lower_error, upper_error=upper_error)
    assert with_their_errors.interval(0.95) == pytest.approx((low, high), rel=1e-8)
