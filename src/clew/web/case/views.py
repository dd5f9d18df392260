"""The home page and the page of a case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clew.case.desk import load
from clew.gate.portfolio import Portfolio
from clew.web import clock
from clew.web.case.models import CaseRow
from clew.web.desk import reading
from clew.web.pilot.models import PilotRow


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The portfolio: what runs, what is overdue, what was decided."""
    today = clock.today()
    portfolio = Portfolio(today, tuple(row.line for row in PilotRow.objects.order_by("pilot")))
    return render(request, "case/home.html", {"portfolio": portfolio, "cases": CaseRow.objects.order_by("-changed_at")})


@require_safe
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """One case with its path."""
    return render(request, "case/case.html", {"case_id": case_id, "case": load(reading(), case_id)})
