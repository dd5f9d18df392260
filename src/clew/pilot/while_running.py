"""What happens to a running pilot, put on a record: reads its events, decides, appends, publishes."""

from dataclasses import dataclass
from datetime import datetime

from clew.case.state import Case
from clew.case.state import fold as fold_case
from clew.errors import MissingError
from clew.pilot.in_record import Receipt
from clew.pilot.registration import ProtocolLocked, Registration
from clew.pilot.registration import fold as fold_registration
from clew.pilot.running import IterationClosed, PilotAdapted, Running, adapt, close_iteration, fold
from clew.record.event import Event, encode
from clew.record.folder import Record


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pilot as the record knows it. `size`: of the record when it was read."""

    case_id: str
    size: int
    case: Case
    registration: Registration
    running: Running


def load(record: Record, pilot: str) -> Loaded:
    """Return what a record says of a pilot. Raises MissingError where none of this name is locked."""
    for locked in record.events(kind=ProtocolLocked.kind):
        if locked.data["pilot"] == pilot:
            size, history = record.size, tuple(record.events(locked.case))
            folded = (fold_case(history), fold_registration(history, pilot), fold(history, pilot))
            return Loaded(locked.case, size, *folded)
    raise MissingError(f'no pilot "{pilot}" is locked on this record.', do="See which there are: clew gate portfolio.")


def adapt_in(record: Record, body: PilotAdapted, *, at: datetime, by: str) -> Receipt:
    """Put an adaptation on the record and publish it. Raises as `clew.pilot.running.adapt`; then nothing is written."""
    loaded = load(record, body.pilot)
    (decided,) = adapt(body, loaded.running, loaded.registration)
    return _put(record, loaded, decided, at=at, by=by)


def close_iteration_in(record: Record, body: IterationClosed, *, at: datetime, by: str) -> Receipt:
    """Put the end of a round on the record and publish it. Raises as `close_iteration`; then nothing is written."""
    loaded = load(record, body.pilot)
    (decided,) = close_iteration(body, loaded.running, loaded.registration)
    return _put(record, loaded, decided, at=at, by=by)


def _put(record: Record, loaded: Loaded, body: PilotAdapted | IterationClosed, *, at: datetime, by: str) -> Receipt:
    (recorded,) = record.append([Event(loaded.case_id, at, by, body)], expected_size=loaded.size)
    return Receipt(str(encode(body)["pilot"]), body.kind, recorded.index, body, record.checkpoint())
