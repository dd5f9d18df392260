"""Where the marks of a plot lie, in per cent of its width, so that text keeps its size on a telephone and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, isfinite, log10

from clew.evaluate.finding import EquityGroup
from clew.gate.evaluation import Evaluation
from clew.gate.events import VerdictComputed
from clew.report.figures import Units

LEFT, RIGHT = 3.0, 97.0
NEAR_LEFT, NEAR_RIGHT = 30.0, 70.0


@dataclass(frozen=True, slots=True)
class Scale:
    """A stretch of the outcome's units laid over the width of a plot."""

    low: float
    high: float

    def at(self, value: float) -> str:
        """Return where a value lies, in per cent of the width; what lies outside stops at the edge."""
        inside = min(max(value, self.low), self.high)
        return f"{LEFT + (RIGHT - LEFT) * (inside - self.low) / (self.high - self.low):.2f}"


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis; `anchor` is SVG's text-anchor, chosen so that no label leaves the plot."""

    at: str
    label: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class EffectPlot:
    """The estimate with its interval against the lines that matter. `better`: side of the improvement."""

    low: str
    point: str
    high: str
    ticks: tuple[Tick, ...]
    marks: tuple[Tick, ...]
    better: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One group's interval, or None where its figures are withheld."""

    low: str
    point: str
    high: str


@dataclass(frozen=True, slots=True)
class LookPoint:
    """One look: the estimate over its standard error (None: not taken yet), and what its size has to reach.

    `when`: a date or "month 6".
    """

    look: int
    statistic: float | None
    boundary: float
    verdict: str = ""
    when: str = ""

    @property
    def crossed(self) -> bool:
        """Whether the statistic reached the boundary, on either side."""
        return self.statistic is not None and abs(self.statistic) >= self.boundary


def look_point(verdict: VerdictComputed, on: date | None = None) -> LookPoint:
    """Return a recorded verdict as a point of the plot of looks."""
    error = float(verdict.std_error)
    statistic = float(verdict.estimate) / error if error > 0 else 0.0
    return LookPoint(verdict.look, statistic, float(verdict.boundary), verdict.verdict, on.isoformat() if on else "")


@dataclass(frozen=True, slots=True)
class LookRow:
    """A look as drawn: its dot, where it was taken, and both boundaries."""

    point: LookPoint
    at: str | None
    lower: str
    upper: str
    now: bool


@dataclass(frozen=True, slots=True)
class Knot:
    """One of the five verdicts on the thread; `here` is the one that was computed."""

    name: str
    at: str
    here: bool


THREAD = ("stop", "not yet", "extend", "adapt", "scale")


def knots(verdict: str) -> tuple[Knot, ...]:
    """Return the five verdicts along the thread, from stop to scale."""
    scale = Scale(-0.3, len(THREAD) - 0.7)
    return tuple(Knot(name, scale.at(place), name == verdict) for place, name in enumerate(THREAD))


def effect_plot(evaluation: Evaluation, units: Units) -> EffectPlot:
    """Return the geometry of the estimate against zero, the effect worth having and the bounds of the rule."""
    effect = evaluation.finding.effect
    lines = reference_lines(evaluation, units)
    ends = (end for end in effect.interval if isfinite(end))
    scale = scale_over([*ends, effect.estimate, *(value for value, _ in lines)])
    return EffectPlot(
        low=scale.at(effect.interval[0]),
        point=scale.at(effect.estimate),
        high=scale.at(effect.interval[1]),
        ticks=tuple(Tick(scale.at(value), units.size(value).removesuffix(units.effect_unit)) for value in ticks(scale)),
        marks=tuple(_mark(scale, value, label) for value, label in lines),
        better="right" if evaluation.protocol.outcome.sign > 0 else "left",
    )


def reference_lines(evaluation: Evaluation, units: Units) -> tuple[tuple[float, str], ...]:
    """Return the values that the estimate is read against, in the outcome's own direction, with their names."""
    protocol = evaluation.protocol
    sign = protocol.outcome.sign
    named = (
        (0.0, "no difference"),
        (protocol.outcome.worth_having, "worth having"),
        (protocol.scale.effect_lower_bound_above, "scale line"),
        (protocol.stop_effect_upper_bound_below, "stop line"),
    )
    found: dict[float, list[str]] = {}
    for value, name in named:
        if value is not None:
            found.setdefault(sign * value + 0.0, []).append(name)
    return tuple((value, " · ".join(_shown(value, names, units))) for value, names in found.items())


def _shown(value: float, names: list[str], units: Units) -> list[str]:
    first = names[0] if value == 0 else f"{units.number(value)} {names[0]}"
    return [first, *names[1:]]


def _mark(scale: Scale, value: float, label: str) -> Tick:
    at = scale.at(value)
    place = float(at)
    anchor = "start" if place < NEAR_LEFT else "end" if place > NEAR_RIGHT else "middle"
    return Tick(at, label, anchor)


def shown(group: EquityGroup) -> tuple[float, tuple[float, float]] | None:
    """Return a group's estimate and interval, or None where they are withheld or could not be computed."""
    if group.hidden or group.estimate is None or group.interval is None:
        return None
    return group.estimate, group.interval


def bars(groups: Sequence[EquityGroup]) -> tuple[Scale | None, tuple[Bar | None, ...]]:
    """Return one scale for all groups with zero in it, and each group's bar on it."""
    figures = [shown(group) for group in groups]
    ends = [end for figure in figures if figure is not None for end in figure[1]]
    if not ends:
        return None, tuple(None for _ in groups)
    scale = scale_over([0.0, *ends])
    return scale, tuple(figure and _bar(scale, *figure) for figure in figures)


def _bar(scale: Scale, estimate: float, interval: tuple[float, float]) -> Bar:
    return Bar(scale.at(interval[0]), scale.at(estimate), scale.at(interval[1]))


def look_rows(points: Sequence[LookPoint]) -> tuple[LookRow, ...]:
    """Return each look's dot and boundaries on one scale that is even on both sides of zero; the last taken is now."""
    furthest = max(max(abs(point.statistic or 0.0), point.boundary) for point in points) * 1.1
    scale = Scale(-furthest, furthest)
    now = next((point for point in reversed(points) if point.statistic is not None), None)
    return tuple(_look_row(scale, point, now=point == now) for point in points)


def _look_row(scale: Scale, point: LookPoint, *, now: bool) -> LookRow:
    at = None if point.statistic is None else scale.at(point.statistic)
    return LookRow(point, at, scale.at(-point.boundary), scale.at(point.boundary), now)


def scale_over(values: Sequence[float]) -> Scale:
    """Return a scale that holds all values with a little room on both sides."""
    low, high = min(values), max(values)
    room = 0.06 * (high - low) or 1.0
    return Scale(low - room, high + room)


def ticks(scale: Scale) -> tuple[float, ...]:
    """Return three to six round values within the scale, zero among them where it is inside."""
    step = _round_step((scale.high - scale.low) / 3)
    first, last = ceil(scale.low / step), floor(scale.high / step)
    return tuple(step * count for count in range(first, last + 1))


def _round_step(largest: float) -> float:
    """Return the largest of 1, 2, 2.5, 5 times a power of ten that is no larger than this."""
    size = 10.0 ** floor(log10(largest))
    return max(size * factor for factor in (1, 2, 2.5, 5) if size * factor <= largest or factor == 1)
