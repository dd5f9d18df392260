"""One treated unit among others, from a protocol and rows to a finding: refusals, figures, and what is said beside."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import method_of
from clew.evaluate.designs.synthetic_drawn import lingering
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding, Further, Screen
from clew.evaluate.synthetic_control import PlaceboTest, in_their_place, synthetic_control
from clew.evaluate.synthetic_did import placebo_effects, placebo_error, synthetic_did
from clew.evaluate.world import Groups, Scenario, World
from clew.pilot.protocol import Looks, Protocol
from designs import a_pilot, its_data
from trials import Trial, in_memory, registered, write_csv

SC, SDID = "synthetic-control", "synthetic-difference-in-differences"
ESTIMATOR = {SC: "simplex-weights", SDID: SDID}
KINDS = (SC, SDID)


def one_of_many(kind: str = SC, groups: tuple[str, ...] = (), **changes: Any) -> Protocol:
    """Odense has it from 2010 on; towns by year."""
    design = {
        "kind": kind,
        "estimator": ESTIMATOR[kind],
        "standard_errors": "placebo",
        "arm": "",
        "comparison": "",
        "cluster": None,
        "unit": "town",
        "period": "year",
        "treated_unit": "Odense",
        "starts": ("2010",),
    }
    return registered(groups=groups, **(design | changes))


def outcomes(seed: int = 1, towns: int = 24, effect: float = 3.0, apart: float = 0.0) -> np.ndarray:
    """Towns (the treated one first) in 2000 to 2014: two factors, noise, and a level `apart` of the treated one."""
    rng = np.random.default_rng(seed)
    loadings = np.vstack([[0.5, 0.5], rng.uniform(0, 1, (towns - 1, 2))])
    factors = np.cumsum(rng.normal(0.3, 1, (2, 15)), axis=1)
    found = 10 + loadings @ factors + rng.normal(0, 0.3, (towns, 15))
    found[0, 10:] += effect
    found[0] += apart
    return np.asarray(found)


def names(towns: int = 24) -> np.ndarray:
    return np.array(["Odense", *(f"town {number:02d}" for number in range(1, towns))])


def a_panel(found: np.ndarray | None = None) -> Trial:
    """One row a town and year, in an order that has nothing to do with either."""
    found = outcomes() if found is None else found
    town, year = (part.ravel() for part in np.indices(found.shape))
    order = np.random.default_rng(0).permutation(found.size)
    return {"town": names(len(found))[town][order], "year": 2000 + year[order], "y": found.ravel()[order]}


def screen(finding: Finding, name: str) -> Screen:
    return next(one for one in finding.screens if one.name == name)


def figure(finding: Finding, name: str) -> Further:
    return next(one for one in finding.further if one.name == name)


def test_the_synthetic_control_is_the_mean_gap_with_its_placebo_test() -> None:
    finding, found = analyse(one_of_many(), in_memory(a_panel())), outcomes()
    donors = list(range(1, 24))
    test = PlaceboTest(synthetic_control(found, 0, donors, 10), in_their_place(found, donors, 10))
    effect = finding.effect
    assert effect.estimate == pytest.approx(test.treated.effect, rel=1e-9)
    assert effect.interval == pytest.approx(test.interval(0.95), rel=1e-8)
    assert effect.p_value == test.p_value() == 1 / 24
    assert (effect.df, effect.n, effect.n_treated, effect.n_comparison) == (None, 360, 5, 115)
    assert effect.mean_treated == pytest.approx(found[0, 10:].mean())
    assert effect.mean_treated - effect.mean_comparison == pytest.approx(effect.estimate)
    assert finding.randomisation is not None
    assert (finding.randomisation.p_value, finding.randomisation.draws) == (test.ratio_p_value(), 24)
    assert finding.evidence_level == 3
    assert [one.name for one in finding.screens if one.flag] == []


def test_synthetic_difference_in_differences_has_t_with_the_placebos_less_one() -> None:
    finding, found = analyse(one_of_many(SDID), in_memory(a_panel())), outcomes()
    fitted = synthetic_did(found[1:], found[:1], 10)
    error = placebo_error(placebo_effects(found[1:], 1, 10, np.random.default_rng(0)))
    effect = finding.effect
    assert (effect.estimate, effect.std_error) == pytest.approx((fitted.effect, error), rel=1e-8)
    assert effect.df == 22
    assert effect.interval[1] - effect.interval[0] == pytest.approx(2 * 2.0738730679 * error, rel=1e-8)
    assert finding.randomisation is not None
    assert finding.randomisation.p_value == 1 / 24


@pytest.mark.parametrize("kind", KINDS)
def test_files_give_what_arrays_give(kind: str, tmp_path: Path) -> None:
    protocol = one_of_many(kind)
    found = analyse(protocol, open_rows(write_csv(a_panel(), tmp_path / "towns.csv"), protocol))
    expected = analyse(protocol, in_memory(a_panel()))
    assert found.effect.estimate == pytest.approx(expected.effect.estimate, rel=1e-9)
    assert found.effect.interval == pytest.approx(expected.effect.interval, rel=1e-8)
    assert [(one.name, one.flag) for one in found.screens] == [(one.name, one.flag) for one in expected.screens]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_people_count_by_their_means(kind: str) -> None:
    trial = a_panel()
    spread = np.array([-1.0, 0.0, 1.0])
    people = {name: np.repeat(values, 3) for name, values in trial.items()}
    people["y"] = people["y"] + np.tile(spread, len(trial["y"]))
    found, expected = (analyse(one_of_many(kind), in_memory(each)).effect for each in (people, trial))
    assert found.estimate == pytest.approx(expected.estimate, rel=1e-9)
    assert found.n == 3 * expected.n


def without(trial: Trial, keep: np.ndarray) -> Trial:
    return {name: values[keep] for name, values in trial.items()}


PANEL = a_panel()
REFUSED = {
    "an unknown unit": (
        PANEL,
        {"treated_unit": "Odens"},
        'treated unit "Odens" has no outcome',
        'Did you mean "Odense"',
    ),
    "an unlike name": (PANEL, {"treated_unit": "X"}, 'treated unit "X" has no outcome', "Units in the data"),
    "two starts": (PANEL, {"starts": ("2010", "2012")}, "one start is needed", "staggered"),
    "a start after the end": (PANEL, {"starts": ("2020",)}, "no period comes at or after the start", "Wait"),
    "a start at once": (PANEL, {"starts": ("2002",)}, "only 2 periods come before", "difference-in-differences"),
    "a gap": (
        without(PANEL, ~((PANEL["town"] == "town 03") & (PANEL["year"] == 2004))),
        {},
        '1 of 360 unit-periods have no outcome: "town 03, 2004"',
        "leave those units",
    ),
    "an outcome that is missing": (
        PANEL | {"y": np.where((PANEL["town"] == "Odense") & (PANEL["year"] == 2012), np.nan, PANEL["y"])},
        {},
        '"Odense, 2012"',
        "Bring them",
    ),
    "nobody else": (without(PANEL, PANEL["town"] == "Odense"), {}, "0 other units have outcomes", "interrupted-time"),
    "two others": (
        without(PANEL, np.isin(PANEL["town"], ["Odense", "town 01", "town 02"])),
        {},
        "2 other units have outcomes",
        "interrupted-time",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_compared_is_refused_by_name(name: str, kind: str, tmp_path: Path) -> None:
    trial, changes, said, remedy = REFUSED[name]
    protocol = one_of_many(kind, **changes)
    with pytest.raises(InputError) as caught:
        open_rows(write_csv(trial, tmp_path / "towns.csv"), protocol)
    assert said in str(caught.value)
    assert remedy in str(caught.value)


def test_too_few_units_for_the_level_are_refused_where_placebos_are_ranked(tmp_path: Path) -> None:
    few = write_csv(a_panel(outcomes(towns=12)), tmp_path / "towns.csv")
    with pytest.raises(InputError, match="with 12 units no placebo test gives a p-value below 1/12"):
        open_rows(few, one_of_many())
    open_rows(few, one_of_many(SDID))
    open_rows(few, replace(one_of_many(), looks=Looks(alpha=0.1)))


def test_baseline_columns_are_refused() -> None:
    protocol = one_of_many()
    with pytest.raises(InputError, match="baseline columns are not adjusted for"):
        analyse(replace(protocol, outcome=replace(protocol.outcome, adjust_for=("y",))), in_memory(a_panel()))


@pytest.mark.parametrize("kind", KINDS)
def test_outcomes_that_do_not_vary_are_refused(kind: str) -> None:
    with pytest.raises(InputError, match="do not vary between donors"):
        analyse(one_of_many(kind), in_memory(a_panel(np.full((24, 15), 3.0))))


def test_an_early_look_that_no_result_can_pass_has_no_bounds_and_says_so() -> None:
    protocol = replace(one_of_many(), looks=Looks("obrien-fleming", 2))
    early, late = (analyse(protocol, in_memory(a_panel()), look=look) for look in (1, 2))
    assert early.effect.interval == (-np.inf, np.inf)
    asked = screen(early, "enough donors")
    assert asked.flag
    assert "24 units" in asked.why
    assert "Can more untreated units be brought?" in asked.why
    assert np.isfinite(late.effect.interval).all()
    assert not screen(late, "enough donors").flag


def test_a_unit_beyond_all_donors_asks_a_question_and_shows_the_effect_if_levels_may_differ() -> None:
    found = outcomes(apart=25.0)
    finding = analyse(one_of_many(), in_memory(a_panel(found)))
    asked = screen(finding, "fit before the start")
    assert asked.flag
    assert "in 10 of 10 periods no mixture of donors reaches the treated unit" in asked.why
    assert asked.instead is not None
    other = analyse(one_of_many(SDID), in_memory(a_panel(found)))
    assert asked.instead.estimate == pytest.approx(other.effect.estimate)
    assert asked.instead.interval == pytest.approx(other.effect.interval)
    assert not screen(other, "fit before the start").flag
    assert finding.evidence_level == 2


def test_an_exact_fit_of_few_periods_asks_a_question() -> None:
    found = outcomes()
    found[0] = found[1:].mean(axis=0)
    found[0, 10:] += 1
    asked = screen(analyse(one_of_many(), in_memory(a_panel(found))), "room to fit")
    assert asked.flag
    assert "match them exactly" in asked.why


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_before_the_start_asks_a_question(kind: str) -> None:
    found = outcomes()
    found[0, 7:10] += 6
    finding = analyse(one_of_many(kind), in_memory(a_panel(found)))
    asked = screen(finding, "placebo in time")
    assert asked.flag
    assert "made-up start at 2007" in asked.why
    assert asked.statistic == pytest.approx(6, abs=1)


def test_an_effect_that_rests_on_one_donor_asks_a_question() -> None:
    """A donor that mirrors the treated unit before the start, and falls far after it."""
    found = np.vstack([np.zeros(15), np.full(15, -6.0), np.full((22, 15), 6.0)])
    found += np.random.default_rng(1).normal(0, 0.1, found.shape)
    found[1, 10:] -= 8
    found[2] = found[0] + np.linspace(-0.3, 0.3, 15) + 5
    finding = analyse(one_of_many(), in_memory(a_panel(found)))
    asked = screen(finding, "one donor left out")
    assert asked.flag
    assert "town 01" in asked.why


def test_few_placebos_ask_a_question() -> None:
    finding = analyse(one_of_many(SDID), in_memory(a_panel(outcomes(towns=5))))
    assert screen(finding, "rank among placebos").flag
    assert not screen(analyse(one_of_many(SDID), in_memory(a_panel())), "rank among placebos").flag


def test_further_figures_are_the_other_estimators_weights_and_gaps() -> None:
    found = outcomes()
    finding = analyse(one_of_many(), in_memory(a_panel()))
    fitted = synthetic_control(found, 0, list(range(1, 24)), 10)
    heaviest = int(np.argmax(fitted.weights))
    assert figure(finding, f"weight of town {heaviest + 1:02d}").estimate == pytest.approx(fitted.weights[heaviest])
    assert figure(finding, "gap in 2012").estimate == pytest.approx(fitted.gap[12])
    change = found[:, 10:].mean(axis=1) - found[:, :10].mean(axis=1)
    plain = figure(finding, "plain difference in differences")
    assert (plain.estimate, plain.kind) == (pytest.approx(change[0] - change[1:].mean()), "warning")
    other = analyse(one_of_many(SDID), in_memory(a_panel()))
    mine = figure(finding, "synthetic difference-in-differences")
    assert (mine.estimate, mine.interval) == (
        pytest.approx(other.effect.estimate),
        pytest.approx(other.effect.interval),
    )
    assert figure(other, "synthetic control").estimate == pytest.approx(finding.effect.estimate)
    weights = [one.estimate or 0 for one in other.further if one.name.startswith("weight of 20")]
    assert 0.95 < sum(weights) <= 1 + 1e-9


def test_the_pictures_show_the_paths_and_the_gap_among_the_donors() -> None:
    found = outcomes()
    paths, gaps = analyse(one_of_many(), in_memory(a_panel())).pictures
    fitted = synthetic_control(found, 0, list(range(1, 24)), 10)
    assert [point.y for point in paths.series[0].points] == pytest.approx(found[0].tolist())
    assert [point.y for point in paths.series[1].points] == pytest.approx(fitted.path.tolist())
    assert (paths.marks[0].x, paths.marks[0].label) == (2010, "start: 2010")
    assert [point.y for point in gaps.series[0].points] == pytest.approx(fitted.gap.tolist())
    assert all((point.low or 0) <= point.y <= (point.high or 0) for point in gaps.series[1].points)
    assert "above" in paths.sentence
    (only,) = analyse(one_of_many(SDID), in_memory(a_panel())).pictures
    assert [point.y for point in only.series[0].points] == pytest.approx(found[0].tolist())


def test_groups_of_people_are_compared_with_the_same_groups_elsewhere() -> None:
    """Twelve people a town, year and group; the effect is in one group only."""
    cells = {name: np.repeat(values, 24) for name, values in a_panel(outcomes(effect=0.0)).items()}
    group = np.tile(np.repeat(["a", "b"], 12), len(cells["y"]) // 24)
    touched = (cells["town"] == "Odense") & (cells["year"] >= 2010) & (group == "b")
    trial = cells | {"y": cells["y"] + 4 * touched, "sub": group}
    finding = analyse(one_of_many(groups=("sub",)), in_memory(trial))
    effects = {one.group: one.estimate for one in finding.equity}
    assert effects["a"] == pytest.approx(0, abs=0.5)
    assert (effects["b"] or 0) - (effects["a"] or 0) == pytest.approx(4, abs=1e-6)


def test_a_unit_counts_once_where_its_rows_are_periods_and_people_count_each() -> None:
    protocol = one_of_many()
    method = method_of(protocol)
    once = method.sides(protocol, in_memory(a_panel()).tally(method.layout(protocol)))
    assert (once.units_treated, int(once.tally.n[once.comparison].sum())) == (1, 23)
    people = {name: np.repeat(values, 4) for name, values in a_panel().items()}
    each = method.sides(protocol, in_memory(people).tally(method.layout(protocol)))
    assert each.units_treated == 4 * 5


def a_world(**changes: Any) -> World:
    return replace(World(24, None, 10.0, sd=1.0, icc=0.5, periods=20, periods_before=12, serial=0.3), **changes)


def drawn(protocol: Protocol, world: World, effect: float, seed: int) -> Finding:
    rng = np.random.default_rng(seed)
    made = method_of(protocol).draw(protocol, world, Scenario("truth", effect), rng)
    return analyse(protocol, ArrayRows(made.at(1)))


@pytest.mark.parametrize("kind", KINDS)
def test_made_up_pilots_are_found_out(kind: str) -> None:
    protocol = one_of_many(kind)
    effects = [drawn(protocol, a_world(), 5.0, seed).effect for seed in range(6)]
    assert np.mean([effect.estimate for effect in effects]) == pytest.approx(5, abs=0.8)
    assert all(effect.n == 24 * 20 for effect in effects)


@pytest.mark.parametrize("start", ["2010", "2024-03", "0.5"])
def test_made_up_pilots_start_when_the_protocol_says(start: str) -> None:
    finding = drawn(one_of_many(starts=(start,)), a_world(), 50.0, 1)
    assert finding.effect.n_treated == 8
    assert finding.effect.estimate > 20


def test_made_up_looks_bring_new_periods_and_groups_have_their_own_effect() -> None:
    protocol = replace(one_of_many(groups=("sub",)), looks=Looks("obrien-fleming", 2))
    world = a_world(groups=(Groups("sub", ("x", "y"), (0.75, 0.25)),))
    rng = np.random.default_rng(3)
    made = method_of(protocol).draw(protocol, world, Scenario("harm", 6.0, "y"), rng)
    early, late = (made.at(look) for look in (1, 2))
    assert [len(set(columns["year"].tolist())) for columns in (early, late)] == [16, 20]
    finding = analyse(protocol, ArrayRows(late), look=2)
    effects = {one.group: one.estimate for one in finding.equity}
    assert effects["x"] == pytest.approx(10, abs=3)
    assert effects["y"] == pytest.approx(-6, abs=3)


@pytest.mark.parametrize("measure", ["proportion", "count"])
def test_made_up_outcomes_are_of_the_registered_measure(measure: str) -> None:
    protocol = one_of_many()
    protocol = replace(protocol, outcome=replace(protocol.outcome, measure=measure))
    made = method_of(protocol).draw(protocol, a_world(baseline=0.4), Scenario("t", 0.2), np.random.default_rng(1))
    values = made.columns["y"]
    assert set(values.tolist()) <= ({0.0, 1.0} if measure == "proportion" else set(map(float, range(50))))
    assert 0.2 < values.mean() < 0.7


def test_the_misfit_is_measured_by_what_units_differ_by() -> None:
    found = outcomes()
    fitted = synthetic_control(found, 0, list(range(1, 24)), 10)
    spread = np.sqrt(np.mean(np.var(found[:, :10], axis=0, ddof=1)))
    asked = screen(analyse(one_of_many(), in_memory(a_panel())), "fit before the start")
    assert asked.statistic == pytest.approx(fitted.before / spread, rel=1e-6)


def test_gaps_that_grew_as_much_elsewhere_ask_a_question_where_the_interval_shows_an_effect() -> None:
    """Two donors whose outcomes swing after the start about the same mean."""
    found = outcomes()
    found[[3, 4], 10:] += 12 * np.array([1.0, -1.0, 1.0, -1.0, 0.0])
    finding = analyse(one_of_many(), in_memory(a_panel(found)))
    asked = screen(finding, "growth of the gap")
    assert finding.effect.interval[0] > 0
    assert asked.flag
    donors = list(range(1, 24))
    test = PlaceboTest(synthetic_control(found, 0, donors, 10), in_their_place(found, donors, 10))
    assert asked.p_value == test.ratio_p_value() > 0.05
    assert not screen(analyse(one_of_many(), in_memory(a_panel())), "growth of the gap").flag


def test_donors_with_effects_as_large_ask_a_question_where_the_interval_shows_one() -> None:
    found = outcomes(towns=40, effect=6.0)
    found[5, 10:] += 7.5
    found[6, 10:] -= 8.5
    finding = analyse(one_of_many(SDID), in_memory(a_panel(found)))
    asked = screen(finding, "rank among placebos")
    assert finding.effect.interval[0] > 0
    assert asked.flag
    assert "2 of 39 donors have an effect as large" in asked.why


def test_the_gaps_by_period_make_up_the_effect() -> None:
    for kind in KINDS:
        finding = analyse(one_of_many(kind), in_memory(a_panel()))
        gaps = [one.estimate for one in finding.further if one.kind == "period" and one.name.startswith("gap")]
        assert np.mean(np.array(gaps, dtype=float)) == pytest.approx(finding.effect.estimate, rel=1e-9)


def test_made_up_errors_linger_without_growing() -> None:
    series = lingering(np.random.default_rng(1).standard_normal((2, 40_000)), 0.8)
    assert series.std(axis=1) == pytest.approx([1, 1], abs=0.05)
    assert np.corrcoef(series[0, 1:], series[0, :-1])[0, 1] == pytest.approx(0.8, abs=0.02)


def test_where_placebos_are_matched_exactly_no_ratio_is_told() -> None:
    """Twenty-three donors and five periods: most are met exactly; the treated unit lies outside and is not."""
    protocol = a_pilot("synthetic-control")
    columns = its_data("synthetic-control")
    apart = {**columns, "y": columns["y"] + 10.0 * (columns["place"] == "A")}
    found = analyse(protocol, ArrayRows(apart))
    said = {screen.name: screen.why for screen in found.screens}
    assert re.search(r"\d+ of 23 placebos are matched exactly", said["room to fit"])
    assert "all effects are ranked as they are" in said["room to fit"]
    assert "Some are matched exactly before the start; the gap after it" in said["growth of the gap"]
    assert "by a factor" not in said["growth of the gap"]
