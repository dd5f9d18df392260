"""Commands that run a service: what is wrong is said with where and what to do, exit code 2, no traceback, no trace."""

import json
import shutil
from pathlib import Path

import pytest

from services import Service

FILL = """
from clew.case import commands as ask
from clew.case.desk import do
from clew.web.desk import writing_as
with writing_as("director of care") as (kept, at, by):
    do(kept, "visits", (ask.Open("Elders die in bed fires"), ask.TakeDuty("owner", by)), at=at, by=by)
"""
WHO_HOLDS = """
from clew.case.desk import load
from clew.web.desk import reading
case = load(reading(), "visits")
print(case.holder("owner"), case.orphans)
"""
STEWARD, OWNER = "steward@example.org", "Ada@Example.org"


@pytest.fixture(scope="module")
def begun(tmp_path_factory) -> Path:
    """The workspace of a service with a steward and an office that owns a case."""
    service = Service(tmp_path_factory.mktemp("service") / "workspace", "")
    for email, office, more in ((STEWARD, "steward of pilots", ("--steward",)), (OWNER, "director of care", ())):
        done = service.clew("account", "add", email, "--office", office, *more)
        assert done.returncode == 0, done.stderr
    service.python(FILL)
    return service.workspace


@pytest.fixture
def service(begun, tmp_path) -> Service:
    """A service of one's own, not started."""
    shutil.copytree(begun, tmp_path / "workspace")
    return Service(tmp_path / "workspace", "")


def refused(service: Service, *words: str) -> str:
    """What a command complains of: it leaves with 2, prints nothing else and no traceback."""
    done = service.clew(*words)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith(("clew: ", "Usage: "))
    return done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("rebuild",),
        ("work",),
        ("account", "list"),
        ("account", "remove", OWNER, "--yes"),
        ("backup", "new.tar"),
    ],
    ids=" ".join,
)
def test_a_folder_without_a_service_is_named_and_left_as_it_is(tmp_path, words):
    nowhere = Service(tmp_path / "nowhere", "")
    said = refused(nowhere, *words, "--workspace", str(nowhere.workspace))
    assert f"{nowhere.workspace}: there is no service here. Name its folder" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("work",), ("backup", "new.tar")], ids=" ".join)
def test_tables_of_another_version_are_not_touched(tmp_path, words):
    older = Service(tmp_path / "older", "")
    older.workspace.mkdir()
    (older.workspace / "clew.sqlite3").touch()
    assert "not those of this version. Start it once: `clew serve`" in refused(older, *words)
    assert (older.workspace / "clew.sqlite3").stat().st_size <= 4096
    assert not list(tmp_path.glob("**/new.tar"))


@pytest.mark.parametrize("words", [("work",), ("rebuild",), ("backup", "new.tar")], ids=" ".join)
def test_a_database_that_does_not_answer_is_said(tmp_path, words):
    said = refused(Service(tmp_path / "workspace", "postgresql://clew@127.0.0.1:1/none"), *words)
    assert "CLEW_DATABASE_URL" in said
    assert "the database cannot be used: connection failed" in said


def test_a_backup_names_the_folder_that_is_not_there(service, tmp_path):
    said = refused(service, "backup", str(tmp_path / "none" / "new.tar"))
    assert said == f"clew: {tmp_path / 'none'}: there is no such folder. Make it, or name another.\n"


def test_a_file_that_is_no_backup_is_said_in_one_line(tmp_path):
    (tmp_path / "notes.txt").write_text("no archive")
    said = refused(Service(tmp_path / "new", ""), "restore", str(tmp_path / "notes.txt"))
    assert said.startswith(f"clew: {tmp_path / 'notes.txt'}: this is no archive that can be read")
    assert said.count("\n") == 1


def test_a_folder_that_is_no_record_is_not_adopted(tmp_path):
    (tmp_path / "letters").mkdir()
    said = refused(Service(tmp_path / "new", ""), "adopt", str(tmp_path / "letters"))
    assert "letters: here is no record with its key. Name the operator's own folder" in said


def test_a_list_is_one_json_object(service):
    done = service.clew("account", "list", "--json")
    found = json.loads(done.stdout)["accounts"]
    assert [(one["office"], one["email"], one["steward"]) for one in found] == [
        ("director of care", OWNER.lower(), False),
        ("steward of pilots", STEWARD, True),
    ]


def test_removing_an_account_erases_the_person_and_says_on_the_record_that_the_office_left(service):
    done = service.clew("account", "remove", OWNER.upper(), "--yes", "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"office": "director of care", "cases_left": 1}
    assert "would leave visits without its owner" in done.stderr
    assert service.python(WHO_HOLDS) == "None ('owner',)\n"
    left = json.loads(service.clew("account", "list", "--json").stdout)["accounts"]
    assert [one["office"] for one in left] == ["steward of pilots"]


def test_an_account_is_removed_only_after_somebody_said_yes(service):
    done = service.clew("account", "remove", OWNER)
    assert done.returncode == 130
    assert "Close the account of “director of care” for good?" in done.stderr
    assert service.python(WHO_HOLDS) == "director of care ()\n"


def test_an_address_that_nobody_has_is_said(service):
    said = refused(service, "account", "remove", "nobody@example.org", "--yes")
    assert said == "clew: no account has the address nobody@example.org. See which there are: clew account list.\n"
    assert "nobody@example.org" in refused(service, "account", "remove", OWNER, "--by", "nobody@example.org", "--yes")
    assert service.python(WHO_HOLDS) == "director of care ()\n"


def test_the_last_steward_stays(service):
    said = refused(service, "account", "remove", STEWARD, "--yes")
    assert said == "clew: this is the last steward. Make somebody else a steward first.\n"
    assert len(json.loads(service.clew("account", "list", "--json").stdout)["accounts"]) == 2
