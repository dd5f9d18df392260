"""Run in `.venv-oracles`, never in the tests' own process: the mixed model of a stepped wedge by statsmodels.

Reads from standard input {"cases": [{"outcome": [...], "design": [[...], ...], "cluster": [...], "effects": k}, ...]},
rows not means, and prints for each case the first k coefficients and the variances between clusters and of a row, by
restricted maximum likelihood. Cases with "stratum" are adjusted for baseline columns in two stages.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402  after the filter
import statsmodels.api as sm  # noqa: E402
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


def in_two_stages(case: dict) -> dict:
    """Least squares of rows on baseline columns and an indicator a cluster-period; then of the means of what is left on
    treatment and an indicator of every period in every block."""
    y, held, cell = (np.array(case[part]) for part in ("y", "held", "cell"))
    inside = (cell[:, None] == np.unique(cell)) * 1.0
    slopes = sm.OLS(y, np.column_stack([held, inside])).fit().params[: held.shape[1]]
    left = y - (held - held.mean(axis=0)) @ slopes
    means = inside.T @ left / inside.sum(axis=0)
    treated, stratum = (np.array(case[part]) for part in ("treated", "stratum"))
    second = sm.OLS(means, np.column_stack([treated, stratum[:, None] == np.unique(stratum)]).astype(float)).fit()
    return {"slopes": slopes.tolist(), "effect": float(second.params[0])}


ask = json.load(sys.stdin)["cases"]
print(json.dumps([in_two_stages(case) if "stratum" in case else figures(case) for case in ask]))
