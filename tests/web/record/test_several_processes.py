"""`clew serve --processes 2` on PostgreSQL: whichever process answers, there is one record, one worker and one end."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from clew.record.verify import verify
from clew.web.serving import WORKER
from services import Service
from visiting import Answer, Visitor, processes_of

pytestmark = pytest.mark.skipif(
    not os.environ.get("CLEW_TEST_POSTGRESQL"), reason="several processes need PostgreSQL: CLEW_TEST_POSTGRESQL=1"
)
OWNERS = {"visits": "director of care", "roads": "city office"}
CASES = f"""
import uuid
from clew.case import commands as ask
from clew.case.desk import do
from clew.web.desk import writing_as
from clew.web.govern.models import Account
from clew.web.pilot.models import ProtocolDraft
from pilot_drafting import ANSWERS

said = {{key: value for step in ANSWERS.values() for key, value in step.items()}}
said["scale-no_group_harmed"] = "true"  # as a ticked box is kept
for number, (case, owner) in enumerate({OWNERS}.items()):
    email = owner.replace(" ", ".") + "@example.org"
    account = Account.objects.create_user(email, "a long pass phrase", office=owner)
    with writing_as(owner) as (record, at, by):
        do(record, case, (ask.Open(case, phase="choose"), ask.TakeDuty("owner", by)), at=at, by=by)
    typed = {{"said": {{**said, "pilot-case": case}}, "sent": [*ANSWERS]}}
    ProtocolDraft.objects.create(id=uuid.UUID(int=number), case_id=case, account=account, typed=typed)
"""
LOCKED = """
from clew.web.record.models import EventRow
print(EventRow.objects.filter(kind="protocol.locked").count())
"""
DRAFTS = [f"/drafts/00000000-0000-0000-0000-{number:012}" for number in range(len(OWNERS))]


@dataclass(frozen=True)
class Both:
    """A service of two processes, and at each of them a reader without an account, and the owner of a case."""

    service: Service
    readers: tuple[Visitor, Visitor]
    owners: tuple[Visitor, Visitor]


def at_both(service: Service, visitors: tuple[Visitor, Visitor]) -> tuple[Visitor, Visitor]:
    """Let each of two visitors be answered by another process."""
    one, other = visitors
    one.connect()
    end = time.monotonic() + 60
    while other.line is None or one.process() == other.process():
        assert time.monotonic() < end, "one process answers everything"
        other.connect()
        assert other.get("/alive").status == one.get("/alive").status == 200
    return visitors


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> Iterator[Both]:
    service = Service(tmp_path_factory.mktemp("both") / "workspace")
    tests = str(Path(__file__).resolve().parents[2])
    service.environment["PYTHONPATH"] = os.pathsep.join((tests, service.environment.get("PYTHONPATH", tests)))
    with service.start("--processes", "2"):
        service.python(CASES)
        readers = at_both(service, (Visitor(service), Visitor(service)))
        first, second = at_both(service, (Visitor(service), Visitor(service)))
        owners = (first.signed_in(OWNERS["visits"]), second.signed_in(OWNERS["roads"]))
        yield Both(service, readers, owners)
        for one in (*readers, *owners):
            one.hang_up()


def test_two_processes_answer_beside_one_worker(both):
    assert both.readers[0].process() != both.readers[1].process()
    assert {one.process() for one in both.readers} == {one.process() for one in both.owners}
    running = [Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in processes_of(both.service)]
    assert sum(WORKER.encode() in words for words in running) == 1


@pytest.mark.parametrize(("writer", "case"), [*enumerate(OWNERS)])
def test_what_is_written_through_one_stands_at_once_on_the_pages_that_either_has_kept(both, writer, case):
    page, partner = f"/cases/{case}", "the pensioners of Northport"
    before = [[reader.get(page) for reader in both.readers] for _ in range(2)][-1]
    kept = {"If-None-Match": before[0].tag}
    assert before[0].tag == before[1].tag != "", "the page is kept, under one name"
    assert [one.get(page, **kept).status for one in both.readers] == [304, 304]

    said = both.owners[writer].checked(f"{page}/do/partner", {"partner": partner, "kind": "civil society"})
    assert both.owners[writer].post(f"{page}/do/partner", said).status == 302

    after = [one.get(page, **kept) for one in both.readers]
    assert [one.status for one in after] == [200, 200]
    assert all(partner in one.text for one in after)
    assert not any(partner in one.text for one in before)
    assert len({one.get("/record/checkpoint").text for one in both.readers}) == 1


def at_once(*actions) -> list[Answer]:
    """Do several things at the same moment, each in a thread of its own, and return what came of them."""
    found, start = [], threading.Barrier(len(actions))

    def act(action) -> None:
        start.wait()
        found.append(action())

    threads = [threading.Thread(target=act, args=(one,)) for one in actions]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return found


def to_lock(owner: Visitor, draft: str) -> dict[str, str]:
    """Review a draft and go as far as the page on which one button locks it; return what that button sends."""
    return owner.checked(f"{draft}/lock", {**owner.get(f"{draft}/review").hidden, "untried": "on"})


def test_of_two_people_who_lock_at_once_one_wins_and_the_other_is_told(both):
    said = [to_lock(owner, draft) for owner, draft in zip(both.owners, DRAFTS, strict=True)]
    answers = at_once(*(partial(one.post, f"{d}/lock", s) for one, d, s in zip(both.owners, DRAFTS, said, strict=True)))

    won, lost = sorted(answers, key=lambda one: one.status)
    assert (won.status, won.location) == (302, "/pilots/joint-first-visits/receipt")
    assert lost.status == 409
    assert "pilot &quot;joint-first-visits&quot; is locked in case" in lost.text
    kept = [owner.get(f"{draft}/review").status for owner, draft in zip(both.owners, DRAFTS, strict=True)]
    assert sorted(kept) == [200, 404], "who lost has the draft still"
    assert verify(f"{both.service.url}/record").ok
    assert both.service.python(LOCKED).strip() == "1"


def test_sigterm_ends_all_of_them(both):
    running, process = processes_of(both.service), both.service._process
    assert len(running) >= 4, "the first one, two of the web, a worker"
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    end = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in running):
        assert time.monotonic() < end, "something was left running"
        time.sleep(0.05)
    assert both.service.log.read_text() == f"{both.service.url}/   (to stop: Ctrl-C)\n", "nothing else on the console"
