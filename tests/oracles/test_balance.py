"""Baseline columns of real trials: as printed, as statsmodels and as StatsPAI have them."""

import gzip
import json
import os
import subprocess
from pathlib import Path

import pandas as pd
import pytest
import statsmodels.api as sm
from causaldata import nsw_mixtape, thornton_hiv

from clew.evaluate.analyse import analyse
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding, Screen
from clew.pilot.protocol import Protocol
from trials import registered, units

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"
BEFORE = ("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75")


def evaluated(table: pd.DataFrame, protocol: Protocol, folder: Path) -> tuple[Finding, Screen]:
    path = folder / "data.csv"
    table.to_csv(path, index=False)
    finding = analyse(protocol, open_rows(path, protocol))
    return finding, next(screen for screen in finding.screens if screen.name == "baseline balance")


def training(folder: Path) -> tuple[pd.DataFrame, Finding, Screen]:
    table = nsw_mixtape.load_pandas().data.astype(dict.fromkeys(BEFORE, "float64"))
    return table, *evaluated(table, registered(outcome="re78", adjust_for=BEFORE, **units(arm="treat")), folder)


def apart(finding: Finding) -> dict[str, float]:
    return {one.name.removesuffix(" at baseline"): one.estimate or 0.0 for one in finding.further}


def test_job_training_as_statsmodels(tmp_path: Path) -> None:
    """(N − 1) R² of the arm on the columns; by chi-square on 8, p = .033: nothing is asked."""
    table, _, screen = training(tmp_path)
    r2 = sm.OLS(table["treat"].astype(float), sm.add_constant(table[list(BEFORE)])).fit().rsquared
    assert screen.statistic == pytest.approx(444 * r2)
    assert (f"{screen.statistic:.2f}", f"{screen.p_value:.3f}", screen.flag) == ("16.78", "0.033", False)


def test_job_training_as_printed(tmp_path: Path) -> None:
    """Imbens (2015), Matching Methods in Practice, J. Human Resources 50(2), on table 10: the largest normalised
    difference of these men is .30, for no degree."""
    _, finding, _ = training(tmp_path)
    largest = max(apart(finding).items(), key=lambda each: abs(each[1]))
    assert (largest[0], f"{largest[1]:.2f}") == ("nodegree", "-0.30")


def test_job_training_as_statspai(tmp_path: Path) -> None:
    if not PYTHON.exists():
        pytest.skip("NOT TESTED: other people's software is absent; `make oracles` sets it up")
    table, finding, _ = training(tmp_path)
    given = json.dumps({"arm": table["treat"].tolist(), "columns": {name: table[name].tolist() for name in BEFORE}})
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    script = Path(__file__).with_name("other_balance.py")
    done = subprocess.run([PYTHON, script], input=given, capture_output=True, text=True, check=True, cwd=ROOT, env=kept)
    assert apart(finding) == pytest.approx(json.loads(done.stdout.splitlines()[-1]), abs=1e-6)


def test_incentives_to_learn_hiv_results(tmp_path: Path) -> None:
    """Thornton (2008): dealt person by person, here within villages; as a regression within villages has it."""
    names = ["age", "hiv2004", "distvct"]
    table = thornton_hiv.load_pandas().data.dropna(subset=["villnum", "got", "any", *names]).astype("float64")
    protocol = registered(
        outcome="got", measure="proportion", adjust_for=tuple(names), arm="any", comparison="0.0", kind="randomised",
        cluster="villnum", standard_errors="cr1", fixed_effects=("villnum",),
    )  # fmt: skip
    _, screen = evaluated(table, protocol, tmp_path)
    assert (f"{screen.statistic:.2f}", f"{screen.p_value:.2f}", screen.flag) == ("4.00", "0.26", False)


def test_achievement_awards(shared_data: Path, tmp_path: Path) -> None:
    """Angrist & Lavy (2009): schools dealt whole; against them the scores before, and the parents' years at school."""
    with gzip.open(shared_data / "trials" / "achievement_awards.csv.gz") as file:
        table = pd.read_csv(file)
    girls = table[(table["sex"] == "Girl") & (table["year"] == 2001)]
    protocol = registered(
        outcome="Bagrut_status", measure="proportion", arm="treated", cluster="school_id",
        adjust_for=("school_type", "lagscore", "father_ed", "mother_ed", "siblings"),
    )  # fmt: skip
    _, screen = evaluated(girls.dropna(subset=["lagscore"]), protocol, tmp_path)
    assert (f"{screen.statistic:.2f}", f"{screen.p_value:.2f}", screen.flag) == ("6.57", "0.36", False)
