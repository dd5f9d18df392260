"""Run in `.venv-oracles`, never in the tests' own process: further outcomes by statsmodels, Holm and HC1.

Reads from standard input {"p_values": [[...], ...], "star": path or null} and prints the p-values adjusted by Holm, and
for each score of the STAR table at `path` the effect of a small class, its HC1 error and the number of pupils.
"""

import json
import sys

import pandas as pd
import statsmodels.formula.api as smf
from statsmodels.stats.multitest import multipletests


def small_class(table: pd.DataFrame, score: str) -> tuple[float, float, int]:
    """The effect of a small against a regular class, with an indicator of regular classes with an aide."""
    fitted = smf.ols(f"{score} ~ C(stark, Treatment('regular'))", table[table["stark"].notna()]).fit(cov_type="HC1")
    (name,) = (one for one in fitted.params.index if "[T.small]" in one)
    return float(fitted.params[name]), float(fitted.bse[name]), int(fitted.nobs)


asked = json.load(sys.stdin)
found = {"holm": [list(map(float, multipletests(one, method="holm")[1])) for one in asked["p_values"]]}
if asked["star"]:
    pupils = pd.read_csv(asked["star"])
    found["star"] = {score: small_class(pupils, score) for score in ("readk", "mathk")}
print(json.dumps(found))
