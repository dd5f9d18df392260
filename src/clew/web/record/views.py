"""The record for people: what it is, how to check it, and every entry in plain words."""

from threading import Lock
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clew.errors import RecordError, RefusedError
from clew.web.desk import reading
from clew.web.forms import ClewForm
from clew.web.record.checking import check_record, found_in
from clew.web.record.models import EventRow
from clew.web.record.served import ServedRecord
from clew.web.record.telling import LARGEST, kinds, one_entry, told

A_PAGE = 50
one_check_at_a_time = Lock()


class Sought(ClewForm):
    """Which entries are looked for."""

    case = forms.CharField(required=False, max_length=80, label="Case")
    kind = forms.ChoiceField(required=False, label="Kind of event")
    before = forms.IntegerField(required=False, min_value=0, max_value=LARGEST, widget=forms.HiddenInput)


@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """The page of the record: what it is, its name and key, and three ways to check it."""
    kept = reading()
    shown = {"record": kept, "address": request.build_absolute_uri("/record"), **_head(kept)}
    return render(request, "record/record.html", shown)


def _head(kept: ServedRecord) -> dict[str, Any]:  # Any: values of the template
    """Return what is said of the record's head; where that is damaged, that it is: the checks must stay in reach."""
    try:
        return {"size": kept.size, "name": kept.origin, "checkpoint": kept.published}
    except RecordError as error:
        return {"damaged": str(error), "name": settings.CLEW.origin}


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """The server's own check of itself, for readers without JavaScript."""
    reading()
    if not one_check_at_a_time.acquire(blocking=False):
        raise RefusedError("a check is being made at this moment.", do="Wait a moment and ask again.")
    try:
        result = check_record()
    finally:
        one_check_at_a_time.release()
    return render(request, "record/check.html", {"result": result, "found": found_in(result)})


@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Every entry, the newest first, of one case or kind alone if asked."""
    form = Sought(request.GET)
    form.fields["kind"].choices = [("", "every kind"), *kinds()]  # type: ignore[attr-defined]
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = EventRow.objects.order_by("-index")
    for name in ("case", "kind"):
        rows = rows.filter(**{name: wanted[name]}) if wanted.get(name) else rows
    if wanted.get("before") is not None:
        rows = rows.filter(index__lt=wanted["before"])
    page = list(rows[: A_PAGE + 1]) if wanted else []
    shown = {
        "form": form,
        "page": [told(row) for row in page[:A_PAGE]],
        "wanted": wanted,
        "more": len(page) > A_PAGE,
        "newest": _asking(wanted),
        "older": _asking(wanted, before=page[A_PAGE - 1].index) if len(page) > A_PAGE else "",
    }
    return render(request, "record/entries.html", shown, status=200 if form.is_valid() else 422)


def _asking(wanted: dict[str, str], **more: int) -> str:
    kept = {name: wanted[name] for name in ("case", "kind") if wanted.get(name)}
    return urlencode({**kept, **more})


@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """One entry: what happened, its exact bytes, its commitments, its proof."""
    return render(request, "record/entry.html", {"entry": one_entry(reading(), index)})
