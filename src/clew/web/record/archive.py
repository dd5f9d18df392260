"""What a backup holds, and how a row is written down so that either database can take it up again.

MANIFEST.json       what is here, with the SHA-256 of every other file; the last in the archive
record/             the record as a folder: `clew verify record` checks it, even without a service
tables/NAME.jsonl   every other table that cannot be made anew: its columns, then one row a line
uploads/            the data files that were brought
secret-key          the key that signs sessions
"""

import base64
import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model, QuerySet

from clew.web.follow import READ_TABLES
from clew.web.record.models import PrivateFile, Rebuilt, StoredFile

MANIFEST, RECORD, TABLES, UPLOADS, SECRET = "MANIFEST.json", "record/", "tables/", "uploads/", "secret-key"
A_PART = 1 << 20  # so much of a file is in memory at a time
FORM = 1  # of the archive: raised when an older clew could not read it

# what no backup needs, and why; every other table is in it
LEFT_OUT = {
    **{table._meta.label: "read table: made anew from the record" for table in READ_TABLES},
    StoredFile._meta.label: "kept as record/",
    PrivateFile._meta.label: "kept as record/private/",
    Rebuilt._meta.label: "of these read tables alone",
    "sessions.Session": "everybody signs in again",
    "contenttypes.ContentType": "Django makes it anew",
    "auth.Permission": "Django makes it anew; nothing here is granted by it",
    "auth.Group": "nothing here is granted by it",
    "auth.Group_permissions": "nothing here is granted by it",
    "admin.LogEntry": "the administration is read-only",
}


@dataclass(slots=True)
class Manifest:
    """What an archive says of itself. `files`: name → SHA-256. `missing`: uploads whose file was not there."""

    clew: str
    made_at: str
    origin: str
    size: int
    vkey: str
    migrations: list[str]
    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    form: int = FORM


def kept_tables() -> Iterator[type[Model]]:
    """Yield every table that a backup holds."""
    return (table for table in apps.get_models(include_auto_created=True) if table._meta.label not in LEFT_OUT)


def applied_migrations() -> list[str]:
    """Return the names of the steps that brought this database to its present form, sorted."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def all_rows(table: type[Model]) -> QuerySet[Model]:
    """Return every row of a table."""
    return table._base_manager.all()  # noqa: SLF001 - Django's own name for the manager that hides nothing


def columns(table: type[Model]) -> tuple[str, ...]:
    """Return the names of a table's own columns; those of a parent table are kept with the parent."""
    return tuple(one.attname for one in table._meta.local_concrete_fields)


def written(value: Any) -> Any:  # Any: whatever a column holds, and JSON
    """Return a column's value as JSON, exactly."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def read_again(table: type[Model], row: list[Any]) -> list[Any]:  # Any: as above
    """Return a written row as the database takes it."""
    fields = table._meta.local_concrete_fields
    pairs = zip(fields, row, strict=True)
    return [one.get_db_prep_save(one.to_python(value), connection=connection) for one, value in pairs]
