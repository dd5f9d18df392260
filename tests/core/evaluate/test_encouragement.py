"""The encouragement design through files: what it says, what it asks, what it refuses; and its made-up people."""

from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import a_protocol
from clew.errors import InputError
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import encouragement
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding, Screen
from clew.evaluate.world import Groups, Scenario, World
from clew.pilot.protocol import Design, Looks, Outcome, Protocol
from offers import an_offer, by_instrument, effect_by, layout_for
from trials import write_csv

OFFER = Design("encouragement", "intention-to-treat", "hc2", "arm", "0", received="d")


def invited(measure: str = "mean", adjust_for: tuple[str, ...] = (), **design: Any) -> Protocol:
    outcome = Outcome("y", measure, "higher", 0.5, adjust_for)  # type: ignore[arg-type]
    return a_protocol(design=replace(OFFER, **design), outcome=outcome, equity=(), looks=Looks())


def found_in(offer: dict[str, Any], protocol: Protocol, folder: Path) -> Finding:
    return analyse(protocol, open_rows(write_csv(offer, folder / "data.csv"), protocol))


def screen(finding: Finding, name: str) -> Screen:
    return next(one for one in finding.screens if one.name == name)


@pytest.mark.parametrize("kind", ["classical", "hc1", "hc2", "cr1", "cr2"])
@pytest.mark.parametrize("adjust_for", [(), ("x",)])
def test_the_headline_is_the_effect_of_the_offer(kind: str, adjust_for: tuple[str, ...], tmp_path: Path) -> None:
    """From a CSV: received is no baseline column, whatever is adjusted for."""
    offer = an_offer(seed=1, share=0.5)
    cluster = "school" if kind.startswith("cr") else None
    protocol = invited(adjust_for=adjust_for, standard_errors=kind, cluster=cluster)
    finding = found_in(offer, protocol, tmp_path)
    layout = layout_for(kind, adjust_for=adjust_for)
    value, error, df = effect_by(ArrayRows(offer), layout, kind)
    assert (finding.effect.estimate, finding.effect.std_error, finding.effect.df) == pytest.approx((value, error, df))
    assert finding.evidence_level == 3
    receiving = next(one for one in finding.further if one.name == "effect of receiving")
    theirs = by_instrument(ArrayRows(offer), layout, kind)
    assert (receiving.estimate, receiving.std_error) == pytest.approx((theirs.estimate, theirs.std_error))


def test_two_stage_least_squares_as_the_headline(tmp_path: Path) -> None:
    offer = an_offer(seed=2, share=0.5)
    finding = found_in(offer, invited(estimator="two-stage-least-squares"), tmp_path)
    theirs = by_instrument(ArrayRows(offer), layout_for("hc2"), "hc2")
    assert finding.effect.estimate == pytest.approx(theirs.estimate)
    assert finding.effect.interval == pytest.approx(theirs.anderson_rubin(finding.look.boundary).hull)
    plain = found_in(offer, invited(), tmp_path)
    assert finding.effect.p_value == pytest.approx(plain.effect.p_value)  # Anderson–Rubin's test of no effect
    low, high = finding.effect.interval
    assert (low <= 0 <= high) is (finding.effect.p_value >= 0.05)


def test_an_unbounded_set_is_said_and_asked_about(tmp_path: Path) -> None:
    offer = an_offer(seed=5, share=0.0)
    finding = found_in(offer, invited(estimator="two-stage-least-squares"), tmp_path)
    assert finding.effect.interval == (-inf, inf)
    asked = screen(finding, "weak offer")
    assert asked.flag
    assert asked.statistic is not None
    assert asked.statistic < 10
    assert "The effect of receiving has no bounds" in asked.why


def test_a_weak_offer_is_asked_about_even_where_the_set_is_bounded(tmp_path: Path) -> None:
    finding = found_in(an_offer(seed=23, share=0.14), invited(), tmp_path)
    asked = screen(finding, "weak offer")
    assert asked.statistic is not None
    assert 3.84 < asked.statistic < 10
    assert asked.flag
    assert "no bounds" not in asked.why


def test_a_strong_offer_is_not_asked_about(tmp_path: Path) -> None:
    finding = found_in(an_offer(seed=3, share=0.6), invited(), tmp_path)
    assert not screen(finding, "weak offer").flag
    assert "effective F" in screen(finding, "weak offer").why
    (picture,) = finding.pictures
    assert len(picture.series[0].points) == 2
    rise = picture.series[0].points[0].y - picture.series[0].points[1].y
    run = picture.series[0].points[0].x - picture.series[0].points[1].x
    receiving = next(one for one in finding.further if one.name == "effect of receiving")
    assert rise / run == pytest.approx(receiving.estimate)


def test_who_was_moved_adds_up(tmp_path: Path) -> None:
    finding = found_in(an_offer(seed=4, share=0.5), invited(adjust_for=("x",)), tmp_path)
    shares = {one.name: one.estimate for one in finding.further if one.kind == "group"}
    assert {"compliers", "always", "never", "x of compliers"} <= set(shares)
    assert shares["always"] == pytest.approx(0.15, abs=0.06)


def test_missing_outcomes_are_compared_by_whole_schools(tmp_path: Path) -> None:
    offer = an_offer(seed=6, share=0.5, n=2000)
    lost = (offer["arm"] == "offered") & (np.random.default_rng(0).uniform(size=2000) < 0.3)
    offer["y"] = np.where(lost, np.nan, offer["y"])
    finding = found_in(offer, invited(cluster="school", standard_errors="cr2"), tmp_path)
    assert screen(finding, "differential attrition").flag
    assert finding.missing == (("0", 0), ("offered", int(lost.sum())))


def test_everybody_does_as_dealt(tmp_path: Path) -> None:
    offer = an_offer(seed=7, share=0.5)
    offer["d"] = (offer["arm"] == "offered").astype(float)
    finding = found_in(offer, invited(), tmp_path)
    asked = screen(finding, "weak offer")
    assert (asked.flag, asked.statistic) == (False, None)
    assert "everybody did as dealt" in asked.why


def test_nobody_received_it(tmp_path: Path) -> None:
    offer = an_offer(seed=8, share=0.5)
    offer["d"] = np.zeros(len(offer["y"]))
    with pytest.raises(InputError, match="as much was received with the offer as without it"):
        found_in(offer, invited(), tmp_path)


def test_received_beyond_a_share_is_refused_with_its_lines(tmp_path: Path) -> None:
    offer = an_offer(seed=9, share=0.5)
    offer["d"][3] = 1.5
    with pytest.raises(InputError, match=r"must hold numbers from 0 to 1.*1\.5") as refused:
        open_rows(write_csv(offer, tmp_path / "data.csv"), invited())
    assert "line 5" in refused.value.problems[0].where


def test_one_arm_alone_is_refused(tmp_path: Path) -> None:
    offer = an_offer(seed=10, share=0.5)
    offer = {name: values[offer["arm"] == "offered"] for name, values in offer.items()}
    with pytest.raises(InputError, match='comparison arm "0" has no row'):
        open_rows(write_csv(offer, tmp_path / "data.csv"), invited())


@pytest.mark.parametrize("measure", ["mean", "proportion", "count"])
@pytest.mark.parametrize("estimator", ["intention-to-treat", "two-stage-least-squares"])
def test_made_up_people_have_the_effect_that_is_the_headline(measure: str, estimator: str) -> None:
    protocol = invited(measure, estimator=estimator)
    world = World(units=200_000, clusters=None, baseline=2.0 if measure == "count" else 0.3, received=0.5)
    drawn = encouragement.draw(protocol, world, Scenario("effect", 0.1), np.random.default_rng(1))
    raw = encouragement.effect(protocol, ArrayRows(drawn.at(1)))
    assert raw.estimate == pytest.approx(0.1, abs=4 * raw.std_error)
    assert raw.std_error < 0.02
    received = drawn.columns["d"]
    assert received[drawn.columns["arm"] == "0"].sum() == 0
    assert received[drawn.columns["arm"] != "0"].mean() == pytest.approx(0.5, abs=0.01)


def test_only_those_who_receive_are_changed() -> None:
    groups = Groups("tongue", ("a", "b"), (0.7, 0.3))
    world = World(units=5000, clusters=None, baseline=0.0, received=0.4, groups=(groups,))
    effect, nothing = Scenario("harm", 0.2, "b"), Scenario("nothing", 0.0)
    changed, plain = (
        encouragement.draw(invited(), world, scenario, np.random.default_rng(3)).columns
        for scenario in (effect, nothing)
    )
    differ = changed["y"] != plain["y"]
    assert np.array_equal(differ, changed["d"] == 1)
    assert set(np.round((changed["y"] - plain["y"])[differ & (changed["tongue"] == "b")], 9)) == {-0.5}
