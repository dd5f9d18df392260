"""Pages that are for stewards alone."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse

from clew.errors import DeniedError
from clew.web.keep import for_members, signed_in

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_stewards(view: View[P]) -> View[P]:
    """Let only stewards see a page; others are told whom to ask."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not signed_in(request).is_steward:
            raise DeniedError("this page is for stewards.", do="Ask one of those who look after accounts here.")
        return view(request, *args, **kwargs)

    return for_members(cast("View[P]", guarded))
