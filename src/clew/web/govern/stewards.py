"""Pages that are for stewards alone."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse

from clew.errors import DeniedError
from clew.web.govern.models import Account
from clew.web.keep import for_members

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def signed_in(request: HttpRequest) -> Account:
    """Return the account that is signed in. Raises DeniedError where none is."""
    if not isinstance(request.user, Account):
        raise DeniedError("you are not signed in.", do="Sign in first.")
    return request.user


def for_stewards(view: View[P]) -> View[P]:
    """Let only stewards see a page; others are told whom to ask."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not signed_in(request).is_steward:
            raise DeniedError("this page is for stewards.", do="Ask one of those who look after accounts here.")
        return view(request, *args, **kwargs)

    return for_members(cast("View[P]", guarded))
