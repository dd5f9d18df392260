"""What can be done in a case through a form. One table: an act is its form and what it asks of the core.

A new act is one entry of `ACTS`, with a form in `clew.web.case.forms`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from clew.case import commands as ask
from clew.case.desk import do as carry_out
from clew.case.desk import load
from clew.case.duties import refuse_unless_may
from clew.case.state import NOTHING, Case, Debt, evolve
from clew.web import clock
from clew.web.case import forms
from clew.web.desk import reading, writing
from clew.web.govern.models import Account
from clew.web.keep import for_members, signed_in
from clew.web.record.models import EventRow
from clew.web.recording import Step, answered_before, ask_check_record

Said = dict[str, Any]  # Any: what each field of a form makes of what was typed


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `slug`: in its address. `act`: in `clew.case.duties`. `command`: what it asks, given the answers and
    who answers. `begins_with`: what the form holds already.
    """

    slug: str
    act: str
    heading: str
    done: str
    form: type[forms.InACase]
    command: Callable[[Said, Account], object]
    begins_with: Callable[[Case], Said] = lambda _: {}


def _proposed(case: Case) -> Said:
    said = case.proposition
    return {"for_whom": said.for_whom, "value": said.value, "noticed_by": said.noticed_by} if said else {}


ACTS = (
    Act(
        "propose",
        "propose",
        "State the public value proposition",
        "The public value proposition is on the record.",
        forms.Proposition,
        lambda said, _: ask.StateProposition(
            said["for_whom"], said["value"], said["noticed_by"], said.get("reason", "")
        ),
        _proposed,
    ),
    Act(
        "enter-phase",
        "enter a phase",
        "Go on to a phase, or back to one",
        "The case has entered the phase.",
        forms.EnterPhase,
        lambda said, _: ask.Enter(said["phase"], said["reason"]),
    ),
    Act(
        "give-evidence",
        "give evidence",
        "Give evidence",
        "The evidence is on the record.",
        forms.GiveEvidence,
        lambda said, _: ask.GiveEvidence(said["item"], said["reference"]),
    ),
    Act(
        "appoint",
        "appoint",
        "Appoint an office to a duty",
        "The duty has its office.",
        forms.Appoint,
        lambda said, _: ask.TakeDuty(said["duty"], said["office"]),
    ),
    Act(
        "leave",
        "leave",
        "Leave the case",
        "Your office has left the case.",
        forms.Leave,
        lambda _, account: ask.Leave(account.office),
    ),
    Act(
        "partner",
        "name a partner",
        "Name a partner",
        "The partner is on the record.",
        forms.NamePartner,
        lambda said, _: ask.Join(said["partner"], said["kind"]),
    ),
    Act(
        "status",
        "reach a status",
        "Say how far the idea has come",
        "The status is on the record.",
        forms.ReachStatus,
        lambda said, _: ask.Reach(said["status"]),
        lambda case: {"status": case.status},
    ),
    Act(
        "novelty",
        "declare novelty",
        "Say how new this is to an organisation",
        "The novelty is on the record.",
        forms.DeclareNovelty,
        lambda said, _: ask.DeclareNovelty(said["organisation"], said["novelty"]),
    ),
    Act(
        "close",
        "close",
        "Close the case",
        "The case is closed.",
        forms.Close,
        lambda said, _: ask.Close(said["result"], said["lesson"]),
    ),
)
BY_SLUG = {one.slug: one for one in ACTS}


@for_members
def new(request: HttpRequest) -> HttpResponse:
    """Open a case."""
    account = signed_in(request)
    step = Step(
        heading="Open a case",
        form=forms.OpenCase,
        carry_out=partial(_open, account),
        done="The case is open. Your office is its owner.",
        back=reverse("home"),
        form_template="case/do_open.html",
        check_template="case/do_open_check.html",
        foresee=lambda said: {"debts": owed(said), "first_phase": said["phase"], "announced": said["announced"]},
        state="opening",
    )
    return answered_before(request) or ask_check_record(request, step)


def _open(account: Account, said: Said) -> str:
    commands = (
        _opening(said),
        ask.TakeDuty("owner", account.office),
    )
    with writing(account, said["identifier"], "open") as (record, at, by):
        carry_out(record, said["identifier"], commands, at=at, by=by)
    return reverse("case", args=[said["identifier"]])


def _opening(said: Said) -> ask.Open:
    return ask.Open(said["title"], said["phase"], announced=said["announced"], risk=said["risk"])


def owed(said: Said) -> tuple[Debt, ...]:
    """Return the evidence that a case will owe once it is opened so, with the days on which it falls due."""
    (opened,) = ask.decide(_opening(said), NOTHING)
    return evolve(NOTHING, opened, clock.now()).debts


@for_members
def do(request: HttpRequest, case_id: str, slug: str) -> HttpResponse:
    """Do one of the acts in a case."""
    act, account = BY_SLUG.get(slug), signed_in(request)
    if act is None:
        raise Http404
    before = answered_before(request)
    if before is not None:
        return before
    case = load(reading(), case_id)
    refuse_unless_may(case, account.office, act.act, steward=account.is_steward)
    return ask_check_record(request, _step(act, account, case_id, case))


def _step(act: Act, account: Account, case_id: str, case: Case) -> Step:
    return Step(
        heading=act.heading,
        caption=case.title,
        form=partial(act.form, case=case, office=account.office),
        carry_out=partial(_do, act, account, case_id),
        done=act.done,
        back=reverse("case", args=[case_id]),
        initial=act.begins_with(case),
        form_template="form.html",
        check_template="case/do_check.html",
        foresee=lambda said: {"note": act.form.note(case, account.office, said)},
        more={"case": case},
        state=str(EventRow.objects.filter(case=case_id).count()),
    )


def _do(act: Act, account: Account, case_id: str, said: Said) -> str:
    with writing(account, case_id, act.act) as (record, at, by):
        carry_out(record, case_id, (act.command(said, account),), at=at, by=by)
    return reverse("case", args=[case_id])
