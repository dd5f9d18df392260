"""Protocols that are being written: kept at every step, whatever is typed, until they are locked or thrown away."""

import uuid
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.case.desk import load
from clew.case.duties import may, refuse_unless_may
from clew.case.state import Case
from clew.errors import MissingError, RefusedError
from clew.pilot.protocol import Protocol
from clew.web import clock
from clew.web.desk import reading
from clew.web.govern.models import Account
from clew.web.keep import for_members, kept_for, signed_in
from clew.web.pilot.draft_forms import StepForm, answers
from clew.web.pilot.models import ProtocolDraft
from clew.web.pilot.questions import BEGINS_WITH, BY_SLUG, STEPS, DraftStep
from clew.web.pilot.written import Written, read

SAID, SENT = "said", "sent"


def gone() -> MissingError:
    """Return the complaint about a draft that is not here."""
    return MissingError(
        "this draft is not here any more: it was locked, or thrown away.",
        do="Look at the case: what is locked stands there.",
    )


def begin(account: Account, case_id: str, said: dict[str, str], *, amends: str = "") -> ProtocolDraft:
    """Keep a new draft with these answers."""
    kept = {SAID: {**said, "pilot-case": case_id}, SENT: []}
    return ProtocolDraft.objects.create(id=uuid.uuid4(), case_id=case_id, account=account, amends=amends, typed=kept)


def beginning(case: Case, title: str, identifier: str) -> dict[str, str]:
    """Return what a new draft holds already, so that there is less to type."""
    owner = case.holder("owner") or ""
    return {**BEGINS_WITH, "pilot-title": title, "pilot-id": identifier, "decision-owner": owner}


def theirs(request: HttpRequest, key: uuid.UUID, act: str = "draft") -> tuple[ProtocolDraft, Case]:
    """Return a draft and its case, for somebody whose duty lets them see it.

    Raises MissingError where the draft is not there any more, DeniedError where it is not for them.
    """
    draft = ProtocolDraft.objects.filter(id=key).first()
    if draft is None:
        raise gone()
    account = signed_in(request)
    case = load(reading(), draft.case_id)
    refuse_unless_may(case, account.office, act, steward=account.is_steward)
    return draft, case


def said_in(draft: ProtocolDraft) -> dict[str, str]:
    """Return everything that was typed into a draft."""
    return cast("dict[str, str]", draft.typed[SAID])


def written(draft: ProtocolDraft) -> Written:
    """Return a draft as a protocol, with what is wrong with it."""
    return read(said_in(draft))


def as_read(key: uuid.UUID, sha256: str) -> tuple[ProtocolDraft, Protocol]:
    """Return a draft and its protocol for putting it on the record, if it still is what was read by its SHA-256."""
    draft = ProtocolDraft.objects.select_for_update().filter(id=key).first()
    if draft is None:
        raise gone()
    protocol = written(draft).protocol
    if protocol is None or protocol.sha256 != sha256:
        raise RefusedError("the draft was changed after you had read it.", do="Go back and read it again.")
    return draft, protocol


def keep(key: uuid.UUID, step: DraftStep, said: dict[str, str], *, sent: bool) -> ProtocolDraft:
    """Keep what was typed on one step; what others typed on other steps meanwhile stays. `sent`: it was sent off."""
    with transaction.atomic():
        draft = ProtocolDraft.objects.select_for_update().filter(id=key).first()
        if draft is None:
            raise gone()
        before = {name: text for name, text in said_in(draft).items() if not (step.repeated and _of(step, name))}
        fixed = {"pilot-id": before.get("pilot-id", "")} if draft.amends else {}
        done = {*draft.typed[SENT], *([step.slug] if sent else [])}
        draft.typed = {SAID: {**before, **said, **fixed}, SENT: sorted(done)}
        draft.save(update_fields=["typed", "changed_at"])
    return draft


def _of(step: DraftStep, name: str) -> bool:
    return name.split("-", maxsplit=1)[0] in {one.table for one in step.questions}


@require_safe
@for_members
def draft(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Go to where a draft was left: the first step that nobody has sent off, else the page that reviews it."""
    found, _ = theirs(request, key)
    first = next((step for step in STEPS if step.slug not in found.typed[SENT]), None)
    return HttpResponseRedirect(address(found, first))


def address(draft: ProtocolDraft, step: DraftStep | None) -> str:
    """Return the address of a step, or of the review behind the last."""
    return reverse("draft-step", args=[draft.id, step.slug]) if step else reverse("draft-review", args=[draft.id])


@for_members
def step(request: HttpRequest, key: uuid.UUID, slug: str) -> HttpResponse:
    """One step of a draft."""
    found, case = theirs(request, key)
    asked = BY_SLUG.get(slug)
    if asked is None:
        raise Http404
    if request.method != "POST":
        return _show(request, found, asked, case)
    said = dict(answers(asked, request.POST))
    if "HX-Request" in request.headers:
        keep(key, asked, said, sent=False)
        return HttpResponse(f"Kept at {clock.now():%H:%M:%S} UTC.")
    return _go_on(request, keep(key, asked, said, sent=True), asked, case)


def _go_on(request: HttpRequest, draft: ProtocolDraft, step: DraftStep, case: Case) -> HttpResponse:
    go = request.POST.get("go", "")
    if go == "leave":
        messages.success(request, "Your draft is kept. Come back whenever you like.")
        return HttpResponseRedirect(reverse("case", args=[draft.case_id]))
    if go == "add":
        return HttpResponseRedirect(f"{address(draft, step)}#more")
    if written(draft).wrong_on(step) and go != "anyway":
        return _show(request, draft, step, case, status=422)
    later = STEPS[STEPS.index(step) + 1 :]
    return HttpResponseRedirect(address(draft, later[0] if later else None))


def _show(request: HttpRequest, draft: ProtocolDraft, step: DraftStep, case: Case, status: int = 200) -> HttpResponse:
    said = {**said_in(draft), **_after_signing_in(request, step)}
    found = read(said)
    wrong = found.wrong_on(step) if step.slug in draft.typed[SENT] else ()
    form = StepForm(step, said, wrong, fixed="pilot-id" if draft.amends else "")
    place = STEPS.index(step)
    shown = {
        **steps_shown(draft, found, step),
        "case": case,
        "form": form,
        "step": step,
        "number": place + 1,
        "back": address(draft, STEPS[place - 1]) if place else reverse("case", args=[draft.case_id]),
    }
    return render(request, "pilot/draft_step.html", shown, status=status)


def _after_signing_in(request: HttpRequest, step: DraftStep) -> dict[str, str]:
    """Return what was typed here when the session ended."""
    kept = kept_for(request)
    return dict(answers(step, kept)) if kept is not None else {}


def steps_shown(draft: ProtocolDraft, found: Written, here: DraftStep | None) -> dict[str, Any]:  # Any: for a template
    """Return the list of steps for a page: where one is, what is done, what is to be corrected."""
    lines = [
        {
            "step": step,
            "address": address(draft, step),
            "here": step is here,
            "sent": step.slug in draft.typed[SENT],
            "wrong": len(found.wrong_on(step)),
        }
        for step in STEPS
    ]
    return {"draft": draft, "steps": lines, "steps_in_all": len(STEPS), "at_review": here is None}


@require_safe
@for_members
def export(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The draft as a protocol file."""
    found, _ = theirs(request, key)
    name = said_in(found).get("pilot-id", "") or "protocol"
    safe = "".join(sign for sign in name if sign.isascii() and (sign.isalnum() or sign == "-")) or "protocol"
    headers = {"Content-Disposition": f'attachment; filename="{safe}.toml"'}
    return HttpResponse(written(found).text, content_type="application/toml; charset=utf-8", headers=headers)


@require_POST
@for_members
def remove(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Throw a draft away; it stands nowhere else."""
    found, _ = theirs(request, key)
    if "sure" not in request.POST:
        return render(request, "pilot/draft_remove.html", {"draft": found, "title": title_of(found)})
    found.delete()
    messages.success(request, "The draft is thrown away. Nothing of it was on the record.")
    return HttpResponseRedirect(reverse("case", args=[found.case_id]))


def title_of(draft: ProtocolDraft) -> str:
    """Return what a draft is called."""
    return said_in(draft).get("pilot-title") or "A pilot without a name"


def drafts_for(account: Account, case_id: str, case: Case) -> list[dict[str, str]] | None:
    """Return the drafts of a case for showing, to who may see them, else None."""
    if not account.is_authenticated or not may(case, account.office, "draft"):
        return None
    found = ProtocolDraft.objects.filter(case_id=case_id).order_by("-changed_at")
    return [{"title": title_of(one), "address": reverse("draft", args=[one.id]), "amends": one.amends} for one in found]
