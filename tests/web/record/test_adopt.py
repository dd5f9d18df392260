"""A record kept in a folder goes on in the service: the same bytes, and nothing else where anything is amiss."""

from datetime import UTC, datetime

import pytest

from clew.case.commands import Open, TakeDuty
from clew.case.desk import do, load
from clew.errors import MissingError, RecordError, RefusedError
from clew.record.folder import create
from clew.web.case.models import CaseRow
from clew.web.desk import reading, writing_as
from clew.web.record.adopt import adopt
from clew.web.record.models import EventRow
from clew.web.record.store import all_files

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    kept = create(tmp_path / "mine", origin="example.org/mine")
    do(kept, "alarms", (Open("Alarms fail"), TakeDuty("owner", "director of care")), at=AT, by="director of care")
    return tmp_path / "mine"


def files_of(folder):
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {name: (folder / name).read_bytes() for name in names if not name.startswith("private/lock")}


def test_a_folder_goes_on_in_the_service(db, folder):
    assert adopt(folder) == 2

    assert dict(all_files()) == files_of(folder)
    assert CaseRow.objects.get().title == "Alarms fail"
    with writing_as("director of care") as (kept, at, by):
        do(kept, "alarms", (TakeDuty("evaluator", "evaluation unit"),), at=at, by=by)
    assert load(reading(), "alarms").holder("evaluator") == "evaluation unit"
    assert reading().published.note.startswith("example.org/mine\n3\n")


def test_an_empty_record_of_the_service_gives_way(record, folder):
    assert adopt(folder) == 2
    assert reading().origin == "example.org/mine"


def test_a_service_with_events_keeps_them(a_case, folder):
    before = EventRow.objects.count()
    with pytest.raises(RefusedError, match="a record of its own"):
        adopt(folder)
    assert EventRow.objects.count() == before


def test_a_damaged_folder_is_not_taken_in(record, folder):
    bundle = next((folder / "tile" / "entries").rglob("2"))
    bundle.write_bytes(bundle.read_bytes().replace(b"Alarms", b"Blarms"))

    with pytest.raises(RecordError, match="does not verify"):
        adopt(folder)
    assert reading().origin == "clew.local/tests"


def test_a_public_copy_without_its_key_is_not_taken_in(record, folder):
    (folder / "private" / "key").unlink()
    with pytest.raises(MissingError, match="no record with its key"):
        adopt(folder)
