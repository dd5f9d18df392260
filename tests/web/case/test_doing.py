"""Acts of a case through their forms: asked, checked, recorded once; and what the rules forbid is said."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from clew.case.desk import load
from clew.web import clock
from clew.web.case.doing import ACTS
from clew.web.desk import reading
from clew.web.record.models import EventRow

OWNER = "director of care"


def once_of(page) -> str:
    """The mark of a page on which something is checked."""
    return re.search(r'name="once" value="(\w+)"', page.content.decode())[1]


def record_it(client, address, said):
    """Type, check, put on the record; return the last answer."""
    checked = client.post(address, said)
    assert checked.status_code == 200, checked.content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([\w.-]+)" value="([^"]*)">', checked.content.decode()))
    return client.post(address, {**said, **hidden, "confirmed": "yes"})


def test_opening_a_case_makes_the_opener_its_owner(as_, record):
    done = record_it(
        as_("housing office"), reverse("case-new"), {"title": "Damp in flats", "phase": "frame", "risk": "low"}
    )

    case = load(reading(), "damp-in-flats")
    assert done.url == reverse("case", args=["damp-in-flats"])
    assert (case.title, case.holder("owner"), case.announced) == ("Damp in flats", "housing office", False)


def test_an_announced_case_shows_what_it_will_owe_before_it_is_recorded(as_, record, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 1, 1, tzinfo=UTC))
    said = {"title": "Trams", "phase": "choose", "announced": "on", "risk": "high"}
    shown = as_("mayor").post(reverse("case-new"), said).content.decode()

    # 30 days for the problem's evidence, 60 for those affected (clew.case.phases)
    assert "31 January 2027" in shown
    assert "2 March 2027" in shown
    assert not EventRow.objects.exists()


ANSWERS = {
    "propose": {"for_whom": "elders", "value": "safety", "noticed_by": "homes safe", "reason": "said more plainly"},
    "enter-phase": {"phase": "frame", "reason": "the cause was wrong"},
    "give-evidence": {"owed": "problem evidence", "reference": "report 12"},
    "appoint": {"duty": "auditor", "office": "town auditor"},
    "leave": {},
    "partner": {"partner": "pensioners of Northport", "kind": "civil society"},
    "status": {"status": "prototype"},
    "novelty": {"organisation": "Northport", "novelty": "copied"},
    "close": {"result": "unknown", "lesson": "count earlier"},
}


@pytest.mark.parametrize("slug", [one.slug for one in ACTS])
def test_every_act_reaches_the_record_once(slug, a_case, as_, account):
    account("town auditor")
    client, address = as_(OWNER), reverse("case-do", args=[a_case, slug])
    assert client.get(address).status_code == 200
    size = EventRow.objects.count()

    checked = client.post(address, ANSWERS[slug])
    assert EventRow.objects.count() == size
    once = once_of(checked)
    for _ in range(2):
        sent = client.post(address, {**ANSWERS[slug], "confirmed": "yes", "once": once})
        assert sent.status_code == 302
    assert EventRow.objects.count() == size + 1


def test_who_holds_no_duty_is_told_before_typing(a_case, as_):
    page = as_("somebody").get(reverse("case-do", args=[a_case, "close"]))

    assert page.status_code == 403
    assert "may not close" in page.content.decode()


def test_separation_of_duties_is_said_on_the_page_that_checks(a_case, as_):
    size = EventRow.objects.count()
    answer = record_it(as_(OWNER), reverse("case-do", args=[a_case, "appoint"]), {"duty": "reviewer", "office": OWNER})

    assert answer.status_code == 409
    assert "cannot be its reviewer too" in answer.content.decode()
    assert EventRow.objects.count() == size


def test_a_steward_appoints_only_where_nobody_owns_the_case(a_case, as_, account):
    account("new director")
    steward = as_("registrar", is_steward=True)
    address, said = reverse("case-do", args=[a_case, "appoint"]), {"duty": "owner", "office": "new director"}
    refused = steward.post(address, {**said, "confirmed": "yes"})
    assert refused.status_code == 422
    assert "This case has an owner" in refused.content.decode()

    record_it(as_(OWNER), reverse("case-do", args=[a_case, "leave"]), {})
    record_it(steward, address, said)
    assert load(reading(), a_case).holder("owner") == "new director"


def test_evidence_that_is_not_owed_is_named(a_case, as_):
    client, address = as_(OWNER), reverse("case-do", args=[a_case, "give-evidence"])

    assert client.post(address, {"owed": "", "reference": "here"}).status_code == 422
    record_it(client, address, {"owed": "", "other": "a survey", "reference": "here"})
    assert load(reading(), a_case).evidence[-1].item == "a survey"


def test_going_back_is_said_before_it_is_recorded(a_case, as_):
    checked = as_(OWNER).post(
        reverse("case-do", args=[a_case, "enter-phase"]), {"phase": "frame", "reason": "wrong cause"}
    )

    assert "This goes back from “pilot” to “frame”" in checked.content.decode()


def test_a_name_that_is_taken_is_refused_and_a_free_one_suggested(a_case, as_):
    client = as_("housing office")
    said = {"title": "Visits", "phase": "frame", "risk": "low"}
    refused = client.post(reverse("case-new"), {**said, "identifier": a_case})

    assert "Another case has this name" in refused.content.decode()
    record_it(client, reverse("case-new"), said)
    assert load(reading(), "visits-2").title == "Visits"
