"""The public page of a pilot: what was promised, what was found, what the rule says, who decided; on any past day."""

from datetime import date
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from clew.errors import MissingError
from clew.gate.evaluation import Evaluation
from clew.report import page
from clew.report.could import tried_out
from clew.report.document import Content
from clew.report.figures import units_of
from clew.report.from_record import earlier_looks, report_known
from clew.report.known import Known
from clew.report.outstanding import outstanding
from clew.web import clock
from clew.web.caching import public_page
from clew.web.evaluate.models import LookRun
from clew.web.gate.acts import offered
from clew.web.pilot.looks import run_of, standing
from clew.web.pilot.models import PilotRow
from clew.web.pilot.promise import Behind, behind, known

STYLE_OF_A_REPORT = {"style-src": [f"'{page.STYLE_HASH}'"], "script-src": ["'none'"]}


@require_safe
def pilot(request: HttpRequest, pilot: str) -> HttpResponse:
    """The page of a pilot; `?on=2027-03-01`: as it stood at the end of that day."""
    run = run_of(pilot)
    return page_now(request, pilot, run) if run else page_kept(request, pilot)


def page_now(request: HttpRequest, pilot: str, run: LookRun | None = None) -> HttpResponse:
    """Return the page as it stands at this moment; `run`: the look that is being computed."""
    on = asked_day(request)
    told = known(pilot, on)
    found = behind(told)
    content = content_of(told, found)
    shown = {
        "told": told,
        "protocol": told.registration.protocol,
        "on": on,
        "found": found,
        "parts": [(part, page.render(part.anchor, content)) for part in page.parts_of(content)],
        "verdict": page.render("verdict", content) if told.latest else "",
        **_now(request, told, on),
        "run": None if on else run,
    }
    return render(request, "pilot/page.html", shown)


page_kept = public_page(page_now)
"""… as it stood when the record last changed: while nothing is being computed that is the same."""


def _now(request: HttpRequest, told: Known, on: date | None) -> dict[str, Any]:  # Any: values of the template
    """Return what concerns this day alone: no past day is offered anything to do."""
    account = request.user if request.user.is_authenticated else None
    today, protocol = on or clock.today(), told.registration.protocol
    return {
        "standing": standing(told, today),
        "today": clock.today(),
        "acts": offered(told, account) if on is None else (),
        "worth_having": units_of(protocol, protocol.outcome.worth_having / 10).size(protocol.outcome.worth_having),
        "overrides": PilotRow.objects.filter(overridden_by=told.override.body.role).count() if told.override else 0,
    }


def asked_day(request: HttpRequest) -> date | None:
    """Return the past day that a page is asked for, None for now. Raises InputError for what is no day so far."""
    text = request.GET.get("on", "").strip()
    on = clock.day_so_far(text) if text else None
    return on if on != clock.today() else None


def content_of(told: Known, found: Behind) -> Content:
    """Return what the parts of the page show."""
    latest = told.latest
    to_come = outstanding(
        told.registration.protocol, taken=len(told.looks), verdict=latest.body.verdict if latest else None
    )
    content = page.with_looks_to_come(_judged(told, found.evaluation), () if told.is_decided else to_come)
    override = told.override
    return {
        **content,
        **page.of_record(told, links_of(told)),
        "locked": content["locked"]
        or told.locked_before(told.latest.index if told.latest else told.registration.index + 1),
        "tried": tried_out(told.lock.body.characteristics),
        "decision": override.body if override else None,
    }


def _judged(told: Known, evaluation: Evaluation | None) -> Content:
    latest = told.latest
    if latest is None:
        protocol = told.registration.protocol
        return page.of_protocol(protocol, units_of(protocol, protocol.outcome.worth_having / 10))
    earlier = earlier_looks(told, latest.body.look)
    if evaluation is None:
        return page.of_verdict(told.protocol_at(latest.body.protocol_sha256), latest, earlier)
    return page.of_evaluation(evaluation, earlier, latest.on)


def links_of(told: Known) -> page.Links:
    """Return where the parts of the page lead to."""
    return page.Links(
        entry=lambda index: reverse("record-entry", args=[index]),
        proof=lambda index: reverse("record-proof", args=[index]),
        document=lambda sha256: reverse("record-document", args=[sha256]),
        protocol=reverse("pilot-protocol", args=[told.pilot]),
        record=reverse("record-check"),
    )


@require_safe
def protocol(request: HttpRequest, pilot: str) -> HttpResponse:
    """The protocol's exact bytes on the record; `?on=` as they stood on a day; `?sha256=` of this fingerprint."""
    told = known(pilot, asked_day(request))
    sha256 = request.GET.get("sha256", "")
    text = told.protocol_at(sha256).text if sha256 else told.registration.text
    headers = {"Content-Disposition": f'attachment; filename="{pilot}.toml"'}
    return HttpResponse(text.encode(), content_type="application/toml", headers=headers)


@csp_replace(STYLE_OF_A_REPORT)  # type: ignore[arg-type]  # typed for views without arguments
@require_safe
def report(request: HttpRequest, pilot: str) -> HttpResponse:
    """The verdict as one file, for printing and for keeping, as the command line writes it."""
    told = known(pilot, asked_day(request))
    found = behind(told)
    if found.evaluation is None:
        raise MissingError(found.why or "no look has been taken yet.", do="The pilot's page tells what there is.")
    return HttpResponse(report_known(found.evaluation, told))
