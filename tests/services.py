"""A whole service for tests: `clew serve` as a process of its own, with a workspace and a database of its own."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

CLEW = Path(sys.executable).with_name("clew")
PATIENCE_SECONDS = 60
PASSWORD = "a long pass phrase"
PACKED = Path(__file__).resolve().parents[1] / ".pytest_cache" / "packed"
STARTED = "import os, django; django.setup()\n"


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fresh_database(like: str = "") -> str:
    """Return the address of a new database in the tests' PostgreSQL, an empty address where SQLite is tested.

    It is empty, or holds what the database at the address `like` holds, which nobody may be connected to.
    """
    cluster = os.environ.get("CLEW_DATABASE_URL", "")
    if not cluster:
        return ""
    import psycopg

    name, template = f"clew_{uuid.uuid4().hex}", urlsplit(like).path[1:] or "template1"
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return cluster.replace("/postgres?", f"/{name}?")


class Service:
    """`clew serve` on a folder. `url` has no slash at its end; `log` is what it wrote to its console."""

    def __init__(self, workspace: Path, database: str | None = None, **settings: str) -> None:
        self.workspace = workspace
        self.database = fresh_database() if database is None else database
        self.password = PASSWORD
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("CLEW_", "DJANGO_", "COV_"))}
        self.environment = {
            **clean,
            "CLEW_DATABASE_URL": self.database,
            "CLEW_WORKSPACE": str(workspace),
            "DJANGO_SETTINGS_MODULE": "clew.web.settings",
            **settings,
        }
        self.log = workspace.with_name(f"{workspace.name}.log")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> "Service":
        """Start it, and return when it answers."""
        borrow_packed(self.workspace)
        command = [str(CLEW), "serve", "--workspace", str(self.workspace), "--port", str(self.port), *options]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"the service did not start:\n{self.log.read_text()}")
            time.sleep(0.05)
        lend_packed(self.workspace)
        return self

    def answers(self) -> bool:
        """Return whether it answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/alive", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """Stop it and all that it started."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def python(self, code: str) -> str:
        """Run Python with this service's Django set up, and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", STARTED + code], env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return what its database answers to a query; no Python is started, so it may be asked again and again."""
        if self.database:
            import psycopg

            with psycopg.connect(self.database) as connection:
                return connection.execute(query).fetchall()
        with closing(sqlite3.connect(self.workspace / "clew.sqlite3", timeout=PATIENCE_SECONDS)) as connection:
            return connection.execute(query).fetchall()

    def copy(self, workspace: Path) -> "Service":
        """Return another service that begins as this one stands; nobody may be at work in this one meanwhile."""
        shutil.copytree(self.workspace, workspace)
        made = Service(workspace, self.database and fresh_database(self.database))
        own = {name: made.environment[name] for name in ("CLEW_DATABASE_URL", "CLEW_WORKSPACE")}
        made.environment = {**self.environment, **own}
        return made

    def clew(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `clew` command in this service's environment."""
        return subprocess.run(
            [str(CLEW), *arguments], env=self.environment, capture_output=True, text=True, check=False
        )

    def people(self, *offices: str, steward: str = "") -> None:
        """Make accounts; the e-mail address of "director of care" is director.of.care@example.org."""
        made = [(email_of(office), office, office == steward) for office in (*offices, *([steward] if steward else []))]
        self.python(
            "from clew.web.govern.models import Account\n"
            f"for email, office, steward in {made!r}:\n"
            f"    Account.objects.create_user(email, {PASSWORD!r}, office=office, is_steward=steward)"
        )

    def __enter__(self) -> "Service":
        return self if self._process else self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def borrow_packed(workspace: Path) -> None:
    """Take what another service has gathered and packed for browsers; it is packed anew where the sources differ."""
    if PACKED.is_dir() and not (workspace / "static").exists():
        workspace.mkdir(parents=True, exist_ok=True)
        shutil.copytree(PACKED / "static", workspace / "static")
        shutil.copy(PACKED / "static-made-from", workspace)


def lend_packed(workspace: Path) -> None:
    """Leave to other services what this one has packed; another process may do so at the same moment."""
    made = workspace / "static-made-from"
    if PACKED.is_dir() and (PACKED / made.name).read_text() == made.read_text():
        return
    draft, old = (PACKED.with_name(f"packed-{uuid.uuid4().hex}") for _ in range(2))
    draft.mkdir(parents=True)
    shutil.copytree(workspace / "static", draft / "static")
    shutil.copy(made, draft)
    with suppress(OSError):
        if PACKED.is_dir():
            PACKED.rename(old)
        draft.rename(PACKED)
    for left in (draft, old):
        shutil.rmtree(left, ignore_errors=True)


def email_of(office: str) -> str:
    """Return the e-mail address of an office's account."""
    return f"{office.replace(' ', '.')}@example.org"
