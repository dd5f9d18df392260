"""A report with all that the record knows of its pilot: earlier looks, the rule tried out, an override, the gate."""

from collections.abc import Sequence
from typing import cast

from clew.gate.characteristics import Characteristics
from clew.gate.desk import Place, opened
from clew.gate.evaluation import Evaluation
from clew.gate.events import VerdictComputed
from clew.record.event import Recorded
from clew.report.known import Known, know
from clew.report.page import render_report
from clew.report.plots import LookPoint, look_point


def report_of(
    evaluation: Evaluation, record: Place | None = None, *, characteristics: Characteristics | None = None
) -> str:
    """Return the report of an evaluation; with a `record`, the earlier looks, the rule as tried out at the lock, an
    override of this look and what was said at the gate stand in it.

    `characteristics`: the same with its assumptions, where the caller has just computed it.
    """
    if record is None or evaluation.locked is None:
        return render_report(evaluation, characteristics=characteristics)
    pilot, look = evaluation.protocol.pilot, evaluation.finding.look.look
    history = before_next_look(tuple(opened(record).events(pilot.case)), pilot.id, look)
    return report_known(evaluation, know(history, pilot.id), characteristics=characteristics)


def before_next_look(history: Sequence[Recorded], pilot: str, look: int) -> tuple[Recorded, ...]:
    """Return a case's events up to the look after this one: what the report of a look may know."""
    later = (one.index for one in history if one.kind == VerdictComputed.kind and _is_after(one, pilot, look))
    end = next(later, None)
    return tuple(one for one in history if end is None or one.index < end)


def _is_after(one: Recorded, pilot: str, look: int) -> bool:
    return one.data["pilot"] == pilot and cast("int", one.data["look"]) > look


def report_known(evaluation: Evaluation, known: Known, *, characteristics: Characteristics | None = None) -> str:
    """Return the report of an evaluation with what is known of its pilot."""
    override = known.override_of(evaluation.finding.look.look)
    return render_report(
        evaluation,
        earlier=earlier_looks(known, evaluation.finding.look.look),
        characteristics=characteristics or known.lock.body.characteristics,
        decision=override.body if override else None,
        known=known,
    )


def earlier_looks(known: Known, before: int) -> tuple[LookPoint, ...]:
    """Return the looks before one, as points of the plot of looks."""
    return tuple(look_point(one.body, one.on) for one in known.looks if one.body.look < before)
