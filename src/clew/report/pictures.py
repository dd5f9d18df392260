"""Any picture of a design as marks of a plot and rows of a table: series told apart by stroke and shape, never by
colour alone.

Across the plot, places are per cent of its width, so that text keeps its size; down it they are pixels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10

from clew.evaluate.finding import Picture, Point, Series
from clew.report.figures import MINUS, trimmed
from clew.report.plots import NEAR_LEFT, NEAR_RIGHT, Scale, Tick, scale_over, ticks

HEIGHT = 260
ROW = 22
GUTTER = 13.0
"""Per cent of the width that the numbers of the upright axis take."""

MOST_COLUMNS = 4
"""Up to so many series a table has a column each; beyond it a row each."""

MOST_LABELS = 8

LONGEST_NAME = 8


@dataclass(frozen=True, slots=True)
class Dot:
    """One point: `x` per cent, `y` pixels; `low`, `high` pixels where it has an interval."""

    x: str
    y: str
    low: str | None = None
    high: str | None = None


@dataclass(frozen=True, slots=True)
class Stroke:
    """One piece of a line, from one point to the next."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Layer:
    """One series as drawn: `look` is its class (s0, s1 …), `legend` pixels from the top where its name stands."""

    name: str
    look: str
    legend: int
    dots: tuple[Dot, ...] = ()
    strokes: tuple[Stroke, ...] = ()


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture as drawn, and the table that holds the same figures. `top`, `bottom`: pixels of the drawing's frame."""

    name: str
    title: str
    sentence: str
    x_label: str
    y_label: str
    top: int
    bottom: int
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    zero: str | None
    marks: tuple[Tick, ...]
    layers: tuple[Layer, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def points(self) -> int:
        """How many points and bars are drawn or joined."""
        return sum(len(layer.dots) or len(layer.strokes) for layer in self.layers)


def plot_of(picture: Picture) -> Plot:
    """Return where everything in a picture lies."""
    several = len(picture.series) > 1
    named = [place for place, one in enumerate(picture.series) if one.name and several]
    top = ROW * (len(named) + len(picture.marks)) + 14
    bottom, across, up = top + _height(picture), _across(picture), _up(picture)
    legend = {place: ROW * (turn + 1) - 6 for turn, place in enumerate(named)}
    head, rows = _table(picture)
    return Plot(
        name=picture.name,
        title=picture.title,
        sentence=picture.sentence,
        x_label=picture.x_label,
        y_label=picture.y_label,
        top=top,
        bottom=bottom,
        x_ticks=_x_ticks(picture, across),
        y_ticks=_y_ticks(picture, up, top, bottom),
        zero=_down(up, 0.0, top, bottom) if picture.zero else None,
        marks=tuple(_mark(across, mark.x, mark.label) for mark in picture.marks),
        layers=tuple(
            _layer(one, place, legend.get(place, 0), (across, up, top, bottom))
            for place, one in enumerate(picture.series)
        ),
        head=head,
        rows=rows,
    )


def _height(picture: Picture) -> int:
    """Pixels of the frame: more where many bars stand under each other."""
    return max(HEIGHT, 16 * sum(len(one.points) for one in picture.series if one.style == "bars"))


def _y_ticks(picture: Picture, up: Scale, top: int, bottom: int) -> tuple[Tick, ...]:
    bars = {point.y: point.label for one in picture.series if one.style == "bars" for point in one.points}
    if bars:
        return tuple(Tick(_down(up, y, top, bottom), _short(bars[y])) for y in sorted(bars))
    return tuple(Tick(_down(up, value, top, bottom), figure(value)) for value in ticks(up))


Frame = tuple[Scale, Scale, int, int]


def _short(label: str) -> str:
    """A name that fits left of the axis; the table holds it whole."""
    return label if len(label) <= LONGEST_NAME else f"{label[: LONGEST_NAME - 1]}…"


def _across(picture: Picture) -> Scale:
    bars = [end for one in picture.series if one.style == "bars" for p in one.points for end in (p.low, p.high)]
    points = [p.x for one in picture.series if one.style != "bars" for p in one.points]
    return scale_over([*points, *(end for end in bars if end is not None), *(mark.x for mark in picture.marks)])


def _up(picture: Picture) -> Scale:
    values = [v for one in picture.series for p in one.points for v in _heights(one, p)]
    return scale_over([*values, *([0.0] if picture.zero else [])])


def _heights(series: Series, point: Point) -> Iterator[float]:
    yield point.y
    if series.style != "bars":
        yield from (end for end in (point.low, point.high) if end is not None)


def _at(across: Scale, value: float) -> str:
    """Per cent of the width, right of the gutter."""
    return f"{GUTTER + (100 - GUTTER) * float(across.at(value)) / 100:.2f}"


def _down(up: Scale, value: float, top: int, bottom: int) -> str:
    """Pixels from the top."""
    inside = min(max(value, up.low), up.high)
    return f"{bottom - (bottom - top) * (inside - up.low) / (up.high - up.low):.1f}"


def _x_ticks(picture: Picture, across: Scale) -> tuple[Tick, ...]:
    labels = {p.x: p.label for one in picture.series if one.style != "bars" for p in one.points}
    if not labels or not all(labels.values()):
        return tuple(_tick(across, value, figure(value)) for value in ticks(across))
    step = -(-len(labels) // MOST_LABELS)
    return tuple(_tick(across, x, labels[x]) for x in sorted(labels)[::step])


def _tick(across: Scale, value: float, label: str) -> Tick:
    at = _at(across, value)
    anchor = "end" if float(at) > 94 else "middle"
    return Tick(at, label, anchor)


def _mark(across: Scale, value: float, label: str) -> Tick:
    at = _at(across, value)
    anchor = "start" if float(at) < NEAR_LEFT else "end" if float(at) > NEAR_RIGHT else "middle"
    return Tick(at, label, anchor)


def _layer(series: Series, place: int, legend: int, frame: Frame) -> Layer:
    look = f"s{min(place, 3)}"
    if series.style == "bars":
        return Layer(series.name, f"{look} bar", legend, strokes=tuple(_bars(series.points, frame)))
    if series.style == "points":
        return Layer(series.name, look, legend, dots=tuple(_dot(point, frame) for point in series.points))
    return Layer(series.name, look, legend, strokes=tuple(_strokes(series, frame)))


def _dot(point: Point, frame: Frame) -> Dot:
    across, up, top, bottom = frame
    low, high = (None if end is None else _down(up, end, top, bottom) for end in (point.low, point.high))
    return Dot(_at(across, point.x), _down(up, point.y, top, bottom), low, high)


def _strokes(series: Series, frame: Frame) -> Iterator[Stroke]:
    dots = [_dot(point, frame) for point in series.points]
    for one, other in pairwise(dots):
        if series.style == "step":
            yield Stroke(one.x, one.y, other.x, one.y)
            yield Stroke(other.x, one.y, other.x, other.y)
        else:
            yield Stroke(one.x, one.y, other.x, other.y)


def _bars(points: Sequence[Point], frame: Frame) -> Iterator[Stroke]:
    across, up, top, bottom = frame
    for point in points:
        y = _down(up, point.y, top, bottom)
        low = point.x if point.low is None else point.low
        yield Stroke(_at(across, low), y, _at(across, point.x if point.high is None else point.high), y)


def _table(picture: Picture) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The same figures as a head and rows."""
    if any(one.style == "bars" for one in picture.series):
        return ("", f"{picture.x_label}: from", "to"), tuple(_bar_rows(picture))
    if len(picture.series) > MOST_COLUMNS:
        return ("", picture.x_label, picture.y_label), tuple(_long_rows(picture))
    names = [one.name or picture.y_label for one in picture.series]
    return (picture.x_label, *names), tuple(_wide_rows(picture))


def _bar_rows(picture: Picture) -> Iterator[tuple[str, ...]]:
    for one in picture.series:
        for point in one.points:
            ends = (point.low, point.high)
            yield (point.label or one.name, *("–" if end is None else figure(end) for end in ends))


def _long_rows(picture: Picture) -> Iterator[tuple[str, ...]]:
    for one in picture.series:
        for point in one.points:
            yield one.name, point.label or figure(point.x), _cell(point)


def _wide_rows(picture: Picture) -> Iterator[tuple[str, ...]]:
    points = [p for one in picture.series for p in one.points]
    named = {p.x: p.label for p in points} | {p.x: p.label for p in points if p.label}
    columns = [{p.x: _cell(p) for p in one.points} for one in picture.series]
    for x in sorted(named):
        head = named[x] if all(named.values()) else f"{figure(x)} {named[x]}".strip()
        yield (head, *(column.get(x, "–") for column in columns))


def _cell(point: Point) -> str:
    if point.low is None or point.high is None:
        return figure(point.y)
    return f"{figure(point.y)} ({figure(point.low)} to {figure(point.high)})"


def figure(value: float) -> str:
    """Return a number with four significant digits, for an axis or a table."""
    if value == 0:
        return "0"
    if abs(value) < 1e-5:
        return f"{value:.2e}".replace("-", MINUS)
    return trimmed(round(value, max(0, 3 - floor(log10(abs(value))))))
