"""The stepped wedge from a protocol and rows to a finding: what it refuses, what it estimates, what it says beside."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.cluster_periods import ClusterPeriods, permutation_test
from clew.evaluate.designs import method_of
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Screen
from clew.evaluate.simulate import Drawn
from clew.evaluate.world import Scenario, World
from clew.pilot.protocol import Looks, Protocol
from trials import Trial, in_memory, registered, write_csv


def wedge(**changes: Any) -> Protocol:
    """Districts by month, with the month from which each is treated."""
    design = {
        "kind": "stepped-wedge",
        "arm": "",
        "comparison": "",
        "cluster": "district",
        "period": "month",
        "treated_from": "start",
        "estimator": "cluster-period-means",
        "standard_errors": "permutation",
    }
    return registered(**(design | changes))


def a_wedge(seed: int = 1, effect: float = 2.0) -> Trial:
    """Eight districts in five months, starts in months 2 to 5, four to eight people in each; one group column."""
    rng = np.random.default_rng(seed)
    n = rng.integers(4, 9, (8, 5))
    district, month = (np.repeat(which.ravel(), n.ravel()) for which in np.indices((8, 5)))
    start = np.array(["2", "2", "3", "3", "4", "4", "5", "5"])[district]
    treated = month + 1 >= start.astype(int)
    y = effect * treated + 0.5 * month + rng.normal(0, 1, 8)[district] + rng.normal(0, 1, len(month))
    names = np.array(["Ask", "Bo", "Dal", "Eng", "Fjord", "Gade", "Hav", "Is"])
    return {"district": names[district], "month": month + 1, "start": start, "y": y, "sub": rng.integers(0, 2, len(y))}


def test_it_is_the_comparison_of_means_within_periods() -> None:
    trial = a_wedge()
    finding = analyse(wedge(), in_memory(trial))
    mean = np.array(
        [
            [trial["y"][(trial["district"] == d) & (trial["month"] == m)].mean() for m in range(1, 6)]
            for d in districts()
        ]
    )
    test = permutation_test(ClusterPeriods(mean, np.array([1, 1, 2, 2, 3, 3, 4, 4])))
    effect = finding.effect
    assert (effect.estimate, effect.p_value, effect.interval) == (
        pytest.approx(test.estimate),
        test.p_value,
        pytest.approx(test.interval(0.95)),
    )
    assert (effect.df, effect.clusters, effect.n) == (None, 8, len(trial["y"]))
    treated = trial["month"] >= trial["start"].astype(int)
    assert effect.n_treated == treated.sum()
    assert effect.mean_treated == pytest.approx(trial["y"][treated].mean())
    assert effect.mean_comparison == pytest.approx(trial["y"][~treated].mean())
    assert finding.randomisation is not None
    assert (finding.randomisation.draws, finding.randomisation.exact) == (2520, True)
    assert finding.evidence_level == 3


def districts() -> list[str]:
    return ["Ask", "Bo", "Dal", "Eng", "Fjord", "Gade", "Hav", "Is"]


def test_files_and_the_order_of_rows_change_nothing(tmp_path: Path) -> None:
    trial = a_wedge() | {"start": np.where(a_wedge()["start"] == "5", "", a_wedge()["start"])}
    turned = {name: values[::-1] for name, values in trial.items()}
    path = write_csv(turned, tmp_path / "wedge.csv")
    from_memory, from_file = (
        analyse(wedge(groups=("sub",)), rows) for rows in (in_memory(trial), open_rows(path, wedge(groups=("sub",))))
    )
    assert from_file.effect.estimate == pytest.approx(from_memory.effect.estimate, rel=1e-12)
    assert from_file.effect.interval == pytest.approx(from_memory.effect.interval, rel=1e-9)
    assert from_file.randomisation == from_memory.randomisation
    assert [group.n for group in from_file.equity] == [group.n for group in from_memory.equity]
    for one, other in zip(from_file.further, from_memory.further, strict=True):
        assert one.estimate == pytest.approx(other.estimate, rel=1e-6)


def test_what_stands_beside_it() -> None:
    finding = analyse(wedge(), in_memory(a_wedge()))
    further = {one.name: one for one in finding.further}
    assert list(further)[:2] == ["mixed model, one effect", "mixed model, time-averaged effect"]
    periods = [one for one in finding.further if one.kind == "period"]
    assert [one.name for one in periods] == [f"period {i} since the start" for i in (1, 2, 3, 4)]
    average = further["mixed model, time-averaged effect"]
    assert average.estimate == pytest.approx(np.mean([one.estimate for one in periods]))
    assert average.interval is not None
    assert average.interval[0] < 2.0 < average.interval[1]
    screens = {screen.name: screen for screen in finding.screens}
    assert set(screens) == {"differential attrition", "schedule", "few clusters"}
    assert "In 2 of 5 periods all clusters are treated, or none" in screens["schedule"].why
    assert "8 clusters" in screens["few clusters"].why
    assert not any(screen.flag for screen in screens.values())


def few_clusters(trial: Trial, looks: int) -> Screen:
    finding = analyse(replace(wedge(), looks=Looks("obrien-fleming", looks)), in_memory(trial), look=1)
    assert finding.effect.interval == (-np.inf, np.inf)
    (screen,) = [screen for screen in finding.screens if screen.name == "few clusters"]
    return screen


def test_a_look_that_no_deal_can_pass_is_told_and_few_clusters_are_asked_about() -> None:
    """Eight districts can be dealt in 2,520 ways; sixteen in so many that a sample of them is drawn."""
    eight = a_wedge()
    screen = few_clusters(eight, 5)
    assert screen.flag
    assert (
        "8 clusters: the smallest p-value that dealing them anew can give is 0.0004, this look's limit is" in screen.why
    )
    twice = {name: np.concatenate([values, values]) for name, values in eight.items()}
    twice["district"] = np.char.add(twice["district"], np.repeat(["", " 2"], len(eight["y"])))
    screen = few_clusters(twice, 5)
    assert not screen.flag
    assert "Of 9999 deals that were drawn none can show so much at this look." in screen.why


def test_pictures_show_who_started_when_and_the_means() -> None:
    finding = analyse(wedge(), in_memory(a_wedge()))
    schedule, means, since = finding.pictures
    periods = [one for one in finding.further if one.kind == "period"]
    (effect,) = since.series
    assert [(point.x, point.y, (point.low, point.high)) for point in effect.points] == [
        (place, one.estimate, one.interval) for place, one in enumerate(periods, 1)
    ]
    assert since.sentence.startswith(f"In the first period since the start the effect is {periods[0].estimate:+.3g}")
    after, before = schedule.series
    assert [point.label for point in after.points] == districts()
    assert [(point.low, point.high) for point in after.points[:3]] == [(1.5, 5.5), (1.5, 5.5), (2.5, 5.5)]
    assert [(point.low, point.high) for point in before.points[:3]] == [(0.5, 1.5), (0.5, 1.5), (0.5, 2.5)]
    assert schedule.sentence == "8 clusters start at 4 dates."
    treated, untreated = means.series
    assert ([point.x for point in treated.points], [point.x for point in untreated.points]) == (
        [2, 3, 4, 5],
        [1, 2, 3, 4],
    )
    assert "In 3 of 3 periods" in means.sentence


def test_lost_outcomes_are_questioned_where_the_service_drives_them_away() -> None:
    trial = a_wedge()
    treated = trial["month"] >= trial["start"].astype(int)
    rng = np.random.default_rng(3)
    lost = rng.random(len(treated)) < np.where(treated, 0.5, 0.02)
    (screen, *_) = analyse(wedge(), in_memory(trial | {"y": np.where(lost, np.nan, trial["y"])})).screens
    assert (screen.name, screen.flag) == ("differential attrition", True)
    even = rng.random(len(treated)) < 0.2
    (screen, *_) = analyse(wedge(), in_memory(trial | {"y": np.where(even, np.nan, trial["y"])})).screens
    assert not screen.flag


def test_empty_cluster_periods_are_allowed_and_said() -> None:
    trial = a_wedge()
    gone = (trial["district"] == "Bo") & (trial["month"] == 3)
    rows = in_memory({name: values[~gone] for name, values in trial.items()})
    (schedule,) = [screen for screen in analyse(wedge(), rows).screens if screen.name == "schedule"]
    assert schedule.why.startswith("1 of 40 cluster-periods have no outcome")


def test_the_sides_are_treated_and_untreated_periods_and_rows_are_units() -> None:
    trial = a_wedge()
    trial["y"][:7] = np.nan
    treated = trial["month"] >= trial["start"].astype(int)
    method, rows = method_of(wedge()), in_memory(trial)
    sides = method.sides(wedge(), rows.tally(method.layout(wedge())))
    assert sides.units_treated == treated.sum()
    assert sides.tally.n[sides.comparison].sum() == (~treated[7:]).sum()
    lost = treated[:7].sum()
    assert sides.missing == (("treated", lost), ("not yet treated", 7 - lost))


def refused(**columns: Any) -> str:
    trial = a_wedge()
    rows = in_memory({name: columns.get(name, values) for name, values in trial.items()})
    with pytest.raises(InputError) as caught:
        method_of(wedge()).check(wedge(), rows.tally(method_of(wedge()).layout(wedge())))
    return str(caught.value)


def test_what_is_no_stepped_wedge_is_refused_by_name() -> None:
    trial = a_wedge()
    rows = len(trial["y"])
    assert "only one period" in refused(month=np.full(rows, 3))
    assert "no cluster-period is untreated" in refused(start=np.full(rows, "1"))
    assert "no cluster-period is treated" in refused(start=np.full(rows, ""))
    assert "all clusters start at once" in refused(start=np.full(rows, "3"))
    assert "`cluster-randomised`" in refused(start=np.full(rows, "3"))
    switched = np.where((trial["district"] == "Bo") & (trial["month"] == 5), "", trial["start"])
    assert '1 clusters have more than one start of treatment: "Bo"' in refused(start=switched)
    one_early = np.where(trial["district"] == "Bo", "2", "3")
    assert "8 ways: no p-value can be below 1/8" in refused(start=one_early)


def in_regions(trial: Trial) -> Trial:
    """North has the first district of each start, south the other."""
    return trial | {"region": np.where(np.isin(trial["district"], ["Ask", "Dal", "Fjord", "Hav"]), "north", "south")}


def test_blocks_are_compared_and_dealt_anew_by_themselves(tmp_path: Path) -> None:
    trial, protocol = in_regions(a_wedge()), wedge(block="region")
    finding = analyse(protocol, in_memory(trial))
    mean = np.array(
        [
            [trial["y"][(trial["district"] == d) & (trial["month"] == m)].mean() for m in range(1, 6)]
            for d in districts()
        ]
    )
    test = permutation_test(ClusterPeriods(mean, np.array([1, 1, 2, 2, 3, 3, 4, 4]), np.tile([0, 1], 4)))
    assert (finding.effect.estimate, finding.effect.p_value) == (pytest.approx(test.estimate), test.p_value)
    assert finding.randomisation is not None
    assert (finding.randomisation.draws, finding.randomisation.exact) == (24 * 24, True)
    screens = {screen.name: screen for screen in finding.screens}
    assert "all clusters of every block are treated, or none" in screens["schedule"].why
    means = next(one for one in finding.pictures if one.name == "means")
    assert "in the same block" in means.sentence
    from_file = analyse(protocol, open_rows(write_csv(trial, tmp_path / "wedge.csv"), protocol))
    assert from_file.effect.interval == pytest.approx(finding.effect.interval, rel=1e-9)


def test_outcomes_lost_are_compared_within_blocks_too() -> None:
    trial = in_regions(a_wedge())
    lost = (trial["region"] == "north") & (trial["month"] > 2) & (np.arange(len(trial["y"])) % 3 == 0)
    trial["y"] = np.where(lost, np.nan, trial["y"])
    one, other = (
        {screen.name: screen for screen in analyse(wedge(**block), in_memory(trial)).screens}["differential attrition"]
        for block in ({"block": "region"}, {})
    )
    assert one.p_value != other.p_value
    assert not one.flag


def test_blocks_that_cannot_be_are_refused() -> None:
    trial = in_regions(a_wedge())
    astride = trial | {"region": np.where(trial["month"] == 3, "north", trial["region"])}
    alone = trial | {"region": trial["district"]}
    for columns, said in (
        (astride, '4 clusters stand in more than one block: "Bo", "Eng", "Gade", "Is"'),
        (alone, "8 clusters can be dealt to these starts within their blocks in 1 ways"),
    ):
        protocol = wedge(block="region")
        tally = in_memory(columns).tally(method_of(protocol).layout(protocol))
        with pytest.raises(InputError) as caught:
            method_of(protocol).check(protocol, tally)
        assert said in str(caught.value)


def test_made_up_wedges_are_dealt_within_blocks() -> None:
    protocol = wedge(block="region")
    made = method_of(protocol).draw(protocol, WORLD, Scenario("made up", 3.0), np.random.default_rng(1)).at(1)
    starts = {
        region: sorted(
            {(c, s) for c, s, r in zip(made["district"], made["start"], made["region"], strict=True) if r == region}
        )
        for region in set(made["region"].tolist())
    }
    assert [sorted(start for _, start in pairs) for pairs in starts.values()] == [["3", "4", "5", "6"]] * 3
    assert analyse(protocol, ArrayRows(made)).effect.estimate == pytest.approx(3.0, abs=1.5)


def with_age(trial: Trial, slope: float = 0.8) -> Trial:
    """Ages and towns that explain much of the outcome, of people whom the districts hold unlike shares of."""
    rng = np.random.default_rng(12)
    n = len(trial["y"])
    older = np.isin(trial["district"], ["Ask", "Bo", "Gade"]) & (trial["month"] > 2)
    age = rng.normal(40, 3, n) + 4 * older
    town = rng.choice(["east", "north", "west"], n)
    return trial | {"age": age, "town": town, "y": trial["y"] + slope * age + 2.0 * (town == "west")}


AGE_AND_TOWN = ("age", "town")


def adjusted_plainly(trial: Trial) -> np.ndarray:
    """Means of the outcome less what age and towns explain, by a regression with an indicator a cluster-period."""
    cells = [(d, m) for d in districts() for m in range(1, 6)]
    inside = np.array([[(trial["district"] == d) & (trial["month"] == m)] for d, m in cells])[:, 0].astype(float)
    held = np.column_stack([trial["age"], trial["town"] == "north", trial["town"] == "west"]).astype(float)
    slopes = np.linalg.lstsq(np.column_stack([held, inside.T]), trial["y"], rcond=None)[0][:3]
    left = trial["y"] - (held - held.mean(axis=0)) @ slopes
    return np.array([left[own > 0].mean() for own in inside]).reshape(8, 5)


def test_baseline_columns_are_taken_off_by_what_they_explain_within_cluster_periods(tmp_path: Path) -> None:
    trial, protocol = with_age(a_wedge()), wedge(adjust_for=AGE_AND_TOWN)
    finding = analyse(protocol, in_memory(trial))
    test = permutation_test(ClusterPeriods(adjusted_plainly(trial), np.array([1, 1, 2, 2, 3, 3, 4, 4])))
    effect = finding.effect
    assert (effect.estimate, effect.std_error) == (pytest.approx(test.estimate), pytest.approx(test.std_error))
    assert effect.p_value == test.p_value
    assert effect.interval == pytest.approx(test.interval(0.95))
    bare = analyse(wedge(), in_memory(trial)).effect
    beside = next(one for one in finding.further if one.name == "without the baseline columns")
    assert (beside.estimate, beside.p_value) == (pytest.approx(bare.estimate), bare.p_value)
    assert effect.std_error < 0.7 * bare.std_error
    from_file = analyse(protocol, open_rows(write_csv(trial, tmp_path / "wedge.csv"), protocol))
    assert from_file.effect.estimate == pytest.approx(effect.estimate, rel=1e-9)
    assert from_file.effect.interval == pytest.approx(effect.interval, rel=1e-9)
    figures = {one.name: one for one in finding.further}
    assert figures["mixed model, one effect"].estimate == pytest.approx(2.0, abs=1.0)


def test_what_the_treatment_does_leaves_the_coefficients_where_they_are() -> None:
    """So that the interval is that of dealing anew: an effect more in every treated row is an effect more."""
    trial, protocol = with_age(a_wedge()), wedge(adjust_for=AGE_AND_TOWN)
    treated = trial["month"] >= trial["start"].astype(int)
    one = analyse(protocol, in_memory(trial)).effect
    other = analyse(protocol, in_memory(trial | {"y": trial["y"] + 7.0 * treated})).effect
    assert other.estimate == pytest.approx(one.estimate + 7.0)
    assert other.interval == pytest.approx((one.interval[0] + 7.0, one.interval[1] + 7.0))


def test_cluster_periods_without_outcomes_stay_empty_when_adjusted() -> None:
    trial = with_age(a_wedge())
    kept = ~((trial["district"] == "Bo") & (trial["month"] == 3))
    finding = analyse(wedge(adjust_for=AGE_AND_TOWN), in_memory({name: values[kept] for name, values in trial.items()}))
    assert "1 of 40 cluster-periods have no outcome" in {one.name: one for one in finding.screens}["schedule"].why
    assert finding.effect.estimate == pytest.approx(2.0, abs=1.0)


def test_columns_that_are_the_same_in_a_whole_cluster_period_are_refused_by_name() -> None:
    trial = with_age(a_wedge())
    trial["size"] = np.array([len(name) for name in trial["district"]]) * 1.0
    with pytest.raises(InputError, match='the same in all rows of each cluster-period: "size"'):
        analyse(wedge(adjust_for=("age", "size")), in_memory(trial))


def test_made_up_baseline_columns_explain_what_is_planned_within_cluster_periods() -> None:
    protocol = wedge(adjust_for=("age", "size"))
    protocol = replace(protocol, size=replace(protocol.size, r2=0.6))
    world = replace(WORLD, units=6000)
    made = method_of(protocol).draw(protocol, world, Scenario("made up", 0.0), np.random.default_rng(1)).at(1)
    month = made["month"] == 3
    first = made["district"] == made["district"][0]
    for own in (month & first, (made["month"] == 4) & first):
        explained = sum(np.corrcoef(made[name][own], made["y"][own])[0, 1] ** 2 for name in ("age", "size"))
        assert explained == pytest.approx(0.6, abs=0.2)
    assert made["y"][month].var() == pytest.approx(4.0, rel=0.3)


def test_where_nothing_can_be_compared_the_estimate_is_refused() -> None:
    """In the only months with outcomes all districts have started, or none."""
    trial = a_wedge()
    kept = (trial["month"] == 1) | (trial["month"] == 5)
    rows = in_memory({name: values[kept] for name, values in trial.items()})
    with pytest.raises(InputError, match="no period has treated and untreated clusters"):
        analyse(wedge(), rows)


WORLD = World(units=600, clusters=12, baseline=10.0, sd=2.0, icc=0.1, cv=0.4, periods=6, periods_before=2, serial=0.5)


def drawn(seed: int, effect: float = 0.0, measure: str = "mean", **world: Any) -> tuple[Protocol, Drawn]:
    protocol = wedge(measure=measure)
    protocol = replace(protocol, outcome=replace(protocol.outcome, worth_having=abs(effect) or 1.0))
    scenario, rng = Scenario("made up", effect), np.random.default_rng(seed)
    return protocol, method_of(protocol).draw(protocol, replace(WORLD, **world), scenario, rng)


def test_made_up_wedges_have_the_registered_shape() -> None:
    protocol, made = drawn(1)
    columns = made.at(1)
    assert len(columns["y"]) == pytest.approx(600, abs=40)
    assert sorted(set(columns["month"].tolist())) == [1, 2, 3, 4, 5, 6]
    assert set(columns["start"].tolist()) == {"3", "4", "5", "6"}
    finding = analyse(protocol, ArrayRows(columns))
    assert finding.effect.clusters == 12
    assert columns["y"].std() == pytest.approx(2.0, abs=0.5)


@pytest.mark.parametrize(
    ("measure", "baseline", "effect"), [("mean", 10.0, 2.0), ("proportion", 0.4, 0.2), ("count", 5.0, 2.0)]
)
def test_made_up_wedges_have_the_effect_that_is_made_true(measure: str, baseline: float, effect: float) -> None:
    found = []
    for seed in range(60):
        protocol, made = drawn(seed, effect, measure, baseline=baseline, cv=0.0)
        found.append(method_of(protocol).estimate(protocol, ArrayRows(made.at(1)), ()).estimate)
    assert np.mean(found) == pytest.approx(effect, abs=4 * np.std(found) / np.sqrt(60))
    assert np.mean(found) > 0.5 * effect


def test_without_an_effect_few_made_up_wedges_find_one() -> None:
    rejected = sum(
        method_of(protocol).estimate(protocol, ArrayRows(made.at(1)), ()).p_value <= 0.05
        for protocol, made in (drawn(seed, clusters=8, units=200) for seed in range(100))
    )
    assert rejected <= 12
