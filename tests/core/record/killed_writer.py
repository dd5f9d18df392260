"""Appends to a record and says which entries it was told are safe, until it is killed. Started by test_record_crash.py.

    killed_writer.py FOLDER SEED KILLS

For each kill it forks a writer, kills that after a random moment with SIGKILL, and prints one JSON line: what the
writer had been told was safe. Standard input gives a line back when the next may begin.
"""

import json
import os
import random
import select
import signal
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from clew.record.event import Event
from clew.record.folder import open_record


@dataclass(frozen=True, slots=True)
class Step:
    kind: ClassVar[str] = "step.taken"
    by: int
    text: str


def write_for_ever(folder: str, seed: int, pipe: int) -> None:
    dice = random.Random(seed)
    record = open_record(folder)
    while True:
        case = f"case-{dice.randrange(3)}"
        personal = {"name": f"person {seed}"} if dice.random() < 0.2 else {}
        many = dice.choice([1, 1, 2, 5])
        event = Event(case, datetime(2027, 1, 1, tzinfo=UTC), "writer", Step(seed, "x" * dice.randrange(400)), personal)
        for told in record.append([event] * many):
            os.write(pipe, f"{told.index} {told.sequence} {told.case}\n".encode())
        if dice.random() < 0.3:
            os.write(pipe, f"published {record.checkpoint().size}\n".encode())


def kill_one(folder: str, seed: int) -> list[str]:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        write_for_ever(folder, seed, write)
    os.close(write)
    dice = random.Random(seed)
    if dice.random() < 0.8:  # most have got somewhere before they die; the others may die while they open the record
        select.select([read], [], [], 5)
    time.sleep(dice.uniform(0.0, 0.03))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read) as pipe:
        return pipe.read().splitlines()


if __name__ == "__main__":
    for number in range(int(sys.argv[3])):
        print(json.dumps(kill_one(sys.argv[1], int(sys.argv[2]) + number)), flush=True)
        if not sys.stdin.readline():
            break
