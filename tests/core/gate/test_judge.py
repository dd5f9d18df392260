"""The verdict: each rule of the gate decides alone, in the order that the glossary promises."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_finding, a_group, a_protocol
from clew.evaluate.finding import Account, Screen
from clew.gate.judge import NOTHING_USED, VERDICTS, History, effect_bounds, judge
from clew.pilot.protocol import Outcome, Population, ScaleRule


def verdict(protocol=None, finding=None, history=NOTHING_USED) -> str:
    return judge(protocol or a_protocol(), finding or a_finding(), history).verdict


def test_scale_when_every_rule_holds() -> None:
    judgement = judge(a_protocol(), a_finding())
    assert judgement.verdict == "scale"
    assert [reason.rule for reason in judgement.reasons if reason.rule.startswith("scale.")] == [
        "scale.effect_lower_bound_above",
        "scale.cost_per_outcome_at_most",
        "scale.no_group_harmed",
        "scale.no_group_under_reached",
    ]


def test_the_bound_itself_is_not_above_the_bound() -> None:
    assert verdict(finding=a_finding((0.0, 0.2))) != "scale"
    assert verdict(finding=a_finding((1e-9, 0.2))) == "scale"


@pytest.mark.parametrize(
    "finding",
    [
        a_finding(account=Account(Decimal(1), Decimal("1000.01"), "EUR")),
        a_finding(account=Account(Decimal(1), None, "EUR", "no gain")),
        a_finding(equity=(a_group(under_reached=True),)),
        a_finding(screens=(Screen("attrition", True, 3.2, "more are missing in one arm"),)),
    ],
    ids=["too dear", "cost unknown", "group under-reached", "screen unanswered"],
)
def test_adapt_when_the_effect_holds_but_another_rule_does_not(finding) -> None:
    assert verdict(finding=finding) == "adapt"


def test_a_screen_that_was_answered_no_longer_blocks() -> None:
    finding = a_finding(screens=(Screen("attrition", True, 3.2, "more are missing in one arm"),))
    assert verdict(finding=finding, history=History(answered=frozenset({"attrition"}))) == "scale"
    assert verdict(finding=finding, history=History(answered=frozenset({"density"}))) == "adapt"


def test_cost_at_the_limit_is_within_it() -> None:
    assert verdict(finding=a_finding(account=Account(Decimal(1), Decimal("1000.00"), "EUR"))) == "scale"


def test_harm_stops_unless_an_adaptation_is_left() -> None:
    harmed = a_finding(equity=(a_group(harmed=True),))
    assert verdict(finding=harmed) == "stop"
    assert verdict(a_protocol(adapt_times=1), harmed) == "adapt"
    assert verdict(a_protocol(adapt_times=1), harmed, History(adaptations_used=1)) == "stop"


def test_a_stop_rule_beats_everything() -> None:
    assert verdict(finding=a_finding((-0.2, 0.049))) == "stop"
    assert verdict(finding=a_finding((0.01, 0.049))) == "stop"


def test_undecided_before_the_last_look_is_not_yet() -> None:
    assert verdict(finding=a_finding((-0.05, 0.24), look=1)) == "not yet"


def test_undecided_at_the_last_look_extends_once_then_stops() -> None:
    protocol = a_protocol(extend_times=1)
    assert verdict(protocol, a_finding((-0.05, 0.24), look=2)) == "extend"
    assert verdict(protocol, a_finding((-0.05, 0.24), look=2), History(extensions_used=1)) == "stop"
    assert verdict(protocol, a_finding((-0.05, 0.24), look=3)) == "stop"


def test_an_early_look_may_scale_and_may_stop() -> None:
    assert verdict(finding=a_finding(look=1)) == "scale"
    assert verdict(finding=a_finding((-0.2, 0.01), look=1)) == "stop"


@given(
    low=st.floats(-1, 1),
    width=st.floats(0, 1),
    look=st.integers(1, 3),
    extend=st.integers(0, 2),
    used=st.integers(0, 2),
)
def test_a_feasibility_pilot_never_ends_in_scale(low, width, look, extend, used) -> None:
    protocol = a_protocol(population=Population("home", "all", "feasibility"), extend_times=extend)
    assert verdict(protocol, a_finding((low, low + width), look), History(used, used)) != "scale"


def test_without_an_effect_rule_nothing_scales() -> None:
    assert verdict(a_protocol(scale=ScaleRule())) != "scale"


def test_lower_is_better_mirrors_the_effect() -> None:
    protocol = a_protocol(outcome=Outcome("alarms", "proportion", "lower", 0.05))
    finding = a_finding((-0.27, -0.05))
    assert effect_bounds(protocol, finding) == (0.05, 0.27)
    assert verdict(protocol, finding) == "scale"
    assert verdict(protocol, a_finding((0.05, 0.27))) == "stop"


@given(low=st.floats(-1, 1), width=st.floats(0, 1), shift=st.floats(0, 1), look=st.integers(1, 2))
def test_a_better_effect_never_loses_the_verdict_scale(low, width, shift, look) -> None:
    worse, better = a_finding((low, low + width), look), a_finding((low + shift, low + width + shift), look)
    if verdict(finding=worse) == "scale":
        assert verdict(finding=better) == "scale"


@given(low=st.floats(-1, 1), width=st.floats(0, 1), look=st.integers(1, 4), harmed=st.booleans())
def test_every_finding_gets_one_of_the_five_verdicts_and_all_reasons(low, width, look, harmed) -> None:
    finding = a_finding((low, low + width), look, equity=(a_group(harmed=harmed),))
    judgement = judge(a_protocol(), finding)
    assert judgement.verdict in VERDICTS
    assert {reason.rule for reason in judgement.reasons} == {
        "scale.effect_lower_bound_above",
        "scale.cost_per_outcome_at_most",
        "scale.no_group_harmed",
        "scale.no_group_under_reached",
        "screens",
        "stop.effect_upper_bound_below",
        "stop.group_harmed",
        "looks.planned",
    }


def test_reasons_name_the_figures() -> None:
    reasons = {reason.rule: reason for reason in judge(a_protocol(), a_finding((0.048, 0.272))).reasons}
    assert reasons["scale.effect_lower_bound_above"].found == "0.048"
    assert reasons["scale.cost_per_outcome_at_most"].needed == "at most 1000.00 EUR"
    assert reasons["scale.cost_per_outcome_at_most"].found == "781.25 EUR"
    assert not reasons["stop.effect_upper_bound_below"].holds


def test_the_protocol_alone_sets_the_bound() -> None:
    protocol = a_protocol()
    stricter = replace(protocol, scale=replace(protocol.scale, effect_lower_bound_above=0.05))
    assert verdict(stricter, a_finding((0.048, 0.272))) == "stop"  # undecided, no extension: could not be shown
    assert verdict(stricter, a_finding((0.051, 0.272))) == "scale"
