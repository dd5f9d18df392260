"""Where a pilot stands between its looks: what is being computed, what comes next, what is late."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from clew.pilot.trial import looks_paid_for
from clew.report.figures import plural
from clew.report.known import Known
from clew.web.evaluate.models import LookRun
from clew.web.work.models import RUNNING, WAITING, Progress

GOING_ON = (WAITING, RUNNING)
IS_GOING_ON = f"""
    SELECT 1 FROM "{LookRun._meta.db_table}" JOIN "{Progress._meta.db_table}" ON progress_ptr_id = id
    WHERE pilot = %s AND state IN (%s, %s) LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a pilot stands: what is awaited `next`, and what is `late`, in a sentence each."""

    next: str
    late: str


def standing(told: Known, today: date) -> Standing:
    """Return where a pilot stands on a day."""
    return Standing(next_step(told), late(told, today))


def run_of(pilot: str) -> LookRun | None:
    """Return the look of a pilot that was asked for last and is not finished."""
    with connection.cursor() as cursor:  # not through the models: nearly always there is none, and every reader asks
        cursor.execute(IS_GOING_ON, [pilot, *GOING_ON])
        if cursor.fetchone() is None:
            return None
    return LookRun.objects.filter(pilot=pilot, state__in=GOING_ON).order_by("-asked_at").first()


def next_step(told: Known) -> str:
    """Return what a pilot waits for, in a sentence; empty where it is decided."""
    if told.is_decided:
        return ""
    taken = len(told.looks)
    if told.gate.standing in {None, "not yet", "extend"} and taken < looks_paid_for(told.registration.protocol):
        return f"Awaited: {_which(told, taken + 1)}. The rule will be held against the data then."
    missing = "; ".join(told.missing)
    return f"Awaited: the decision. Still missing for it: {missing}." if missing else "Awaited: the decision."


def _which(told: Known, look: int) -> str:
    planned = told.registration.protocol.looks.planned
    if look > planned:
        return f"extension {look - planned} of {told.registration.protocol.extend_times}"
    return f"look {look} of {plural(planned, 'planned look')}"


def late(told: Known, today: date) -> str:
    """Return how late the decision is, in a sentence; empty where it is taken, not due, or not dated."""
    due = told.registration.protocol.decision_by
    if due is None or told.is_decided or today <= due:
        return ""
    return f"The decision is {plural((today - due).days, 'day')} late: it was promised by {due.day} {due:%B %Y}."
