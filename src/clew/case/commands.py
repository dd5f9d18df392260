"""What one may ask of a case, and what the rules say: `decide(command, case) -> events`, or a refusal that says why."""

from dataclasses import dataclass, replace
from functools import singledispatch

from clew.case import events as event
from clew.case.phases import DUTIES, IDEA_PHASES, LADDER, NAMES, NOVELTIES, PARTNERS, RESULTS, RISKS
from clew.case.state import Case
from clew.errors import InputError, RefusedError
from clew.record.event import Body

Events = tuple[Body, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """Open a case in any phase; `announced` gives it its evidence debt, `risk` its evaluation calendar."""

    title: str
    phase: str = "frame"
    announced: bool = False
    risk: str = "medium"


@dataclass(frozen=True, slots=True)
class StateProposition:
    """Say for whom, what value, and how one would notice; to say it anew takes a reason."""

    for_whom: str
    value: str
    noticed_by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Enter:
    """Go on to a phase, or loop back to one, with the reason."""

    phase: str
    reason: str


@dataclass(frozen=True, slots=True)
class GiveEvidence:
    """Hand in evidence, owed or not."""

    item: str
    reference: str


@dataclass(frozen=True, slots=True)
class TakeDuty:
    """Make a party accountable for a duty (owner, evaluator, reviewer, auditor, or one of the case's own)."""

    duty: str
    party: str


@dataclass(frozen=True, slots=True)
class Leave:
    """A party leaves the case."""

    party: str


@dataclass(frozen=True, slots=True)
class Join:
    """A partner works on the case too: an organisation or a group, and of which kind."""

    partner: str
    kind: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Climb the ladder to a status."""

    status: str


@dataclass(frozen=True, slots=True)
class DeclareNovelty:
    """Say how new the practice is to one organisation."""

    organisation: str
    novelty: str


@dataclass(frozen=True, slots=True)
class Close:
    """Close the case with its result and what was learnt."""

    result: str
    lesson: str


def decide(command: object, case: Case) -> Events:
    """Return the events that a command leads to.

    Raises InputError for words outside the vocabulary and RefusedError for what the rules forbid in this state.
    """
    if not case.exists and not isinstance(command, Open):
        raise RefusedError("this case has not been opened.", do="Open it first (clew case open).")
    if case.result is not None and not isinstance(command, DeclareNovelty):
        raise RefusedError("this case is closed.", do="Open a new case that refers to it.")
    return _decide(command, case)


@singledispatch
def _decide(command: object, case: Case) -> Events:
    raise TypeError(f"{type(command).__name__} is no command of a case")


@_decide.register
def _open(command: Open, case: Case) -> Events:
    if case.exists:
        raise RefusedError("this case is open already.", do="Choose another identifier, or go on with this case.")
    _known(command.phase, NAMES, "phase")
    _known(command.risk, RISKS, "risk")
    return (event.Opened(_said(command.title, "title"), command.phase, command.announced, command.risk),)


@_decide.register
def _state(command: StateProposition, case: Case) -> Events:
    said = (
        _said(command.for_whom, "for whom"),
        _said(command.value, "what value"),
        _said(command.noticed_by, "how one would notice"),
    )
    stated = event.PropositionStated(*said, reason=command.reason.strip())
    if case.proposition is not None:
        _changes_something(stated, case.proposition)
    return (stated,)


def _changes_something(stated: event.PropositionStated, before: event.PropositionStated) -> None:
    if replace(stated, reason="") == replace(before, reason=""):
        raise RefusedError("the proposition says this already.", do="Change it, or leave it as it stands.")
    if not stated.reason:
        raise InputError(
            "the proposition was stated before, and is changed without a reason.",
            do="Say why: a changed goal is shown beside the first one, with its reason.",
        )


@_decide.register
def _enter(command: Enter, case: Case) -> Events:
    _known(command.phase, NAMES, "phase")
    leaves_ideas = case.phase in IDEA_PHASES and command.phase not in IDEA_PHASES
    if leaves_ideas and case.proposition is None:
        raise RefusedError(
            "a case without a public value proposition stays a problem or an idea.",
            do="State for whom, what value, and how one would notice (clew case propose).",
        )
    return (event.PhaseEntered(command.phase, _said(command.reason, "reason")),)


@_decide.register
def _give(command: GiveEvidence, case: Case) -> Events:
    return (event.EvidenceGiven(_said(command.item, "item"), _said(command.reference, "reference")),)


@_decide.register
def _take(command: TakeDuty, case: Case) -> Events:
    party = _said(command.party, "party")
    held = [duty for duty, holder in case.duties if holder == party and duty in DUTIES and duty != command.duty]
    if command.duty in DUTIES and held:
        raise RefusedError(
            f'"{party}" is {held[0]} of this case and cannot be its {command.duty} too.',
            do="Owner, evaluator, reviewer and auditor must be different parties.",
        )
    return (event.DutyTaken(_said(command.duty, "duty"), party),)


@_decide.register
def _leave(command: Leave, case: Case) -> Events:
    if command.party not in {party for _, party in case.duties}:
        raise RefusedError(f'"{command.party}" holds no duty in this case.', do="See who does: clew case show.")
    return (event.PartyLeft(command.party),)


@_decide.register
def _join(command: Join, case: Case) -> Events:
    partner = _said(command.partner, "partner")
    _known(command.kind, PARTNERS, "kind of partner")
    if (partner, command.kind) in case.partners:
        raise RefusedError(f'"{partner}" is a partner of this case already.', do="Nothing has to be done.")
    return (event.PartnerJoined(partner, command.kind),)


@_decide.register
def _reach(command: Reach, case: Case) -> Events:
    _known(command.status, LADDER, "status")
    if case.proposition is None and command.status != LADDER[0]:
        raise RefusedError(
            "a case without a public value proposition stays a problem or an idea.",
            do="State for whom, what value, and how one would notice (clew case propose).",
        )
    return (event.StatusReached(command.status),)


@_decide.register
def _declare(command: DeclareNovelty, case: Case) -> Events:
    _known(command.novelty, NOVELTIES, "novelty")
    return (event.NoveltyDeclared(_said(command.organisation, "organisation"), command.novelty),)


@_decide.register
def _close(command: Close, case: Case) -> Events:
    _known(command.result, RESULTS, "result")
    return (event.Closed(command.result, _said(command.lesson, "lesson")),)


def _known(word: str, words: tuple[str, ...], what: str) -> None:
    if word not in words:
        raise InputError(f'"{word}" is no {what}.', do=f"Use one of: {', '.join(words)}.")


def _said(text: str, what: str) -> str:
    if not text.strip():
        raise InputError(f"the {what} is empty.", do="Say it in a few words.")
    return text.strip()
