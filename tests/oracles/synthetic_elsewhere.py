"""Run in `.venv-oracles`, never in the tests' own process: California as statspai and diff-diff see it.

Prints one object: the panel of cigarette sales, StatsPAI's synthetic control and diff-diff's synthetic
difference-in-differences, the latter also with its search for weights carried on to the end.
"""

import json
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402  after the filter
import statspai as sp  # noqa: E402
from diff_diff import SyntheticDiD  # noqa: E402
from diff_diff.utils import compute_sdid_unit_weights, compute_time_weights  # noqa: E402

AFTER = list(range(1989, 2001))
long = sp.datasets.california_prop99()
wide = long.pivot_table(index="state", columns="year", values="cigsale")
columns = {"outcome": "cigsale", "unit": "state", "time": "year"}


def synthetic_control() -> dict:
    """Effect, weights and the donors' placebos, the treated unit kept out of their pools."""
    found = sp.synth(long, treated_unit="California", treatment_time=1989, **columns)
    info = found.model_info
    return {
        "effect": float(found.estimate),
        "before": float(np.sqrt(info["pre_treatment_mspe"])),
        "donors": list(info["placebo_units"]),
        "placebos": [float(value) for value in info["placebo_atts"]],
        "befores": [float(np.sqrt(value)) for value in info["placebo_pre_mspes"]],
        "ratio_p": float(info["placebo_pvalue"]),
    }


def synthetic_did(treated: list[str], variance: str) -> dict:
    """Effect, weights and standard error as diff-diff gives them."""
    data = long.assign(treated=long["state"].isin(treated).astype(int))
    found = SyntheticDiD(variance_method=variance, seed=1).fit(
        data, "cigsale", "treated", "state", "year", post_periods=AFTER
    )
    return {
        "effect": float(found.att),
        "std_error": float(found.se),
        "noise": float(found.noise_level),
        "units": {str(name): float(value) for name, value in found.unit_weights.items()},
        "times": [float(found.time_weights[year]) for year in sorted(found.time_weights)],
    }


def to_the_end() -> dict:
    """The effect where the search for weights stops at a decrease a hundred thousand times smaller."""
    donors, path = wide.drop(index="California").to_numpy(), wide.loc["California"].to_numpy()
    before, after = donors[:, :19], donors[:, 19:]
    noise = float(np.std(np.diff(before, axis=1), ddof=1))
    search = {"min_decrease": 1e-10 * noise, "max_iter": 2_000_000}
    units = compute_sdid_unit_weights(before.T, path[:19], 12**0.25 * noise, **search)
    times = compute_time_weights(before.T, after.T, 1e-6 * noise, **search)
    gap = path - units @ donors
    return {"effect": float(gap[19:].mean() - times @ gap[:19]), "units": units.tolist(), "times": times.tolist()}


three = ["California", "Colorado", "Connecticut"]
print(
    json.dumps(
        {
            "states": [str(name) for name in wide.index],
            "outcome": wide.to_numpy().tolist(),
            "synthetic control": synthetic_control(),
            "one state": synthetic_did(["California"], "placebo"),
            "three states": synthetic_did(three, "jackknife"),
            "to the end": to_the_end(),
        }
    )
)
