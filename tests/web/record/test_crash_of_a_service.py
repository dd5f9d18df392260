"""Whenever a service is killed, nothing acknowledged is lost, its log verifies, and its read tables are the log's.

The database is the one that the tests run on: SQLite, or with CLEW_TEST_POSTGRESQL a real PostgreSQL.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from services import Service

KILLS = 200
SEED = 20_270_401
EVERY = 50  # kills between two checks of everything

CHECK = """
import json, sys
from clew.record.log import Record
from clew.web.follow import READ_TABLES, rebuild
from clew.web.record.checking import check_record
from clew.web.record.store import DatabaseStore

def rows():
    plain = lambda value: bytes(value).hex() if isinstance(value, (bytes, memoryview)) else str(value)
    return [[{k: plain(v) for k, v in row.items()} for row in t.objects.order_by("pk").values()] for t in READ_TABLES]

before = rows()
events = [(e.index, e.sequence, e.case) for e in Record(DatabaseStore()).events()]
found = check_record()
rebuild()
print(json.dumps({"events": events, "ok": found.ok, "size": found.size, "pending": found.pending,
                  "found": found.to_dict(), "as_rebuilt": rows() == before}))
"""


def test_two_hundred_kills_at_random_moments_lose_no_acknowledged_write(tmp_path):
    service = Service(tmp_path / "workspace")
    service.python("from django.core.management import call_command; call_command('migrate', verbosity=0)")
    writer = Path(__file__).with_name("killed_office.py")
    print(f"seeds {SEED} to {SEED + KILLS - 1}")
    safe: dict[int, tuple[int, str]] = {}
    command = [sys.executable, str(writer), str(SEED), str(KILLS)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=service.environment
    ) as process:
        for kill in range(KILLS):
            for line in json.loads(process.stdout.readline()):
                index, sequence, case, _size = line.split()
                safe[int(index)] = (int(sequence), case)
            if kill % EVERY == EVERY - 1:
                everything_holds(service, safe, SEED + kill)
            process.stdin.write("\n")
            process.stdin.flush()

    assert len(safe) > KILLS, "most writers must have got somewhere before they died"
    print(f"{len(safe)} acknowledged")


def everything_holds(service: Service, safe: dict[int, tuple[int, str]], seed: int) -> None:
    told = json.loads(service.python(CHECK))
    stored = {index: (sequence, case) for index, sequence, case in told["events"]}
    assert told["ok"], (seed, told["found"])
    assert told["pending"] == 0, (seed, "an event was committed without its checkpoint")
    assert safe.items() <= stored.items(), seed
    assert told["as_rebuilt"], seed


def test_the_check_itself_sees_a_lost_write(tmp_path):
    service = Service(tmp_path / "workspace")
    service.python(
        "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
        "from clew.web.desk import begin; begin('clew.local/crash')"
    )
    with pytest.raises(AssertionError):
        everything_holds(service, {0: (0, "case-1")}, 0)
