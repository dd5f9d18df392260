"""The state of a case at any date: nothing but the fold of its events up to that date."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import singledispatch

from clew.case import events as event
from clew.case.phases import EVALUATIONS, INNOVATION, skipped_before
from clew.record.event import Recorded


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a case's path: which phase was entered, when, why, and whether that went back."""

    phase: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Debt:
    """Evidence that an announced case still owes: the `item`, the `phase` that would have left it, when it is `due`."""

    item: str
    phase: str
    due: date


@dataclass(frozen=True, slots=True)
class Case:
    """All that the record says of a case. `exists` is False before its first event.

    `evaluated`: the days on which it was evaluated. `partners`: (partner, kind) each.
    """

    exists: bool = False
    title: str = ""
    announced: bool = False
    proposition: event.PropositionStated | None = None
    path: tuple[Step, ...] = ()
    debts: tuple[Debt, ...] = ()
    evidence: tuple[event.EvidenceGiven, ...] = ()
    risk: str = "medium"
    evaluated: tuple[date, ...] = ()
    partners: tuple[tuple[str, str], ...] = ()
    duties: tuple[tuple[str, str], ...] = ()
    orphans: tuple[str, ...] = ()
    status: str = "idea"
    reached: tuple[tuple[str, date], ...] = ()
    novelty: tuple[tuple[str, str], ...] = ()
    result: str | None = None

    @property
    def phase(self) -> str:
        """The phase that the case is in now."""
        return self.path[-1].phase

    @property
    def is_innovation(self) -> bool:
        """Whether the idea is in use. That it helped, or failed, is another question."""
        return self.status in INNOVATION

    def holder(self, duty: str) -> str | None:
        """Return the party that holds a duty, or None where nobody does."""
        return dict(self.duties).get(duty)

    def overdue(self, today: date) -> tuple[Debt, ...]:
        """Return the evidence owed past its date."""
        return tuple(debt for debt in self.debts if debt.due < today)


NOTHING = Case()


def fold(history: Iterable[Recorded], *, until: datetime | None = None) -> Case:
    """Return the case as it stood at `until` (default: after its last event). Events of other rooms pass through."""
    case = NOTHING
    for recorded in history:
        if until is not None and recorded.at > until:
            break
        body = event.VOCABULARY.decode(recorded)
        if body is not None:
            case = evolve(case, body, recorded.at)
    return case


def evolve(case: Case, body: object, at: datetime) -> Case:
    """Return the case after one event."""
    return _apply(body, case, at.date())


@singledispatch
def _apply(body: object, case: Case, on: date) -> Case:
    raise TypeError(f"{type(body).__name__} is no event of a case")


@_apply.register
def _opened(body: event.Opened, case: Case, on: date) -> Case:
    path = (Step(body.phase, on, "announced" if body.announced else "opened"),)
    debts = tuple(
        Debt(phase.leaves or "", phase.name, on + timedelta(days=phase.due_in_days))
        for phase in skipped_before(body.phase)
        if body.announced
    )
    return replace(
        case, exists=True, title=body.title, announced=body.announced, risk=body.risk, path=path, debts=debts
    )


@_apply.register
def _stated(body: event.PropositionStated, case: Case, on: date) -> Case:
    return replace(case, proposition=body)


@_apply.register
def _entered(body: event.PhaseEntered, case: Case, on: date) -> Case:
    evaluated = (*case.evaluated, on) if body.phase == "evaluate" else case.evaluated
    return replace(case, path=(*case.path, Step(body.phase, on, body.reason)), evaluated=evaluated)


@_apply.register
def _given(body: event.EvidenceGiven, case: Case, on: date) -> Case:
    left = tuple(debt for debt in case.debts if debt.item != body.item)
    evaluated = (*case.evaluated, on) if body.item in EVALUATIONS else case.evaluated
    return replace(case, debts=left, evidence=(*case.evidence, body), evaluated=evaluated)


@_apply.register
def _taken(body: event.DutyTaken, case: Case, on: date) -> Case:
    others = tuple((duty, party) for duty, party in case.duties if duty != body.duty)
    orphans = tuple(duty for duty in case.orphans if duty != body.duty)
    return replace(case, duties=(*others, (body.duty, body.party)), orphans=orphans)


@_apply.register
def _left(body: event.PartyLeft, case: Case, on: date) -> Case:
    orphaned = tuple(duty for duty, party in case.duties if party == body.party)
    kept = tuple((duty, party) for duty, party in case.duties if party != body.party)
    return replace(case, duties=kept, orphans=(*case.orphans, *orphaned))


@_apply.register
def _joined(body: event.PartnerJoined, case: Case, on: date) -> Case:
    others = tuple(pair for pair in case.partners if pair[0] != body.partner)
    return replace(case, partners=(*others, (body.partner, body.sort)))


@_apply.register
def _reached(body: event.StatusReached, case: Case, on: date) -> Case:
    return replace(case, status=body.status, reached=(*case.reached, (body.status, on)))


@_apply.register
def _declared(body: event.NoveltyDeclared, case: Case, on: date) -> Case:
    others = tuple(pair for pair in case.novelty if pair[0] != body.organisation)
    return replace(case, novelty=(*others, (body.organisation, body.novelty)))


@_apply.register
def _closed(body: event.Closed, case: Case, on: date) -> Case:
    return replace(case, result=body.result)
