"""Promises: what may be locked, amended, assigned and sealed, and what is said for ever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clew.errors import InputError, RefusedError
from clew.pilot.assign import assign, commitment_to
from clew.pilot.protocol import Protocol
from clew.pilot.registration import (
    LONGEST_ON_RECORD,
    DataSealed,
    ProtocolAmended,
    ProtocolLocked,
    Registration,
    UnitsAssigned,
    amend,
    assign_units,
    evolve,
    fold,
    lock,
    seal,
)
from clew.pilot.units import read_units
from clew.record.event import Recorded, encode
from protocol_texts import protocol, without_table

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SEEDED = ('cluster = "district"', 'cluster = "district"\nseed = 7')
SECRET = "ab" * 32


def locked(asked: Protocol | None = None, *, at: datetime = AT, commitment: str | None = None) -> Registration:
    asked = asked or protocol()
    state = Registration(asked.pilot.id)
    (body,) = lock(asked, state, at=at, seed_commitment=commitment)
    return evolve(state, body, index=5, at=at)


def amended(state: Registration, asked: Protocol, *, at: datetime = AT, index: int = 6) -> Registration:
    (body,) = amend(asked, state, at=at, reason="two districts merged")
    return evolve(state, body, index=index, at=at)


def changed_protocol() -> Protocol:
    """The sound protocol, a day in it moved."""
    return protocol(("by = 2027-03-01", "by = 2027-03-02"))


def test_a_lock_holds_the_protocol_word_for_word() -> None:
    asked = protocol()
    state = Registration("visits")
    (body,) = lock(asked, state, at=AT, seed_commitment="c0", characteristics=(("P(scale | no effect)", "0.02"),))
    assert body == ProtocolLocked(
        "visits", asked.sha256, asked.text, None, False, "c0", (("P(scale | no effect)", "0.02"),)
    )
    after = evolve(state, body, index=5, at=AT)
    assert (after.sha256, after.index, after.lock_index, after.locked_on) == (asked.sha256, 5, 5, AT.date())
    assert after.protocol == replace(asked)
    assert (after.after_data, after.amended_after_data, after.amendments) == (False, False, 0)


def test_a_seed_in_the_protocol_needs_no_commitment() -> None:
    (body,) = lock(protocol(SEEDED), Registration("visits"), at=AT, seed_commitment="c0")
    assert body.seed_commitment is None


@pytest.mark.parametrize(
    ("existing", "after"),
    [
        ('existing_data = "none"', False),
        ('existing_data = "exists, not seen"', False),
        ('existing_data = "seen"', True),
        ('existing_data = "none"\ndata_began = 2026-11-01', True),
        ('existing_data = "none"\ndata_began = 2026-11-02', False),
        ('existing_data = "none"\ndata_began = 2026-11-03', False),
    ],
)
def test_registered_after_data_began(existing: str, after: bool) -> None:
    assert locked(protocol(('existing_data = "none"', existing))).after_data is after


def test_data_sealed_before_the_lock_are_data_before_the_lock() -> None:
    state = evolve(Registration("visits"), DataSealed("visits", "d0", 1), index=1, at=AT)
    (body,) = lock(protocol(), state, at=AT)
    assert body.after_data


def test_a_pilot_is_locked_once() -> None:
    with pytest.raises(RefusedError, match="this protocol is locked already"):
        lock(protocol(), locked(), at=AT)
    with pytest.raises(RefusedError, match="another protocol is locked under this id") as refused:
        lock(changed_protocol(), locked(), at=AT)
    assert 'pilot "visits", entry 5' in str(refused.value)


def test_unsound_rules_cannot_be_promised() -> None:
    unsound = protocol(text=without_table("exit"))
    with pytest.raises(RefusedError) as refused:
        lock(unsound, Registration("visits"), at=AT)
    first, second = (str(problem) for problem in refused.value.problems)
    assert "are not sound, so they cannot be promised" in first
    assert "[exit] lacks `plan`: no pilot begins without it." in second
    with pytest.raises(RefusedError, match="are not sound"):
        amend(unsound, locked(), at=AT, reason="shorter")


def test_a_promise_must_fit_on_the_record() -> None:
    long = protocol(('plan = "', f'plan = "{"a" * 19_000}'), ('hypothesis = "', f'hypothesis = "{"b" * 12_000}'))
    with pytest.raises(RefusedError, match=f"more than {LONGEST_ON_RECORD:,} bytes"):
        lock(long, Registration("visits"), at=AT)


def test_an_amendment_names_each_field_before_and_after() -> None:
    asked = protocol(
        ("worth_having = 0.2", "worth_having = 0.25"),
        ("reach_at_least = 0.8", "reach_at_least = 0.7"),
        ("times = 1", "times = 0"),
        ("by = 2027-03-01", "by = 2027-03-02"),
        ('users = "safer homes"', ""),
        ('per_treated_unit = "125.00"', 'per_treated_unit = "120.00"'),
        ("no_group_harmed = true", "no_group_harmed = false"),
    )
    state = locked()
    (body,) = amend(asked, state, at=AT, reason=" two districts merged ")
    assert body.changes == (
        ("cost.per_treated_unit", "125.00", "120.00"),
        ("equity.tongue.reach_at_least", "0.8", "0.7"),
        ("extend.times", "1", "0"),
        ("outcome.worth_having", "0.2", "0.25"),
        ("public_input.by", "2027-03-01", "2027-03-02"),
        ("publics.users", "safer homes", "(not stated)"),
        ("scale.no_group_harmed", "true", "false"),
    )
    assert (body.amends, body.previous_sha256, body.sha256) == (5, state.sha256, asked.sha256)
    assert body.reason == "two districts merged"
    after = evolve(state, body, index=9, at=AT)
    assert (after.index, after.lock_index, after.amendments, after.protocol) == (9, 5, 1, asked)


def test_tables_that_come_and_go_are_named_field_by_field() -> None:
    state = locked(protocol(('cost_per_outcome_at_most = "1000.00"', "")))
    asked = protocol(('cost_per_outcome_at_most = "1000.00"', ""), text=without_table("cost"))
    (body,) = amend(asked, state, at=AT, reason="free of charge")
    assert body.changes == (
        ("cost.currency", "EUR", "(not stated)"),
        ("cost.per_treated_unit", "125.00", "(not stated)"),
    )
    arms = protocol(('comparison = "usual"', 'comparison = "usual"\ntreated = "v"\nother_arms = ["l", "m"]'))
    (body,) = amend(arms, locked(), at=AT, reason="more arms")
    assert body.changes == (("design.other_arms", "none", "l; m"), ("design.treated", "(not stated)", "v"))


def test_long_texts_are_cut_in_the_list_of_changes() -> None:
    (body,) = amend(protocol(('users = "safer homes"', f'users = "{"x" * 500}"')), locked(), at=AT, reason="longer")
    ((_, _, after),) = body.changes
    assert after == "x" * 200 + "…"


@pytest.mark.parametrize(
    ("days", "data_began", "sealed", "after"),
    [
        (0, "", False, False),
        (0, "\ndata_began = 2026-12-01", False, False),
        (40, "\ndata_began = 2026-12-01", False, True),
        (0, "", True, True),
    ],
)
def test_changed_after_data_began(days: int, data_began: str, sealed: bool, after: bool) -> None:
    asked = protocol(('existing_data = "none"', f'existing_data = "none"{data_began}'))
    state = locked(asked)
    if sealed:
        state = evolve(state, DataSealed("visits", "d0", 1), index=6, at=AT)
    moved = protocol(
        ('existing_data = "none"', f'existing_data = "none"{data_began}'), ("by = 2027-03-01", "by = 2027-03-02")
    )
    assert amended(state, moved, at=AT + timedelta(days=days)).amended_after_data is after


def test_the_day_data_began_cannot_be_moved_out_of_sight() -> None:
    state = locked(protocol(('existing_data = "none"', 'existing_data = "none"\ndata_began = 2026-11-10')))
    later = AT + timedelta(days=30)
    state = amended(
        state, protocol(('existing_data = "none"', 'existing_data = "none"\ndata_began = 2027-01-01')), at=later
    )
    assert state.amended_after_data
    state = amended(state, protocol(), at=later, index=7)
    assert [one.after_data for one in state.amended] == [True, True]
    assert [one.amends for one in state.amended] == [5, 6]


def test_what_an_amendment_may_not_do() -> None:
    with pytest.raises(RefusedError, match='"visits" is not locked on this record'):
        amend(protocol(), Registration("visits"), at=AT, reason="x")
    with pytest.raises(InputError, match="no reason is given"):
        amend(changed_protocol(), locked(), at=AT, reason="  ")
    with pytest.raises(RefusedError, match="changes nothing"):
        amend(protocol(("[looks]", "# only a comment\n[looks]")), locked(), at=AT, reason="tidy")
    with pytest.raises(RefusedError, match="whoever may change it may choose the assignment"):
        amend(protocol(SEEDED), locked(), at=AT, reason="another seed")


def test_a_pilot_keeps_its_id() -> None:
    other = protocol(('id = "visits"', 'id = "calls"\ncase = "visits"'))
    (body,) = lock(protocol(), Registration("visits"), at=AT)
    state = evolve(Registration("calls"), body, index=0, at=AT)
    assert state.locked is None
    with pytest.raises(RefusedError, match='the case holds pilot "visits", not "calls": a pilot keeps its id'):
        amend(other, state, at=AT, reason="a better name")


UNITS = b"district\na\nb\nc\nd\n"


def dealing(asked: Protocol, state: Registration, seed: str, source: bytes = UNITS) -> tuple[UnitsAssigned, ...]:
    assignment = assign(asked, read_units(source, "units.csv", asked), seed=seed)
    return assign_units(asked, state, assignment, seed=seed)


def test_an_assignment_reveals_the_seed_that_was_committed() -> None:
    asked = protocol()
    state = locked(asked, commitment=commitment_to(SECRET))
    (body,) = dealing(asked, state, SECRET)
    assert body.seed == SECRET
    assert dict(body.counts) == {"usual": 2, "treated": 2}
    assert body.protocol_sha256 == asked.sha256
    with pytest.raises(RefusedError, match="not the one that was committed"):
        dealing(asked, state, "cd" * 32)


def test_nobody_is_enrolled_before_the_lock_nor_under_another_protocol() -> None:
    with pytest.raises(RefusedError, match="is not locked on this record") as refused:
        dealing(protocol(), Registration("visits"), SECRET)
    assert "nobody is enrolled before" in str(refused.value)
    with pytest.raises(RefusedError, match="not the one that was locked"):
        dealing(changed_protocol(), locked(), SECRET)


def test_units_are_dealt_once() -> None:
    asked = protocol()
    state = locked(asked)
    (body,) = dealing(asked, state, SECRET)
    state = evolve(state, body, index=8, at=AT)
    assert dealing(asked, state, SECRET, b"district\nd\nc\nb\na\n") == ()
    with pytest.raises(RefusedError, match="other units were assigned before"):
        dealing(asked, state, SECRET, UNITS + b"e\n")


def test_a_look_is_sealed_once() -> None:
    state = locked()
    (body,) = seal(state, sha256="d1", look=1)
    assert body == DataSealed("visits", "d1", 1)
    state = evolve(state, body, index=6, at=AT)
    assert seal(state, sha256="d1", look=1) == ()
    assert seal(state, sha256="d2", look=2) == (DataSealed("visits", "d2", 2),)
    with pytest.raises(RefusedError, match="look 1 was sealed with other data"):
        seal(state, sha256="d2", look=1)


def test_the_state_is_the_fold_of_what_the_record_says() -> None:
    asked = protocol()
    state = locked(asked, commitment=commitment_to(SECRET))
    bodies = [
        *lock(asked, Registration("visits"), at=AT, seed_commitment=commitment_to(SECRET)),
        *amend(changed_protocol(), state, at=AT, reason="a day later"),
        *seal(state, sha256="d1", look=1),
    ]
    foreign = Recorded(0, 0, None, "visits", AT, "owner", "case.opened", {"title": "t"})
    others = [
        DataSealed("calls", "d9", 1),
        *lock(protocol(('id = "visits"', 'id = "calls"')), Registration("calls"), at=AT),
    ]
    history = [foreign]
    for index, body in enumerate([*bodies, *others], start=1):
        history.append(Recorded(index, index, index - 1, "visits", AT, "owner", body.kind, encode(body)))
    folded = fold(history, "visits")
    assert folded.locked == bodies[0]
    assert folded.amended == (bodies[1],)
    assert folded.sealed == (bodies[2],)
    assert folded.others == ("calls",)
    assert (folded.index, folded.lock_index, folded.sha256) == (2, 1, changed_protocol().sha256)
    assert isinstance(bodies[1], ProtocolAmended)


def test_other_rooms_events_are_not_folded() -> None:
    with pytest.raises(TypeError, match="no event of a registration"):
        evolve(Registration("visits"), object(), index=0, at=AT)
