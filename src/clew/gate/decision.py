"""Decisions at the gate: which verdicts stand, what may be decided on them, and what must be there first.

The rule decides; a person may decide otherwise, but only in public: with a role, a reason and the dissent, beside the
computed verdict for ever.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import singledispatch

from clew.case.state import Case
from clew.errors import InputError, RefusedError
from clew.gate import events as event
from clew.gate.judge import VERDICTS, History
from clew.pilot.protocol import Protocol
from clew.record.event import Body, Recorded

Events = tuple[Body, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """What the record says of one pilot at the gate, oldest first. `evaluated_by`: the parties that took its looks."""

    verdicts: tuple[event.VerdictComputed, ...] = ()
    verdict_days: tuple[date, ...] = ()
    public_input: tuple[event.PublicInputHeard, ...] = ()
    reviews: tuple[event.ReviewSigned, ...] = ()
    answers: tuple[event.ScreenAnswered, ...] = ()
    overrides: tuple[event.VerdictOverridden, ...] = ()
    decisions: tuple[event.DecisionTaken, ...] = ()
    decision_days: tuple[date, ...] = ()
    evaluated_by: tuple[str, ...] = ()

    @property
    def latest(self) -> event.VerdictComputed | None:
        """The verdict of the last look, or None before any."""
        return self.verdicts[-1] if self.verdicts else None

    @property
    def override(self) -> event.VerdictOverridden | None:
        """The override of the last verdict, or None where none was made."""
        return next((one for one in reversed(self.overrides) if self.latest and one.look == self.latest.look), None)

    @property
    def standing(self) -> str | None:
        """What is to be done: the override's decision where there is one, else the computed verdict."""
        if self.override is not None:
            return self.override.decided
        return self.latest.verdict if self.latest else None

    @property
    def is_let_go_on(self) -> bool:
        """Whether somebody accountable decided, on the last verdict, that the pilot is extended."""
        look = self.latest.look if self.latest else None
        return any((one.look, one.decided) == (look, "extend") for one in self.decisions)

    def history(self, before_look: int | None = None) -> History:
        """Return what had been used up before a look (default: all so far): extensions granted, adaptations tried."""
        looks = {one.look: one.verdict for one in self.verdicts}
        earlier = [verdict for look, verdict in looks.items() if before_look is None or look < before_look]
        answered = frozenset(answer.screen for answer in self.answers)
        return History(earlier.count("extend"), earlier.count("adapt"), answered)

    def at_look(self, look: int) -> event.VerdictComputed | None:
        """Return the verdict computed at a look, or None where that look has not been taken."""
        return next((one for one in reversed(self.verdicts) if one.look == look), None)


NOTHING = Gate()


def fold(history: Iterable[Recorded], pilot: str) -> Gate:
    """Return one pilot's gate from a case's events; events of other rooms and pilots pass through."""
    gate = NOTHING
    for recorded in history:
        body = event.VOCABULARY.decode(recorded)
        if body is not None and recorded.data["pilot"] == pilot:
            gate = evolve(gate, body, recorded.at.date(), by=recorded.by)
    return gate


def evolve(gate: Gate, body: object, on: date, *, by: str = "") -> Gate:
    """Return the gate after one event that `by` has put on the record."""
    match body:
        case event.VerdictComputed():
            parties = tuple(dict.fromkeys((*gate.evaluated_by, *([by] if by else []))))
            now = replace(gate, verdicts=(*gate.verdicts, body), evaluated_by=parties)
            return replace(now, verdict_days=(*gate.verdict_days, on))
        case event.DecisionTaken():
            return replace(gate, decisions=(*gate.decisions, body), decision_days=(*gate.decision_days, on))
        case event.VerdictOverridden():
            return replace(gate, overrides=(*gate.overrides, body))
        case event.PublicInputHeard():
            return replace(gate, public_input=(*gate.public_input, body))
        case event.ReviewSigned():
            return replace(gate, reviews=(*gate.reviews, body))
        case event.ScreenAnswered():
            return replace(gate, answers=(*gate.answers, body))
        case _:
            raise TypeError(f"{type(body).__name__} is no event of the gate")


@dataclass(frozen=True, slots=True)
class Compute:
    """Put a computed verdict on the record.

    `evaluator`: the party that took the look; `on`: the day on which it was taken; each where it is known.
    """

    verdict: event.VerdictComputed
    evaluator: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class HearPublic:
    """Note the public's input and where it can be read."""

    reference: str


@dataclass(frozen=True, slots=True)
class SignReview:
    """Note an independent review; `reviewer` is a role or office."""

    reviewer: str
    reference: str


@dataclass(frozen=True, slots=True)
class AnswerScreen:
    """Answer the question that a screen asks."""

    screen: str
    answer: str


@dataclass(frozen=True, slots=True)
class Override:
    """Decide otherwise than the computed verdict, in public."""

    decided: str
    role: str
    reason: str
    dissent: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Take the decision that stands (the verdict, or its override)."""

    owner: str


@dataclass(frozen=True, slots=True)
class Standing:
    """All that a decision is judged against: the pilot's gate, its case and its locked protocol."""

    gate: Gate
    case: Case
    protocol: Protocol


def decide(command: object, standing: Standing) -> Events:
    """Return the events that a command at the gate leads to.

    Raises InputError for words outside the vocabulary or left empty, RefusedError for what the rules forbid now.
    """
    return _decide(command, standing)


@singledispatch
def _decide(command: object, standing: Standing) -> Events:
    raise TypeError(f"{type(command).__name__} is no command at the gate")


@_decide.register
def _compute(command: Compute, standing: Standing) -> Events:
    _refuse_evaluator(command.evaluator, standing)
    new, old = command.verdict, standing.gate.at_look(command.verdict.look)
    if old is None:
        if command.on is not None:
            refuse_late_extension(new.look, command.on, standing)
        return (new,)
    if (old.data_sha256, old.protocol_sha256) == (new.data_sha256, new.protocol_sha256):
        same = (old.verdict, old.reasons) == (new.verdict, new.reasons)
        return () if same else (new,)  # it differs only where a screen was answered since
    raise RefusedError(
        f"look {new.look} was taken on other data or under another protocol; a look is taken once.",
        where=f'pilot "{new.pilot}"',
        do="Take the next look, or amend the protocol and say why.",
    )


@_decide.register
def _hear(command: HearPublic, standing: Standing) -> Events:
    return (event.PublicInputHeard(standing.protocol.pilot.id, _said(command.reference, "reference")),)


@_decide.register
def _sign(command: SignReview, standing: Standing) -> Events:
    reviewer = _said(command.reviewer, "reviewer")
    if reviewer in {*owners(standing), standing.case.holder("evaluator"), *standing.gate.evaluated_by}:
        raise RefusedError(
            f'"{reviewer}" owns or evaluates this pilot and cannot review it.',
            do="Let a party review that neither owns nor evaluates it.",
        )
    return (event.ReviewSigned(standing.protocol.pilot.id, reviewer, _said(command.reference, "reference")),)


@_decide.register
def _answer(command: AnswerScreen, standing: Standing) -> Events:
    names = tuple(name for name, _ in _latest(standing).screens)
    if command.screen not in names:
        raise InputError(
            f'"{command.screen}" is no flagged screen of this look.',
            do=f"Flagged are: {', '.join(names) or 'none'}.",
        )
    return (event.ScreenAnswered(standing.protocol.pilot.id, command.screen, _said(command.answer, "answer")),)


@_decide.register
def _override(command: Override, standing: Standing) -> Events:
    latest = _latest(standing)
    if command.decided not in VERDICTS:
        raise InputError(f'"{command.decided}" is no verdict.', do=f"Use one of: {', '.join(VERDICTS)}.")
    if command.decided == "scale" and standing.protocol.population.kind == "feasibility":
        raise RefusedError("a feasibility pilot can never end in scale.", do="Register an impact pilot.")
    if command.decided == latest.verdict:
        raise RefusedError(f'the computed verdict is "{latest.verdict}" already.', do="Decide by the rule instead.")
    _refuse_judge_in_own_cause(command.role.strip(), standing)
    said = (_said(command.role, "role"), _said(command.reason, "reason"), _said(command.dissent, "dissent"))
    return (event.VerdictOverridden(latest.pilot, latest.look, latest.verdict, command.decided, *said),)


@_decide.register
def _take(command: Decide, standing: Standing) -> Events:
    latest, gate = _latest(standing), standing.gate
    owner = _said(command.owner, "owner")
    if standing.protocol.decision_owner not in {None, owner}:
        raise RefusedError(
            f'the locked protocol makes "{standing.protocol.decision_owner}" accountable, not "{owner}".',
            do="Let the accountable owner decide, or amend the protocol.",
        )
    _refuse_judge_in_own_cause(owner, standing)
    decided = gate.standing or latest.verdict
    missing = missing_before(decided, standing)
    if missing:
        raise RefusedError(f'"{decided}" cannot be decided yet; missing: {"; ".join(missing)}.')
    return (event.DecisionTaken(latest.pilot, latest.look, decided, owner, by_rule=gate.override is None),)


def refuse_late_extension(look: int, on: date, standing: Standing) -> None:
    """Raise RefusedError where a look would extend a pilot past the day of its decision, and nobody decided that.

    A pilot that goes on by itself is how pilots never end; past its day its accountable owner must want it to.
    """
    protocol, due = standing.protocol, standing.protocol.decision_by
    late = due is not None and on > due
    if not late or look <= protocol.looks.planned or standing.gate.is_let_go_on:
        return
    raise RefusedError(
        f"this pilot is past the day of its decision, {due}: one more look needs a new decision.",
        where=f'pilot "{protocol.pilot.id}"',
        do="Let the accountable owner take that decision (clew gate decide, or on the pilot's page).",
    )


def missing_before(decided: str, standing: Standing) -> tuple[str, ...]:
    """Return what is still missing before this may be decided; scaling needs most.

    Scaling needs a public value account with a cost, an access and an accountability line, the public's input, and an
    independent review.
    """
    if decided != "scale":
        return ()
    protocol, gate = standing.protocol, standing.gate
    needs = (
        ("the cost line ([cost] in the protocol)", protocol.cost is not None),
        (
            "the access line (reach of a group in [[equity]])",
            any(e.reach_at_least is not None for e in protocol.equity),
        ),
        ("the accountability line (owner in [decision])", protocol.decision_owner is not None),
        ("the public's input", bool(gate.public_input)),
        ("an independent review", bool(gate.reviews)),
    )
    return tuple(name for name, there in needs if not there)


def owners(standing: Standing) -> frozenset[str]:
    """Return the parties that own a pilot: its case's owner, and whom the protocol makes accountable."""
    named = (standing.case.holder("owner"), standing.protocol.decision_owner)
    return frozenset(party for party in named if party is not None)


def _refuse_evaluator(party: str, standing: Standing) -> None:
    reviewers = {standing.case.holder("reviewer"), *(one.reviewer for one in standing.gate.reviews)}
    if party and party in owners(standing) | reviewers:
        raise RefusedError(
            f'"{party}" owns or reviews this pilot and cannot evaluate it.',
            do="Let a party evaluate that neither owns nor reviews it.",
        )


def _refuse_judge_in_own_cause(party: str, standing: Standing) -> None:
    """Raise RefusedError where a party would decide on what it has evaluated, reviewed or audits."""
    did = (
        ("evaluates", {standing.case.holder("evaluator"), *standing.gate.evaluated_by}),
        ("reviews", {standing.case.holder("reviewer"), *(one.reviewer for one in standing.gate.reviews)}),
        ("audits", {standing.case.holder("auditor")}),
    )
    for does, parties in did:
        if party in parties:
            raise RefusedError(
                f'"{party}" {does} this pilot and cannot decide on it.',
                do="Let the owner decide, or amend the protocol so that it names another.",
            )


def _latest(standing: Standing) -> event.VerdictComputed:
    if standing.gate.latest is None:
        raise RefusedError(
            "no verdict has been computed for this pilot.",
            do="Evaluate its data with --record first.",
        )
    return standing.gate.latest


def _said(text: str, what: str) -> str:
    if not text.strip():
        raise InputError(f"the {what} is empty.", do="Say it in a few words; write 'none' where there was none.")
    return text.strip()
