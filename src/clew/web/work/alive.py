"""Whether a worker lives: exactly while it holds a lock named by its identifier. Its death, however sudden, frees it.

On SQLite, which is one machine by nature, an flock on a file of the workspace; on PostgreSQL an advisory lock of a
session of its own, which the server frees when the session ends. (Not behind a proxy that shares sessions.)
"""

import fcntl
import hashlib
import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.utils import load_backend


class Alive(Protocol):
    """The lock of a living worker, named by `id`."""

    id: str

    def holds(self) -> bool:
        """Return whether the lock is still held; a lost session loses it."""
        ...

    def release(self) -> None:
        """Let it go."""
        ...


def be_alive() -> Alive:
    """Take the lock of a new worker."""
    identifier = uuid.uuid4().hex
    return _Session(identifier) if connection.vendor == "postgresql" else _File(identifier)


def is_alive(identifier: str) -> bool:
    """Return whether the worker of this identifier lives."""
    return _holds_session(identifier) if connection.vendor == "postgresql" else _holds_file(identifier)


def _folder() -> Path:
    return Path(settings.CLEW.workspace) / "workers"


class _File:
    def __init__(self, identifier: str) -> None:
        self.id = identifier
        self._path = _folder() / identifier
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        self._held = os.open(draft, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._held, fcntl.LOCK_EX)
        draft.rename(self._path)  # nobody ever sees this name without its lock

    def holds(self) -> bool:
        """Return whether the lock is still held."""
        return self._path.exists()

    def release(self) -> None:
        """Let it go."""
        self._path.unlink(missing_ok=True)
        os.close(self._held)


def _holds_file(identifier: str) -> bool:
    try:
        probe = os.open(_folder() / Path(identifier).name, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        (_folder() / Path(identifier).name).unlink(missing_ok=True)
        return False
    finally:
        os.close(probe)


class _Session:
    def __init__(self, identifier: str) -> None:
        self.id = identifier
        options: dict[str, Any] = {**connection.settings_dict, "CONN_MAX_AGE": None}  # Any: as Django's settings
        self._own = load_backend(connection.settings_dict["ENGINE"]).DatabaseWrapper(options)
        self._ask("SELECT pg_advisory_lock(%s)", [_number(identifier)])

    def _ask(self, query: str, parameters: list[int] | None = None) -> None:
        with self._own.cursor() as cursor:
            cursor.execute(query, parameters)

    def holds(self) -> bool:
        """Return whether the lock is still held."""
        try:
            self._ask("SELECT 1")
        except DatabaseError:
            return False
        return True

    def release(self) -> None:
        """Let it go."""
        with suppress(DatabaseError):
            self._ask("SELECT pg_advisory_unlock(%s)", [_number(self.id)])
            self._own.close()


def _holds_session(identifier: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_number(identifier)])
        return not cursor.fetchone()[0]


def _number(identifier: str) -> int:
    """Return the number under which PostgreSQL knows a worker's lock: 64 bits of its identifier's SHA-256."""
    digest = hashlib.sha256(f"clew worker {identifier}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
