"""A report with all that the record knows of its pilot: earlier looks, the rule tried out, an override."""

from datetime import date

from clew.gate.characteristics import Characteristics
from clew.gate.desk import Place, load, looks_before, opened
from clew.gate.evaluation import Evaluation
from clew.gate.events import VerdictComputed
from clew.report.page import render_report
from clew.report.plots import LookPoint


def report_of(
    evaluation: Evaluation, record: Place | None = None, *, characteristics: Characteristics | None = None
) -> str:
    """Return the report of an evaluation; with a `record`, the earlier looks, the rule as tried out at the lock and an
    override of this look stand in it.

    `characteristics`: the same with its assumptions, where the caller has just computed it.
    """
    if record is None:
        return render_report(evaluation, characteristics=characteristics)
    pilot, look = evaluation.protocol.pilot, evaluation.finding.look.look
    known = load(opened(record), pilot.case, pilot.id)
    locked = known.registration.locked
    return render_report(
        evaluation,
        earlier=tuple(look_point(taken, day) for taken, day in looks_before(record, evaluation)),
        characteristics=characteristics or (locked.characteristics if locked else None),
        decision=next((one for one in reversed(known.gate.overrides) if one.look == look), None),
    )


def look_point(verdict: VerdictComputed, on: date) -> LookPoint:
    """Return a recorded verdict as a point of the plot of looks."""
    error = float(verdict.std_error)
    statistic = float(verdict.estimate) / error if error > 0 else 0.0
    return LookPoint(verdict.look, statistic, float(verdict.boundary), verdict.verdict, on.isoformat())
