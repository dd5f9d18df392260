"""A draft before it is locked: what it promises, what it cannot show, how its rule will behave; then the lock."""

import secrets
import uuid
from functools import partial
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.case.duties import may
from clew.case.state import Case
from clew.errors import InputError, RefusedError
from clew.pilot.in_record import lock_in
from clew.pilot.protocol import Protocol
from clew.pilot.registration import fold
from clew.pilot.size import size
from clew.report.could import tried_out
from clew.report.figures import units_of
from clew.report.promise import promises
from clew.web.desk import reading, writing
from clew.web.forms import ClewForm
from clew.web.govern.models import Account
from clew.web.keep import for_members, signed_in
from clew.web.pilot.draft_amend import AmendForm, changes
from clew.web.pilot.drafts import as_read, steps_shown, theirs, written
from clew.web.pilot.models import ProtocolDraft, locked
from clew.web.pilot.tasks import try_rule
from clew.web.recording import Step, answered_before, ask_check_record
from clew.web.work.models import Progress
from clew.web.work.progress import hand_over
from clew.web.work.views import part

FEWEST_TRIALS, MOST_TRIALS, USUAL_TRIALS = 200, 2_000, 500
SEED_BYTES = 32
Shown = dict[str, Any]  # Any: values for a template


class TrialForm(ClewForm):
    """How thoroughly the rule is tried out."""

    button = "Try the rule out"
    trials = forms.IntegerField(
        label="How many made-up pilots for each truth?",
        help_text="From 200 (quick) to 2,000 (thorough).",
        min_value=FEWEST_TRIALS,
        max_value=MOST_TRIALS,
        initial=USUAL_TRIALS,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
    )


class LockForm(ClewForm):
    """What is locked, by its SHA-256; and, where the rule was not tried out, that this is meant."""

    button = "Go on to lock it"
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    untried = forms.BooleanField(
        label="Lock without trying the rule out",
        help_text="Then nobody can say beforehand how often this rule decides rightly.",
        error_messages={"required": "Try the rule out first, or tick that you lock without."},
    )

    def __init__(self, *args: Any, tried: bool = False, **kwargs: Any) -> None:  # Any: as Django's
        super().__init__(*args, **kwargs)
        if tried:
            del self.fields["untried"]


@require_safe
@for_members
def review(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What the draft promises, before it is locked."""
    draft, case = theirs(request, key)
    found = written(draft)
    shown = {**steps_shown(draft, found, None), "case": case, "found": found}
    if found.protocol is not None:
        shown |= {**_promised(found.protocol), **_behaviour(draft, found.protocol)}
        shown |= _may_lock(request, draft, case, found.protocol)
        shown |= changes(draft, found.protocol) if draft.amends else {}
    return render(request, "pilot/draft_review.html", shown)


def _promised(protocol: Protocol) -> Shown:
    units = units_of(protocol, protocol.outcome.worth_having / 10)
    shown: Shown = {"protocol": protocol, "promises": promises(protocol, units)}
    try:
        shown["sizes"] = [(one, "CANNOT BE SHOWN" in one) for one in size(protocol).sentences]
    except InputError as error:
        shown["size_problems"] = error.problems
    return shown


def _behaviour(draft: ProtocolDraft, protocol: Protocol) -> Shown:
    tried = draft.tried
    progress = trial_of(draft)
    here = tried.get("asked", {}).get("sha256") == protocol.sha256
    return {
        "progress": progress if here else None,
        "tried": tried_out(results(draft, protocol)),
        "tried_notes": tried.get("notes", ()),
        "headline": tried.get("headline", ()),
        "outdated": bool(tried.get("recorded")) and tried.get("sha256") != protocol.sha256,
        "trial_form": TrialForm(),
    }


def trial_of(draft: ProtocolDraft) -> Progress | None:
    """Return how far the trial is that was asked for last."""
    asked = draft.tried.get("asked")
    return Progress.objects.filter(id=asked["progress"]).first() if asked else None


def results(draft: ProtocolDraft, protocol: Protocol) -> tuple[tuple[str, str], ...] | None:
    """Return how the rule of exactly this protocol behaves, as a lock records it; None where it was not tried out."""
    if draft.tried.get("sha256") != protocol.sha256 or not draft.tried.get("recorded"):
        return None
    return tuple((name, value) for name, value in draft.tried["recorded"])


def _may_lock(request: HttpRequest, draft: ProtocolDraft, case: Case, protocol: Protocol) -> Shown:
    account = signed_in(request)
    act, what = "amend" if draft.amends else "lock", {"sha256": protocol.sha256}
    tried = results(draft, protocol) is not None
    form = AmendForm(initial=what) if draft.amends else LockForm(initial=what, tried=tried)
    return {
        "may_lock": may(case, account.office, act, steward=account.is_steward),
        "owner": case.holder("owner"),
        "lock_address": reverse(f"draft-{act}", args=[draft.id]),
        "lock_form": form,
    }


@require_POST
@for_members
def try_out(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Have the rule tried out in the background."""
    draft, _ = theirs(request, key)
    protocol, form = written(draft).protocol, TrialForm(request.POST)
    if protocol is None:
        raise RefusedError("the draft cannot be read yet, so its rule cannot be tried out.", do="Correct it first.")
    if not form.is_valid():
        raise InputError(f"choose from {FEWEST_TRIALS} to {MOST_TRIALS} made-up pilots.", do="Go back and choose.")
    if not _runs(draft, protocol):
        _hand_over(request, draft, protocol, form.cleaned_data["trials"])
    return HttpResponseRedirect(f"{reverse('draft-review', args=[key])}#behaviour")


def _runs(draft: ProtocolDraft, protocol: Protocol) -> bool:
    if draft.tried.get("asked", {}).get("sha256") != protocol.sha256:
        return False
    progress = trial_of(draft)
    return progress is not None and not progress.has_ended


def _hand_over(request: HttpRequest, draft: ProtocolDraft, protocol: Protocol, trials: int) -> None:
    with transaction.atomic():
        progress: Progress = hand_over(
            try_rule,
            str(draft.id),
            protocol.sha256,
            str(trials),
            account=signed_in(request),
            title="Trying the rule out",
            back=reverse("draft-review", args=[draft.id]),
            page=reverse("draft-tried", args=[draft.id]),
        )
        kept = ProtocolDraft.objects.select_for_update().get(id=draft.id)
        kept.tried = {**kept.tried, "asked": {"sha256": protocol.sha256, "progress": str(progress.id)}}
        kept.save(update_fields=["tried"])


@require_safe
@for_members
def tried(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How far the trial is, as htmx asks for it; without it, the page of the review."""
    draft, _ = theirs(request, key)
    progress = trial_of(draft)
    if progress is None or "HX-Request" not in request.headers:
        return HttpResponseRedirect(f"{reverse('draft-review', args=[key])}#behaviour")
    return part(request, progress)


@for_members
def lock(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Lock the protocol: check once more, then for ever."""
    before = answered_before(request)
    if before is not None:
        return before
    draft, case = theirs(request, key, "lock")
    protocol = written(draft).protocol
    if protocol is None or draft.amends:
        return HttpResponseRedirect(reverse("draft-review", args=[key]))
    account = signed_in(request)
    step = Step(
        heading=f"Lock the protocol “{protocol.pilot.title}”",
        caption=case.title,
        form=partial(LockForm, tried=results(draft, protocol) is not None),
        carry_out=lambda said: _lock(account, key, said),
        done="The protocol is locked. From now on nobody can change it unseen.",
        back=reverse("draft-review", args=[key]),
        button="Lock it for ever",
        initial={"sha256": protocol.sha256},
        check_template="pilot/draft_lock_check.html",
        more={**_promised(protocol), "draft": draft, "tried": results(draft, protocol)},
        state="locking",
    )
    return ask_check_record(request, step)


def _lock(account: Account, key: uuid.UUID, said: dict[str, str]) -> str:
    draft, protocol = as_read(key, said["sha256"])
    with writing(account, draft.case_id, "lock") as (record, at, by):
        lock_in(
            protocol,
            record,
            at=at,
            by=by,
            secret_seed=secrets.token_hex(SEED_BYTES) if protocol.design.seed is None else None,
            characteristics=results(draft, protocol),
        )
        draft.delete()
    return reverse("draft-receipt", args=[protocol.pilot.id])


@require_safe
@for_members
def receipt(request: HttpRequest, pilot: str) -> HttpResponse:
    """What the record holds of a lock: where it stands, and how anybody can check it."""
    row = locked(pilot)
    record = reading()
    registration = fold(record.events(row.case_id), pilot)
    shown = {"row": row, "registration": registration, "record": record, "checkpoint": record.published}
    return render(request, "pilot/draft_receipt.html", shown)
