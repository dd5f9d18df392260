"""The record itself: events go in, are safe when `append` returns, are published by `checkpoint`, and come back.

Every write is made under the store's lock, on the state that the store then has, whoever wrote last:
first the journal (`private/pending`), which alone makes an event safe; at a checkpoint the tiles, then the signed head,
then the journal is cut. Whenever the power fails, what the journal and the checkpoint say together is the record.
"""

import base64
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import ClassVar

from clew.errors import InputError, MissingError, Problem, RecordError, RefusedError
from clew.record import heads, tiles
from clew.record.entry import Disclosure, Entry, canonical, draft, problems, read_back
from clew.record.event import Event, Recorded
from clew.record.note import Checkpoint, Signer
from clew.record.store import Store
from clew.record.verify import (
    EMPTY_ROOT,
    JOURNAL_LIMIT,
    DamagedError,
    TreeHead,
    leaf_hash,
    open_checkpoint,
    pack_frame,
    parse_vkey,
    read_journal,
    verify_inclusion,
)

CHECKPOINT, VKEY = "checkpoint", "vkey"
KEY, PENDING, ARRIVING = "private/key", "private/pending", "private/arriving"


@dataclass(frozen=True, slots=True)
class DisclosureErased:
    """A personal value and the key of its commitment were deleted: the record can no longer be made to tell it."""

    kind: ClassVar[str] = "disclosure.erased"

    index: int
    field: str
    commitment: str


class Record:
    """A record, kept in a store. Not to be shared between threads; programs may share the store.

    `random` gives so many random bytes: the keys of commitments.
    """

    def __init__(self, store: Store, *, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._store = store
        self._random = random
        self._head = Checkpoint("", 0, EMPTY_ROOT, "")
        self._pending: list[bytes] = []
        self._end = 0  # bytes of the journal that are known
        self._settled = 0  # pending entries whose erasures are known to be done
        self._heads: heads.Heads | None = None
        self._followed = 0  # entries that the heads have taken in

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def origin(self) -> str:
        """The record's public name."""
        return self._head.origin

    @property
    def size(self) -> int:
        """The number of events, pending ones too, when this record last looked: at opening, reading or writing."""
        return self._head.size + len(self._pending)

    @property
    def published(self) -> Checkpoint | None:
        """The last signed checkpoint, None while nothing has been published."""
        return self._head if self._head.size else None

    @property
    def vkey(self) -> str:
        """The public key, to be printed where nobody who holds the record can change it."""
        return (self._store.read(VKEY) or b"").decode(errors="replace").strip()

    def events(self, case: str | None = None, *, kind: str | None = None) -> Iterator[Recorded]:
        """Yield the events, published and pending, in order; of one case or one kind alone if asked.

        Raises RecordError, before the first unsound event, where what is stored does not belong under the signed root.
        """
        self.refresh()
        return self._read(case, kind, self._tree_head(), tuple(self._pending))

    def entries(self) -> Iterator[bytes]:
        """Yield the exact bytes of every entry, published and pending, in order, verified as `events` does."""
        self.refresh()
        return chain(tiles.read_entries(self._store, self._tree_head()), tuple(self._pending))

    def event(self, index: int) -> Recorded:
        """Return one event. Raises MissingError where there is none, RecordError where it is damaged."""
        return read_back(index, self.entry(index))

    def entry(self, index: int) -> bytes:
        """Return the exact bytes of one entry. Raises MissingError where there is none, RecordError where damaged."""
        if not 0 <= index < self.size:
            raise MissingError(
                f"there is no entry {index}.", where=self.origin, do=f"The record holds entries 0 to {self.size - 1}."
            )
        if index >= self._head.size:
            return self._pending[index - self._head.size]
        return self._proven(index)[0]

    def prove(self, index: int) -> str:
        """Return a `.tlog-proof` file: that this record, under its checkpoint, holds this entry at this place.

        Reads a few tiles, however long the record is. Raises MissingError where there is no such entry, RefusedError
        where it is not published yet, RecordError where the stored tiles are damaged.
        Source: C2SP tlog-proof.
        """
        self.refresh()
        if self._head.size <= index < self.size:
            raise RefusedError(
                f"entry {index} is not under a checkpoint yet.", where=self.origin, do="Publish one first."
            )
        if not 0 <= index < self.size:
            self.entry(index)
        path = "".join(f"{base64.b64encode(part).decode()}\n" for part in self._proven(index)[1])
        return f"c2sp.org/tlog-proof@v1\nindex {index}\n{path}\n{self._head.note}"

    def consistency(self, old_size: int) -> tuple[bytes, ...]:
        """Return the 32-byte hashes that prove the first `old_size` entries to be a beginning of the published record.

        Raises MissingError where fewer are published. Source: RFC 6962 section 2.1.2.
        """
        self.refresh()
        if not 0 <= old_size <= self._head.size:
            raise MissingError(f"the checkpoint covers {self._head.size} entries, not {old_size}.", where=self.origin)
        return tuple(tiles.consistency_path(self._store, self._tree_head(), old_size))

    def disclosure(self, index: int, field: str) -> Disclosure | None:
        """Return a personal value with its key, None where it was erased. Raises MissingError where there was none."""
        content = self._store.read(_kept(self._commitment(index, field)))
        return Disclosure.from_bytes(content) if content and content.strip(b"\0") else None

    def refresh(self) -> None:
        """Take in what other programs have written since. Raises RecordError where checkpoint or journal is damaged."""
        for _ in range(2):  # without the lock a journal may be read while it is cut: then it reads well the next time
            with suppress(RecordError):
                return self._look()
        return self._look()

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, signer: Signer) -> None:
        """Make an empty store an empty record, signed by this signer."""
        self._store.replace(KEY, f"{signer}\n".encode())
        self._store.replace(PENDING, b"")
        self._store.replace(VKEY, f"{signer.key}\n".encode())
        self._store.replace(CHECKPOINT, signer.sign(TreeHead(signer.name, 0, EMPTY_ROOT)).note.encode())
        self._load()

    def append(self, events: Sequence[Event], *, expected_size: int | None = None) -> tuple[Recorded, ...]:
        """Record events, all or none; they are safe from a power cut when this returns.

        `expected_size`: the size on which the caller decided.
        Raises RefusedError where the record has another size by now, or too much waits for a checkpoint; InputError
        where events cannot be recorded, each with its reason; RecordError where the store cannot be written.
        """
        with self._writing():
            if expected_size not in {None, self.size}:
                raise RefusedError(
                    f"the record has {self.size} events, not {expected_size}: somebody else has written meanwhile.",
                    where=self.origin,
                    do="Read it again and decide again.",
                )
            return self._append(events)

    def checkpoint(self) -> Checkpoint:
        """Publish every pending event under a new signed checkpoint; with none pending, return the last one.

        Raises RecordError where the store cannot be written, the stored tiles are damaged or the key does not fit.
        """
        with self._writing():
            if not self._pending:
                return self._head
            signer = self._signer()
            files, head = tiles.grow(self._store, self._tree_head(), self._pending)
            kept = heads.pack(self._case_heads(), head)
            self._publish(files, signer.sign(head))
            self._tidy(files, kept)
            self._load()
            return self._head

    def erase(self, index: int, field: str, *, at: datetime, by: str) -> Recorded:
        """Delete a personal value and its key for ever, and record that this was done; return that event.

        Every proof stays valid. Raises MissingError where there never was such a value, RefusedError where it was
        erased before, RecordError where the store cannot be written.
        """
        with self._writing():
            commitment = self._commitment(index, field)
            if self._store.read(_kept(commitment)) is None:
                raise RefusedError(f'"{field}" of entry {index} was erased before.', where=self.origin)
            erased = DisclosureErased(index, field, commitment)
            (recorded,) = self._append([Event(self.event(index).case, at, by, erased)])
            self._recover()
            return recorded

    # ── within ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _tree_head(self) -> TreeHead:
        return TreeHead(self._head.origin, self._head.size, self._head.root)

    def _read(self, case: str | None, kind: str | None, head: TreeHead, pending: Sequence[bytes]) -> Iterator[Recorded]:
        asked = {name: value for name, value in (("case", case), ("kind", kind)) if value is not None}
        marks = [canonical({name: value})[1:-1] for name, value in asked.items()]  # no entry asked for lacks these
        entries = chain(tiles.read_entries(self._store, head), pending)
        for index, content in enumerate(entries):
            if all(mark in content for mark in marks):
                recorded = read_back(index, content)
                if case in {None, recorded.case} and kind in {None, recorded.kind}:
                    yield recorded

    def _proven(self, index: int) -> tuple[bytes, list[bytes]]:
        head = self._tree_head()
        content = tiles.entry_at(self._store, head, index)
        path = tiles.inclusion_path(self._store, head, index)
        if not verify_inclusion(leaf_hash(content), index, head.size, path, head.root):
            raise RecordError(
                f"entry {index} does not belong under the signed root.", where=self.origin, do="Run `clew verify`."
            )
        return content, path

    def _commitment(self, index: int, field: str) -> str:
        commitment = self.event(index).commitments.get(field)
        if commitment is None:
            raise MissingError(f'entry {index} has no personal value "{field}".', where=self.origin)
        return commitment

    def _look(self) -> None:
        news = self._store.read(PENDING, self._end) or b""  # before the checkpoint: events only ever move there
        if (self._store.read(CHECKPOINT) or b"") != self._head.note.encode():
            self._load()
        elif news:
            self._take_in(news)

    def _load(self) -> None:
        journal = self._store.read(PENDING) or b""
        note = self._store.read(CHECKPOINT) or b""
        with _as_record_error("checkpoint"):
            head = open_checkpoint(note, parse_vkey(self.vkey))
        self._head = Checkpoint(head.origin, head.size, head.root, note.decode())
        self._pending, self._end, self._settled, self._heads = [], 0, 0, None
        self._take_in(journal)

    def _take_in(self, data: bytes) -> None:
        with _as_record_error(PENDING):
            journal = read_journal(data)
        if journal.first > self.size:
            raise RecordError(
                f"goes on with entry {journal.first} where {self.size} must stand.", where=PENDING, do=_RESTORE
            )
        if journal.first + len(journal.entries) >= self.size:
            self._pending += journal.entries[self.size - journal.first :]
            self._end += journal.length

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._store.exclusively():
            self.refresh()
            self._recover()
            yield

    def _recover(self) -> None:
        """Finish or undo what a writer that was killed had begun with personal values."""
        arriving = self._store.read(ARRIVING)
        if arriving is not None:
            safe = {value for entry in self._pending for value in read_back(0, entry).commitments.values()}
            for commitment in set(re.findall("[0-9a-f]{64}", arriving.decode(errors="replace"))) - safe:
                self._store.remove(_kept(commitment))
            self._store.remove(ARRIVING)
        for entry in self._pending[self._settled :]:
            if b'"kind":"disclosure.erased"' in entry:
                self._store.remove(_kept(str(read_back(0, entry).data["commitment"])))
        self._settled = len(self._pending)

    def _append(self, events: Sequence[Event]) -> tuple[Recorded, ...]:
        entries, ahead = self._draft(events)
        if not entries:
            return ()
        frame = pack_frame(self.size, [entry.content for entry in entries])
        if self._end + len(frame) > JOURNAL_LIMIT:
            raise RefusedError(
                f"more than {JOURNAL_LIMIT:,} bytes of events would wait.",
                where=self.origin,
                do="Publish a checkpoint.",
            )
        disclosures = {_kept(item.commitment): item.to_bytes() for entry in entries for item in entry.disclosures}
        self._write_down(frame, disclosures)
        self._case_heads().update(ahead)
        self._pending += [entry.content for entry in entries]
        self._end += len(frame)
        self._followed = self.size
        if disclosures:
            with suppress(RecordError):  # the events are safe; the next writer will clear this away
                self._store.remove(ARRIVING)
        return tuple(entry.recorded for entry in entries)

    def _write_down(self, frame: bytes, disclosures: dict[str, bytes]) -> None:
        """Write personal values, then the events that commit to them: all, or what was begun is undone."""
        try:
            if disclosures:
                self._store.replace(ARRIVING, "\n".join(name.rpartition("/")[2] for name in disclosures).encode())
                self._store.write_once(disclosures)
            self._store.extend(PENDING, self._end, frame)
        except RecordError:
            self._recover()
            raise

    def _draft(self, events: Sequence[Event]) -> tuple[list[Entry], heads.Heads]:
        """Return the entries that events become, and the heads of their cases once they are in."""
        known, ahead = self._case_heads(), heads.Heads()
        entries, wrong = list[Entry](), list[Problem]()
        for number, event in enumerate(events):
            index = self.size + number
            found = problems(event)
            if not found:
                sequence, previous = ahead.get(event.case) or known.get(event.case) or (0, None)
                ahead[event.case] = (sequence + 1, index)
                try:
                    entries.append(draft(event, index, sequence, previous, self._random))
                except ValueError as error:
                    found = [Problem(str(error))]
            wrong += [Problem(item.what, f"event {number + 1} of {len(events)}", item.do) for item in found]
        if wrong:
            raise InputError(problems=tuple(wrong))
        return entries, ahead

    def _case_heads(self) -> heads.Heads:
        if self._heads is None:
            self._heads = heads.unpack(self._store.read(heads.NAME), self._tree_head())
            if self._heads is None:
                self._heads = {}
                heads.follow(self._heads, 0, tiles.read_entries(self._store, self._tree_head()))
            self._followed = self._head.size
        heads.follow(self._heads, self._followed, self._pending[self._followed - self._head.size :])
        self._followed = self.size
        return self._heads

    def _signer(self) -> Signer:
        signer = Signer.parse((self._store.read(KEY) or b"").decode(errors="replace"))
        if str(signer.key) != self.vkey:
            raise RecordError(
                "the signing key is not the one that belongs to vkey; nothing was signed.",
                where=KEY,
                do="Restore the key of this record from a backup.",
            )
        return signer

    def _publish(self, files: dict[str, bytes], signed: Checkpoint) -> None:
        new = [name for name in files if self._store.read(name) is None]
        self._store.write_once(files)
        try:
            self._store.replace(CHECKPOINT, signed.note.encode())
        except RecordError:
            if self._store.read(CHECKPOINT) == self._head.note.encode():
                for name in new:
                    self._store.remove(name)
            raise

    def _tidy(self, files: dict[str, bytes], kept: bytes) -> None:
        """Clear away what the new checkpoint has made needless; what cannot be cleared does no harm."""
        with suppress(RecordError):
            self._store.extend(PENDING, 0, b"")
        with suppress(RecordError):
            self._store.replace(heads.NAME, kept)
        with suppress(RecordError):
            for name in [name for folder in tiles.replaced(files) for name in self._store.names(folder)]:
                self._store.remove(name)


_RESTORE = "Nothing was changed. Run `clew verify`, and restore the record from a copy."


def _kept(commitment: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", commitment):
        raise RecordError(f'"{commitment}" is not a commitment.', where="the record", do="Run `clew verify`.")
    return f"private/disclosures/{commitment[:2]}/{commitment}"


@contextmanager
def _as_record_error(name: str) -> Iterator[None]:
    try:
        yield
    except DamagedError as error:
        raise RecordError(f"{error}.", where=name, do=_RESTORE) from error
