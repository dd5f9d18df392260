"""Made-up panels in which units start at different times, for tests of the designs that follow units over time."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from clew.evaluate.panel import Panel

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"


def a_panel(seed: int = 1, units: int = 60, periods: int = 6, *, never: bool = True, **changes: Any) -> Panel:
    """Units that start in the second period or later, at three times or more, and some never, where `never`.

    Outcomes have unit and period effects, noise alike from one period to the next, and effects that grow. `changes`
    replace fields; `gaps` (a share) takes unit-periods out.
    """
    rng = np.random.default_rng(seed)
    start = rng.choice(np.arange(1, periods + never), units)
    start[: periods - 1 + never] = np.arange(1, periods + never)
    noise = np.cumsum(rng.normal(0, 0.5, (units, periods)), axis=1) + rng.normal(0, 1, (units, periods))
    since = np.arange(periods) - start[:, None]
    outcome = (
        rng.normal(0, 2, (units, 1)) + rng.normal(0, 1, periods) + noise + np.where(since >= 0, 0.4 + 0.3 * since, 0)
    )
    seen = rng.random((units, periods)) >= changes.pop("gaps", 0.0)
    return panel(np.where(seen, outcome, np.nan), start, **changes)


def panel(outcome: NDArray[Any], start: NDArray[Any], **changes: Any) -> Panel:
    """A panel of these outcomes (NaN: not seen) and starts, one row a unit-period; `changes` replace fields."""
    units, periods = outcome.shape
    seen = ~np.isnan(outcome)
    fields = {
        "units": tuple(map(str, range(units))),
        "periods": tuple(str(2001 + place) for place in range(periods)),
        "times": 2001.0 + np.arange(periods),
        "outcome": outcome,
        "weight": seen * 1.0,
        "n": seen * 1,
        "start": start,
        "cluster": np.arange(units),
    }
    return Panel(**(fields | changes))


def asked(task: str, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the other software says of each case."""
    if not PYTHON.exists():
        pytest.skip("NOT TESTED: other people's software is absent; `make oracles` sets it up")
    script, text = ROOT / "tests" / "oracles" / "staggered_software.py", json.dumps({"task": task, "cases": cases})
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([PYTHON, script], input=text, capture_output=True, text=True, check=True, cwd=ROOT, env=kept)
    return list(json.loads(done.stdout.splitlines()[-1]))


def in_periods(data: Panel) -> dict[str, Any]:
    """A panel as the other software takes it: starts as numbers from 1, 0 for never."""
    start = np.where(data.start == len(data.periods), 0, data.start + 1)
    return {"outcome": data.outcome.tolist(), "start": start.tolist()}
