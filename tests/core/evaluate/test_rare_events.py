"""Rare events through files: rates between arms and over time, what is expected, what is refused, made-up counts."""

from dataclasses import replace
from math import exp, inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import a_protocol
from clew.errors import InputError
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import rare_events
from clew.evaluate.exact_poisson import Comparison, Excess, Side
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding, Further, Screen
from clew.evaluate.world import Scenario, World
from clew.pilot.protocol import Design, Looks, Outcome, Protocol, Size
from trials import write_csv

Table = dict[str, Any]


def fires(measure: str = "count", adjust_for: tuple[str, ...] = (), **design: Any) -> Protocol:
    plain = {"exposure": "homes"} if "expected" not in design else {}
    where = {} if "starts" in design else {"arm": "arm", "comparison": "usual", "treated": "visits"}
    return a_protocol(
        design=Design(
            "rare-events", **{"estimator": "exact-poisson", "standard_errors": "exact", **plain, **where, **design}
        ),
        outcome=Outcome("deaths", measure, "lower", 0.001, adjust_for),  # type: ignore[arg-type]
        equity=(),
        looks=Looks(),
        size=Size(units=40),
    )


def by_year(before: list[int], after: list[int], **columns: Any) -> Table:
    years = np.arange(2010, 2010 + len(before) + len(after))
    return {"year": years, "deaths": np.array(before + after), "homes": np.full(len(years), 1000.0), **columns}


def found_in(table: Table, protocol: Protocol, folder: Path) -> Finding:
    return analyse(protocol, open_rows(write_csv(table, folder / "data.csv"), protocol))


def named(finding: Finding, name: str) -> Further:
    return next(one for one in finding.further if one.name == name)


def screen(finding: Finding, name: str) -> Screen:
    return next(one for one in finding.screens if one.name == name)


IN_TIME = {"starts": ("2015",), "period": "year"}
DECADE = by_year([3, 1, 2, 4, 2], [0, 1, 0, 0, 1])


def test_before_and_after(tmp_path: Path) -> None:
    finding = found_in(DECADE, fires(**IN_TIME), tmp_path)
    pair = Comparison(Side(2, 5000.0), Side(12, 5000.0))
    assert finding.effect.estimate == pytest.approx(-0.002)
    assert finding.effect.interval == pytest.approx(pair.difference_interval(finding.effect.level))
    assert finding.effect.p_value == pytest.approx(pair.p_value)
    assert (finding.effect.mean_treated, finding.effect.mean_comparison) == pytest.approx((0.0004, 0.0024))
    assert (finding.effect.n_treated, finding.effect.n_comparison) == (5, 5)
    assert named(finding, "ratio of rates").estimate == pytest.approx(2 / 12)
    assert named(finding, "mid-p test").p_value == pytest.approx(pair.mid_p)
    assert named(finding, "no event by luck").estimate == pytest.approx(exp(-12))
    assert finding.evidence_level == 2  # nothing but the time before
    assert finding.missing == (("after", 0), ("before", 0))


def test_what_so_few_events_can_show(tmp_path: Path) -> None:
    """Three deaths in five years, none in the next five: at most a rule of thumb, and the report says so."""
    finding = found_in(by_year([1, 0, 1, 0, 1], [0, 0, 0, 0, 0]), fires(**IN_TIME), tmp_path)
    assert finding.effect.p_value == pytest.approx(0.25)
    assert finding.effect.interval[0] < 0 < finding.effect.interval[1]
    cut = named(finding, "smallest cut that could be shown")
    assert cut.estimate is None
    assert "not even no event at all" in cut.why
    assert named(finding, "no event by luck").estimate == pytest.approx(exp(-3))


def test_picture_by_period(tmp_path: Path) -> None:
    (picture,) = found_in(DECADE, fires(**IN_TIME), tmp_path).pictures
    drawn = {series.name: series.points for series in picture.series}
    assert [point.y for point in drawn["events"]] == [3, 1, 2, 4, 2, 0, 1, 0, 0, 1]
    assert [point.y for point in drawn["expected"]] == pytest.approx([2.4] * 10)
    assert picture.marks[0].x == 2015
    assert "14 events in 10 periods, 24 expected" in picture.sentence


def test_between_arms_by_unit(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    table = {
        "arm": np.repeat(["visits", "usual"], 30),
        "deaths": rng.poisson(np.repeat([1.0, 2.0], 30)),
        "homes": np.full(60, 500.0),
        "district": [f"d{k}" for k in np.tile(np.arange(15), 4)],
    }
    table["district"] = np.array(table["district"])
    finding = found_in(table, fires(unit="district"), tmp_path)
    totals = [int(table["deaths"][table["arm"] == arm].sum()) for arm in ("visits", "usual")]
    pair = Comparison(Side(totals[0], 15000.0), Side(totals[1], 15000.0))
    assert finding.effect.estimate == pytest.approx(pair.difference)
    assert finding.effect.p_value == pytest.approx(pair.p_value)
    assert finding.evidence_level == 3
    (picture,) = finding.pictures
    assert picture.name == "funnel"
    assert len(picture.series[0].points) == 15
    assert not screen(finding, "scatter of events").flag


def test_events_in_bunches_are_asked_about(tmp_path: Path) -> None:
    finding = found_in(by_year([0, 9, 0, 0, 8], [7, 0, 0, 0, 1]), fires(**IN_TIME), tmp_path)
    asked = screen(finding, "scatter of events")
    assert asked.flag
    assert asked.instead is not None
    low, high = asked.instead.interval
    assert low < finding.effect.interval[0] or high > finding.effect.interval[1]


def test_observed_minus_expected(tmp_path: Path) -> None:
    table = by_year([2, 3, 1, 2, 2], [1, 0, 0, 1, 0], expected=np.full(10, 2.2))
    protocol = fires(estimator="observed-minus-expected", expected="expected", **IN_TIME)
    finding = found_in(table, protocol, tmp_path)
    excess = Excess(2, 11.0)
    assert finding.effect.estimate == pytest.approx(-9.0)
    assert finding.effect.interval == pytest.approx(excess.difference_interval(0.95))
    assert finding.effect.p_value == pytest.approx(excess.p_value)
    assert named(finding, "standardised ratio").estimate == pytest.approx(2 / 11)
    assert not screen(finding, "expected numbers").flag


def test_expected_numbers_that_were_wrong_before_too_are_asked_about(tmp_path: Path) -> None:
    table = by_year([1, 0, 1, 1, 0], [1, 0, 0, 1, 0], expected=np.full(10, 2.2))
    protocol = fires(estimator="observed-minus-expected", expected="expected", **IN_TIME)
    asked = screen(found_in(table, protocol, tmp_path), "expected numbers")
    assert asked.flag
    assert asked.instead is not None
    assert asked.instead.estimate == pytest.approx(2 - 11 * 3 / 11)
    ends = Comparison(Side(2, 11.0), Side(3, 11.0)).difference_interval(0.95)
    assert asked.instead.interval == pytest.approx(tuple(11 * end for end in ends))


def test_one_row_against_what_was_expected(tmp_path: Path) -> None:
    table = {"arm": np.array(["visits"]), "deaths": np.array([2]), "expected": np.array([7.4])}
    finding = found_in(table, fires(estimator="observed-minus-expected", expected="expected"), tmp_path)
    assert finding.effect.estimate == pytest.approx(-5.4)


def test_no_event_shows_no_difference_and_says_what_it_leaves_possible(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no event happened on either side.*up to 0\.000599 stays possible"):
        found_in(by_year([0, 0, 0], [0] * 5), fires(starts=("2013",), period="year"), tmp_path)


def test_an_event_only_on_the_treated_side_has_no_ratio(tmp_path: Path) -> None:
    finding = found_in(by_year([0, 0, 0, 0, 0], [2, 1, 3, 1, 0]), fires(**IN_TIME), tmp_path)
    ratio = named(finding, "ratio of rates")
    assert ratio.estimate is None
    assert ratio.interval is not None
    assert ratio.interval[1] == inf
    assert finding.effect.estimate > 0


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"deaths": np.array([1.5] + [1.0] * 9)}, "must hold whole numbers from 0"),
        ({"deaths": np.array([-1] + [1] * 9)}, "must hold whole numbers from 0"),
        ({"homes": np.array([-5.0] + [1.0] * 9)}, "cannot be negative"),
        ({"homes": np.repeat([1.0, 0.0], 5)}, "treated side has no homes at all"),
        ({"homes": np.repeat([0.0, 1.0], 5)}, "comparison side has no homes at all"),
        ({"year": np.arange(2015, 2025)}, "no period is before 2015"),
        ({"year": np.arange(2000, 2010)}, "no period is 2015 or later"),
    ],
)
def test_data_that_cannot_be_counted_are_refused(change: Table, match: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=match):
        found_in({**DECADE, **change}, fires(**IN_TIME), tmp_path)


@pytest.mark.parametrize(
    ("protocol", "match"),
    [
        (fires("proportion"), "rare events are counted"),
        (fires(adjust_for=("age",)), "cannot be adjusted"),
        (fires(weights="w"), "cannot be weighted"),
        (fires(estimator="observed-minus-expected"), "needs the numbers expected"),
        (fires(starts=("2015",)), "no column of periods"),
        (fires(starts=("2015", "2017"), period="year"), "only one start"),
    ],
)
def test_protocols_that_cannot_be_kept_are_refused(protocol: Protocol, match: str) -> None:
    with pytest.raises(InputError, match=match):
        rare_events.layout(protocol)


@pytest.mark.parametrize("design", [{}, IN_TIME, {"starts": ("2015-Q1",), "period": "quarter"}, {"unit": "district"}])
def test_made_up_counts_have_the_effect_that_is_assumed(design: dict[str, Any]) -> None:
    protocol = replace(fires(**design), size=Size(units=40_000))
    world = World(units=40_000, clusters=None, baseline=0.05)
    drawn = rare_events.draw(protocol, world, Scenario("effect", -0.02), np.random.default_rng(2))
    raw = rare_events.estimate(protocol, ArrayRows(drawn.at(1)))
    assert raw.estimate == pytest.approx(-0.02, abs=4 * raw.std_error)
    assert raw.std_error < 0.003
    assert raw.mean_comparison == pytest.approx(0.05, rel=0.2)


def test_made_up_counts_against_expected_ones() -> None:
    protocol = fires(estimator="observed-minus-expected", expected="expected", **IN_TIME)
    world = World(units=1000, clusters=None, baseline=0.1)
    drawn = rare_events.draw(protocol, world, Scenario("effect", -30.0), np.random.default_rng(2))
    raw = rare_events.estimate(protocol, ArrayRows(drawn.at(1)))
    assert raw.mean_comparison == pytest.approx(50.0)
    assert raw.estimate == pytest.approx(-30.0, abs=4 * raw.std_error)


@pytest.mark.parametrize("where", [{}, IN_TIME])
@pytest.mark.parametrize(
    ("over", "estimator", "effect"),
    [
        ({}, "exact-poisson", -0.02),
        ({"exposure": None, "expected": "expected"}, "exact-poisson", -0.4),
        ({"exposure": None, "expected": "expected"}, "observed-minus-expected", -400.0),
    ],
)
def test_made_up_effects_are_in_the_units_of_what_is_estimated(
    where: dict[str, Any], over: dict[str, Any], estimator: str, effect: float
) -> None:
    """Two fifths fewer events: 0.02 a unit of exposure, 0.4 for each expected one, 400 of 1000 on the treated side."""
    protocol = replace(fires(estimator=estimator, **over, **where), size=Size(units=40_000))
    world = World(units=40_000, clusters=None, baseline=0.05)
    drawn = rare_events.draw(protocol, world, Scenario("effect", effect), np.random.default_rng(2))
    raw = rare_events.estimate(protocol, ArrayRows(drawn.at(1)))
    assert raw.estimate == pytest.approx(effect, abs=4 * raw.std_error)
    assert abs(effect) > 8 * raw.std_error
    assert raw.mean_treated == pytest.approx(0.6 * raw.mean_comparison, rel=0.15)


def test_no_effect_is_seldom_called_one() -> None:
    """At a thousand made-up pilots the exact test rejects in at most one of twenty."""
    protocol = replace(fires(), size=Size(units=200))
    world = World(units=200, clusters=None, baseline=0.08)
    rng = np.random.default_rng(4)
    drawn = [rare_events.draw(protocol, world, Scenario("none", 0.0), rng) for _ in range(500)]
    p_values = [rare_events.estimate(protocol, ArrayRows(one.at(1))).p_value or 1.0 for one in drawn]
    assert np.mean(np.array(p_values) < 0.05) <= 0.06


@pytest.mark.parametrize("changes", [{}, {"estimator": "observed-minus-expected", "expected": "due"}])
def test_an_event_avoided_costs_what_was_paid_over_the_events_avoided(changes: dict[str, str], tmp_path: Path) -> None:
    """Five years of a pilot at 125 euros a year; 12 deaths in the five years before, 2 in it, 12 due."""
    protocol = fires(**IN_TIME, **changes)
    cost = found_in({**DECADE, "due": np.full(10, 2.4)}, protocol, tmp_path).account.cost_per_outcome
    assert float(cost or 0) == pytest.approx(5 * 125 / (12 - 2), abs=0.005)
