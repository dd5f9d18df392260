"""Further outcomes against statsmodels, and of two real trials against what was printed of them."""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from causaldata import thornton_hiv

from clew.evaluate.analyse import analyse
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding
from clew.evaluate.secondary import holm
from clew.pilot.protocol import Outcome, Protocol
from trials import registered

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"


def elsewhere(script: str, *words: str, asked: Any = None) -> str:
    if not PYTHON.exists():
        pytest.skip("NOT TESTED: other people's software is absent; `make oracles` sets it up")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [PYTHON, Path(__file__).with_name(script), *words]
    return subprocess.run(
        command, check=True, cwd=ROOT, env=kept, input=json.dumps(asked), capture_output=True, text=True
    ).stdout


def evaluated(table: pd.DataFrame, protocol: Protocol, folder: Path) -> Finding:
    path = folder / "data.csv"
    table.to_csv(path, index=False)
    return analyse(protocol, open_rows(path, protocol))


def test_holm_is_that_of_statsmodels() -> None:
    rng = np.random.default_rng(1979)
    drawn = [rng.beta(0.4, 2.0, many).round(4).tolist() for many in (1, 2, 3, 5, 8, 20) for _ in range(20)]
    theirs = json.loads(elsewhere("secondary_elsewhere.py", asked={"p_values": drawn, "star": None}))["holm"]

    assert len(theirs) == 120
    for p_values, expected in zip(drawn, theirs, strict=True):
        assert holm(p_values) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_small_classes_in_reading_and_in_mathematics(tmp_path: Path) -> None:
    """STAR kindergarten: both scores together as printed (Stock & Watson, table 13.2, 13.90 with error 2.45), reading
    and mathematics beside it, each by the pupils who have that score, as statsmodels has them.
    """
    path = tmp_path / "star.csv"
    elsewhere("export_star.py", str(path))
    asked = {"p_values": [], "star": str(path)}
    theirs = json.loads(elsewhere("secondary_elsewhere.py", asked=asked))["star"]
    table = pd.read_csv(path)
    table["score"] = table["readk"] + table["mathk"]
    table = table.loc[table["stark"].notna(), ["score", "readk", "mathk", "stark"]]
    protocol = registered(
        outcome="score", arm="stark", comparison="regular", treated="small", other_arms=("regular+aide",),
        kind="randomised", cluster=None, standard_errors="hc1",
    )  # fmt: skip
    reading, mathematics = Outcome("readk", "mean", "higher"), Outcome("mathk", "mean", "higher")
    found = evaluated(table, replace(protocol, secondary=(reading, mathematics)), tmp_path)

    assert f"{found.effect.estimate:.2f} ({found.effect.std_error:.2f})" == "13.90 (2.45)"
    for one in found.secondary:
        effect, error, pupils = theirs[one.column]
        assert one.n == pupils > found.effect.n
        assert (one.estimate, one.std_error) == pytest.approx((effect, error), rel=1e-9)
        assert one.moved == "better"
    whole = table.dropna(subset=["score"])
    read, counted = evaluated(whole, replace(protocol, secondary=(reading, mathematics)), tmp_path).secondary
    assert read.estimate is not None
    assert counted.estimate is not None
    assert read.estimate + counted.estimate == pytest.approx(found.effect.estimate, rel=1e-9)


def test_incentives_beside_another_outcome(tmp_path: Path) -> None:
    """Thornton (2008), table 4: learning one's result, .433 (.023) within villages, though here it is the further
    outcome, and the one that decides (infection, which no incentive can change) is known of every second person only.
    """
    table = thornton_hiv.load_pandas().data.dropna(subset=["villnum", "got", "any", "age"]).copy()
    table.loc[table.index[::2], "hiv2004"] = np.nan
    protocol = registered(
        outcome="hiv2004", arm="any", comparison="0.0", kind="randomised", cluster="villnum",
        standard_errors="cr1", fixed_effects=("villnum",),
    )  # fmt: skip
    found = evaluated(table, replace(protocol, secondary=(Outcome("got", "proportion", "higher"),)), tmp_path)

    (got,) = found.secondary
    assert f"{got.estimate:.3f} ({got.std_error:.3f})" == "0.433 (0.023)"
    assert got.n == 2825
    assert found.effect.n < 1413
