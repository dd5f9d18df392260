"""How the API answers: JSON or text that anybody may read from anywhere, with a tag; errors with what, where and do."""

import hashlib
import json
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from clew.errors import ClewError, Problem
from clew.web.work.progress import as_json

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
TOML = "application/toml; charset=utf-8"
FOR_EVER = "public, max-age=31536000, immutable"


def public(request: HttpRequest, value: Any, kind: str = JSON, caching: str = "public, no-cache") -> HttpResponse:
    """Return what anybody may read: a JSON value, or text as it stands; "not modified" where the reader has it."""
    content = value if isinstance(value, bytes) else as_bytes(value)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    answer = HttpResponse(content, content_type=kind)
    answer["ETag"] = tag
    found = cast("HttpResponse", get_conditional_response(request, etag=tag, response=answer))
    found["ETag"] = tag
    found["Cache-Control"] = caching
    return open_to_all(found)


def as_bytes(value: Any) -> bytes:  # Any: JSON
    """Return a value as JSON; days and moments in ISO 8601."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_as_text).encode()


def _as_text(value: Any) -> str:  # Any: what JSON does not know
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def open_to_all(answer: HttpResponse) -> HttpResponse:
    """Let pages of other sites read an answer."""
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Expose-Headers"] = "ETag"
    return answer


def wrong(problems: tuple[Problem, ...], status: int) -> HttpResponse:
    """Return an error as the API says it."""
    told = {"problems": [as_json(one) for one in problems]}
    answer = HttpResponse(as_bytes(told), status=status, content_type=JSON)
    answer["Cache-Control"] = "no-store"
    return open_to_all(answer)


def of_clew(request: HttpRequest, error: ClewError) -> HttpResponse:
    """Answer an error of the core, with its own status."""
    return wrong(error.problems, error.http_status)


def of_parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer parameters that cannot be used, each with its name."""
    told = [Problem(f"{one['msg']}.", str(one["loc"][-1]), "See /api/v1/openapi.json.") for one in error.errors]
    return wrong(tuple(told), 422)


def of_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what the framework refuses."""
    if isinstance(error, Throttled):
        answer = wrong((Problem("too many requests.", do="Wait, and send fewer."),), 429)
        answer["Retry-After"] = str(max(1, int(error.wait or 1)))
        return answer
    if isinstance(error, AuthenticationError):
        return unauthorised()
    return wrong((Problem(f"{error}."),), error.status_code)


def unauthorised() -> HttpResponse:
    """Answer a request without a token that holds."""
    answer = wrong(
        (
            Problem(
                "no upload token that holds was sent.",
                "Authorization",
                "Send `Authorization: Bearer clew_…`; the pilot's evaluator makes one at /pilots/<pilot>/tokens.",
            ),
        ),
        401,
    )
    answer["WWW-Authenticate"] = 'Bearer realm="clew"'
    return answer


def of_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer what is not there."""
    return wrong((Problem("there is nothing at this address.", do="See /api/v1/openapi.json."),), 404)
