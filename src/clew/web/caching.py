"""Public pages are functions of the record and the day: rendered once for everybody until one of them changes.

They are rendered from the read tables, so a rebuild, which mends those without a new event, ends them too.
A page of somebody who is signed in is theirs alone and is never kept.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from clew.web.clock import today
from clew.web.record.models import EventRow, Rebuilt

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
MOST_BYTES = 64_000_000
LAST = f"""
    SELECT (SELECT max("index") FROM "{EventRow._meta.db_table}"), (SELECT max(id) FROM "{Rebuilt._meta.db_table}")
"""


class Pages:
    """The pages rendered last, up to so many bytes; safe between threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._bytes = most_bytes, 0
        self._kept: OrderedDict[str, tuple[bytes, str]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> tuple[bytes, str] | None:
        """Return a page's content and its type, None where it is not kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: str, content: bytes, kind: str) -> None:
        """Keep a page; those that were asked for longest ago give way."""
        with self._lock:
            self._drop(key)
            self._kept[key] = (content, kind)
            self._bytes += len(content)
            while self._bytes > self._most:
                self._drop(next(iter(self._kept)))

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def _drop(self, key: str) -> None:
        content, _ = self._kept.pop(key, (b"", ""))
        self._bytes -= len(content)


PAGES = Pages(MOST_BYTES)


def public_page(view: View[P]) -> View[P]:
    """Keep what a view shows to anonymous readers until the record or the day changes; answer "not modified" too.

    For views whose content depends on the address, the record and the day alone.
    """

    @wraps(view)
    def remembered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not _is_for_everybody(request):
            return view(request, *args, **kwargs)
        key = version_of(request)
        if request.headers.get("If-None-Match") == f'"{key}"':
            return _headed(HttpResponseNotModified(), key)
        kept = PAGES.get(key)
        if kept is None:
            answer = view(request, *args, **kwargs)
            if answer.status_code != 200 or answer.has_header("Cache-Control"):
                return answer
            kept = (answer.content, answer["Content-Type"])
            PAGES.put(key, *kept)
        return _headed(HttpResponse(kept[0], content_type=kept[1]), key)

    return cast("View[P]", remembered)


def version_of(request: HttpRequest) -> str:
    """Return what names this page as it stands now: address, last event and rebuild, day, and how it was asked."""
    with connection.cursor() as cursor:  # not through the models: this is all that most readers cost
        cursor.execute(LAST)
        last = cursor.fetchone()
    asked = (request.get_full_path(), request.headers.get("HX-Request", ""), request.get_host(), request.scheme)
    return hashlib.sha256(repr((asked, last, today(), SOFTWARE)).encode()).hexdigest()[:32]


def _is_for_everybody(request: HttpRequest) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "messages" not in request.COOKIES
    )


def _headed(answer: HttpResponse, key: str) -> HttpResponse:
    answer["ETag"] = f'"{key}"'
    answer["Cache-Control"] = "public, no-cache"
    answer["Vary"] = "Cookie"
    return answer


# pages of another version, or of another service at the same address, are other pages
SOFTWARE = f"{version('clew')} {hashlib.sha256(settings.SECRET_KEY.encode()).hexdigest()}"
