"""What waits for whoever is signed in: theirs alone, what is due first, and nothing once it is done."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clew.case import commands as ask
from clew.case.desk import do
from clew.gate.portfolio import FINAL
from clew.web import clock
from clew.web.case.models import CaseRow
from clew.web.case.worklist import worklist
from clew.web.desk import writing_as
from clew.web.govern.models import Account
from clew.web.pilot.models import PilotRow

TODAY = date(2027, 6, 1)


def waiting(account, today=TODAY) -> list[tuple[str, str]]:
    return [(one.what, one.title) for one in worklist(account, today)]


def long_before() -> date:
    """A day on which no evaluation of the one case is near."""
    return CaseRow.objects.get().evaluate_by - timedelta(days=60)


def in_case(case, *steps):
    with writing_as("director of care") as (kept, at, by):
        do(kept, case, steps, at=at, by=by)


def test_nothing_waits_for_somebody_without_a_duty(story, account):
    story().opened().locked()
    assert waiting(account("somebody else")) == []


def test_a_locked_pilot_waits_for_its_evaluator_and_then_for_its_owner(story, account, client_of):
    owner, evaluator = account("director of care"), account("evaluation unit")
    told = story().opened().locked()
    assert waiting(evaluator, long_before()) == [("Bring the data of the next look", "Joint first visits")]
    assert waiting(owner, long_before()) == []
    told.looked(1)
    assert PilotRow.objects.get().verdict == "extend"
    assert waiting(evaluator, long_before()) == [("Bring the data of the next look", "Joint first visits")]
    told.looked(2)
    verdict = PilotRow.objects.get().verdict
    assert verdict in FINAL
    assert waiting(evaluator, long_before()) == []
    assert waiting(owner, long_before()) == [(f"Decide: the rule says {verdict}", "Joint first visits")]
    page = client_of("director of care").get("/").content.decode()
    assert "For director of care" in page
    assert f"Decide: the rule says {verdict}" in page


def test_evidence_that_is_owed_waits_for_the_owner_by_its_day(a_case, account):
    row = CaseRow.objects.get()
    found = worklist(account("director of care"), TODAY)
    assert [(one.what, one.due) for one in found] == [("Give the evidence that is owed", row.next_due_on)]
    for item in {debt["item"] for debt in row.debts}:
        in_case(a_case, ask.GiveEvidence(item, "report, p. 3"))
    assert waiting(account("somebody else")) == []
    assert "Give the evidence that is owed" not in [what for what, _ in waiting(account_of("director of care"))]


def account_of(office):
    return Account.objects.get(office=office)


def test_an_evaluation_waits_for_the_evaluator_in_its_last_month(a_case, account):
    evaluator, due = account("evaluation unit"), CaseRow.objects.get().evaluate_by
    assert due is not None
    assert [what for what, _ in waiting(evaluator, due.replace(year=due.year - 1))] == []
    assert [what for what, _ in waiting(evaluator, due)] == ["Evaluate the case"]


def test_a_draft_waits_for_owner_and_evaluator_alone(a_case, account, client_of):
    client_of("director of care").post(f"/cases/{a_case}/pilots/new", {"title": "Night watch"})
    assert ("Go on with the protocol", "Night watch") in waiting(account_of("director of care"))
    assert ("Go on with the protocol", "Night watch") in waiting(account("evaluation unit"))
    assert waiting(account("audit office")) == []


def test_a_duty_that_was_left_waits_for_the_steward(a_case, account):
    steward, other = account("steward of the service", is_steward=True), account("somebody else")
    assert waiting(steward) == []
    with writing_as("evaluation unit") as (kept, at, by):
        do(kept, a_case, (ask.Leave("evaluation unit"),), at=at, by=by)
    assert waiting(steward) == [("Find a new evaluator: the last one left", "Elders die in bed fires")]
    assert waiting(other) == []
    CaseRow.objects.update(result="worse")
    assert waiting(steward) == []


def test_what_a_closed_case_owes_waits_for_nobody(a_case, account):
    owner = account("director of care")
    assert waiting(owner)
    CaseRow.objects.update(result="worse")
    assert waiting(owner) == []


def test_what_is_late_says_so(a_case, client_of, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2031, 1, 1, tzinfo=UTC))
    page = client_of("director of care").get("/").content.decode()
    assert ", late</td>" in page


def test_whoever_is_not_signed_in_has_no_worklist(a_case, client):
    assert 'id="for-me"' not in client.get("/").content.decode()


@pytest.mark.parametrize("steward", [False, True])
def test_many_cases_take_as_many_queries_as_one(a_case, account, many, django_assert_max_num_queries, steward):
    many(50)
    CaseRow.objects.update(duties={"owner": "director of care", "evaluator": "director of care"})
    mine = account("director of care", is_steward=steward)
    with django_assert_max_num_queries(4):
        assert len(worklist(mine, TODAY)) > 20
