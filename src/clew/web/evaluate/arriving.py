"""A data file on its way in: written down and hashed as it comes, and gone again unless it is kept.

Never more than one block is in memory. What a killed process leaves behind is cleared away by the next arrival.
"""

import errno
import fcntl
import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from clew.errors import InputError, RefusedError
from clew.web import clock

MEGABYTE = 1_000_000
BLOCK = 1 << 20
SECONDS_TO_BEGIN = 60  # between a file's first byte and its lock


class TooLargeError(InputError):
    """The file is larger than this service takes."""

    http_status = 413


class NoRoomError(RefusedError):
    """The service's disk is full."""

    http_status = 507


class CutShortError(InputError):
    """The connection ended before the whole file was here."""

    http_status = 400


def refuse_too_large(size_bytes: int) -> None:
    """Raise TooLargeError where a file of this size is more than the service takes."""
    limit = settings.CLEW["CLEW_UPLOAD_LIMIT_MB"]
    if size_bytes > limit * MEGABYTE:
        raise TooLargeError(
            f"the file is larger than the {limit:,} megabytes that this service takes.",
            do="Bring it as Parquet, or in parts; or ask whoever runs the service (CLEW_UPLOAD_LIMIT_MB).",
        )


class Arriving:
    """One file that is coming in. `path`: where it grows; `size_bytes`: how much is there."""

    def __init__(self) -> None:
        folder = settings.UPLOADS / "arriving"
        folder.mkdir(parents=True, exist_ok=True)
        clear_away(folder)
        self.path = folder / uuid.uuid4().hex
        self.size_bytes = 0
        self._digest = hashlib.sha256()
        self._file = self.path.open("xb", buffering=0)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def write(self, block: bytes) -> None:
        """Take in what comes next. Raises TooLargeError beyond the limit, NoRoomError where the disk is full."""
        self.size_bytes += len(block)
        refuse_too_large(self.size_bytes)
        self._digest.update(block)
        view = memoryview(block)
        with _room():
            while view:
                view = view[self._file.write(view) or 0 :]

    def arrived(self) -> str:
        """Make sure that all of it is on the disk, and return its SHA-256."""
        with _room():
            os.fsync(self._file.fileno())
        return self._digest.hexdigest()

    def move(self, to: Path) -> None:
        """Put it where it stays; the same file that is there already stays instead."""
        to.parent.mkdir(parents=True, exist_ok=True)
        self.path.rename(to)

    def close(self) -> None:
        """End it; what was not moved is gone."""
        self.path.unlink(missing_ok=True)
        self._file.close()


@contextmanager
def arriving() -> Iterator[Arriving]:
    """Let a file come in; whatever happens, nothing of it stays unless it was moved."""
    coming = Arriving()
    try:
        yield coming
    finally:
        coming.close()


def take_in(read: Callable[[int], bytes], size_bytes: int, coming: Arriving) -> None:
    """Read a body of known size, block by block. Raises CutShortError where it ends before."""
    refuse_too_large(size_bytes)
    while block := read(BLOCK):
        coming.write(block)
    if coming.size_bytes != size_bytes:
        raise cut_short()


def cut_short() -> CutShortError:
    """Return the complaint about a connection that ended too early."""
    return CutShortError("the connection ended before the whole file was here.", do="Nothing was kept. Send it again.")


def clear_away(folder: Path) -> None:
    """Remove what arrived in part and whose process is gone."""
    for path in folder.iterdir():
        with suppress(OSError), path.open("rb") as file:
            if clock.now().timestamp() - path.stat().st_mtime > SECONDS_TO_BEGIN:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise NoRoomError("this service has no room left for the file.", do="Tell whoever runs it.") from error
