"""Promises on a real record: read, decide, append, publish; what is refused writes nothing."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import clew.pilot
from clew.case import commands
from clew.case.state import fold as fold_case
from clew.errors import RefusedError
from clew.pilot.assign import commitment_to
from clew.pilot.in_record import amend_in, assign_in, lock_in, seed_of, standing_in
from clew.pilot.protocol import Protocol
from clew.pilot.registration import lock
from clew.pilot.units import read_units
from clew.record.event import Event
from clew.record.folder import Record, create, open_record
from clew.record.verify import verify
from protocol_texts import SOUND, changed, protocol, without_table

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SECRET = "0123456789abcdef" * 4
SEEDED = ('cluster = "district"', 'cluster = "district"\nseed = 7')


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return create(tmp_path / "record", origin="records.example.org/pilots")


def locked(record: Record, asked: Protocol | None = None) -> None:
    lock_in(asked or protocol(), record, at=AT, secret_seed=SECRET)


def units(asked: Protocol, source: bytes = b"district\na\nb\nc\nd\n"):  # type: ignore[no-untyped-def]
    return read_units(source, "units.csv", asked)


def test_a_lock_is_published_and_can_be_verified(record: Record, tmp_path: Path) -> None:
    receipt = lock_in(
        protocol(), record, at=AT, secret_seed=SECRET, characteristics=(("P(scale | no effect)", "0.02"),)
    )
    kinds = [(one.index, one.kind, one.by) for one in record.events("visits")]
    assert kinds == [(0, "case.opened", "director of care"), (1, "protocol.locked", "director of care")]
    assert (receipt.index, receipt.checkpoint.size) == (1, 2)
    assert receipt.checkpoint == record.published
    plain = receipt.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["protocol_sha256"] == protocol().sha256
    assert plain["characteristics"] == [["P(scale | no effect)", "0.02"]]
    assert "text" not in plain
    assert "protocol.locked, pilot visits: entry 1 of records.example.org/pilots" in receipt._repr_html_()
    assert verify(str(tmp_path / "record")).ok


def test_the_secret_seed_is_kept_private_until_units_are_assigned(record: Record, tmp_path: Path) -> None:
    locked(record)
    (lock_event,) = [one for one in record.events() if one.kind == "protocol.locked"]
    assert lock_event.data["seed_commitment"] == commitment_to(SECRET)
    public = [path for path in (tmp_path / "record").rglob("*") if path.is_file() and "private" not in path.parts]
    assert public
    assert not any(SECRET.encode() in path.read_bytes() for path in public)
    assignment, receipt = assign_in(protocol(), record, units(protocol()), at=AT)
    assert receipt is not None
    assert receipt.to_dict()["seed"] == SECRET
    assert dict(assignment.counts) == {"usual": 2, "treated": 2}


def test_the_same_units_again_write_nothing(record: Record) -> None:
    locked(record)
    first, _ = assign_in(protocol(), record, units(protocol()), at=AT)
    size = record.size
    again, receipt = assign_in(protocol(), record, units(protocol(), b"district\nd\nc\nb\na\n"), at=AT)
    assert receipt is None
    assert record.size == size
    assert again.assignment_sha256 == first.assignment_sha256


def test_a_seed_in_the_protocol_is_used_as_it_stands(record: Record) -> None:
    asked = protocol(SEEDED)
    lock_in(asked, record, at=AT, secret_seed=SECRET)
    _, receipt = assign_in(asked, record, units(asked), at=AT)
    assert receipt is not None
    assert receipt.to_dict()["seed"] == "7"
    assert seed_of(asked) == "7"


def test_without_a_committed_seed_nothing_is_dealt(record: Record) -> None:
    with pytest.raises(RefusedError, match="no seed was committed beforehand"):
        seed_of(protocol())
    with pytest.raises(RefusedError, match="no seed was committed beforehand"):
        assign_in(protocol(), record, units(protocol()), at=AT)
    with pytest.raises(RefusedError, match="nobody is enrolled before"):
        assign_in(protocol(SEEDED), record, units(protocol(SEEDED)), at=AT)
    assert record.size == 0


def test_an_erased_seed_is_missed(record: Record) -> None:
    locked(record)
    record.erase(1, "seed", at=AT, by="owner")
    with pytest.raises(RefusedError, match="no longer keeps the secret seed"):
        assign_in(protocol(), record, units(protocol()), at=AT)


def test_after_the_assignment_the_seed_is_public(record: Record) -> None:
    locked(record)
    assign_in(protocol(), record, units(protocol()), at=AT)
    record.erase(1, "seed", at=AT, by="owner")
    assert seed_of(protocol(), record, standing_in(record, protocol()).registration) == SECRET


def test_an_amendment_is_published(record: Record) -> None:
    locked(record)
    moved = protocol(("by = 2027-03-01", "by = 2027-03-02"))
    receipt = amend_in(moved, record, at=AT, reason="a holiday", by="council")
    assert receipt.index == 2
    assert receipt.to_dict()["changes"] == [["public_input.by", "2027-03-01", "2027-03-02"]]
    assert standing_in(record, moved).registration.sha256 == moved.sha256
    assert [one.by for one in record.events()][-1] == "council"


@pytest.mark.parametrize("text", [without_table("exit"), SOUND])
def test_what_is_refused_writes_nothing(record: Record, text: str) -> None:
    locked(record)
    size = record.size
    with pytest.raises(RefusedError):
        lock_in(protocol(text=text), record, at=AT)
    with pytest.raises(RefusedError):
        amend_in(protocol(text=text), record, at=AT, reason="x")
    assert record.size == size


def test_a_pilot_belongs_to_one_case(record: Record) -> None:
    locked(record)
    moved = protocol(('id = "visits"', 'id = "visits"\ncase = "fires"'))
    for step in (lambda: lock_in(moved, record, at=AT), lambda: amend_in(moved, record, at=AT, reason="x")):
        with pytest.raises(RefusedError, match='is locked in case "visits", not in "fires"'):
            step()


def test_a_case_that_waits_elsewhere_enters_the_pilot(record: Record) -> None:
    case = fold_case(())
    opened = commands.decide(commands.Open("Bed fires", "choose", announced=True), case)
    record.append([Event("visits", AT, "council", body) for body in opened])
    locked(record)
    kinds = [one.kind for one in record.events("visits")]
    assert kinds == ["case.opened", "case.phase-entered", "protocol.locked"]
    assert fold_case(record.events("visits")).phase == "pilot"
    assert lock_in(protocol(('id = "visits"', 'id = "calls"\ncase = "visits"')), record, at=AT).index == 3


def test_a_lock_before_data_pays_the_evidence_that_an_announced_case_owes(record: Record) -> None:
    opened = commands.decide(commands.Open("Bed fires", "gate", announced=True), fold_case(()))
    record.append([Event("visits", AT, "council", body) for body in opened])
    assert "a trial locked before data" in {debt.item for debt in fold_case(record.events("visits")).debts}
    locked(record)
    case = fold_case(record.events("visits"))
    assert "a trial locked before data" not in {debt.item for debt in case.debts}
    assert case.evidence[-1].reference == f"protocol {protocol().sha256}"


def test_a_lock_after_data_pays_nothing(record: Record) -> None:
    opened = commands.decide(commands.Open("Bed fires", "gate", announced=True), fold_case(()))
    record.append([Event("visits", AT, "council", body) for body in opened])
    locked(record, protocol(('existing_data = "none"', 'existing_data = "seen"')))
    assert "a trial locked before data" in {debt.item for debt in fold_case(record.events("visits")).debts}


def test_who_decides_on_an_old_record_writes_nothing(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading and writing somebody else locks the same pilot."""

    def too_late(*arguments: object, **named: object) -> object:
        monkeypatch.undo()
        locked(open_record(tmp_path / "record"))
        return lock(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("clew.pilot.in_record.lock", too_late)
    with pytest.raises(RefusedError, match="Read it again"):
        lock_in(protocol(), record, at=AT, secret_seed="ff" * 32)
    kinds = [one.kind for one in open_record(tmp_path / "record").events()]
    assert kinds == ["case.opened", "protocol.locked"]


# ── the face for notebooks ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_face_takes_paths_and_protocols(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(changed(SEEDED), encoding="utf-8")
    (tmp_path / "u.csv").write_bytes(b"district\na\nb\n")
    assert clew.pilot.check(path).ok
    assert clew.pilot.check(protocol()).ok
    assert clew.pilot.size(str(path)).needed.units
    assert dict(clew.pilot.assign(path, tmp_path / "u.csv").counts) == {"usual": 1, "treated": 1}
    create(tmp_path / "record")
    receipt = clew.pilot.lock(path, record=tmp_path / "record", by="council")
    assert receipt.kind == "protocol.locked"
    clew.pilot.assign(path, tmp_path / "u.csv", record=tmp_path / "record", at=AT)
    assert [one.by for one in open_record(tmp_path / "record").events()] == ["council", "council", "director of care"]


def test_a_lock_from_a_notebook_is_dated_today_and_draws_its_own_seed(tmp_path: Path) -> None:
    create(tmp_path / "record")
    clew.pilot.lock(protocol(), record=tmp_path / "record")
    record = open_record(tmp_path / "record")
    (event,) = [one for one in record.events() if one.kind == "protocol.locked"]
    assert abs((event.at.date() - datetime.now(UTC).date()).days) <= 1
    kept = record.disclosure(event.index, "seed")
    assert kept is not None
    assert len(kept.value) == 64
    assert commitment_to(kept.value) == event.data["seed_commitment"]
    assert date(2027, 6, 1) == standing_in(record, protocol()).registration.protocol.decision_by


def test_functions_of_the_face_are_not_shadowed_by_their_modules() -> None:
    import clew.pilot.assign
    import clew.pilot.check
    import clew.pilot.size

    for name in clew.pilot.__all__:
        assert callable(getattr(clew.pilot, name)), name
