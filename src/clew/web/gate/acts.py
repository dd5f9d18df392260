"""What can be done with a pilot, while it runs and at the gate: addresses, who may, and what each waits for."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from clew.case.duties import ACTS, may
from clew.report.known import Known
from clew.web.govern.models import Account

Waits = Callable[[Known], str]


@dataclass(frozen=True, slots=True)
class PilotAct:
    """One act on a pilot. `slug`: names its address. `act`: its key in `clew.case.duties.ACTS`.

    `waits`: what must be there first, in a sentence; empty where nothing is missing. `leads`: it brings the pilot on.
    """

    slug: str
    act: str
    label: str
    waits: Waits
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """An act as a page offers it to somebody: `address` where they may do it now, else `why` not; and `who` may."""

    label: str
    who: str
    address: str = ""
    why: str = ""
    leads: bool = False


def _nothing(told: Known) -> str:
    return "The pilot is decided." if told.is_decided else ""


def _a_verdict(told: Known) -> str:
    return "No look has been taken yet." if told.latest is None else _nothing(told)


def _a_question(told: Known) -> str:
    return _a_verdict(told) or (
        "" if told.latest and told.latest.body.screens else "No check of the data asks anything."
    )


def _all_there(told: Known) -> str:
    missing = "; ".join(told.missing)
    return _a_verdict(told) or (f"Still missing: {missing}." if missing else "")


GATE_ACTS = (
    PilotAct("adapt", "adapt", "Put an adaptation on the record", _nothing),
    PilotAct("round", "close a round", "Close a round: what it taught", _nothing),
    PilotAct("answer", "answer a screen", "Answer a check of the data", _a_question),
    PilotAct("hear", "hear the public", "Note what the public said", _nothing),
    PilotAct("review", "review", "Sign an independent review", _a_verdict, leads=True),
    PilotAct("override", "override", "Override the verdict in public", _a_verdict),
    PilotAct("decide", "decide", "Take the decision", _all_there, leads=True),
)
ELSEWHERE = (
    PilotAct("pilot-data", "bring data", "Bring data and take a look", _nothing, leads=True),
    PilotAct("pilot-amend", "amend", "Amend the promise", _nothing),
)
"""What is done to a pilot in other rooms; `slug` is the name of its address there."""


def offered(told: Known, account: Account | None) -> tuple[Offered, ...]:
    """Return every act as a page offers it to an account, None where nobody is signed in."""
    return tuple(_offered(one, told, account) for one in (*ELSEWHERE, *GATE_ACTS))


def _offered(one: PilotAct, told: Known, account: Account | None) -> Offered:
    who, why = who_may(told, one.act), one.waits(told)
    allowed = account is not None and may(told.case, account.office, one.act)
    address = (
        reverse(one.slug if one in ELSEWHERE else f"gate-{one.slug}", args=[told.pilot]) if allowed and not why else ""
    )
    return Offered(one.label, who, address, why, one.leads)


def who_may(told: Known, act: str) -> str:
    """Return who may do an act in a pilot's case, as "the owner (director of care)"."""
    parts = [f"the {duty} ({told.case.holder(duty) or 'nobody yet'})" for duty in ACTS[act]]
    return " or ".join(parts)
