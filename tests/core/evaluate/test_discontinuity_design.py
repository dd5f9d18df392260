"""A pilot that turns on a cut-off, from protocol and rows to finding: what is refused, estimated, asked and drawn."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import DESIGNS, discontinuity_beside
from clew.evaluate.discontinuity import jump
from clew.evaluate.discontinuity_bandwidth import Bandwidths
from clew.evaluate.discontinuity_regression import plain_jump
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding, Picture, Screen
from clew.evaluate.local_polynomial import Running
from clew.evaluate.world import NO_EFFECT, WORTH_HAVING, Scenario, world_of
from clew.pilot.protocol import Equity, Protocol
from designs import Columns, a_pilot, write
from running_values import running_of

KIND = "regression-discontinuity"


def pilot(*, adjust_for: tuple[str, ...] = (), **design: Any) -> Protocol:
    """Treated from a score of 50 on; keyword arguments replace fields of its design."""
    protocol = a_pilot(KIND, **design)
    return replace(protocol, outcome=replace(protocol.outcome, adjust_for=adjust_for))


def people(seed: int = 1, n: int = 3000, effect: float = 2.0, step: float | None = None) -> Columns:
    """A score about 50, an outcome that rises with it and jumps by `effect`, an age that does not jump."""
    rng = np.random.default_rng(seed)
    score = rng.uniform(0, 100, n)
    score = score if step is None else np.round(score / step) * step
    return {
        "score": score,
        "y": 0.05 * score + effect * (score >= 50) + rng.normal(0, 1, n),
        "age": 20 + 0.1 * score + rng.normal(0, 5, n),
        "town": np.array(["east", "north", "west"])[rng.integers(0, 3, n)],
        "village": rng.integers(0, 80, n),
    }


def found(protocol: Protocol, columns: Columns) -> Finding:
    return analyse(protocol, ArrayRows(columns))


def screen(finding: Finding, name: str) -> Screen:
    return next(one for one in finding.screens if one.name == name)


def picture(finding: Finding, name: str) -> Picture:
    return next(one for one in finding.pictures if one.name == name)


def test_the_effect_is_the_lines_jump_with_the_robust_interval() -> None:
    data = people()
    effect, expected = found(pilot(), data).effect, jump(running_of(data["score"], data["y"], cutoff=50))
    assert effect.estimate == pytest.approx(expected.conventional)
    assert effect.std_error == pytest.approx(expected.std_error)
    assert sum(effect.interval) / 2 == pytest.approx(expected.estimate)
    assert (effect.interval[1] - effect.interval[0]) / 2 == pytest.approx(1.959964 * expected.std_error, rel=1e-6)
    assert effect.p_value == pytest.approx(math.erfc(abs(expected.estimate / expected.std_error) / math.sqrt(2)))
    assert (effect.n_treated, effect.n_comparison) == (expected.n_above, expected.n_below)
    assert effect.n == effect.n_treated + effect.n_comparison < len(data["y"])
    assert effect.mean_treated - effect.mean_comparison == pytest.approx(effect.estimate)
    assert effect.df is None
    assert effect.mean_comparison == pytest.approx(2.5, abs=0.3)


def test_the_p_value_is_that_of_the_corrected_estimate() -> None:
    """So it is below 0.05 just where the 95% interval leaves out 0."""
    found_p = []
    for seed in range(12):
        data = people(seed=seed, n=800, effect=0.5)
        effect, expected = found(pilot(), data).effect, jump(running_of(data["score"], data["y"], cutoff=50))
        p_value = math.erfc(abs(expected.estimate / expected.std_error) / math.sqrt(2))
        assert effect.p_value == pytest.approx(p_value, rel=1e-9)
        assert (p_value < 0.05) == (effect.interval[0] > 0 or effect.interval[1] < 0)
        found_p.append(p_value)
    assert min(found_p) < 0.05 < max(found_p)


def test_files_say_the_same(tmp_path: Path) -> None:
    data, protocol = people(step=0.5), pilot(adjust_for=("age", "town"))
    of_files = analyse(protocol, open_rows(write(data, tmp_path / "data.csv"), protocol))
    in_memory = found(protocol, data)
    assert of_files.effect.estimate == pytest.approx(in_memory.effect.estimate, rel=1e-9)
    assert of_files.effect.interval == pytest.approx(in_memory.effect.interval, rel=1e-8)
    assert of_files.effect.mean_comparison == pytest.approx(in_memory.effect.mean_comparison, rel=1e-8)
    assert [one.name for one in of_files.screens] == [one.name for one in found(protocol, data).screens]


def test_treatment_below_is_told_as_treated_minus_the_others() -> None:
    data = people()
    turned = data | {"score": 100 - data["score"]}
    one, other = found(pilot(), data).effect, found(pilot(treated_side="below"), turned).effect
    assert other.estimate == pytest.approx(one.estimate)
    assert other.interval == pytest.approx(one.interval)
    assert (other.n_treated, other.mean_treated) == (one.n_treated, pytest.approx(one.mean_treated))


@pytest.mark.parametrize("side", ["above", "below"])
def test_the_cutoff_itself_is_treated(side: str) -> None:
    data = people(step=1.0)
    protocol = pilot(treated_side=side)
    tally = ArrayRows(data).tally(DESIGNS[KIND].layout(protocol))
    sides = DESIGNS[KIND].sides(protocol, tally)
    treated = data["score"] >= 50 if side == "above" else data["score"] <= 50
    assert sides.units_treated == treated.sum()
    assert int(tally.n[sides.comparison].sum()) == (~treated).sum()


def test_a_registered_bandwidth_is_that_of_line_and_parabola() -> None:
    data = people()
    effect = found(pilot(bandwidth=12.0), data).effect
    expected = jump(running_of(data["score"], data["y"], cutoff=50), Bandwidths(12.0, 12.0))
    assert (effect.estimate, effect.std_error) == pytest.approx((expected.conventional, expected.std_error))
    assert effect.n == np.count_nonzero(np.abs(data["score"] - 50) < 12)


def test_clusters_are_counted_within_the_bandwidth() -> None:
    data = people()
    effect = found(pilot(cluster="village", bandwidth=12.0), data).effect
    expected = jump(running_of(data["score"], data["y"], cutoff=50, cluster=data["village"]), Bandwidths(12.0, 12.0))
    assert effect.std_error == pytest.approx(expected.std_error)
    assert effect.clusters == len(np.unique(data["village"][np.abs(data["score"] - 50) < 12]))


@pytest.mark.parametrize("errors", ["classical", "hc1", "hc2"])
def test_a_plain_regression_is_asked_for_by_its_errors(errors: str) -> None:
    data = people()
    finding = found(pilot(standard_errors=errors, bandwidth=20.0), data)
    expected = plain_jump(running_of(data["score"], data["y"], cutoff=50), 20.0, errors=errors)  # type: ignore[arg-type]
    assert (finding.effect.estimate, finding.effect.std_error) == pytest.approx((expected.estimate, expected.std_error))
    assert (finding.effect.n, finding.effect.df) == (expected.n, expected.n - 4)
    assert finding.effect.mean_treated - finding.effect.mean_comparison == pytest.approx(expected.estimate)
    assert "local-linear estimate" in {one.name for one in finding.further}


def with_baseline(data: Columns, *received: str) -> Running:
    """The rows with age and two towns as columns that are adjusted for."""
    towns = [(data["town"] == name).astype(float) for name in ("north", "west")]
    variables = [data["y"], *(data[name] for name in received), data["age"], *towns]
    return replace(running_of(data["score"], *variables, cutoff=50), covariates=3)


def sharper() -> Columns:
    """An outcome that age and town explain in part."""
    data = people()
    return data | {"y": data["y"] + 0.2 * data["age"] + 1.5 * (data["town"] == "west")}


def test_baseline_columns_are_adjusted_for_numbers_and_texts_alike() -> None:
    data, protocol = sharper(), pilot(adjust_for=("age", "town"))
    finding, expected = found(protocol, data), jump(with_baseline(data))
    assert finding.effect.estimate == pytest.approx(expected.conventional)
    assert finding.effect.std_error == pytest.approx(expected.std_error)
    assert finding.effect.n == expected.n_below + expected.n_above
    named = {one.name: one for one in finding.further}
    assert named["bandwidth"].estimate == pytest.approx(expected.bandwidths.h)
    bare = found(pilot(), data).effect
    assert named["without the baseline columns"].estimate == pytest.approx(bare.estimate)
    assert named["without the baseline columns"].interval == pytest.approx(bare.interval)
    assert finding.effect.std_error < 0.9 * bare.std_error
    assert "without the baseline columns" not in {one.name for one in found(pilot(), data).further}


def test_the_levels_are_those_of_rows_in_the_middle_of_the_baseline_columns() -> None:
    data = sharper()
    effect, bare = found(pilot(adjust_for=("age", "town")), data).effect, found(pilot(), data).effect
    assert effect.mean_treated - effect.mean_comparison == pytest.approx(effect.estimate)
    assert effect.mean_comparison == pytest.approx(bare.mean_comparison, abs=4 * bare.std_error)
    drawn = picture(found(pilot(adjust_for=("age", "town")), data), "cut-off")
    assert "rows in the middle of the baseline columns" in drawn.sentence
    assert f"at {effect.mean_comparison:.4g} on the other" in drawn.sentence


def test_baseline_columns_are_held_against_a_jump_of_their_own_unadjusted() -> None:
    data = sharper()
    named = {one.name: one for one in found(pilot(adjust_for=("age", "town")), data).further}
    alone = jump(running_of(data["score"], data["age"], cutoff=50))
    assert named["age at the cut-off"].estimate == pytest.approx(alone.conventional)
    assert named["age at the cut-off"].std_error == pytest.approx(alone.std_error)
    west = jump(running_of(data["score"], (data["town"] == "west") * 1.0, cutoff=50))
    assert named["town = west at the cut-off"].estimate == pytest.approx(west.conventional)


def test_per_unit_received_is_adjusted_in_outcome_and_receiving() -> None:
    data = sharper()
    came = np.random.default_rng(5).uniform(size=3000) < np.where(data["score"] >= 50, 0.8, 0.2) + data["age"] / 500
    data |= {"came": came.astype(float)}
    protocol = pilot(received="came", adjust_for=("age", "town"))
    finding, expected = found(protocol, data), jump(with_baseline(data, "came"))
    assert finding.effect.estimate == pytest.approx(expected.conventional)
    assert finding.effect.std_error == pytest.approx(expected.std_error)
    named = {one.name: one.estimate for one in finding.further}
    assert named["jump of the outcome"] / named["first stage"] == pytest.approx(expected.conventional)  # type: ignore[operator]


def test_made_up_baseline_columns_explain_the_share_that_is_planned() -> None:
    protocol = pilot(adjust_for=("age", "size"))
    protocol = replace(protocol, size=replace(protocol.size, r2=0.6))
    data = DESIGNS[KIND].draw(protocol, world_of(protocol), Scenario(NO_EFFECT, 0.0), np.random.default_rng(1)).at(1)
    explained = [np.corrcoef(data[name], data["y"])[0, 1] ** 2 for name in ("age", "size")]
    assert explained == pytest.approx([0.28, 0.28], abs=0.08)  # a trend along the score is not explained


def test_a_plain_regression_without_a_bandwidth_takes_all_rows() -> None:
    assert found(pilot(standard_errors="hc2"), people(n=400)).effect.n == 400


def test_per_unit_received() -> None:
    data = people(n=6000)
    rng = np.random.default_rng(5)
    data["came"] = (rng.uniform(size=6000) < np.where(data["score"] >= 50, 0.8, 0.2)).astype(float)
    data["y"] = 0.05 * data["score"] + 3.0 * data["came"] + rng.normal(0, 1, 6000)
    finding = found(pilot(received="came"), data)
    expected = jump(running_of(data["score"], data["y"], data["came"], cutoff=50))
    assert finding.effect.estimate == pytest.approx(expected.conventional)
    assert finding.effect.estimate == pytest.approx(3.0, abs=0.5)
    named = {one.name: one.estimate for one in finding.further}
    assert named["jump of the outcome"] / named["first stage"] == pytest.approx(expected.conventional)  # type: ignore[operator]
    assert named["first stage"] == pytest.approx(0.6, abs=0.1)
    assert not screen(finding, "weak first stage").flag
    turned = found(pilot(received="came", treated_side="below"), data)
    assert screen(turned, "weak first stage").flag
    assert "is `treated_side` the side" in screen(turned, "weak first stage").why


def test_a_cutoff_that_moves_few_is_asked_about() -> None:
    data = people()
    data["came"] = (np.random.default_rng(6).uniform(size=3000) < np.where(data["score"] >= 50, 0.33, 0.3)).astype(
        float
    )
    asked = screen(found(pilot(received="came"), data), "weak first stage")
    assert asked.flag
    assert asked.statistic is not None
    assert asked.statistic < 10


@pytest.mark.parametrize(("name", "limit"), [("CHECK_P", 0.01), ("WEAK", 10.0), ("FEW_VALUES", 5)])
def test_the_limits_of_the_checks_are_those_that_are_documented(name: str, limit: float) -> None:
    """One false alarm in a hundred; F of 10 (Staiger & Stock 1997)."""
    assert getattr(discontinuity_beside, name) == limit


def test_twenty_baseline_columns_alarm_no_more_often_than_one() -> None:
    """The p-value is that of the column that jumps most, times how many were looked at."""
    data = people()
    rng = np.random.default_rng(9)
    names = tuple(f"x{place}" for place in range(20))
    finding = found(pilot(adjust_for=names), data | {name: rng.normal(size=3000) for name in names})
    each = [one.p_value for one in finding.further if one.name.startswith("x")]
    assert len(each) == 20
    assert screen(finding, "baseline at the cut-off").p_value == pytest.approx(min(1.0, 20 * min(each)))  # type: ignore[type-var]


def test_everybody_does_as_the_rule_says() -> None:
    data = people()
    data["came"] = (data["score"] >= 50) * 1.0
    asked = screen(found(pilot(received="came"), data), "weak first stage")
    assert not asked.flag
    assert "+100.0 percentage points" in asked.why


BAD = {
    "text": ({"score": np.array(["low", "high"] * 1500)}, {}, 'no number: "high", "low"'),
    "endless": ({"score": np.append(people()["score"][1:], np.inf)}, {}, "no number"),
    "constant": ({"score": np.full(3000, 60.0)}, {}, "the same in every row"),
    "nobody treated": ({}, {"cutoff": 500.0}, "no row is treated: all lie from"),
    "all treated": ({}, {"cutoff": -3.0}, "no row is on the other side"),
    "all treated below": ({}, {"cutoff": 300.0, "treated_side": "below"}, "no row is on the other side"),
    "grades": ({"score": np.round(people()["score"] / 10)}, {"cutoff": 5.0}, "6 distinct values on the treated side"),
    "a side of few": ({}, {"cutoff": float(np.sort(people()["score"])[-7])}, "7 distinct values on the treated side"),
    "received too much": ({"came": np.full(3000, 2.0)}, {"received": "came"}, "numbers from 0 to 1"),
    "empty": ({"score": np.append(people()["score"][1:], np.nan)}, {}, "empty"),
}


@pytest.mark.parametrize("name", BAD)
def test_data_that_carry_no_cutoff_are_refused_by_name(name: str, tmp_path: Path) -> None:
    columns, design, said = BAD[name]
    protocol = pilot(**design)
    with pytest.raises(InputError) as refused:
        open_rows(write(people() | columns, tmp_path / "data.csv"), protocol)
    assert said in str(refused.value)
    assert str(refused.value).count("Traceback") == 0


COMBINATIONS = {
    "weights": {"weights": "age"},
    "received": {"received": "came", "standard_errors": "hc1"},
    "cluster": {"cluster": "village", "standard_errors": "classical"},
    "adjust_for": {"adjust_for": ("age",), "standard_errors": "hc2"},
}


@pytest.mark.parametrize("name", COMBINATIONS)
def test_what_is_not_offered_together_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=name):
        DESIGNS[KIND].layout(pilot(**COMBINATIONS[name]))


def test_received_by_nobody_is_refused() -> None:
    data = people() | {"came": np.zeros(3000)}
    with pytest.raises(InputError, match="does not change at the cut-off"):
        found(pilot(received="came"), data)


def test_an_outcome_that_does_not_vary_near_the_cutoff_is_refused() -> None:
    data = people()
    data["y"] = np.where(np.abs(data["score"] - 50) < 40, 1.0, data["y"])
    with pytest.raises(InputError, match="does not vary near the cut-off"):
        found(pilot(bandwidth=10.0), data)


def test_a_bandwidth_without_rows_is_refused() -> None:
    with pytest.raises(InputError, match="too few distinct values"):
        found(pilot(bandwidth=0.01), people())


def test_sound_data_ask_nothing() -> None:
    finding = found(pilot(adjust_for=("age", "town"), cluster="village"), people(seed=3))
    assert [one.name for one in finding.screens if one.flag] == []
    assert [one.name for one in finding.screens] == [
        "density at the cut-off",
        "differential attrition",
        "baseline at the cut-off",
        "donut",
        "placebo cut-offs",
        "bandwidth",
        "distinct values",
        "few clusters",
    ]
    assert finding.evidence_level == 3


def test_false_alarms_are_as_rare_as_promised() -> None:
    """Each check alarms in one sound pilot of a hundred: over 25 pilots with six checks 1.5 in all."""
    alarms = [
        sum(one.flag for one in found(pilot(adjust_for=("age",)), people(seed=100 + seed, n=800)).screens)
        for seed in range(25)
    ]
    assert sum(alarms) <= 6


def test_people_who_move_across_the_cutoff_are_asked_about() -> None:
    data = people()
    lifted = (data["score"] < 50) & (data["score"] > 47) & (data["y"] > 2.4)
    data["score"] = np.where(lifted, 100 - data["score"], data["score"])
    asked = screen(found(pilot(), data), "density at the cut-off")
    assert asked.flag
    assert "at none of" in asked.why
    assert asked.instead is not None
    assert "without the rows nearer than" in asked.instead.says


def test_scores_that_heap_anywhere_ask_nothing() -> None:
    """Every tenth score is more frequent, 50 among them; it does not stand out."""
    data = people(n=6000, step=1.0)
    heaped = np.random.default_rng(10).uniform(size=6000) < 0.4
    data["score"] = np.where(heaped, 10 * np.round(data["score"] / 10), data["score"])
    seen = screen(found(pilot(), data), "density at the cut-off")
    assert seen.p_value is not None
    assert seen.p_value < 1e-6
    assert not seen.flag


def test_outcomes_missing_on_one_side_are_asked_about() -> None:
    data = people()
    lost = (data["score"] >= 50) & (np.random.default_rng(7).uniform(size=3000) < 0.3)
    data["y"] = np.where(lost, np.nan, data["y"])
    finding = found(pilot(), data)
    assert screen(finding, "differential attrition").flag
    assert dict(finding.missing) == {"treated": int(lost.sum()), "comparison": 0}
    assert not screen(finding, "density at the cut-off").flag


@pytest.mark.parametrize("column", ["age", "town"])
def test_a_baseline_that_jumps_is_asked_about(column: str) -> None:
    data = people()
    past = data["score"] >= 50
    data["age"] = data["age"] + (5 * past if column == "age" else 0)
    data["town"] = np.where(past & (column == "town"), "west", data["town"])
    asked = screen(found(pilot(adjust_for=("age", "town")), data), "baseline at the cut-off")
    assert asked.flag
    assert f"Of 3 baseline columns, {column}" in asked.why


def test_a_baseline_that_is_the_rule_itself_is_asked_about() -> None:
    data = people()
    data["age"] = (data["score"] >= 50) * 1.0
    asked = screen(found(pilot(adjust_for=("age",)), data), "baseline at the cut-off")
    assert asked.flag
    assert asked.statistic is None
    assert asked.p_value == 0


def test_sides_too_coarse_for_placebo_cutoffs_have_no_picture_of_them() -> None:
    finding = found(pilot(cutoff=49.0, bandwidth=5.5), people(step=2.0))
    assert screen(finding, "placebo cut-offs").why == "Too few values on either side to look elsewhere."
    assert [one.name for one in finding.pictures] == ["cut-off", "density"]


def test_rows_unlike_the_others_next_to_the_cutoff_are_asked_about() -> None:
    data = people(effect=0.0)
    near = (data["score"] >= 50) & (data["score"] < 51)
    data["y"] = data["y"] + 6 * near
    finding = found(pilot(bandwidth=15.0), data)
    assert screen(finding, "donut").flag
    assert screen(finding, "donut").instead is not None
    assert abs(screen(finding, "donut").instead.estimate or 9.0) < abs(finding.effect.estimate)  # type: ignore[union-attr]


def test_a_registered_donut_leaves_rows_out() -> None:
    data = people(effect=0.0)
    data["y"] = data["y"] + 6 * ((data["score"] >= 50) & (data["score"] < 51))
    finding = found(pilot(donut=1.0, bandwidth=15.0), data)
    far = np.abs(data["score"] - 50) >= 1
    expected = jump(running_of(data["score"][far], data["y"][far], cutoff=50), Bandwidths(15.0, 15.0))
    assert finding.effect.estimate == pytest.approx(expected.conventional)
    said = screen(finding, "donut")
    assert not said.flag
    assert said.instead is not None
    assert said.instead.says == "with the rows nearer than 1 to the cut-off"
    assert said.instead.estimate == pytest.approx(found(pilot(bandwidth=15.0), data).effect.estimate)
    assert said.statistic is not None
    assert said.statistic < -4


def test_a_registered_donut_leaves_rows_out_of_the_checks_too() -> None:
    """Outcomes lost, and ages raised, right past the cut-off alone: where the donut leaves no row."""
    data = people(n=6000)
    near = (data["score"] >= 50) & (data["score"] < 50.8)
    data["y"] = np.where(near & (np.arange(6000) % 3 > 0), np.nan, data["y"])
    data["age"] = np.where(near, 90.0, data["age"])
    names = ("differential attrition", "baseline at the cut-off")
    asked = {donut: found(pilot(donut=donut, adjust_for=("age",)), data) for donut in (None, 1.0)}
    assert [screen(asked[None], name).flag for name in names] == [True, True]
    assert [screen(asked[1.0], name).flag for name in names] == [False, False]


def test_an_outcome_that_jumps_everywhere_is_asked_about() -> None:
    data = people(effect=0.0)
    data["y"] = data["y"] + 3 * (np.floor(data["score"] / (50 / 6)) % 2)
    asked = screen(found(pilot(bandwidth=6.0), data), "placebo cut-offs")
    assert asked.flag
    assert asked.statistic is not None
    assert asked.statistic >= 4


def test_a_bandwidth_too_wide_for_lines_is_asked_about() -> None:
    data = people(effect=0.0)
    data["y"] = data["y"] + ((data["score"] - 50) / 10) ** 3
    assert screen(found(pilot(bandwidth=50.0), data), "bandwidth").flag
    assert not screen(found(pilot(), data), "bandwidth").flag


def test_few_distinct_values_are_asked_about() -> None:
    data = people(step=1.0)
    few = screen(found(pilot(bandwidth=4.5), data), "distinct values")
    assert "5 distinct values on the treated side and 4 on the other" in few.why
    assert few.flag
    assert not screen(found(pilot(bandwidth=5.5), data), "distinct values").flag


def test_few_clusters_are_asked_about() -> None:
    data = people() | {"village": np.random.default_rng(1).integers(0, 9, 3000)}
    assert screen(found(pilot(cluster="village"), data), "few clusters").flag


def test_other_bandwidths_stand_beside() -> None:
    data = people()
    finding = found(pilot(bandwidth=12.0), data)
    running = running_of(data["score"], data["y"], cutoff=50)
    named = {one.name: one for one in finding.further}
    for name, factor in (("half the bandwidth", 0.5), ("twice the bandwidth", 2.0)):
        expected = jump(running, Bandwidths(12 * factor, 12 * factor))
        assert named[name].estimate == pytest.approx(expected.conventional)
        assert named[name].std_error == pytest.approx(expected.std_error)
    assert named["conventional interval"].kind == "warning"
    assert named["bandwidth"].estimate == 12.0
    assert "of 3000" in named["bandwidth"].why
    assert named["bias-corrected estimate"].interval == finding.effect.interval


def test_what_cannot_be_had_says_why() -> None:
    named = {one.name: one for one in found(pilot(bandwidth=4.0), people(step=1.0, n=6000)).further}
    assert named["half the bandwidth"].estimate is None
    assert "too few distinct values" in named["half the bandwidth"].why


@pytest.mark.parametrize("side", ["above", "below"])
def test_pictures_show_the_data_where_they_are(side: str) -> None:
    data, protocol = people(step=0.5), pilot(treated_side=side)
    data["score"] = data["score"] if side == "above" else 100 - data["score"]
    finding = found(protocol, data)
    seen = picture(finding, "cut-off")
    assert seen.marks[0].x == 50
    means, other, treated = seen.series
    assert [point.x for point in means.points] == sorted(point.x for point in means.points)
    up = side == "above"
    ends = {point.x: point.y for point in treated.points}[50], {point.x: point.y for point in other.points}[50]
    assert ends[0] - ends[1] == pytest.approx(finding.effect.estimate)
    assert all((point.x >= 50) == up or point.x == 50 for point in treated.points)
    for point in means.points:
        inside = (np.abs(data["score"] - point.x) < 2.5) & (
            (data["score"] >= 50) == (point.x > 50) if up else (data["score"] <= 50) == (point.x < 50)
        )
        assert point.y == pytest.approx(float(np.mean(data["y"][inside])), abs=0.6)
        assert point.low is not None
        assert 0.1 < point.y - point.low < 1.5


@pytest.mark.parametrize("side", ["above", "below"])
def test_the_picture_of_rows_counts_them(side: str) -> None:
    data, protocol = people(step=1.0), pilot(treated_side=side)
    seen = picture(found(protocol, data), "density")
    for one in seen.series:
        starts = [point.x for point in one.points]
        for start, end, point in zip(starts, starts[1:], one.points, strict=False):
            if side == "above":
                inside = (data["score"] >= start) & (data["score"] < end)
            else:
                inside = (data["score"] > start) & (data["score"] <= end)
            assert point.y == inside.sum()
    assert {one.name for one in seen.series} == {"treated side", "other side"}


def test_no_mark_stands_for_fewer_than_ten_rows() -> None:
    data = people(n=700)
    data["score"] = np.random.default_rng(8).normal(50, 12, 700)
    finding = found(pilot(), data)
    rows = [point.y for one in picture(finding, "density").series for point in one.points[:-1]]
    assert min(rows) >= 10
    assert 400 < sum(rows) < 700
    means = [point.x for point in picture(finding, "cut-off").series[0].points]
    width = min(np.diff(means))
    assert min(np.count_nonzero(np.abs(data["score"] - x) <= width / 2) for x in means) >= 10


def test_placebo_cutoffs_are_drawn_where_they_are() -> None:
    data = people()
    data["y"] = data["y"] + 4 * (data["score"] >= 75)
    for side in ("above", "below"):
        seen = picture(found(pilot(bandwidth=8.0, treated_side=side), data), "placebo")
        strong = [point.x for point in seen.series[0].points if point.low is not None and abs(point.y) > 2]
        assert strong == pytest.approx([75.0], abs=1.0)
        assert seen.series[1].points[0].x == 50


def test_groups_are_estimated_apart() -> None:
    data = people(n=6000)
    protocol = replace(pilot(), equity=(Equity("town"),))
    groups = found(protocol, data).equity
    assert [group.group for group in groups] == ["east", "north", "west"]
    for group in groups:
        here = data["town"] == group.group
        expected = jump(running_of(data["score"][here], data["y"][here], cutoff=50))
        assert group.estimate == pytest.approx(expected.conventional)
        assert group.n == here.sum()


def test_a_group_too_small_for_lines_says_so() -> None:
    data = people()
    data["town"] = np.where(np.arange(3000) < 24, "isle", "land")
    data["score"] = np.where(data["town"] == "isle", np.where(np.arange(3000) % 2, 20.0, 80.0), data["score"])
    groups = {group.group: group for group in found(replace(pilot(), equity=(Equity("town"),)), data).equity}
    assert groups["isle"].estimate is None
    assert "too few distinct values" in groups["isle"].why


DRAWN = {
    "sharp": ({}, 1.0),
    "below": ({"treated_side": "below"}, 1.0),
    "fuzzy": ({"received": "came"}, 1.0),
    "bandwidth": ({"bandwidth": 4.0}, 1.0),
    "clusters": ({"cluster": "village"}, 1.0),
    "at zero": ({"cutoff": 0.0}, 1.0),
}


@pytest.mark.parametrize("name", DRAWN)
def test_made_up_pilots_hold_what_was_put_in(name: str) -> None:
    design, effect = DRAWN[name]
    protocol = pilot(**design)
    size = replace(protocol.size, units=6000, treated_share=0.3, received_share=0.6, clusters=None)
    protocol = replace(protocol, size=size)
    if "cluster" in design:
        protocol = replace(protocol, size=replace(size, clusters=150, icc=0.05))
    drawn = DESIGNS[KIND].draw(protocol, world_of(protocol), Scenario(WORTH_HAVING, effect), np.random.default_rng(1))
    columns = drawn.at(len(drawn.rows_at))
    past = (columns["score"] - protocol.design.cutoff) * (1 if protocol.design.treated_side == "above" else -1)
    assert np.mean(past >= 0) == pytest.approx(0.3, abs=0.02)
    finding = found(protocol, columns)
    assert abs(finding.effect.estimate - effect) < 4 * finding.effect.std_error
    if protocol.design.received:
        assert columns["came"][past < 0].max() == 0
        assert columns["came"][past >= 0].mean() == pytest.approx(0.6, abs=0.03)


@pytest.mark.parametrize("measure", ["proportion", "count"])
def test_made_up_shares_and_counts_keep_their_range(measure: str) -> None:
    protocol = pilot()
    outcome = replace(protocol.outcome, measure=measure, worth_having=0.2)
    protocol = replace(protocol, outcome=outcome, size=replace(protocol.size, sd=None, baseline=0.4, units=4000))
    drawn = DESIGNS[KIND].draw(protocol, world_of(protocol), Scenario(NO_EFFECT, 0.0), np.random.default_rng(2))
    y = drawn.at(1)["y"]
    assert set(np.unique(y)) <= ({0.0, 1.0} if measure == "proportion" else set(map(float, range(20))))
    assert y.mean() == pytest.approx(0.4, abs=0.06)


def covered(seed: int, trials: int, *, step: float | None = None, received: bool = False, level: float = 0.95) -> float:
    """The share of made-up pilots whose robust interval holds the truth, 2 (per unit received, where asked)."""
    protocol, hits = pilot(**({"received": "came"} if received else {})), 0
    for trial in range(trials):
        data = people(seed=seed * 100_000 + trial, n=1000, step=step)
        if received:
            rng = np.random.default_rng(seed * 100_000 + 50_000 + trial)
            taste = rng.normal(size=1000)
            data["came"] = (taste + rng.normal(size=1000) < np.where(data["score"] >= 50, 1.2, -1.2)).astype(float)
            data["y"] = 0.05 * data["score"] + 2.0 * data["came"] + taste
        raw = DESIGNS[KIND].estimate(protocol, ArrayRows(data), ())
        assert raw.interval_at is not None
        low, high = raw.interval_at(level)
        hits += low <= 2.0 <= high
    return hits / trials


@pytest.mark.parametrize(("step", "received"), [(None, False), (1.0, False), (None, True)])
def test_the_interval_covers_as_often_as_it_says(step: float | None, received: bool) -> None:
    """80% intervals in 150 pilots: 68% to 91% is within four standard errors."""
    assert 0.68 <= covered(1, 150, step=step, received=received, level=0.8) <= 0.91
