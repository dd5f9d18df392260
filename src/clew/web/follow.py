"""The read tables follow the record: after every append, and all over again by `clew rebuild`.

A row is nothing but a fold of events written down, so that a page of a thousand cases is one query.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice
from operator import attrgetter
from typing import TypeVar

from django.db.models import Model

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
from clew.web.record.models import EventRow, Rebuilt
from clew.web.record.served import row_of
from clew.web.record.store import DatabaseStore

READ_TABLES: tuple[type[Model], ...] = (EventRow, CaseRow, PilotRow)
A_BATCH = 1_000

Advance = Callable[[int], object]
Item = TypeVar("Item")


def follow(recorded: Sequence[Recorded]) -> None:
    """Bring the rows of every case that these events touch up to date."""
    for case_id in sorted({one.case for one in recorded}):
        follow_case(case_id)


def follow_case(case_id: str) -> None:
    """Write the rows of one case and its pilots: one query reads its events, one writes each row."""
    rows = EventRow.objects.filter(case=case_id).order_by("index").values_list("index", "entry")
    for row in rows_of(case_id, tuple(read_back(index, bytes(entry)) for index, entry in rows)):
        _put([row])


def rows_of(case_id: str, history: tuple[Recorded, ...]) -> Iterator[Model]:
    """Yield the rows of a case and its pilots; the same events give the same rows."""
    case = fold_case(history)
    if not case.exists:
        return
    yield CaseRow(case_id=case_id, **CaseRow.columns(case, history[-1].at))
    locked_at = dict[str, datetime]()
    for one in history:
        if one.kind == ProtocolLocked.kind:
            locked_at.setdefault(str(one.data["pilot"]), one.at)
    for pilot, at in locked_at.items():
        yield _pilot_row(case_id, case, history, pilot, at)


def _pilot_row(case_id: str, case: Case, history: tuple[Recorded, ...], pilot: str, locked_at: datetime) -> PilotRow:
    registration, gate = fold_registration(history, pilot), fold_gate(history, pilot)
    loaded = Loaded(case_id, len(history), case, registration, gate)
    return PilotRow(**PilotRow.columns(line_of(loaded, case_id, locked_at.date()), case_id))


def rebuild(advance: Advance = lambda _: None) -> int:
    """Make every read table anew from the log, verified on the way, in one transaction; return the number of events.

    `advance`: is told how many more events are done, each counted twice: once read, once folded. The queries grow with
    the batches, not with the cases. Raises RecordError where the log is damaged; then nothing changed.
    """
    with DatabaseStore().exclusively():
        for table in READ_TABLES:
            table._default_manager.all().delete()  # noqa: SLF001 - Django's documented name
        size = 0
        for rows in _batches(_event_rows(Record(DatabaseStore()).entries())):
            EventRow.objects.bulk_create(rows)
            size += len(rows)
            advance(len(rows))
        for batch in _batches(_all_rows(advance)):
            for table in READ_TABLES:
                _put([row for row in batch if isinstance(row, table)])
        Rebuilt.objects.create()
    return size


def _event_rows(entries: Iterable[bytes]) -> Iterator[EventRow]:
    return (row_of(read_back(index, entry), entry) for index, entry in enumerate(entries))


def _all_rows(advance: Advance) -> Iterator[Model]:
    rows = EventRow.objects.order_by("case", "index").values_list("index", "entry").iterator(A_BATCH)
    recorded = (read_back(index, bytes(entry)) for index, entry in rows)
    for case_id, events in groupby(recorded, attrgetter("case")):
        history = tuple(events)
        yield from rows_of(case_id, history)
        advance(len(history))


def _put(rows: Sequence[Model]) -> None:
    if rows:
        table = type(rows[0])
        others = [field.name for field in table._meta.concrete_fields if not field.primary_key]
        table._default_manager.bulk_create(  # noqa: SLF001
            rows,
            update_conflicts=True,
            unique_fields=["pk"],
            update_fields=others,
        )


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while batch := list(islice(items, A_BATCH)):
        yield batch
