"""Drift: every change of a goal or an indicator, with its day and its reason; and no change without a reason."""

from datetime import date, timedelta

import pytest

from builders import AT
from clew.case.commands import Enter, Open, StateProposition, decide
from clew.case.state import NOTHING, evolve
from clew.errors import InputError, RefusedError
from clew.pilot.drift import Change, drift
from clew.pilot.registration import ProtocolAmended
from clew.record.event import Recorded, encode

FIRST = StateProposition("elders at home", "no death in a bed fire", "deaths a year")
AMENDED = ProtocolAmended("visits", "b" * 64, "a" * 64, 1, "too few homes", (("size.units", "624", "500"),), "…", True)


def recorded(*steps: object) -> list[Recorded]:
    """The events of commands and bodies given one a day."""
    case, events = NOTHING, []
    for day, step in enumerate(steps):
        at = AT + timedelta(days=day)
        for body in (step,) if isinstance(step, ProtocolAmended) else decide(step, case):
            case = case if isinstance(step, ProtocolAmended) else evolve(case, body, at)
            events.append(Recorded(len(events), len(events), None, "fires", at, "owner", body.kind, encode(body)))
    return events


def test_a_first_proposition_and_a_loop_are_no_drift() -> None:
    history = recorded(Open("t"), FIRST, Enter("pilot", "ready"), Enter("frame", "wrong problem"))
    assert drift(history) == ()


def test_each_change_is_listed_with_day_fields_and_reason() -> None:
    again = StateProposition("elders at home", "no death in a bed fire", "alarms that work", reason="deaths are rare")
    assert drift(recorded(Open("t"), FIRST, again, AMENDED)) == (
        Change(
            2,
            date(2026, 11, 4),
            None,
            (("how one would notice", "deaths a year", "alarms that work"),),
            "deaths are rare",
        ),
        Change(3, date(2026, 11, 5), "visits", (("size.units", "624", "500"),), "too few homes"),
    )


def test_each_change_is_against_what_was_said_last() -> None:
    second = StateProposition("everybody", FIRST.value, FIRST.noticed_by, reason="a")
    third = StateProposition("elders at home", FIRST.value, FIRST.noticed_by, reason="b")
    changes = drift(recorded(Open("t"), FIRST, second, third))
    assert [change.changes[0][1:] for change in changes] == [
        ("elders at home", "everybody"),
        ("everybody", "elders at home"),
    ]


def test_a_proposition_is_not_changed_without_a_reason_nor_stated_twice() -> None:
    case = NOTHING
    for command in (Open("t"), FIRST):
        for body in decide(command, case):
            case = evolve(case, body, AT)
    with pytest.raises(InputError, match="without a reason"):
        decide(StateProposition("everybody", "safety", "deaths a year"), case)
    with pytest.raises(RefusedError, match="says this already"):
        decide(StateProposition(FIRST.for_whom, FIRST.value, FIRST.noticed_by, reason="again"), case)


def test_a_proposition_from_before_there_were_reasons_is_read() -> None:
    old = Recorded(
        0, 0, None, "c", AT, "o", "case.proposition-stated", {"for_whom": "a", "value": "b", "noticed_by": "c"}
    )
    new = Recorded(1, 1, 0, "c", AT, "o", "case.proposition-stated", {"for_whom": "d", "value": "b", "noticed_by": "c"})
    assert [change.reason for change in drift([old, new])] == [""]
