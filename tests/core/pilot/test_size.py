"""Sample sizes: the published figures of the fire-safety story, textbook numbers, brute force, and plain sentences."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import nctdtr, ndtr, ndtri, stdtrit

from clew.errors import InputError
from clew.pilot.planned import planned_trial
from clew.pilot.power import (
    cluster_size_for,
    common,
    design_effect,
    expected_z,
    small_sample_factor,
    t_power,
    units_in_all,
    variances,
)
from clew.pilot.protocol import Looks, Protocol
from clew.pilot.sample_size import SampleSize
from clew.pilot.size import size
from protocol_texts import protocol

ONE_LOOK = ('method = "obrien-fleming"\nplanned = 2', 'method = "single"')
NO_EXTENSION = ("times = 1", "times = 0")
ALONE = (('kind = "cluster-randomised"', 'kind = "randomised"'), ('cluster = "district"', ""))


def single(*changes: tuple[str, str]) -> SampleSize:
    return size(protocol(ONE_LOOK, NO_EXTENSION, *changes))


def alone(*changes: tuple[str, str]) -> SampleSize:
    return single(*ALONE, ("clusters = 30", ""), *changes)


def story(*changes: tuple[str, str]) -> SampleSize:
    """55 to 75 percent, 25 homes in each of 12 districts, intra-cluster correlation 0.03."""
    return single(("units = 800", "units = 300"), ("clusters = 30", "clusters = 12"), *changes)


def test_the_fire_safety_story_needs_89_homes_an_arm_154_in_districts_and_26_in_each_of_twelve() -> None:
    found = story()
    by_itself, in_clusters, whole, few = found.steps
    assert (by_itself.treated, by_itself.comparison) == (89, 89)
    assert in_clusters.factor == pytest.approx(1.72)
    assert (in_clusters.treated, in_clusters.comparison) == (154, 154)
    assert whole.name == "in whole clusters: 12, 26 in each"
    assert (whole.treated, whole.comparison) == (156, 156)
    assert few.factor == pytest.approx(1.23, abs=0.005)  # what a t test with 10 degrees of freedom adds


def test_more_units_cannot_make_up_for_too_few_clusters() -> None:
    """With ρ = 0.03 twelve clusters are never worth more than 12 / 0.03 = 400 independent units."""
    found = story(("worth_having = 0.2", "worth_having = 0.1"), ("below = 0.15", "below = 0.1"))
    assert found.needed.units is None
    assert found.steps[-1].treated is None
    assert "12 clusters are too few, however large they are" in " ".join(found.sentences)
    enough = found.needed.clusters_of_stated_size
    assert enough is not None
    more = single(
        ("worth_having = 0.2", "worth_having = 0.1"),
        ("below = 0.15", "below = 0.1"),
        ("units = 800", f"units = {25 * enough}"),
        ("clusters = 30", f"clusters = {enough}"),
    )
    assert more.can_be_shown


@pytest.mark.parametrize(
    ("standardised", "power", "each"),
    [(0.2, 0.8, 394), (0.5, 0.8, 64), (0.8, 0.8, 26), (0.5, 0.9, 86), (0.8, 0.9, 34)],
)
def test_means_agree_with_the_published_table(standardised: float, power: float, each: int) -> None:
    """Cohen (1988), "Statistical Power Analysis", table 2.4.1 (two-sided 5 percent), exact where that table rounds."""
    found = alone(
        ('measure = "proportion"', 'measure = "mean"'),
        ("worth_having = 0.2", f"worth_having = {standardised}"),
        ("baseline = 0.55", f"sd = 1.0\npower = {power}"),
    )
    assert (found.steps[-1].treated, found.steps[-1].comparison) == (each, each)


def test_a_planned_mean_has_the_power_of_the_textbook() -> None:
    """64 an arm detect half a standard deviation with 80.1 percent (Cohen 1988)."""
    found = alone(
        ('measure = "proportion"', 'measure = "mean"'),
        ("worth_having = 0.2", "worth_having = 0.5"),
        ("baseline = 0.55", "sd = 1.0"),
        ("units = 800", "units = 128"),
    )
    assert found.planned is not None
    assert found.planned.power == pytest.approx(0.8015, abs=5e-5)
    assert found.planned.detectable == pytest.approx(0.4991, abs=5e-5)
    assert found.can_be_shown


def test_counts_agree_with_the_formula_by_hand() -> None:
    """(z·√(2·7.5) + z'·√(5 + 10))² / 25 for a rise from 5 to 10 events a unit: 4.7 an arm."""
    found = alone(
        ('measure = "proportion"', 'measure = "count"'),
        ("worth_having = 0.2", "worth_having = 2"),
        ("baseline = 0.55", "baseline = 200"),
    )
    by_hand = (1.959964 * math.sqrt(2 * 201) + 0.841621 * math.sqrt(402)) ** 2 / 4
    assert found.steps[0].treated == math.ceil(by_hand) == 789


def test_rare_counts_are_counted_exactly() -> None:
    found = alone(
        ('measure = "proportion"', 'measure = "count"'),
        ('better = "higher"', 'better = "lower"'),
        ("worth_having = 0.2", "worth_having = 0.05"),
        ("baseline = 0.55", "baseline = 0.1"),
    )
    (step,) = found.steps
    assert "few events" in step.name
    assert step.treated == step.comparison
    units = (step.treated or 0) + (step.comparison or 0)
    assert conditional_power(units, 0.1, 0.05) >= 0.8 > conditional_power(units - 4, 0.1, 0.05)


def conditional_power(units: int, comparison: float, treated: float) -> float:
    """By brute force over every pair of counts: two-sided 5 percent, 2.5 on each side, equal arms."""
    counts = np.arange(0, 200)
    factorial = np.cumsum(np.log(np.maximum(counts, 1)))
    chances = [
        np.exp(counts * np.log(units / 2 * rate) - units / 2 * rate - factorial) for rate in (comparison, treated)
    ]
    power = 0.0
    for low, chance in zip(counts, chances[1], strict=True):
        for high, other in zip(counts, chances[0], strict=True):
            if chance * other > 1e-12 and one_sided_p(int(low), int(high)) <= 0.025:
                power += chance * other
    return power


def one_sided_p(low: int, high: int) -> float:
    """The chance of so few heads among all tosses of a fair coin."""
    return sum(math.comb(low + high, k) for k in range(low + 1)) / 2 ** (low + high)


def test_unequal_arms_need_more() -> None:
    equal, unequal = alone(), alone(("icc = 0.03", "icc = 0.03\ntreated_share = 0.2"))
    assert unequal.needed.units is not None
    assert equal.needed.units is not None
    assert unequal.needed.units > 1.4 * equal.needed.units
    ratio = (unequal.steps[0].treated or 0) / (unequal.steps[0].comparison or 1)
    assert ratio == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.75])
def test_shares_with_unequal_arms_agree_with_the_textbook(share: float) -> None:
    """Fleiss, Levin & Paik (2003), ch. 4: unequal sample sizes without continuity correction, by hand."""
    first, second, ratio = 0.55, 0.75, share / (1 - share)
    pooled = (first + ratio * second) / (1 + ratio)
    root = 1.959964 * math.sqrt((1 + ratio) * pooled * (1 - pooled))
    root += 0.841621 * math.sqrt(ratio * first * (1 - first) + second * (1 - second))
    comparison = root**2 / (ratio * 0.2**2)
    found = alone(("icc = 0.03", f"icc = 0.03\ntreated_share = {share}")).steps[0]
    assert found.comparison == math.ceil(comparison)
    assert found.treated == math.ceil(ratio * comparison)


def test_covariates_spare_units() -> None:
    spared = alone(("icc = 0.03", "icc = 0.03\nr2 = 0.5")).needed.units
    whole = alone().needed.units
    assert spared is not None
    assert whole is not None
    assert spared == pytest.approx(whole / 2, abs=2)


def test_looks_and_extensions_must_be_paid_for() -> None:
    steps = size(protocol()).steps
    assert steps[-1].name.startswith("2 looks, 1 extension allowed: 30, ")
    assert steps[-1].factor == pytest.approx(1.50, abs=5e-3)  # and its limit lies further out for a t with 28 degrees
    without = size(protocol(NO_EXTENSION)).steps[-1]
    assert without.name.startswith("2 looks: 30, ")
    single_units = size(protocol(ALONE[0], ALONE[1], ("clusters = 30", ""), NO_EXTENSION)).steps[-1]
    assert single_units.factor == pytest.approx(1.0037, abs=5e-5)
    extended = size(protocol(*ALONE, ("clusters = 30", ""))).steps[-1]
    assert extended.factor == pytest.approx(1.4318, abs=5e-5)  # the last planned look is two thirds of what is paid for


def test_units_within_clusters_are_not_spread_out_when_dealt_one_by_one() -> None:
    within = single(('kind = "cluster-randomised"', 'kind = "randomised"'))
    assert [step.name for step in within.steps] == ["units randomised one by one"]
    assert within.planned is not None
    assert within.planned.clusters == 30
    dealt = single().planned
    assert dealt is not None
    assert within.planned.power > dealt.power


def test_missing_assumptions_are_filled_in_with_caution_and_said_aloud() -> None:
    found = single(("units = 800\nclusters = 30\ncluster_size_cv = 0.0\nicc = 0.03\nbaseline = 0.55", ""))
    guessed = {one.name: one.value for one in found.assumptions if not one.stated}
    assert guessed == {"baseline": 0.4, "icc": 0.05, "cluster_size_cv": 0.65, "cluster_size": 30}
    assert all(one.why for one in found.assumptions if not one.stated)
    assert found.planned is None
    assert found.can_be_shown is None
    said = " ".join(found.sentences)
    assert "so no power is given" in said
    assert "Not stated in the protocol, so assumed with caution: baseline 0.4 (a share varies most around 0.5)" in said
    mean = alone(('measure = "proportion"', 'measure = "mean"'), ("baseline = 0.55", ""))
    assert {one.name: one.value for one in mean.assumptions if not one.stated} == {"sd": 1.0}
    count = alone(('measure = "proportion"', 'measure = "count"'), ("baseline = 0.55", ""))
    assert {one.name: one.value for one in count.assumptions if not one.stated} == {"baseline": 2.0}


def test_what_cannot_be_shown_is_said_in_plain_words() -> None:
    small = story(("baseline = 0.55", "baseline = 0.4"))
    assert small.planned is not None
    assert small.planned.detectable is not None
    assert not small.can_be_shown
    assert "CANNOT BE SHOWN with the power wanted: this size detects only effects from 0.2" in " ".join(small.sentences)
    tiny = story(("units = 300", "units = 12"))
    assert tiny.planned is not None
    assert tiny.planned.detectable is None
    assert "detects no effect that is possible" in " ".join(tiny.sentences)


@pytest.mark.parametrize(("baseline", "effect"), [(0.3, -0.15), (0.15, 0.12), (0.9, 0.1), (0.1, -0.1), (0.4, 0.0)])
def test_shares_that_differ_have_in_common_what_the_same_ranks_give_them(baseline: float, effect: float) -> None:
    """Who is below 0.3 is below 0.15 half the time: by counting over a hundred thousand ranks."""
    ranks = (np.arange(100_000) + 0.5) / 100_000
    one, other = ranks < baseline, ranks < baseline + effect
    by_hand = np.mean(one * other) - one.mean() * other.mean()
    assert common("proportion", baseline, effect, None) == pytest.approx(by_hand, abs=1e-5)


def test_what_the_power_does_not_count_is_said() -> None:
    """Open questions always; a bound above 0 with the chance of it, that of showing what lies beyond the bound."""
    said = " ".join(story().sentences)
    assert "the questions that chance raises now and then" in said
    assert "as the rule asks, is less likely" not in said
    asked = story(("effect_lower_bound_above = 0.0", "effect_lower_bound_above = 0.1"))
    assert "That the interval lies above 0.1, as the rule asks, is less likely." in " ".join(asked.sentences)
    mean = alone(
        ('measure = "proportion"', 'measure = "mean"'),
        ("baseline = 0.55", "sd = 0.5"),
        ("effect_lower_bound_above = 0.0", "effect_lower_bound_above = 0.1"),
    )
    power = 1 - nctdtr(798, 0.1 / (0.5 * np.sqrt(4 / 800)), stdtrit(798, 0.975))
    assert f"That the interval lies above 0.1, as the rule asks, is less likely: {power:.0%}" in " ".join(
        mean.sentences
    )
    unplanned = story(("units = 300", ""), ("clusters = 12", ""))
    assert "chance raises" not in " ".join(unplanned.sentences)


def test_an_impossible_effect_is_refused() -> None:
    with pytest.raises(InputError, match=r"from 0\.9, an effect of \+0\.2 is impossible: there is room for 0\.1"):
        single(("baseline = 0.55", "baseline = 0.9"))


def test_rare_events_of_one_place_take_54_years_on_each_side() -> None:
    found = story(("icc = 0.03", 'icc = 0.03\nrare_name = "fire deaths"\nrare_events_a_year = 0.74'))
    rare = found.rare
    assert rare is not None
    assert (rare.years_each_side, rare.years_two_sided) == (54, 68)
    assert rare.expected_before == pytest.approx(39.96)
    assert [round(chance, 2) for _, chance in rare.none_by_luck] == [0.48, 0.23, 0.11]
    assert not rare.can_be_shown
    said = " ".join(found.sentences)
    assert "To show a halving with 80% power, one place like this needs about 54 years before and 54 after" in said
    assert "2 years 0.23, 3 years 0.11." in said
    assert "Fire deaths CANNOT BE SHOWN to fall here within 3 years. Register a proximal outcome in its stead" in said
    proximal = story(("icc = 0.03", 'icc = 0.03\nrare_events_a_year = 0.74\nproximal = "the alarm works"'))
    assert "Registered in its stead is the proximal outcome: the alarm works." in " ".join(proximal.sentences)


def test_events_so_rare_that_no_time_would_do() -> None:
    found = story(("icc = 0.03", "icc = 0.03\nrare_events_a_year = 0.001\nrare_cut = 0.01"))
    assert found.rare is not None
    assert (found.rare.years_each_side, found.rare.expected_before) == (None, None)
    assert "needs more than 100,000 years before and as many after." in " ".join(found.sentences)


def test_an_outcome_that_the_treatment_makes_certain_has_no_variance_left() -> None:
    certain = variances("count", 1.0, -1.0, 0.5, None)
    assert certain.treated == 0
    assert expected_z(variances("proportion", 0.0, 1.0, 0.5, None), 1.0, 0.5, 10, alpha=0.05) == math.inf


def test_frequent_events_can_be_shown() -> None:
    found = story(("icc = 0.03", "icc = 0.03\nrare_events_a_year = 40"))
    assert found.rare is not None
    assert found.rare.can_be_shown
    assert "CANNOT BE SHOWN to fall" not in " ".join(found.sentences)


def test_a_pilot_lasts_from_its_first_outcome_to_its_decision() -> None:
    began = story(
        ('existing_data = "none"', 'existing_data = "none"\ndata_began = 2017-06-01'),
        ("icc = 0.03", "icc = 0.03\nrare_events_a_year = 5\nrare_cut = 0.3"),
    )
    assert began.rare is not None
    assert began.rare.horizon_years == pytest.approx(10, abs=0.01)
    assert "a cut by 30%" in " ".join(began.sentences)


def test_the_answer_as_json_holds_no_nan_and_the_same_bytes() -> None:
    text = json.dumps(story(("units = 300", "units = 12")).to_dict(), allow_nan=False)
    assert text == json.dumps(story(("units = 300", "units = 12")).to_dict(), allow_nan=False)
    plain = json.loads(text)
    assert plain["can_be_shown"] is False
    assert plain["needed"]["clusters"] == 12
    assert plain["planned"]["detectable"] is None
    assert "<table>" in story()._repr_html_()


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

SHARES = st.floats(0.1, 0.9)


@given(st.floats(0.05, 0.9), st.floats(0.01, 0.09), SHARES, st.floats(0.55, 0.95))
def test_size_and_expected_statistic_are_two_sides_of_one_formula(
    baseline: float, effect: float, share: float, power: float
) -> None:
    spread = variances("proportion", baseline, effect, share, None)
    units = units_in_all(spread, effect, share, alpha=0.05, power=power)
    z = expected_z(spread, effect, share, units, alpha=0.05)
    assert float(ndtr(z - ndtri(0.975))) == pytest.approx(power)


@given(st.integers(4, 200), st.floats(0.001, 0.3), st.floats(0, 1), st.floats(2, 2_000))
def test_the_cluster_size_is_just_enough(clusters: int, icc: float, cv: float, effective: float) -> None:
    size_needed = cluster_size_for(effective, clusters, icc, cv)
    if size_needed is None:
        assert clusters * 1e9 / design_effect(1e9, icc, cv) <= effective * (1 + 1e-6)
    elif size_needed >= 1:
        assert clusters * size_needed / design_effect(size_needed, icc, cv) == pytest.approx(effective)


@given(st.floats(1, 400), st.floats(0.5, 6), st.sampled_from([0.002, 0.05, 0.2]))
def test_t_power_is_that_of_simulated_t_statistics(df: float, shift: float, alpha: float) -> None:
    rng = np.random.default_rng(7)
    statistics = (rng.standard_normal(40_000) + shift) / np.sqrt(rng.chisquare(df, 40_000) / df)
    simulated = float(np.mean(np.abs(statistics) > stdtrit(df, 1 - alpha / 2)))
    assert t_power(shift, df, alpha=alpha) == pytest.approx(simulated, abs=0.012)


@given(st.floats(2, 1_000), st.floats(1.01, 3))
def test_fewer_degrees_of_freedom_never_need_fewer_units(df: float, more: float) -> None:
    few, many = (small_sample_factor(value, alpha=0.05, power=0.8) for value in (df, df * more))
    assert few >= many >= 1


@given(
    st.integers(40, 4_000),
    st.integers(4, 60),
    st.floats(0, 0.3),
    st.floats(0.2, 0.6),
    st.sampled_from(["higher", "lower"]),
)
def test_the_detectable_effect_has_exactly_the_power_wanted(
    units: int, clusters: int, icc: float, baseline: float, better: str
) -> None:
    planned = changed_size(units, clusters, icc, baseline, better)
    trial = planned_trial(planned)
    assert trial is not None
    detectable = trial.detectable()
    if detectable is None:
        assert trial.power(planned.outcome.sign * trial.largest_effect()) < 0.8 + 1e-6
    else:
        assert trial.power(planned.outcome.sign * detectable) == pytest.approx(0.8, abs=2e-4)


def changed_size(units: int, clusters: int, icc: float, baseline: float, better: str) -> Protocol:
    sound = protocol(ONE_LOOK, NO_EXTENSION)
    stated = replace(sound.size, units=units, clusters=clusters, icc=icc, baseline=baseline)
    return replace(sound, size=stated, outcome=replace(sound.outcome, better=better))  # type: ignore[arg-type]


@pytest.mark.parametrize(("planned", "extensions"), [(1, 0), (2, 0), (2, 1), (3, 0)])
def test_power_in_clusters_is_that_of_simulated_trials(planned: int, extensions: int) -> None:
    """Cluster means drawn look by look, compared by t tests at the boundaries: as often significant as was said."""
    method = "single" if planned == 1 else "obrien-fleming"
    asked = replace(
        changed_size(960, 24, 0.05, 0.5, "higher"),
        looks=Looks(method, planned, 0.05),  # type: ignore[arg-type]
        extend_times=extensions,
    )
    trial = planned_trial(asked)
    assert trial is not None
    effect = 0.15
    assert simulated_power(asked, effect) == pytest.approx(trial.power(effect), abs=0.02)


def simulated_power(asked: Protocol, effect: float, trials: int = 10_000) -> float:
    """Twelve against twelve clusters; each look adds as many units to each cluster."""
    trial = planned_trial(asked)
    assert trial is not None
    rng = np.random.default_rng(11)
    each, icc = 960 // 24 // asked.looks.planned, 0.05
    means = np.where(np.arange(24) < 12, 0.5 + effect, 0.5)
    a, b = means * (1 / icc - 1), (1 - means) * (1 / icc - 1)
    shares = rng.beta(a, b, (trials, 24))
    shown = np.zeros(trials, dtype=bool)
    seen = np.zeros((trials, 24))
    for look in range(1, asked.looks.planned + 1):
        seen += rng.binomial(each, shares)
        rates = seen / (each * look)
        gap = rates[:, :12].mean(axis=1) - rates[:, 12:].mean(axis=1)
        error = np.sqrt((rates[:, :12].var(axis=1, ddof=1) + rates[:, 12:].var(axis=1, ddof=1)) / 12)
        shown |= gap / error > trial.critical_value(look)
    return float(shown.mean())
