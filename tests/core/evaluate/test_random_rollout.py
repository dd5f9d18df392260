"""Starts dealt by chance from rows to finding: the estimate, who is left out, whether cohorts were alike before."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from builders import a_protocol
from clew.errors import InputError
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs.random_rollout import METHOD
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding
from clew.evaluate.roth_santanna import comparison, efficient, refined_error, rollout
from clew.evaluate.world import scenarios, world_of
from clew.pilot.protocol import Design, Equity, Looks, Outcome, Protocol, Size
from staggered import a_panel
from trials import write_csv

Columns = dict[str, np.ndarray]


def registered(outcome: Outcome | None = None, **changed: Any) -> Protocol:
    """A protocol of a random roll-out; `changed` replace fields of its design."""
    design = Design("random-rollout", "roth-santanna", "neyman", unit="officer", period="month", treated_from="trained")
    return a_protocol(
        design=replace(design, **changed),
        outcome=outcome or Outcome("force", "mean", "lower", 0.3),
        equity=(),
        looks=Looks("single", 1, 0.05),
        size=Size(units=60, sd=1.0),
    )


def rows_of(seed: int = 1, units: int = 120, **changed: Any) -> Columns:
    """`a_panel` as rows: months 1 to 6, starts as months, empty for never."""
    data = a_panel(seed, units=units, **changed)
    unit, period = np.nonzero(data.n)
    trained = np.append(np.arange(1, 7).astype(str), "")[data.start]
    return {
        "officer": unit, "month": 1 + period, "trained": trained[unit], "force": data.outcome[unit, period],
        "rank": np.array(["low", "high"])[unit % 2],
    }  # fmt: skip


@pytest.mark.parametrize("estimand", ["simple", "cohort", "calendar"])
def test_estimate_is_the_registered_estimand(estimand: Any, tmp_path: Any) -> None:
    protocol, data = registered(estimand=estimand), a_panel(1, units=120)
    design, _ = rollout(data.outcome, data.start)
    compared = comparison(design, estimand)
    found = efficient(design, compared)
    read = open_rows(write_csv(rows_of(), tmp_path / "data.csv"), protocol)
    for rows in (ArrayRows(rows_of()), read):
        raw = METHOD.estimate(protocol, rows, ())
        expected = (found.estimate, refined_error(design, compared, found), found.df)
        assert (raw.estimate, raw.std_error, raw.df) == pytest.approx(expected)
        assert (raw.n, raw.n_comparison) == (120, int((data.start == 6).sum()))


def test_the_refined_error_needs_many_units() -> None:
    """25 for each of the periods before the first start: here one."""
    for units, refined in ((24, False), (120, True)):
        data = a_panel(1, units=units)
        design, _ = rollout(data.outcome, data.start)
        compared = comparison(design, "simple")
        found = efficient(design, compared)
        assert (refined_error(design, compared, found) < found.std_error) is refined


def finding(columns: Columns, **changed: Any) -> Finding:
    return analyse(registered(**changed), ArrayRows(columns))


def test_what_is_said_beside() -> None:
    found = finding(rows_of(2, units=300))
    assert found.randomisation is not None
    assert found.randomisation.p_value < 0.05
    screens = {screen.name: screen for screen in found.screens}
    assert list(screens) == ["balance before the start", "units left out", "few-clusters disagreement"]
    assert not any(screen.flag for screen in found.screens)
    names = [further.name for further in found.further if further.kind == "estimate"]
    assert names == [
        "conservative standard error", "plain difference", "difference-in-differences", "estimand cohort",
        "estimand calendar",
    ]  # fmt: skip
    assert found.further[0].estimate == found.effect.estimate
    assert [further.name for further in found.further[5:]] == [
        "at the start",
        *(f"{t} after the start" for t in range(1, 5)),
    ]
    points = found.pictures[0].series[0].points
    assert [point.x for point in points] == [-5, -4, -3, -2, 0, 1, 2, 3, 4]
    assert found.evidence_level == 3


def test_cohorts_that_differ_before_are_asked_about() -> None:
    columns = rows_of(3, units=300)
    early = (columns["trained"] == "2") * 2.0
    screen = finding(columns | {"force": columns["force"] + early}).screens[0]
    assert (screen.flag, screen.why[-1]) == (True, "?")
    quiet = np.where(columns["month"] == 1, 0.0, columns["force"])
    assert "do not vary" in finding(columns | {"force": quiet}).screens[0].why


def test_balance_is_asked_about_as_rarely_as_said() -> None:
    rng, data = np.random.default_rng(4), rows_of(4, units=60)
    flags = 0
    for _ in range(100):
        dealt = rng.permutation(60)
        trained = data["trained"][data["month"] == 1][dealt]
        protocol = registered()
        rows = ArrayRows(data | {"trained": trained[data["officer"]], "force": np.round(data["force"], 3)})
        flags += analyse(protocol, rows).screens[0].p_value < 0.05  # type: ignore[operator]
    assert flags / 100 == pytest.approx(0.05, abs=3.5 * np.sqrt(0.05 * 0.95 / 100))


def test_units_with_gaps_are_left_out_and_asked_about() -> None:
    columns = rows_of(5, units=300)
    some = (columns["officer"] < 12) & (columns["month"] == 4)
    found = finding({name: values[~some] for name, values in columns.items()})
    screen = found.screens[1]
    assert (found.effect.n, screen.flag) == (288, False)
    assert screen.why.startswith("12 of 300 units")
    early = (columns["trained"] == "2") & (columns["month"] == 6) & (columns["officer"] % 3 > 0)
    screen = finding({name: values[~early] for name, values in columns.items()}).screens[1]
    assert screen.flag
    all_of_them = columns["month"] == columns["officer"] % 6 + 1
    with pytest.raises(InputError, match="no unit is seen in every period"):
        finding({name: values[~all_of_them] for name, values in columns.items()})


def test_refusals() -> None:
    with pytest.raises(InputError, match="random roll-out"):
        METHOD.layout(registered(outcome=Outcome("force", "mean", "lower", 0.3, ("x",))))
    columns, protocol = rows_of(), registered()
    for said, trained in (
        ("more than one start", np.where(columns["month"] > 3, "2", columns["trained"])),
        ("nobody is left to compare with", np.full(720, "3")),
        ("only one unit is treated", np.where(columns["officer"] == 1, "3", "")),
    ):
        tally = ArrayRows(columns | {"trained": trained}).tally(METHOD.layout(protocol))
        with pytest.raises(InputError, match=said):
            METHOD.check(protocol, tally)
    with pytest.raises(InputError, match="do not vary within cohorts"):
        METHOD.estimate(protocol, ArrayRows(columns | {"force": np.full(720, 2.0)}), ())


@pytest.mark.parametrize("measure", ["mean", "proportion", "count"])
@pytest.mark.parametrize("changed", [{}, {"starts": ("2", "4")}])
def test_made_up_pilots_can_be_analysed(measure: Any, changed: Any) -> None:
    protocol = registered(outcome=Outcome("force", measure, "lower", 0.2), **changed)
    protocol = replace(protocol, size=Size(units=200, icc=0.3, periods=6, periods_before=3), equity=(Equity("rank"),))
    world = world_of(protocol)
    for scenario in scenarios(protocol, world):
        drawn = METHOD.draw(protocol, world, scenario, np.random.default_rng(3))
        rows = ArrayRows(drawn.at(1))
        METHOD.check(protocol, rows.tally(METHOD.layout(protocol)))
        found = analyse(protocol, rows)
        assert found.effect.estimate == pytest.approx(scenario.effect, abs=5 * found.effect.std_error)
        assert len(set(drawn.columns["trained"].tolist())) == (3 if changed else 4)
