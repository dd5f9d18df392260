"""What anybody may read: cases, pilots, evaluations, decisions, and the record itself."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query

from clew.case.desk import load as load_case
from clew.case.desk import picture
from clew.errors import MissingError
from clew.gate.decision import Gate
from clew.gate.desk import Loaded, load, what_stands
from clew.gate.portfolio import Portfolio
from clew.record.entry import read_back
from clew.record.event import Recorded
from clew.web import clock
from clew.web.api import described as say
from clew.web.api.answers import FOR_EVER, TEXT, TOML, public
from clew.web.api.routing import HeadToo
from clew.web.case.models import CaseRow
from clew.web.desk import reading
from clew.web.evaluate.models import PublishedEvaluation
from clew.web.pilot.models import PilotRow, locked
from clew.web.record.models import EventRow

router = HeadToo()
ANYBODY = None
KIND = Annotated[str, Query(max_length=60, pattern="^[a-z.-]*$", description="one kind of event alone")]
CASE = Annotated[str, Query(max_length=80, pattern="^[A-Za-z0-9._-]*$", description="one case alone")]
ON = Annotated[date | None, Query(description="as it stood at the end of this day")]


def answers(ok: object, *others: int) -> dict[int, object]:
    """Return what an operation can answer, for the description."""
    return {200: ok, **dict.fromkeys((422, *others), say.Problems)}


@router.get("/portfolio", response={200: say.PortfolioOut}, auth=ANYBODY, tags=["pilots"])
def portfolio(request: HttpRequest) -> HttpResponse:
    """All pilots at a glance: what runs, what is overdue, what was decided, and how many results were null."""
    lines = tuple(row.line for row in PilotRow.objects.order_by("pilot"))
    return public(request, Portfolio(clock.today(), lines).to_dict())


@router.get("/cases", response=answers(say.Cases), auth=ANYBODY, tags=["cases"])
def cases(request: HttpRequest, after: say.AfterName = "", limit: say.Limit = 100) -> HttpResponse:
    """All cases, by identifier, page by page."""
    rows = list(CaseRow.objects.filter(case_id__gt=after).order_by("case_id")[: limit + 1])
    names = ("title", "phase", "status", "announced", "owner", "changed_at")
    items = [{"case": row.case_id, **{name: getattr(row, name) for name in names}} for row in rows[:limit]]
    return public(request, {"items": items, "next": items[-1]["case"] if len(rows) > limit else None})


@router.get("/cases/{case_id}", response=answers(say.CaseOut, 404), auth=ANYBODY, tags=["cases"])
def case(request: HttpRequest, case_id: say.CaseId, on: ON = None) -> HttpResponse:
    """One case: its path with loops, what it owes, who is accountable; today or on any past day."""
    until = datetime.combine(on, time.max, UTC) if on else None
    found = load_case(reading(), case_id, until=until)
    return public(request, picture(found, case_id, on or clock.today()))


@router.get("/pilots", response=answers(say.Pilots), auth=ANYBODY, tags=["pilots"])
def pilots(request: HttpRequest, after: say.AfterName = "", limit: say.Limit = 100) -> HttpResponse:
    """All locked pilots, by identifier, page by page."""
    rows = list(PilotRow.objects.filter(pilot__gt=after).order_by("pilot")[: limit + 1])
    names = [name for name in say.PilotLineOut.model_fields if name != "case"]
    items = [{"case": row.case_id, **{name: getattr(row, name) for name in names}} for row in rows[:limit]]
    return public(request, {"items": items, "next": items[-1]["pilot"] if len(rows) > limit else None})


def loaded(pilot: str) -> Loaded:
    """Return a pilot by its identifier. Raises MissingError where none of this name is locked."""
    return load(reading(), locked(pilot).case_id, pilot)


@router.get("/pilots/{pilot}", response=answers(say.PilotOut, 404), auth=ANYBODY, tags=["pilots"])
def pilot(request: HttpRequest, pilot: say.PilotId) -> HttpResponse:
    """One pilot: what was promised and when, what the locked rule said at each look, overrides, decisions."""
    found = loaded(pilot)
    registration, protocol = found.registration, found.registration.protocol
    promised = {
        "title": protocol.pilot.title,
        "synthetic": protocol.pilot.synthetic,
        "protocol_sha256": registration.sha256,
        "locked": {
            "index": registration.lock_index,
            "on": registration.locked_on,
            "after_data": registration.after_data,
            "amendments": registration.amendments,
            "amended_after_data": registration.amended_after_data,
        },
    }
    return public(request, {**promised, **what_stands(found)})


@router.get(
    "/pilots/{pilot}/protocol.toml",
    response={404: say.Problems, 422: say.Problems},
    auth=ANYBODY,
    tags=["pilots"],
    openapi_extra={
        "responses": {
            200: {"description": "the protocol", "content": {"application/toml": {"schema": {"type": "string"}}}}
        }
    },
)
def protocol(request: HttpRequest, pilot: say.PilotId) -> HttpResponse:
    """The protocol as it stands on the record, word for word."""
    return public(request, loaded(pilot).registration.text.encode(), TOML)


@router.get("/pilots/{pilot}/evaluations", response=answers(say.Evaluations, 404), auth=ANYBODY, tags=["pilots"])
def evaluations(request: HttpRequest, pilot: say.PilotId) -> HttpResponse:
    """The evaluations of a pilot: one for each time that a look was taken or taken again."""
    gate: Gate = loaded(pilot).gate
    there = set(PublishedEvaluation.objects.filter(pilot=pilot).values_list("sha256", flat=True))
    items = [
        {
            "look": one.look,
            "verdict": one.verdict,
            "evaluation_sha256": one.evaluation_sha256,
            "data_sha256": one.data_sha256,
            "published": one.evaluation_sha256 in there,
        }
        for one in gate.verdicts
    ]
    return public(request, {"items": items})


@router.get("/evaluations/{sha256}", response=answers(dict[str, Any], 404), auth=ANYBODY, tags=["pilots"])
def evaluation(request: HttpRequest, sha256: say.Sha256) -> HttpResponse:
    """A published evaluation, byte for byte: its SHA-256 is the one on the record."""
    content = PublishedEvaluation.objects.filter(sha256=sha256).values_list("content", flat=True).first()
    if content is None:
        raise MissingError("no evaluation with this SHA-256 is published here.", do="See /api/v1/pilots.")
    return public(request, bytes(content), "application/json", FOR_EVER)


@router.get("/decisions", response=answers(say.Events), auth=ANYBODY, tags=["record"])
def decisions(request: HttpRequest, after: say.AfterIndex = -1, limit: say.Limit = 100) -> HttpResponse:
    """Every decision that was taken, in order, page by page."""
    return public(request, _page(EventRow.objects.filter(kind="decision.taken"), after, limit))


@router.get("/record", response={200: say.RecordOut, 404: say.Problems}, auth=ANYBODY, tags=["record"])
def record(request: HttpRequest) -> HttpResponse:
    """The record's name, size, public key and last signed checkpoint."""
    kept = reading()
    kept.refresh()
    note = kept.published.note if kept.published else ""
    return public(request, {"origin": kept.origin, "size": kept.size, "vkey": kept.vkey, "checkpoint": note})


@router.get("/record/events", response=answers(say.Events), auth=ANYBODY, tags=["record"])
def events(
    request: HttpRequest, after: say.AfterIndex = -1, limit: say.Limit = 100, case: CASE = "", kind: KIND = ""
) -> HttpResponse:
    """The entries of the record, in order, page by page; of one case or one kind alone if asked."""
    asked = {name: value for name, value in (("case", case), ("kind", kind)) if value}
    return public(request, _page(EventRow.objects.filter(**asked), after, limit))


@router.get("/record/events/{index}", response=answers(say.EventOut, 404), auth=ANYBODY, tags=["record"])
def event(request: HttpRequest, index: say.Index) -> HttpResponse:
    """One entry of the record."""
    content = EventRow.objects.filter(index=index).values_list("entry", flat=True).first()
    if content is None:
        raise MissingError(f"there is no entry {index}.", do="See /api/v1/record for how many there are.")
    return public(request, _told(read_back(index, bytes(content))), caching=FOR_EVER)


@router.get(
    "/record/proofs/{index}",
    response={404: say.Problems, 409: say.Problems, 422: say.Problems},
    auth=ANYBODY,
    tags=["record"],
    openapi_extra={
        "responses": {200: {"description": "the proof", "content": {"text/plain": {"schema": {"type": "string"}}}}}
    },
)
def proof(request: HttpRequest, index: say.Index) -> HttpResponse:
    """The proof that the record holds an entry at its place (C2SP tlog-proof): check it with `clew verify`."""
    return public(request, reading().prove(index).encode(), TEXT)


def _page(rows: "QuerySet[EventRow]", after: int, limit: int) -> dict[str, Any]:  # Any: JSON
    found = list(rows.filter(index__gt=after).order_by("index").values_list("index", "entry")[: limit + 1])
    items = [_told(read_back(index, bytes(entry))) for index, entry in found[:limit]]
    return {"items": items, "next": found[limit - 1][0] if len(found) > limit else None}


def _told(one: Recorded) -> dict[str, Any]:  # Any: JSON
    return {
        "index": one.index,
        "case": one.case,
        "at": one.at,
        "by": one.by,
        "kind": one.kind,
        "data": dict(one.data),
        "commitments": dict(one.commitments),
    }
