"""The page of a pilot's data: what the protocol needs, what was brought, bring more, take it back, fetch it."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clew.errors import ClewError, InputError
from clew.evaluate.files import needed_columns
from clew.web.evaluate.access import Here, at
from clew.web.evaluate.arriving import MEGABYTE, cut_short, refuse_too_large
from clew.web.evaluate.models import LookRun, Upload
from clew.web.evaluate.receiving import FIELD, Receiver
from clew.web.evaluate.uploads import keep, looks_of, path_of, take_back
from clew.web.keep import for_members
from clew.web.work.progress import as_json

SEE, BRING, LOOK = "see data", "bring data", "take a look"
MOST_READ_IN_VAIN = 4_000_000
FORM_BYTES = 100_000  # what a form's body holds besides the file


@csrf_exempt  # checked in _received: before that, nothing of the body may be read
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: HttpRequest, pilot: str) -> HttpResponse:
    """What the protocol needs and what was brought; a file that is sent is taken in."""
    if not request.user.is_authenticated:
        return _signed_out(request)
    try:
        here = at(pilot, request.user, *([BRING] if request.method == "POST" else [BRING, SEE]))
        return _take_in(request, here) if request.method == "POST" else _page(request, here)
    except ClewError as error:
        return _said(request, pilot, error)


data.for_members = True  # type: ignore[attr-defined]  # as clew.web.keep says it


def _signed_out(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        messages.warning(request, "Your session had ended. Sign in, and choose the file again.")
        _read_in_vain(request)
    return redirect_to_login(request.get_full_path())


def _take_in(request: HttpRequest, here: Here) -> HttpResponse:
    refuse_too_large(_length(request) - FORM_BYTES)
    receiver = Receiver()
    request.upload_handlers = [receiver]
    try:
        return _received(request, here, receiver)
    finally:
        receiver.close()


@csrf_protect
def _received(request: HttpRequest, here: Here, receiver: Receiver) -> HttpResponse:
    file = request.FILES.get(FIELD)
    if receiver.coming is None:
        raise InputError("no file was chosen.", do="Choose a CSV or Parquet file.")
    if file is None or request.POST.get("whole") != "yes":  # the form's last field: what was cut short lacks it
        raise cut_short()
    upload, is_new = keep(receiver.coming, file.name or "", here.protocol, request.user)  # type: ignore[arg-type]
    said = "is here" if is_new else "was here already; it is kept once"
    messages.success(request, f"{upload.name} {said}.")
    return _to(request, reverse("pilot-data", args=[here.pilot]))


def _to(request: HttpRequest, location: str) -> HttpResponse:
    return JsonResponse({"to": location}) if _asks_for_json(request) else HttpResponseRedirect(location)


def _said(request: HttpRequest, pilot: str, error: ClewError) -> HttpResponse:
    """Say what is wrong: to the script that sent the file, or as the page again with the problems on top."""
    if request.method == "POST":
        _read_in_vain(request)
        if _asks_for_json(request):
            told = [as_json(one) for one in error.problems]
            return JsonResponse({"problems": told}, status=error.http_status)
    if request.method != "POST" or error.http_status in {403, 404}:
        raise error
    return _page(request, at(pilot, request.user, BRING), error)


def _page(request: HttpRequest, here: Here, error: ClewError | None = None) -> HttpResponse:
    looks = looks_of(here.pilot)
    uploads = Upload.objects.filter(pilot=here.pilot).select_related("account").order_by("-at")
    shown = {
        "here": here,
        "columns": columns_of(here),
        "uploads": [(one, sorted(looks.get(str(one.id), ()))) for one in uploads],
        "runs": LookRun.objects.filter(pilot=here.pilot).order_by("-asked_at")[:20],
        "may_bring": here.may(BRING),
        "may_see": here.may(SEE),
        "may_look": here.may(LOOK),
        "problems": error.problems if error else (),
        "limit_mb": settings.CLEW["CLEW_UPLOAD_LIMIT_MB"],
        "limit": settings.CLEW["CLEW_UPLOAD_LIMIT_MB"] * MEGABYTE,
    }
    return render(request, "evaluate/data.html", shown, status=error.http_status if error else 200)


def columns_of(here: Here) -> list[tuple[str, str]]:
    """Return the columns that the protocol needs, each with what it holds."""
    design, outcome = here.protocol.design, here.protocol.outcome
    parts: dict[str | None, str] = {
        outcome.column: "the outcome",
        design.arm: f"which arm; “{design.comparison}” is the comparison",
        design.treated: "1 where it is treated, else 0",
        design.period: "the period",
        design.treated_from: "the period from which it is treated; empty: never",
        design.running: "the score that decides who is treated",
        design.received: "whether the treatment was received",
        design.control: "the outcome of the comparison series",
        design.exposure: "what events are counted over",
        design.expected: "how many events were to be expected",
        design.cluster: "the cluster",
        design.block: "the block",
        design.weights: "the weight",
        design.unit: "the unit",
        **{one.column: "a further outcome" for one in here.protocol.secondary},
        **{one.column: "a group, for whom it works" for one in here.protocol.equity},
    }
    return [(name, parts.get(name, "a covariate")) for name in needed_columns(here.protocol)]


def _asks_for_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdecimal() else 0


def _read_in_vain(request: HttpRequest) -> None:
    """Read a short body to its end: a browser that is still sending would not hear the answer."""
    left = min(_length(request), MOST_READ_IN_VAIN)
    try:
        while left > 0 and (block := request.read(min(left, 65_536))):
            left -= len(block)
    except OSError:
        return


@require_POST
@for_members
def undo(request: HttpRequest, pilot: str, upload: uuid.UUID) -> HttpResponse:
    """Take an upload back, as long as no look has sealed it."""
    at(pilot, request.user, BRING)
    found = get_object_or_404(Upload, id=upload, pilot=pilot)
    take_back(found)
    messages.success(request, f"{found.name} was taken back. Nothing of it is left here.")
    return HttpResponseRedirect(reverse("pilot-data", args=[pilot]))


@require_safe
@for_members
def fetch(request: HttpRequest, pilot: str, upload: uuid.UUID) -> HttpResponse:
    """Hand out the bytes of an upload, to those alone who may see data; a browser never shows them itself."""
    at(pilot, request.user, SEE)
    found = get_object_or_404(Upload, id=upload, pilot=pilot)
    answer: HttpResponse = FileResponse(  # type: ignore[assignment]  # a response whose body streams
        path_of(found).open("rb"),
        as_attachment=True,
        filename=f"{found.sha256[:12]}{found.suffix}",
        content_type="application/octet-stream",
    )
    answer["Cache-Control"] = "private, no-store"
    return answer
