"""Where nothing but time makes the two sides, no page and no table speaks of a group that was compared."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.cli import run
from clew.cli.evaluate import show
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import DESIGNS
from clew.evaluate.world import WORTH_HAVING, Scenario, world_of
from clew.gate.evaluation import Evaluation
from clew.gate.judge import judge
from clew.pilot.parse import parse_protocol
from clew.pilot.protocol import Protocol
from clew.report import render_report
from designs import KEYS, TEXT, a_pilot, its_data

GROUP = ("comparison group", "pilot group", "treated minus comparison", " compared", "treated and")


def in_time() -> Protocol:
    keys = 'period = "year"\nfrom = 2020\nexposure = "homes"'
    text = TEXT.format(kind="rare-events", keys=keys, measure="count", worth=0.3, size=KEYS["rare-events"][1])
    return parse_protocol(text.encode(), "p.toml")


def evaluated(protocol: Protocol, columns: dict[str, Any]) -> Evaluation:
    finding = analyse(protocol, ArrayRows(columns))
    return Evaluation(protocol, finding, judge(protocol, finding), None)


def before_and_after(kind: str) -> Evaluation:
    if kind == "interrupted-time-series":
        return evaluated(a_pilot(kind), its_data(kind))
    protocol = in_time()
    drawn = DESIGNS[kind].draw(protocol, world_of(protocol), Scenario(WORTH_HAVING, 0.3), np.random.default_rng(1))
    return evaluated(protocol, dict(drawn.at(1)))


@pytest.mark.parametrize("kind", ["interrupted-time-series", "rare-events"])
def test_time_is_not_called_a_group(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = before_and_after(kind)
    page = render_report(found)
    assert " after the start, " in page
    assert "Estimate, after the start minus what was expected" in page
    show(found)
    out = capsys.readouterr().out
    assert f"{found.finding.effect.n_treated} after the start and {found.finding.effect.n_comparison} before." in out
    for word in GROUP[:3]:
        assert word not in page
    assert not any(word in out.splitlines()[3] for word in GROUP)


def test_arms_are_groups_as_ever(capsys: pytest.CaptureFixture[str]) -> None:
    found = evaluated(a_pilot("randomised"), its_data("randomised"))
    assert "100 homes in the pilot group, 100 in the comparison group." in render_report(found)
    show(found)
    assert "100 treated and 100 compared." in capsys.readouterr().out


def test_events_beside_those_expected_are_said_so() -> None:
    protocol = in_time()
    design = replace(protocol.design, estimator="observed-minus-expected", expected="homes", exposure=None)
    protocol = replace(protocol, design=design)
    drawn = DESIGNS["rare-events"].draw(
        protocol, world_of(protocol), Scenario(WORTH_HAVING, 30.0), np.random.default_rng(1)
    )
    page = render_report(evaluated(protocol, dict(drawn.at(1))))
    assert "counted on the treated side" in page
    assert "to be expected there" in page


@pytest.mark.parametrize(("kind", "sides"), [("interrupted-time-series", "after"), ("randomised", "treated")])
def test_a_size_is_told_by_its_sides(kind: str, sides: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.toml"
    path.write_text(a_pilot(kind).text, encoding="utf-8")
    assert run(["pilot", "size", str(path)]) == 0
    head = next(line for line in capsys.readouterr().out.splitlines() if "factor" in line)
    assert sides in head
    assert ("comparison" in head) is (sides == "treated")


def test_at_a_cutoff_it_is_said_which_estimate_the_interval_belongs_to(capsys: pytest.CaptureFixture[str]) -> None:
    """The lines' estimate stands in front; interval, standard error and p-value are of the one freed of its bias."""
    columns = its_data("regression-discontinuity")
    found = evaluated(a_pilot("regression-discontinuity", bandwidth=20.0), columns)
    freed = next(one for one in found.finding.further if one.name == "bias-corrected estimate")
    assert freed.estimate is not None
    assert freed.estimate != pytest.approx(found.finding.effect.estimate, rel=1e-3)
    page = render_report(found)
    assert "Estimate freed of its bias, the middle of the interval" in page
    assert "Standard error, robust, of the estimate freed of its bias" in page
    show(found)
    assert f"of the estimate freed of its bias, {freed.estimate:.4g}, robust standard error" in capsys.readouterr().out
    plain = evaluated(a_pilot("regression-discontinuity", bandwidth=20.0, standard_errors="hc2"), columns)
    assert "Standard error, robust, of the estimate" not in render_report(plain)
    assert "the middle of the interval" not in render_report(plain)
    show(plain)
    assert f"Standard error {plain.finding.effect.std_error:.4g}, p" in capsys.readouterr().out
