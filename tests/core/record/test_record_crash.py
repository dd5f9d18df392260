"""Whenever the power fails or the process is killed, no acknowledged event is lost and the log verifies and goes on."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clew.record.folder import open_record
from clew.record.verify import verify

KILLS = 200
SEED = 20_270_301


class KilledError(BaseException):
    """The process dies here: nothing after this call is done, and nothing is tidied."""


class DyingSystem:
    """Lets the process die just before the n-th call that changes the disk; a write may have put down a part."""

    NAMES = ("pwrite", "ftruncate", "rename", "replace", "unlink", "mkdir", "fsync")

    def __init__(self, monkeypatch, die_at: int) -> None:
        self.calls, self.die_at, self.dead = 0, die_at, False
        for name in self.NAMES:
            monkeypatch.setattr(os, name, self.wrap(name, getattr(os, name)))

    def wrap(self, name, real):
        def call(*args, **kwargs):
            self.calls += 1
            if self.calls == self.die_at and name == "pwrite":
                real(args[0], bytes(args[1])[: len(args[1]) // 2], *args[2:])
            self.dead = self.dead or self.calls == self.die_at
            if self.dead:
                raise KilledError
            return real(*args, **kwargs)

        return call


def test_death_at_every_single_call_loses_nothing_acknowledged(tmp_path, new_record, note, random_source):
    deaths = 0
    new_record(tmp_path / "whole", 254, 1)
    for die_at in range(1, 400):
        path = shutil.copytree(tmp_path / "whole", tmp_path / f"log{die_at}")
        record = open_record(path, random=random_source(die_at))
        acknowledged = record.size
        with pytest.MonkeyPatch.context() as patch:
            system = DyingSystem(patch, die_at)
            try:
                acknowledged += len(record.append([note(1), note(2, name="Ann")]))
                record.checkpoint()
                acknowledged += len(record.append([note(3)]))
                record.erase(256, "name", at=note(0).at, by="dpo")
            except KilledError:
                deaths += 1
        assert verify(path).ok, die_at
        again = open_record(path)
        assert again.size >= acknowledged, die_at
        again.append([note(4)])
        again.checkpoint()
        assert verify(path).ok, die_at
        events = list(again.events())
        erased = any(event.kind == "disclosure.erased" for event in events)
        named = [event for event in events if event.commitments]
        kept = [path.name for path in (path / "private/disclosures").rglob("*") if path.is_file()]
        assert kept == ([] if erased or not named else [named[0].commitments["name"]]), die_at
        assert not (path / "private/arriving").exists()
        assert list((path / "private/drafts").iterdir()) == []
        if not system.dead:
            break
    assert deaths == die_at - 1 > 30


@pytest.mark.filterwarnings("ignore:This process")
def test_two_hundred_kills_at_random_moments_lose_no_acknowledged_event(tmp_path, new_record, note):
    path = tmp_path / "log"
    new_record(path, 250)
    writer = Path(__file__).with_name("killed_writer.py")
    print(f"seeds {SEED} to {SEED + KILLS - 1}")
    safe: dict[int, tuple[str, int]] = {}
    acknowledged = published = 0
    command = [sys.executable, str(writer), str(path), str(SEED), str(KILLS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for kill in range(KILLS):
            told = json.loads(process.stdout.readline())
            for line in told:
                first, second, *case = line.split()
                if first == "published":
                    published = int(second)
                else:
                    safe[int(first)] = (case[0], int(second))
                    acknowledged += 1
            result = verify(path)
            assert result.ok, (SEED + kill, result.to_dict())
            assert result.size >= published, SEED + kill
            assert result.size + result.pending > max(safe, default=0), SEED + kill
            if kill % 20 == 19:
                events = {event.index: (event.case, event.sequence) for event in open_record(path).events()}
                assert safe.items() <= events.items(), SEED + kill
            process.stdin.write("\n")
            process.stdin.flush()
    record = open_record(path)
    record.append([note(1)])
    record.checkpoint()

    assert verify(path).ok
    assert acknowledged > KILLS, "most writers must have got somewhere before they died"
    commitments = {value for event in record.events() for value in event.commitments.values()}
    kept = {item.name for item in (path / "private/disclosures").rglob("*") if item.is_file()}
    assert kept == commitments, "no personal value is lost with its event there, or kept without it"
    print(f"{acknowledged} acknowledged, {record.size} in the record")
