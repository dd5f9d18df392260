"""A record in a folder of plain files: served as it lies by any web server, except for `private/`.

DIR/checkpoint, vkey, tile/…      public: the signed head, the key to check it with, entries and hashes
DIR/private/pending               events that are safe and wait for the next checkpoint
DIR/private/key                   the signing key
DIR/private/disclosures/          personal values and the keys of their commitments, until erased
"""

import errno
import fcntl
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from clew.errors import InputError, MissingError, RecordError, RefusedError
from clew.record.log import Record
from clew.record.note import Signer
from clew.record.verify import is_key_name

__all__ = ["FolderStore", "Record", "create", "open_record"]

_PATIENCE_SECONDS = 30
_PAUSE_SECONDS = 0.02


def create(
    path: str | Path, *, origin: str | None = None, random: Callable[[int], bytes] = secrets.token_bytes
) -> Record:
    """Begin an empty record in a new or empty folder, with its own signing key, and a first signed checkpoint.

    `origin`: the record's public name for ever, an address without scheme (`records.example.org/pilots`); by default
    `clew.local/` and the folder's name. `random`: gives so many random bytes, for keys.
    Raises RefusedError where the folder is not empty, InputError where the origin cannot name a key, RecordError where
    the folder cannot be written.
    """
    folder = Path(path).absolute()
    name = origin if origin is not None else "clew.local/" + re.sub(r"[\s+]+", "-", folder.name)
    _check_origin(name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError(
            "this is there already and is not an empty folder.", where=str(path), do="Name a new folder for the record."
        )
    draft = folder.with_name(f".{folder.name}.draft")
    with _writing(f"the record {folder.name}"):
        made = draft
        try:
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            Record(FolderStore(draft), random=random).begin(Signer.generate(name, random))
            draft.rename(folder)
            made = folder
            _sync_folder(folder.parent)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    return open_record(folder, random=random)


def open_record(path: str | Path, *, random: Callable[[int], bytes] = secrets.token_bytes) -> Record:
    """Open a record to read it, and to write it where its `private/` folder is there.

    Raises MissingError where there is no record, RecordError where its checkpoint or journal is damaged.
    """
    folder = Path(path)
    if not (folder / "checkpoint").is_file():
        raise MissingError(
            "there is no record here.", where=str(path), do=f"Begin one with `clew record init {folder.name}`."
        )
    record = Record(FolderStore(folder), random=random)
    record.refresh()
    return record


def _check_origin(origin: str) -> None:
    if not is_key_name(origin) or "://" in origin or origin.endswith("/"):
        raise InputError(
            f'"{origin}" cannot name a record.',
            where="origin",
            do="Give an address without https:// and without spaces or plus signs, like records.example.org/pilots.",
        )


class FolderStore:
    """A store in a folder: new files are drafted in `private/drafts`, made safe, then renamed into place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.drafts = path / "private" / "drafts"

    def read(self, name: str, start: int = 0) -> bytes | None:
        """Return a file's bytes from `start` on, None where there is no such file."""
        try:
            with (self.path / name).open("rb") as file:
                file.seek(start)
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise RecordError(f"cannot be read: {error.strerror}.", where=name) from error

    def write_once(self, files: Mapping[str, bytes]) -> None:
        """Write files that must never change: all or none; see Store."""
        new = {name: content for name, content in files.items() if not self._is_there(name, content)}
        placed: list[Path] = []
        with _writing("new files of the record"):
            try:
                drafts = self._draft(new)
                for name, draft in drafts.items():
                    target = self.path / name
                    self._make_folder(target.parent)
                    draft.replace(target)
                    placed.append(target)
                for folder in {target.parent for target in placed}:
                    _sync_folder(folder)
            except BaseException:
                for path in [*placed, *self._leftovers()]:
                    with suppress(OSError):
                        path.unlink()
                raise

    def replace(self, name: str, content: bytes) -> None:
        """Put this content in place of whatever the file held, at one stroke; see Store."""
        before = self.read(name)
        with _writing(name):
            try:
                self._put(name, content)
            except BaseException:
                with suppress(OSError, RecordError):
                    self._put_back(name, before)
                raise

    def extend(self, name: str, at: int, content: bytes) -> None:
        """Make the file its own first `at` bytes followed by this content; see Store."""
        with _writing(name), _opened(self.path / name, os.O_RDWR | os.O_CREAT) as file:
            try:
                os.ftruncate(file, at)
                _write_all(file, content, at)
                os.fsync(file)
            except BaseException:
                os.ftruncate(file, at)
                raise

    def names(self, folder: str) -> Iterator[str]:
        """Yield the full names of the files directly in a folder, sorted; see Store."""
        path = self.path / folder
        found = sorted(path.iterdir()) if path.is_dir() else []
        return (f"{folder}/{item.name}" for item in found if item.is_file())

    def remove(self, name: str) -> None:
        """Remove a file, if it is there. What is private is overwritten first; see Store."""
        path = self.path / name
        with _writing(name):
            if name.startswith("private/") and path.exists():
                with _opened(path, os.O_WRONLY) as file:
                    _write_all(file, bytes(path.stat().st_size), 0)
                    os.fsync(file)
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                _sync_folder(path.parent)

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Hold out every other writer while inside, by a lock that the system frees when a program dies."""
        if not (self.path / "private").is_dir():
            raise RecordError(
                "this is a copy without the folder private/: it can be read and verified, not written.",
                where=str(self.path),
                do="Write to the operator's own folder.",
            )
        with ExitStack() as held:
            with _writing("private/lock"):
                file = held.enter_context(_opened(self.path / "private" / "lock", os.O_RDWR | os.O_CREAT))
                self._wait_for(file)
                for leftover in self._leftovers():
                    leftover.unlink(missing_ok=True)
            yield

    def _wait_for(self, file: int) -> None:
        for _ in range(int(_PATIENCE_SECONDS / _PAUSE_SECONDS)):
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            time.sleep(_PAUSE_SECONDS)
        raise RefusedError(
            f"another program has been writing to this record for {_PATIENCE_SECONDS} seconds.",
            where=str(self.path),
            do="Wait until it is done, or end it, and try again.",
        )

    def _is_there(self, name: str, content: bytes) -> bool:
        stored = self.read(name)
        if stored is not None and stored != content:
            raise RecordError(
                "is there already with other bytes, and is never overwritten.",
                where=name,
                do="Nothing was written. Run `clew verify` on the record: a file was damaged or another log put here.",
            )
        return stored is not None

    def _draft(self, files: Mapping[str, bytes]) -> dict[str, Path]:
        self._make_folder(self.drafts)
        drafts = {name: self.drafts / str(number) for number, name in enumerate(files)}
        for name, draft in drafts.items():
            with _opened(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, public=not name.startswith("private/")) as file:
                _write_all(file, files[name], 0)
        with ThreadPoolExecutor(min(8, len(drafts) or 1)) as pool:  # waited for together, the disk takes many at once
            list(pool.map(_sync_file, drafts.values()))
        return drafts

    def _put(self, name: str, content: bytes) -> None:
        target = self.path / name
        draft = self._draft({name: content})[name]
        self._make_folder(target.parent)
        draft.replace(target)
        _sync_folder(target.parent)

    def _put_back(self, name: str, before: bytes | None) -> None:
        """Undo a replacement that could not be made safe."""
        for leftover in self._leftovers():
            leftover.unlink()
        if before is None:
            (self.path / name).unlink(missing_ok=True)
        elif self.read(name) != before:
            self._put(name, before)

    def _leftovers(self) -> list[Path]:
        return list(self.drafts.iterdir()) if self.drafts.is_dir() else []

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(mode=0o700 if folder.is_relative_to(self.path / "private") else 0o755, exist_ok=True)
        _sync_folder(folder.parent)


@contextmanager
def _opened(path: Path, flags: int, *, public: bool = False) -> Iterator[int]:
    file = os.open(path, flags | os.O_CLOEXEC, 0o644 if public else 0o600)
    try:
        yield file
    finally:
        os.close(file)


def _write_all(file: int, content: bytes, at: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(file, view, at)
        view, at = view[written:], at + written


def _sync_file(path: Path) -> None:
    with _opened(path, os.O_RDONLY) as file:
        os.fsync(file)


def _sync_folder(folder: Path) -> None:
    with _opened(folder, os.O_RDONLY | os.O_DIRECTORY) as file:
        os.fsync(file)


@contextmanager
def _writing(what: str) -> Iterator[None]:
    """Turn what the system says against writing into an error that says that nothing was changed."""
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise RecordError(
            f"{'the disk is full' if full else f'the system refuses: {error.strerror}'}; nothing was changed.",
            where=what,
            do="Make room and try again." if full else "Check the rights of the folder and try again.",
        ) from error
