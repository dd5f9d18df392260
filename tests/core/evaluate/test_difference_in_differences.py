"""Before and after, treated and comparison, from rows to finding: followed units, other people each time, refusals."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from builders import a_protocol
from clew.errors import InputError
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs.difference_in_differences import METHOD
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding
from clew.evaluate.two_by_two import changes, two_by_two
from clew.evaluate.world import scenarios, world_of
from clew.pilot.protocol import Design, Equity, Looks, Outcome, Protocol, Size
from staggered import a_panel, panel
from trials import write_csv

Columns = dict[str, np.ndarray]


def registered(outcome: Outcome | None = None, **changed: Any) -> Protocol:
    """A protocol of two sides and one start, 2004; `changed` replace fields of its design."""
    design = Design(
        "difference-in-differences", "two-by-two", "cr2", unit="place", period="year", treated="new", starts=("2004",)
    )
    return a_protocol(
        design=replace(design, **changed),
        outcome=outcome or Outcome("rate", "mean", "higher", 0.3),
        equity=(),
        looks=Looks("single", 1, 0.05),
        size=Size(units=60, sd=1.0),
    )


def followed(seed: int = 1, units: int = 60, **changed: Any) -> Columns:
    """Units in 2001 to 2006; those of `a_panel` that ever start are the treated side, from 2004 on."""
    data = a_panel(seed, units=units, **changed)
    unit, period = np.nonzero(data.n)
    treated = data.start[unit] < 4
    noise = data.outcome - np.where(data.treated, 0.4 + 0.3 * (np.arange(6) - data.start[:, None]), 0)
    return {
        "place": unit,
        "year": 2001 + period,
        "new": treated * 1,
        "rate": noise[unit, period] + 0.8 * (treated & (period >= 3)),
        "x": (unit * 37 % 11).astype(float),
        "region": np.where(treated, 0, 10) + unit % 7,
    }


def people(seed: int = 2, rows: int = 1200) -> Columns:
    rng = np.random.default_rng(seed)
    new, year = rng.integers(0, 2, rows), 2001 + rng.integers(0, 6, rows)
    rate = new + 0.1 * year + 0.8 * new * (year >= 2004) + rng.normal(0, 1, rows)
    return {
        "place": np.arange(rows), "year": year, "new": new, "rate": rate,
        "x": rng.normal(0, 1, rows), "region": new * 10 + rng.integers(0, 8, rows),
    }  # fmt: skip


def test_estimate_is_the_difference_of_mean_changes(tmp_path: Any) -> None:
    columns = followed()
    data = a_panel(1)
    outcome = np.full((60, 6), np.nan)
    outcome[columns["place"], columns["year"] - 2001] = columns["rate"]
    expected = two_by_two(changes(panel(outcome, np.where(data.start < 4, 3, 6)), 3))
    read = open_rows(write_csv(columns, tmp_path / "data.csv"), registered())
    for rows in (ArrayRows(columns), read):
        raw = METHOD.estimate(registered(), rows, ())
        assert (raw.estimate, raw.std_error, raw.df) == pytest.approx(
            (expected.estimate, expected.std_error, expected.df)
        )
        assert (raw.n, raw.n_treated) == (60, int((data.start < 4).sum()))
    assert raw.mean_treated == pytest.approx(outcome[data.start < 4, 3:].mean())


def test_treated_may_say_the_side_or_the_state() -> None:
    columns = followed()
    state = columns | {"new": columns["new"] * (columns["year"] >= 2004)}
    words = columns | {"new": np.where(columns["new"] == 1, "true", "false")}
    expected = METHOD.estimate(registered(), ArrayRows(columns), ())
    for each in (state, words):
        rows = ArrayRows(each)
        METHOD.check(registered(), rows.tally(METHOD.layout(registered())))
        assert METHOD.estimate(registered(), rows, ()) == expected


def test_clusters_covariates_and_errors() -> None:
    columns = followed()
    adjusted = registered(outcome=Outcome("rate", "mean", "higher", 0.3, ("x",)))
    by_region = METHOD.estimate(registered(cluster="region"), ArrayRows(columns), ())
    assert (by_region.clusters, by_region.clusters_treated, by_region.clusters_comparison) == (14, 7, 7)
    change = np.zeros(60)
    for side, sign in ((columns["year"] >= 2004, 1), (columns["year"] < 2004, -1)):
        change += sign * np.bincount(columns["place"][side], columns["rate"][side]) / 3
    new, x = columns["new"][columns["year"] == 2001], columns["x"][columns["year"] == 2001]
    design = np.column_stack([new, np.ones(60), x])
    raw = METHOD.estimate(adjusted, ArrayRows(columns), ())
    assert raw.estimate == pytest.approx(np.linalg.lstsq(design, change, rcond=None)[0][0])
    errors = {
        kind: METHOD.estimate(registered(standard_errors=kind), ArrayRows(columns), ()) for kind in ("hc2", "cr2")
    }
    assert errors["hc2"].std_error == pytest.approx(errors["cr2"].std_error)


def test_people_seen_once() -> None:
    columns = people()
    raw = METHOD.estimate(registered(standard_errors="hc2"), ArrayRows(columns), ())
    means = {
        (side, later): columns["rate"][(columns["new"] == side) & ((columns["year"] >= 2004) == later)].mean()
        for side in (0, 1)
        for later in (False, True)
    }
    expected = means[1, True] - means[1, False] - means[0, True] + means[0, False]
    assert (raw.estimate, raw.n, raw.mean_treated) == pytest.approx((expected, 1200, means[1, True]))
    clustered = METHOD.estimate(registered(cluster="region"), ArrayRows(columns), ())
    assert (clustered.estimate, clustered.clusters) == pytest.approx((expected, 16))
    outcome = Outcome("rate", "mean", "higher", 0.3, ("word",))
    words = columns | {"word": np.where(columns["x"] > 0, "a", "b")}
    with pytest.raises(InputError, match="text columns"):
        METHOD.estimate(registered(outcome=outcome), ArrayRows(words), ())


def finding(columns: Columns, **changed: Any) -> Finding:
    return analyse(registered(**changed), ArrayRows(columns))


@pytest.mark.parametrize("cluster", [None, "region"])
def test_people_seen_once_have_an_event_study_too(cluster: str | None) -> None:
    columns = people(3, 6000)
    found = finding(columns, cluster=cluster)
    study = {point.x: point for point in found.pictures[0].series[0].points}
    assert sorted(study) == [-3, -2, -1, 0, 1, 2]
    gap = [
        columns["rate"][(columns["new"] == 1) & (columns["year"] == year)].mean()
        - columns["rate"][(columns["new"] == 0) & (columns["year"] == year)].mean()
        for year in range(2001, 2007)
    ]
    if cluster is None:
        assert [study[x].y for x in sorted(study)] == pytest.approx(np.array(gap) - gap[2])
        (second,) = [further for further in found.further if further.name == "1 after the start"]
        of = [(side, year) for side in (0, 1) for year in (2003, 2005)]
        cells = [columns["rate"][(columns["new"] == side) & (columns["year"] == year)] for side, year in of]
        assert second.std_error == pytest.approx(np.sqrt(sum(cell.var(ddof=1) / len(cell) for cell in cells)))
    assert not found.screens[0].flag
    drifting = columns | {"rate": columns["rate"] + 0.4 * columns["new"] * (columns["year"] - 2001)}
    assert finding(drifting, cluster=cluster).screens[0].flag


@pytest.mark.parametrize("cluster", [None, "region"])
def test_people_seen_once_who_are_others_than_before_are_asked_about(cluster: str | None) -> None:
    columns = people(4, 4000)
    fewer = (columns["new"] == 1) & (columns["year"] >= 2004) & (np.arange(4000) % 3 == 0)
    for kept, flag in ((~fewer, True), (np.ones(4000, dtype=bool), False)):
        found = finding({name: values[kept] for name, values in columns.items()}, cluster=cluster)
        screen = found.screens[-1]
        assert (screen.name, screen.flag) == ("composition", flag)
        assert screen.why.endswith("?") is flag


def test_composition_by_hand() -> None:
    """Kentucky-like counts: 20 and 30 of each hundred before, 30 and 20 after: chi-square 4, p = .0455."""
    new, year = np.repeat([1, 1, 0, 0], [20, 30, 30, 20]), np.repeat([2003, 2004, 2003, 2004], [20, 30, 30, 20])
    rate = np.random.default_rng(1).normal(0, 1, 100)
    found = finding({"place": np.arange(100), "year": year, "new": new, "rate": rate})
    assert found.screens[-1].p_value == pytest.approx(0.0455, abs=1e-4)


def test_what_is_said_beside() -> None:
    found = finding(followed(5, units=200))
    names = [screen.name for screen in found.screens]
    assert names == ["pre-trends", "parallel trends", "few treated units", "differential attrition"]
    warning = found.further[0]
    assert (warning.kind, warning.estimate) == ("warning", pytest.approx(found.effect.estimate))
    assert [further.name for further in found.further[1:]] == [
        "3 before the start", "2 before the start", "at the start", "1 after the start", "2 after the start",
    ]  # fmt: skip
    assert found.pictures[1].marks[0].label == "start 2004"
    lost = followed(5, units=200)
    kept = ~((lost["place"] < 5) & (lost["year"] >= 2004))
    gone = finding({name: values[kept] for name, values in lost.items()})
    assert gone.screens[-1].name == "units left out"
    assert gone.effect.n == 195


def test_one_period_before_leaves_trends_unseen() -> None:
    columns = followed()
    kept = columns["year"] >= 2003
    screen = finding({name: values[kept] for name, values in columns.items()}).screens[0]
    assert screen.flag
    assert "one period" in screen.why
    assert screen.instead is None


REFUSED: dict[str, tuple[Any, dict[str, Any]]] = {
    "not only 0 and 1": (lambda c: {"new": c["new"] + 1}, {}),
    "is no period of the data": (lambda c: {}, {"starts": ("2010",)}),
    "no period lies before": (lambda c: {}, {"starts": ("2001",)}),
    "only one period": (lambda c: {"year": np.full(len(c["year"]), 2004)}, {}),
    "no unit is treated": (lambda c: {"new": c["new"] * 0}, {}),
    "every unit is treated": (lambda c: {"new": c["new"] * 0 + 1}, {}),
    "only one unit is treated": (lambda c: {"new": (c["place"] == 3) * 1}, {}),
    "or not any more later": (lambda c: {"new": c["new"] * (c["year"] >= 2005)}, {}),
}


@pytest.mark.parametrize("said", REFUSED)
def test_data_of_another_shape_are_refused_by_name(said: str) -> None:
    change, design = REFUSED[said]
    columns, protocol = followed(), registered(**design)
    rows = ArrayRows(columns | change(columns))
    with pytest.raises(InputError, match=said) as caught:
        METHOD.check(protocol, rows.tally(METHOD.layout(protocol)))
    assert all(problem.do for problem in caught.value.problems)


@pytest.mark.parametrize("measure", ["mean", "proportion", "count"])
@pytest.mark.parametrize("changed", [{}, {"cluster": "region"}, {"starts": ("2024-Q1",)}])
def test_made_up_pilots_can_be_analysed(measure: Any, changed: Any) -> None:
    protocol = registered(outcome=Outcome("rate", measure, "higher", 0.2, ("x",)), **changed)
    clusters = 20 if "cluster" in changed else None
    size = Size(units=200, clusters=clusters, icc=0.3, periods=6, periods_before=3)
    protocol = replace(protocol, size=size, equity=(Equity("kind"),))
    world = world_of(protocol)
    for scenario in scenarios(protocol, world):
        drawn = METHOD.draw(protocol, world, scenario, np.random.default_rng(2))
        rows = ArrayRows(drawn.at(1))
        METHOD.check(protocol, rows.tally(METHOD.layout(protocol)))
        found = analyse(protocol, rows)
        assert found.effect.estimate == pytest.approx(scenario.effect, abs=5 * found.effect.std_error)
        assert found.screens[0].statistic is not None
