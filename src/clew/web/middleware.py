"""What happens around every page: an error of the core becomes a page itself; private pages stay private."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

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


class PrivatePages:
    """Keeps what a signed-in person sees out of every cache, and their session alive while they use it."""

    SEEN = "seen"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; a page that asked for no session, as the record's files, is left as it is."""
        response = self._get_response(request)
        if request.session.accessed and request.user.is_authenticated:
            self._keep_alive(request)
            if not response.has_header("Cache-Control"):
                response["Cache-Control"] = "private, no-store"
        return response

    def _keep_alive(self, request: HttpRequest) -> None:
        """Begin the time-out anew, but write that down only once in a twentieth of it."""
        moment = int(timezone.now().timestamp())
        if moment - request.session.get(self.SEEN, 0) > settings.SESSION_COOKIE_AGE // 20:
            request.session[self.SEEN] = moment


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
