"""Bringing data by a program: the file is the body, and streams to the disk; a token opens one pilot alone."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query
from ninja.security import HttpBearer
from ninja.throttling import AuthRateThrottle

from clew.errors import DeniedError, InputError
from clew.web.api import described as say
from clew.web.api.answers import JSON, as_bytes
from clew.web.api.routing import HeadToo
from clew.web.evaluate.access import at
from clew.web.evaluate.arriving import arriving, take_in
from clew.web.evaluate.models import UploadToken
from clew.web.evaluate.tokens import holder_of
from clew.web.evaluate.uploads import keep

router = HeadToo()
NAME = Annotated[
    str, Query(max_length=200, description="the file's name, as people shall see it", examples=["2027.csv"])
]
BINARY = {"schema": {"type": "string", "format": "binary"}}
BODY = {
    "requestBody": {
        "required": True,
        "description": "the file itself: CSV (UTF-8), CSV packed with gzip, or Parquet",
        "content": {"application/octet-stream": BINARY},
    }
}


class NoLengthError(InputError):
    """The request does not say how long its body is."""

    http_status = 411


class ByToken(HttpBearer):
    """An upload token, made by the pilot's evaluator at /pilots/<pilot>/tokens."""

    def authenticate(self, request: HttpRequest, token: str) -> UploadToken | None:
        """Return the token as it is kept, None where it does not hold."""
        return holder_of(token)


def answers() -> dict[int, object]:
    """Return what an upload can be answered with, for the description."""
    statuses = (400, 401, 403, 404, 411, 413, 422, 429, 507)
    return {200: say.UploadOut, 201: say.UploadOut, **dict.fromkeys(statuses, say.Problems)}


AS_BOTH: dict[str, Any] = {  # Any: options of the router
    "response": answers(),
    "auth": ByToken(),
    "throttle": [AuthRateThrottle("120/m")],
    "tags": ["data"],
    "openapi_extra": BODY,
}


@router.put("/pilots/{pilot}/data", **AS_BOTH)
def bring(request: HttpRequest, pilot: say.PilotId, name: NAME = "data") -> HttpResponse:
    """Bring a data file for a pilot. The same file again is kept once; nothing of a broken upload is kept.

    Answers with the SHA-256 of what arrived. The file can be taken back, on the page of the pilot's data, until a look
    is taken on it. Chunked bodies without Content-Length are not taken.
    """
    return _taken(request, pilot, name)


@router.post("/pilots/{pilot}/data", **AS_BOTH)
def bring_by_post(request: HttpRequest, pilot: say.PilotId, name: NAME = "data") -> HttpResponse:
    """Bring a data file, as PUT does."""
    return _taken(request, pilot, name)


def _taken(request: HttpRequest, pilot: str, name: str) -> HttpResponse:
    token: UploadToken = request.auth  # type: ignore[attr-defined]  # set by ninja after ByToken
    if token.pilot != pilot:
        raise DeniedError(f'this token is not for the pilot "{pilot}".', do="Make one for it.")
    here = at(pilot, token.account, "bring data")
    with arriving() as coming:
        take_in(request.read, _length(request), coming)
        upload, is_new = keep(coming, name, here.protocol, token.account)
    told = {"pilot": pilot, "name": upload.name, "sha256": upload.sha256, "size_bytes": upload.size_bytes}
    status = 201 if is_new else 200
    return HttpResponse(as_bytes({**told, "new": is_new}), status=status, content_type=JSON)


def _length(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "")
    if not (text.isascii() and text.isdecimal()):
        raise NoLengthError("the request does not say how long the file is.", where="Content-Length", do="Send it.")
    return int(text)
