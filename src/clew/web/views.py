"""Pages that belong to no room: errors, and the sign of life."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clew.errors import ClewError, DeniedError, MissingError
from clew.web.keep import is_for_members, keep
from clew.web.middleware import error_page


def alive(request: HttpRequest) -> HttpResponse:
    """Answer that the service runs and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


def form_is_stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form's token no longer holds: it was open too long, or comes from somewhere else.

    What a member sent from a page of our own is kept for that page; nobody elsewhere can plant anything there.
    """
    ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    if ours and request.user.is_authenticated and is_for_members(request):
        keep(request)
        return render(request, "form_is_stale.html", {"address": request.get_full_path()}, status=403)
    return error_page(
        request,
        DeniedError(
            "this form was open too long, or was not sent from this site; nothing was changed.",
            do="Go back, reload the page and send it again.",
        ),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page."""
    return error_page(
        request, MissingError("there is no such page.", do="Check the address, or begin at the home page.")
    )


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that this is not for this account."""
    return error_page(request, DeniedError("this page is not for you.", do="Sign in with another account."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request makes no sense."""
    return error_page(request, ClewError("the request could not be understood.", do="Go back and try again."))


def broken(request: HttpRequest) -> HttpResponse:
    """Say that something broke on our side, without asking the database for anything."""
    return render(request, "broken.html", status=500)
