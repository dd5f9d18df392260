"""The record's second store: a table. Every verb happens inside the caller's transaction, or one of its own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import DatabaseError, OperationalError, connection, transaction

from clew.errors import RecordError, RefusedError
from clew.web.record.models import StoredFile

PATIENCE_SECONDS = 30
WRITERS_LOCK = 0x636C6577  # "clew": the number of the advisory lock that one writer holds at a time


class DatabaseStore:
    """A store in the table `StoredFile`; see clew.record.store.Store. Safe once the outermost transaction commits."""

    def read(self, name: str, start: int = 0) -> bytes | None:
        """Return a file's bytes from `start` on, None where there is no such file."""
        with _said_clearly(name):
            content = StoredFile.objects.filter(name=name).values_list("content", flat=True).first()
        return None if content is None else bytes(content)[start:]

    def write_once(self, files: Mapping[str, bytes]) -> None:
        """Write files that must never change: all or none; see Store."""
        with _changing("new files of the record"):
            there = dict(StoredFile.objects.filter(name__in=files).values_list("name", "content"))
            for name, content in there.items():
                if bytes(content) != files[name]:
                    raise RecordError(
                        "is there already with other bytes, and is never overwritten.",
                        where=name,
                        do="Nothing was written. Run `clew verify`: a file was damaged or another log put here.",
                    )
            new = (StoredFile(name=name, content=content) for name, content in files.items() if name not in there)
            StoredFile.objects.bulk_create(new)

    def replace(self, name: str, content: bytes) -> None:
        """Put this content in place of whatever the file held; see Store."""
        with _changing(name):
            StoredFile.objects.update_or_create(name=name, defaults={"content": content})

    def extend(self, name: str, at: int, content: bytes) -> None:
        """Make the file its own first `at` bytes followed by this content; see Store."""
        with _changing(name):
            self.replace(name, (self.read(name) or b"")[:at] + content)

    def names(self, folder: str) -> Iterator[str]:
        """Yield the full names of the files directly in a folder, sorted; see Store."""
        first, after = f"{folder}/", f"{folder}0"  # "0" follows "/"
        with _said_clearly(folder):
            found = StoredFile.objects.filter(name__gt=first, name__lt=after).values_list("name", flat=True)
            return iter(sorted(name for name in found if "/" not in name[len(first) :]))

    def remove(self, name: str) -> None:
        """Remove a file, if it is there. SQLite overwrites what it deletes (secure_delete); see Store."""
        with _changing(name):
            StoredFile.objects.filter(name=name).delete()

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Hold out every other writer until the transaction ends, by a lock that dies with its holder."""
        with _changing("the record"):
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE_SECONDS}s'")
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITERS_LOCK])
            yield  # on SQLite the transaction itself is the lock: it began IMMEDIATE


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
            raise RefusedError(
                f"somebody else has been writing to the record for {PATIENCE_SECONDS} seconds.",
                do="Nothing was changed. Wait a moment and try again.",
            ) from error
        raise RecordError("the database refuses; nothing was changed.", where=what, do="Try again later.") from error
    except DatabaseError as error:
        raise RecordError("the database refuses; nothing was changed.", where=what, do="Try again later.") from error
