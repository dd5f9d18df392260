"""An interrupted series from a protocol and rows to a finding: refusals, figures, and what is said beside."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import method_of
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding, Further, Screen
from clew.evaluate.interrupted import TimeSeries, first_order, segmented
from clew.evaluate.structural import structural
from clew.evaluate.world import Groups, Scenario, World
from clew.pilot.protocol import Looks, Protocol
from trials import Trial, in_memory, registered, write_csv

MONTHS = np.array([f"{2018 + place // 12}-{place % 12 + 1:02d}" for place in range(60)])
START = 36  # 2021-01
STILL = "a level that stands still"


def series(groups: tuple[str, ...] = (), adjust_for: tuple[str, ...] = (), **changes: Any) -> Protocol:
    """It came in January 2021; rows by month."""
    design = {
        "kind": "interrupted-time-series",
        "estimator": "segmented",
        "standard_errors": "hac",
        "arm": "",
        "comparison": "",
        "cluster": None,
        "period": "month",
        "starts": ("2021-01",),
    }
    return registered(groups=groups, adjust_for=adjust_for, **(design | changes))


def outcomes(seed: int = 1, effect: float = 3.0, season: float = 0.0, rho: float = 0.3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    errors = rng.normal(size=60)
    for place in range(1, 60):
        errors[place] += rho * errors[place - 1]
    place = np.arange(60)
    return np.asarray(50 + 0.1 * place + errors + season * np.cos(2 * np.pi * place / 12) + effect * (place >= START))


def a_series(y: np.ndarray | None = None, **columns: np.ndarray) -> Trial:
    """One row a month, in an order that has nothing to do with it."""
    order = np.random.default_rng(0).permutation(60)
    trial = {"month": MONTHS, "y": outcomes() if y is None else y, **columns}
    return {name: values[order] for name, values in trial.items()}


def screen(finding: Finding, name: str) -> Screen:
    return next(one for one in finding.screens if one.name == name)


def figure(finding: Finding, name: str) -> Further:
    return next(one for one in finding.further if one.name == name)


def flags(finding: Finding) -> list[str]:
    return [one.name for one in finding.screens if one.flag]


def test_the_effect_is_that_of_the_segmented_regression() -> None:
    finding = analyse(series(), in_memory(a_series()))
    expected = segmented(TimeSeries(outcomes(), (START,))).effect
    effect = finding.effect
    assert (effect.estimate, effect.std_error, effect.df) == pytest.approx(
        (expected.estimate, expected.std_error, expected.df), rel=1e-7
    )
    assert (effect.n, effect.n_treated, effect.n_comparison) == (60, 24, 36)
    assert effect.mean_treated == pytest.approx(outcomes()[START:].mean())
    assert effect.mean_treated - effect.mean_comparison == pytest.approx(effect.estimate)
    assert finding.evidence_level == 2  # nothing but the time before to compare with


def test_season_covariates_and_control_reach_the_regression() -> None:
    rng = np.random.default_rng(5)
    control, rain = rng.normal(30, 2, 60), rng.normal(size=60)
    protocol = series(season=12, control="elsewhere", adjust_for=("rain",))
    finding = analyse(protocol, in_memory(a_series(elsewhere=control, rain=rain)))
    expected = segmented(TimeSeries(outcomes(), (START,), 12, rain[:, None], ("rain",), control)).effect
    assert finding.effect.estimate == pytest.approx(expected.estimate, rel=1e-7)
    assert finding.effect.std_error == pytest.approx(expected.std_error, rel=1e-6)
    alone = segmented(TimeSeries(outcomes(), (START,), 12, rain[:, None], ("rain",))).effect
    assert figure(finding, "without the control series").estimate == pytest.approx(alone.estimate, rel=1e-7)
    other = segmented(TimeSeries(control, (START,), 12, rain[:, None], ("rain",))).effect
    assert figure(finding, "the control series by itself").estimate == pytest.approx(other.estimate, rel=1e-6)


def test_files_and_rows_of_people_give_what_the_means_give(tmp_path: Path) -> None:
    expected = analyse(series(), in_memory(a_series())).effect
    from_file = analyse(series(), open_rows(write_csv(a_series(), tmp_path / "months.csv"), series())).effect
    assert (from_file.estimate, from_file.std_error) == pytest.approx((expected.estimate, expected.std_error), rel=1e-7)
    people = {name: np.repeat(values, 3) for name, values in a_series().items()}
    people["y"] = people["y"] + np.tile([-2.0, 0.0, 2.0], 60)
    found = analyse(series(), open_rows(write_csv(people, tmp_path / "people.csv"), series())).effect
    assert (found.estimate, found.std_error) == pytest.approx((expected.estimate, expected.std_error), rel=1e-7)
    assert (found.n, found.n_treated) == (180, 72)


def test_the_structural_series_is_what_statsmodels_makes_of_it() -> None:
    pytest.importorskip("statsmodels", reason="NOT TESTED: statsmodels is not installed")
    wandering = np.cumsum(np.random.default_rng(4).normal(size=60))
    alternating = 50 + np.tile([1.0, -1.0, 0.8, -0.8, 0.9, -1.1], 10)  # every period undoes the one before
    finding = analyse(series(estimator="structural"), in_memory(a_series()))
    expected = structural(TimeSeries(outcomes(), (START,))).effect
    assert finding.effect.estimate == pytest.approx(expected.estimate, rel=1e-5)
    assert figure(finding, "level change at 2021-01").estimate == pytest.approx(expected.estimate, rel=1e-5)
    other = analyse(series(), in_memory(a_series())).effect
    assert figure(finding, "segmented regression").estimate == pytest.approx(other.estimate, rel=1e-6)
    assert screen(finding, STILL).statistic is not None
    assert "One-step errors" in screen(finding, "autocorrelation left").why
    assert not screen(analyse(series(estimator="structural"), in_memory(a_series(wandering))), STILL).flag
    still = screen(analyse(series(estimator="structural"), in_memory(a_series(alternating))), STILL)
    assert still.flag
    assert "so to say not at all" in still.why


def keep(trial: Trial, rows: np.ndarray) -> Trial:
    return {name: values[rows] for name, values in trial.items()}


SERIES = a_series()
MONTH = SERIES["month"]
TWICE = {name: np.append(values, values[:1]) for name, values in SERIES.items()}
REFUSED = {
    "a month that is missing": (
        keep(SERIES, MONTH != "2019-05"),
        {},
        'periods are missing, between "2019-04 and 2019-06"',
        "0 where nothing",
    ),
    "a month without outcome": (
        SERIES | {"y": np.where(MONTH == "2019-05", np.nan, SERIES["y"])},
        {},
        '1 periods have no outcome: "2019-05"',
        "Bring their outcomes",
    ),
    "a month twice": (TWICE, {}, "1 periods come more than once, while others come once", "Keep one row a period"),
    "no time before": (SERIES, {"starts": ("2018-01",)}, "0 periods lie before the first interruption", "places that"),
    "little time before": (
        SERIES,
        {"starts": ("2018-03",)},
        "2 periods lie before the first interruption",
        "Bring more",
    ),
    "no time after": (
        SERIES,
        {"starts": ("2023-01",)},
        "0 periods lie from the interruption at 2023-01 on",
        "Bring more",
    ),
    "interruptions next to each other": (
        SERIES,
        {"starts": ("2021-01", "2021-02")},
        "same or neighbouring",
        "Name one",
    ),
    "one interruption twice": (SERIES, {"starts": ("2021-01", "2021-01")}, "same or neighbouring", "Name one"),
    "little time between": (
        SERIES,
        {"starts": ("2021-01", "2021-03")},
        "2 periods lie from the interruption at 2021-01 on",
        "Bring more",
    ),
    "a level that could not be learnt": (
        SERIES,
        {"starts": ("2018-10",), "estimator": "structural"},
        "9 periods lie before the first interruption: a wandering level takes 12",
        "register `segmented`",
    ),
    "a season longer than the time before": (
        SERIES,
        {"starts": ("2018-08",), "season": 12},
        "the season of 12 periods is longer than the 7 before",
        "whole season",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_carried_on_is_refused_by_name(name: str, tmp_path: Path) -> None:
    trial, changes, said, remedy = REFUSED[name]
    protocol = series(**changes)
    with pytest.raises(InputError) as caught:
        open_rows(write_csv(trial, tmp_path / "months.csv"), protocol)
    assert said in str(caught.value)
    assert remedy in str(caught.value)


def test_text_cannot_be_averaged() -> None:
    trial = a_series(weather=np.tile(["wet", "dry", "cold"], 20))
    with pytest.raises(InputError, match='text cannot be averaged over a period: "weather"'):
        analyse(series(adjust_for=("weather",)), in_memory(trial))


def test_a_series_without_any_error_is_refused() -> None:
    exact = 5 + 0.25 * np.arange(60.0) + 2.0 * (np.arange(60) >= START)
    with pytest.raises(InputError, match="runs exactly as fitted"):
        analyse(series(), in_memory(a_series(exact)))


def test_what_else_happened_is_left_to_be_asked_and_caps_the_evidence_unless_a_control_series_stands_beside() -> None:
    finding = analyse(series(), in_memory(a_series()))
    assert flags(finding) == []
    assert "must ask what else changed at 2021-01" in screen(finding, "something else at the same time").why
    assert finding.evidence_level == 2
    beside = analyse(series(control="c"), in_memory(a_series(c=outcomes(seed=2, effect=0.0))))
    assert "by the series c" in screen(beside, "something else at the same time").why
    assert beside.evidence_level == 3


def test_short_stretches_ask_a_question() -> None:
    finding = analyse(series(starts=("2022-07",)), in_memory(a_series()))
    asked = screen(finding, "length of the stretches")
    assert (asked.flag, asked.statistic) == (True, 6)


def test_a_season_that_was_forgotten_asks_a_question_and_shows_the_effect_with_it() -> None:
    trial = a_series(outcomes(season=4.0))
    asked = screen(analyse(series(), in_memory(trial)), "season left")
    assert asked.flag
    assert "one of 12 periods would explain" in asked.why
    with_it = analyse(series(season=12), in_memory(trial))
    assert asked.instead is not None
    assert asked.instead.estimate == pytest.approx(with_it.effect.estimate, rel=1e-7)
    assert asked.instead.interval == pytest.approx(with_it.effect.interval, rel=1e-6)
    assert "season left" not in [one.name for one in with_it.screens]
    assert not screen(analyse(series(), in_memory(a_series())), "season left").flag


def test_autocorrelation_beyond_first_order_asks_a_question() -> None:
    """Errors that repeat after six months, not after one."""
    rng = np.random.default_rng(3)
    errors = rng.normal(size=60)
    for place in range(6, 60):
        errors[place] += 0.85 * errors[place - 6]
    asked = screen(analyse(series(), in_memory(a_series(50 + errors))), "autocorrelation left")
    assert asked.flag
    assert asked.instead is not None
    other = first_order(TimeSeries(50 + errors, (START,)))[0]
    assert asked.instead.estimate == pytest.approx(other.estimate, rel=1e-6)
    calm = screen(analyse(series(), in_memory(a_series())), "autocorrelation left")
    assert not calm.flag
    assert "Durbin–Watson" in calm.why


def test_a_bend_before_the_start_asks_a_question() -> None:
    bent = outcomes(effect=0.0) + 8.0 * (np.arange(60) >= 24)
    asked = screen(analyse(series(), in_memory(a_series(bent))), "placebo in time")
    assert asked.flag
    assert "made up at 2020-01" in asked.why
    assert asked.statistic == pytest.approx(8, abs=2.5)


def test_several_interruptions_each_have_their_figures() -> None:
    y = outcomes() + 5.0 * (np.arange(60) >= 48)
    finding = analyse(series(starts=("2021-01", "2022-01")), in_memory(a_series(y)))
    whole = segmented(TimeSeries(y, (START, 48)))
    assert finding.effect.estimate == pytest.approx(whole.effect.estimate, rel=1e-7)
    first, second = whole.changes()[0], whole.changes()[2]
    assert figure(finding, "level change at 2021-01").estimate == pytest.approx(first.estimate, rel=1e-6)
    assert figure(finding, "level change at 2022-01").estimate == pytest.approx(second.estimate, rel=1e-6)
    since = figure(finding, "since 2022-01")
    slope = whole.changes()[3].estimate
    assert since.estimate == pytest.approx(second.estimate + slope * 5.5, rel=1e-6)
    assert [mark.label for mark in finding.pictures[0].marks] == ["2021-01", "2022-01"]


LEVEL = {"impact_model": "level"}


def test_a_registered_level_change_lets_no_slope_bend() -> None:
    finding = analyse(series(**LEVEL), in_memory(a_series()))
    whole = segmented(TimeSeries(outcomes(), (START,), slopes=False))
    effect, expected = finding.effect, whole.effect
    assert (effect.estimate, effect.std_error, effect.df) == pytest.approx(
        (expected.estimate, expected.std_error, expected.df), rel=1e-7
    )
    told = [one.name for one in finding.further]
    assert told == ["Prais–Winsten", "plain Newey–West"]  # level change and last period would say the effect again
    (course,) = finding.pictures
    drawn = {one.name: [point.y for point in one.points] for one in course.series}
    assert drawn["without the interruption"] == pytest.approx(whole.without[START:].tolist())
    assert np.subtract(drawn["fitted"][START:], drawn["without the interruption"]) == pytest.approx(effect.estimate)


@pytest.mark.parametrize("changes", [{}, {"control": "c", "season": 12}])
def test_several_registered_levels_each_have_their_step(changes: dict[str, Any]) -> None:
    y, control = outcomes() + 5.0 * (np.arange(60) >= 48), outcomes(seed=2, effect=0.0)
    finding = analyse(series(starts=("2021-01", "2022-01"), **LEVEL, **changes), in_memory(a_series(y, c=control)))
    held = control if changes else None
    whole = segmented(TimeSeries(y, (START, 48), 12 if changes else None, control=held, slopes=False))
    assert finding.effect.estimate == pytest.approx(whole.effect.estimate, rel=1e-7)
    steps = whole.changes()
    for month, step in zip(("2021-01", "2022-01"), steps, strict=True):
        found = figure(finding, f"level change at {month}")
        assert (found.estimate, found.std_error) == pytest.approx((step.estimate, step.std_error), rel=1e-6)
    assert figure(finding, "difference in the last period").estimate == pytest.approx(
        sum(step.estimate for step in steps), rel=1e-7
    )
    assert [one.name for one in finding.further if "slope" in one.name or "since" in one.name] == []


def test_a_slope_that_bends_where_only_the_level_may_change_asks_a_question() -> None:
    place = np.arange(60)
    growing = outcomes() + 0.5 * (place - START) * (place >= START)
    asked = screen(analyse(series(**LEVEL), in_memory(a_series(growing))), "slope left")
    bent = analyse(series(), in_memory(a_series(growing)))
    slope = figure(bent, "slope change at 2021-01")
    assert asked.flag
    assert "does the effect grow or fade" in asked.why
    assert asked.statistic == pytest.approx(slope.estimate * 11.5, rel=1e-6)
    assert asked.p_value == pytest.approx(slope.p_value, rel=1e-5)
    assert asked.instead is not None
    assert asked.instead.estimate == pytest.approx(bent.effect.estimate, rel=1e-7)
    assert "slope left" not in [one.name for one in bent.screens]
    calm = screen(analyse(series(**LEVEL), in_memory(a_series())), "slope left")
    assert not calm.flag
    assert calm.instead is None


def test_a_structural_series_steps_whether_or_not_that_is_registered() -> None:
    pytest.importorskip("statsmodels", reason="NOT TESTED: statsmodels is not installed")
    plain, level = (analyse(series(estimator="structural", **more), in_memory(a_series())) for more in ({}, LEVEL))
    assert level.effect == plain.effect
    straight = segmented(TimeSeries(outcomes(), (START,), slopes=False)).effect
    assert figure(level, "segmented regression").estimate == pytest.approx(straight.estimate, rel=1e-6)
    assert "slope left" not in [one.name for one in level.screens]


def test_further_figures_and_the_picture() -> None:
    finding = analyse(series(), in_memory(a_series()))
    whole = segmented(TimeSeries(outcomes(), (START,)))
    level, slope = whole.changes()
    end = figure(finding, "difference in the last period")
    assert end.estimate == pytest.approx(level.estimate + 23 * slope.estimate, rel=1e-7)
    assert figure(finding, "slope change at 2021-01").std_error == pytest.approx(slope.std_error, rel=1e-6)
    assert figure(finding, "plain Newey–West").kind == "warning"
    assert figure(finding, "plain Newey–West").std_error == pytest.approx(whole.uncorrected().std_error, rel=1e-6)
    assert figure(finding, "Prais–Winsten").estimate == pytest.approx(first_order(whole.series)[0].estimate, rel=1e-6)
    (course,) = finding.pictures
    drawn = {one.name: one for one in course.series}
    assert [point.y for point in drawn["observed"].points] == pytest.approx(outcomes().tolist())
    assert [point.y for point in drawn["fitted"].points] == pytest.approx(whole.fitted.tolist())
    assert [point.y for point in drawn["without the interruption"].points] == pytest.approx(
        whole.without[START:].tolist()
    )
    assert f"{finding.effect.estimate:.3g} above" in course.sentence


def test_rows_count_as_treated_from_the_first_interruption_on() -> None:
    protocol = series(starts=("2021-01", "2022-01"))
    method = method_of(protocol)
    sides = method.sides(protocol, in_memory(a_series()).tally(method.layout(protocol)))
    assert (sides.units_treated, int(sides.tally.n[sides.comparison].sum())) == (24, 36)


def test_groups_have_series_of_their_own() -> None:
    """Twelve people a month and group; it came to group b alone."""
    cells = {name: np.repeat(values, 24) for name, values in a_series(outcomes(effect=0.0)).items()}
    group = np.tile(np.repeat(["a", "b"], 12), 60)
    later = np.isin(cells["month"], MONTHS[START:]) & (group == "b")
    finding = analyse(series(groups=("sub",)), in_memory(cells | {"y": cells["y"] + 4 * later, "sub": group}))
    effects = {one.group: one.estimate or 0.0 for one in finding.equity}
    assert effects["b"] - effects["a"] == pytest.approx(4, abs=1e-6)


def a_world(**changes: Any) -> World:
    return replace(World(1, None, 100.0, sd=2.0, periods=48, periods_before=24, serial=0.4), **changes)


MADE_UP: list[dict[str, Any]] = [
    {},
    LEVEL,
    {"season": 12},
    {"control": "c"},
    {"starts": ("24",)},
    {"adjust_for": ("x",)},
    {"starts": ("2021-01", "2022-01"), **LEVEL},
    {"starts": ("24", "36"), **LEVEL},
]


@pytest.mark.parametrize("changes", MADE_UP)
def test_made_up_pilots_are_found_out(changes: dict[str, Any]) -> None:
    protocol = series(**changes)
    found = []
    for seed in range(5):
        made = method_of(protocol).draw(protocol, a_world(), Scenario("truth", 10.0), np.random.default_rng(seed))
        effect = analyse(protocol, ArrayRows(made.at(1))).effect
        found.append(effect.estimate)
        assert (effect.n_treated, effect.n_comparison) == (24, 24)
    assert np.mean(found) == pytest.approx(10, abs=3)


def test_made_up_series_have_the_registered_season() -> None:
    """Over four years the first month of each lies about two standard deviations above the seventh."""
    protocol = series(season=12)
    apart = []
    for seed in range(20):
        made = method_of(protocol).draw(protocol, a_world(), Scenario("t", 0.0), np.random.default_rng(seed))
        by_month = made.columns["y"].reshape(4, 12).mean(axis=0)
        apart.append(by_month[0] - by_month[6])
    assert np.mean(apart) == pytest.approx(2 * 2.0, abs=0.7)


def test_made_up_looks_bring_new_periods_and_groups_have_their_own_effect() -> None:
    protocol = replace(series(groups=("sub",)), looks=Looks("obrien-fleming", 2))
    world = a_world(groups=(Groups("sub", ("x", "y"), (0.75, 0.25)),))
    made = method_of(protocol).draw(protocol, world, Scenario("harm", 6.0, "y"), np.random.default_rng(3))
    early, late = (made.at(look) for look in (1, 2))
    assert [len(set(columns["month"].tolist())) for columns in (early, late)] == [36, 48]
    effects = {one.group: one.estimate or 0.0 for one in analyse(protocol, ArrayRows(late), look=2).equity}
    assert effects["x"] - effects["y"] == pytest.approx(16, abs=1e-6)
