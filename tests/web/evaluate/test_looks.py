"""Looks: asked for once, taken once, cancelled, refused with a remedy, permitted again when they run."""

import re
import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pilots
from clew.case import commands as ask
from clew.case.desk import do
from clew.gate.decision import AnswerScreen
from clew.gate.desk import at_gate, seen_at_gate
from clew.web import clock
from clew.web.desk import reading, writing_as
from clew.web.evaluate import tasks
from clew.web.evaluate.models import LookRun, PublishedEvaluation, Upload
from clew.web.evaluate.uploads import path_of
from clew.web.govern.models import Account
from clew.web.pilot.models import PilotRow
from clew.web.record.models import EventRow
from clew.web.work import queue

EVALUATOR = "evaluation unit"
LOOK = "/pilots/visits/look"


@pytest.fixture
def ask_for(as_, brought):
    """Ask for a look and confirm it: `ask_for()`; the run that was asked for last."""

    def send(**changes) -> LookRun:
        typed = {"data": [str(brought.id)], "look": "1", "confirmed": "yes", "once": uuid.uuid4().hex, **changes}
        answer = as_(EVALUATOR).post(LOOK, typed)
        assert answer.status_code == 302, answer.content.decode()
        return LookRun.objects.get(id=answer.url.rpartition("/")[2])

    return send


def ended(run: LookRun) -> LookRun:
    queue.work_off()
    run.refresh_from_db()
    return run


def verdicts() -> int:
    return EventRow.objects.filter(kind="verdict.computed").count()


def test_the_form_offers_the_files_and_the_next_look(as_, brought):
    page = as_(EVALUATOR).get(LOOK).content.decode()
    assert "data.csv" in page
    assert 'value="1" selected' in page
    assert "look 1 of 1" in page
    assert "extension 1" in page


def test_sent_twice_it_is_asked_for_once(as_, brought):
    typed = {"data": [str(brought.id)], "look": "1", "confirmed": "yes"}
    evaluator = as_(EVALUATOR)
    places = {evaluator.post(LOOK, {**typed, "once": once}).url for once in ("a", "a", "b")}
    assert len(places) == 1
    assert LookRun.objects.count() == 1
    assert queue.work_off() == 1
    assert verdicts() == 1


def test_the_same_look_again_writes_nothing_and_says_the_same(ask_for):
    first, second = ended(ask_for()), None
    size = EventRow.objects.count()
    second = ended(ask_for())
    assert (first.state, second.state) == ("done", "done")
    assert first.id != second.id
    assert EventRow.objects.count() == size
    assert PublishedEvaluation.objects.count() == 1


def test_other_data_for_a_look_that_was_taken_are_refused_with_the_reason(ask_for, as_, bring, a_pilot):
    ended(ask_for())
    bring(_six_months(), "six.csv")
    other = Upload.objects.get(name="six.csv")
    run = ended(ask_for(data=[str(other.id)]))
    page = as_(EVALUATOR).get(f"/looks/{run.id}").content.decode()

    assert run.state == "failed"
    assert run.problems[0]["what"]
    assert run.problems[0]["what"].split('"')[0] in page.replace("&quot;", '"')
    assert verdicts() == 1


def test_a_pilot_past_its_day_is_extended_only_once_its_owner_has_decided_so(ask_for, as_, bring, brought, monkeypatch):
    bring(_six_months(), "six.csv")
    six = str(Upload.objects.get(name="six.csv").id)
    assert ended(ask_for(data=[six])).state == "done"
    assert PilotRow.objects.get().verdict == "extend"
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 6, 2, 9, tzinfo=UTC))
    second = {"data": [six, str(brought.id)], "look": "2", "confirmed": "yes", "once": "second"}
    refused = as_(EVALUATOR).post(LOOK, second)
    assert refused.status_code == 409
    assert "past the day of its decision, 2027-06-01" in refused.content.decode()
    assert LookRun.objects.count() == 1

    decided = as_("director of care").post("/pilots/visits/decide", {"confirmed": "yes", "once": "go on"})
    assert decided.status_code == 302
    assert EventRow.objects.filter(kind="decision.taken").count() == 1
    assert PilotRow.objects.get().decided_on is None, "it goes on"
    assert ask_for(data=second["data"], look="2").state == "waiting"


def _six_months() -> bytes:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        return pilots.write_data(Path(folder) / "six.csv", pilots.SIX_MONTHS).read_bytes()


def test_mistakes_in_the_rows_are_said_with_the_files_own_name(ask_for, bring, as_, settings):
    bring(b"district,arm,safe,tongue\na,usual,maybe,Danish\nb,joint,1,Danish\n", "broken.csv")
    broken = Upload.objects.get(name="broken.csv")
    run = ended(ask_for(data=[str(broken.id)]))
    told = str(run.problems)
    assert run.state == "failed"
    assert "maybe" in told
    assert "broken.csv" in told
    assert str(settings.UPLOADS) not in told
    assert as_(EVALUATOR).post(f"/pilots/visits/data/{broken.id}/undo").status_code == 302, "it was not sealed"


def test_a_look_that_waits_can_be_cancelled_and_leaves_nothing(ask_for, as_):
    run = ask_for()
    evaluator = as_(EVALUATOR)
    answer = evaluator.post(f"/progress/{run.id}/stop")
    assert answer.url == f"/looks/{run.id}"
    assert "Nothing was recorded" in evaluator.get(answer.url).content.decode()
    assert queue.work_off() == 0
    assert verdicts() == 0


def test_a_look_that_is_cancelled_while_it_runs_records_nothing(ask_for, monkeypatch):
    from clew.web.work.progress import cancel

    run, find = ask_for(), tasks.find_in_data

    def cancel_meanwhile(*arguments):
        cancel(run)
        return find(*arguments)

    monkeypatch.setattr(tasks, "find_in_data", cancel_meanwhile)
    assert ended(run).state == "cancelled"
    assert verdicts() == 0
    assert not PublishedEvaluation.objects.exists()


def test_a_look_that_is_cancelled_at_the_last_moment_records_nothing(ask_for, monkeypatch):
    from clew.web.work.progress import cancel

    run, refuse = ask_for(), tasks.refuse_if_cancelled

    def cancel_just_before(key):
        cancel(run)
        return refuse(key)

    monkeypatch.setattr(tasks, "refuse_if_cancelled", cancel_just_before)
    assert ended(run).state == "cancelled"
    assert verdicts() == 0


def test_permission_is_asked_again_when_it_runs(ask_for):
    run = ask_for()
    with writing_as("director of care") as (record, at, by):
        do(record, "bed-fires", (ask.Leave(EVALUATOR),), at=at, by=by)
    assert ended(run).state == "failed"
    assert "may not take a look" in run.problems[0]["what"]
    assert verdicts() == 0


def test_a_closed_account_takes_no_look(ask_for):
    run = ask_for()
    Account.objects.filter(office=EVALUATOR).update(is_active=False)
    assert ended(run).state == "failed"
    assert verdicts() == 0


def test_verdict_document_and_end_are_recorded_together_or_not_at_all(ask_for, monkeypatch):
    run = ask_for()

    def broken(*arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(tasks, "publish", broken)
    assert ended(run).state == "running"
    assert (verdicts(), PublishedEvaluation.objects.count()) == (0, 0)
    monkeypatch.undo()
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    from clew.web.work.models import Progress

    DBTaskResult.objects.update(run_after=timezone.now())
    assert ended(run).state == "done"
    assert verdicts() == 1
    assert Progress.objects.get().to == "/pilots/visits"


def test_data_that_vanished_are_said_so(ask_for, brought):
    run = ask_for()
    path_of(brought).unlink()
    assert ended(run).state == "failed"
    assert "data.csv" in str(run.problems)


def test_after_a_screen_was_answered_the_look_is_taken_again_on_the_same_data(ask_for, bring, as_, twelve_months):
    rows = twelve_months.decode().splitlines()
    gone = [re.sub(r",[01],Danish", ",,Danish", row) if row.startswith("joint") else row for row in rows]
    bring("\n".join(gone).encode(), "gone.csv")
    data = [str(Upload.objects.get(name="gone.csv").id)]
    ended(ask_for(data=data))
    (first,) = seen_at_gate(reading(), "visits")["verdicts"]
    screen = first["screens"][0][0]
    with writing_as(EVALUATOR) as (record, at, by):
        at_gate(record, "visits", AnswerScreen(screen, "one district reported late"), at=at, by=by)

    assert "look 1 of 1 (taken; again on the same data)" in as_(EVALUATOR).get(LOOK).content.decode()
    assert ended(ask_for(data=data)).state == "done"
    _, second = seen_at_gate(reading(), "visits")["verdicts"]
    assert second["data_sha256"] == first["data_sha256"]
    assert PublishedEvaluation.objects.count() == 2


@pytest.mark.parametrize(("office", "status"), [("audit office", 200), ("court of auditors", 200), ("somebody", 403)])
def test_who_sees_how_far_a_look_is(ask_for, as_, office, status):
    run = ask_for()
    assert as_(office).get(f"/looks/{run.id}").status_code == status
    assert as_(office).post(f"/progress/{run.id}/stop").status_code == 403


def test_the_page_tells_the_place_in_the_queue_and_works_without_script(ask_for, as_, bring):
    ask_for()
    bring(_six_months(), "six.csv")
    second = ask_for(data=[str(Upload.objects.get(name="six.csv").id)])
    page = as_(EVALUATOR).get(f"/looks/{second.id}").content.decode()
    assert "Waiting: 1 piece of work before this one." in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    part = as_(EVALUATOR).get(f"/looks/{second.id}", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "HX-Refresh" not in part
    ended(second)
    assert as_(EVALUATOR).get(f"/looks/{second.id}", headers={"HX-Request": "true"})["HX-Refresh"] == "true"


@given(
    data=st.lists(st.one_of(st.text(max_size=40), st.just("00000000-0000-0000-0000-000000000000")), max_size=3),
    look=st.one_of(st.text(max_size=20), st.integers().map(str)),
    once=st.text(max_size=100),
    confirmed=st.sampled_from(["", "yes"]),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_answers_are_refused_without_breaking(as_, brought, data, look, once, confirmed):
    typed = {"data": data, "look": look, "once": once, **({"confirmed": confirmed} if confirmed else {})}
    assert as_(EVALUATOR).post(LOOK, typed).status_code == 422
    assert not LookRun.objects.exists()
