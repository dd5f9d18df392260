"""The page of a piece of work: how far it is, and a button that stops it."""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from clew.errors import DeniedError
from clew.web.keep import for_members
from clew.web.work.models import Progress
from clew.web.work.progress import ahead_of, cancel


@require_safe
@for_members
def work(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How far a piece of work is; asked for by htmx, the part that changes alone."""
    progress = _own(request, key)
    shown = {"progress": progress, "ahead": ahead_of(progress)}
    if "HX-Request" not in request.headers:
        return render(request, "work/work.html", shown)
    return part(request, progress)


def part(request: HttpRequest, progress: Progress) -> HttpResponse:
    """Return the part of a page that shows progress, as htmx asks for it; the whole page again once it has ended."""
    shown = {"progress": progress, "ahead": ahead_of(progress)}
    answer = render(request, "components/progress.html", shown)
    if progress.has_ended:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@for_members
def stop(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Stop a piece of work, and go to the page that shows how far it is."""
    progress = _own(request, key)
    cancel(progress)
    return HttpResponseRedirect(progress.page)


def _own(request: HttpRequest, key: uuid.UUID) -> Progress:
    progress = get_object_or_404(Progress, id=key)
    if progress.account_id is None or progress.account_id != request.user.pk:
        raise DeniedError("this work was asked for by somebody else.", do="Sign in as who asked for it.")
    return progress
