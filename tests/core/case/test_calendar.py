"""The evaluation calendar: dates from the day a case is opened, sooner with risk, moved on by evaluations alone."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import AT
from clew.case.calendar import ASKS, DAYS, calendar, next_evaluation
from clew.case.commands import Close, Enter, GiveEvidence, Open, StateProposition, decide
from clew.case.events import Opened
from clew.case.phases import NAMES, PHASES, RISKS
from clew.case.state import NOTHING, Case, evolve, fold
from clew.errors import InputError
from clew.record.event import Recorded

PROPOSITION = StateProposition("elders at home", "no death in a bed fire", "alarms that work at 90 days")


def after(*commands: tuple[int, object]) -> Case:
    """The case after commands, each on the given day from 2026-11-02 on."""
    case = NOTHING
    for day, command in commands:
        for body in decide(command, case):
            case = evolve(case, body, AT + timedelta(days=day))
    return case


def test_due_dates_are_there_as_soon_as_the_case_is_opened() -> None:
    dues = [one.due for one in calendar(after((0, Open("t", "pilot", risk="high"))))]
    assert dues == [date(2027, 1, 31), date(2027, 5, 1), date(2027, 7, 30)]  # 90, 180, 270 days after 2 November


@given(phase=st.sampled_from(NAMES))
def test_the_more_can_go_wrong_the_sooner(phase) -> None:
    low, medium, high = (next_evaluation(after((0, Open("t", phase, risk=risk)))) for risk in RISKS)
    assert high < medium < low


def test_every_phase_has_its_days_and_its_question() -> None:
    assert set(DAYS) == set(NAMES)
    assert set(ASKS) == {phase.of_three for phase in PHASES}


def test_going_back_does_not_put_an_evaluation_off() -> None:
    opened = after((0, Open("t", "choose")))
    looped = after((0, Open("t", "choose")), (100, Enter("frame", "wrong problem")))
    assert next_evaluation(looped) == next_evaluation(opened)


@pytest.mark.parametrize(
    "evaluated", [Enter("evaluate", "look 1"), GiveEvidence("regular evaluation", "report 7"), None]
)
def test_an_evaluation_moves_the_next_one_on_and_nothing_else_does(evaluated) -> None:
    last = (60, evaluated) if evaluated else (60, GiveEvidence("options compared", "paper 7"))
    case = after((0, Open("t", "pilot")), (1, PROPOSITION), last, (61, Enter("pilot", "goes on")))
    start = date(2026, 11, 2) + timedelta(days=60 if evaluated else 0)
    assert next_evaluation(case) == start + timedelta(days=180)


def test_a_closed_case_is_not_evaluated_any_more() -> None:
    closed = after((0, Open("t")), (1, Close("worse", "it did harm")))
    assert calendar(closed) == ()
    assert next_evaluation(closed) is None
    assert next_evaluation(NOTHING) is None


def test_a_record_from_before_there_was_a_risk_is_read_as_medium() -> None:
    old = Recorded(0, 0, None, "c", AT, "o", Opened.kind, {"title": "t", "phase": "pilot", "announced": False})
    assert fold([old]).risk == "medium"
    assert next_evaluation(fold([old])) == datetime(2027, 5, 1).date()


def test_a_risk_outside_the_vocabulary_is_bad_input() -> None:
    with pytest.raises(InputError, match="no risk"):
        decide(Open("t", risk="none"), NOTHING)
