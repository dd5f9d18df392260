"""A kind of event, records of any length, and a second store: what the tests of the record share."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

import pytest

from clew.errors import RecordError
from clew.record.event import Event
from clew.record.folder import Record, create

DAY = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NoteMade:
    kind: ClassVar[str] = "note.made"
    text: str
    number: int


class MemoryStore:
    """A store in memory: the plainest thing that keeps the promises of `Store`."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def read(self, name: str, start: int = 0) -> bytes | None:
        content = self.files.get(name)
        return None if content is None else content[start:]

    def write_once(self, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            if self.files.get(name, content) != content:
                raise RecordError("is there already with other bytes, and is never overwritten.", where=name)
        self.files.update(files)

    def replace(self, name: str, content: bytes) -> None:
        self.files[name] = content

    def extend(self, name: str, at: int, content: bytes) -> None:
        self.files[name] = self.files.get(name, b"")[:at] + content

    def names(self, folder: str) -> Iterator[str]:
        return (name for name in sorted(self.files) if name.rpartition("/")[0] == folder)

    def remove(self, name: str) -> None:
        self.files.pop(name, None)

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        yield


def seeded(seed: int = 0) -> Callable[[int], bytes]:
    """A random source that gives the same bytes every time."""
    count = iter(range(10**9))
    return lambda size: sha256(f"{seed}/{next(count)}".encode()).digest()[:size]


@pytest.fixture(scope="session")
def memory_store() -> type[MemoryStore]:
    return MemoryStore


@pytest.fixture(scope="session")
def note() -> Callable[..., Event]:
    def make(number: int = 0, case: str = "case-a", **personal: str) -> Event:
        body = NoteMade(f"note {number}", number)
        return Event(case, DAY + timedelta(minutes=number), "evaluator", body, personal)

    return make


@pytest.fixture(scope="session")
def random_source() -> Callable[[int], Callable[[int], bytes]]:
    return seeded


@pytest.fixture(scope="session")
def new_record(note: Callable[..., Event]) -> Callable[..., Record]:
    """Makes a record with so many published entries in three cases, then so many pending ones."""

    def make(path: Path, published: int = 0, pending: int = 0, *, steps: tuple[int, ...] = ()) -> Record:
        record = create(path, origin="example.org/log", random=seeded())
        done = 0
        for size in (*steps, published):
            if size > done:
                record.append([note(i, f"case-{'abc'[i % 3]}") for i in range(done, size)])
                record.checkpoint()
            done = size
        if pending:
            record.append([note(i, f"case-{'abc'[i % 3]}") for i in range(done, done + pending)])
        return record

    return make
