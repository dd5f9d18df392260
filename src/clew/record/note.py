"""Signing checkpoints: the operator's side of the signed notes that `verify` opens.

Source: C2SP signed-note and tlog-checkpoint; RFC 8032; the signer key's form is that of Go's `sumdb/note`.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clew.errors import RecordError
from clew.record.verify import TreeHead, VerifierKey


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement of how long the record is and what it holds.

    `origin`: the record's name. `size`: its number of entries. `root`: 32 bytes. `note`: the signed text, as published.
    """

    origin: str
    size: int
    root: bytes
    note: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Whoever may sign for a record: its name and the 32-byte Ed25519 seed, which never appears in a message."""

    name: str
    seed: bytes = field(repr=False)

    @classmethod
    def generate(cls, name: str, random: Callable[[int], bytes]) -> "Signer":
        """Return a new signer with a fresh key."""
        return cls(name, random(32))

    @classmethod
    def parse(cls, text: str) -> "Signer":
        """Return the signer kept as `PRIVATE+KEY+name+id+base64`. Raises RecordError where that is damaged."""
        parts = text.rstrip("\n").split("+", 4)
        try:
            signer = cls(parts[2], base64.b64decode(parts[4], validate=True)[1:])
            if str(signer) == text.rstrip("\n"):
                return signer
        except (ValueError, IndexError):
            pass
        raise RecordError(
            "the signing key is damaged.", where="private/key", do="Restore it from a backup; nothing can be signed."
        )

    @property
    def key(self) -> VerifierKey:
        """The public key that belongs to it."""
        return VerifierKey(self.name, self._private().public_key().public_bytes_raw())

    def __str__(self) -> str:
        encoded = base64.b64encode(b"\x01" + self.seed).decode()
        return f"PRIVATE+KEY+{self.name}+{self.key.key_id.hex()}+{encoded}"

    def sign(self, head: TreeHead) -> Checkpoint:
        """Return the signed checkpoint for a tree head; the same head gives the same bytes."""
        text = str(head)
        signed = base64.b64encode(self.key.key_id + self._private().sign(text.encode())).decode()
        return Checkpoint(head.origin, head.size, head.root, f"{text}\n— {self.name} {signed}\n")

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)
