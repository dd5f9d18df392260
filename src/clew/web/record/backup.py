"""A backup: the whole service at one moment, in one archive that is there whole or not at all."""

import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model

from clew.errors import MissingError, RefusedError
from clew.web.clock import now
from clew.web.desk import reading
from clew.web.evaluate.models import Upload
from clew.web.record.archive import (
    A_PART,
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
    written,
)
from clew.web.record.checking import check_record
from clew.web.record.store import all_files

IN_MEMORY = 16_000_000


def back_up(target: Path) -> tuple[Manifest, bool]:
    """Write a backup, readable by its owner alone, and return what it holds and whether its record verifies.

    Nobody has to wait meanwhile: it shows one moment. Raises RefusedError where the file is there already, MissingError
    where its folder is not.
    """
    if not target.parent.is_dir():
        raise MissingError("there is no such folder.", where=str(target.parent), do="Make it, or name another.")
    if target.exists():
        raise RefusedError("this file is there already.", where=str(target), do="Name a new one.")
    draft = target.with_name(f".{target.name}.draft")
    try:
        made = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(made, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as archive:
                manifest, sound = _fill(archive)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return manifest, sound


def _fill(archive: tarfile.TarFile) -> tuple[Manifest, bool]:
    with _one_moment():
        kept = reading()
        made_at = now().isoformat()
        manifest = Manifest(version("clew"), made_at, kept.origin, kept.size, kept.vkey, applied_migrations())
        sound = check_record().ok
        for name, content in all_files():
            _add(archive, manifest, RECORD + name, io.BytesIO(content))
        for table in kept_tables():
            _add_table(archive, manifest, table)
        uploads = sorted(set(Upload.objects.values_list("sha256", "suffix")))
    for sha, suffix in uploads:
        _add_file(archive, manifest, f"{UPLOADS}{sha[:2]}/{sha}{suffix}", settings.UPLOADS / sha[:2] / f"{sha}{suffix}")
    if (settings.CLEW.workspace / SECRET).is_file():
        _add_file(archive, manifest, SECRET, settings.CLEW.workspace / SECRET)
    told = json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode()
    _add(archive, Manifest("", "", "", 0, "", []), MANIFEST, io.BytesIO(told))
    return manifest, sound


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read everything as it stands at one moment, without holding out any writer."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    connection.ensure_connection()
    before = connection.transaction_mode  # type: ignore[attr-defined]  # SQLite's alone
    connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]  # a reader's transaction locks nobody out
    try:
        with transaction.atomic():
            yield
    finally:
        connection.transaction_mode = before  # type: ignore[attr-defined]


def _add_table(archive: tarfile.TarFile, manifest: Manifest, table: type[Model]) -> None:
    names, count = columns(table), 0
    with SpooledTemporaryFile(IN_MEMORY) as lines:
        lines.write(_line(names))
        for row in all_rows(table).order_by("pk").values_list(*names).iterator():
            lines.write(_line([written(value) for value in row]))
            count += 1
        lines.seek(0)
        _add(archive, manifest, f"{TABLES}{table._meta.label}.jsonl", lines)
    manifest.rows[table._meta.label] = count


def _line(values: object) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _add_file(archive: tarfile.TarFile, manifest: Manifest, name: str, path: Path) -> None:
    try:
        with path.open("rb") as content:
            _add(archive, manifest, name, content)
    except FileNotFoundError:
        manifest.missing.append(name)


def _add(archive: tarfile.TarFile, manifest: Manifest, name: str, content: IO[bytes]) -> None:
    digest, size = sha256(), 0
    while part := content.read(A_PART):
        digest.update(part)
        size += len(part)
    content.seek(0)
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    archive.addfile(entry, content)
    manifest.files[name] = digest.hexdigest()
