"""The picture of an interrupted series: what came, what was fitted, and what would have come."""

from clew.evaluate.designs.series_data import Observed
from clew.evaluate.finding import Mark, Picture, Point, Series
from clew.evaluate.rows import Floats
from clew.pilot.protocol import Protocol


def course(protocol: Protocol, found: Observed, fitted: Floats, without: Floats) -> Picture:
    """Return the series with the fitted course and the earlier one carried on: (T,) each."""
    name = protocol.outcome.name or protocol.outcome.column
    later = slice(found.first, None)
    apart = float((fitted - without)[later].mean())
    sentence = (
        f"From {found.periods[found.first]} on, the fitted course lies {abs(apart):.3g}"
        f" {'above' if apart > 0 else 'below'} the earlier one carried on, on average."
    )
    series = [
        Series("observed", "points", _points(found, found.series.outcome)),
        Series("fitted", "line", _points(found, fitted)),
        Series("without the interruption", "line", _points(found, without)[later]),
    ]
    if found.series.control is not None:
        series.append(Series(protocol.design.control or "", "line", _points(found, found.series.control)))
    marks = tuple(Mark(float(found.times[start]), found.periods[start]) for start in found.series.starts)
    return Picture(
        "course", "The series and its earlier course carried on", sentence, "period", name, tuple(series), marks
    )


def _points(found: Observed, values: Floats) -> tuple[Point, ...]:
    labelled = zip(found.times.tolist(), values.tolist(), found.periods, strict=True)
    return tuple(Point(time, value, label=label) for time, value, label in labelled)
