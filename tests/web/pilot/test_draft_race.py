"""Two people at the same pilot at the same moment: one wins, the other is told, and the record holds it once."""

import threading

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from clew.pilot.registration import ProtocolLocked
from clew.web.govern.models import Account
from clew.web.pilot.models import ProtocolDraft
from clew.web.record.models import EventRow
from pilot_drafting import ANSWERS, EVALUATOR, OWNER, begin, fill, hidden

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs) -> list:
    """Do several things at the same moment, each in a thread with a database connection of its own."""
    ready, answers = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place: int) -> None:
        try:
            ready.wait()
            answers[place] = jobs[place]()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(jobs))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answers


def signed_in(office: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(office=office))
    return client


def ready_to_lock(client: Client, draft: ProtocolDraft) -> tuple[str, dict[str, str]]:
    """Return where to send what, to lock a draft by the last click."""
    address = reverse("draft-lock", args=[draft.id])
    said = {**hidden(client.get(reverse("draft-review", args=[draft.id]))), "untried": "on"}
    return address, {**said, **hidden(client.post(address, said)), "confirmed": "yes"}


def locks() -> int:
    return EventRow.objects.filter(kind=ProtocolLocked.kind).count()


@pytest.fixture
def two_drafts(a_case, as_) -> list[ProtocolDraft]:
    owner = as_(OWNER)
    as_(EVALUATOR)
    drafts = [begin(owner, a_case) for _ in range(2)]
    for draft, units in zip(drafts, ("400", "500"), strict=True):
        fill(owner, draft, size={"size-units": units})
    return drafts


def test_two_drafts_of_the_same_pilot_locked_at_once(two_drafts):
    clients = [signed_in(OWNER), signed_in(OWNER)]
    ready = [ready_to_lock(client, draft) for client, draft in zip(clients, two_drafts, strict=True)]

    answers = at_once(*(lambda c=c, r=r: c.post(*r) for c, r in zip(clients, ready, strict=True)))

    assert sorted(one.status_code for one in answers) == [302, 409]
    told = next(one for one in answers if one.status_code == 409).content.decode()
    assert "another protocol is locked under this id" in told
    assert "This was not recorded" in told
    assert locks() == 1
    assert ProtocolDraft.objects.count() == 1, "the draft of who lost is kept"


def test_one_draft_locked_twice_at_once_is_locked_once(two_drafts):
    clients = [signed_in(OWNER) for _ in range(4)]
    ready = [ready_to_lock(client, two_drafts[0]) for client in clients]

    answers = at_once(*(lambda c=c, r=r: c.post(*r) for c, r in zip(clients, ready, strict=True)))

    assert [one.status_code for one in answers] == [302] * 4
    assert locks() == 1


def test_a_draft_that_is_changed_at_the_last_moment_is_locked_as_read_or_not_at_all(two_drafts):
    owner, evaluator, draft = signed_in(OWNER), signed_in(EVALUATOR), two_drafts[0]
    ready = ready_to_lock(owner, draft)
    step = reverse("draft-step", args=[draft.id, "why"])

    locked, _ = at_once(
        lambda: owner.post(*ready),
        lambda: evaluator.post(step, {**ANSWERS["why"], "pilot-hypothesis": "Slipped in."}),
    )

    texts = [bytes(one.entry).decode() for one in EventRow.objects.filter(kind=ProtocolLocked.kind)]
    assert not any("Slipped in." in text for text in texts)
    assert len(texts) == (locked.status_code == 302)


def test_what_two_people_type_on_two_steps_at_once_is_all_kept(two_drafts):
    owner, evaluator, draft = signed_in(OWNER), signed_in(EVALUATOR), two_drafts[0]
    why, end = (reverse("draft-step", args=[draft.id, slug]) for slug in ("why", "end"))

    for number in range(5):
        at_once(
            lambda n=number: owner.post(why, {**ANSWERS["why"], "pilot-hypothesis": f"First {n}"}),
            lambda n=number: evaluator.post(end, {**ANSWERS["end"], "exit-plan": f"Second {n}"}),
        )
        said = ProtocolDraft.objects.get(id=draft.id).typed["said"]
        assert (said["pilot-hypothesis"], said["exit-plan"]) == (f"First {number}", f"Second {number}")
