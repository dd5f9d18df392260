"""A locked promise is changed in public: what changes is shown before, with whether data had begun."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from clew.pilot.registration import fold
from clew.web import clock
from clew.web.desk import reading
from clew.web.pilot.models import ProtocolDraft
from clew.web.record.models import EventRow
from pilot_drafting import ANSWERS, EVALUATOR, OWNER, begin, fill, hidden, lock

PILOT = "joint-first-visits"


@pytest.fixture
def locked(a_case, as_):
    owner = as_(OWNER)
    draft = begin(owner, a_case)
    fill(owner, draft)
    lock(owner, draft)
    return a_case


def amending(owner) -> ProtocolDraft:
    assert owner.get(reverse("pilot-amend", args=[PILOT])).status_code == 200
    owner.post(reverse("pilot-amend", args=[PILOT]))
    return ProtocolDraft.objects.get()


def change(owner, draft, slug, **said):
    owner.post(reverse("draft-step", args=[draft.id, slug]), {**ANSWERS[slug], **said})
    return owner.get(reverse("draft-review", args=[draft.id]))


def test_an_amendment_shows_each_change_and_stands_beside_the_first_promise(locked, as_):
    owner = as_(OWNER)
    draft = amending(owner)
    review = change(owner, draft, "size", **{"size-units": "800"})

    said = review.content.decode()
    assert '<td class="govuk-table__cell">400</td>' in said
    assert "<ins>800</ins>" in said
    assert "No data have begun" in said
    address = reverse("draft-amend", args=[draft.id])
    answer = {**hidden(review), "reason": "two more towns take part"}
    checked = owner.post(address, answer)
    assert EventRow.objects.filter(kind="protocol.amended").count() == 0
    done = owner.post(address, {**answer, **hidden(checked), "confirmed": "yes"})
    assert done.url == reverse("draft-receipt", args=[PILOT])

    registration = fold(reading().events(locked), PILOT)
    (amended,) = registration.amended
    assert amended.changes == (("size.units", "400", "800"),)
    assert (amended.reason, amended.after_data) == ("two more towns take part", False)
    assert not ProtocolDraft.objects.exists()


def test_an_amendment_shows_what_becomes_of_a_further_outcome(locked, as_):
    owner = as_(OWNER)
    draft = amending(owner)
    review = change(owner, draft, "further-outcomes", **{"secondary-0-better": "higher", "secondary-0-unit": "calls"})

    said = review.content.decode()
    assert "Which way is better? (false_alarms)" in said
    assert "<ins>higher</ins>" in said
    assert "Its unit, in words (false_alarms)" in said


def test_an_amendment_after_data_began_says_so_before_it_is_recorded(locked, as_, monkeypatch):
    owner = as_(OWNER)
    draft = amending(owner)
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 5, 1, tzinfo=UTC))
    review = change(owner, draft, "why", **{"pilot-data_began": "2027-04-01"})

    assert "amended after data began" in review.content.decode()


def test_an_amendment_that_changes_nothing_is_none(locked, as_):
    owner = as_(OWNER)
    draft = amending(owner)
    review = owner.get(reverse("draft-review", args=[draft.id]))

    assert "The amendment changes nothing" in review.content.decode()


def test_a_pilot_keeps_its_name_whatever_is_sent(locked, as_):
    owner = as_(OWNER)
    draft = amending(owner)
    change(owner, draft, "why", **{"pilot-id": "another"})

    assert ProtocolDraft.objects.get().typed["said"]["pilot-id"] == PILOT


def test_an_amendment_needs_its_reason_and_the_owner(locked, as_):
    owner = as_(OWNER)
    draft = amending(owner)
    review = change(owner, draft, "size", **{"size-units": "800"})
    address = reverse("draft-amend", args=[draft.id])

    assert owner.post(address, {**hidden(review), "reason": " ", "confirmed": "yes"}).status_code == 422
    assert as_(EVALUATOR).post(address, {**hidden(review), "reason": "why not"}).status_code == 403
    assert EventRow.objects.filter(kind="protocol.amended").count() == 0


def test_one_draft_of_an_amendment_at_a_time(locked, as_):
    owner = as_(OWNER)
    assert amending(owner).id == amending(owner).id
