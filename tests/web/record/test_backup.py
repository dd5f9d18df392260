"""A backup shows the same service again: on another folder, on the other database and back, whole or not at all."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import postgresql
from clew.record.verify import verify
from clew.web.record.archive import LEFT_OUT, kept_tables
from services import CLEW, Service

STORY = """
import uuid
from django.conf import settings
from django.core.management import call_command
from clew.web.commands import prepare
prepare()
from clew.case import commands as ask
from clew.case.desk import do
from clew.pilot.in_record import lock_in
from clew.pilot.parse import parse_protocol
from clew.record.event import Event
from clew.case.events import Opened
from clew.web.clock import now
from clew.web.desk import writing_as
from clew.web.evaluate.models import PublishedEvaluation, Upload
from clew.web.govern.models import Account
from clew.web.pilot.models import ProtocolDraft
import sys; sys.path.insert(0, {tests!r})
from protocol_texts import SOUND

owner = Account.objects.create_user("ann@example.org", "a long pass phrase", office="director of care")
for number in range(40):
    Account.objects.create_user(f"p{{number}}@example.org", None, office=f"office {{number}}")
with writing_as("director of care") as (kept, at, by):
    do(kept, "visits", (ask.Open("Elders die", phase="pilot", announced=True), ask.TakeDuty("owner", by)), at=at, by=by)
    lock_in(parse_protocol(SOUND.encode(), "visits.toml"), kept, at=at, by=by, secret_seed="ab" * 32)
    kept.append([Event("named", at, by, Opened("Named", "frame", False, "low"), {{"name": "Ann Smith"}})])
    kept.checkpoint()
typed = {{"title": "“ü” \\\\ 😀", "n": None}}
ProtocolDraft.objects.create(id=uuid.UUID(int=7), case_id="visits", account=owner, typed=typed)
PublishedEvaluation.objects.create(sha256="0" * 64, pilot="visits", look=1, content=bytes(range(256)))
data = b"arm,safe\\n1,0\\n"
Upload.objects.create(id=uuid.UUID(int=8), pilot="visits", sha256="ab" * 32, name="rows.csv", suffix=".csv",
    size_bytes=len(data), account=owner, at=now())
(settings.UPLOADS / "ab").mkdir(parents=True)
(settings.UPLOADS / "ab" / ("ab" * 32 + ".csv")).write_bytes(data)
"""
SHOWN = """
import json
from clew.web.follow import READ_TABLES
from clew.web.record.archive import kept_tables, columns, written
from clew.web.record.store import all_files
found = {table._meta.label: [[written(value) for value in row]
         for row in table._default_manager.order_by("pk").values_list(*columns(table))]
         for table in (*READ_TABLES, *kept_tables())}
print(json.dumps([found, {name: content.hex() for name, content in all_files()}]))

from django.conf import settings
settings.ALLOWED_HOSTS = ["*"]
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing was collected for serving here
settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
from django.test import Client
from clew.web.desk import reading
size = reading().size
addresses = ["/", "/record/", "/record/entries", "/record/checkpoint", "/record/vkey",
             "/cases/visits", "/pilots/visits", f"/record/documents/{'0' * 64}",
             *(f"/record/entries/{n}{form}" for n in range(size)
                                               for form in ("", ".json", ".tlog-proof"))]
for address in addresses:
    answer = Client().get(address)
    print(address, answer.status_code, answer.content.hex())
"""
COUNTERS_GO_ON = """
from clew.web.govern.models import Account
assert Account.objects.create_user("new@example.org", office="new").pk
Account.objects.filter(office="new").delete()
"""
REFUSED_IN_TURN = """
import contextlib, io, json, pathlib
from clew.cli import run
found = {{}}
for archive in {archives}:
    with contextlib.redirect_stderr(io.StringIO()) as said:
        code = run(["restore", archive, "--workspace", {workspace!r}])
    found[archive] = [code, said.getvalue(), pathlib.Path({workspace!r}).exists()]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of an empty PostgreSQL."""
    with postgresql.cluster() as address:
        yield address


@pytest.fixture
def new_database(database) -> str:
    import psycopg

    with psycopg.connect(database, autocommit=True) as connection:
        name = f"clew_{os.urandom(8).hex()}"
        connection.execute(f"CREATE DATABASE {name}")
    return database.replace("/postgres?", f"/{name}?")


def told(folder: Path, database: str) -> Service:
    """A service with people, a case, a locked pilot, a draft, data and a personal value."""
    service = Service(folder, database)
    service.python(STORY.format(tests=str(Path(__file__).resolve().parents[2])))
    return service


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> tuple[Service, Path]:
    """A service on SQLite, and a backup of it."""
    folder = tmp_path_factory.mktemp("first")
    service = told(folder / "workspace", "")
    done = service.clew("backup", str(folder / "clew.tar"), "--workspace", str(service.workspace))
    assert done.returncode == 0, done
    return service, folder / "clew.tar"


def restored(backup: Path, folder: Path, database: str) -> Service:
    service = Service(folder, database)
    done = service.clew("restore", str(backup), "--workspace", str(folder))
    assert done.returncode == 0, done
    assert "verified" in done.stdout
    return service


@dataclass(frozen=True)
class Shown:
    """All that a service shows: every row and every file of its record; the lines of every public page."""

    rows: list[object]
    pages: list[str]


def shown(service: Service, *, after: str = "") -> Shown:
    """Return what a service shows, `after` something was done in it."""
    rows, *pages = re.sub(r" csrf\S*", "", service.python(after + SHOWN)).splitlines()
    return Shown(json.loads(rows), pages)


@pytest.fixture(scope="module")
def shown_first(first) -> Shown:
    return shown(first[0])


@pytest.fixture(scope="module")
def again(first, tmp_path_factory) -> Service:
    """The backup, restored in another folder."""
    return restored(first[1], tmp_path_factory.mktemp("again") / "again", "")


def same(one: Shown, other: Shown) -> None:
    """Every row, every file of the record and every public page are the same."""
    assert one.rows == other.rows
    assert [page.split()[1] for page in one.pages] == ["200"] * len(one.pages)
    assert one.pages == other.pages


def same_files(one: Service, other: Service) -> None:
    """The key and every file that was brought are the same, and nobody else's to read."""
    names = ["secret-key", *(p.relative_to(one.workspace) for p in one.workspace.glob("uploads/*/*"))]
    assert len(names) == 2
    for name in names:
        assert (one.workspace / name).read_bytes() == (other.workspace / name).read_bytes(), name
        assert (other.workspace / name).stat().st_mode & 0o077 == 0, name


def test_onto_another_folder(first, shown_first, again):
    same(shown_first, shown(again, after=COUNTERS_GO_ON))
    same_files(first[0], again)


def test_from_sqlite_onto_postgresql_and_back(first, shown_first, tmp_path, new_database):
    service, backup = first
    on_postgresql = restored(backup, tmp_path / "pg", new_database)
    same(shown_first, shown(on_postgresql, after=COUNTERS_GO_ON))
    same_files(service, on_postgresql)
    done = on_postgresql.clew("backup", str(tmp_path / "pg.tar"), "--workspace", str(on_postgresql.workspace))
    assert done.returncode == 0, done

    back = restored(tmp_path / "pg.tar", tmp_path / "back", "")
    same(shown_first, shown(back))
    same_files(service, back)


def test_a_restored_service_serves_and_its_record_verifies_with_the_old_key(first, again):
    vkey = manifest_of(first[1])["vkey"]
    with again.start():
        found = verify(f"{again.url}/record", vkey=vkey)
        again.python("from clew.web.desk import writing_as\nwith writing_as('x') as d: d.record.checkpoint()")
    assert (found.ok, found.size > 3) == (True, True)


def manifest_of(backup: Path) -> dict[str, object]:
    """What a backup says of itself."""
    with tarfile.open(backup) as archive:
        return json.loads(archive.extractfile("MANIFEST.json").read())


def test_the_record_in_a_backup_can_be_checked_without_any_service(first, tmp_path):
    _, backup = first
    with tarfile.open(backup) as archive:
        archive.extractall(tmp_path, filter="data")

    assert verify(tmp_path / "record").ok
    assert backup.stat().st_mode & 0o077 == 0, "it holds the signing key"


def complaint(*arguments: object, database: str = "") -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("CLEW_", "DJANGO_"))}
    done = subprocess.run(
        [str(CLEW), *map(str, arguments)], env={**environment, "CLEW_DATABASE_URL": database},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    return done.stderr


def test_nothing_is_overwritten(first, tmp_path, new_database):
    service, backup = first
    assert "there already" in complaint("backup", backup, "--workspace", service.workspace)
    assert "not an empty folder" in complaint("restore", backup, "--workspace", service.workspace)
    restored(backup, tmp_path / "pg", new_database)
    said = complaint("restore", backup, "--workspace", tmp_path / "second", database=new_database)
    assert "this database is not empty" in said
    assert not (tmp_path / "second").exists()
    assert "no service here" in complaint("backup", tmp_path / "x.tar", "--workspace", tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def rewritten(backup: Path, target: Path, change) -> Path:
    """The archive with every member as `change` makes it (None: left out), its MANIFEST true to it where asked."""
    with tarfile.open(backup) as old, tarfile.open(target, "w") as new:
        for entry in old:
            for name, content in change(entry.name, old.extractfile(entry).read()):
                made = tarfile.TarInfo(name)
                made.size = len(content)
                new.addfile(made, io.BytesIO(content))
    return target


BROKEN = {
    "changed": (
        lambda n, c: [(n, c.replace(b"Elders", b"Nobody"))],
        "not what it says: record/tile/entries",
    ),
    "lost": (
        lambda n, c: [] if n == "tables/govern.Account.jsonl" else [(n, c)],
        "tables/govern.Account.jsonl",
    ),
    "no manifest": (lambda n, c: [] if n == "MANIFEST.json" else [(n, c)], "holds no MANIFEST.json"),
    "outside": (lambda n, c: [(n, c)] + ([("../evil", b"x")] if n == "record/vkey" else []), "../evil"),
    "twice": (lambda n, c: [(n, c)] * 2, "has no place in a backup"),
    "broken manifest": (lambda n, c: [(n, b"{" if n == "MANIFEST.json" else c)], "cannot be read"),
    "other form": (lambda n, c: [(n, c.replace(b'"form": 1', b'"form": 2'))], "made by clew"),
}
CUT_OFF = (0, 0.3, 0.9)


@pytest.fixture(scope="module")
def refusals(first, tmp_path_factory) -> dict[str, list[object]]:
    """What `clew restore` says of each broken archive, by its name: exit code, message, whether the folder is there."""
    (service, backup), folder = first, tmp_path_factory.mktemp("broken")
    archives = [rewritten(backup, folder / f"{name}.tar", change) for name, (change, _) in BROKEN.items()]
    for share in CUT_OFF:
        archives.append(folder / f"{share}.tar")
        archives[-1].write_bytes(backup.read_bytes()[: int(backup.stat().st_size * share)])
    code = REFUSED_IN_TURN.format(archives=[*map(str, archives)], workspace=str(folder / "again"))
    environment = {**service.environment, "CLEW_WORKSPACE": str(folder / "again")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    return {Path(name).stem: said for name, said in json.loads(done.stdout).items()}


@pytest.mark.parametrize("name", BROKEN)
def test_a_backup_that_is_not_whole_restores_nothing(refusals, name):
    code, said, left = refusals[name]
    assert BROKEN[name][1] in said
    assert (code, left) == (2, False)


@pytest.mark.parametrize("share", CUT_OFF)
def test_a_backup_that_was_cut_off_restores_nothing(refusals, share):
    code, said, left = refusals[str(share)]
    assert said.startswith("clew: ")
    assert (code, left) == (2, False)


def test_a_record_that_was_changed_under_a_true_manifest_is_not_restored(first, tmp_path):
    """Whoever can write a backup can write its manifest too; the signed root they cannot."""
    from hashlib import sha256

    _, backup = first
    manifest = manifest_of(backup)

    def change(name: str, content: bytes) -> list[tuple[str, bytes]]:
        content = content.replace(b"Elders", b"Nobody")
        if name == "MANIFEST.json":
            return [(name, json.dumps(manifest).encode())]
        manifest["files"][name] = sha256(content).hexdigest()
        return [(name, content)]

    forged = rewritten(backup, tmp_path / "forged.tar", change)
    assert "do not belong under the signed root" in complaint("restore", forged, "--workspace", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_backup_of_a_damaged_record_is_made_and_says_so(first, tmp_path):
    service, _ = first
    shutil.copytree(service.workspace, tmp_path / "damaged")
    damaged = Service(tmp_path / "damaged", "")
    damaged.python(
        "from clew.web.record.models import StoredFile; StoredFile.objects.filter(name__startswith='tile/0').delete()"
    )
    done = damaged.clew("backup", str(tmp_path / "x.tar"), "--workspace", str(damaged.workspace))

    assert done.returncode == 1
    assert "The record does not verify" in done.stderr


def test_every_table_is_backed_up_or_left_out_for_a_reason():
    from django.apps import apps

    every = {table._meta.label for table in apps.get_models(include_auto_created=True)}
    kept = {table._meta.label for table in kept_tables()}
    assert kept | set(LEFT_OUT) == every
    assert not kept & set(LEFT_OUT)
    assert {"govern.Account", "evaluate.Upload", "pilot.ProtocolDraft", "mfa.Authenticator"} <= kept
