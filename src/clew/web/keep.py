"""What somebody typed is never lost because their session ended in the middle of a form.

A form sent without a session is kept in the new, anonymous session; after signing in the same page shows it again.
Passwords and files are not kept.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.html import format_html

from clew.errors import DeniedError
from clew.web.govern.models import Account

P = ParamSpec("P")
KEPT = "kept"
NOT_KEPT = {"csrfmiddlewaretoken", "password", "password1", "password2", "confirmed", "once"}
MOST_KEPT = 200_000
ENDED = 'Your session has ended. What you typed is kept: <a class="govuk-link" href="{}">sign in</a> to see it again.'

View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_members(view: View[P]) -> View[P]:
    """Let only people who are signed in see a page; keep what others sent until they are."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            keep(request)
        if "HX-Request" in request.headers:
            return HttpResponse(format_html(ENDED, redirect_to_login(request.get_full_path()).url))
        if request.method == "POST":
            messages.warning(request, "Your session had ended. What you typed is kept: sign in, and it is there again.")
        return redirect_to_login(request.get_full_path())

    guarded.for_members = True  # type: ignore[attr-defined]  # read by the test that visits every address
    return cast("View[P]", guarded)


def signed_in(request: HttpRequest) -> Account:
    """Return the account that is signed in. Raises DeniedError where none is."""
    if not isinstance(request.user, Account):
        raise DeniedError("you are not signed in.", do="Sign in first.")
    return request.user


def is_for_members(request: HttpRequest) -> bool:
    """Return whether the page that is asked for is one for people who are signed in."""
    match = request.resolver_match
    return match is not None and getattr(match.func, "for_members", False)


def kept_for(request: HttpRequest) -> QueryDict | None:
    """Return what was typed into this page before the session ended, once; None where nothing was."""
    kept = request.session.get(KEPT, {})
    if request.get_full_path() not in kept:
        return None
    typed = QueryDict(kept.pop(request.get_full_path()))
    request.session[KEPT] = kept
    return typed


def keep(request: HttpRequest) -> None:
    """Keep what was sent to this page until it is asked for again in this session."""
    typed = request.POST.copy()
    for name in NOT_KEPT & set(typed):
        del typed[name]
    encoded = typed.urlencode()
    if len(encoded) <= MOST_KEPT:
        request.session[KEPT] = {request.get_full_path(): encoded}
