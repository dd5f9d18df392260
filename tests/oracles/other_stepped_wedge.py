"""Run in `.venv-oracles`, never in the tests' own process: the mixed model of a stepped wedge by statsmodels.

Reads from standard input {"cases": [{"outcome": [...], "design": [[...], ...], "cluster": [...], "effects": k}, ...]},
rows not means, and prints for each case the first k coefficients and the variances between clusters and of a row, by
restricted maximum likelihood.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402  after the filter
from statsmodels.regression.mixed_linear_model import MixedLM  # noqa: E402


def figures(case: dict) -> dict:
    """The fit with a random effect a cluster; by Powell, as gradients stop short of the top here."""
    outcome, design, cluster = (np.array(case[part]) for part in ("outcome", "design", "cluster"))
    found = MixedLM(outcome, design, cluster).fit(reml=True, method=["powell", "nm"], maxiter=5000)
    k = case["effects"]
    return {
        "effects": found.fe_params[:k].tolist(),
        "between": float(found.cov_re[0, 0]),
        "within": float(found.scale),
    }


print(json.dumps([figures(case) for case in json.load(sys.stdin)["cases"]]))
