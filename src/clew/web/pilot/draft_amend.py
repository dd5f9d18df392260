"""Changing a locked protocol in public: a draft of the change, what it changes, then the reason, for ever."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from clew.case.desk import load
from clew.case.duties import refuse_unless_may
from clew.errors import ClewError, Problem
from clew.pilot.in_record import amend_in
from clew.pilot.keys import BY_NAME
from clew.pilot.protocol import Protocol
from clew.pilot.registration import Registration, amend, fold
from clew.web import clock
from clew.web.desk import reading, writing
from clew.web.forms import ClewForm
from clew.web.govern.models import Account
from clew.web.keep import for_members, signed_in
from clew.web.pilot.drafts import as_read, begin, theirs, written
from clew.web.pilot.models import PilotRow, ProtocolDraft, locked
from clew.web.pilot.questions import BY_KEY, STEPS
from clew.web.pilot.typed import from_toml
from clew.web.recording import Step, answered_before, ask_check_record

ANY_REASON = "to see what would change"


class AmendForm(ClewForm):
    """Why the promise is changed."""

    button = "Go on"
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(
        label="Why is the promise changed?",
        help_text="It stands beside the change for ever.",
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@for_members
def start(request: HttpRequest, pilot: str) -> HttpResponse:
    """Begin a draft from what is locked, or go on with the one that there is."""
    row = locked(pilot)
    account = signed_in(request)
    refuse_unless_may(load(reading(), row.case_id), account.office, "amend", steward=account.is_steward)
    there = ProtocolDraft.objects.filter(amends=pilot).first()
    if request.method != "POST":
        return render(request, "pilot/draft_amend.html", {"row": row, "there": there})
    draft = there or _begin(account, row)
    return HttpResponseRedirect(reverse("draft-step", args=[draft.id, STEPS[0].slug]))


def _begin(account: Account, row: PilotRow) -> ProtocolDraft:
    said, _ = from_toml(registered(row.case_id, row.pilot).text)
    draft = begin(account, row.case_id, said, amends=row.pilot)
    draft.typed["sent"] = sorted(step.slug for step in STEPS)
    draft.save(update_fields=["typed"])
    return draft


def registered(case_id: str, pilot: str) -> Registration:
    """Return what the record says of a pilot's promise."""
    return fold(reading().events(case_id), pilot)


def changes(draft: ProtocolDraft, protocol: Protocol) -> dict[str, Any]:  # Any: values for a template
    """Return what a draft would change, field by field, and whether that counts as after data began."""
    try:
        (would_be,) = amend(protocol, registered(draft.case_id, draft.amends), at=clock.now(), reason=ANY_REASON)
    except ClewError as error:
        return {"no_amendment": tuple(_in_a_form(one) for one in error.problems)}
    lines = [(label_of(name), before, after) for name, before, after in would_be.changes]
    return {"changes": lines, "after_data": would_be.after_data}


def _in_a_form(problem: Problem) -> str:
    return problem.what[:1].upper() + problem.what[1:]


def label_of(field: str) -> str:
    """Return the question that a field of the protocol answers; where it may be asked again, with its column."""
    table, _, key = field.partition(".")
    if table in BY_NAME and BY_NAME[table].repeated:
        column, _, key = key.rpartition(".")
        return f"{BY_KEY[table, key].label} ({column})"
    asked = BY_KEY.get((table, key))
    return asked.label if asked else field


@for_members
def put(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Put an amendment on the record: the reason, the check, then for ever."""
    before = answered_before(request)
    if before is not None:
        return before
    draft, case = theirs(request, key, "amend")
    protocol = written(draft).protocol
    if protocol is None or not draft.amends:
        return HttpResponseRedirect(reverse("draft-review", args=[key]))
    account = signed_in(request)
    step = Step(
        heading=f"Amend the protocol “{protocol.pilot.title}”",
        caption=case.title,
        form=AmendForm,
        carry_out=lambda said: _put(account, key, said),
        done="The amendment is on the record, beside what was promised first.",
        back=reverse("draft-review", args=[key]),
        button="Amend it for ever",
        initial={"sha256": protocol.sha256},
        check_template="pilot/draft_amend_check.html",
        more=changes(draft, protocol),
        state="amending",
    )
    return ask_check_record(request, step)


def _put(account: Account, key: uuid.UUID, said: dict[str, str]) -> str:
    draft, protocol = as_read(key, said["sha256"])
    with writing(account, draft.case_id, "amend") as (record, at, by):
        amend_in(protocol, record, at=at, reason=said["reason"], by=by)
        draft.delete()
    return reverse("draft-receipt", args=[protocol.pilot.id])
