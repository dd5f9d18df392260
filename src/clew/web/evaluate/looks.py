"""Asking for a look: which data, which look; checked before, and put in the queue once."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clew.errors import RefusedError
from clew.gate.decision import Standing, refuse_late_extension
from clew.pilot.trial import looks_paid_for
from clew.web import clock
from clew.web.evaluate.access import Here, at
from clew.web.evaluate.models import LookRun, Upload
from clew.web.evaluate.tasks import ACT, take_look
from clew.web.evaluate.uploads import found_of
from clew.web.forms import ClewForm
from clew.web.govern.models import Account
from clew.web.keep import for_members
from clew.web.recording import Step, Typed, ask_check_record
from clew.web.work.models import RUNNING, WAITING
from clew.web.work.progress import ahead_of, hand_over
from clew.web.work.views import part

Choices = list[tuple[str, str]]


class LookForm(ClewForm):
    """Which look is taken, on which files."""

    ask: ClassVar[str] = (
        "The locked rule is held against these data. Seal of the data, verdict and figures go on the record as soon as "
        "they are computed."
    )


def form_for(here: Here, uploads: list[Upload]) -> type[LookForm]:
    """Return the form with the choices that there are."""
    data = forms.MultipleChoiceField(
        label="Which data?",
        help_text="All files of this look. Several files are read as parts of one table.",
        widget=forms.CheckboxSelectMultiple,
        choices=[(str(one.id), f"{one.name} ({filesizeformat(one.size_bytes)}, {one.at:%d %B %Y})") for one in uploads],
    )
    look = forms.ChoiceField(label="Which look is this?", choices=look_choices(here))
    return type("LookForm", (LookForm,), {"data": data, "look": look})


def look_choices(here: Here) -> Choices:
    """Return the looks that the protocol pays for, in words."""
    return [(str(number), look_name(here, number)) for number in range(1, looks_paid_for(here.protocol) + 1)]


def look_name(here: Here, number: int) -> str:
    """Return a look in words."""
    planned = here.protocol.looks.planned
    name = f"look {number} of {planned}" if number <= planned else f"extension {number - planned}"
    return f"{name} (taken; again on the same data)" if number in looks_taken(here) else name


def looks_taken(here: Here) -> Mapping[int, str]:
    """Return the looks that have a verdict, with it."""
    return {one.look: one.verdict for one in here.loaded.gate.verdicts}


def next_look(here: Here) -> int:
    """Return the look that comes next; the last one again where all are taken."""
    taken, paid = looks_taken(here), looks_paid_for(here.protocol)
    return next((number for number in range(1, paid + 1) if number not in taken), paid)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def look(request: HttpRequest, pilot: str) -> HttpResponse:
    """Ask for a look: the form, the page to check it on, then the page that shows how far it is."""
    here = at(pilot, request.user, ACT)
    uploads = list(Upload.objects.filter(pilot=pilot).order_by("at"))
    if not uploads:
        raise RefusedError("no data have been brought for this pilot.", do="Bring the data first.")
    step = Step(
        heading="Take a look",
        caption=here.title,
        form=form_for(here, uploads),
        carry_out=lambda typed: ask_for(here, request.user, typed),  # type: ignore[arg-type]  # members alone
        done="The look is in the queue.",
        back=reverse("pilot-data", args=[pilot]),
        button="Take the look",
        initial={"data": [str(one.id) for one in uploads], "look": next_look(here)},
    )
    return ask_check_record(request, step)


def ask_for(here: Here, account: Account, typed: Typed) -> str:
    """Put a look in the queue and return the address of its page; the same look that is there already, once."""
    number, chosen = int(typed["look"]), sorted(str(one.id) for one in found_of(here.pilot, typed["data"]))
    refuse_late_extension(number, clock.today(), Standing(here.loaded.gate, here.loaded.case, here.protocol))
    waiting = LookRun.objects.filter(pilot=here.pilot, state__in=[WAITING, RUNNING], cancelling=False)
    for run in waiting:
        if (run.look, run.uploads, run.account_id) == (number, chosen, account.pk):
            return run.page
    return hand_over(
        take_look,
        account=account,
        title=f"Look {number} at {here.title}",
        page="/looks/{}",
        kind=LookRun,
        back=reverse("pilot-data", args=[here.pilot]),
        pilot=here.pilot,
        look=number,
        uploads=chosen,
        office=account.office,
    ).page


@require_safe
@for_members
def progress(request: HttpRequest, key: Any) -> HttpResponse:  # Any: a UUID out of the address
    """How far a look is, and how it ended."""
    run = get_object_or_404(LookRun, id=key)
    here = at(run.pilot, request.user, ACT, "see data")
    if "HX-Request" in request.headers:
        return part(request, run)
    verdict = next((one for one in reversed(here.loaded.gate.verdicts) if one.look == run.look), None)
    shown = {
        "progress": run,
        "here": here,
        "ahead": ahead_of(run),
        "verdict": verdict,
        "mine": run.account_id == request.user.pk,
        "uploads": Upload.objects.filter(pilot=run.pilot, id__in=run.uploads),
    }
    return render(request, "evaluate/look.html", shown)
