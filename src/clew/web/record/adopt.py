"""Taking in a record that was kept in a folder: the same name, key and history, from now on kept by the service."""

from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from clew.errors import MissingError, RecordError, RefusedError
from clew.record.verify import verify
from clew.web.follow import rebuild
from clew.web.record.models import StoredFile
from clew.web.record.store import DatabaseStore, put_instead

LEFT_BEHIND = ("private/lock", "private/drafts/", "private/arriving")


def adopt(folder: Path) -> int:
    """Copy a record's folder, its key too, into this service's empty record; return its number of events.

    The folder stays as it is, but must not be written to any more: a record has one writer. Raises MissingError where
    there is no record or no key, RecordError where it does not verify, RefusedError where the service has events of its
    own; then nothing is changed.
    """
    if not (folder / "private" / "key").is_file():
        raise MissingError(
            "here is no record with its key.", where=str(folder), do="Name the operator's own folder of the record."
        )
    checked = verify(str(folder))
    if not checked.ok:
        first = checked.failures[0].what if checked.failures else "it has gaps"
        raise RecordError(f"this record does not verify: {first}", where=str(folder), do="Restore it from a copy.")
    with transaction.atomic(), DatabaseStore().exclusively():
        store = DatabaseStore()
        if store.read("private/pending") or StoredFile.objects.filter(name__startswith="tile/").exists():
            raise RefusedError("this service has a record of its own already.", do="Use a new workspace.")
        put_instead(_files(folder))
        return rebuild()


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if not name.startswith(LEFT_BEHIND):
            yield name, path.read_bytes()
