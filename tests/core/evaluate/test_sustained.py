"""Whether an effect lasts: the trend by brute force, what is said of it, and the question a fading pilot is asked."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import a_protocol
from clew.errors import InputError
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import method_of
from clew.evaluate.estimate import arms_layout
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding, Further, Screen
from clew.evaluate.sustained import Course, Effect, Trend, lasting, trend
from clew.evaluate.world import Scenario, World
from clew.pilot.parse import parse_protocol
from clew.pilot.protocol import Design, Looks, Outcome, Protocol, Sustained
from trials import write_csv

UNITS = Design("randomised", "difference", "hc2", "arm", "0")
SCHOOLS = Design("cluster-randomised", "difference", "cr2", "arm", "0", cluster="school")
OUTCOME = Outcome("y", "mean", "higher", 0.5)


def a_course(
    effects: list[float], seed: int = 1, each: int = 200, schools: int = 24, shared: float = 0.0
) -> dict[str, Any]:
    """Quarters with the effects given; `shared`: standard deviation of schools, the same in every quarter."""
    rng = np.random.default_rng(seed)
    quarter = np.repeat(np.arange(1, len(effects) + 1), each)
    school = np.tile(np.arange(each) % schools, len(effects))
    arm = (school + school // 8) % 2
    y = np.array(effects)[quarter - 1] * arm + 0.3 * quarter + rng.normal(0, 1, len(arm))
    y += shared * rng.normal(0, 1, schools)[school]
    return {
        "y": y, "arm": arm, "quarter": quarter, "school": school, "block": school // 8,
        "support": (quarter < len(effects)).astype(int),
    }  # fmt: skip


def asked(design: Design = UNITS, support: str | None = None, **changes: Any) -> Protocol:
    return a_protocol(
        design=replace(design, **changes), outcome=OUTCOME, equity=(), looks=Looks(),
        sustained=Sustained("quarter", support),
    )  # fmt: skip


def found_in(table: dict[str, Any], protocol: Protocol, folder: Path) -> Finding:
    return analyse(protocol, open_rows(write_csv(table, folder / "data.csv"), protocol))


def screen(finding: Finding) -> Screen:
    return next(one for one in finding.screens if one.name == "sustained effect")


def period(finding: Finding, name: str) -> Further:
    return next(one for one in finding.further if one.kind == "period" and one.name == name)


def by_rows(table: dict[str, Any], block: bool) -> tuple[float, float, float]:
    """Slope, its HC2 standard error and the line's first height, by ordinary least squares on rows."""
    cell = table["quarter"] * 100 + (table["block"] if block else 0)
    dummies = (cell[:, None] == np.unique(cell)).astype(float)
    design = np.column_stack([table["arm"] * (table["quarter"] - 1), table["arm"], dummies])
    bread = np.linalg.inv(design.T @ design)
    coefficients = bread @ design.T @ table["y"]
    residual = table["y"] - design @ coefficients
    leverage = np.einsum("ij,jk,ik->i", design, bread, design)
    meat = (design * (residual**2 / (1 - leverage))[:, None]).T @ design
    return float(coefficients[0]), float(np.sqrt((bread @ meat @ bread)[0, 0])), float(coefficients[1])


@pytest.mark.parametrize("block", [False, True])
def test_trend_by_rows(block: bool) -> None:
    table = a_course([1.0, 0.8, 0.9, 0.4], each=160)
    protocol = asked(block="block" if block else None)
    line = trend(ArrayRows(table), arms_layout(protocol), protocol.design, "quarter", 0.05)
    assert line is not None
    slope, error, first = by_rows(table, block)
    assert (line.slope, line.std_error, line.first) == pytest.approx((slope, error, first), rel=1e-9)
    assert line.last == pytest.approx(first + 3 * slope)


def test_schools_that_stay_alike_do_not_blur_the_trend() -> None:
    """The same schools in every quarter: what they share cancels in the trend, and CR2 knows it."""
    table = a_course([1.0, 0.7, 0.4, 0.1], shared=2.0)
    protocol = asked(SCHOOLS)
    line = trend(ArrayRows(table), arms_layout(protocol), protocol.design, "quarter", 0.05)
    assert line is not None
    assert line.interval[0] < -0.3 < line.interval[1] < 0
    whole = method_of(protocol).estimate(protocol, ArrayRows(table), ())
    assert whole.std_error > 4 * line.std_error


def test_a_fading_pilot_is_asked_what_will_keep_it_up(tmp_path: Path) -> None:
    finding = found_in(a_course([1.5, 1.1, 0.6, 0.2]), asked(), tmp_path)
    question = screen(finding)
    assert question.flag
    assert question.why.startswith("Not sustained. The effect fades: ")
    assert question.statistic == pytest.approx(-0.43, abs=0.15)
    assert question.instead is not None
    assert question.instead.estimate == period(finding, "4").estimate
    half = period(finding, "half-life").estimate
    assert half is not None
    assert 1 < half < 3
    picture = next(one for one in finding.pictures if one.name == "effect by period")
    assert [point.label for point in picture.series[0].points] == ["1", "2", "3", "4"]
    assert [series.name for series in picture.series] == ["effect", "trend", "worth having"]


def test_a_steady_effect_is_sustained(tmp_path: Path) -> None:
    finding = found_in(a_course([1.0, 1.0, 1.0, 1.0]), asked(), tmp_path)
    assert not screen(finding).flag
    assert screen(finding).why.startswith("The effect is sustained: ")
    assert period(finding, "3").estimate == pytest.approx(1.0, abs=0.5)


def test_too_few_to_tell(tmp_path: Path) -> None:
    finding = found_in(a_course([0.2, 0.2], each=40), asked(), tmp_path)
    assert not screen(finding).flag
    assert screen(finding).why.startswith("Whether the effect lasts cannot be told: ")


def test_without_the_extra_support(tmp_path: Path) -> None:
    """Steady while there was support, gone in the quarter after it."""
    gone = found_in(a_course([1.0, 1.0, 1.0, 0.0], seed=3), asked(support="support"), tmp_path)
    assert screen(gone).flag
    after = period(gone, "after support")
    assert after.estimate == pytest.approx(0.0, abs=0.3)
    assert screen(gone).instead is not None
    stands = found_in(a_course([1.0, 1.0, 1.0, 1.0]), asked(support="support"), tmp_path)
    assert not screen(stands).flag
    assert "without the extra support: +" in screen(stands).why


def test_support_that_never_ended_says_so(tmp_path: Path) -> None:
    table = a_course([1.0, 1.0, 1.0])
    table["support"] = np.ones(len(table["y"]), dtype=int)
    finding = found_in(table, asked(support="support"), tmp_path)
    assert "no row is from after the support ended" in screen(finding).why
    assert screen(finding).why.startswith("Whether the effect lasts cannot be told")


def test_small_quarters_are_hidden(tmp_path: Path) -> None:
    table = a_course([1.0, 1.0, 1.0])
    kept = (table["quarter"] < 3) | (np.arange(len(table["y"])) % 20 == 0)
    table = {name: values[kept] for name, values in table.items()}
    finding = found_in(table, asked(), tmp_path)
    assert period(finding, "3").estimate is None
    assert "fewer than 10" in period(finding, "3").why


def test_one_period_has_no_trend(tmp_path: Path) -> None:
    finding = found_in(a_course([1.0]), asked(), tmp_path)
    assert period(finding, "trend").estimate is None
    assert not screen(finding).flag


def course(*effects: tuple[float, float], slope: tuple[float, float, float] | None = None) -> Course:
    """Periods with the intervals given; `slope` with its interval."""
    periods = tuple(Effect(str(k), k, sum(ends) / 2, interval=ends) for k, ends in enumerate(effects))
    line = None if slope is None else Trend(slope[0], 0.1, 10, slope[1:], 1.0, 0.5, 3)
    return Course(periods, line)


def turned(ends: tuple[float, float]) -> tuple[float, float]:
    """The interval of the same effect with its sign changed."""
    return -ends[1], -ends[0]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (course((0.6, 1.4), (0.5, 1.3), slope=(-0.1, -0.3, 0.1)), "sustained"),
        (course((0.6, 1.4), (0.2, 0.4), slope=(-0.1, -0.3, 0.1)), "fades"),
        (course((0.0, 0.3), (0.2, 0.4), slope=(0.1, -0.3, 0.3)), "sustained"),
        (course((0.6, 1.4), (0.5, 1.3), slope=(-0.1, -0.2, -0.01)), "fades"),
        (course((0.6, 1.4), (-0.5, 1.3), slope=(-0.1, -0.2, 0.01)), "cannot be told"),
        (course((0.6, 1.4)), "cannot be told"),
        (course(), "cannot be told"),
    ],
)
def test_what_is_said(found: Course, expected: str) -> None:
    assert lasting(found, OUTCOME) == expected
    mirrored = Course(
        tuple(replace(one, interval=turned(one.interval)) for one in found.periods if one.interval),
        found.trend and replace(found.trend, slope=-found.trend.slope, interval=turned(found.trend.interval)),
    )
    assert lasting(mirrored, replace(OUTCOME, better="lower")) == expected


@pytest.mark.parametrize(
    ("after", "expected"), [((-0.2, 0.3), "fades"), ((0.1, 0.8), "sustained"), ((-0.1, 0.8), "cannot be told")]
)
def test_what_stands_without_support_decides(after: tuple[float, float], expected: str) -> None:
    steady = course((0.6, 1.4), (0.6, 1.3), slope=(0.0, -0.1, 0.1))
    assert (
        lasting(replace(steady, after=Effect("after support", 1, sum(after) / 2, interval=after)), OUTCOME) == expected
    )


def test_places_in_a_funnel(tmp_path: Path) -> None:
    table = a_course([1.0, 1.0], each=600)
    table["y"] = table["y"] + np.where(table["school"] == 1, 3.0, 0.0)
    protocol = replace(asked(), sustained=None, funnel_unit="school")
    finding = found_in(table, protocol, tmp_path)
    (picture,) = finding.pictures
    assert picture.name == "funnel"
    assert len(picture.series[0].points) == 12  # treated schools alone
    assert 'above them lies "1"' in picture.sentence


def test_an_offer_can_be_asked_too(tmp_path: Path) -> None:
    """The trend is that of the offer's effect; what was received does not enter it."""
    table = a_course([1.0, 0.8, 0.9, 0.4], each=160)
    table["d"] = table["arm"] * (np.random.default_rng(1).random(len(table["y"])) < 0.5)
    protocol = asked(kind="encouragement", estimator="intention-to-treat", received="d")
    finding = found_in(table, protocol, tmp_path)
    assert screen(finding).statistic == pytest.approx(by_rows(table, block=False)[0], rel=1e-9)
    assert period(finding, "2").estimate == pytest.approx(
        table["y"][(table["quarter"] == 2) & (table["arm"] == 1)].mean()
        - table["y"][(table["quarter"] == 2) & (table["arm"] == 0)].mean()
    )
    of_receiving = found_in(
        table, replace(protocol, design=replace(protocol.design, estimator="two-stage-least-squares")), tmp_path
    )
    assert screen(of_receiving).statistic is None  # a trend of receiving is not offered


def test_made_up_data_can_be_asked_too() -> None:
    protocol = replace(asked(support="support"), funnel_unit="place")
    world = World(units=400, clusters=None, baseline=0.0)
    drawn = method_of(protocol).draw(protocol, world, Scenario("effect", 0.5), np.random.default_rng(1))
    finding = analyse(protocol, ArrayRows(drawn.at(1)))
    assert not screen(finding).flag


TEXT = """
[pilot]
id = "p"
title = "P"
hypothesis = "H"
existing_data = "none"
[population]
unit = "pupil"
eligible = "all"
[design]
{design}
[outcome]
column = "y"
measure = "mean"
better = "higher"
worth_having = 0.5
[sustained]
period = "quarter"
support = "support"
[funnel]
unit = "school"
"""


def test_from_the_file() -> None:
    design = 'kind = "randomised"\narm = "arm"\ncomparison = "0"'
    protocol = parse_protocol(TEXT.format(design=design).encode(), "p.toml")
    assert protocol.sustained == Sustained("quarter", "support")
    assert protocol.funnel_unit == "school"


def test_only_arms_can_be_asked() -> None:
    design = 'kind = "rare-events"\nfrom = 2015\nperiod = "year"\nexposure = "homes"'
    with pytest.raises(InputError, match=r"\[sustained\] is for designs whose arms are dealt") as refused:
        parse_protocol(TEXT.format(design=design).encode(), "p.toml")
    assert len(refused.value.problems) == 2
