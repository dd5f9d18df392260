"""The record's second store: two tables. Every verb happens inside the caller's transaction, or one of its own.

What is public and what is private lie in different tables: nothing that serves files ever asks the private one.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice

from django.db import DatabaseError, OperationalError, connection, models, transaction

from clew.errors import RecordError, RefusedError
from clew.web.record.models import PrivateFile, StoredFile

PATIENCE_SECONDS = 30
WRITERS_LOCK = 0x636C6577  # "clew": the number of the advisory lock that one writer holds at a time
PRIVATE = "private/"
A_BATCH = 100  # files, a bundle of entries can have 16 MB


class DatabaseStore:
    """A store in the database; see clew.record.store.Store. Safe once the outermost transaction commits."""

    def read(self, name: str, start: int = 0) -> bytes | None:
        """Return a file's bytes from `start` on, None where there is no such file."""
        with _said_clearly(name):
            content = _table(name).filter(name=name).values_list("content", flat=True).first()
        return None if content is None else bytes(content)[start:]

    def write_once(self, files: Mapping[str, bytes]) -> None:
        """Write files that must never change: all or none; see Store."""
        with _changing("new files of the record"):
            there = {name: content for name in files if (content := self.read(name)) is not None}
            for name, content in there.items():
                if content != files[name]:
                    raise RecordError(
                        "is there already with other bytes, and is never overwritten.",
                        where=name,
                        do="Nothing was written. Run `clew verify`: a file was damaged or another log put here.",
                    )
            for name in files.keys() - there.keys():
                _table(name).create(name=name, content=files[name])

    def replace(self, name: str, content: bytes) -> None:
        """Put this content in place of whatever the file held; see Store."""
        with _changing(name):
            _table(name).update_or_create(name=name, defaults={"content": content})

    def extend(self, name: str, at: int, content: bytes) -> None:
        """Make the file its own first `at` bytes followed by this content; see Store."""
        with _changing(name):
            self.replace(name, (self.read(name) or b"")[:at] + content)

    def names(self, folder: str) -> Iterator[str]:
        """Yield the full names of the files directly in a folder, sorted; see Store."""
        first, after = f"{folder}/", f"{folder}0"  # "0" follows "/"
        with _said_clearly(folder):
            found = _table(first).filter(name__gt=first, name__lt=after).values_list("name", flat=True)
            return iter(sorted(name for name in found if "/" not in name[len(first) :]))

    def remove(self, name: str) -> None:
        """Remove a file, if it is there; of a private one, no byte is left in the database's own files; see Store."""
        with _changing(name):
            removed, _ = _table(name).filter(name=name).delete()
        if removed and name.startswith(PRIVATE):
            transaction.on_commit(_sweep)

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Hold out every other writer until the transaction ends, by a lock that dies with its holder."""
        with _said_clearly("the record"), ExitStack() as entered:
            entered.enter_context(transaction.atomic())
            _wait_for_the_others()
            held = entered.pop_all()
        try:
            yield
        except BaseException:
            if not held.__exit__(*sys.exc_info()):
                raise
        else:
            with _said_clearly("the record"):
                held.close()


class ReadingStore(DatabaseStore):
    """The same for whoever only reads: a tile never changes, so it is fetched once."""

    def __init__(self) -> None:
        self._tiles: dict[str, bytes] = {}

    def read(self, name: str, start: int = 0) -> bytes | None:
        """Return a file's bytes from `start` on, None where there is no such file."""
        content = self._tiles.get(name)
        if content is not None:
            return content[start:]
        content = super().read(name)
        if content is not None and name.startswith("tile/"):
            self._tiles[name] = content
        return None if content is None else content[start:]


def all_files() -> Iterator[tuple[str, bytes]]:
    """Yield the name and bytes of every file of the record, the private ones too, in order of their names."""
    for table in (PrivateFile.objects, StoredFile.objects):
        for name, content in table.order_by("name").values_list("name", "content").iterator(A_BATCH):
            yield name, bytes(content)


def put_instead(files: Iterable[tuple[str, bytes]]) -> None:
    """Put these files in place of all that the record has. For whoever takes in a whole record, and nobody else."""
    with _changing("the record"):
        for table in (PrivateFile, StoredFile):
            table.objects.all().delete()
        waiting = iter(files)
        while batch := list(islice(waiting, A_BATCH)):
            PrivateFile.objects.bulk_create(PrivateFile(name=n, content=c) for n, c in batch if n.startswith(PRIVATE))
            StoredFile.objects.bulk_create(StoredFile(name=n, content=c) for n, c in batch if not n.startswith(PRIVATE))


def _table(name: str) -> models.QuerySet[StoredFile] | models.QuerySet[PrivateFile]:
    return PrivateFile.objects.all() if name.startswith(PRIVATE) else StoredFile.objects.all()


def _wait_for_the_others() -> None:
    if connection.vendor == "postgresql":  # on SQLite the transaction itself is the lock: it began IMMEDIATE
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE_SECONDS}s'")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITERS_LOCK])


def _sweep() -> None:
    """Leave no byte of a removed private file behind in the database's files.

    SQLite overwrites what it deletes (secure_delete), but its write-ahead log keeps the page as it was until it is
    emptied. PostgreSQL keeps a deleted row until its table is written anew. Backups, and the archived write-ahead log
    of a PostgreSQL, are the operator's to erase: docs/how-to/back-up-and-restore.md.
    """
    with suppress(DatabaseError), connection.cursor() as cursor:  # the next one that is removed sweeps again
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            table = PrivateFile._meta.db_table
            cursor.execute(f"SET lock_timeout = '{PATIENCE_SECONDS}s'")
            cursor.execute(f"VACUUM FULL {connection.ops.quote_name(table)}")
            cursor.execute("RESET lock_timeout")


@contextmanager
def _changing(what: str) -> Iterator[None]:
    """Change all or nothing: what fails is undone without spoiling the caller's transaction."""
    with _said_clearly(what), transaction.atomic():
        yield


@contextmanager
def _said_clearly(what: str) -> Iterator[None]:
    """Turn what the database says into an error that says that nothing was changed."""
    try:
        yield
    except OperationalError as error:
        if "lock" in str(error):
            raise too_busy() from error
        raise RecordError("the database refuses; nothing was changed.", where=what, do="Try again later.") from error
    except DatabaseError as error:
        raise RecordError("the database refuses; nothing was changed.", where=what, do="Try again later.") from error


def too_busy() -> RefusedError:
    """Return the error for whoever has waited for the other writers in vain."""
    return RefusedError(
        f"somebody else has been writing for {PATIENCE_SECONDS} seconds.",
        do="Nothing was changed. Wait a moment and try again.",
    )
