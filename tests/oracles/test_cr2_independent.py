"""Standard errors and degrees of freedom against other people's software: diff-diff (CR2) and statsmodels (the rest).

Their code runs in a process and an environment of its own, `.venv-oracles`.
"""

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.evaluate.estimate import estimate
from clew.evaluate.files import open_rows
from trials import Trial, a_trial, in_memory, registered, write_csv

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"

TRIALS = {
    "twelve schools": (a_trial(seed=1), {}),
    "many small schools": (a_trial(seed=2, n=400, schools=60), {}),
    "six unequal schools": (a_trial(seed=3, n=300, schools=6), {}),
    "a covariate": (a_trial(seed=4), {"adjust_for": ("x",)}),
    "a covariate far from zero": (a_trial(seed=4) | {"x": a_trial(seed=4)["x"] + 1e3}, {"adjust_for": ("x",)}),
    "text values": (a_trial(seed=5, n=500, schools=30), {"adjust_for": ("x", "t")}),
    "blocks": (a_trial(seed=6, n=500, schools=40), {"adjust_for": ("x",), "block": "block"}),
    "levels across schools": (a_trial(seed=7, n=500, schools=20), {"adjust_for": ("x",), "fixed_effects": ("grade",)}),
    "lin": (a_trial(seed=8, n=500, schools=20), {"adjust_for": ("x",), "estimator": "lin"}),
}
KINDS = ("classical", "hc1", "hc2", "cr1", "cr2")


def design_of(trial: Trial, changes: dict[str, Any]) -> list[list[float]]:
    """The design matrix that the changes to a plain difference ask for, effect first."""
    arm = trial["arm"] * 1.0
    level = changes.get("block") or changes.get("fixed_effects", (None,))[0]
    columns = [arm]
    columns += [trial[level] == value for value in np.unique(trial[level])] if level else [np.ones(len(arm))]
    columns += [trial["x"]] if "x" in changes.get("adjust_for", ()) else []
    columns += (
        [trial["t"] == value for value in np.unique(trial["t"])[1:]] if "t" in changes.get("adjust_for", ()) else []
    )
    if changes.get("estimator") == "lin":
        columns[-1] = trial["x"] - trial["x"].mean()
        columns.append(arm * columns[-1])
    return np.column_stack(columns).astype(float).tolist()


@cache
def theirs() -> dict[str, dict[str, float]]:
    """What the other software says of every trial, asked once."""
    if not PYTHON.exists():
        pytest.skip("NOT TESTED: other people's software is absent; `make oracles` sets it up")
    cases = [
        {"outcome": trial["y"].tolist(), "design": design_of(trial, changes), "cluster": trial["school"].tolist()}
        for trial, changes in TRIALS.values()
    ]
    script = Path(__file__).with_name("other_software.py")
    asked = json.dumps({"cases": cases})
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([PYTHON, script], input=asked, capture_output=True, text=True, check=True, cwd=ROOT, env=kept)
    return dict(zip(TRIALS, json.loads(done.stdout.splitlines()[-1]), strict=True))


@pytest.mark.parametrize("name", TRIALS)
def test_effect_and_every_standard_error(name: str) -> None:
    trial, changes = TRIALS[name]
    for kind in KINDS:
        found = estimate(registered(standard_errors=kind, **changes), in_memory(trial))
        assert found.estimate == pytest.approx(theirs()[name]["effect"], rel=1e-8)
        assert found.std_error == pytest.approx(theirs()[name][kind], rel=1e-8), kind
        if kind == "cr2":
            assert found.df == pytest.approx(theirs()[name]["df"], rel=1e-8)


@pytest.mark.parametrize("name", TRIALS)
def test_cr2_from_files(name: str, tmp_path: Path) -> None:
    trial, changes = TRIALS[name]
    protocol = registered(**changes)
    found = estimate(protocol, open_rows(write_csv(trial, tmp_path / "data.csv"), protocol))
    expected = theirs()[name]
    assert (found.estimate, found.std_error, found.df) == pytest.approx(
        (expected["effect"], expected["cr2"], expected["df"]), rel=1e-8
    )
