"""Inference with few clusters against other people's software: wildboottest, in `.venv-oracles`."""

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.evaluate.arms import Arms
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


def design_of(trial: Trial, changes: dict[str, Any]) -> list[list[float]]:
    """Effect first, then an intercept or one indicator a level, then the covariate."""
    level = changes.get("block") or changes.get("fixed_effects", (None,))[0]
    columns = [trial["arm"] * 1.0]
    columns += [trial[level] == value for value in np.unique(trial[level])] if level else [np.ones(len(trial["arm"]))]
    columns += [trial["x"]] if "adjust_for" in changes else []
    return np.column_stack(columns).astype(float).tolist()


@cache
def theirs() -> dict[str, dict[str, Any]]:
    if not PYTHON.exists():
        pytest.skip("NOT TESTED: other people's software is absent; `make oracles` sets it up")
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
    script = Path(__file__).with_name("other_wild_bootstrap.py")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    asked = json.dumps({"cases": cases})
    done = subprocess.run([PYTHON, script], input=asked, capture_output=True, text=True, check=True, cwd=ROOT, env=kept)
    return dict(zip(TRIALS, json.loads(done.stdout.splitlines()[-1]), strict=True))


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
        own_draws = np.abs(ours.numerator @ gap) / np.sqrt(ours.quadratic @ [*gap, ours.estimate**2])
        assert ours.estimate / ours.std_error / factor == pytest.approx(expected["t"], rel=1e-9)
        assert np.sort(own_draws) / factor == pytest.approx(np.sort(their_draws), rel=1e-7)
        assert ours.p_value() == p
    else:
        assert ours.p_value() == pytest.approx(p, abs=4 * np.sqrt(2 * p * (1 - p) / 9999))
