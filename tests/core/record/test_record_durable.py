"""What must be on the disk before what: no test can cut the power, so the order of the calls to the system is held."""

import os
from pathlib import Path

import pytest

from clew.record.folder import create


@pytest.fixture
def calls(monkeypatch):
    """Every write, wait for the disk and rename, in order, with the names of the files concerned."""
    seen: list[tuple[str, str]] = []

    def watched(name: str, at: int, real):
        def call(*args):
            target = Path(f"/proc/self/fd/{args[at]}").readlink() if isinstance(args[at], int) else args[at]
            done = real(*args)
            seen.append((name, str(target)))
            return done

        return call

    for name, at in (("pwrite", 0), ("fsync", 0), ("rename", 1), ("replace", 1)):
        monkeypatch.setattr(os, name, watched(name.replace("replace", "rename"), at, getattr(os, name)))
    return seen


def test_an_event_is_on_the_disk_when_append_returns(tmp_path, note, calls):
    record = create(tmp_path / "log")
    calls.clear()
    record.append([note(0)])
    journal = str(tmp_path / "log/private/pending")

    assert calls[-2:] == [("pwrite", journal), ("fsync", journal)]


def test_a_personal_value_is_on_the_disk_before_the_event_that_commits_to_it(tmp_path, note, calls):
    record = create(tmp_path / "log")
    calls.clear()
    record.append([note(0, name="Ann")])
    journal = calls.index(("pwrite", str(tmp_path / "log/private/pending")))
    kept = [at for at, (call, name) in enumerate(calls) if call == "rename" and "disclosures" in name]

    assert len(kept) == 1
    assert kept[0] < calls.index(("fsync", str(Path(calls[kept[0]][1]).parent))) < journal


def test_tiles_are_on_the_disk_before_the_checkpoint_and_it_before_the_journal_is_cut(tmp_path, note, calls):
    record = create(tmp_path / "log")
    record.append([note(i) for i in range(300)])
    calls.clear()
    record.checkpoint()
    renames = [(at, name) for at, (call, name) in enumerate(calls) if call == "rename"]
    tiles = [(at, name) for at, name in renames if "/tile/" in name]
    (published,) = [at for at, name in renames if name.endswith("/checkpoint")]
    synced = [at for at, (call, name) in enumerate(calls) if call == "fsync"]
    drafts = [at for at in synced if "/drafts/" in calls[at][1]]
    folders = {name for at, (call, name) in enumerate(calls) if call == "fsync" and at < published}
    cut = [at for at in synced if calls[at][1].endswith("private/pending")]

    assert len(tiles) == 5, "two bundles, two tiles of leaf hashes and one of level 1"
    assert len([at for at in drafts if at < tiles[0][0]]) == len(tiles), "each is whole before it has its name"
    assert {str(Path(name).parent) for _, name in tiles} <= folders, "each name is safe before the checkpoint has its"
    assert max(at for at, _ in tiles) < published < cut[0]
