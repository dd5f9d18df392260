"""What a rule will do, against closed forms where there are any, and the same bytes however it is computed."""

import json
from dataclasses import replace
from multiprocessing import active_children

import numpy as np
import pytest
from scipy.special import nctdtr, stdtrit

from builders import a_finding, a_protocol
from clew.errors import InputError
from clew.evaluate.finding import Estimate
from clew.evaluate.world import HARM, NO_EFFECT, WORTH_HAVING, scenarios, world_of
from clew.gate.characteristics import (
    ENDINGS,
    Characteristics,
    Task,
    after,
    characteristics,
    ending_of,
    figure,
    trials_in_all,
)
from clew.gate.judge import History, judge
from clew.pilot.protocol import Cost, Design, Equity, Looks, Outcome, Population, Protocol, ScaleRule, Size
from clew.pilot.spending import looks_at

EFFECT_ALONE = ScaleRule(effect_lower_bound_above=0.0)


def of_units(**changes: object) -> Protocol:
    """One look at a mean of single units, ruled by the effect alone: everything has a closed form."""
    plain: dict[str, object] = {
        "design": Design("randomised", "difference", "hc2", "arm", "control"),
        "outcome": Outcome("y", "mean", "higher", 0.5),
        "looks": Looks("single", 1, 0.05),
        "size": Size(units=80, sd=1.0),
        "scale": EFFECT_ALONE,
        "equity": (),
        "cost": None,
        "stop_effect_upper_bound_below": None,
    }
    return a_protocol(**{**plain, **changes})


def of_clusters(**changes: object) -> Protocol:
    plain: dict[str, object] = {
        "design": Design("cluster-randomised", "difference", "cr2", "arm", "control", cluster="district"),
        "outcome": Outcome("y", "proportion", "higher", 0.25),
        "size": Size(units=480, clusters=24, icc=0.05, baseline=0.4, cluster_size_cv=0.0),
    }
    return of_units(**{**plain, **changes})


def found(result: Characteristics, scenario: str) -> dict[str, float]:
    """The estimates of one scenario by ending: scale, stop, undecided, and looks."""
    rows = [row for row in result.rows if row.scenario == scenario]
    return {name: row.estimate for name, row in zip(("scale", "stop", "undecided", "looks"), rows, strict=True)}  # type: ignore[misc]


def close(expected: float, trials: int) -> object:
    """Within four Monte Carlo standard errors."""
    return pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / trials))


def test_one_look_at_single_units_has_the_error_and_the_power_of_the_t_test() -> None:
    """A false "scale" in 2.5 % (one side of the 5 %), a true one by the noncentral t."""
    result = characteristics(of_units(), trials=2000, seed=3)
    assert found(result, NO_EFFECT)["scale"] == close(0.025, 2000)
    power = 1 - nctdtr(78, 0.5 / np.sqrt(2 / 40), stdtrit(78, 0.975))
    assert power == pytest.approx(0.598, abs=5e-3)
    assert found(result, WORTH_HAVING)["scale"] == close(power, 2000)
    assert found(result, WORTH_HAVING)["looks"] == 1.0


def test_three_looks_share_the_error_and_stop_early_as_brownian_motion_does() -> None:
    """Two planned looks and an extension, against half a million walks with the drift of the effect."""
    protocol = of_units(looks=Looks("obrien-fleming", 2, 0.05), extend_times=1, size=Size(units=200, sd=1.0))
    result = characteristics(protocol, trials=1500, seed=4)
    assert found(result, NO_EFFECT)["scale"] == close(0.025, 1500)
    share = np.array([1, 2, 3]) / 3
    drift = 0.5 / np.sqrt(4 / 300)  # expected z when all three hundred units are there
    rng = np.random.default_rng(5)
    steps = rng.standard_normal((500_000, 3)) * np.sqrt(1 / 3) + drift / 3
    crossed = np.cumsum(steps, axis=1) / np.sqrt(share) > np.array(
        [look.boundary for look in looks_at(0.05, tuple(share))]
    )
    looks = np.where(crossed.any(axis=1), crossed.argmax(axis=1) + 1, 3)
    assert found(result, WORTH_HAVING)["scale"] == close(crossed.any(axis=1).mean(), 1500)
    row = next(row for row in result.rows if row.probability == f"expected looks | {WORTH_HAVING}")
    assert row.estimate == pytest.approx(
        looks.mean(), abs=4 * looks.std() / np.sqrt(1500) + 0.03
    )  # t, not z: a bit later
    assert row.mc_error == pytest.approx(looks.std() / np.sqrt(1500), rel=0.15)


def test_few_clusters_keep_the_error_too() -> None:
    """Shares in twelve clusters, two looks: near 2.5 % and never far above it; the arms' own t is an approximation."""
    protocol = of_clusters(looks=Looks("obrien-fleming", 2, 0.05), size=replace(of_clusters().size, clusters=12))
    world = world_of(protocol)
    ended = Task(protocol, world, scenarios(protocol, world), seed=6).batch(0, 0, 1500)  # of no effect alone
    scale = np.mean(ended[:, 0] == ENDINGS.index("scale"))
    assert 0.012 < scale < 0.025 + 4 * np.sqrt(0.025 * 0.975 / 1500)


def test_clusters_have_the_power_of_the_t_test_on_their_shares() -> None:
    """Equal clusters: 24 shares with variance p(1 − p)(ρ + (1 − ρ)/20), and 22 degrees of freedom."""
    result = characteristics(of_clusters(outcome=Outcome("y", "proportion", "higher", 0.1)), trials=800, seed=7)
    variance = sum(p * (1 - p) * (0.05 + 0.95 / 20) / 12 for p in (0.4, 0.5))
    power = 1 - nctdtr(22, 0.1 / np.sqrt(variance), stdtrit(22, 0.975))
    assert found(result, WORTH_HAVING)["scale"] == pytest.approx(power, abs=4 * np.sqrt(0.25 / 800))


def test_lower_is_better_mirrors_higher() -> None:
    lower = of_units(outcome=Outcome("y", "mean", "lower", 0.5))
    power = 1 - nctdtr(78, 0.5 / np.sqrt(2 / 40), stdtrit(78, 0.975))
    assert found(characteristics(lower, trials=500), WORTH_HAVING)["scale"] == close(power, 500)


def test_a_harmed_group_stops_a_large_pilot() -> None:
    shares = Equity("tongue", 0.0, (("Danish", 0.7), ("other", 0.3)))
    protocol = of_units(
        equity=(shares,), scale=replace(EFFECT_ALONE, no_group_harmed=True), size=Size(units=2000, sd=1.0)
    )
    result = found(characteristics(protocol, trials=100), HARM)
    assert result["stop"] > 0.95
    assert result["scale"] == 0.0


def test_an_adaptation_that_is_allowed_is_tried_before_a_harmed_group_stops_the_pilot() -> None:
    shares = Equity("tongue", 0.0, (("Danish", 0.7), ("other", 0.3)))
    protocol = of_units(
        equity=(shares,), scale=replace(EFFECT_ALONE, no_group_harmed=True), size=Size(units=4000, sd=1.0),
        looks=Looks("obrien-fleming", 2, 0.05), adapt_times=1,
    )  # fmt: skip
    result = found(characteristics(protocol, trials=60), HARM)
    assert result["stop"] > 0.9
    assert result["looks"] > 1.9  # without the adaptation the first look would stop it
    assert found(characteristics(replace(protocol, adapt_times=0), trials=60), HARM)["looks"] < 1.5


def test_a_small_pilot_decides_nothing() -> None:
    result = characteristics(of_units(size=Size(units=8, sd=5.0)), trials=200)
    for scenario in (NO_EFFECT, WORTH_HAVING):
        endings = found(result, scenario)
        assert endings["undecided"] > 0.9
        assert endings["scale"] + endings["stop"] + endings["undecided"] == pytest.approx(1.0)


def test_a_stop_rule_ends_a_large_pilot_without_effect() -> None:
    result = characteristics(of_units(size=Size(units=400, sd=1.0), stop_effect_upper_bound_below=0.5), trials=200)
    assert found(result, NO_EFFECT)["stop"] > 0.99
    assert found(result, WORTH_HAVING)["stop"] < 0.1


def test_a_feasibility_pilot_never_scales() -> None:
    protocol = of_units(population=Population("home", "all", "feasibility"), size=Size(units=400, sd=1.0))
    assert found(characteristics(protocol, trials=50), WORTH_HAVING)["scale"] == 0.0


def test_an_outcome_that_has_not_varied_decides_nothing() -> None:
    protocol = of_clusters(size=replace(of_clusters().size, baseline=1e-12, icc=0.0))
    result = characteristics(protocol, trials=20)
    assert found(result, NO_EFFECT)["undecided"] == 1.0
    assert any("could not carry the estimate" in note for note in result.notes)
    assert not any("could not carry" in note for note in characteristics(of_units(), trials=20).notes)


def test_a_design_that_is_not_offered_is_refused_and_not_taken_for_indecision() -> None:
    design = replace(of_units().design, estimator="block-weighted")
    with pytest.raises(InputError, match="needs a block"):
        characteristics(of_units(design=design), trials=2)


@pytest.mark.parametrize("measure", ["mean", "proportion", "count"])
@pytest.mark.parametrize("block", [None, "town"])
def test_every_measure_and_design_can_be_tried(measure: str, block: str | None) -> None:
    outcome = Outcome("y", measure, "higher", 0.2, adjust_for=("before",))  # type: ignore[arg-type]
    size = Size(units=240, clusters=16, icc=0.02, baseline=0.4, sd=1.0)
    for kind, estimator, errors in (("randomised", "lin", "hc2"), ("cluster-randomised", "difference", "cr2")):
        cluster = "district" if kind == "cluster-randomised" else None
        design = Design(kind, estimator, errors, "arm", "control", cluster=cluster, block=block)  # type: ignore[arg-type]
        result = characteristics(of_units(design=design, outcome=outcome, size=size), trials=20)
        assert found(result, WORTH_HAVING)["scale"] > found(result, NO_EFFECT)["scale"]


def test_the_same_bytes_whatever_the_number_of_workers() -> None:
    protocol = of_clusters(equity=a_protocol().equity, cost=Cost("EUR", a_protocol().cost.per_treated_unit))  # type: ignore[union-attr]
    done: list[int] = []
    one, two = (
        json.dumps(characteristics(protocol, trials=45, seed=8, workers=workers, progress=done.append).to_dict())
        for workers in (1, 2)
    )
    assert one == two
    assert sum(done) == 2 * trials_in_all(protocol, 45) == 2 * 3 * 45


def test_further_outcomes_change_nothing_of_what_a_rule_will_do() -> None:
    plain = of_units(equity=(Equity("tongue"),))
    further = replace(plain, secondary=(Outcome("falls", "count", "lower"), Outcome("cost", "mean", "lower", 10.0)))
    assert characteristics(further, trials=40, seed=2) == characteristics(plain, trials=40, seed=2)


def test_another_seed_makes_other_trials() -> None:
    one, two = (found(characteristics(of_units(), trials=100, seed=seed), WORTH_HAVING) for seed in (1, 2))
    assert one != two


def test_an_interruption_ends_all_processes_and_reaches_the_caller() -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        characteristics(of_units(), trials=80, workers=2, progress=interrupt)
    assert active_children() == []


def test_more_trials_begin_with_the_same_ones() -> None:
    few, more = (characteristics(of_units(), trials=trials, seed=2) for trials in (40, 41))
    for scenario in (NO_EFFECT, WORTH_HAVING):
        scaled = round(40 * found(few, scenario)["scale"])
        assert round(41 * found(more, scenario)["scale"]) - scaled in {0, 1}


def test_monte_carlo_errors_and_sentences() -> None:
    result = characteristics(of_units(), trials=400)
    rows = {row.probability: row for row in result.rows}
    row = rows[f"P(scale | {WORTH_HAVING})"]
    assert row.estimate is not None
    assert row.mc_error == pytest.approx(np.sqrt(row.estimate * (1 - row.estimate) / 400))
    assert "the effect is just worth having (0.5)" in row.sentence
    assert f"{row.estimate:.1%}" in row.sentence
    never = rows[f"P(stop | {NO_EFFECT})"]  # no stop rule, no group
    assert (never.estimate, never.mc_error) == (0.0, 0.0)
    assert "in none of 400 trials (so in fewer than 0.75%" in never.sentence
    assert "–" in figure(rows[f"P(stop | {HARM})"])
    assert "No equity group is registered" in rows[f"P(stop | {HARM})"].sentence


def test_it_shows_itself_and_leads_with_what_matters() -> None:
    result = characteristics(of_units(equity=a_protocol().equity), trials=10)
    names = [row.probability for row in result.headline]
    assert set(names) == {
        "P(scale | no effect)",
        "P(scale | effect worth having)",
        "P(stop | harm in one group)",
        "P(undecided | no effect)",
        "P(undecided | effect worth having)",
    }
    written = result.to_dict()
    assert written["headline"] == names
    assert written["assumptions"][0]["name"] == "sd"
    assert json.loads(json.dumps(written)) == json.loads(json.dumps(written, allow_nan=False))
    assert "P(scale | no effect)" in result._repr_html_()


def test_numbers_that_make_no_sense_are_all_refused_at_once() -> None:
    with pytest.raises(InputError) as refused:
        characteristics(of_units(), trials=0, seed=-1, workers=0)
    assert len(refused.value.problems) == 3


def test_a_stop_for_want_of_a_decision_is_undecided() -> None:
    wide = a_finding((-0.1, 0.3))
    assert ending_of(judge(a_protocol(), wide)) == "undecided"
    assert judge(a_protocol(), wide).verdict == "stop"
    assert ending_of(judge(a_protocol(), a_finding((-0.1, 0.01)))) == "stop"
    assert ending_of(judge(a_protocol(), a_finding((0.05, 0.27)))) == "scale"
    assert isinstance(wide.effect, Estimate)


def test_what_a_verdict_uses_up() -> None:
    extend = judge(a_protocol(extend_times=1), a_finding((-0.1, 0.3)))
    assert extend.verdict == "extend"
    assert after(History(), extend) == History(extensions_used=1)
    adapt = judge(a_protocol(), a_finding((0.05, 0.27), equity=(replace(a_finding().equity[0], under_reached=True),)))
    assert adapt.verdict == "adapt"
    assert after(History(1, 1), adapt) == History(1, 2)
    waiting = judge(a_protocol(), a_finding((-0.1, 0.3), look=1))
    assert waiting.verdict == "not yet"
    assert after(History(1, 1), waiting) == History(1, 1)
