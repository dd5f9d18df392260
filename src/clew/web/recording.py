"""Forms whose answer goes on the record: typed, shown again for checking, then recorded once, however often it is sent.

Until the last step nothing has happened and everything can be changed; the page says so before what cannot be undone.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render

from clew.errors import ClewError
from clew.web.forms import ClewForm
from clew.web.keep import kept_for
from clew.web.record.models import Once

Typed = dict[str, Any]  # Any: what each field of a form makes of what was typed
MARK = 64


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that can be put on the record through a form.

    `heading`: what is done. `form`: the form's class. `carry_out`: does it, and returns the address to go to.
    `done`: the sentence afterwards. `back`: the address of the page before. `foresee`: what the page to check it on
    must say of what was typed. `state`: how far the record was when the form was shown; the same answer, sent from two
    tabs in the same state, is recorded once.
    """

    heading: str
    form: Callable[..., ClewForm]
    carry_out: Callable[[Typed], str]
    done: str
    back: str
    caption: str = ""
    button: str = "Put it on the record"
    initial: Typed | None = None
    form_template: str = "form.html"
    check_template: str = "check.html"
    more: Typed | None = None
    foresee: Callable[[Typed], Typed] | None = None
    state: str = ""


def ask_check_record(request: HttpRequest, step: Step) -> HttpResponse:
    """Answer a request for this step: the form, the page to check it on, or the record's answer."""
    if request.method != "POST":
        typed = kept_for(request)
        initial = {**(step.initial or {}), **(typed.dict() if typed else {})}
        return _form(request, step, step.form(initial=initial))
    form = step.form(request.POST)
    if "change" in request.POST or not form.is_valid():
        return _form(request, step, form)
    if "confirmed" not in request.POST:
        return _check(request, step, form)
    return _record(request, step, form)


def answered_before(request: HttpRequest) -> HttpResponse | None:
    """Return where the very same answer led when it was sent before; None where it was not."""
    once = request.POST.get("once", "")[:MARK] if "confirmed" in request.POST else ""
    before = Once.objects.filter(key=once).first() if once else None
    return HttpResponseRedirect(before.location) if before else None


def _record(request: HttpRequest, step: Step, form: ClewForm) -> HttpResponse:
    once = request.POST.get("once", "")[:MARK].replace("\0", "")
    try:
        location = once_only(once, lambda: step.carry_out(form.cleaned_data))
    except ClewError as error:
        return _check(request, step, form, problem=error)
    messages.success(request, step.done)
    return HttpResponseRedirect(location)


def once_only(key: str, carry_out: Callable[[], str]) -> str:
    """Do something and remember under this key where it led; where that was done before, only say where it led."""
    try:
        with transaction.atomic():
            mark = Once.objects.create(key=key) if key else None
            location = carry_out()
            if mark is not None:
                mark.location = location
                mark.save()
            return location
    except IntegrityError:
        before = Once.objects.filter(key=key).first()
        if before is None:
            raise
        return before.location


def _form(request: HttpRequest, step: Step, form: ClewForm) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, step.form_template, {**_shown(step), "form": form}, status=status)


def _check(request: HttpRequest, step: Step, form: ClewForm, problem: ClewError | None = None) -> HttpResponse:
    given = cast("QueryDict", form.data)
    typed = [(name, value) for name in form.fields for value in given.getlist(form.add_prefix(name))]
    shown = {
        **_shown(step),
        **(step.foresee(form.cleaned_data) if step.foresee else {}),
        "form": form,
        "said": [(field.label, readable(form, field.name)) for field in form.visible_fields()],
        "typed": typed,
        "once": _mark(request, step, typed),
        "button": step.button,
        "problems": problem.problems if problem else (),
    }
    return render(request, step.check_template, shown, status=problem.http_status if problem else 200)


def _mark(request: HttpRequest, step: Step, typed: list[tuple[str, str]]) -> str:
    """Return the mark by which an answer is known again: its own, or that of whoever says the same in this state."""
    if not step.state:
        return uuid.uuid4().hex
    return hashlib.sha256(repr((request.user.pk, request.path, step.state, typed)).encode()).hexdigest()


def readable(form: ClewForm, name: str) -> str:
    """Return what was answered to one field, as a person reads it."""
    value = form.cleaned_data.get(name)
    choices = dict(getattr(form.fields[name], "choices", ()) or ())
    if isinstance(value, list | tuple):
        return ", ".join(str(choices.get(one, one)) for one in value) or "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(choices.get(value, value)) if value not in {None, ""} else "–"


def _shown(step: Step) -> Typed:
    return {"heading": step.heading, "caption": step.caption, "back": step.back, **(step.more or {})}
