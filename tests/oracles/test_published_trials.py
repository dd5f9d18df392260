"""Real trials with published results, through files and the whole of the estimator, to the digits that were printed."""

import gzip
import os
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from causaldata import nsw_mixtape, thornton_hiv

from clew.evaluate.estimate import RawEstimate, estimate
from clew.evaluate.files import open_rows
from clew.pilot.protocol import Protocol
from trials import registered

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"


def evaluated(table: pd.DataFrame, protocol: Protocol, folder: Path) -> RawEstimate:
    path = folder / "data.csv"
    table.to_csv(path, index=False)
    return estimate(protocol, open_rows(path, protocol))


def printed(raw: RawEstimate, digits: int) -> str:
    return f"{raw.estimate:.{digits}f} ({raw.std_error:.{digits}f})"


def training(standard_errors: str) -> Protocol:
    return registered(outcome="re78", arm="treat", kind="randomised", cluster=None, standard_errors=standard_errors)


def test_job_training(tmp_path: Path) -> None:
    """NSW men, Dehejia & Wahba (1999), table 5: 1,794 (633), the plain difference with equal variances."""
    raw = evaluated(nsw_mixtape.load_pandas().data, training("classical"), tmp_path)
    assert printed(raw, 1) == "1794.3 (632.9)"
    assert printed(raw, 0) == "1794 (633)"
    assert (raw.n_treated, raw.n_comparison) == (185, 260)


def test_job_training_without_equal_variances(tmp_path: Path) -> None:
    """HC2 of two arms is Neyman's standard error, √(s₁²/n₁ + s₀²/n₀), here by pandas."""
    table = nsw_mixtape.load_pandas().data
    raw = evaluated(table, training("hc2"), tmp_path)
    by_arm = table.astype({"re78": "float64"}).groupby("treat")["re78"]
    assert raw.std_error == pytest.approx((by_arm.var() / by_arm.count()).sum() ** 0.5, rel=1e-6)
    assert printed(raw, 1) == "1794.3 (671.0)"


def test_incentives_to_learn_hiv_results(tmp_path: Path) -> None:
    """Thornton (2008), table 4, column 1: .431 (.023), clustered by village.

    causaldata lacks her sex and district columns; within villages, which absorb the districts, the 2,825 people of her
    sample (age known) give .433 (.023).
    """
    table = thornton_hiv.load_pandas().data.dropna(subset=["villnum", "got", "any", "age"])
    assert len(table) == 2825
    protocol = registered(
        outcome="got", measure="proportion", arm="any", comparison="0.0", kind="randomised", cluster="villnum",
        standard_errors="cr1", fixed_effects=("villnum",),
    )  # fmt: skip
    raw = evaluated(table, protocol, tmp_path)
    assert printed(raw, 3) == "0.433 (0.023)"
    assert raw.clusters == 119


def star(folder: Path) -> pd.DataFrame:
    """Kindergarten pupils of Project STAR with the sum of their two scores."""
    if not PYTHON.exists():
        pytest.skip("NOT TESTED: other people's software is absent; `make oracles` sets it up")
    path = folder / "star.csv"
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([PYTHON, Path(__file__).with_name("export_star.py"), path], check=True, cwd=ROOT, env=kept)
    table = pd.read_csv(path)
    table["score"] = table["readk"] + table["mathk"]
    return table.loc[table["stark"].notna() & table["score"].notna(), ["score", "stark", "experiencek", "schoolidk"]]


def small_classes(**changes: Any) -> Protocol:
    return registered(
        outcome="score", arm="stark", comparison="regular", treated="small", other_arms=("regular+aide",),
        kind="randomised", cluster=None, standard_errors="hc1", **changes,
    )  # fmt: skip


def test_small_classes(tmp_path: Path) -> None:
    """STAR kindergarten, Stock & Watson, Introduction to Econometrics, table 13.2: columns 1 and 3, HC1."""
    table = star(tmp_path)
    raw = evaluated(table.drop(columns=["experiencek", "schoolidk"]), small_classes(), tmp_path)
    assert printed(raw, 2) == "13.90 (2.45)"
    assert raw.n == 5786
    known = table.dropna()
    within = small_classes(adjust_for=("experiencek",), fixed_effects=("schoolidk",))
    raw = evaluated(known, within, tmp_path)
    assert printed(raw, 2) == "15.93 (2.24)"
    assert raw.n == 5766


def test_achievement_awards(shared_data: Path, tmp_path: Path) -> None:
    """Angrist & Lavy (2009), table 2: girls of 2001, school type as covariate, .105 (.061); CR2 by schools."""
    with gzip.open(shared_data / "trials" / "achievement_awards.csv.gz") as file:
        table = pd.read_csv(file)
    girls = table[(table["sex"] == "Girl") & (table["year"] == 2001)]
    protocol = registered(
        outcome="Bagrut_status", measure="proportion", arm="treated", cluster="school_id", adjust_for=("school_type",)
    )
    raw = evaluated(girls, protocol, tmp_path)
    assert printed(raw, 4) == "0.1046 (0.0607)"
    assert f"{raw.df:.1f}" == "21.1"
    assert raw.clusters == 34
