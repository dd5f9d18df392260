"""A pilot as its page shows it: what the record tells of it on a day, and the evaluation behind its verdict."""

import hashlib
from dataclasses import dataclass
from datetime import date

from clew.errors import InputError
from clew.gate.evaluation import Evaluation, read_back
from clew.gate.events import VerdictComputed
from clew.report.known import Known, Noted, know
from clew.web.desk import reading
from clew.web.evaluate.models import PublishedEvaluation
from clew.web.pilot.models import locked

NOT_HERE = "The published evaluation is not kept here, so this page can tell only what the record itself holds."
ANOTHER = (
    "The evaluation that is kept here is not the one whose SHA-256 stands on the record, so it is not shown; what"
    " follows is what the record itself holds."
)


@dataclass(frozen=True, slots=True)
class Behind:
    """The evaluation behind a verdict; None where it cannot be shown, and then `why`."""

    evaluation: Evaluation | None = None
    why: str = ""


def known(pilot: str, on: date | None = None) -> Known:
    """Return what the record tells of a pilot, on a day or now. Raises MissingError where it was not locked by then."""
    case_id, record = locked(pilot).case_id, reading()
    events = record.events(case_id)
    published = record.published
    history = tuple(one for one in events if on is None or one.at.date() <= on)
    return know(history, pilot, checkpoint=published.note if published else "")


def behind(told: Known) -> Behind:
    """Return the published evaluation of the last verdict."""
    return Behind() if told.latest is None else _published(told, told.latest)


def _published(told: Known, verdict: Noted[VerdictComputed]) -> Behind:
    sha256 = verdict.body.evaluation_sha256
    kept = PublishedEvaluation.objects.filter(sha256=sha256).values_list("content", flat=True).first()
    if kept is None:
        return Behind(why=NOT_HERE)
    content = bytes(kept)
    if hashlib.sha256(content).hexdigest() != sha256:
        return Behind(why=ANOTHER)
    protocol = told.protocol_at(verdict.body.protocol_sha256)
    try:
        return Behind(read_back(content, protocol, told.locked_before(verdict.index)))
    except InputError as error:
        return Behind(why=str(error))
