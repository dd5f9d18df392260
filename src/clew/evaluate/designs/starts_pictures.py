"""The pictures of units followed over time: differences by time since the start, and each cohort's path."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from clew.evaluate.finding import Mark, Picture, Point, Series
from clew.evaluate.panel import Flags, Panel
from clew.evaluate.rows import Floats
from clew.pilot.protocol import Protocol

MOST_LINES: Final = 6
"""More cohorts than this are drawn as groups of cohorts that start one after another."""

MOST_MARKS: Final = 6


def event_study(protocol: Protocol, times: Floats, bands: Floats, reference: float | None) -> Picture:
    """Differences by time since the start: `bands` (B, 3), estimate, low and high, NaN where nobody knows how it moves
    by chance. The reference, if any, is zero."""
    points = [_point(time, *band) for time, band in zip(times.tolist(), bands.tolist(), strict=True)]
    if reference is not None:
        points.append(Point(reference, 0.0, label="compared with this"))
    points.sort(key=lambda point: point.x)
    title = "Difference between treated and comparison, by time since the start"
    return Picture(
        name="event-study",
        title=title,
        sentence=_told(points),
        x_label="time since the start",
        y_label=outcome_name(protocol),
        series=(Series("difference", "points", tuple(points)),),
        marks=(Mark(0.0, "start"),),
        zero=True,
    )


def _point(time: float, value: float, low: float, high: float) -> Point:
    return Point(time, value) if np.isnan(low) else Point(time, value, low, high)


def _told(points: list[Point]) -> str:
    """How many differences are clear, before the start and from it on; a point without interval is not counted."""
    sure = [(each.x, each.low, each.high) for each in points if each.low is not None and each.high is not None]
    before = [not low <= 0 <= high for time, low, high in sure if time < 0]
    after = [not low <= 0 <= high for time, low, high in sure if time >= 0]
    return (
        f"{sum(before)} of {len(before)} periods before the start differ clearly from zero, and {sum(after)} of"
        f" {len(after)} from the start on; the bars hold for all of them together."
    )


def paths(protocol: Protocol, panel: Panel) -> Picture:
    """The mean of each cohort over time, and where each starts."""
    groups = list(_groups(panel))
    series = tuple(Series(name, "line", _line(panel, units)) for name, units in groups)
    never = int((panel.start == len(panel.periods)).sum())
    starts = sorted({start for start in panel.start.tolist() if 0 < start < len(panel.periods)})
    dates = f"at {len(starts)} dates" if len(starts) > 1 else "at one date"
    sentence = f"{len(panel.start) - never} units start {dates}" + (f"; {never} are never treated." if never else ".")
    marks = tuple(Mark(float(panel.times[start]), f"start {panel.periods[start]}") for start in starts)
    return Picture(
        name="paths",
        title="Means over time",
        sentence=sentence,
        x_label="period",
        y_label=outcome_name(protocol),
        series=series,
        marks=marks if len(marks) <= MOST_MARKS else (),
    )


def outcome_name(protocol: Protocol) -> str:
    """Return the outcome's name for an axis."""
    return protocol.outcome.name or protocol.outcome.column


def _groups(panel: Panel) -> Iterator[tuple[str, Flags]]:
    """Cohorts, or neighbouring ones together where they are many: in the order of starts, never treated last."""
    starts = sorted({start for start in panel.start.tolist() if start < len(panel.periods)})
    for part in np.array_split(np.array(starts), min(len(starts), MOST_LINES - 1)):
        units = np.isin(panel.start, part)
        first, last = panel.periods[part[0]], panel.periods[part[-1]]
        yield (f"start {first}" if len(part) == 1 else f"start {first} to {last}"), units
    never = panel.start == len(panel.periods)
    if never.any():
        yield "never treated", never


def _line(panel: Panel, units: Flags) -> tuple[Point, ...]:
    points = []
    for place, (time, label) in enumerate(zip(panel.times.tolist(), panel.periods, strict=True)):
        seen = units & (panel.n[:, place] > 0)
        if seen.any():
            mean = np.average(panel.outcome[seen, place], weights=panel.weight[seen, place])
            points.append(Point(time, float(mean), label=label))
    return tuple(points)
