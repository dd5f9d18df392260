"""The registry of indicators follows from the promises on the record: every redefinition is a new version."""

from datetime import UTC, datetime

import pytest

from clew.pilot.in_record import amend_in, lock_in
from clew.pilot.indicators import registry
from clew.pilot.parse import parse_protocol
from clew.record.folder import Record, create
from protocol_texts import SOUND

AT = datetime(2026, 9, 1, tzinfo=UTC)
DEFINED = SOUND.replace(
    'column = "safe"', 'column = "safe"\ndefinition = "alarm sounds when tested"\nowner = "fire service"'
)


@pytest.fixture
def record(tmp_path) -> Record:
    made = create(tmp_path / "record", origin="example.org/indicators")
    lock_in(parse_protocol(DEFINED.encode(), "p.toml"), made, at=AT)
    return made


def amended(record: Record, old: str, new: str) -> int:
    text = DEFINED.replace(old, new)
    assert text != DEFINED
    amend_in(parse_protocol(text.encode(), "p.toml"), record, at=AT, reason="better understood")
    (one,) = registry(record.events()).indicators
    return one.version


def test_what_is_promised_is_registered(record) -> None:
    (one,) = registry(record.events()).indicators
    assert (one.pilot, one.column, one.better, one.version) == ("visits", "safe", "higher", 1)
    assert (one.definition, one.owner, one.denominator) == ("alarm sounds when tested", "fire service", "")


def test_a_redefinition_is_a_new_version(record) -> None:
    assert amended(record, "alarm sounds when tested", "alarm sounds, and nobody smokes in bed") == 2


def test_another_owner_or_rule_is_no_redefinition(record) -> None:
    assert amended(record, "fire service", "home care") == 1


def test_an_empty_record_measures_nothing(tmp_path) -> None:
    assert registry(create(tmp_path / "r", origin="example.org/empty").events()).to_dict() == {"indicators": []}


FURTHER = """
[[secondary]]
column = "false_alarms"
measure = "count"
better = "lower"
name = "false alarms"
owner = "fire service"

"""


def with_further(text: str = FURTHER) -> str:
    return f"{DEFINED}{text}"


def told(record: Record) -> list[tuple[str, str, int]]:
    return [(one.column, one.role, one.version) for one in registry(record.events()).indicators]


def test_further_outcomes_stand_beside_the_primary_one_with_versions_of_their_own(tmp_path) -> None:
    record = create(tmp_path / "r", origin="example.org/further")
    texts = (
        with_further(),
        with_further(FURTHER.replace('"lower"', '"higher"')),
        DEFINED,
        with_further(FURTHER + FURTHER.replace("false_alarms", "visits")),
    )
    lock_in(parse_protocol(texts[0].encode(), "p.toml"), record, at=AT)
    assert told(record) == [("safe", "primary", 1), ("false_alarms", "secondary", 1)]
    assert [one.name for one in registry(record.events()).indicators] == ["safe", "false alarms"]

    expected = (
        [("safe", "primary", 1), ("false_alarms", "secondary", 2)],
        [("safe", "primary", 1)],
        [("safe", "primary", 1), ("false_alarms", "secondary", 3), ("visits", "secondary", 1)],
    )
    for text, now in zip(texts[1:], expected, strict=True):
        amend_in(parse_protocol(text.encode(), "p.toml"), record, at=AT, reason="better understood")
        assert told(record) == now
