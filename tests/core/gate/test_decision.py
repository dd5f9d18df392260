"""Decisions at the gate: a look is taken once, an override stands in public, scaling needs more than a verdict."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from builders import AT, a_finding, a_protocol
from clew.case import events as case_events
from clew.case.state import NOTHING as NO_CASE
from clew.case.state import evolve as evolve_case
from clew.errors import InputError, RefusedError
from clew.gate.decision import (
    NOTHING,
    AnswerScreen,
    Compute,
    Decide,
    Gate,
    HearPublic,
    Override,
    SignReview,
    Standing,
    decide,
    evolve,
    fold,
)
from clew.gate.evaluation import Evaluation
from clew.gate.events import VerdictComputed
from clew.gate.judge import judge
from clew.pilot.protocol import Looks, Population
from clew.record.event import Recorded, encode


def a_verdict(**changes: object) -> VerdictComputed:
    verdict = VerdictComputed(
        "visits",
        1,
        "scale",
        "why",
        "0" * 64,
        "1" * 64,
        "2" * 64,
        "0.1",
        "0.03",
        "0.05",
        "0.15",
        "2.2",
        (),
        (("attrition", "?"),),
    )
    return replace(verdict, **changes)  # type: ignore[arg-type]


OWNER = "director of care"


def standing(*commands: object, verdict: VerdictComputed | None = None, **protocol: object) -> Standing:
    case = evolve_case(NO_CASE, case_events.Opened("t", "pilot", announced=False), AT)
    case = evolve_case(case, case_events.DutyTaken("evaluator", "research unit"), AT)
    gate = evolve(NOTHING, verdict, AT.date()) if verdict else NOTHING
    now = Standing(gate, case, a_protocol(**protocol))
    for command in commands:
        for body in decide(command, now):
            now = replace(now, gate=evolve(now.gate, body, AT.date()))
    return now


READY = (HearPublic("minutes"), SignReview("audit office", "report 7"))


def test_a_look_is_taken_once() -> None:
    now = standing(verdict=a_verdict())
    assert decide(Compute(a_verdict()), now) == ()
    with pytest.raises(RefusedError, match="taken once"):
        decide(Compute(a_verdict(data_sha256="9" * 64)), now)
    with pytest.raises(RefusedError, match="taken once"):
        decide(Compute(a_verdict(protocol_sha256="9" * 64)), now)
    assert decide(Compute(a_verdict(look=2)), now) == (a_verdict(look=2),)


def test_after_a_screen_is_answered_the_same_data_may_be_judged_again() -> None:
    now = standing(AnswerScreen("attrition", "late reports"), verdict=a_verdict(verdict="adapt"))
    assert now.gate.history().answered == {"attrition"}
    assert decide(Compute(a_verdict(verdict="scale")), now) == (a_verdict(verdict="scale"),)


def test_only_a_flagged_screen_can_be_answered() -> None:
    with pytest.raises(InputError, match="no flagged screen"):
        decide(AnswerScreen("density", "x"), standing(verdict=a_verdict()))


@pytest.mark.parametrize("left_out", [0, 1])
def test_scaling_needs_the_public_and_a_review(left_out) -> None:
    some = [command for i, command in enumerate(READY) if i != left_out]
    with pytest.raises(RefusedError, match=["public's input", "independent review"][left_out]):
        decide(Decide(OWNER), standing(*some, verdict=a_verdict()))
    (taken,) = decide(Decide(OWNER), standing(*READY, verdict=a_verdict()))
    assert (taken.decided, taken.by_rule) == ("scale", True)


@pytest.mark.parametrize(
    ("part", "line"),
    [({"cost": None}, "cost line"), ({"equity": ()}, "access line"), ({"decision_owner": None}, "accountability")],
)
def test_scaling_needs_a_cost_an_access_and_an_accountability_line(part, line) -> None:
    with pytest.raises(RefusedError, match=line):
        decide(Decide(OWNER), standing(*READY, verdict=a_verdict(), **part))


def test_other_decisions_need_less() -> None:
    (taken,) = decide(Decide(OWNER), standing(verdict=a_verdict(verdict="stop")))
    assert taken.decided == "stop"


def test_only_the_accountable_owner_decides() -> None:
    with pytest.raises(RefusedError, match="accountable"):
        decide(Decide("somebody else"), standing(*READY, verdict=a_verdict()))


@pytest.mark.parametrize("reviewer", [OWNER, "research unit"])
def test_the_reviewer_is_neither_owner_nor_evaluator(reviewer) -> None:
    with pytest.raises(RefusedError, match="cannot review"):
        decide(SignReview(reviewer, "report"), standing(verdict=a_verdict()))


OTHERWISE = Override("scale", "council committee", "the law asks for it", "the evaluator: equity is not met")


def test_an_override_stands_beside_the_verdict_with_role_reason_and_dissent() -> None:
    now = standing(OTHERWISE, *READY, verdict=a_verdict(verdict="adapt"))
    assert now.gate.latest is not None
    assert now.gate.latest.verdict == "adapt"
    assert now.gate.standing == "scale"
    (taken,) = decide(Decide(OWNER), now)
    assert (taken.decided, taken.by_rule) == ("scale", False)


@pytest.mark.parametrize("field", ["role", "reason", "dissent"])
def test_an_override_without_role_reason_or_dissent_is_bad_input(field) -> None:
    with pytest.raises(InputError, match=field):
        decide(replace(OTHERWISE, **{field: " "}), standing(verdict=a_verdict(verdict="adapt")))


def test_an_override_that_agrees_or_invents_a_verdict_is_refused() -> None:
    with pytest.raises(RefusedError, match="already"):
        decide(OTHERWISE, standing(verdict=a_verdict()))
    with pytest.raises(InputError, match="no verdict"):
        decide(replace(OTHERWISE, decided="launch"), standing(verdict=a_verdict()))


def test_a_feasibility_pilot_cannot_even_be_overridden_to_scale() -> None:
    feasibility = Population("home", "all", "feasibility")
    with pytest.raises(RefusedError, match="feasibility"):
        decide(OTHERWISE, standing(verdict=a_verdict(verdict="adapt"), population=feasibility))


def test_an_override_of_an_earlier_look_does_not_bind_the_next() -> None:
    now = standing(OTHERWISE, verdict=a_verdict(verdict="adapt"))
    gate = evolve(now.gate, a_verdict(look=2, verdict="stop"), AT.date())
    assert gate.standing == "stop"


def test_nothing_can_be_decided_before_a_verdict() -> None:
    with pytest.raises(RefusedError, match="no verdict"):
        decide(Decide(OWNER), standing())


def test_history_counts_what_earlier_looks_used_up() -> None:
    gate = Gate()
    for look, verdict in ((1, "extend"), (2, "adapt"), (3, "adapt")):
        gate = evolve(gate, a_verdict(look=look, verdict=verdict), AT.date())
    assert gate.history(before_look=2).extensions_used == 1
    assert gate.history(before_look=3).adaptations_used == 1
    assert gate.history().adaptations_used == 2


def test_a_gate_is_the_fold_of_its_own_pilot_only() -> None:
    bodies = [a_verdict(), a_verdict(pilot="another", verdict="stop")]
    events = [Recorded(i, i, None, "c", AT, "evaluator", b.kind, encode(b)) for i, b in enumerate(bodies)]
    foreign = Recorded(2, 2, 1, "c", AT, "owner", "case.closed", {"result": "worse", "lesson": "x"})
    assert [one.pilot for one in fold([*events, foreign], "visits").verdicts] == ["visits"]


def test_the_published_json_has_no_nan_and_says_what_it_cannot_prove() -> None:
    protocol, finding = a_protocol(), a_finding()
    published = Evaluation(protocol, finding, judge(protocol, finding)).to_dict()
    assert published["locked"] is None
    assert published["notices"] == ["Not locked: nothing proves that this rule was written before the data."]
    assert published["interval"] == [0.05, 0.27]
    assert published["account"]["cost_per_outcome"] == "781.25"
    assert {row["rule"] for row in published["reasons"]} >= {"scale.effect_lower_bound_above", "looks.planned"}


def test_a_look_evaluated_again_after_an_answer_stands_even_where_the_verdict_stays() -> None:
    asked = a_verdict(verdict="extend", reasons=(("screens", "none", "unanswered: attrition", "no"),))
    answered = replace(asked, reasons=(("screens", "none", "1 flagged, none unanswered", "yes"),))
    now = standing(verdict=asked)
    assert decide(Compute(asked), now) == ()
    assert decide(Compute(answered), now) == (answered,)


# --- past its day ----------------------------------------------------------------------------------------------------

DUE = date(2027, 6, 1)
LATER = DUE + timedelta(days=1)
ONE_LOOK = {"looks": Looks("obrien-fleming", 1, 0.05), "decision_by": DUE, "decision_owner": OWNER}


def extended(on: date, *commands: object) -> tuple[object, ...]:
    """Take an extension after an undecided first look; `commands` come between."""
    now = standing(verdict=a_verdict(verdict="extend"), **ONE_LOOK)
    for command in commands:
        for body in decide(command, now):
            now = replace(now, gate=evolve(now.gate, body, on))
    return decide(Compute(a_verdict(look=2), "research unit", on), now)


def test_an_extension_in_time_needs_no_decision() -> None:
    assert extended(DUE) == (a_verdict(look=2),)


def test_an_extension_of_a_late_pilot_needs_a_new_decision() -> None:
    with pytest.raises(RefusedError, match="past the day of its decision, 2027-06-01: one more look needs a new") as no:
        extended(LATER)
    assert "accountable owner" in str(no.value)
    assert extended(LATER, Decide(OWNER)) == (a_verdict(look=2),)


def test_a_decision_on_an_earlier_look_extends_no_later_one() -> None:
    now = standing(Decide(OWNER), verdict=a_verdict(verdict="extend"), **ONE_LOOK)
    now = replace(now, gate=evolve(now.gate, a_verdict(look=2, verdict="extend"), LATER))
    with pytest.raises(RefusedError, match="past the day"):
        decide(Compute(a_verdict(look=3), "research unit", LATER), now)


def test_a_planned_look_that_is_late_is_taken() -> None:
    early = standing(**ONE_LOOK)
    assert decide(Compute(a_verdict(), "research unit", LATER), early) == (a_verdict(),)


def test_a_pilot_without_a_day_is_never_late() -> None:
    now = standing(verdict=a_verdict(verdict="extend"), **{**ONE_LOOK, "decision_by": None})
    assert decide(Compute(a_verdict(look=2), "research unit", LATER), now) == (a_verdict(look=2),)
