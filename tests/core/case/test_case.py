"""A case: entry anywhere, loops, evidence debt, duties kept apart; its state at any date is the fold of its events."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import AT
from clew.case.commands import (
    Close,
    DeclareNovelty,
    Enter,
    GiveEvidence,
    Leave,
    Open,
    Reach,
    StateProposition,
    TakeDuty,
    decide,
)
from clew.case.path import draw, loops
from clew.case.phases import DUTIES, LADDER, NAMES, NOVELTIES, RESULTS, skipped_before
from clew.case.state import NOTHING, Case, evolve, fold
from clew.errors import ClewError, InputError, RefusedError
from clew.record.event import Recorded, encode

PROPOSITION = StateProposition("elders at home", "no death in a bed fire", "alarms that work at 90 days")


def after(*commands: object, case: Case = NOTHING) -> Case:
    for command in commands:
        for body in decide(command, case):
            case = evolve(case, body, AT)
    return case


def recorded(*commands: object) -> list[Recorded]:
    """The events of commands given one a day."""
    case, events = NOTHING, []
    for day, command in enumerate(commands):
        for body in decide(command, case):
            at = AT + timedelta(days=day)
            case = evolve(case, body, at)
            events.append(Recorded(len(events), len(events), None, "fires", at, "owner", body.kind, encode(body)))
    return events


def test_a_case_announced_in_implement_owes_what_the_skipped_phases_leave() -> None:
    case = after(Open("Free alarms", "implement", announced=True))
    assert [debt.item for debt in case.debts] == [
        "problem evidence",
        "those affected heard",
        "options compared",
        "a trial locked before data",
        "an honest evaluation",
        "a decision by rule",
    ]
    assert case.debts[0].due == date(2026, 12, 2)
    assert case.overdue(date(2026, 12, 2)) == ()
    assert [debt.item for debt in case.overdue(date(2026, 12, 3))] == ["problem evidence"]


@given(phase=st.sampled_from(NAMES))
def test_only_an_announced_case_owes_and_it_owes_exactly_what_it_skipped(phase) -> None:
    assert after(Open("t", phase)).debts == ()
    assert [d.phase for d in after(Open("t", phase, announced=True)).debts] == [p.name for p in skipped_before(phase)]


def test_debt_is_paid_by_evidence_and_only_that_one() -> None:
    case = after(Open("t", "gate", announced=True), GiveEvidence("options compared", "council paper 12"))
    assert "options compared" not in [debt.item for debt in case.debts]
    assert len(case.debts) == 4


def test_a_loop_is_a_step_and_never_an_error() -> None:
    case = after(
        Open("t"), PROPOSITION, Enter("pilot", "ready"), Enter("frame", "wrong problem"), Enter("pilot", "again")
    )
    assert case.phase == "pilot"
    assert loops(case) == 1
    assert "↩ frame: wrong problem" in draw(case)


def test_without_a_proposition_it_stays_an_idea() -> None:
    case = after(Open("t"), Enter("deliberate", "talk"))
    with pytest.raises(RefusedError, match="public value proposition"):
        decide(Enter("choose", "now"), case)
    with pytest.raises(RefusedError, match="public value proposition"):
        decide(Reach("in use"), case)
    assert after(PROPOSITION, Enter("choose", "now"), case=case).phase == "choose"


def test_only_what_is_in_use_is_an_innovation_and_a_failure_stays_one() -> None:
    case = after(Open("t"), PROPOSITION, Reach("prototype"))
    assert not case.is_innovation
    closed = after(Reach("in use"), Close("worse", "it did harm"), case=case)
    assert closed.is_innovation
    assert closed.result == "worse"


def test_novelty_belongs_to_the_pair_of_practice_and_organisation() -> None:
    case = after(
        Open("t"), DeclareNovelty("Greve", "originated"), DeclareNovelty("B", "copied"), DeclareNovelty("B", "adapted")
    )
    assert dict(case.novelty) == {"Greve": "originated", "B": "adapted"}


@pytest.mark.parametrize(("held", "wanted"), [(a, b) for a in DUTIES for b in DUTIES if a != b])
def test_one_party_cannot_hold_two_of_the_separated_duties(held, wanted) -> None:
    case = after(Open("t"), TakeDuty(held, "care office"))
    with pytest.raises(RefusedError, match="cannot be its"):
        decide(TakeDuty(wanted, "care office"), case)
    assert after(TakeDuty(wanted, "research unit"), case=case).holder(wanted) == "research unit"


def test_a_party_that_leaves_orphans_its_duties_until_another_takes_them() -> None:
    case = after(
        Open("t"), TakeDuty("owner", "a"), TakeDuty("risk: refusals", "a"), TakeDuty("evaluator", "b"), Leave("a")
    )
    assert case.orphans == ("owner", "risk: refusals")
    assert after(TakeDuty("owner", "c"), case=case).orphans == ("risk: refusals",)


def test_the_state_at_any_date_is_the_fold_up_to_it() -> None:
    events = recorded(Open("t"), PROPOSITION, Enter("pilot", "ready"), Enter("frame", "wrong problem"))
    assert fold(events).phase == "frame"
    assert fold(events, until=AT + timedelta(days=2)).phase == "pilot"
    assert fold(events, until=AT - timedelta(days=1)) == NOTHING


def test_events_of_other_rooms_pass_through() -> None:
    events = recorded(Open("t"))
    foreign = Recorded(1, 1, 0, "fires", AT, "owner", "protocol.locked", {"sha256": "x"})
    assert fold([*events, foreign]) == fold(events)


@pytest.mark.parametrize(
    "command",
    [Open("", "frame"), Open("t", "launch"), Open(" ", "frame")],
)
def test_words_outside_the_vocabulary_are_bad_input(command) -> None:
    with pytest.raises(InputError):
        decide(command, NOTHING)


@pytest.mark.parametrize(
    "command",
    [
        Enter("launch", "why"),
        Enter("pilot", " "),
        Reach("famous"),
        DeclareNovelty("B", "new"),
        Close("great", "x"),
        StateProposition("", "b", "c"),
        GiveEvidence("", "x"),
    ],
)
def test_bad_words_to_an_open_case(command) -> None:
    with pytest.raises(InputError):
        decide(command, after(Open("t"), PROPOSITION))


def test_nothing_happens_before_opening_after_closing_or_twice() -> None:
    with pytest.raises(RefusedError, match="not been opened"):
        decide(Enter("pilot", "x"), NOTHING)
    with pytest.raises(RefusedError, match="open already"):
        decide(Open("t"), after(Open("t")))
    with pytest.raises(RefusedError, match="closed"):
        decide(Enter("pilot", "x"), after(Open("t"), Close("unknown", "x")))
    with pytest.raises(RefusedError, match="holds no duty"):
        decide(Leave("nobody"), after(Open("t")))


words = st.text(max_size=8)
commands = st.one_of(
    st.builds(Open, words, st.sampled_from(NAMES) | words, st.booleans()),
    st.builds(StateProposition, words, words, words),
    st.builds(Enter, st.sampled_from(NAMES) | words, words),
    st.builds(GiveEvidence, words, words),
    st.builds(TakeDuty, st.sampled_from(DUTIES) | words, words),
    st.builds(Leave, words),
    st.builds(Reach, st.sampled_from(LADDER) | words),
    st.builds(DeclareNovelty, words, st.sampled_from(NOVELTIES) | words),
    st.builds(Close, st.sampled_from(RESULTS) | words, words),
)


@given(st.lists(commands, max_size=30))
def test_any_story_keeps_the_laws(story) -> None:
    """Whatever is asked: refused in one clear error or recorded; and the laws of a case hold throughout."""
    case, events, refusals = NOTHING, [], []
    for command in story:
        try:
            bodies = decide(command, case)
        except ClewError as error:
            refusals.append(str(error).strip())
            continue
        for body in bodies:
            case = evolve(case, body, AT)
            events.append(Recorded(len(events), len(events), None, "c", AT, "owner", body.kind, encode(body)))
    assert all(refusals)
    assert fold(events) == case
    held = [party for duty, party in case.duties if duty in DUTIES]
    assert len(held) == len(set(held))
    if case.exists and case.phase in NAMES[3:] and len(case.path) > 1 and case.path[0].phase in NAMES[:3]:
        assert case.proposition is not None
