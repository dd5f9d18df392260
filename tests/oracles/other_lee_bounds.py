"""Run in `.venv-oracles`, never in the tests' own process: what StatsPAI makes of outcomes that are partly missing.

Reads from standard input {"cases": [{"outcome": [..., null], "treated": [...]}, ...]} and prints for each case bounds,
their analytic standard errors and the Imbens–Manski interval at 95 %.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import pandas as pd  # noqa: E402  after the filter
import statspai as sp  # noqa: E402


def figures(case: dict) -> list[float]:
    """Lower and upper bound, their standard errors, the ends of the interval."""
    frame = pd.DataFrame({"y": pd.array(case["outcome"], dtype="float64"), "d": case["treated"]})
    found = sp.lee_bounds(frame, "y", "d", se_method="analytic", trimming="exact")
    info = found.model_info
    return [info["lower_bound"], info["upper_bound"], info["se_lower"], info["se_upper"], *found.ci]


print(json.dumps([figures(case) for case in json.load(sys.stdin)["cases"]]))
