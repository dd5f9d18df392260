"""A full disk changes nothing and says so: at every single call to the system, and on a real disk that is too small."""

import errno
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from clew.errors import RecordError
from clew.record.folder import create, open_record
from clew.record.verify import verify

WRITING = ("pwrite", "open", "fsync", "ftruncate", "mkdir", "rename", "replace")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file's bytes, apart from the empty lock."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


class FullDisk:
    """Makes the n-th call that could need room fail, as a full disk does: a write may still put down a part."""

    def __init__(self, monkeypatch, fail_at: int) -> None:
        self.calls, self.fail_at = 0, fail_at
        for name in WRITING:
            monkeypatch.setattr(os, name, self.wrap(name, getattr(os, name)))

    def wrap(self, name, real):
        def call(*args, **kwargs):
            needs_room = name != "open" or args[1] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR)
            self.calls += bool(needs_room)
            if needs_room and self.calls == self.fail_at:
                if name == "pwrite":
                    real(args[0], bytes(args[1])[: len(args[1]) // 2], *args[2:])
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args, **kwargs)

        return call


def what_it_says(write) -> str:
    """The error that a write ends with, empty where it ends well."""
    try:
        write()
    except RecordError as error:
        return str(error)
    return ""


def steps_of(record, note):
    """The writes that a record knows, each to be refused a place on the disk."""
    return {
        "append": lambda: record.append([note(9), note(10, name="Ann")]),
        "checkpoint": record.checkpoint,
    }


@pytest.mark.parametrize("step", ["append", "checkpoint"])
def test_a_full_disk_at_any_call_changes_nothing_and_says_so(tmp_path, new_record, note, step):
    refused = 0
    new_record(tmp_path / "whole", 254, 5)
    for fail_at in range(1, 200):
        path = shutil.copytree(tmp_path / "whole", tmp_path / f"log{fail_at}")
        record = open_record(path)
        before, size, published = contents(path), record.size, record.published
        with pytest.MonkeyPatch.context() as patch:
            disk = FullDisk(patch, fail_at)
            said = what_it_says(steps_of(record, note)[step])
        if disk.calls < fail_at:
            break
        if not said:
            done = {"append": record.size == size + 2, "checkpoint": record.published.size == size}
            assert done[step], "only tidying may fail unheard, when all else is done"
            assert verify(path).ok
            continue
        refused += 1
        assert "the disk is full; nothing was changed. Make room" in said, fail_at
        if record.published == published:
            assert contents(path) == before, fail_at
        assert verify(path).ok
        again = open_record(path)
        assert again.size == size
        again.append([note(11)])
        again.checkpoint()
        assert verify(path).ok
    assert refused > 5
    assert fail_at < 199


def test_a_full_disk_at_any_call_leaves_no_half_begun_record(tmp_path):
    for fail_at in range(1, 200):
        with pytest.MonkeyPatch.context() as patch:
            disk = FullDisk(patch, fail_at)
            said = what_it_says(lambda: create(tmp_path / "log"))
        if disk.calls < fail_at:
            break
        assert "the disk is full" in said
        assert list(tmp_path.iterdir()) == [] or verify(tmp_path / "log").ok
    assert 5 < fail_at < 199
    assert verify(tmp_path / "log").ok


@pytest.fixture
def small_disk(tmp_path):
    """A real file system with room for 400 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("NOT TESTED on a real full disk: mounting a small tmpfs needs root and the right to mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_real_full_disk_loses_nothing_and_goes_on_when_there_is_room_again(small_disk, note):
    record = create(small_disk / "log")
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(250_000))
    done = 0
    while not (said := what_it_says(lambda: record.append([note(record.size)]))):
        done += 1
    assert "the disk is full; nothing was changed" in said
    before = contents(small_disk / "log")
    with pytest.raises(RecordError, match="the disk is full; nothing was changed"):
        record.checkpoint()
    assert contents(small_disk / "log") == before
    assert (record.size, verify(small_disk / "log").pending) == (done, done)

    ballast.unlink()
    assert record.checkpoint().size == done
    assert [r.data["number"] for r in open_record(small_disk / "log").events()] == list(range(done))
    assert verify(small_disk / "log").ok
