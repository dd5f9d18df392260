"""The page of a pilot's upload tokens: make one, see which there are, withdraw one."""

import re
import uuid
from typing import ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from clew.errors import MissingError
from clew.web import clock
from clew.web.evaluate.access import Here, at
from clew.web.evaluate.models import UploadToken
from clew.web.evaluate.tokens import make
from clew.web.evaluate.views import BRING
from clew.web.forms import ClewForm
from clew.web.keep import for_members
from clew.web.recording import once_only


class TokenForm(ClewForm):
    """What a token is for, and how long it holds."""

    button: ClassVar[str] = "Make a token"
    name = forms.CharField(label="What is it for?", max_length=80, help_text="Example: nightly export of the register")
    days = forms.IntegerField(label="For how many days does it hold?", min_value=1, max_value=365, initial=90)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def tokens(request: HttpRequest, pilot: str) -> HttpResponse:
    """Show which tokens there are; make one, and show it this once."""
    here = at(pilot, request.user, BRING)
    form = TokenForm(request.POST) if request.method == "POST" else TokenForm()
    if not form.is_valid():
        return _page(request, here, form, status=422 if form.is_bound else 200)
    made: list[str] = []

    def carry_out() -> str:
        made.append(make(pilot, request.user, form.cleaned_data["name"], form.cleaned_data["days"]))  # type: ignore[arg-type]
        return reverse("pilot-tokens", args=[pilot])

    once = re.sub("[^0-9a-f]", "", request.POST.get("once", ""))[:50]
    location = once_only(f"token {once}" if once else "", carry_out)
    return _page(request, here, TokenForm(), made[0]) if made else HttpResponseRedirect(location)


def _page(request: HttpRequest, here: Here, form: TokenForm, made: str = "", status: int = 200) -> HttpResponse:
    there = UploadToken.objects.filter(pilot=here.pilot).select_related("account").order_by("-made_at")
    shown = {
        "here": here,
        "form": form,
        "made": made,
        "tokens": there,
        "now": clock.now(),
        "once": uuid.uuid4().hex,
        "address": request.build_absolute_uri(f"/api/v1/pilots/{here.pilot}/data"),
    }
    return render(request, "evaluate/tokens.html", shown, status=status)


@require_POST
@for_members
def withdraw(request: HttpRequest, pilot: str, sha256: str) -> HttpResponse:
    """Withdraw a token: from now on it opens nothing."""
    at(pilot, request.user, BRING)
    gone, _ = UploadToken.objects.filter(pilot=pilot, sha256=sha256).delete()
    if not gone:
        raise MissingError("there is no such token; perhaps it was withdrawn before.", do="See which there are.")
    messages.success(request, "The token was withdrawn. It opens nothing any more.")
    return HttpResponseRedirect(reverse("pilot-tokens", args=[pilot]))
