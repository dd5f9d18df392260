"""The lists behind the portfolio's figures: each a name in the address (`/?show=overdue`) and a question to one table.

A new list is one entry of `LISTS`; every figure of the home page links to one, and tests hold that both count alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from clew.errors import MissingError
from clew.gate.portfolio import FINAL
from clew.web.case.models import CaseRow
from clew.web.pilot.models import PilotRow

Asked = Callable[[date], Q]
PILOTS, CASES = "pilots", "cases"


@dataclass(frozen=True, slots=True)
class Listed:
    """One list: its name in the address, its heading, what being on it means, of what, and the question."""

    show: str
    heading: str
    means: str
    of: str
    asks: Asked
    order: tuple[str | OrderBy, ...] = ()

    def rows(self, today: date) -> QuerySet[PilotRow] | QuerySet[CaseRow]:
        """Return the rows of this list as of a day."""
        if self.of == PILOTS:
            return PilotRow.objects.filter(self.asks(today)).order_by(*(self.order or ("-locked_on", "pilot")))
        return CaseRow.objects.filter(self.asks(today)).order_by(*(self.order or ("-changed_at", "case_id")))


EVERYTHING = Q()
RUNNING = Q(decided_on=None)


def _pilots(show: str, heading: str, means: str, asks: Q, *order: str | OrderBy) -> Listed:
    return Listed(show, heading, means, PILOTS, lambda _: asks, order)


def _cases(show: str, heading: str, means: str, asks: Q, *order: str) -> Listed:
    return Listed(show, heading, means, CASES, lambda _: asks, order)


LISTS = (
    _cases("cases", "All cases", "Every case on the record, the last changed first.", EVERYTHING),
    _cases("open-cases", "Open cases", "Cases without a result yet.", Q(result="")),
    _cases("closed-cases", "Closed cases", "Cases closed with a result; what failed stays here too.", ~Q(result="")),
    Listed(
        "evidence-overdue",
        "Evidence owed and overdue",
        "Cases that were announced before they were thought through, and owe evidence past its date.",
        CASES,
        lambda today: Q(next_due_on__lt=today),
        ("next_due_on", "case_id"),
    ),
    Listed(
        "evaluations-overdue",
        "Evaluations overdue",
        "Open cases that should have been evaluated by now; how often follows from their phase and their risk.",
        CASES,
        lambda today: Q(evaluate_by__lt=today),
        ("evaluate_by", "case_id"),
    ),
    _cases(
        "nobody-accountable",
        "Nobody accountable",
        "Cases without an owner.",
        Q(owner=""),
    ),
    _cases(
        "outside-government",
        "Working with partners outside government",
        "Cases with a partner from civil society, a firm, citizens or a university.",
        Q(works_outside=True),
    ),
    _cases(
        "within-government",
        "Working with partners within government",
        "Cases with another unit of the same body, or another public body, as a partner.",
        Q(works_within=True),
    ),
    _pilots("pilots", "All pilots", "Every pilot whose protocol is locked on the record.", EVERYTHING),
    _pilots("running", "Running pilots", "Locked, and not decided yet.", RUNNING, "locked_on", "pilot"),
    Listed(
        "overdue",
        "Decisions overdue",
        "Pilots still running past the day by which they were to be decided, the longest first.",
        PILOTS,
        lambda today: RUNNING & Q(decision_by__lt=today),
        ("decision_by", "pilot"),
    ),
    _pilots(
        "waiting",
        "Waiting for a decision",
        "The locked rule says scale, adapt or stop; the accountable owner has not decided yet.",
        RUNNING & Q(verdict__in=FINAL),
        F("decision_by").asc(nulls_last=True),
        "pilot",
    ),
    _pilots("decided", "Decided pilots", "All decisions, the latest first.", ~RUNNING, "-decided_on", "pilot"),
    *(
        _pilots(decided, f"Decided: {decided}", means, Q(decided=decided), "-decided_on", "pilot")
        for decided, means in (
            ("scale", "It was decided to scale these."),
            ("adapt", "It was decided to change these and try again."),
            ("stop", "It was decided to stop these."),
        )
    ),
    _pilots("extended", "Extended pilots", "Pilots that were given one more look, or more.", Q(extensions__gt=0)),
    _pilots("locked-before-data", "Promised before the data", "Locked before the first outcome.", Q(after_data=False)),
    _pilots(
        "locked-after-data", "Registered after data began", "Locked when data existed already.", Q(after_data=True)
    ),
    _pilots("with-rule", "With a rule to scale", "The protocol says what must hold before scaling.", Q(has_rule=True)),
    _pilots("with-exit", "With an exit plan", "The protocol says how the pilot is wound up.", Q(has_exit=True)),
    _pilots(
        "with-public-input", "With public input", "The protocol sets a day for the public.", Q(has_public_input=True)
    ),
    _pilots("published", "Published results", "Pilots with a verdict on the record.", ~Q(result=None)),
    _pilots(
        "null-or-negative",
        "Null or negative results",
        "Published results whose interval holds zero, or lies on the wrong side of it.",
        Q(result__in=("null", "loss")),
    ),
    Listed(
        "without-result",
        "No result published",
        "Pilots that were decided, or should have been by now, without a result on the record: what is held back shows"
        " as this gap.",
        PILOTS,
        lambda today: Q(result=None) & (~RUNNING | Q(decision_by__lt=today)),
        ("decision_by", "pilot"),
    ),
    _pilots(
        "gains", "Shown to help", "Published results whose interval lies on the right side of zero.", Q(result="gain")
    ),
    _pilots(
        "overridden",
        "Decided otherwise than the rule",
        "Somebody overrode the computed verdict: a role, a reason and the dissent are on the record.",
        ~Q(overridden_by=None),
        "overridden_by",
        "pilot",
    ),
    _pilots(
        "idea-to-test",
        "Idea to test",
        "Pilots with a day for the idea and for the lock.",
        ~Q(idea_on=None),
        "locked_on",
    ),
    _pilots("test-to-decision", "Test to decision", "Locked and decided.", ~RUNNING, "decided_on"),
    _pilots("decision-to-use", "Decision to use", "Decided and in use.", ~RUNNING & ~Q(in_use_on=None), "in_use_on"),
)
BY_NAME = {one.show: one for one in LISTS}


def listed(show: str) -> Listed:
    """Return the list of this name. Raises MissingError where there is none."""
    if show not in BY_NAME:
        raise MissingError("there is no such list of the portfolio.", do="Choose one from the home page.")
    return BY_NAME[show]
