"""The record for people and for verifiers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clew.web.desk import reading
from clew.web.record.models import StoredFile

# what may leave the record's table: these names and no others
PUBLIC_FILES = r"^(?P<name>checkpoint|vkey|tile/(?:entries|[0-9]{1,2})/(?:x[0-9]{3}/){0,5}[0-9]{3}(?:\.p/[0-9]{1,3})?)$"
FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """The page of the record: what it holds, and how to check it oneself."""
    kept = reading()
    return render(request, "record/record.html", {"record": kept, "checkpoint": kept.published})


@require_safe
def file(request: HttpRequest, name: str) -> HttpResponse:
    """One file of the log, as it lies; tiles never change."""
    content = StoredFile.objects.filter(name=name).values_list("content", flat=True).first()
    if content is None:
        raise Http404
    text = name in {"checkpoint", "vkey"}
    kind = "text/plain; charset=utf-8" if text else "application/octet-stream"
    caching = "no-cache" if text else FOR_EVER
    headers = {"Cache-Control": caching, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(bytes(content), content_type=kind, headers=headers)
