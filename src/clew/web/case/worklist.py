"""What waits for somebody who is signed in: read from the rows of the cases in which their office holds a duty."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse

from clew.case.phases import DUTIES
from clew.web.case.models import CaseRow
from clew.web.govern.models import Account
from clew.web.pilot.drafts import title_of
from clew.web.pilot.models import PilotRow, ProtocolDraft

SOON = timedelta(days=30)
WRITERS = ("owner", "evaluator")


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing that waits for an office: what is to be done, the title of what, its page, and the day by which."""

    what: str
    title: str
    url: str
    due: date | None = None


def worklist(account: Account, today: date) -> tuple[WorkItem, ...]:
    """Return what waits for an account, what is due first: three queries, four for a steward."""
    mine = {row.case_id: row for row in CaseRow.objects.filter(_is_of(account.office), result="")}
    found = [
        *(item for row in mine.values() for item in _in_case(row, account.office, today)),
        *_at_pilots(mine, account.office),
        *_drafts([key for key, row in mine.items() if _holds(row, account.office, *WRITERS)]),
        *(_vacancies() if account.is_steward else ()),
    ]
    return tuple(sorted(found, key=lambda one: (one.due or date.max, one.title, one.what)))


def _is_of(office: str) -> Q:
    asked = Q()
    for duty in DUTIES:
        asked |= Q(**{f"duties__{duty}": office})
    return asked


def _holds(row: CaseRow, office: str, *duties: str) -> bool:
    return any(row.duties.get(duty) == office for duty in duties)


def _in_case(row: CaseRow, office: str, today: date) -> Iterator[WorkItem]:
    page = reverse("case", args=[row.case_id])
    if row.next_due_on and _holds(row, office, "owner"):
        yield WorkItem("Give the evidence that is owed", row.title, page, row.next_due_on)
    if row.evaluate_by and row.evaluate_by <= today + SOON and _holds(row, office, "evaluator"):
        yield WorkItem("Evaluate the case", row.title, page, row.evaluate_by)


def _at_pilots(mine: dict[str, CaseRow], office: str) -> Iterator[WorkItem]:
    for pilot in PilotRow.objects.filter(case_id__in=mine, decided_on=None):
        case, page = mine[pilot.case_id], reverse("pilot", args=[pilot.pilot])
        if pilot.line.awaits_decision and _holds(case, office, "owner"):
            yield WorkItem(f"Decide: the rule says {pilot.verdict}", pilot.title, page, pilot.decision_by)
        if not pilot.line.awaits_decision and _holds(case, office, "evaluator"):
            yield WorkItem("Bring the data of the next look", pilot.title, reverse("pilot-data", args=[pilot.pilot]))


def _drafts(cases: list[str]) -> Iterator[WorkItem]:
    for draft in ProtocolDraft.objects.filter(case_id__in=cases):
        yield WorkItem("Go on with the protocol", title_of(draft), reverse("draft", args=[draft.id]))


def _vacancies() -> Iterator[WorkItem]:
    left = CaseRow.objects.filter(result="").exclude(orphans=[])
    for case_id, title, orphans in left.values_list("case_id", "title", "orphans"):
        for duty in orphans:
            yield WorkItem(f"Find a new {duty}: the last one left", title, reverse("case", args=[case_id]))
