"""A backup taken up again: whole, verified, on a new workspace, be its database SQLite or PostgreSQL."""

import json
import os
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

from clew.errors import InputError, RecordError, RefusedError
from clew.web.follow import rebuild
from clew.web.record.archive import (
    A_PART,
    FORM,
    MANIFEST,
    RECORD,
    SECRET,
    TABLES,
    UPLOADS,
    Manifest,
    all_rows,
    applied_migrations,
    columns,
    kept_tables,
    read_again,
)
from clew.web.record.checking import check_record
from clew.web.record.models import StoredFile
from clew.web.record.store import DatabaseStore, put_instead

A_BATCH = 500


def restore(source: Path) -> Manifest:
    """Take up a backup in this service's empty database and new workspace, and verify its record.

    Raises InputError where the file is no whole backup, RefusedError where the database is not empty or the backup was
    made by another version, RecordError where its record does not verify; then the database is as it was.
    """
    try:
        with tarfile.open(source) as archive:
            manifest = _checked(archive)
            _refuse_unless_fit(manifest)
            with DatabaseStore().exclusively():
                _load(archive, manifest)
            return manifest
    except (tarfile.TarError, EOFError) as error:
        raise InputError(
            "this is no archive that can be read, or not all of it.", where=str(source), do=_ANOTHER
        ) from error


def _checked(archive: tarfile.TarFile) -> Manifest:
    """Return what the archive says of itself, after every byte of it was compared with that."""
    found, manifest = dict[str, str](), None
    for entry in archive:
        content = archive.extractfile(entry) if entry.isreg() else None
        if content is None or entry.name in found:
            raise InputError(f'"{entry.name}" has no place in a backup.', do=_ANOTHER)
        if entry.name == MANIFEST:
            manifest = _manifest(content.read())
        else:
            found[entry.name] = _sha256(content)
    if manifest is None:
        raise InputError(f"it holds no {MANIFEST}: this is no backup, or not all of it.", do=_ANOTHER)
    wrong = [name for name in sorted(found.keys() | manifest.files) if found.get(name) != manifest.files.get(name)]
    if wrong:
        raise InputError(f"what lies in it is not what it says: {', '.join(wrong[:5])}.", do=_ANOTHER)
    return manifest


_ANOTHER = "Nothing was restored. Take another backup."


def _manifest(content: bytes) -> Manifest:
    try:
        return Manifest(**json.loads(content))
    except (ValueError, TypeError) as error:
        raise InputError(f"its {MANIFEST} cannot be read: {error}.", do=_ANOTHER) from error


def _sha256(content: IO[bytes]) -> str:
    digest = sha256()
    while part := content.read(A_PART):
        digest.update(part)
    return digest.hexdigest()


def _refuse_unless_fit(manifest: Manifest) -> None:
    if manifest.form != FORM or manifest.migrations != applied_migrations():
        raise RefusedError(
            f"this backup was made by clew {manifest.clew}, whose tables are not those of this version.",
            do="Restore it with that version, then upgrade.",
        )
    tables: tuple[type[Model], ...] = (StoredFile, *kept_tables())
    full = [table._meta.label for table in tables if all_rows(table).exists()]
    if full:
        raise RefusedError(
            f"this database is not empty: {', '.join(full)}.",
            where="CLEW_DATABASE_URL, or --workspace",
            do="Nothing was changed. Restore into a new one.",
        )


def _load(archive: tarfile.TarFile, manifest: Manifest) -> None:
    put_instead(
        (name.removeprefix(RECORD), _bytes(archive, name)) for name in manifest.files if name.startswith(RECORD)
    )
    for table in kept_tables():
        _fill(table, archive.extractfile(f"{TABLES}{table._meta.label}.jsonl"))
    for statement in connection.ops.sequence_reset_sql(no_style(), list(kept_tables())):
        with connection.cursor() as cursor:
            cursor.execute(statement)
    rebuild()
    found = check_record()
    if not found.ok or found.vkey != manifest.vkey:
        first = found.failures[0].what if found.failures else "it has gaps, or another key"
        raise RecordError(f"the record in this backup does not verify: {first}", do=_ANOTHER)
    for name in manifest.files:
        if name.startswith(UPLOADS) or name == SECRET:
            _place(archive, name)


def _bytes(archive: tarfile.TarFile, name: str) -> bytes:
    content = archive.extractfile(name)
    return b"" if content is None else content.read()


def _fill(table: type[Model], lines: IO[bytes] | None) -> None:
    rows: Iterator[list[Any]] = map(json.loads, lines or ())  # Any: JSON of whatever a column holds
    if tuple(next(rows, ())) != columns(table):
        raise InputError(f"the columns of {table._meta.label} are not those of this version.", do=_ANOTHER)
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(one.column)) for one in table._meta.local_concrete_fields)
    marks = ", ".join(["%s"] * len(columns(table)))
    statement = f"INSERT INTO {quote(table._meta.db_table)} ({names}) VALUES ({marks})"
    with connection.cursor() as cursor:
        while batch := [read_again(table, row) for row in islice(rows, A_BATCH)]:
            cursor.executemany(statement, batch)


def _place(archive: tarfile.TarFile, name: str) -> None:
    """Put a file into the workspace, for its owner alone; only names that clew itself gives are taken."""
    base = settings.UPLOADS if name.startswith(UPLOADS) else settings.CLEW.workspace
    target = (base / name.removeprefix(UPLOADS)).resolve()
    if not target.is_relative_to(base.resolve()):
        raise InputError(f'"{name}" has no place in a workspace.', do=_ANOTHER)
    content = archive.extractfile(name)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(made, "wb") as file:
        while content and (part := content.read(A_PART)):
            file.write(part)
