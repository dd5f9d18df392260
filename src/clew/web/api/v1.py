"""The first version of the API: everything public to read, data to bring by token. Nothing is open by default."""

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security import APIKeyHeader

from clew.errors import ClewError
from clew.web.api import answers, bringing, reading


class Nobody(APIKeyHeader):
    """Lets nobody in: what an operation gets that does not say who may use it."""

    param_name = "X-Nobody"

    def authenticate(self, request: HttpRequest, key: str | None) -> None:
        """Refuse."""


api = NinjaAPI(
    title="clew",
    version="1",
    description=(
        "Everything public of this service: cases, pilots, verdicts, decisions, and the record that proves them. "
        "Reading needs no account. Data are brought with an upload token. Errors are "
        '`{"problems": [{"what", "where", "do"}]}`. Fields may be added; none is taken away within version 1.'
    ),
    docs_url=None,
    openapi_url="/openapi.json",
    auth=Nobody(),
    urls_namespace="api",
)
api.add_router("", reading.router)
api.add_router("", bringing.router)
for kind, answer in (
    (ClewError, answers.of_clew),
    (ValidationError, answers.of_parameters),
    (HttpError, answers.of_http),
    (Http404, answers.of_missing),
):
    api.add_exception_handler(kind, answer)  # type: ignore[arg-type]  # each gets its own kind


def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer an address of the API that is none."""
    return answers.of_missing(request, Http404())
