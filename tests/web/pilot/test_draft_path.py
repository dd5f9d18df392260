"""From an empty page to a locked protocol: a draft is begun, kept, reviewed, tried out, locked."""

from django.urls import reverse

from clew.pilot.registration import fold
from clew.web.desk import reading
from clew.web.pilot.models import ProtocolDraft
from clew.web.pilot.questions import STEPS
from pilot_drafting import EVALUATOR, OWNER, begin, fill, hidden, lock


def test_a_draft_becomes_a_locked_protocol_and_is_gone(a_case, as_):
    owner = as_(OWNER)
    draft = begin(owner, a_case)
    last = fill(owner, draft)
    assert last.url == reverse("draft-review", args=[draft.id])

    locked = lock(owner, draft)

    assert locked.url == reverse("draft-receipt", args=["joint-first-visits"])
    registration = fold(reading().events(a_case), "joint-first-visits")
    protocol = registration.protocol
    assert (protocol.size.baseline, protocol.equity[0].eligible_shares) == (0.55, (("Danish", 0.9), ("other", 0.1)))
    assert registration.locked.seed_commitment
    assert registration.locked.characteristics is None
    assert not ProtocolDraft.objects.exists()
    receipt = owner.get(locked.url).content.decode()
    assert f">{registration.lock_index}</a>" in receipt
    assert reading().published.note.splitlines()[2] in receipt


def test_every_step_shows_again_what_was_typed_even_where_it_is_wrong(a_case, as_):
    owner = as_(OWNER)
    draft = begin(owner, a_case)
    address = reverse("draft-step", args=[draft.id, "outcome"])

    answer = owner.post(address, {"outcome-column": "safe", "outcome-worth_having": "a lot"})

    assert answer.status_code == 422
    for page in (answer, owner.get(address), as_(EVALUATOR).get(address)):
        said = page.content.decode()
        assert 'value="a lot"' in said
        assert "Expected number above 0, found &quot;a lot&quot;." in said
        assert '<a href="#id_outcome-worth_having">' in said


def test_every_step_is_there(a_case, as_):
    owner = as_(OWNER)
    draft = begin(owner, a_case)
    for step in STEPS:
        assert owner.get(reverse("draft-step", args=[draft.id, step.slug])).status_code == 200


def test_nobody_else_sees_a_draft(a_case, as_, client):
    draft = begin(as_(OWNER), a_case)
    for name in ("draft", "draft-review", "draft-export"):
        address = reverse(name, args=[draft.id])
        assert as_("somebody").get(address).status_code == 403
        assert as_("audit office").get(address).status_code == 403
        assert client.get(address).status_code == 302


def test_the_evaluator_writes_but_only_the_owner_locks(a_case, as_):
    evaluator = as_(EVALUATOR)
    draft = begin(evaluator, a_case)
    fill(evaluator, draft)

    assert "lock_address" not in hidden(evaluator.get(reverse("draft-review", args=[draft.id])))
    refused = evaluator.post(reverse("draft-lock", args=[draft.id]), {"untried": "on"})
    assert refused.status_code == 403
    assert ProtocolDraft.objects.filter(id=draft.id).exists()
