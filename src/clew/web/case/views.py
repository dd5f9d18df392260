"""The home page with its lists, and the page of a case, now or on any past day."""

from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from clew.case.duties import may
from clew.errors import InputError
from clew.web import clock
from clew.web.caching import public_page
from clew.web.case.doing import ACTS
from clew.web.case.front import front
from clew.web.case.lists import listed
from clew.web.case.models import CaseRow
from clew.web.case.page import CasePage, case_page
from clew.web.case.worklist import worklist
from clew.web.desk import reading
from clew.web.folding import folded
from clew.web.govern.models import Account

A_PAGE = 50
LATEST = 10


@require_safe
@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The portfolio: what runs, what is overdue, what was decided; or one of the lists behind its figures."""
    today = clock.today()
    if "show" in request.GET or "q" in request.GET:
        return _list(request, today)
    latest = CaseRow.objects.order_by("-changed_at", "case_id")[:LATEST]
    account = request.user
    waiting = worklist(account, today) if isinstance(account, Account) else ()
    shown = {"front": front(today), "latest": latest, "today": today, "worklist": waiting}
    return render(request, "case/home.html", shown)


def _list(request: HttpRequest, today: date) -> HttpResponse:
    seen, said = listed(request.GET.get("show", "cases")), request.GET.get("q", "").strip()[:200]
    role = request.GET.get("role", "").replace("\0", "") if seen.show == "overridden" else ""
    wanted = {"title_folded__contains": folded(said.replace("\0", "")), "overridden_by": role}
    rows = seen.rows(today).filter(**{name: value for name, value in wanted.items() if value})
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "case/list.html", {"list": seen, "page": page, "q": said, "today": today, "role": role})


@require_safe
@public_page
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """One case with its path, as the record knows it now, or knew it at the end of the day in `on`."""
    today, asked = clock.today(), request.GET.get("on", "").strip()
    history, problem = tuple(reading().events(case_id)), ""
    try:
        on = clock.day_so_far(asked) if asked else None
    except InputError as error:
        on, problem = None, str(error)
    page = case_page(case_id, history, today=today, on=on)
    before, after = page.beside(on or today)
    shown = {"page": page, "case": page.case, "on": on, "asked": asked, "problem": problem, "before": before}
    acts = () if on else _acts(request, page)
    return render(request, "case/case.html", {**shown, "after": after, "acts": acts}, status=422 if problem else 200)


def _acts(request: HttpRequest, page: CasePage) -> tuple[dict[str, str], ...]:
    """Return what whoever asks may do in this case now: addresses of forms, with their headings."""
    account = request.user
    if not isinstance(account, Account) or page.case.result is not None:
        return ()
    forms = [(one.act, reverse("case-do", args=[page.case_id, one.slug]), one.heading) for one in ACTS]
    forms.append(("draft", reverse("draft-new", args=[page.case_id]), "Write the protocol of a pilot"))
    allowed = (one for one in forms if may(page.case, account.office, one[0], steward=account.is_steward))
    return tuple({"url": url, "heading": heading} for _, url, heading in allowed)
