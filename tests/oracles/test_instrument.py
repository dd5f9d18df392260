"""Two-stage least squares and the Anderson–Rubin set against other people's software and published figures.

linearmodels and StatsPAI run in a process and an environment of their own, `.venv-oracles`.
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
from causaldata import social_insure
from scipy.special import stdtrit

from builders import a_protocol
from clew.evaluate.analyse import analyse
from clew.evaluate.arms import Arms
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.compliers import compliance
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding
from clew.pilot.protocol import Design, Looks, Outcome
from offers import TREATED, an_offer, by_instrument, layout_for

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"
KINDS = ("classical", "hc1", "cr1")

OFFERS = {
    "strong": (an_offer(seed=1, share=0.6), {}),
    "weak": (an_offer(seed=2, share=0.12), {}),
    "a covariate": (an_offer(seed=3, share=0.5), {"adjust_for": ("x",)}),
    "covariates far from zero": (an_offer(seed=3, share=0.5, away=1e4), {"adjust_for": ("x", "x2")}),
    "within blocks": (an_offer(seed=4, share=0.4), {"adjust_for": ("x",), "level": "block"}),
}


def columns_of(offer: dict[str, Any], changes: dict[str, Any]) -> list[list[float]]:
    level = changes.get("level")
    """A constant or the level's indicators, then the covariates about their means: linearmodels loses seven digits on
    covariates of 100,000 that are not, and no effect depends on it."""
    parts = [offer[level] == value for value in np.unique(offer[level])] if level else [np.ones(len(offer["y"]))]
    about = [offer[name] - offer[name].mean() for name in changes.get("adjust_for", ())]
    return np.column_stack([*parts, *about]).astype(float).tolist()


@cache
def theirs() -> dict[str, Any]:
    """What the other software says of every offer, and Card's data, asked once."""
    if not PYTHON.exists():
        pytest.skip("NOT TESTED: other people's software is absent; `make oracles` sets it up")
    cases = [
        {
            "outcome": offer["y"].tolist(),
            "received": offer["d"].tolist(),
            "instrument": (offer["arm"] == TREATED).astype(float).tolist(),
            "columns": columns_of(offer, changes),
            "cluster": offer["school"].tolist(),
        }
        for offer, changes in OFFERS.values()
    ]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [PYTHON, Path(__file__).with_name("instrument_elsewhere.py")],
        input=json.dumps({"cases": cases}), capture_output=True, text=True, check=True, cwd=ROOT, env=kept,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"card": answer["card"], **dict(zip(OFFERS, answer["cases"], strict=True))}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", OFFERS)
def test_effect_and_standard_errors(name: str, kind: str) -> None:
    offer, changes = OFFERS[name]
    found = by_instrument(ArrayRows(offer), layout_for(kind, **changes), kind)
    assert found.estimate == pytest.approx(theirs()[name]["effect"], rel=1e-8)
    assert found.std_error == pytest.approx(theirs()[name][kind], rel=1e-8)


@pytest.mark.parametrize("name", OFFERS)
def test_effective_f_is_the_squared_robust_t_of_the_first_stage(name: str) -> None:
    offer, changes = OFFERS[name]
    found = by_instrument(ArrayRows(offer), layout_for("hc1", **changes), "hc1")
    assert found.effective_f == pytest.approx(theirs()[name]["first_t"] ** 2, rel=1e-8)


@pytest.mark.parametrize("name", OFFERS)
def test_anderson_rubin_set(name: str) -> None:
    """StatsPAI scans a grid, so its ends are those of the grid's steps; the parts must be as many, and as near."""
    offer, changes = OFFERS[name]
    found = by_instrument(ArrayRows(offer), layout_for("classical", **changes), "classical")
    ours = found.anderson_rubin(-float(stdtrit(found.df, 0.025))).parts
    expected = theirs()[name]["anderson_rubin"]
    assert len(ours) == len(expected)
    for (low, high), (their_low, their_high) in zip(ours, expected, strict=True):
        step = 0.1 * (their_high - their_low)
        assert (low, high) == pytest.approx((their_low, their_high), abs=step)


def test_returns_to_schooling() -> None:
    """Card (1995), table 3, panel A, column 5: .132 (.055), college nearby as the instrument of years of schooling."""
    card = {name: np.array(column) for name, column in theirs()["card"].items()}
    adjust_for = tuple(name for name in card if name not in ("lwage", "educ", "nearc4"))
    rows = ArrayRows({**card, "y": card["lwage"], "d": card["educ"], "arm": np.where(card["nearc4"] > 0, TREATED, "0")})
    found = by_instrument(rows, layout_for("classical", adjust_for=adjust_for), "classical")
    assert (round(found.estimate, 3), round(found.std_error, 3)) == (0.132, 0.055)
    assert found.effective_f == pytest.approx(13.26, abs=0.01)  # F of the first stage in the same table's notes


NAMES = ("male", "age", "agpop", "ricearea_2010", "literacy", "intensive", "risk_averse", "disaster_prob")
RICE = Design(
    "encouragement", "two-stage-least-squares", "cr1", "default", "0", cluster="address",
    fixed_effects=("village",), received="pre_takeup_rate",
)  # fmt: skip


def rice_insurance(folder: Path, **design: Any) -> Finding:
    """Cai, de Janvry & Sadoulet (2015): villagers some of whose friends were insured by default, from a CSV."""
    table = social_insure.load_pandas().data
    used = [*NAMES, "takeup_survey", "pre_takeup_rate", "default", "village", "address"]
    table.dropna(subset=used)[used].astype({"default": int}).to_csv(folder / "rice.csv", index=False)
    outcome = Outcome("takeup_survey", "proportion", "higher", 0.1, NAMES)
    protocol = a_protocol(design=replace(RICE, **design), outcome=outcome, equity=(), looks=Looks())
    return analyse(protocol, open_rows(folder / "rice.csv", protocol))


def test_rice_insurance(tmp_path: Path) -> None:
    """Huntington-Klein, The Effect, chapter 19: .791 (.273), clustered by address; from the file to the finding."""
    finding = rice_insurance(tmp_path)
    assert (round(finding.effect.estimate, 3), round(finding.effect.std_error, 3)) == (0.791, 0.273)
    assert finding.effect.n == 1378
    low, high = finding.effect.interval  # Anderson–Rubin's, which leans to the side of more
    assert 0 < low < 0.791 - 1.9 * 0.273 + 0.1
    assert high > 0.791 + 1.9 * 0.273
    assert not next(one for one in finding.screens if one.name == "weak offer").flag


def test_rice_insurance_as_an_offer(tmp_path: Path) -> None:
    """The same fit by the plain difference: what the default itself did, one over the other gives .791."""
    finding = rice_insurance(tmp_path, estimator="intention-to-treat")
    first = next(one for one in finding.further if one.name == "first stage")
    assert first.estimate is not None
    assert round(finding.effect.estimate / first.estimate, 3) == 0.791


def test_compliers_of_an_offer_are_its_received_covariate_by_the_same_instrument() -> None:
    """The mean of x among compliers is linearmodels' effect of receiving on x·d; see Abadie (2003)."""
    offer, _ = OFFERS["strong"]
    rows = ArrayRows(offer)
    found = compliance(rows, layout_for("hc1", adjust_for=("x",)), Arms("arm", TREATED, "0"), "d", 0.6)
    on_product = by_instrument(ArrayRows({**offer, "y": offer["x"] * offer["d"]}), layout_for("hc1"), "hc1")
    ((name, among_compliers, among_all),) = found.baseline
    assert name == "x"
    assert among_compliers == pytest.approx(on_product.estimate, rel=1e-10)
    assert among_all == pytest.approx(float(np.mean(offer["x"])), rel=1e-12)
