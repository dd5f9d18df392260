"""A rule is tried out in the background, its figures belong to exactly one protocol, and a lock records them."""

import pytest
from django.urls import reverse

from clew.errors import RefusedError
from clew.gate.characteristics import as_recorded, characteristics
from clew.pilot.registration import fold
from clew.web.desk import reading
from clew.web.govern.models import Account
from clew.web.pilot.drafts import written
from clew.web.pilot.models import ProtocolDraft
from clew.web.pilot.tasks import try_rule
from clew.web.work.models import DONE, Progress
from clew.web.work.progress import cancel, hand_over
from pilot_drafting import ANSWERS, OWNER, begin, fill, hidden, lock

TRIALS = 4


@pytest.fixture
def drafted(a_case, as_) -> ProtocolDraft:
    owner = as_(OWNER)
    draft = begin(owner, a_case)
    fill(owner, draft)
    draft.refresh_from_db()
    return draft


def try_out(draft: ProtocolDraft, trials: int = TRIALS) -> Progress:
    """Hand a trial over and do it, as a worker would."""
    draft.refresh_from_db()
    sha256 = written(draft).protocol.sha256
    progress = hand_over(
        try_rule, str(draft.id), sha256, str(trials), account=Account.objects.get(office=OWNER), title="Trying"
    )
    try_rule.func(str(progress.id), str(draft.id), sha256, str(trials))
    progress.refresh_from_db()
    return progress


def test_what_a_trial_found_is_shown_and_locked_with_the_protocol(drafted, as_):
    owner = as_(OWNER)
    assert try_out(drafted).state == DONE
    drafted.refresh_from_db()
    could = characteristics(written(drafted).protocol, trials=TRIALS)

    review = owner.get(reverse("draft-review", args=[drafted.id])).content.decode()
    assert f"How {TRIALS} made-up pilots ended" in review
    assert could.headline[0].sentence.replace('"', "&quot;") in review
    assert 'name="untried"' not in review
    lock(owner, drafted)
    recorded = fold(reading().events(drafted.case_id), "joint-first-visits").locked.characteristics
    assert recorded == as_recorded(could)


def test_a_changed_protocol_needs_a_new_trial(drafted, as_):
    owner = as_(OWNER)
    try_out(drafted)
    owner.post(reverse("draft-step", args=[drafted.id, "size"]), {**ANSWERS["size"], "size-units": "500"})

    review = owner.get(reverse("draft-review", args=[drafted.id]))
    assert "changed after its rule was tried out" in review.content.decode()
    refused = owner.post(reverse("draft-lock", args=[drafted.id]), {**hidden(review), "confirmed": "yes"})
    assert refused.status_code == 422
    assert "Try the rule out first" in refused.content.decode()


def test_a_trial_of_what_was_changed_meanwhile_is_thrown_away(drafted, as_):
    sha256 = written(drafted).protocol.sha256
    progress = hand_over(try_rule, str(drafted.id), sha256, "4", account=None, title="Trying")
    as_(OWNER).post(reverse("draft-step", args=[drafted.id, "why"]), {**ANSWERS["why"], "pilot-hypothesis": "Else."})

    with pytest.raises(RefusedError, match="changed meanwhile"):
        try_rule.func(str(progress.id), str(drafted.id), sha256, "4")
    drafted.refresh_from_db()
    assert "recorded" not in drafted.tried


def test_asking_twice_starts_one_trial_and_it_can_be_cancelled(drafted, as_):
    owner, address = as_(OWNER), reverse("draft-try", args=[drafted.id])
    for _ in range(2):
        assert owner.post(address, {"trials": "200"}).status_code == 302
    assert Progress.objects.count() == 1

    review = owner.get(reverse("draft-review", args=[drafted.id]))
    assert "Cancel this work" in review.content.decode()
    part = owner.get(reverse("draft-tried", args=[drafted.id]), headers={"HX-Request": "true"})
    assert part.content.decode().startswith('<div id="progress"')
    cancel(Progress.objects.get())
    assert "Cancelled" in owner.get(reverse("draft-review", args=[drafted.id])).content.decode()


@pytest.mark.parametrize("trials", ["199", "2001", "", "many", "1e3"])
def test_trials_are_from_200_to_2000(drafted, as_, trials):
    assert as_(OWNER).post(reverse("draft-try", args=[drafted.id]), {"trials": trials}).status_code == 422
    assert not Progress.objects.exists()
