"""What a record needs from the place where it is kept: a few verbs that a folder, a database or memory can keep.

Names are relative paths with `/`. What stands under `private/` is the operator's alone; all else may be published as it
lies. Every verb either happens whole and is safe from a power cut when it returns, or raises RecordError and changes
nothing. tests/core/record/test_record_stores.py holds every store to this; a new store is one more line there.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Protocol


class Store(Protocol):
    """A place where a record is kept."""

    def read(self, name: str, start: int = 0) -> bytes | None:
        """Return a file's bytes from `start` on, None where there is no such file."""
        ...

    def write_once(self, files: Mapping[str, bytes]) -> None:
        """Write files that must never change: all or none. One that is there already with the same bytes is left.

        Raises RecordError where one is there with other bytes.
        """
        ...

    def replace(self, name: str, content: bytes) -> None:
        """Put this content in place of whatever the file held: a reader sees the old or the new, never a mixture."""
        ...

    def extend(self, name: str, at: int, content: bytes) -> None:
        """Make the file its own first `at` bytes followed by this content."""
        ...

    def names(self, folder: str) -> Iterator[str]:
        """Yield the full names of the files directly in a folder, sorted; none where there is no such folder."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file, if it is there. What is private is overwritten first."""
        ...

    def exclusively(self) -> AbstractContextManager[None]:
        """Hold out every other writer while inside. Raises RefusedError where another stays too long."""
        ...
