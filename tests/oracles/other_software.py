"""Run in `.venv-oracles`, never in the tests' own process: what diff-diff and statsmodels make of a design.

Reads from standard input {"cases": [{"outcome": [...], "design": [[...], ...], "cluster": [...]}, ...]}, the effect in
the first column of each design, and prints one list of their figures for each case.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402  after the filter
import statsmodels.api as sm  # noqa: E402
from diff_diff.linalg import LinearRegression  # noqa: E402


def figures(case: dict) -> dict:
    """Effect, standard errors of each kind, and Satterthwaite degrees of freedom."""
    outcome, design, cluster = (np.array(case[part]) for part in ("outcome", "design", "cluster"))
    ols = sm.OLS(outcome, design)
    bias_reduced = LinearRegression(include_intercept=False, cluster_ids=cluster, vcov_type="hc2_bm")
    bias_reduced.fit(design, outcome)
    inference = bias_reduced.get_inference(0)
    return {
        "effect": float(ols.fit().params[0]),
        "classical": float(ols.fit().bse[0]),
        "hc1": float(ols.fit(cov_type="HC1").bse[0]),
        "hc2": float(ols.fit(cov_type="HC2").bse[0]),
        "cr1": float(ols.fit(cov_type="cluster", cov_kwds={"groups": cluster}).bse[0]),
        "cr2": float(inference.se),
        "df": float(inference.df),
    }


print(json.dumps([figures(case) for case in json.load(sys.stdin)["cases"]]))
