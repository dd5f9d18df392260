"""What can happen to a case, as the record keeps it."""

from dataclasses import dataclass
from typing import ClassVar

from clew.record.event import Vocabulary


@dataclass(frozen=True, slots=True)
class Opened:
    """A case begins, in any phase; `announced`: promised in public before it was thought through.

    `risk`: how much can go wrong. Records from before there was one are read as "medium".
    """

    kind: ClassVar[str] = "case.opened"
    title: str
    phase: str
    announced: bool
    risk: str = "medium"


@dataclass(frozen=True, slots=True)
class PropositionStated:
    """Its public value proposition: for whom, what value, how one would notice; and why, where it is stated anew."""

    kind: ClassVar[str] = "case.proposition-stated"
    for_whom: str
    value: str
    noticed_by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PhaseEntered:
    """The case goes on, or loops back, with the reason."""

    kind: ClassVar[str] = "case.phase-entered"
    phase: str
    reason: str


@dataclass(frozen=True, slots=True)
class EvidenceGiven:
    """Something owed or asked for is now there, at `reference` (a document, a page, a log index)."""

    kind: ClassVar[str] = "case.evidence-given"
    item: str
    reference: str


@dataclass(frozen=True, slots=True)
class DutyTaken:
    """A party (a role or an office, never a person's name) takes a duty: one accountable party for each."""

    kind: ClassVar[str] = "case.duty-taken"
    duty: str
    party: str


@dataclass(frozen=True, slots=True)
class PartyLeft:
    """A party leaves; the duties it held are orphans until another takes them."""

    kind: ClassVar[str] = "case.party-left"
    party: str


@dataclass(frozen=True, slots=True)
class PartnerJoined:
    """An organisation or group (never a person's name) works on the case too; `sort`: one of `PARTNERS`."""

    kind: ClassVar[str] = "case.partner-joined"
    partner: str
    sort: str


@dataclass(frozen=True, slots=True)
class StatusReached:
    """The idea climbs the ladder: idea, prototype, in use, made a difference."""

    kind: ClassVar[str] = "case.status-reached"
    status: str


@dataclass(frozen=True, slots=True)
class NoveltyDeclared:
    """How new the practice is to one organisation."""

    kind: ClassVar[str] = "case.novelty-declared"
    organisation: str
    novelty: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The case ends with a result: better, no difference, mixed, worse or unknown."""

    kind: ClassVar[str] = "case.closed"
    result: str
    lesson: str


EVENTS = (
    Opened,
    PropositionStated,
    PhaseEntered,
    EvidenceGiven,
    DutyTaken,
    PartyLeft,
    PartnerJoined,
    StatusReached,
    NoveltyDeclared,
    Closed,
)
VOCABULARY = Vocabulary(*EVENTS)
