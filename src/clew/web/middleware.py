"""Where an error of the core becomes a page: what is wrong, where, and what to do, with its own HTTP status."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clew.errors import ClewError, RecordError

log = logging.getLogger("clew.web")


class SayWhatIsWrong:
    """Turns a ClewError that no view has caught into a page; every other exception is left to Django."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return a page for an error of the core."""
        if not isinstance(error, ClewError):
            return None
        if isinstance(error, RecordError):
            log.error("record error at %s: %s", request.path, error)
        return error_page(request, error)


def error_page(request: HttpRequest, error: ClewError) -> HttpResponse:
    """Return the page that says what is wrong, with the error's status."""
    heading = HEADINGS.get(error.http_status, "This cannot be used")
    return render(request, "error.html", {"heading": heading, "problems": error.problems}, status=error.http_status)


HEADINGS = {
    403: "This is not yours to do",
    404: "There is nothing here",
    409: "The rules forbid this now",
    422: "This cannot be used",
    500: "The record cannot be read or written safely",
}
