"""Run in `.venv-oracles`, never in the tests' own process: what wildboottest makes of a design.

Reads from standard input {"cases": [{"outcome": [...], "design": [[...], ...], "cluster": [...]}, ...]}, the effect in
the first column of each design, and prints for each case its t and the bootstrap's own t of every draw of signs.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402  after the filter
from wildboottest.wildboottest import WildboottestCL  # noqa: E402


def figures(case: dict) -> dict:
    """t of the effect and of each draw; all draws of signs where `draws` exceeds their number."""
    outcome, design = np.array(case["outcome"]), np.array(case["design"])
    cluster = np.unique(case["cluster"], return_inverse=True)[1]
    effect = np.eye(design.shape[1])[0]
    boot = WildboottestCL(X=design, Y=outcome, cluster=cluster, R=effect, B=case["draws"], seed=1, parallel=False)
    boot.get_scores(bootstrap_type="11", impose_null=True)
    boot.get_weights(weights_type=case["weights"])
    boot.get_numer()
    boot.get_denom()
    boot.get_tboot()
    boot.get_vcov()
    boot.get_tstat()
    return {"t": float(boot.t_stat), "draws": boot.t_boot.tolist()}


print(json.dumps([figures(case) for case in json.load(sys.stdin)["cases"]]))
