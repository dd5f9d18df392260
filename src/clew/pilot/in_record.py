"""Promises put on a record: read its events, decide, append, publish. Thin; the rules are in `clew.pilot.registration`.

A secret seed is kept as a personal value of the lock event: the record holds it under `private/`, safe as soon as the
event is, and shows nothing but commitments until the assignment reveals it.
"""

import html
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clew.case import commands as case_commands
from clew.case.phases import DUTIES
from clew.case.state import Case
from clew.case.state import fold as fold_case
from clew.errors import RefusedError
from clew.pilot.assign import Assignment, assign, commitment_to
from clew.pilot.protocol import Protocol
from clew.pilot.registration import ProtocolLocked, Registration, amend, assign_units, fold, lock, refuse_another
from clew.pilot.units import Units
from clew.record.event import Body, Event, encode
from clew.record.folder import Record
from clew.record.note import Checkpoint

KEPT_SEED = "seed"
NOBODY_NAMED = "pilot owner"
LOCKED_BEFORE_DATA = "a trial locked before data"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was put on the record: the event's log `index`, its body, and the checkpoint that now covers it."""

    pilot: str
    kind: str
    index: int
    body: Body
    checkpoint: Checkpoint

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of the command that made it; the protocol's text is left to the record."""
        body = {name: value for name, value in encode(self.body).items() if name not in {"pilot", "text"}}
        covered = {
            "origin": self.checkpoint.origin,
            "size": self.checkpoint.size,
            "root": self.checkpoint.root.hex(),
            "checkpoint": self.checkpoint.note,
        }
        if "sha256" in body:
            body["protocol_sha256"] = body.pop("sha256")
        return {"pilot": self.pilot, "kind": self.kind, "index": self.index, **body, **covered}

    def _repr_html_(self) -> str:
        """Show itself in a notebook."""
        where = f"{self.kind}, pilot {self.pilot}: entry {self.index} of {self.checkpoint.origin}"
        return f"<p>{html.escape(where)}</p><pre>{html.escape(self.checkpoint.note)}</pre>"


@dataclass(frozen=True, slots=True)
class Standing:
    """A pilot as a record knows it: the record's size when it was read, its case and its registration."""

    size: int
    case: Case
    registration: Registration


def standing_in(record: Record, protocol: Protocol) -> Standing:
    """Return what a record says of a pilot and its case."""
    size, history = record.size, tuple(record.events(protocol.pilot.case))
    return Standing(size, fold_case(history), fold(history, protocol.pilot.id))


def lock_in(
    protocol: Protocol,
    record: Record,
    *,
    at: datetime,
    by: str | None = None,
    secret_seed: str | None = None,
    characteristics: tuple[tuple[str, str], ...] | None = None,
) -> Receipt:
    """Lock a protocol on a record and publish it; where its case is not in the phase "pilot" yet, it enters it first.

    `secret_seed`: 256 random bits, hexadecimal, for a design that names no seed; kept under
    `private/`. Raises RefusedError where the rules forbid the lock; then nothing is written.
    """
    standing = standing_in(record, protocol)
    _refuse_another_case(record, protocol)
    _refuse_shared_duties(protocol, standing.case)
    seed = secret_seed if protocol.design.seed is None else None
    commitment = commitment_to(seed) if seed is not None else None
    state = standing.registration
    (locked,) = lock(protocol, state, at=at, seed_commitment=commitment, characteristics=characteristics)
    bodies = (*case_steps(protocol, standing.case), locked, *_debt_paid(locked, standing.case))
    role = by or protocol.decision_owner or NOBODY_NAMED
    kept = {KEPT_SEED: seed} if seed is not None else {}
    events = [Event(protocol.pilot.case, at, role, body, kept if body is locked else {}) for body in bodies]
    return _published(record, events, standing.size, locked)


def amend_in(protocol: Protocol, record: Record, *, at: datetime, reason: str, by: str | None = None) -> Receipt:
    """Amend a locked protocol on its record and publish the amendment.

    Raises RefusedError where the rules forbid it, InputError where no reason is given; then nothing is written.
    """
    standing = standing_in(record, protocol)
    _refuse_another_case(record, protocol)
    _refuse_shared_duties(protocol, standing.case)
    (amended,) = amend(protocol, standing.registration, at=at, reason=reason)
    role = by or protocol.decision_owner or NOBODY_NAMED
    return _published(record, [Event(protocol.pilot.case, at, role, amended)], standing.size, amended)


def assign_in(
    protocol: Protocol, record: Record, units: Units, *, at: datetime, by: str | None = None
) -> tuple[Assignment, Receipt | None]:
    """Deal units by the committed seed, and put the assignment on the record.

    The same units again give the same assignment and write nothing (None). Raises RefusedError where the protocol is
    not the locked one or other units were dealt, InputError where the units cannot be dealt; then nothing is written.
    """
    standing = standing_in(record, protocol)
    state = standing.registration
    if state.locked is not None:
        refuse_another(protocol, state)
    seed = seed_of(protocol, record, state)
    assignment = assign(protocol, units, seed=seed)
    bodies = assign_units(protocol, state, assignment, seed=seed)
    if not bodies:
        return assignment, None
    role = by or protocol.decision_owner or NOBODY_NAMED
    events = [Event(protocol.pilot.case, at, role, body) for body in bodies]
    return assignment, _published(record, events, standing.size, bodies[0])


def seed_of(protocol: Protocol, record: Record | None = None, state: Registration | None = None) -> str:
    """Return the seed that deals a pilot's units: the protocol's own, else the one that its lock committed to.

    Raises RefusedError where there is none, or where the record no longer keeps it.
    """
    if protocol.design.seed is not None:
        return str(protocol.design.seed)
    if record is None or state is None or state.locked is None or state.locked.seed_commitment is None:
        raise RefusedError(
            "no seed was committed beforehand, so nobody could check that the assignment was not chosen.",
            where="[design] seed",
            do="Add a seed to the protocol, or lock it on a record first: that draws one (then assign with --record).",
        )
    if state.assigned is not None:
        return state.assigned.seed
    kept = record.disclosure(state.lock_index, KEPT_SEED)
    if kept is None:
        raise RefusedError("the record no longer keeps the secret seed.", where=f"entry {state.lock_index}")
    return kept.value


def case_steps(protocol: Protocol, case: Case) -> tuple[Body, ...]:
    """Return the case's events that bring it into the phase "pilot": its opening, its entry, or none."""
    if not case.exists:
        return case_commands.decide(case_commands.Open(protocol.pilot.title, "pilot"), case)
    if case.phase == "pilot":
        return ()
    return case_commands.decide(case_commands.Enter("pilot", f"locked: {protocol.pilot.title}"), case)


def _debt_paid(locked: ProtocolLocked, case: Case) -> tuple[Body, ...]:
    """Return the evidence that a lock before data is, where an announced case owes it."""
    if locked.after_data:
        return ()
    if LOCKED_BEFORE_DATA not in {debt.item for debt in case.debts}:
        return ()
    given = case_commands.GiveEvidence(LOCKED_BEFORE_DATA, f"protocol {locked.sha256}")
    return case_commands.decide(given, case)


def _refuse_another_case(record: Record, protocol: Protocol) -> None:
    """Raise RefusedError where this pilot is locked in another case of the record."""
    for recorded in record.events(kind=ProtocolLocked.kind):
        if recorded.case != protocol.pilot.case and recorded.data["pilot"] == protocol.pilot.id:
            raise RefusedError(
                f'pilot "{protocol.pilot.id}" is locked in case "{recorded.case}", not in "{protocol.pilot.case}".',
                where=f"entry {recorded.index}",
                do="Write that case into [pilot] case, or choose another id.",
            )


def _refuse_shared_duties(protocol: Protocol, case: Case) -> None:
    """Raise RefusedError where the protocol would let a party decide that evaluates, reviews or audits its case."""
    judging = [duty for duty in DUTIES if duty != "owner" and case.holder(duty) == protocol.decision_owner]
    if protocol.decision_owner is None or not judging:
        return
    raise RefusedError(
        f'"{protocol.decision_owner}" is {judging[0]} of this case and cannot decide on its pilot.',
        where="[decision] owner",
        do="Name the party that owns the case, or another that holds none of these duties.",
    )


def _published(record: Record, events: list[Event], size: int, body: Body) -> Receipt:
    recorded = record.append(events, expected_size=size)
    index = next(one.index for one in recorded if one.kind == body.kind)
    return Receipt(str(encode(body)["pilot"]), body.kind, index, body, record.checkpoint())
