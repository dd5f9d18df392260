"""The pictures of a stepped wedge: who had started when, and how those who had compare with those who had not."""

import numpy as np

from clew.evaluate.cluster_periods import vertical
from clew.evaluate.designs.wedge_data import cluster_periods
from clew.evaluate.finding import Further, Picture, Point, Series
from clew.evaluate.panel import Flags, Panel
from clew.pilot.protocol import Protocol

MOST_BARS = 30
"""Up to this many clusters have a bar each; more share one for each start date."""


def pictures(protocol: Protocol, panel: Panel) -> tuple[Picture, ...]:
    """Return the schedule and the means by period."""
    return _schedule(panel), _means(protocol, panel)


def over_time(protocol: Protocol, further: tuple[Further, ...]) -> tuple[Picture, ...]:
    """Return the effect by periods since the start, with intervals, where the mixed model gives it for two or more."""
    points = tuple(
        Point(place, one.estimate, one.interval[0], one.interval[1], one.name)
        for place, one in enumerate((one for one in further if one.kind == "period"), 1)
        if one.estimate is not None and one.interval is not None
    )
    if len(points) < 2:
        return ()
    first, last = points[0].y, points[-1].y
    name = protocol.outcome.name or protocol.outcome.column
    sentence = (
        f"In the first period since the start the effect is {first:+.3g}, in the last {last:+.3g}; intervals of the"
        " mixed model, one by one."
    )
    series = (Series("effect", "points", points),)
    title = "Effect by periods since the start"
    return (Picture("since-start", title, sentence, "periods since the start", f"effect on {name}", series, zero=True),)


def _schedule(panel: Panel) -> Picture:
    """A bar a cluster, from its start to the end, in the order of starts."""
    edges = _edges(panel)
    bars = _bars(panel)
    before, after = [], []
    for place, (start, label) in enumerate(bars, 1):
        if start > 0:
            before.append(Point(float(edges[0]), place, float(edges[0]), float(edges[start]), label))
        if start < len(panel.periods):
            after.append(Point(float(edges[start]), place, float(edges[start]), float(edges[-1]), label))
    dates = len(set(panel.start[panel.start < len(panel.periods)].tolist()))
    never = int((panel.start == len(panel.periods)).sum())
    sentence = f"{len(panel.units)} clusters start at {dates} dates" + (f"; {never} never do." if never else ".")
    series = (Series("treated", "bars", tuple(after)), Series("not yet treated", "bars", tuple(before)))
    return Picture("schedule", "Who started when", sentence, "period", "cluster", series)


def _bars(panel: Panel) -> list[tuple[int, str]]:
    """Start and name of each bar, in the order of starts."""
    starts = panel.start.tolist()
    if len(starts) <= MOST_BARS:
        return sorted(zip(starts, panel.units, strict=True))
    return [(start, f"{starts.count(start)} clusters") for start in sorted(set(starts))]


def _edges(panel: Panel) -> np.ndarray:
    """Where each period begins on the axis, and where the last one ends: (T + 1,)."""
    steps = np.diff(panel.times)
    return np.append(panel.times, panel.times[-1] + float(np.median(steps))) - float(np.median(steps)) / 2


def _means(protocol: Protocol, panel: Panel) -> Picture:
    """A line for the clusters that have started, one for those that have not; each cluster counts alike."""
    found = vertical(cluster_periods(protocol, panel))
    treated = panel.treated
    series = (
        Series("treated", "line", _line(panel, treated)),
        Series("not yet treated", "line", _line(panel, ~treated)),
    )
    both = np.flatnonzero(found.share > 0)
    higher = int((found.difference[both] > 0).sum())
    sentence = (
        f"In {higher} of {len(both)} periods with both, clusters that had started are higher than those that had"
        f" not{' in the same block' if protocol.design.block else ''};"
        f" on the whole by {found.estimate:+.3g}."
    )
    name = protocol.outcome.name or protocol.outcome.column
    return Picture("means", "Means by period", sentence, "period", name, series)


def _line(panel: Panel, side: Flags) -> tuple[Point, ...]:
    points = []
    for place, (time, label) in enumerate(zip(panel.times.tolist(), panel.periods, strict=True)):
        own = panel.outcome[side[:, place], place]
        if (~np.isnan(own)).any():
            points.append(Point(time, float(np.nanmean(own)), label=label))
    return tuple(points)
