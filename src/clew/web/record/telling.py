"""Entries for readers: what happened in plain words, and beside it exactly what is kept and how it is proven."""

from collections.abc import Iterator
from dataclasses import dataclass

from clew.errors import MissingError
from clew.record.entry import read_back
from clew.record.event import Recorded
from clew.record.log import Record
from clew.record.note import Checkpoint
from clew.record.verify import FULL, leaf_hash, tile_path
from clew.web.case.telling import Told, called, tell
from clew.web.record.models import EventRow

LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One entry for its page. `content`: its exact bytes as text. `checkpoint`: None while it waits for one."""

    recorded: Recorded
    told: Told
    content: str
    size_bytes: int
    leaf: str
    tile: str
    checkpoint: Checkpoint | None
    proof: str
    following: int | None
    vkey: str


def told(row: EventRow) -> tuple[Recorded, Told]:
    """Return an event's row as it is read back, and in plain words."""
    recorded = read_back(row.index, bytes(row.entry))
    return recorded, tell(recorded)


def kinds() -> Iterator[tuple[str, str]]:
    """Yield each kind of event that the record holds, and how it is called."""
    for kind in EventRow.objects.order_by("kind").values_list("kind", flat=True).distinct():
        yield kind, called(kind)


def one_entry(record: Record, index: int) -> EntryShown:
    """Return one entry with its proof, read from the log itself. Raises MissingError where there is none."""
    if index > LARGEST:
        raise MissingError("there is no such entry.", do="See which there are: all entries.")
    content = record.entry(index)
    recorded = read_back(index, content)
    head = record.published
    covered = head if head is not None and index < head.size else None
    width = min(FULL, head.size - index // FULL * FULL) if head and covered else 0
    after = EventRow.objects.filter(case=recorded.case, index__gt=index).order_by("index")
    return EntryShown(
        recorded=recorded,
        told=tell(recorded),
        content=content.decode(),
        size_bytes=len(content),
        leaf=leaf_hash(content).hex(),
        tile=tile_path("entries", index // FULL, width) if covered else "",
        checkpoint=covered,
        proof=record.prove(index) if covered else "",
        following=after.values_list("index", flat=True).first(),
        vkey=record.vkey,
    )
