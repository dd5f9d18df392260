"""Whenever a service is killed, nothing acknowledged is lost, its log verifies, and its read tables are the log's.

The database is the one that the tests run on: SQLite, or with CLEW_TEST_POSTGRESQL a real PostgreSQL.
"""

import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clew.record.verify import FULL, tile_path, verify
from services import Service
from visiting import Visitor

KILLS = 200
KILLS_OF_ALL = 12  # each is followed by a whole start
LONGEST_SECONDS = 0.5  # that people work on after the first of them was answered
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

OFFICES = ("director of care", "city office", "evaluation unit")
PEOPLE = f"""
import uuid
from clew.case import commands as ask
from clew.case.desk import do
from clew.web.desk import writing_as
from clew.web.govern.models import Account
from clew.web.pilot.models import ProtocolDraft

for number, office in enumerate({OFFICES}):
    email = office.replace(" ", ".") + "@example.org"
    account = Account.objects.create_user(email, "a long pass phrase", office=office)
    with writing_as(office) as (record, at, by):
        do(record, f"case-{{number}}", (ask.Open(office), ask.TakeDuty("owner", office)), at=at, by=by)
    ProtocolDraft.objects.create(
        id=uuid.UUID(int=number), case_id=f"case-{{number}}", account=account, typed={{"said": {{}}, "sent": []}}
    )
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


@dataclass
class Writer:
    """Somebody signed in who names partner after partner, and types a draft beside; what was answered is `told`."""

    visitor: Visitor
    number: int
    told: list[str] = field(default_factory=list)
    typed: int = 0
    sent: dict[str, str] | None = None  # the form that was not answered yet; it is sent again as it is

    @property
    def draft(self) -> str:
        return f"/drafts/00000000-0000-0000-0000-{self.number:012}/outcome"

    def work(self) -> None:
        """Write until the line breaks."""
        with suppress(OSError, http.client.HTTPException):
            while True:
                self.name_a_partner()
                self.type_an_answer()

    def name_a_partner(self) -> None:
        address, partner = f"/cases/case-{self.number}/do/partner", f"partner {self.number} {len(self.told)}."
        if self.sent is None:
            self.sent = self.visitor.checked(address, {"partner": partner, "kind": "firm"})
        answer = self.visitor.post(address, self.sent)
        assert (answer.status, answer.location) == (302, f"/cases/case-{self.number}"), answer
        self.told.append(partner)
        self.sent = None

    def type_an_answer(self) -> None:
        form = self.visitor.get(self.draft)
        said = {"outcome-column": f"column_{self.typed + 1}", "go": "anyway"}
        answer = self.visitor.post(self.draft, {**form.hidden, **said})
        assert answer.status == 302, answer
        self.typed += 1

    def typed_last(self) -> int:
        """Return which answer the draft shows."""
        found = re.search(r'value="column_(\d+)"', self.visitor.get(self.draft).text)
        return int(found[1]) if found else 0


def kill(service: Service) -> None:
    """Kill all its processes at once."""
    os.killpg(service._process.pid, signal.SIGKILL)
    service._process.wait()


def work_until_killed(service: Service, writers: list[Writer], dice: random.Random) -> None:
    """Let them all write, kill the service at some moment after the first of them was answered, and start it again."""
    before = sum(len(one.told) for one in writers)
    with ThreadPoolExecutor(len(writers)) as pool:
        working = [pool.submit(one.work) for one in writers]
        while sum(len(one.told) for one in writers) == before and not all(one.done() for one in working):
            time.sleep(0.01)
        time.sleep(dice.uniform(0.0, LONGEST_SECONDS))
        kill(service)
        for one in working:
            one.result()
    for one in writers:
        one.visitor.hang_up()
    service.start()


def entries(service: Service) -> bytes:
    """Every entry of the served record, one after the other."""
    size = verify(f"{service.url}/record").size
    names = [tile_path("entries", at // FULL, min(FULL, size - at)) for at in range(0, size, FULL)]
    found = b""
    for name in names:
        with urllib.request.urlopen(f"{service.url}/record/{name}") as answer:
            found += answer.read()
    return found


def all_that_was_answered_is_there(service: Service, writers: list[Writer], seed: object) -> None:
    """Every partner that somebody was told of stands on the record once, and no draft has forgotten an answer."""
    stored = entries(service)
    for one in writers:
        counts = {partner: stored.count(f'"{partner}"'.encode()) for partner in one.told}
        assert set(counts.values()) <= {1}, (seed, counts)
        assert one.typed_last() in {one.typed, one.typed + 1}, seed
        one.typed = one.typed_last()


def test_whoever_was_answered_by_a_service_finds_it_there_after_it_was_killed(tmp_path):
    service, dice = Service(tmp_path / "workspace"), random.Random(SEED)
    with service.start():
        service.python(PEOPLE)
        writers = [Writer(Visitor(service).signed_in(office), number) for number, office in enumerate(OFFICES)]
        for number in range(KILLS_OF_ALL):
            work_until_killed(service, writers, dice)
            all_that_was_answered_is_there(service, writers, (SEED, number))
        everything_holds(service, {}, SEED)
        for one in writers:
            one.name_a_partner()
        all_that_was_answered_is_there(service, writers, SEED)
        for one in writers:
            one.visitor.hang_up()
    assert sum(len(one.told) for one in writers) >= KILLS_OF_ALL + len(writers), (
        "somebody was answered before each kill"
    )
