"""The gate at its desk, on real files: a pilot from lock to decision, and all that the record will not let happen."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from clew.case.desk import load as load_case
from clew.errors import MissingError, RefusedError
from clew.gate.decision import Decide, HearPublic, Override, SignReview
from clew.gate.desk import at_gate, evaluate_and_record, evaluate_files, seen_at_gate
from clew.gate.survey import read_portfolio
from clew.pilot.in_record import amend_in, lock_in
from clew.pilot.parse import load_protocol
from clew.record.folder import create, open_record
from clew.record.verify import verify
from pilots import PROTOCOL, SIX_MONTHS, TWELVE_MONTHS, write_data

AT = datetime(2026, 9, 1, tzinfo=UTC)
OWNER = "director of care"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a protocol locked on a record, and the data of both looks beside it."""
    (tmp_path / "protocol.toml").write_text(PROTOCOL, encoding="utf-8")
    lock_in(load_protocol(tmp_path / "protocol.toml"), create(tmp_path / "record", origin="example.org/desk"), at=AT)
    write_data(tmp_path / "6.csv", SIX_MONTHS)
    write_data(tmp_path / "12.csv", TWELVE_MONTHS)
    return tmp_path


def evaluated(desk: Path, look: int, data: str, days: int = 200):
    at = AT + timedelta(days=days)
    return evaluate_and_record(
        desk / "protocol.toml", desk / data, record=desk / "record", look=look, at=at, by="evaluator"
    )


def public_bytes(desk: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted((desk / "record").rglob("*")) if path.is_file()}


def test_from_lock_to_decision(desk) -> None:
    first = evaluated(desk, 1, "6.csv")
    assert (first.verdict, first.locked is not None, first.notices) == ("extend", True, ())
    with pytest.raises(RefusedError, match="past the day of its decision"):
        evaluated(desk, 2, "12.csv", 380)
    at_gate(desk / "record", "visits", Decide(OWNER), at=AT + timedelta(days=370), by="owner")
    second = evaluated(desk, 2, "12.csv", 380)
    assert second.verdict == "scale"
    assert second.finding.effect.estimate == pytest.approx(100 / 624, abs=1e-12)  # 223 of 312 against 173 of 312
    assert [one["verdict"] for one in seen_at_gate(desk / "record", "visits")["verdicts"]] == ["extend", "scale"]
    record = desk / "record"
    for command in (HearPublic("minutes"), SignReview("audit office", "report 7"), Decide(OWNER)):
        seen = at_gate(record, "visits", command, at=AT + timedelta(days=400), by="owner")
    assert seen["decisions"][-1]["decided"] == "scale"
    phases = [step.phase for step in load_case(open_record(record), "bed-fires").path]
    assert phases == ["pilot", "evaluate", "gate", "pilot", "evaluate", "gate"]
    assert verify(str(record)).ok


def test_the_same_look_on_the_same_data_writes_nothing_and_says_the_same(desk) -> None:
    first = evaluated(desk, 1, "6.csv")
    before = public_bytes(desk)
    again = evaluated(desk, 1, "6.csv", 300)
    assert public_bytes(desk) == before
    assert again.judgement == first.judgement


def test_a_look_cannot_be_taken_again_on_other_data(desk) -> None:
    evaluated(desk, 1, "6.csv")
    before = public_bytes(desk)
    with pytest.raises(RefusedError, match="taken once"):
        evaluated(desk, 1, "12.csv")
    assert public_bytes(desk) == before


def test_another_protocol_than_the_locked_is_refused(desk) -> None:
    path = desk / "protocol.toml"
    path.write_text(PROTOCOL.replace("worth_having = 0.12", "worth_having = 0.10"), encoding="utf-8")
    with pytest.raises(RefusedError, match="not the one that was locked"):
        evaluate_files(path, desk / "6.csv", record=desk / "record")
    assert evaluate_files(path, desk / "6.csv").locked is None


def test_a_pilot_that_is_not_locked_cannot_enter_the_record(desk) -> None:
    create(desk / "other", origin="example.org/other")
    with pytest.raises(RefusedError, match="not locked on this record"):
        evaluate_and_record(
            desk / "protocol.toml", desk / "6.csv", record=desk / "other", look=1, at=AT, by="evaluator"
        )


def test_changed_after_data_began_is_said_for_ever(desk) -> None:
    evaluated(desk, 1, "6.csv")
    path = desk / "protocol.toml"
    path.write_text(PROTOCOL.replace("worth_having = 0.12", "worth_having = 0.13"), encoding="utf-8")
    record = open_record(desk / "record")
    amend_in(load_protocol(path), record, at=AT + timedelta(days=240), reason="costs rose")
    second = evaluated(desk, 2, "12.csv", 260)
    assert second.notices == ("Changed after data began.",)


def test_an_override_is_shown_beside_the_verdict(desk) -> None:
    evaluated(desk, 1, "6.csv")
    override = Override("stop", "council committee", "the money is gone", "the evaluator: one look was left")
    seen = at_gate(desk / "record", "visits", override, at=AT + timedelta(days=210), by="council")
    assert (seen["verdict"], seen["standing"]) == ("extend", "stop")
    assert seen["overrides"][0]["dissent"] == "the evaluator: one look was left"


def test_the_portfolio_of_the_folder(desk) -> None:
    (desk / "draft.toml").write_text(PROTOCOL.replace('id = "visits"', 'id = "draft"'), encoding="utf-8")
    (desk / "notes.toml").write_text("shopping = ['milk']", encoding="utf-8")
    evaluated(desk, 1, "6.csv")
    seen = read_portfolio(desk, today=date(2027, 7, 1)).to_dict()
    assert [(line["pilot"], line["overdue"]) for line in seen["lines"]] == [("draft", False), ("visits", True)]
    assert (seen["extensions"], seen["share_locked"], seen["share_null_or_negative"]) == (1, 0.5, 1.0)


def test_what_is_not_there_is_said(desk) -> None:
    with pytest.raises(MissingError, match="no pilot"):
        seen_at_gate(desk / "record", "nobody")
    with pytest.raises(MissingError, match="no such folder"):
        read_portfolio(desk / "nowhere", today=date(2027, 1, 1))
