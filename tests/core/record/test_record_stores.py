"""What every store promises (clew.record.store.Store), held against each one; a new store is one more line."""

import threading

import pytest

from clew.errors import RecordError
from clew.record.folder import FolderStore
from clew.web.record.store import DatabaseStore

STORES = ["folder", "memory", "database"]
pytestmark = pytest.mark.django_db  # said here: whoever runs this file alone has a database too


@pytest.fixture(params=STORES)
def store(request, tmp_path, memory_store):
    if request.param == "database":
        return DatabaseStore()
    (tmp_path / "private").mkdir()
    return {"folder": lambda: FolderStore(tmp_path), "memory": memory_store}[request.param]()


def test_what_was_never_written_is_not_there(store):
    assert store.read("checkpoint") is None
    assert store.read("tile/0/000") is None
    assert list(store.names("tile/0")) == []


def test_a_file_written_once_is_read_whole_and_from_any_byte(store):
    store.write_once({"tile/0/000": b"hashes", "tile/entries/000.p/2": b"entries"})

    assert store.read("tile/0/000") == b"hashes"
    assert store.read("tile/entries/000.p/2", 3) == b"ries"
    assert store.read("tile/0/000", 6) == b""
    assert store.read("tile/0/000", 60) == b""


def test_a_file_written_once_may_be_written_again_with_the_same_bytes_alone(store):
    store.write_once({"tile/0/000": b"hashes"})
    store.write_once({"tile/0/000": b"hashes", "tile/0/001": b"more"})

    with pytest.raises(RecordError, match="never overwritten"):
        store.write_once({"tile/0/002": b"new", "tile/0/001": b"other"})
    assert store.read("tile/0/001") == b"more"
    assert store.read("tile/0/002") is None, "all or none"


def test_a_name_can_be_a_file_and_its_partial_folder_lie_beside_it(store):
    store.write_once({"tile/0/000.p/5": b"five"})
    store.write_once({"tile/0/000": b"all"})

    assert (store.read("tile/0/000.p/5"), store.read("tile/0/000")) == (b"five", b"all")


def test_a_file_is_replaced_whole(store):
    store.replace("checkpoint", b"a long first one")
    store.replace("checkpoint", b"short")

    assert store.read("checkpoint") == b"short"


def test_a_file_is_extended_from_a_given_byte_and_what_lay_beyond_is_gone(store):
    store.extend("private/pending", 0, b"one")
    store.extend("private/pending", 3, b"two and a torn tail")
    store.extend("private/pending", 6, b"!")
    assert store.read("private/pending") == b"onetwo!"

    store.extend("private/pending", 0, b"")
    assert store.read("private/pending") == b""


def test_the_files_of_a_folder_are_named_in_order_without_those_below(store):
    store.write_once({"tile/0/000.p/2": b"", "tile/0/000.p/1": b"", "tile/0/000.p/10": b"", "tile/0/001": b""})

    assert list(store.names("tile/0/000.p")) == ["tile/0/000.p/1", "tile/0/000.p/10", "tile/0/000.p/2"]
    assert list(store.names("tile/0")) == ["tile/0/001"]
    assert list(store.names("tile")) == []


def test_what_fails_inside_leaves_the_lock_free_for_the_next(store):
    with pytest.raises(ZeroDivisionError), store.exclusively():
        store.replace("checkpoint", bytes(1 // 0))
    with store.exclusively():
        store.replace("checkpoint", b"next")

    assert store.read("checkpoint") == b"next"


def test_a_removed_file_is_gone_and_removing_it_twice_is_no_error(store):
    store.write_once({"private/disclosures/ab/x": b"secret"})
    store.remove("private/disclosures/ab/x")
    store.remove("private/disclosures/ab/x")

    assert store.read("private/disclosures/ab/x") is None
    assert list(store.names("private/disclosures/ab")) == []


def test_one_may_write_after_another(store):
    with store.exclusively():
        store.replace("checkpoint", b"one")
    with store.exclusively():
        store.replace("checkpoint", b"two")

    assert store.read("checkpoint") == b"two"


def test_two_writers_of_a_folder_wait_for_each_other(tmp_path):
    (tmp_path / "private").mkdir()
    inside, most, lock = [0], [0], threading.Lock()

    def write() -> None:
        store = FolderStore(tmp_path)
        for _ in range(20):
            with store.exclusively():
                with lock:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                store.replace("checkpoint", b"x")
                with lock:
                    inside[0] -= 1

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 1


def test_private_files_are_for_their_owner_alone(tmp_path):
    (tmp_path / "private").mkdir()
    store = FolderStore(tmp_path)
    store.replace("private/key", b"k")
    store.extend("private/pending", 0, b"p")
    store.write_once({"private/disclosures/ab/x": b"v", "tile/0/000": b"t"})

    for name in ("private/key", "private/pending", "private/disclosures/ab/x"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0, name
    assert (tmp_path / "private/disclosures").stat().st_mode & 0o077 == 0
    assert (tmp_path / "tile/0/000").stat().st_mode & 0o444 == 0o444
