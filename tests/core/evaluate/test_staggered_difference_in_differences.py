"""Staggered starts from rows to finding: the estimate, what is refused by name, what is said beside and made up."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from builders import a_protocol
from clew.errors import InputError
from clew.evaluate.aggregation import by_event_time
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.callaway_santanna import group_time
from clew.evaluate.designs.staggered_difference_in_differences import METHOD
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding
from clew.evaluate.world import scenarios, world_of
from clew.pilot.protocol import Design, Equity, Looks, Outcome, Protocol, Size
from staggered import a_panel
from trials import write_csv

Columns = dict[str, np.ndarray]


def registered(outcome: Outcome | None = None, equity: tuple[Equity, ...] = (), **changes: Any) -> Protocol:
    """A protocol of staggered starts; `changes` replace fields of its design."""
    design = Design(
        "staggered-difference-in-differences", "callaway-santanna", "influence", unit="place", period="year",
        treated_from="since",
    )  # fmt: skip
    return a_protocol(
        design=replace(design, **changes),
        outcome=outcome or Outcome("rate", "mean", "higher", 0.3),
        equity=equity,
        looks=Looks("single", 1, 0.05),
        size=Size(units=60, sd=1.0),
    )


def rows_of(seed: int = 1, **changes: Any) -> Columns:
    """`a_panel` as rows, in random order: years 2001 to 2006, starts as years, "never" for never."""
    data = a_panel(seed, **changes)
    unit, period = np.nonzero(data.n)
    order = np.random.default_rng(seed).permutation(len(unit))
    unit, period = unit[order], period[order]
    since = np.append(np.array(data.periods), "never")[data.start]
    return {
        "place": np.char.add("p", unit.astype(str)),
        "year": 2001 + period,
        "since": since[unit],
        "rate": data.outcome[unit, period],
        "x": (unit * 37 % 11).astype(float),
        "kind": np.array(["town", "village"])[unit % 2],
        "region": unit // 6,
    }


@pytest.mark.parametrize("aggregate", ["overall", "group", "event-time"])
@pytest.mark.parametrize("against", ["never", "not-yet"])
def test_estimate_is_the_registered_average(aggregate: Any, against: Any) -> None:
    raw = METHOD.estimate(registered(aggregate=aggregate, against=against), ArrayRows(rows_of()), ())
    effects = group_time(a_panel(1), against=against, base="universal")
    study = by_event_time(effects, aggregate)
    assert (raw.estimate, raw.std_error) == pytest.approx((study.mean, study.mean_error))
    assert raw.df == min(effects.clusters) - 1
    assert (raw.n, raw.n_treated + raw.n_comparison, raw.clusters) == (60, 60, None)
    assert raw.n_comparison == int((a_panel(1).start == 6).sum())
    assert raw.mean_treated == pytest.approx(a_panel(1).outcome[a_panel(1).treated].mean())
    assert raw.mean_comparison == pytest.approx(raw.mean_treated - raw.estimate)


def test_files_say_the_same(tmp_path: Any) -> None:
    columns, protocol = rows_of(), registered(outcome=Outcome("rate", "mean", "higher", 0.3, ("x", "kind")))
    held = METHOD.estimate(protocol, ArrayRows(columns), ())
    for never in ("never", "", "inf", "0"):
        since = np.where(columns["since"] == "never", never, columns["since"])
        path = write_csv(columns | {"since": since}, tmp_path / "data.csv")
        read = METHOD.estimate(protocol, open_rows(path, protocol), ())
        assert (read.estimate, read.std_error, read.n) == pytest.approx((held.estimate, held.std_error, held.n))


def test_baseline_columns_are_taken_from_the_first_period_seen() -> None:
    columns = rows_of()
    later = columns | {"x": np.where(columns["year"] > 2001, columns["rate"], columns["x"])}
    protocol = registered(outcome=Outcome("rate", "mean", "higher", 0.3, ("x", "kind")))
    one, other = (METHOD.estimate(protocol, ArrayRows(each), ()) for each in (columns, later))
    place = np.array([int(label[1:]) for label in np.unique(columns["place"])])
    covariates = np.column_stack([place * 37 % 11, place % 2]).astype(float)
    data = a_panel(1)
    panel = replace(data, outcome=data.outcome[place], start=data.start[place])
    expected = by_event_time(group_time(panel, base="universal", covariates=covariates), "overall")
    assert (one.estimate, one.std_error) == pytest.approx((expected.mean, expected.mean_error))
    assert other.estimate == pytest.approx(one.estimate)


def test_a_group_that_is_adjusted_for_can_be_looked_at_alone() -> None:
    outcome = Outcome("rate", "mean", "higher", 0.3, ("kind",))
    town = METHOD.estimate(registered(outcome=outcome), ArrayRows(rows_of()), (("kind", "town"),))
    assert town == METHOD.estimate(registered(), ArrayRows(rows_of()), (("kind", "town"),))


def test_clusters_and_groups() -> None:
    columns = rows_of()
    by_region = METHOD.estimate(registered(cluster="region"), ArrayRows(columns), ())
    assert (by_region.clusters, by_region.clusters_treated) == (10, 10)
    protocol = registered(equity=(Equity("kind"),))
    town = METHOD.estimate(protocol, ArrayRows(columns), (("kind", "town"),))
    kept = {name: values[columns["kind"] == "town"] for name, values in columns.items()}
    alone = METHOD.estimate(protocol, ArrayRows(kept), ())
    assert (town.estimate, town.std_error) == pytest.approx((alone.estimate, alone.std_error))
    sides = METHOD.sides(protocol, ArrayRows(columns).tally(METHOD.layout(protocol)))
    assert (sides.units_treated, int(sides.tally.n.sum())) == (int((a_panel(1).start < 6).sum()), 60)
    assert sides.missing == (("treated", 0), ("comparison", 0))


def changed(columns: Columns, **changes: Any) -> Columns:
    return columns | {name: np.asarray(change(columns)) for name, change in changes.items()}


REFUSED = {
    "more than one start": {"since": lambda c: np.where((c["place"] == "p3") & (c["year"] > 2004), "2002", c["since"])},
    "only one period": {"year": lambda c: np.full(len(c["year"]), 2003)},
    "no unit is treated in any period": {"since": lambda c: np.full(len(c["since"]), "never")},
    "treated from the first period on": {"since": lambda c: np.full(len(c["since"]), "2001")},
    "nobody is left to compare with": {"since": lambda c: np.full(len(c["since"]), "2003")},
    "only one unit is treated": {"since": lambda c: np.where(c["place"] == "p3", "2003", "never")},
    "is no period": {"since": lambda c: np.where(c["place"] == "p3", "soon", c["since"])},
}


@pytest.mark.parametrize("said", REFUSED)
def test_data_of_another_shape_are_refused_by_name(said: str) -> None:
    protocol = registered()
    rows = ArrayRows(changed(rows_of(), **REFUSED[said]))
    with pytest.raises(InputError, match=said) as caught:
        METHOD.check(protocol, rows.tally(METHOD.layout(protocol)))
    assert all(problem.do for problem in caught.value.problems)


def test_never_treated_units_are_asked_for_only_where_registered() -> None:
    rows = ArrayRows(rows_of(never=False))
    with pytest.raises(InputError, match="none is never treated"):
        METHOD.check(registered(against="never"), rows.tally(METHOD.layout(registered())))
    METHOD.check(registered(), rows.tally(METHOD.layout(registered())))
    assert METHOD.estimate(registered(), rows, ()).n == 60


def finding(columns: Columns, **changes: Any) -> Finding:
    return analyse(registered(**changes), ArrayRows(columns))


def test_what_is_said_beside() -> None:
    found = finding(rows_of(2, units=300))
    screens = {screen.name: screen for screen in found.screens}
    assert list(screens) == ["pre-trends", "parallel trends", "few treated units", "differential attrition"]
    for name in ("pre-trends", "parallel trends"):
        other = screens[name].instead
        assert other is not None
        assert other.interval[1] - other.interval[0] > found.effect.interval[1] - found.effect.interval[0]
    kinds = [further.kind for further in found.further]
    assert kinds.count("estimate") == 2
    assert kinds.count("warning") == 1
    assert kinds.count("group") == 5
    assert kinds.count("period") == 9
    assert [picture.name for picture in found.pictures] == ["event-study", "paths"]
    points = found.pictures[0].series[0].points
    assert [point.x for point in points] == [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4]
    assert [point.y for point in points if point.low is None] == [0.0]
    assert found.evidence_level == 3


def test_units_that_moved_apart_before_are_asked_about() -> None:
    columns = rows_of(3, units=300)
    drift = 0.5 * (columns["year"] - 2001) * (columns["since"] != "never")
    found = finding(columns | {"rate": columns["rate"] + drift}, against="never")
    screen = found.screens[0]
    assert screen.flag
    assert screen.p_value is not None
    assert screen.p_value < 1e-4
    assert screen.why.endswith("?")
    assert screen.instead is not None
    assert screen.instead.estimate is not None
    assert screen.instead.estimate < found.effect.estimate - 0.5
    assert found.evidence_level == 2


def test_one_unit_alone_has_no_interval() -> None:
    columns = rows_of(4, units=60)
    since = np.where(columns["since"] == "2003", "never", columns["since"])
    since = np.where(columns["place"] == "p1", "2003", since)
    found = finding(columns | {"since": since})
    (alone,) = [further for further in found.further if further.name == "start 2003"]
    assert alone.interval is None
    assert "too few" in alone.why
    assert "1 start alone" in found.screens[2].why


def test_what_rests_on_one_unit_has_no_bar_and_is_not_called_clear() -> None:
    columns = rows_of(4, units=60)
    since = np.where(columns["since"] == "2006", "never", columns["since"])
    since = np.where(columns["place"] == "p1", "2006", since)
    study = finding(columns | {"since": since}).pictures[0]
    bars = {point.x: point.low for point in study.series[0].points if not point.label}
    assert [time for time, low in bars.items() if low is None] == [-5]
    assert f" of {sum(-5 < time < 0 for time in bars)} periods before the start differ clearly" in study.sentence


def test_units_without_a_before_are_left_out_and_said_so() -> None:
    columns = rows_of(6)
    since = np.where(np.isin(columns["place"], ["p1", "p2", "p3"]), "2001", columns["since"])
    found = finding(columns | {"since": since})
    assert found.effect.n == 57
    assert found.screens[-1].name == "units left out"
    assert found.screens[-1].why.startswith("3 of 60 units")
    kept = ~np.isin(columns["place"], ["p1", "p2", "p3"])
    without = finding({name: values[kept] for name, values in columns.items()})
    assert found.effect.estimate == pytest.approx(without.effect.estimate)
    assert found.effect.interval == pytest.approx(without.effect.interval)


def test_few_treated_units_are_asked_about() -> None:
    columns = rows_of(4, units=60)
    since = np.where(np.isin(columns["place"], ["p1", "p2", "p3"]), "2004", "never")
    screen = finding(columns | {"since": since}).screens[2]
    assert (screen.name, screen.flag, screen.statistic) == ("few treated units", True, 3.0)
    assert not finding(rows_of(4, units=60)).screens[2].flag


def test_units_missing_more_often_among_the_treated_are_asked_about() -> None:
    columns = rows_of(5, units=200)
    lost = (columns["since"] != "never") & (columns["year"] == 2006) & (np.arange(1200) % 2 == 0)
    rate = np.where(lost, np.nan, columns["rate"])
    screen = finding(columns | {"rate": rate}).screens[-1]
    assert (screen.name, screen.flag) == ("differential attrition", True)


@pytest.mark.parametrize("measure", ["mean", "proportion", "count"])
@pytest.mark.parametrize("changes", [{}, {"cluster": "region"}, {"starts": ("2", "4")}])
def test_made_up_pilots_can_be_analysed(measure: Any, changes: Any) -> None:
    protocol = registered(outcome=Outcome("rate", measure, "higher", 0.2), equity=(Equity("kind"),), **changes)
    clusters = 20 if "cluster" in changes else None
    protocol = replace(protocol, size=Size(units=200, clusters=clusters, icc=0.3, periods=6, periods_before=3))
    world = world_of(protocol)
    for scenario in scenarios(protocol, world):
        drawn = METHOD.draw(protocol, world, scenario, np.random.default_rng(1))
        assert drawn.rows_at == (1200,)
        found = analyse(protocol, ArrayRows(drawn.at(1)))
        assert found.effect.estimate == pytest.approx(scenario.effect, abs=5 * found.effect.std_error)
        METHOD.check(protocol, ArrayRows(drawn.at(1)).tally(METHOD.layout(protocol)))


def test_no_effect_is_found_as_rarely_as_said() -> None:
    protocol = replace(registered(), size=Size(units=40, sd=1.0, periods=6, periods_before=3))
    world, rng, found = world_of(protocol), np.random.default_rng(1), 0
    nothing = scenarios(protocol, world)[0]
    for _ in range(200):
        raw = METHOD.estimate(protocol, ArrayRows(METHOD.draw(protocol, world, nothing, rng).at(1)), ())
        found += abs(raw.estimate) > 2.093 * raw.std_error  # t with 19 degrees of freedom
        assert raw.df == 19
    assert found / 200 == pytest.approx(0.05, abs=3.5 * np.sqrt(0.05 * 0.95 / 200))
