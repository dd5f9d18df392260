"""The registered question whether the effect lasts, answered beside the effect: by period, in a screen and drawn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from clew.errors import InputError
from clew.evaluate.designs.method import Beside, Method, Sides
from clew.evaluate.equity import FEWEST_SHOWN, SMALL
from clew.evaluate.estimate import arms_layout
from clew.evaluate.finding import Alternative, Further, LookAt, Picture, Point, Screen, Series
from clew.evaluate.panel import in_time
from clew.evaluate.rows import Rows
from clew.evaluate.sustained import Course, Effect, Trend, lasting, trend
from clew.pilot.protocol import Protocol, Sustained

MOST_PERIODS: Final = 200
ENDED: Final = ("0", "false")
"""How a 0/1 column says that the extra support had ended."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look has to answer the question from."""

    protocol: Protocol
    method: Method
    rows: Rows
    sides: Sides
    at: LookAt

    def effect(self, column: str, label: str, time: float) -> Effect:
        """The effect among the rows of a period, or hidden where an arm has too few units there."""
        here = self.sides.tally.keys[column].where(label)
        n = self.sides.tally.n
        fewest = min(int(n[here & side].sum()) for side in (self.sides.treated, self.sides.comparison))
        if 0 < fewest < FEWEST_SHOWN:
            return Effect(label, time, None, why=SMALL)
        try:
            raw = self.method.in_group(self.protocol, self.rows, (column, label))
        except InputError as error:
            return Effect(label, time, None, why=error.problems[0].what)
        return Effect(label, time, raw.estimate, raw.std_error, raw.df, raw.interval(self.at))


def over_time(protocol: Protocol, method: Method, rows: Rows, sides: Sides, at: LookAt) -> Beside:
    """Return the effect by period and whether it lasts; nothing where the protocol does not ask.

    Raises: InputError for a column of more periods than can be looked at.
    """
    if protocol.sustained is None:
        return Beside()
    course = _course(_Look(protocol, method, rows, sides, at), protocol.sustained)
    said = _sentence(protocol, course)
    return Beside((_screen(protocol, course, said),), tuple(_further(course, at)), (_picture(protocol, course, said),))


def _course(look: _Look, asked: Sustained) -> Course:
    labels = look.sides.tally.keys[asked.period].labels
    if len(labels) > MOST_PERIODS:
        raise InputError(
            f"column {asked.period} has {len(labels)} periods; up to {MOST_PERIODS} can be looked at one by one.",
            where="[sustained] period",
            do="Name a column of quarters or years.",
        )
    order, times = in_time(labels)
    periods = [look.effect(asked.period, labels[i], float(time)) for i, time in zip(order, times, strict=True)]
    after = _after(look, asked.support, float(times[-1])) if asked.support else None
    return Course(tuple(periods), _trend(look, asked.period), after)


def _after(look: _Look, support: str, time: float) -> Effect:
    ended = [label for label in look.sides.tally.keys[support].labels if label in ENDED]
    if not ended:
        return Effect("after support", time, None, why="no row is from after the support ended")
    return replace(look.effect(support, ended[0], time), label="after support")


def _trend(look: _Look, period: str) -> Trend | None:
    """The trend of the plain difference; None where the headline is another (receiving), or it cannot be had."""
    design = look.protocol.design
    if design.estimator == "two-stage-least-squares":
        return None
    try:
        return trend(look.rows, arms_layout(look.protocol), design, period, look.at.nominal_p)
    except InputError:
        return None


def _sentence(protocol: Protocol, course: Course) -> str:
    """Whether it lasts, in one sentence with its figures."""
    said = {"sustained": "The effect is sustained", "fades": "The effect fades"}.get(
        lasting(course, protocol.outcome), "Whether the effect lasts cannot be told"
    )
    parts = []
    if course.known:
        first, last = course.known[0], course.known[-1]
        parts.append(f"{first.estimate:+.3g} in {first.label}, {last.estimate:+.3g}{_span(last)} in {last.label}")
    if course.trend is not None:
        low, high = course.trend.interval
        parts.append(f"changing by {course.trend.slope:+.3g} ({low:+.3g} to {high:+.3g}) a period")
    if course.after is not None:
        after = course.after
        told = after.why if after.estimate is None else f"{after.estimate:+.3g}{_span(after)}"
        parts.append(f"without the extra support: {told}")
    return f"{said}: {'; '.join(parts) or 'no period holds both arms'}."


def _span(effect: Effect) -> str:
    return f" ({effect.interval[0]:+.3g} to {effect.interval[1]:+.3g})" if effect.interval else ""


def _screen(protocol: Protocol, course: Course, said: str) -> Screen:
    """Ask, where the effect fades, what is to be scaled: an effect that will be gone?"""
    fades = lasting(course, protocol.outcome) == "fades"
    end = course.after if course.after is not None and course.after.interval else (course.known or (None,))[-1]
    instead = None
    if fades and end is not None and end.interval is not None:
        says = "if the effect stays what it was at the end" if end is not course.after else "without the extra support"
        instead = Alternative(says, end.estimate, end.interval)
    slope = None if course.trend is None else course.trend.slope
    why = f"Not sustained. {said} What would keep it up after the pilot?" if fades else said
    return Screen("sustained effect", flag=fades, statistic=slope, why=why, instead=instead)


def _further(course: Course, at: LookAt) -> Iterator[Further]:
    level = round(1 - at.nominal_p, 12)
    for one in (*course.periods, *([course.after] if course.after else [])):
        told = level if one.interval else None
        yield Further(one.label, one.estimate, one.std_error, one.interval, told, one.df, why=one.why, kind="period")
    if course.trend is None:
        yield Further("trend", None, why="fewer than two periods hold both arms, or too few clusters", kind="period")
        return
    line = course.trend
    why = f"change of the effect from one period to the next; the line runs from {line.first:+.3g} to {line.last:+.3g}"
    yield Further("trend", line.slope, line.std_error, line.interval, level, line.df, why=why, kind="period")
    if line.half_life is not None and line.interval[0] * line.interval[1] > 0:
        why = "periods until half of the effect at first is gone, if it goes on like this"
        yield Further("half-life", line.half_life, why=why, kind="period")


def _picture(protocol: Protocol, course: Course, said: str) -> Picture:
    outcome = protocol.outcome
    points = tuple(
        Point(one.time, one.estimate, one.interval and one.interval[0], one.interval and one.interval[1], one.label)
        for one in course.known
        if one.estimate is not None
    )
    series = [Series("effect", "points", points)]
    ends = [one.time for one in course.known]
    if course.trend is not None and ends:
        line = (Point(ends[0], course.trend.first), Point(ends[0] + course.trend.span, course.trend.last))
        series.append(Series("trend", "line", line))
    if ends:
        worth = outcome.sign * outcome.worth_having
        series.append(Series("worth having", "line", (Point(ends[0], worth), Point(ends[-1], worth))))
    period = protocol.sustained.period if protocol.sustained else "period"
    named = outcome.name or outcome.column
    return Picture(
        "effect by period", f"Effect by {period}", said, period, f"effect on {named}", tuple(series), zero=True
    )
