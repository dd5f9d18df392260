"""The record at 70,000 entries: written, verified, proven from; beside a bare loop of SHA-256 over the same bytes.

Run with `python -m bench.record`.
"""

import hashlib
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from clew.record.event import Event
from clew.record.folder import Record, create, open_record
from clew.record.verify import verify

ENTRIES = 70_000
BATCH = 1_000
PROOFS = 200
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BatchSealed:
    kind: ClassVar[str] = "batch.sealed"
    rows: int
    sha256: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: `seconds`, the `limit` that it must keep, and its `ratio` to the bare loop (or None)."""

    name: str
    seconds: float
    limit: float | None
    ratio: float | None


def run() -> list[Figure]:
    """Measure once, in a fresh folder."""
    with tempfile.TemporaryDirectory() as folder:
        record = create(Path(folder) / "log", origin="example.org/bench")
        batches = [_events(start) for start in range(0, ENTRIES, BATCH)]
        appended = _timed(lambda: [record.append(batch) for batch in batches])
        published = _timed(record.checkpoint)
        contents = [record.entry(index) for index in range(0, ENTRIES, 256)]  # a sample, for its length
        bare = _timed(lambda: _bare_loop(_entries(record)))
        verified = _timed(lambda: _verified(Path(folder) / "log"))
        read = _timed(lambda: sum(1 for _ in record.events()))
        proofs = [_timed(lambda: record.prove(secrets.randbelow(ENTRIES))) for _ in range(PROOFS)]
        opened = _timed(lambda: open_record(Path(folder) / "log").append(_events(0)[:1]))
        single = [_timed(lambda: record.append(_events(0)[:1])) for _ in range(PROOFS)]
    size = statistics.mean(map(len, contents))
    return [
        Figure(f"bare loop: SHA-256 of {ENTRIES:,} entries of {size:.0f} bytes", bare, None, 1.0),
        Figure(
            f"{ENTRIES:,} entries appended in {ENTRIES // BATCH} batches, checkpointed", appended + published, 5, None
        ),
        Figure("  of which the checkpoint: tiles, signature, all on disk", published, None, published / bare),
        Figure(f"full verification of {ENTRIES:,} entries", verified, 3, verified / bare),
        Figure(f"{ENTRIES:,} events read back, shown to belong under the root", read, None, read / bare),
        Figure(f"a proof: slowest of {PROOFS}", max(proofs), None, None),
        Figure(f"a proof: median of {PROOFS}", statistics.median(proofs), 0.005, None),
        Figure("one event appended, durable: median", statistics.median(single), None, None),
        Figure(f"open a record of {ENTRIES:,} and append one event", opened, None, None),
    ]


def _events(start: int) -> list[Event]:
    made = []
    for number in range(start, start + BATCH):
        body = BatchSealed(number, hashlib.sha256(str(number).encode()).hexdigest(), ("visits.csv", "homes.csv"))
        made.append(Event(f"case-{number % 50}", NOON, "evaluator", body))
    return made


def _entries(record: Record) -> list[bytes]:
    """About the same bytes: one real entry, with its number in it."""
    content = record.entry(0)
    return [content[:-8] + f"{number:08}".encode() for number in range(ENTRIES)]


def _bare_loop(entries: list[bytes]) -> None:
    for entry in entries:
        hashlib.sha256(entry).digest()


def _verified(path: Path) -> None:
    if not verify(path).ok:
        raise RuntimeError("the record does not verify")


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Print seconds, their limit, and how many times the bare loop's."""
    for figure in run():
        limit = "" if figure.limit is None else f"limit {figure.limit * 1000:g} ms"
        over = "  OVER" if figure.limit is not None and figure.seconds > figure.limit else ""
        ratio = "" if figure.ratio is None else f"{figure.ratio:.1f} x the bare loop"
        print(f"{figure.name:<72} {figure.seconds * 1000:>10.2f} ms  {limit:<14} {ratio}{over}")


if __name__ == "__main__":
    main()
