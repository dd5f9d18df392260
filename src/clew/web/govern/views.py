"""People: who has an account, which duties their offices hold, and what would be left undone without them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clew.web.forms import ClewForm
from clew.web.govern import accounts
from clew.web.govern.duties import Duty, duties_of_open_cases, held_by, never_given, orphans
from clew.web.govern.forms import CloseForm, InviteForm, OfficeForm, StewardForm
from clew.web.govern.letters import send_invitation
from clew.web.govern.models import Account
from clew.web.govern.offices import NAME_WARNING, PROVISIONAL, looks_like_a_name
from clew.web.govern.stewards import for_stewards
from clew.web.keep import for_members, signed_in
from clew.web.recording import Step, Typed, ask_check_record


@for_stewards
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Every account with its duties, and every duty that nobody holds."""
    duties = duties_of_open_cases()
    everybody = Account.objects.filter(is_active=True).order_by("office")
    shown = {
        "people": [(one, held_by(one.office, duties)) for one in everybody],
        "orphans": orphans(duties),
        "never_given": never_given(duties),
        "unmanned": _without_account(duties, {one.office for one in everybody}),
    }
    return render(request, "govern/people.html", shown)


def _without_account(duties: tuple[Duty, ...], offices: set[str]) -> list[Duty]:
    return [one for one in duties if one.party is not None and one.party not in offices]


@for_members
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """My office, my duties, and how I sign in."""
    mine = signed_in(request)
    shown = {"mine": mine, "duties": held_by(mine.office, duties_of_open_cases()), "provisional": _is_provisional(mine)}
    return render(request, "govern/me.html", shown)


def _is_provisional(account: Account) -> bool:
    return bool(PROVISIONAL.fullmatch(account.office))


@for_stewards
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Add an account and send its link."""
    form = InviteForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, "Invite somebody", back=reverse("people"))
    said = form.cleaned_data
    account = accounts.add(said["email"], said["office"], steward=said["steward"])
    if looks_like_a_name(account.office):
        messages.warning(request, NAME_WARNING.format(office=account.office))
    return _invited(request, account)


@for_stewards
@require_POST
def invite_again(request: HttpRequest, account_id: int) -> HttpResponse:
    """Send the link of an account that has no password yet once more."""
    return _invited(request, _open_account(account_id))


def _invited(request: HttpRequest, account: Account) -> HttpResponse:
    link = request.build_absolute_uri(accounts.invitation(account))
    sent = send_invitation(account, link)
    return render(request, "govern/invited.html", {"account": account, "link": link, "sent": sent})


@for_stewards
@require_safe
def person(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account: its duties, and what a steward can do."""
    account = _open_account(account_id)
    duties = held_by(account.office, duties_of_open_cases())
    shown = {"account": account, "duties": duties, "may_change": not accounts.is_on_record(account)}
    return render(request, "govern/person.html", shown)


@for_stewards
@require_http_methods(["GET", "HEAD", "POST"])
def office(request: HttpRequest, account_id: int) -> HttpResponse:
    """Give an account another office, while its present one is not on the record."""
    account = _open_account(account_id)
    accounts.refuse_on_record(account)
    form = OfficeForm(request.POST or None, initial={"office": "" if _is_provisional(account) else account.office})
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, f"Another office for “{account.office}”", back=_of(account))
    accounts.give_office(account, form.cleaned_data["office"])
    messages.success(request, f"The office is “{account.office}” now.")
    return HttpResponseRedirect(_of(account))


@for_stewards
@require_http_methods(["GET", "HEAD", "POST"])
def steward(request: HttpRequest, account_id: int) -> HttpResponse:
    """Make somebody a steward, or no longer."""
    account = _open_account(account_id)
    form = StewardForm(request.POST if request.method == "POST" else None, initial={"steward": account.is_steward})
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, f"“{account.office}” as a steward", back=_of(account))
    accounts.make_steward(account, yes=form.cleaned_data["steward"])
    messages.success(request, f"“{account.office}” is {'' if account.is_steward else 'not '}a steward.")
    return HttpResponseRedirect(_of(account) if signed_in(request).pk != account.pk else reverse("me"))


@for_stewards
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, account_id: int) -> HttpResponse:
    """Close an account, after showing what would be left undone."""
    account = _open_account(account_id)
    accounts.refuse_last_steward(account)
    by = signed_in(request)

    def carry_out(_: Typed) -> str:
        accounts.close(account, by=by)
        return reverse("people") if by.pk != account.pk else reverse("home")

    step = Step(
        heading=f"Close the account of “{account.office}”",
        form=CloseForm,
        carry_out=carry_out,
        done=f"The account is closed. “{account.office}” has left its cases; what was known of the person is erased.",
        back=_of(account),
        button="Close the account for good",
        form_template="govern/close.html",
        check_template="govern/close_check.html",
        more={"account": account, "duties": held_by(account.office, duties_of_open_cases())},
    )
    return ask_check_record(request, step)


def _open_account(account_id: int) -> Account:
    return get_object_or_404(Account, pk=account_id, is_active=True)


def _of(account: Account) -> str:
    return reverse("person", args=[account.pk])


def _form(request: HttpRequest, form: ClewForm, heading: str, *, back: str) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "form.html", {"form": form, "heading": heading, "back": back}, status=status)
