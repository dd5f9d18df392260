"""What the database store promises beyond every store: writers wait, nothing half-done, erased bytes are gone."""

import contextlib
import threading
import time
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from clew.errors import RecordError, RefusedError
from clew.web.desk import begin, reading, writing_as
from clew.web.record import store as module
from clew.web.record.models import EventRow, PrivateFile, StoredFile
from clew.web.record.served import ServedRecord
from clew.web.record.store import DatabaseStore

ON_SQLITE = connection.vendor == "sqlite"


def in_threads(*tasks) -> list[BaseException]:
    """Run tasks at the same time, each on a connection of its own; return what they raised."""
    raised = []

    def run(task) -> None:
        try:
            task()
        except BaseException as error:  # noqa: BLE001 - told to the test
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


@pytest.mark.django_db(transaction=True)
def test_two_writers_of_a_database_wait_for_each_other():
    inside, most = [0], [0]

    def write() -> None:
        for _ in range(15):
            with DatabaseStore().exclusively():
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                count = int(DatabaseStore().read("checkpoint") or 0)
                time.sleep(0.002)
                DatabaseStore().replace("checkpoint", str(count + 1).encode())
                inside[0] -= 1

    assert in_threads(write, write, write) == []
    assert most[0] == 1
    assert DatabaseStore().read("checkpoint") == b"45", "nobody wrote over what another had written"


@pytest.mark.django_db(transaction=True)
def test_a_reader_never_waits_for_a_writer():
    DatabaseStore().replace("checkpoint", b"before")
    seen = []
    with DatabaseStore().exclusively():
        DatabaseStore().replace("checkpoint", b"after")
        assert in_threads(lambda: seen.append(DatabaseStore().read("checkpoint"))) == []
    assert seen == [b"before"]
    assert DatabaseStore().read("checkpoint") == b"after"


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_is_told_so_and_nothing_is_changed(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 1)
    begin("clew.local/tests")

    def impatient() -> None:
        if ON_SQLITE:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout = 200")
        with writing_as("somebody") as desk:
            desk.record.checkpoint()

    with DatabaseStore().exclusively():
        (error,) = in_threads(impatient)
    assert isinstance(error, RefusedError)
    assert "Nothing was changed" in str(error)


@pytest.mark.django_db(transaction=True)
def test_what_was_done_in_a_transaction_that_fails_was_never_done(note):
    begin("clew.local/tests")
    with contextlib.suppress(ZeroDivisionError), writing_as("somebody") as desk:
        desk.record.append([note(1, name="Ann Smith")])
        desk.record.checkpoint()
        assert desk.record.size == 1
        raise ZeroDivisionError

    assert (reading().size, EventRow.objects.count()) == (0, 0)
    assert not PrivateFile.objects.filter(name__startswith="private/disclosures/").exists()
    with writing_as("somebody") as desk:
        desk.record.append([note(2)])
    assert reading().size == 1


@pytest.mark.django_db
def test_an_append_whose_rows_fail_is_undone_even_where_the_caller_goes_on(note):
    begin("clew.local/tests")
    failing = ServedRecord(lambda recorded: 1 / 0)
    with DatabaseStore().exclusively():
        with pytest.raises(ZeroDivisionError):
            failing.append([note(1, name="Ann Smith")])
        assert failing.size == 0
    with writing_as("somebody") as desk:
        desk.record.append([note(2), note(3)])
        desk.record.checkpoint()

    assert [one.data["number"] for one in reading().events()] == [2, 3]
    assert reading().published.size == 2
    assert not PrivateFile.objects.filter(name__startswith="private/disclosures/").exists()


@pytest.mark.django_db
def test_a_verb_that_fails_leaves_the_transaction_usable():
    store = DatabaseStore()
    with store.exclusively():
        store.write_once({"tile/0/000": b"a"})
        with pytest.raises(RecordError):
            store.write_once({"tile/0/000": b"b", "tile/0/001": b"c"})
        with pytest.raises(RecordError):
            store.replace("x" * 5_000, b"too long a name") if not ON_SQLITE else store.write_once({"tile/0/000": b"b"})
        store.replace("checkpoint", b"after all")
    assert store.read("checkpoint") == b"after all"


@pytest.mark.django_db
def test_an_error_of_the_caller_comes_out_as_it_is():
    PrivateFile.objects.create(name="private/key", content=b"")
    with pytest.raises(IntegrityError), transaction.atomic(), DatabaseStore().exclusively():
        PrivateFile.objects.create(name="private/key", content=b"")


@pytest.mark.django_db
def test_what_is_private_never_lies_among_the_public_files(note):
    begin("clew.local/tests")
    with writing_as("somebody") as desk:
        desk.record.append([note(1, name="Ann Smith")])
        desk.record.checkpoint()

    assert not StoredFile.objects.filter(name__startswith="private").exists()
    assert set(StoredFile.objects.values_list("name", flat=True)) == {
        "checkpoint", "vkey", "tile/0/000.p/1", "tile/entries/000.p/1",
    }  # fmt: skip
    assert all(name.startswith("private/") for name in PrivateFile.objects.values_list("name", flat=True))


def files_that_hold(value: bytes) -> list[str]:
    """The files of the database in which these bytes still stand, apart from PostgreSQL's write-ahead log."""
    with connection.cursor() as cursor:
        if ON_SQLITE:
            folder = Path(connection.settings_dict["NAME"]).parent
        else:
            cursor.execute("CHECKPOINT")
            cursor.execute("SHOW data_directory")
            folder = Path(cursor.fetchone()[0])
    files = [path for path in folder.rglob("*") if path.is_file() and "pg_wal" not in path.parts]
    return [str(path) for path in files if value in path.read_bytes()]


@pytest.mark.django_db(transaction=True)
def test_an_erased_personal_value_leaves_no_byte_in_the_files_of_the_database(note):
    begin("clew.local/tests")
    value = "Wilhelmina Featherstonehaugh the Third"
    with writing_as("somebody") as desk:
        desk.record.append([note(1, name=value)])
        desk.record.checkpoint()
    key = reading().disclosure(0, "name").key.hex().encode()
    assert files_that_hold(value.encode())
    with writing_as("data protection officer") as desk:
        desk.record.erase(0, "name", at=desk.at, by=desk.by)

    assert files_that_hold(value.encode()) == []
    assert files_that_hold(key) == []
    assert reading().disclosure(0, "name") is None


@pytest.mark.django_db(transaction=True)
def test_an_acknowledged_write_is_on_the_disk():
    """SQLite: a write-ahead log that is waited for at each commit; PostgreSQL: synchronous_commit."""
    with connection.cursor() as cursor:
        if not ON_SQLITE:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)
            return
        found = {}
        for pragma in ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "busy_timeout"):
            cursor.execute(f"PRAGMA {pragma}")
            found[pragma] = cursor.fetchone()[0]
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "busy_timeout": 30_000}
    assert found == wanted


@pytest.mark.django_db
def test_reading_one_case_is_one_query(a_case, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert list(reading().events(a_case))
