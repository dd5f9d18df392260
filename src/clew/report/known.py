"""What the record knows of one pilot, on a page's day: promise, looks, decisions, each with its entry and its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from clew.case.state import Case
from clew.case.state import fold as fold_case
from clew.errors import MissingError
from clew.gate import events as gate_events
from clew.gate.decision import Gate, Standing, missing_before
from clew.gate.decision import fold as fold_gate
from clew.gate.evaluation import CHANGED, LATE, MADE_UP, Locked
from clew.gate.events import ScreenAnswered, VerdictComputed, VerdictOverridden
from clew.pilot import registration as promises
from clew.pilot.parse import parse_protocol
from clew.pilot.protocol import Protocol
from clew.pilot.registration import ProtocolAmended, ProtocolLocked, Registration
from clew.pilot.registration import fold as fold_registration
from clew.pilot.running import VOCABULARY as RUNNING
from clew.pilot.running import IterationClosed, PilotAdapted, Running, evolve
from clew.record.event import Body, Recorded

B = TypeVar("B", bound=Body)
FINAL = frozenset({"scale", "adapt", "stop"})
VOCABULARIES = (promises.VOCABULARY, gate_events.VOCABULARY, RUNNING)


@dataclass(frozen=True, slots=True)
class Noted(Generic[B]):
    """One entry of the record about a pilot: its log `index`, the day, the role that acted, and what it says."""

    index: int
    on: date
    by: str
    body: B


@dataclass(frozen=True, slots=True)
class Known:
    """One pilot as its case's events tell it, oldest first. `checkpoint`: the signed note that covers them."""

    pilot: str
    case_id: str
    case: Case
    registration: Registration
    gate: Gate
    noted: tuple[Noted[Body], ...]
    checkpoint: str = ""

    def of(self, kind: type[B]) -> tuple[Noted[B], ...]:
        """Return the entries of one kind."""
        return tuple(Noted(one.index, one.on, one.by, one.body) for one in self.noted if isinstance(one.body, kind))

    @property
    def lock(self) -> Noted[ProtocolLocked]:
        """The entry that holds the promise."""
        return self.of(ProtocolLocked)[0]

    @property
    def amendments(self) -> tuple[Noted[ProtocolAmended], ...]:
        """Every change of the promise."""
        return self.of(ProtocolAmended)

    @property
    def looks(self) -> tuple[Noted[VerdictComputed], ...]:
        """The looks in their order; one that was evaluated again after an answer stands as it was evaluated last."""
        latest = {one.body.look: one for one in self.of(VerdictComputed)}
        return tuple(latest[look] for look in sorted(latest))

    @property
    def latest(self) -> Noted[VerdictComputed] | None:
        """The verdict that was computed last."""
        found = self.of(VerdictComputed)
        return found[-1] if found else None

    @property
    def override(self) -> Noted[VerdictOverridden] | None:
        """The override of the last verdict, None where none was made."""
        return self.override_of(self.latest.body.look) if self.latest else None

    def override_of(self, look: int) -> Noted[VerdictOverridden] | None:
        """Return the override of a look's verdict, None where none was made."""
        return next((one for one in reversed(self.of(VerdictOverridden)) if one.body.look == look), None)

    @property
    def of_public_input(self) -> tuple[Noted[gate_events.PublicInputHeard], ...]:
        """What the public said, each time it was heard."""
        return self.of(gate_events.PublicInputHeard)

    @property
    def of_reviews(self) -> tuple[Noted[gate_events.ReviewSigned], ...]:
        """Every independent review."""
        return self.of(gate_events.ReviewSigned)

    @property
    def of_overrides(self) -> tuple[Noted[VerdictOverridden], ...]:
        """Every decision otherwise than the rule, of any look."""
        return self.of(VerdictOverridden)

    @property
    def of_decisions(self) -> tuple[Noted[gate_events.DecisionTaken], ...]:
        """Every decision."""
        return self.of(gate_events.DecisionTaken)

    @property
    def decision(self) -> Noted[gate_events.DecisionTaken] | None:
        """The last decision, None before any."""
        found = self.of(gate_events.DecisionTaken)
        return found[-1] if found else None

    @property
    def is_decided(self) -> bool:
        """Whether a decision ended the pilot: to scale, to adapt or to stop."""
        return self.decision is not None and self.decision.body.decided in FINAL

    @property
    def missing(self) -> tuple[str, ...]:
        """What is still missing before what stands may be decided."""
        return missing_before(self.gate.standing or "", Standing(self.gate, self.case, self.registration.protocol))

    def locked_before(self, index: int) -> Locked:
        """Return where the promise stood before an entry of the log, as an evaluation carries it."""
        changes = [one for one in self.amendments if one.index < index]
        return Locked(
            index=changes[-1].index if changes else self.lock.index,
            checkpoint=self.checkpoint,
            after_data=self.lock.body.after_data,
            amended_after_data=any(one.body.after_data for one in changes),
            amendments=len(changes),
        )

    @property
    def notices(self) -> tuple[str, ...]:
        """What stands beside everything about this pilot for ever."""
        synthetic = self.registration.protocol.pilot.synthetic
        said = (
            (MADE_UP, synthetic),
            (LATE, self.registration.after_data),
            (CHANGED, self.registration.amended_after_data),
        )
        return tuple(notice for notice, holds in said if holds)

    @property
    def adaptations(self) -> tuple[Noted[PilotAdapted], ...]:
        """What was changed while it ran."""
        return self.of(PilotAdapted)

    @property
    def rounds(self) -> tuple[Noted[IterationClosed], ...]:
        """The rounds that have ended."""
        return self.of(IterationClosed)

    @property
    def running_sentence(self) -> str:
        """What adaptations and rounds come to, in a sentence or two."""
        state = Running(self.pilot)
        for body in (*(one.body for one in self.adaptations), *(one.body for one in self.rounds)):
            state = evolve(state, body)
        changed, rounds = len(state.adaptations), len(state.iterations)
        said = (
            f"It runs as version {state.version}. Adaptations: {changed}, {state.proposed_by_users} proposed by users."
        )
        if state.learning_rate is None:
            return said
        return f"{said} Rounds closed: {rounds}, {state.learning_rate:.2g} adaptations each; spent: {state.spent:,}."

    def answers(self, screen: str) -> tuple[Noted[ScreenAnswered], ...]:
        """Return the answers that were given to one check of the data."""
        return tuple(one for one in self.of(ScreenAnswered) if one.body.screen == screen)

    @property
    def answered_since(self) -> tuple[str, ...]:
        """The checks that were answered after the last verdict, which therefore does not know of it."""
        since = self.latest.index if self.latest else -1
        return tuple(dict.fromkeys(one.body.screen for one in self.of(ScreenAnswered) if one.index > since))

    def protocol_at(self, sha256: str) -> Protocol:
        """Return the protocol of this SHA-256, as locked or amended. Raises MissingError where it is none of these."""
        told: list[ProtocolLocked | ProtocolAmended] = [
            one.body for one in self.noted if isinstance(one.body, ProtocolLocked | ProtocolAmended)
        ]
        text = next((body.text for body in told if body.sha256 == sha256), None)
        if text is None:
            raise MissingError("no protocol of this SHA-256 stands on the record.", where=f"{sha256[:12]}…")
        return parse_protocol(text.encode(), "the locked protocol")


def know(history: Sequence[Recorded], pilot: str, *, checkpoint: str = "") -> Known:
    """Return what a case's events tell of one pilot. Raises MissingError where they do not hold its lock."""
    noted = tuple(_noted(history, pilot))
    if not any(isinstance(one.body, ProtocolLocked) for one in noted):
        raise MissingError(f'no pilot "{pilot}" was locked by then.', do="Ask for a later day.")
    folded = (fold_case(history), fold_registration(history, pilot), fold_gate(history, pilot))
    return Known(pilot, history[0].case, *folded, noted, checkpoint)


def _noted(history: Sequence[Recorded], pilot: str) -> list[Noted[Body]]:
    found = list[Noted[Body]]()
    for one in history:
        body = next(filter(None, (vocabulary.decode(one) for vocabulary in VOCABULARIES)), None)
        if body is not None and one.data["pilot"] == pilot:
            found.append(Noted(one.index, one.at.date(), one.by, body))
    return found
