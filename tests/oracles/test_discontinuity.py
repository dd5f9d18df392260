"""Jumps at a cut-off against other people's software and published figures: rdrobust, McCrary's test, rddensity.

Their code runs in a process and an environment of its own, `.venv-oracles`. rdrobust's own choice of bandwidth for a
ratio depends on the outcome's origin, so ours is held against its `sharpbw`.
"""

import json
import os
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from causaldata import close_elections_lmb, gov_transfers, gov_transfers_density, mortgages
from scipy.special import ndtr, ndtri

from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.density_test import density_jump, ranked_density
from clew.evaluate.discontinuity import Jump, jump
from clew.evaluate.discontinuity_bandwidth import Bandwidths
from clew.evaluate.discontinuity_regression import plain_jump
from clew.evaluate.local_polynomial import Running
from designs import a_pilot, its_data
from running_values import around_a_cutoff, counted, running_of

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"


def asked(*cases: dict[str, Any]) -> list[dict[str, Any]]:
    """What the other software says of each case."""
    if not PYTHON.exists():
        pytest.skip("NOT TESTED: other people's software is absent; `make oracles` sets it up")
    script = Path(__file__).with_name("discontinuity_software.py")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    sent = json.dumps({"cases": [{name: listed(value) for name, value in case.items()} for case in cases]})
    done = subprocess.run([PYTHON, script], input=sent, capture_output=True, text=True, check=True, cwd=ROOT, env=kept)
    return list(json.loads(done.stdout.splitlines()[-1]))


def listed(value: Any) -> Any:
    return np.asarray(value, float).tolist() if hasattr(value, "dtype") else value


@cache
def real(name: str) -> dict[str, Any]:
    """x, y and perhaps what was received, of a real data set."""
    if name == "senate":
        found = asked({"ask": "senate"})[0]
        return {"x": np.array(found["x"]), "y": np.array(found["y"])}
    if name == "senate, terms":
        found = {
            column: np.array(values, float)
            for column, values in asked({"ask": "senate"})[0].items()
            if column != "state"
        }
        known = np.all([np.isfinite(values) for values in found.values()], axis=0)
        baseline = np.column_stack([found[column] for column in ("class", "termshouse", "termssenate", "population")])
        return {"x": found["x"][known], "y": found["y"][known], "baseline": baseline[known]}
    if name == "transfers":
        table = gov_transfers.load_pandas().data
        return {"x": table["Income_Centered"].to_numpy(), "y": table["Support"].to_numpy()}
    if name == "elections":
        table = close_elections_lmb.load_pandas().data.dropna(subset=["lagdemvoteshare", "score"])
        x = table["lagdemvoteshare"].to_numpy(float) - 0.5
        years = np.column_stack([table[column].to_numpy(float) for column in ("year", "district")])
        return {"x": x, "y": table["score"].to_numpy(float), "baseline": years}
    table = mortgages.load_pandas().data
    received = table["vet_wwko"].to_numpy(float)
    return {"x": table["qob_minus_kw"].to_numpy(float), "y": table["home_ownership"].to_numpy(), "received": received}


def case_of(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rows of a case and the arguments that ask rdrobust for the same."""
    if name.startswith("drawn "):
        return drawn(int(name.removeprefix("drawn ")))
    kind, _, what = name.partition(": ")
    steps = {"continuous": None, "ties": 0.02, "heavy ties": 0.1, "hardly any values": 0.2}
    rows = around_a_cutoff(seed=5, step=steps[kind]) if kind in steps else dict(real(kind))
    if steps.get(kind):  # whole numbers, so that equal distances are equal in every software
        rows["x"] = np.round(rows["x"] / steps[kind])  # type: ignore[operator]
    scale = float(np.std(rows["x"]))
    more = {
        "": {},
        "adjusted": {"covs": rows.get("baseline")},
        "received": {"fuzzy": rows.get("received"), "sharpbw": True},
        "nobody below receives": {"fuzzy": rows.get("received", 0.0) * (rows["x"] >= 0), "sharpbw": True},
        "uniform": {"kernel": "uniform"},
        "fixed": {"h": scale, "b": scale},
        "fixed, wider b": {"h": scale, "b": 1.5 * scale},
        "clusters": {"cluster": rows.get("village")},
        "clusters, received": {"cluster": rows.get("village"), "fuzzy": rows.get("received"), "sharpbw": True},
    }[what]
    return rows, more


def drawn(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Rows of any kind with one to four baseline columns, of which one may be another's sum, and any way to ask."""
    rng = np.random.default_rng([20, seed])
    n, many = int(rng.integers(300, 1500)), int(rng.integers(1, 4))
    rows = around_a_cutoff(seed=seed, n=n, step=rng.choice([None, 0.02, 0.1]))
    baseline = rng.normal(0, 10.0 ** rng.integers(-3, 4, many), (n, many)) + 50 * rng.integers(0, 2)
    baseline[:, 0] += np.std(baseline[:, 0]) * (0.3 * rows["x"] + rows["received"])
    baseline[:, -1] = np.round(baseline[:, -1] / np.std(baseline[:, -1]))
    weights = rng.normal(0, 1, many) / np.std(baseline, axis=0)
    rows["y"] = rows["y"] + baseline @ weights
    if seed % 4 == 3:
        baseline = np.column_stack([baseline, baseline.sum(axis=1)])
    if rng.integers(2):
        rows["x"] = np.round(rows["x"] / 0.02)  # whole numbers, so that equal distances are equal in every software
    more: dict[str, Any] = {"covs": baseline}
    more |= {"cluster": rows["village"]} if rng.integers(2) else {}
    more |= {"fuzzy": rows["received"], "sharpbw": True} if rng.integers(2) else {}
    more |= {"kernel": "uniform"} if rng.integers(3) == 0 else {}
    scale = float(np.std(rows["x"]))
    return rows, more | ({"h": scale, "b": 1.3 * scale} if rng.integers(3) == 0 else {})


DRAWN = tuple(f"drawn {seed}" for seed in range(24))
MADE_UP = ("continuous", "ties", "heavy ties", "hardly any values")
WAYS = ("received", "nobody below receives", "uniform", "fixed", "fixed, wider b", "clusters", "clusters, received")
CASES = ("senate", "transfers", "elections", "mortgages: received", *MADE_UP)
CASES += tuple(f"{kind}: {way}" for kind in MADE_UP for way in WAYS)
ADJUSTED = ("senate, terms: adjusted", "elections: adjusted", *DRAWN)


@cache
def theirs() -> dict[str, dict[str, Any]]:
    """What rdrobust says of every case, asked once. Baseline columns are sent to it about 0 in their own spread, which
    changes no figure: far from 0 it loses digits."""
    cases = [{"ask": "jump", "x": rows["x"], "y": rows["y"], **more} for rows, more in map(case_of, CASES + ADJUSTED)]
    for case in cases:
        if "covs" in case:
            case["covs"] = (case["covs"] - case["covs"].mean(axis=0)) / case["covs"].std(axis=0)
    return dict(zip(CASES + ADJUSTED, asked(*cases), strict=True))


def ours(name: str) -> Jump:
    rows, more = case_of(name)
    variables = [rows["y"], *([more["fuzzy"]] if "fuzzy" in more else [])]
    held = more.get("covs", np.zeros((len(rows["x"]), 0))).T
    running: Running = running_of(rows["x"], *variables, *held, cluster=more.get("cluster"))
    running = replace(running, covariates=len(held))
    fixed = Bandwidths(more["h"], more["b"]) if "h" in more else None
    return jump(running, fixed, "uniform" if more.get("kernel") == "uniform" else "triangular")


@pytest.mark.parametrize("name", CASES)
def test_bandwidths_estimates_and_errors(name: str) -> None:
    found, expected = ours(name), theirs()[name]
    assert (found.bandwidths.h, found.bandwidths.b) == pytest.approx((expected["h"], expected["b"]), rel=1e-8)
    assert (found.n_below, found.n_above) == tuple(expected["n"])
    for figure in ("conventional", "conventional_error", "estimate", "std_error"):
        assert getattr(found, figure) == pytest.approx(expected[figure], rel=1e-8), figure


@pytest.mark.parametrize("name", ADJUSTED)
def test_bandwidths_estimates_and_errors_adjusted_for_baseline_columns(name: str) -> None:
    """Calonico, Cattaneo, Farrell & Titiunik (2019)."""
    found, expected = ours(name), theirs()[name]
    assert (found.bandwidths.h, found.bandwidths.b) == pytest.approx((expected["h"], expected["b"]), rel=1e-8)
    assert (found.n_below, found.n_above) == tuple(expected["n"])
    for figure in ("conventional", "conventional_error", "estimate", "std_error"):
        assert getattr(found, figure) == pytest.approx(expected[figure], rel=1e-8), figure


def test_senate_as_published() -> None:
    """Senate elections (Cattaneo, Frandsen & Titiunik 2015): 7.414 (1.459), robust 95% interval [4.094, 10.919]."""
    found = ours("senate")
    assert f"{found.conventional:.3f} ({found.conventional_error:.3f})" == "7.414 (1.459)"
    low, high = (found.estimate + sign * 1.959963985 * found.std_error for sign in (-1, 1))
    assert f"[{low:.3f}, {high:.3f}]" == "[4.094, 10.919]"


def test_plain_regression_as_published() -> None:
    """Angrist & Pischke (2015), table 4.1, column 1: deaths at 21, all 7.66 (1.51), motor vehicles 4.53 (.72)."""
    columns = ["agecell", "all", "mva"]
    [table] = asked({"ask": "table", "package": "stevedata", "name": "mm_mlda", "columns": columns})
    found = [
        plain_jump(running_of(np.array(table["agecell"]), np.array(table[name]), cutoff=21), 9.0, one_slope=True)
        for name in ("all", "mva")
    ]
    assert [f"{one.estimate:.2f} ({one.std_error:.2f})" for one in found] == ["7.66 (1.51)", "4.53 (0.72)"]
    assert [one.n for one in found] == [48, 48]


@cache
def running_variables() -> dict[str, Any]:
    """Running variables, smooth, heaped, and with a jump."""
    rng = np.random.default_rng(1)
    return {
        "senate": real("senate")["x"],
        "transfers": gov_transfers_density.load_pandas().data["Income_Centered"].to_numpy(),
        "elections": real("elections")["x"],
        "normal": rng.normal(0.2, 1, 3000),
        "skewed": rng.exponential(1, 5000) - 0.7,
        "a jump": np.r_[rng.normal(0, 1, 3000), rng.uniform(0, 0.5, 1000)],
        "whole numbers": np.round(rng.normal(0, 20, 20_000)),
    }


@cache
def densities() -> dict[str, dict[str, Any]]:
    """What McCrary's program says: by our bandwidth, by its own rules, and Cattaneo, Jansson & Ma's of one of them."""
    values = running_variables()
    cases = {f"{name}, its rules": {"ask": "density", "x": values[name]} for name in OWN_RULES}
    for name, x in values.items():
        found = density_jump(*counted(x))
        assert found is not None
        cases[name] = {"ask": "density", "x": x, "bin_width": found.bin_width, "bw": found.h}
    cases["a jump, another method"] = {"ask": "rank", "x": values["a jump"]}
    return dict(zip(cases, asked(*cases.values()), strict=True))


OWN_RULES = ("senate", "transfers", "normal")
"""Where no empty last bin comes in, which that program counts whenever rounding leaves one."""


@pytest.mark.parametrize("name", ["senate", "transfers", "elections", "normal", "skewed", "a jump", "whole numbers"])
def test_density_at_the_cutoff_is_mccrarys(name: str) -> None:
    found, expected = density_jump(*counted(running_variables()[name])), densities()[name]
    assert found is not None
    assert found.log_ratio == pytest.approx(expected["estimate"], rel=1e-8)
    assert found.std_error == pytest.approx(expected["std_error"], rel=1e-8)
    assert found.p_value == pytest.approx(expected["p"], rel=1e-6)
    assert (found.below, found.above) == pytest.approx((expected["left"], expected["right"]), rel=1e-8)


@pytest.mark.parametrize("name", OWN_RULES)
def test_bin_width_and_bandwidth_are_mccrarys(name: str) -> None:
    found, expected = density_jump(*counted(running_variables()[name])), densities()[f"{name}, its rules"]
    assert found is not None
    assert (found.log_ratio, found.std_error) == pytest.approx((expected["estimate"], expected["std_error"]), rel=1e-8)


def test_another_method_sees_the_same_rows_moved() -> None:
    """Cattaneo, Jansson & Ma's test, which smooths the distribution function in place of a histogram."""
    found, other = density_jump(*counted(running_variables()["a jump"])), densities()["a jump, another method"]
    assert found is not None
    assert found.p_value < 0.001
    assert other["p"] < 0.001
    assert (found.t > 0, other["t"] > 0) == (True, True)


def test_exam_scores_known_to_be_moved() -> None:
    """New York Regents exams, 2010: scores just below 65 were lifted; in every one of five exams no other place jumps
    as far (Dee, Dobbie, Jacob & Rockoff 2019)."""
    exams = ["integrated_algebra", "global_history", "living_environment", "english", "us_history"]
    [table] = asked({"ask": "table", "package": "dslabs", "name": "nyc_regents_scores", "columns": ["score", *exams]})
    for exam in exams:
        found = ranked_density(np.array(table["score"]) - 65, np.array(table[exam]))
        assert found is not None
        assert (found.rank, found.jump.t > 40) == (1, True), exam
        assert len(found.placebos) >= 10


def test_transfers_where_placebo_cutoffs_jump_as_far() -> None:
    found = ranked_density(*counted(running_variables()["transfers"]))
    assert found is not None
    assert found.rank > 5


@pytest.mark.parametrize("bandwidth", [8.0, 14.0])
def test_a_registered_bandwidth_gives_what_rdrobust_gives_for_it(bandwidth: float) -> None:
    """With h alone rdrobust takes b = h. In front stands its conventional coefficient; interval, standard error and
    p-value are its robust ones, centred on the bias-corrected coefficient, as Calonico, Cattaneo & Titiunik mean it.
    """
    columns = its_data("regression-discontinuity")
    found = analyse(a_pilot("regression-discontinuity", bandwidth=bandwidth), ArrayRows(columns)).effect
    their = asked({"ask": "jump", "x": columns["score"], "y": columns["y"], "c": 50.0, "h": bandwidth})[0]
    assert (their["h"], their["b"]) == (bandwidth, bandwidth)
    assert found.estimate == pytest.approx(their["conventional"], rel=1e-9)
    assert found.std_error == pytest.approx(their["std_error"], rel=1e-9)
    assert sum(found.interval) / 2 == pytest.approx(their["estimate"], rel=1e-9)
    assert (found.interval[1] - found.interval[0]) / 2 == pytest.approx(ndtri(0.975) * their["std_error"], rel=1e-9)
    assert found.p_value == pytest.approx(2 * ndtr(-abs(their["estimate"] / their["std_error"])), rel=1e-9)
