"""Promises on the record: a protocol is locked, amended in public, its units are assigned, its data sealed.

`lock`, `amend`, `assign_units` and `seal` decide: they return events or refuse; `evolve` folds them. What was
registered or changed after data began is said for ever: nothing here takes it back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from clew.errors import InputError, Problem, RefusedError
from clew.pilot.assign import Assignment, commitment_to
from clew.pilot.check import check
from clew.pilot.difference import changes_between
from clew.pilot.parse import parse_protocol
from clew.pilot.protocol import Protocol
from clew.record.event import Recorded, Vocabulary

LONGEST_ON_RECORD = 30_000


@dataclass(frozen=True, slots=True)
class ProtocolLocked:
    """A pilot's protocol is promised, word for word.

    `data_began`: the day of the first outcome, if known. `after_data`: registered after data began. `seed_commitment`:
    SHA-256 of the secret seed that will deal the units, None where the protocol itself names the seed.
    `characteristics`: (name, value) pairs of how the rule behaves in simulation, None where none was run.
    """

    kind: ClassVar[str] = "protocol.locked"
    pilot: str
    sha256: str
    text: str
    data_began: str | None
    after_data: bool
    seed_commitment: str | None
    characteristics: tuple[tuple[str, str], ...] | None


@dataclass(frozen=True, slots=True)
class ProtocolAmended:
    """A locked protocol is changed in public. `amends`: log index of the lock or amendment that it changes.

    `changes`: (field, before, after) each. `after_data`: changed after data began.
    """

    kind: ClassVar[str] = "protocol.amended"
    pilot: str
    sha256: str
    previous_sha256: str
    amends: int
    reason: str
    changes: tuple[tuple[str, str, str], ...]
    text: str
    after_data: bool


@dataclass(frozen=True, slots=True)
class UnitsAssigned:
    """Units were dealt to the arms, and the seed that dealt them is revealed: anyone can deal them again.

    `units_sha256`, `assignment_sha256`: see `clew.pilot.assign`. `counts`: (arm, number of units dealt) each.
    """

    kind: ClassVar[str] = "units.assigned"
    pilot: str
    protocol_sha256: str
    units_sha256: str
    assignment_sha256: str
    counts: tuple[tuple[str, int], ...]
    seed: str


@dataclass(frozen=True, slots=True)
class DataSealed:
    """The data of one look, by the SHA-256 of their files."""

    kind: ClassVar[str] = "data.sealed"
    pilot: str
    sha256: str
    look: int


VOCABULARY = Vocabulary(ProtocolLocked, ProtocolAmended, UnitsAssigned, DataSealed)


@dataclass(frozen=True, slots=True)
class Registration:
    """What the record says of one pilot's promise.

    `index`: log index of the lock or the last amendment (-1 before), `lock_index` of the lock; `sha256`, `text`: of the
    protocol as it now stands. `data_began`: as first registered. `others`: pilots of the same case.
    """

    pilot: str
    locked: ProtocolLocked | None = None
    locked_on: date | None = None
    lock_index: int = -1
    index: int = -1
    sha256: str = ""
    text: str = ""
    amended: tuple[ProtocolAmended, ...] = ()
    assigned: UnitsAssigned | None = None
    sealed: tuple[DataSealed, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def after_data(self) -> bool:
        """Registered after data began: once true, true for ever."""
        return self.locked is not None and self.locked.after_data

    @property
    def amended_after_data(self) -> bool:
        """Changed after data began, in one amendment or more."""
        return any(one.after_data for one in self.amended)

    @property
    def amendments(self) -> int:
        """How often the promise was changed."""
        return len(self.amended)

    @property
    def protocol(self) -> Protocol:
        """The protocol as it stands on the record."""
        return parse_protocol(self.text.encode(), "the locked protocol")


def fold(history: Iterable[Recorded], pilot: str) -> Registration:
    """Return one pilot's registration from a case's events; those of other rooms pass through."""
    state = Registration(pilot)
    for recorded in history:
        body = VOCABULARY.decode(recorded)
        if body is not None:
            state = evolve(state, body, index=recorded.index, at=recorded.at)
    return state


def evolve(state: Registration, body: object, *, index: int, at: datetime) -> Registration:
    """Return the registration after one event, which stands at `index` of the log."""
    if getattr(body, "pilot", state.pilot) != state.pilot:
        return _beside(state, body)
    match body:
        case ProtocolLocked():
            now = replace(state, locked=body, locked_on=at.date(), lock_index=index)
            return replace(now, index=index, sha256=body.sha256, text=body.text)
        case ProtocolAmended():
            now = replace(state, amended=(*state.amended, body))
            return replace(now, index=index, sha256=body.sha256, text=body.text)
        case UnitsAssigned():
            return replace(state, assigned=body)
        case DataSealed():
            return replace(state, sealed=(*state.sealed, body))
        case _:
            raise TypeError(f"{type(body).__name__} is no event of a registration")


def _beside(state: Registration, body: object) -> Registration:
    return replace(state, others=(*state.others, body.pilot)) if isinstance(body, ProtocolLocked) else state


def lock(
    protocol: Protocol,
    state: Registration,
    *,
    at: datetime,
    seed_commitment: str | None = None,
    characteristics: tuple[tuple[str, str], ...] | None = None,
) -> tuple[ProtocolLocked]:
    """Return the event that promises a protocol.

    Raises RefusedError where this pilot is locked already, or the protocol's rules are missing, contradictory or
    unreachable.
    """
    if state.locked is not None:
        same = state.sha256 == protocol.sha256
        raise RefusedError(
            "this protocol is locked already." if same else "another protocol is locked under this id.",
            where=f'pilot "{protocol.pilot.id}", entry {state.index}',
            do="Nothing is left to do." if same else "Amend it in public (clew pilot amend), or choose another id.",
        )
    _refuse_unsound(protocol)
    began = protocol.pilot.data_began
    body = ProtocolLocked(
        pilot=protocol.pilot.id,
        sha256=protocol.sha256,
        text=protocol.text,
        data_began=began.isoformat() if began else None,
        after_data=_known_before(protocol, at) or bool(state.sealed),
        seed_commitment=None if protocol.design.seed is not None else seed_commitment,
        characteristics=characteristics,
    )
    return (body,)


def amend(protocol: Protocol, state: Registration, *, at: datetime, reason: str) -> tuple[ProtocolAmended]:
    """Return the event that changes a locked protocol in public, field by field, with the reason.

    Raises RefusedError where nothing is locked, nothing is changed, the id or the seed is changed, or the new rules are
    unsound; InputError where no reason is given.
    """
    if state.locked is None:
        raise RefusedError(_not_locked(protocol, state), do=_what_to_do_unlocked(state))
    if not reason.strip():
        raise InputError("no reason is given.", where="--reason", do="Say in a sentence why the promise is changed.")
    before = state.protocol
    changes = changes_between(before, protocol)
    _refuse_nothing_or_seed(changes, state)
    _refuse_unsound(protocol)
    body = ProtocolAmended(
        pilot=protocol.pilot.id,
        sha256=protocol.sha256,
        previous_sha256=state.sha256,
        amends=state.index,
        reason=reason.strip(),
        changes=changes,
        text=protocol.text,
        after_data=_data_have_begun(state, before, protocol, at),
    )
    return (body,)


def assign_units(
    protocol: Protocol, state: Registration, assignment: Assignment, *, seed: str
) -> tuple[UnitsAssigned, ...]:
    """Return the event that deals the units and reveals the seed; none where the same units were dealt before.

    Raises RefusedError where the protocol is not locked or differs from what was locked, the seed is not the one that
    was committed, or other units were dealt before.
    """
    if state.locked is None:
        raise RefusedError(_not_locked(protocol, state), do="Lock the protocol first: nobody is enrolled before.")
    refuse_another(protocol, state)
    commitment = state.locked.seed_commitment
    if commitment is not None and commitment_to(seed) != commitment:
        raise RefusedError("the seed is not the one that was committed.", where=f"entry {state.lock_index}")
    body = UnitsAssigned(
        pilot=protocol.pilot.id,
        protocol_sha256=protocol.sha256,
        units_sha256=assignment.units_sha256,
        assignment_sha256=assignment.assignment_sha256,
        counts=assignment.counts,
        seed=seed,
    )
    if state.assigned is None:
        return (body,)
    if state.assigned.assignment_sha256 == body.assignment_sha256:
        return ()
    raise RefusedError(
        "other units were assigned before, and units are dealt once.",
        where=f'pilot "{protocol.pilot.id}"',
        do="Bring the same list of units, or register a new pilot for the new ones.",
    )


def seal(state: Registration, *, sha256: str, look: int) -> tuple[DataSealed, ...]:
    """Return the event that fixes the data of a look; none where the same data were sealed before.

    Raises RefusedError where other data were sealed for this look.
    """
    before = next((one for one in state.sealed if one.look == look), None)
    if before is None:
        return (DataSealed(state.pilot, sha256, look),)
    if before.sha256 == sha256:
        return ()
    raise RefusedError(
        f"look {look} was sealed with other data (SHA-256 {before.sha256[:12]}…).",
        where=f'pilot "{state.pilot}"',
        do="Bring those data, or take the next look.",
    )


def refuse_another(protocol: Protocol, state: Registration) -> None:
    """Raise RefusedError where the protocol is not, to the byte, the one that stands on the record."""
    if protocol.sha256 != state.sha256:
        raise RefusedError(
            "the protocol file is not the one that was locked.",
            where=f"locked {state.sha256[:12]}…, given {protocol.sha256[:12]}…",
            do="Give the locked file, or amend in public (clew pilot amend).",
        )


def _refuse_unsound(protocol: Protocol) -> None:
    found = check(protocol)
    if not found.ok:
        first = Problem(f'the rules of pilot "{protocol.pilot.id}" are not sound, so they cannot be promised.')
        raise RefusedError(problems=(first, *found.problems))
    if len(protocol.text.encode()) > LONGEST_ON_RECORD:
        raise RefusedError(
            f"the protocol takes more than {LONGEST_ON_RECORD:,} bytes, and must stand on the record as a whole.",
            do="Keep long prose in a document of its own and name it in the protocol.",
        )


def _refuse_nothing_or_seed(changes: tuple[tuple[str, str, str], ...], state: Registration) -> None:
    if not changes:
        raise RefusedError(
            "the amendment changes nothing: every value is as it was locked.",
            where=f"entry {state.index}",
            do="Go on with the locked file.",
        )
    if "design.seed" in {name for name, _, _ in changes}:
        raise RefusedError(
            "the seed was committed when the protocol was locked; whoever may change it may choose the assignment.",
            where="[design] seed",
            do="Leave the seed as it was.",
        )


def _known_before(protocol: Protocol, at: datetime) -> bool:
    began = protocol.pilot.data_began
    return protocol.pilot.existing_data == "seen" or (began is not None and began < at.date())


def _data_have_begun(state: Registration, before: Protocol, after: Protocol, at: datetime) -> bool:
    """Tell whether data had begun by any account; an amendment cannot move the day out of sight."""
    known = state.after_data or state.amended_after_data or bool(state.sealed)
    return known or _known_before(before, at) or _known_before(after, at)


def _not_locked(protocol: Protocol, state: Registration) -> str:
    if state.others:
        return f'the case holds pilot "{state.others[-1]}", not "{protocol.pilot.id}": a pilot keeps its id.'
    return f'pilot "{protocol.pilot.id}" is not locked on this record.'


def _what_to_do_unlocked(state: Registration) -> str:
    return "Write the id back, or lock a new pilot." if state.others else "Lock it first (clew pilot lock)."
