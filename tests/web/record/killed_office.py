"""Writes to a service's record as an office does, and says what it was told is safe, until it is killed.

    killed_office.py SEED KILLS        (the service is named by CLEW_*; started by test_crash_of_a_service.py)

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

import django

django.setup()

from django.db import connection  # noqa: E402  after the set-up

from clew.case import commands as ask  # noqa: E402
from clew.case.desk import do  # noqa: E402
from clew.case.state import fold  # noqa: E402
from clew.web.desk import begin, writing_as  # noqa: E402


def write_for_ever(seed: int, pipe: int) -> None:
    dice = random.Random(seed)
    number = 0
    while True:
        number += 1
        case = f"case-{seed}-{number}" if dice.random() < 0.3 else f"case-{dice.randrange(3)}"
        with writing_as("city office") as (record, at, by):
            known = fold(record.events(case))
            opening = (ask.Open(f"Problem {seed}"), ask.TakeDuty("owner", "city office"))
            onward = ask.Enter("frame" if known.exists and known.phase == "convene" else "convene", "x" * 300)
            steps = (onward,) if known.exists else opening
            do(record, case, steps, at=at, by=by)
            size, told = record.size, [(one.index, one.sequence) for one in record.events(case)][-len(steps) :]
        for index, sequence in told:  # the transaction is over: this much was acknowledged
            os.write(pipe, f"{index} {sequence} {case} {size}\n".encode())


def kill_one(seed: int) -> list[str]:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        write_for_ever(seed, write)
    os.close(write)
    dice = random.Random(seed)
    if dice.random() < 0.8:  # most have got somewhere before they die; the others may die while they open the record
        select.select([read], [], [], 5)
    time.sleep(dice.uniform(0.0, 0.04))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read) as pipe:
        return pipe.read().splitlines()


if __name__ == "__main__":
    begin("clew.local/crash")
    connection.close()  # no writer inherits a connection
    for kill in range(int(sys.argv[2])):
        print(json.dumps(kill_one(int(sys.argv[1]) + kill)), flush=True)
        if not sys.stdin.readline():
            break
