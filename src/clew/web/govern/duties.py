"""Who holds which duty, over all cases at once: what an account carries, and what nobody carries any more."""

from dataclasses import dataclass

from clew.case.phases import DUTIES
from clew.web.case.models import CaseRow


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty in one case. `party` is None where nobody holds it; then `left` says whether somebody did before."""

    case_id: str
    title: str
    duty: str
    party: str | None
    left: bool = False


def duties_of_open_cases() -> tuple[Duty, ...]:
    """Return every duty of every case that is not closed, held or not, by case: one query however many cases."""
    rows = CaseRow.objects.filter(result="").order_by("case_id")
    return tuple(duty for row in rows.only("title", "duties", "orphans") for duty in _duties(row))


def _duties(row: CaseRow) -> list[Duty]:
    names = dict.fromkeys((*DUTIES, *row.duties, *row.orphans))
    return [Duty(row.case_id, row.title, name, row.duties.get(name), name in row.orphans) for name in names]


def held_by(office: str, duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
    """Return the duties of one office."""
    return tuple(one for one in duties if one.party == office)


def orphans(duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
    """Return the duties whose holder left."""
    return tuple(one for one in duties if one.party is None and one.left)


def never_given(duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
    """Return the duties that nobody has ever held."""
    return tuple(one for one in duties if one.party is None and not one.left)
