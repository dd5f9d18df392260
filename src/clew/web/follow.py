"""The read tables follow the record: after every append, and all over again by `clew rebuild`.

A row is nothing but a fold of events written down, so that a page of a thousand cases is one query.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import transaction

from clew.case.state import Case
from clew.case.state import fold as fold_case
from clew.gate.decision import fold as fold_gate
from clew.gate.desk import Loaded
from clew.gate.survey import line_of
from clew.pilot.registration import ProtocolLocked
from clew.pilot.registration import fold as fold_registration
from clew.record.entry import read_back
from clew.record.event import Recorded
from clew.record.log import Record
from clew.web.case.models import CaseRow
from clew.web.pilot.models import PilotRow
from clew.web.record.models import EventRow
from clew.web.record.served import row_of
from clew.web.record.store import DatabaseStore

READ_TABLES = (EventRow, CaseRow, PilotRow)
A_BATCH = 1_000


def follow(recorded: Sequence[Recorded]) -> None:
    """Bring the rows of every case that these events touch up to date."""
    for case_id in sorted({one.case for one in recorded}):
        follow_case(case_id)


def follow_case(case_id: str) -> None:
    """Write the rows of one case and its pilots, from its events."""
    rows = EventRow.objects.filter(case=case_id).order_by("index").values_list("index", "entry")
    history = tuple(read_back(index, bytes(entry)) for index, entry in rows)
    case = fold_case(history)
    if not case.exists:
        return
    CaseRow.objects.update_or_create(case_id=case_id, defaults=CaseRow.columns(case, history[-1].at))
    for pilot in dict.fromkeys(str(one.data["pilot"]) for one in history if one.kind == ProtocolLocked.kind):
        _follow_pilot(case_id, case, pilot, history)


def _follow_pilot(case_id: str, case: Case, pilot: str, history: tuple[Recorded, ...]) -> None:
    registration, gate = fold_registration(history, pilot), fold_gate(history, pilot)
    loaded = Loaded(case_id, len(history), case, registration, gate)
    locked_at: datetime = next(
        one.at for one in history if one.kind == ProtocolLocked.kind and one.data["pilot"] == pilot
    )
    line = line_of(loaded, case_id, locked_at.date())
    PilotRow.objects.update_or_create(pilot=pilot, defaults=PilotRow.columns(line, case_id))


def rebuild(advance: Callable[[int], object] = lambda _: None) -> int:
    """Make every read table anew from the log, verified on the way, in one transaction; return the number of events.

    `advance`: is told how many more events are done. Raises RecordError where the log is damaged; then nothing changed.
    """
    with transaction.atomic(), DatabaseStore().exclusively():
        for table in READ_TABLES:
            table.objects.all().delete()
        cases, size, batch = dict[str, None](), 0, list[EventRow]()
        for index, entry in enumerate(_entries()):
            recorded = read_back(index, entry)
            cases[recorded.case] = None
            batch.append(row_of(recorded, entry))
            size += 1
            if len(batch) == A_BATCH:
                _put(batch, advance)
        _put(batch, advance)
        for case_id in sorted(cases):
            follow_case(case_id)
    return size


def _entries() -> Iterable[bytes]:
    return Record(DatabaseStore()).entries()


def _put(batch: list[EventRow], advance: Callable[[int], object]) -> None:
    EventRow.objects.bulk_create(batch)
    advance(len(batch))
    batch.clear()
