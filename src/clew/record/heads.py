"""The last event of each case, so that the next one can be numbered; kept beside the record to spare reading it all.

A copy of what the record itself says: whenever it is missing, damaged or of another checkpoint, it is made again.
"""

import json
from collections.abc import Iterable
from hashlib import sha256

from clew.record.entry import read_back
from clew.record.verify import TreeHead

NAME = "private/heads"

Heads = dict[str, tuple[int, int]]  # case → its next sequence number, index of its last event


def follow(heads: Heads, first: int, entries: Iterable[bytes]) -> None:
    """Bring the heads up to date with entries `first`, `first` + 1, …"""
    for index, content in enumerate(entries, first):
        recorded = read_back(index, content)
        heads[recorded.case] = (recorded.sequence + 1, index)


def pack(heads: Heads, head: TreeHead) -> bytes:
    """Return the heads as they are kept, with the checkpoint that they belong to and a checksum."""
    body = json.dumps([str(head), heads]).encode()
    return sha256(body).hexdigest().encode() + b"\n" + body


def unpack(content: bytes | None, head: TreeHead) -> Heads | None:
    """Return kept heads, None where they are missing, damaged, or belong to another checkpoint."""
    checksum, _, body = (content or b"").partition(b"\n")
    if sha256(body).hexdigest().encode() != checksum:
        return None
    kept, heads = json.loads(body)
    return {case: (due, last) for case, (due, last) in heads.items()} if kept == str(head) else None
