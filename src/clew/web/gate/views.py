"""Acts at the gate: each asked for in a form, checked on a page, and put on the record once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from clew.case.duties import refuse_unless_may
from clew.errors import RefusedError
from clew.gate import decision
from clew.gate.desk import carry_out, load
from clew.pilot.running import IterationClosed, PilotAdapted
from clew.pilot.while_running import adapt_in, close_iteration_in
from clew.record.folder import Record
from clew.report.known import Known
from clew.web.desk import writing
from clew.web.forms import ClewForm
from clew.web.gate import forms
from clew.web.gate.acts import GATE_ACTS
from clew.web.keep import for_members, signed_in
from clew.web.pilot.promise import known
from clew.web.recording import Step, Typed, ask_check_record


@dataclass(frozen=True, slots=True)
class Doing:
    """An act about to be done: on which `record`, to which pilot, when and by which office."""

    record: Record
    told: Known
    at: datetime
    by: str


def _at_the_gate(doing: Doing, command: object) -> None:
    loaded = load(doing.record, doing.told.case_id, doing.told.pilot)
    carry_out(doing.record, loaded, command, at=doing.at, by=doing.by)


def _adapt(doing: Doing, command: object) -> None:
    body = PilotAdapted(pilot=doing.told.pilot, **cast("Typed", command))
    adapt_in(doing.record, body, at=doing.at, by=doing.by)


def _close_round(doing: Doing, command: object) -> None:
    body = IterationClosed(pilot=doing.told.pilot, **cast("Typed", command))
    close_iteration_in(doing.record, body, at=doing.at, by=doing.by)


@dataclass(frozen=True, slots=True)
class Asked:
    """How an act is asked for: the form that it needs, the command that it becomes, and what is said afterwards."""

    form: Callable[[Known], type[ClewForm]]
    command: Callable[[str, Typed], object]
    done: str
    does: Callable[[Doing, object], None] = _at_the_gate


ASKED = {
    "adapt": Asked(
        lambda told: forms.AdaptForm,
        lambda by, typed: {("change" if name == "otherwise" else name): said for name, said in typed.items()},
        "The adaptation is on the record. Name the column of the versions in the data: the analysis is split by it.",
        _adapt,
    ),
    "round": Asked(
        forms.round_form,
        lambda by, typed: dict(typed),
        "What the round taught is on the record.",
        _close_round,
    ),
    "answer": Asked(
        forms.answer_form,
        lambda by, typed: decision.AnswerScreen(typed["screen"], typed["answer"]),
        "The answer is on the record. Now the look must be evaluated again, on the same data: only then does the rule"
        " take it into account.",
    ),
    "hear": Asked(
        lambda told: forms.HearPublicForm,
        lambda by, typed: decision.HearPublic(typed["reference"]),
        "What the public said is on the record.",
    ),
    "review": Asked(
        lambda told: forms.SignReviewForm,
        lambda by, typed: decision.SignReview(by, typed["reference"]),
        "The review is signed, on the record.",
    ),
    "override": Asked(
        forms.override_form,
        lambda by, typed: decision.Override(typed["decided"], by, typed["reason"], typed["dissent"]),
        "The override is on the record. It stands beside the computed verdict for ever.",
    ),
    "decide": Asked(
        lambda told: forms.Nothing,
        lambda by, typed: decision.Decide(by),
        "The decision is taken, on the record.",
    ),
}


@for_members
def act(request: HttpRequest, pilot: str, slug: str) -> HttpResponse:
    """Ask for one act at the gate, show it again for checking, and put it on the record."""
    told, account = known(pilot), signed_in(request)
    one = next(one for one in GATE_ACTS if one.slug == slug)
    refuse_unless_may(told.case, account.office, one.act)
    if request.method != "POST" and (waits := one.waits(told)):
        raise RefusedError(waits, do="See on the pilot's page what comes first.")
    asked, back = ASKED[slug], reverse("pilot", args=[pilot])

    def record_it(typed: Typed) -> str:
        with writing(account, told.case_id, one.act) as (record, at, by):
            asked.does(Doing(record, told, at, by), asked.command(by, typed))
        return back

    step = Step(
        heading=heading(one.label, slug, told),
        form=asked.form(told),
        carry_out=record_it,
        done=asked.done,
        back=back,
        caption=told.registration.protocol.pilot.title,
        form_template="gate/form.html",
        check_template="gate/check.html",
        more={"told": told, "slug": slug, "by_rule": told.gate.override is None},
    )
    return ask_check_record(request, step)


def heading(label: str, slug: str, told: Known) -> str:
    """Return what a form is headed with; a decision says what is decided."""
    return f"Decide: {told.gate.standing}" if slug == "decide" else label
