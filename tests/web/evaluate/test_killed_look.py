"""A worker that is killed in the middle of a look, or just after it was recorded: in the end it is recorded once."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

import pilots
from services import Service

TESTS = Path(__file__).resolve().parents[2]
PREPARE = """
from clew.web.commands import prepare
prepare()
from pathlib import Path
from clew.case import commands as ask
from clew.case.desk import do
from clew.pilot.in_record import lock_in
from clew.pilot.parse import parse_protocol
from clew.web.desk import writing_as
from clew.web.evaluate import access, looks, uploads
from clew.web.evaluate.arriving import arriving
from clew.web.govern.models import Account
from pilots import PROTOCOL

duties = (ask.TakeDuty("owner", "director of care"), ask.TakeDuty("evaluator", "evaluation unit"))
protocol = parse_protocol(PROTOCOL.encode(), "x")
with writing_as("director of care") as (record, at, by):
    do(record, "bed-fires", (ask.Open("Fires", phase="pilot"), *duties), at=at, by=by)
    lock_in(protocol, record, at=at, by=by)
evaluator = Account.objects.create_user("e@example.org", "a long pass phrase", office="evaluation unit")
with arriving() as coming:
    coming.write(Path(DATA).read_bytes())
    upload, _ = uploads.keep(coming, "data.csv", protocol, evaluator)
here = access.at("visits", evaluator, "take a look")
print(looks.ask_for(here, evaluator, {"data": [str(upload.id)], "look": "1"}))
"""
HANG = """
import os, sys, time, django
from pathlib import Path
from unittest import mock
django.setup()
import clew.web.evaluate.tasks
from clew.web.work.worker import run

def hang(*arguments, **named):
    Path(sys.argv[2]).touch()
    time.sleep(600)

with mock.patch(sys.argv[1], hang):
    run()
"""
COUNT = """
from clew.web.evaluate.models import LookRun, PublishedEvaluation
from clew.web.record.models import EventRow
from django_tasks_db.models import DBTaskResult
print(LookRun.objects.get().state, DBTaskResult.objects.get().status, PublishedEvaluation.objects.count(),
      EventRow.objects.filter(kind="verdict.computed").count(), EventRow.objects.filter(kind="data.sealed").count())
"""
STATUS = "SELECT status FROM django_tasks_database_dbtaskresult"
BEFORE_IT_IS_RECORDED = "clew.web.evaluate.tasks.put_on_record"
BEFORE_ALL_IS_COMMITTED = "clew.web.evaluate.tasks.end_well"
BEFORE_IT_IS_NOTED = "django_tasks_db.models.DBTaskResult.set_successful"


def wait_for(holds) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> Service:
    """A service that was asked for a look, and has no worker."""
    folder = tmp_path_factory.mktemp("asked")
    made, data = Service(folder / "workspace"), pilots.write_data(folder / "data.csv", pilots.TWELVE_MONTHS)
    made.workspace.mkdir()
    made.environment["PYTHONPATH"] = str(TESTS)
    made.python(PREPARE.replace("DATA", repr(str(data))))
    return made


@pytest.mark.parametrize("where", [BEFORE_IT_IS_RECORDED, BEFORE_ALL_IS_COMMITTED, BEFORE_IT_IS_NOTED])
def test_a_look_whose_worker_was_killed_is_recorded_once(asked, tmp_path, where):
    service, reached = asked.copy(tmp_path / "workspace"), tmp_path / "reached"
    first = subprocess.Popen([sys.executable, "-c", HANG, where, str(reached)], env=service.environment)
    wait_for(reached.exists)
    first.kill()
    first.wait()
    recorded = "1 1 1" if where == BEFORE_IT_IS_NOTED else "0 0 0"
    assert service.python(COUNT).strip().endswith(recorded)

    second = subprocess.Popen([sys.executable, "-m", "clew.web.work.worker"], env=service.environment)
    try:
        wait_for(lambda: service.rows(STATUS) == [("SUCCESSFUL",)])
    finally:
        second.terminate()
        second.wait()
    assert service.python(COUNT).strip() == "done SUCCESSFUL 1 1 1"
