"""Tiles, written and read: how a log grows, and how any part of it is found again and shown to be what was signed.

Source: C2SP tlog-tiles; RFC 6962 section 2.1.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from clew.errors import RecordError
from clew.record.store import Store
from clew.record.verify import (
    FULL,
    DamagedError,
    TreeHead,
    frontier_root,
    leaf_hash,
    pack_entries,
    tile_path,
    tree_root,
    unpack_entries,
)

HASH = 32  # bytes


@dataclass(slots=True)
class Growth:
    """A tree that takes up entries: the files to write, and the unfinished tile of each level."""

    size: int
    rows: list[list[bytes]]
    bundle: list[bytes]
    files: dict[str, bytes] = field(default_factory=dict)

    def add(self, entry: bytes) -> None:
        """Take up one entry; a tile that becomes full is added to the files, and its root to the level above."""
        self.bundle.append(entry)
        self.rows[0].append(leaf_hash(entry))
        self.size += 1
        if len(self.bundle) == FULL:
            self._keep("entries", self.size // FULL - 1, pack_entries(self.bundle), FULL)
            self.bundle = []
        level = 0
        while len(self.rows[level]) == FULL:
            row, self.rows[level] = self.rows[level], []
            self._keep(level, (self.size >> 8 * (level + 1)) - 1, b"".join(row), FULL)
            level += 1
            if level == len(self.rows):
                self.rows.append([])
            self.rows[level].append(tree_root(row))

    def finish(self) -> bytes:
        """Add the partial tiles of this size to the files, and return the tree's root."""
        if self.bundle:
            self._keep("entries", self.size // FULL, pack_entries(self.bundle), len(self.bundle))
        for level, row in enumerate(self.rows):
            if row:
                self._keep(level, self.size >> 8 * (level + 1), b"".join(row), len(row))
        return frontier_root(self.rows)

    def _keep(self, level: int | str, number: int, content: bytes, width: int) -> None:
        self.files[tile_path(level, number, width)] = content


def grow(store: Store, head: TreeHead, entries: Iterable[bytes]) -> tuple[dict[str, bytes], TreeHead]:
    """Return the files to write, and the tree head, once these entries follow those under `head`.

    Raises RecordError where the stored tiles are not those of `head`: nothing is ever signed on top of damage.
    """
    growth = Growth(
        head.size, frontier(store, head), bundle(store, head, head.size // FULL) if head.size % FULL else []
    )
    for entry in entries:
        growth.add(entry)
    root = growth.finish()
    return growth.files, TreeHead(head.origin, growth.size, root)


def replaced(files: Iterable[str]) -> Iterator[str]:
    """Yield the folders of partial tiles that full tiles among these files have replaced."""
    return (f"{name}.p" for name in files if not name.rpartition("/")[0].endswith(".p"))


def frontier(store: Store, head: TreeHead) -> list[list[bytes]]:
    """Return the hashes of the unfinished tile of each level, lowest first, checked against the signed root."""
    rows = [hashes(store, head, level, head.size >> 8 * (level + 1)) for level in range(levels(head.size))] or [[]]
    if frontier_root(rows) != head.root:
        raise _damaged("the stored tiles do not give the signed root")
    return rows


def levels(size: int) -> int:
    """Return how many levels of tiles a tree of this size has."""
    return (max(size, 1).bit_length() + 7) // 8


def hashes(store: Store, head: TreeHead, level: int, number: int, first: int = 0, end: int = FULL) -> list[bytes]:
    """Return hashes `first` ≤ position < `end` of a tile as the tree under `head` has it, unchecked.

    Raises RecordError where the tile is missing or too short.
    """
    width = min(FULL, (head.size >> 8 * level) - number * FULL)
    if width <= 0:
        return []
    content = _stored(store, level, number, width)
    if len(content) < width * HASH:
        raise _damaged(f"{tile_path(level, number, width)} is too short")
    return [content[at : at + HASH] for at in range(first * HASH, min(width, end) * HASH, HASH)]


def entry_at(store: Store, head: TreeHead, index: int) -> bytes:
    """Return an entry under `head`, unchecked. Raises RecordError where its bundle is missing or damaged."""
    entries = _unpacked(store, head, index // FULL)
    if index % FULL >= len(entries):
        raise _damaged(f"{tile_path('entries', index // FULL)} is too short")
    return entries[index % FULL]


def bundle(store: Store, head: TreeHead, number: int) -> list[bytes]:
    """Return the entries of a bundle as the log under `head` has it, checked against the tile of their hashes."""
    entries = _unpacked(store, head, number)
    if list(map(leaf_hash, entries)) != hashes(store, head, 0, number):
        raise _damaged(f"the entries from {number * FULL} on are not what their hashes say")
    return entries


def read_entries(store: Store, head: TreeHead) -> Iterator[bytes]:
    """Yield every entry under `head`, each bundle only after it was shown to belong under the signed root.

    Two hashes an entry; in memory one bundle at a time, besides 32 bytes for every 256 entries.
    """
    roots = [part for number in range(-(-head.size // FULL**2)) for part in hashes(store, head, 1, number)]
    tail = hashes(store, head, 0, head.size // FULL)
    roots += [tree_root(tail)] if tail else []
    if tree_root(roots) != head.root:
        raise _damaged("the stored tiles do not give the signed root")
    for number, root in enumerate(roots):
        entries = _unpacked(store, head, number)
        if tree_root(list(map(leaf_hash, entries))) != root:
            raise _damaged(f"the entries from {number * FULL} on do not belong under the signed root")
        yield from entries


def subtree(store: Store, head: TreeHead, start: int, end: int) -> bytes:
    """Return the root over entries `start` ≤ index < `end`, as RFC 6962 splits the tree: from at most one tile a level.

    `start` is a multiple of the smallest power of two that is not under `end - start`.
    """
    span = end - start
    if span & (span - 1):
        middle = start + (1 << (span - 1).bit_length() - 1)
        return tree_root([subtree(store, head, start, middle), subtree(store, head, middle, end)])
    level, inside = divmod(span.bit_length() - 1, 8)
    number, first = divmod(start >> 8 * level, FULL)
    return tree_root(hashes(store, head, level, number, first, first + (1 << inside)))


def inclusion_path(store: Store, head: TreeHead, index: int) -> list[bytes]:
    """Return the hashes that lead from entry `index` to the root, the entry's neighbour first (RFC 6962 2.1.1)."""
    return [subtree(store, head, *span) for span in _beside(0, head.size, index)]


def consistency_path(store: Store, head: TreeHead, old_size: int) -> list[bytes]:
    """Return the hashes that show the first `old_size` entries to be a beginning of the tree (RFC 6962 2.1.2)."""
    return [subtree(store, head, *span) for span in _spans(0, head.size, old_size)] if 0 < old_size < head.size else []


def _beside(start: int, end: int, index: int) -> list[tuple[int, int]]:
    beside = []
    while end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        beside.append((middle, end) if index < middle else (start, middle))
        start, end = (start, middle) if index < middle else (middle, end)
    return beside[::-1]


def _spans(start: int, end: int, old_size: int) -> Sequence[tuple[int, int]]:
    above: list[tuple[int, int]] = []
    known = True  # the whole of the span so far is the old tree, whose root the reader has
    while end != old_size:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if old_size <= middle:
            above.append((middle, end))
            end = middle
        else:
            above.append((start, middle))
            start, known = middle, False
    return ([] if known else [(start, end)]) + above[::-1]


def _unpacked(store: Store, head: TreeHead, number: int) -> list[bytes]:
    width = min(FULL, head.size - number * FULL)
    try:
        return unpack_entries(_stored(store, "entries", number, width))[:width]
    except DamagedError as error:
        raise _damaged(f"{tile_path('entries', number, width)}: {error}") from error


def _stored(store: Store, level: int | str, number: int, width: int) -> bytes:
    for stored in dict.fromkeys((width, FULL)):
        content = store.read(tile_path(level, number, stored))
        if content is not None:
            return content
    raise _damaged(f"{tile_path(level, number, width)} is missing")


def _damaged(what: str) -> RecordError:
    return RecordError(
        f"{what}.", where="the record", do="Nothing was changed. Run `clew verify`, and restore the record from a copy."
    )
