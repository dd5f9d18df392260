"""The record as the service keeps it: what is appended becomes rows and read tables in the same transaction."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from django.db import transaction

from clew.errors import RecordError
from clew.record.entry import read_back
from clew.record.event import Event, Recorded
from clew.record.log import Record
from clew.record.note import Checkpoint
from clew.web.record.models import EventRow
from clew.web.record.store import DatabaseStore

Follow = Callable[[Sequence[Recorded]], None]


class ServedRecord(Record):
    """A record in the database. Nobody can append to it without the read tables following in the same transaction.

    `follow` is told of new events, after their rows are there and before anything is committed. The store is not looked
    at before something is asked of the record that its rows do not know.
    """

    def __init__(self, follow: Follow, store: DatabaseStore | None = None) -> None:
        super().__init__(store or DatabaseStore())
        self._follow = follow
        self._looked = False

    @property
    def origin(self) -> str:
        """The record's public name."""
        self._look_once()
        return super().origin

    @property
    def size(self) -> int:
        """The number of events, when this record last looked."""
        self._look_once()
        return super().size

    @property
    def published(self) -> Checkpoint | None:
        """The last signed checkpoint, None while nothing has been published."""
        self._look_once()
        return super().published

    def refresh(self) -> None:
        """Take in what others have written since; see Record."""
        if not self._looked:
            self._looked = True  # before: what looks may ask for the size
            with suppress(RecordError):  # a writer may be at work: then it reads well the next time
                return self._load()
        return super().refresh()

    def events(self, case: str | None = None, *, kind: str | None = None) -> Iterator[Recorded]:
        """Yield the events in order, of one case or one kind alone if asked: read from their rows, by one query."""
        asked = {name: value for name, value in (("case", case), ("kind", kind)) if value is not None}
        rows = EventRow.objects.filter(**asked).order_by("index").values_list("index", "entry")
        return (read_back(index, bytes(entry)) for index, entry in rows.iterator())

    def _append(self, events: Sequence[Event]) -> tuple[Recorded, ...]:
        try:
            with transaction.atomic():
                recorded = super()._append(events)
                EventRow.objects.bulk_create(row_of(one, self.entry(one.index)) for one in recorded)
                self._follow(recorded)
        except BaseException:
            with suppress(RecordError):
                self._load()  # what was undone in the database is undone here
            raise
        return recorded

    def _look_once(self) -> None:
        if not self._looked:
            self.refresh()


def row_of(recorded: Recorded, entry: bytes) -> EventRow:
    """Return an event as a row."""
    return EventRow(index=recorded.index, case=recorded.case, kind=recorded.kind, at=recorded.at, entry=entry)
