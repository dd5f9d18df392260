"""Who holds which duty, over all cases at once: what an account carries, and what nobody carries any more."""

from collections import defaultdict
from dataclasses import dataclass

from clew.case.events import Closed, DutyTaken, PartyLeft
from clew.case.phases import DUTIES
from clew.case.state import Case, fold
from clew.record.entry import read_back
from clew.record.event import Recorded
from clew.web.case.models import CaseRow
from clew.web.record.models import EventRow

KINDS = (DutyTaken.kind, PartyLeft.kind, Closed.kind)


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty in one case. `party` is None where nobody holds it; then `left` says whether somebody did before."""

    case_id: str
    title: str
    duty: str
    party: str | None
    left: bool = False


def duties_of_open_cases() -> tuple[Duty, ...]:
    """Return every duty of every case that is not closed, held or not, by case: two queries however many cases."""
    histories: dict[str, list[Recorded]] = defaultdict(list)
    rows = EventRow.objects.filter(kind__in=KINDS).order_by("index").values_list("case", "index", "entry")
    for case_id, index, entry in rows.iterator():
        histories[case_id].append(read_back(index, bytes(entry)))
    found: list[Duty] = []
    for case_id, title in CaseRow.objects.order_by("case_id").values_list("case_id", "title"):
        case = fold(histories[case_id])
        if case.result is None:
            found.extend(_duties(case_id, title, case))
    return tuple(found)


def _duties(case_id: str, title: str, case: Case) -> list[Duty]:
    held = dict(case.duties)
    names = dict.fromkeys((*DUTIES, *held, *case.orphans))
    return [Duty(case_id, title, name, held.get(name), name in case.orphans) for name in names]


def held_by(office: str, duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
    """Return the duties of one office."""
    return tuple(one for one in duties if one.party == office)


def orphans(duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
    """Return the duties whose holder left."""
    return tuple(one for one in duties if one.party is None and one.left)


def never_given(duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
    """Return the duties that nobody has ever held."""
    return tuple(one for one in duties if one.party is None and not one.left)
