"""Nobody judges in their own cause: who evaluates, reviews, audits or owns a pilot keeps out of the other roles."""

from dataclasses import replace

import pytest

from builders import AT, a_finding, a_protocol
from clew.case import events as case_events
from clew.case.commands import Open, TakeDuty
from clew.case.desk import do
from clew.case.state import NOTHING as NO_CASE
from clew.case.state import evolve as evolve_case
from clew.errors import RefusedError
from clew.gate.decision import NOTHING, Compute, Decide, Override, SignReview, Standing, decide, evolve, fold
from clew.gate.desk import verdict_event
from clew.gate.evaluation import Evaluation
from clew.gate.judge import judge
from clew.pilot.in_record import amend_in, lock_in
from clew.pilot.parse import parse_protocol
from clew.record.event import Recorded, encode
from clew.record.folder import create
from protocol_texts import SOUND, changed

HOLDERS = (("owner", "director"), ("evaluator", "unit"), ("reviewer", "audit office"), ("auditor", "court"))


def a_verdict(look: int = 2):
    protocol, finding = a_protocol(), a_finding((-0.1, 0.2), look=look)
    return verdict_event(Evaluation(protocol, finding, judge(protocol, finding)))


def standing(owner: str | None = "director", evaluated_by: str = "unit") -> Standing:
    """A pilot with one look taken; `owner`: whom the protocol makes accountable."""
    case = evolve_case(NO_CASE, case_events.Opened("t", "pilot", announced=False), AT)
    for duty, party in HOLDERS:
        case = evolve_case(case, case_events.DutyTaken(duty, party), AT)
    gate = evolve(NOTHING, a_verdict(), AT.date(), by=evaluated_by)
    return Standing(gate, case, a_protocol(decision_owner=owner))


@pytest.mark.parametrize(("party", "does"), [("unit", "evaluates"), ("audit office", "reviews"), ("court", "audits")])
def test_who_judges_a_pilot_neither_decides_on_it_nor_overrides_it_even_if_the_protocol_says_so(party, does) -> None:
    with pytest.raises(RefusedError, match=f'"{party}" {does} this pilot and cannot decide'):
        decide(Decide(party), standing(owner=party))
    with pytest.raises(RefusedError, match=f'"{party}" {does} this pilot and cannot decide'):
        decide(Override("extend", party, "because", "none"), standing())


def test_the_owner_decides_and_others_may_still_be_named_for_an_override() -> None:
    assert decide(Decide("director"), standing())[0].owner == "director"
    assert decide(Override("extend", "council", "because", "none"), standing())[0].role == "council"


def test_an_evaluator_who_has_become_owner_has_still_evaluated() -> None:
    now = standing(owner=None, evaluated_by="director")
    with pytest.raises(RefusedError, match='"director" evaluates'):
        decide(Decide("director"), now)


def test_a_reviewer_who_has_become_owner_has_still_reviewed() -> None:
    now = standing(owner=None)
    (signed,) = decide(SignReview("panel", "report"), now)
    with pytest.raises(RefusedError, match='"panel" reviews'):
        decide(Decide("panel"), replace(now, gate=evolve(now.gate, signed, AT.date())))


@pytest.mark.parametrize("party", ["director", "unit", "accountable office", "former unit"])
def test_no_owner_and_nobody_who_evaluated_signs_the_review(party) -> None:
    now = standing(owner="accountable office", evaluated_by="former unit")
    with pytest.raises(RefusedError, match="cannot review"):
        decide(SignReview(party, "report"), now)


@pytest.mark.parametrize("party", ["director", "accountable office", "audit office"])
def test_no_owner_and_no_reviewer_takes_a_look(party) -> None:
    now = replace(standing(owner="accountable office"), gate=NOTHING)
    with pytest.raises(RefusedError, match=f'"{party}" owns or reviews this pilot and cannot evaluate'):
        decide(Compute(a_verdict(), party), now)
    assert decide(Compute(a_verdict(), "unit"), now)


def test_who_evaluated_is_read_from_the_record() -> None:
    verdicts = [a_verdict(1), a_verdict(2), a_verdict(2)]
    parties = ("first unit", "second unit", "second unit")
    events = [
        Recorded(i, i, None, "c", AT, by, body.kind, encode(body))
        for i, (body, by) in enumerate(zip(verdicts, parties, strict=True))
    ]
    assert fold(events, "visits").evaluated_by == ("first unit", "second unit")


@pytest.mark.parametrize("duty", ["evaluator", "reviewer", "auditor"])
def test_a_protocol_cannot_make_its_judge_accountable(tmp_path, duty) -> None:
    record = create(tmp_path / "record", origin="example.org/separation")
    protocol = parse_protocol(SOUND.encode(), "test")
    case = protocol.pilot.case
    do(record, case, (Open("a case", "pilot"), TakeDuty(duty, "director of care")), at=AT, by="somebody")
    size = record.size

    with pytest.raises(RefusedError, match=f'"director of care" is {duty} of this case'):
        lock_in(protocol, record, at=AT, secret_seed="ab" * 32)
    assert record.size == size

    lock_in(with_owner("the council"), record, at=AT, secret_seed="ab" * 32)
    with pytest.raises(RefusedError, match=f'"director of care" is {duty} of this case'):
        amend_in(protocol, record, at=AT, reason="another is to decide")


def with_owner(owner: str):
    return parse_protocol(changed(('owner = "director of care"', f'owner = "{owner}"')).encode(), "test")
