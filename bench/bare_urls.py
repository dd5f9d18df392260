"""Every address of the service, and /bare."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from clew.web import urls

ANSWER = b"x" * 20_000  # about the size of a page


def bare(request: HttpRequest) -> HttpResponse:
    """Answer the same for everybody."""
    return HttpResponse(ANSWER)


urlpatterns = [path("bare", bare), path("", include(urls.urlpatterns))]
handler404 = "clew.web.views.not_found"
