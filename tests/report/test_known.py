"""What the record knows of one pilot: its own entries alone, and no more than a look's report may know."""

from datetime import UTC, datetime

import pytest

from builders import AT, a_finding, a_protocol
from clew.errors import MissingError
from clew.gate.evaluation import Evaluation
from clew.gate.events import PublicInputHeard, VerdictComputed
from clew.gate.judge import judge
from clew.pilot.in_record import lock_in
from clew.pilot.parse import parse_protocol
from clew.pilot.registration import ProtocolLocked
from clew.pilot.running import IterationClosed, PilotAdapted
from clew.pilot.while_running import adapt_in, close_iteration_in
from clew.record.event import Recorded, encode
from clew.record.folder import create
from clew.report import render_report
from clew.report.from_record import before_next_look
from clew.report.known import know
from pilots import PROTOCOL
from protocol_texts import SOUND


def a_verdict(look: int, pilot: str = "visits") -> VerdictComputed:
    figures = ("0.1", "0.03", "0.05", "0.15", "2.2")
    return VerdictComputed(pilot, look, "extend", "why", "0" * 64, "1" * 64, "2" * 64, *figures, (), ())


def a_lock(pilot: str = "visits") -> ProtocolLocked:
    return ProtocolLocked(pilot, "0" * 64, SOUND, None, after_data=False, seed_commitment=None, characteristics=None)


HISTORY = tuple(
    Recorded(10 * place, place, None, "c", AT, f"party {place}", body.kind, encode(body))
    for place, body in enumerate(
        (
            a_lock(),
            a_lock("another"),
            a_verdict(1),
            PublicInputHeard("visits", "minutes"),
            a_verdict(2, "another"),
            a_verdict(1),
            a_verdict(2),
            PublicInputHeard("visits", "too late"),
        )
    )
)


def test_the_report_of_a_look_knows_what_came_before_the_next_look_of_this_pilot() -> None:
    assert [one.index for one in before_next_look(HISTORY, "visits", 1)] == [0, 10, 20, 30, 40, 50]
    assert before_next_look(HISTORY, "visits", 2) == HISTORY


def test_each_entry_is_known_with_its_place_and_party_and_those_of_other_pilots_are_not() -> None:
    known = know(HISTORY, "visits")
    assert [one.index for one in known.noted] == [0, 20, 30, 50, 60, 70]
    assert (known.lock.index, known.lock.by) == (0, "party 0")
    assert [(one.index, one.body.look) for one in known.looks] == [(50, 1), (60, 2)]
    assert [one.body.reference for one in known.of_public_input] == ["minutes", "too late"]
    assert [one.index for one in know(HISTORY, "another").noted] == [10, 40]


def test_a_pilot_that_was_not_locked_is_not_known() -> None:
    with pytest.raises(MissingError, match='no pilot "nobody"'):
        know(HISTORY, "nobody")
    with pytest.raises(MissingError, match="no protocol of this SHA-256"):
        know(HISTORY, "visits").protocol_at("f" * 64)


def test_what_was_adapted_and_learned_is_told(tmp_path) -> None:
    record = create(tmp_path / "record", origin="example.org/known")
    at = datetime(2026, 9, 1, tzinfo=UTC)
    lock_in(parse_protocol(PROTOCOL.encode(), "p.toml"), record, at=at)
    adapt_in(record, PilotAdapted("visits", "2", "visits by two", "shut doors", "users", "core"), at=at, by="team")
    close_iteration_in(record, IterationClosed("visits", "2", "two open doors", "go on", "90.50"), at=at, by="team")

    known = know(tuple(record.events("bed-fires")), "visits")
    assert known.running_sentence == (
        "It runs as version 2. Adaptations: 1, 1 proposed by users. Rounds closed: 1, 1 adaptations each; spent: 90.50."
    )
    page = render_report(Evaluation(a_protocol(), a_finding(), judge(a_protocol(), a_finding())), known=known)
    assert "What happened while it ran" in page
    assert "two open doors" in page
