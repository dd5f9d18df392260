"""The pictures of one treated unit among others: its path beside the weighted donors', and its gap among theirs."""

import numpy as np

from clew.evaluate.designs.synthetic_data import Compared
from clew.evaluate.finding import Mark, Picture, Point, Series
from clew.evaluate.rows import Floats
from clew.pilot.protocol import Protocol


def paths(protocol: Protocol, found: Compared, other: Floats, effect: float) -> Picture:
    """Return the treated unit's outcomes and those of the weighted donors, `other` (T,)."""
    name = protocol.outcome.name or protocol.outcome.column
    before = float(np.sqrt(np.mean((found.path - other)[: found.start] ** 2)))
    sentence = (
        f"Before the start the two differ by {before:.3g} (root mean square); from then on"
        f" {protocol.design.treated_unit} lies {abs(effect):.3g} {'above' if effect > 0 else 'below'} on average."
    )
    series = (
        Series(protocol.design.treated_unit, "line", line(found, found.path)),
        Series("weighted donors", "line", line(found, other)),
    )
    return Picture("paths", "The treated unit and its stand-in", sentence, "period", name, series, (mark(found),))


def gaps(found: Compared, own: Floats, donors: Floats, *, scaled: bool) -> Picture:
    """Return the treated unit's gap (T,) among those of the donors (J, T), given the same start."""
    times = found.panel.times.tolist()
    ends = np.min(donors, axis=0), np.median(donors, axis=0), np.max(donors, axis=0)
    band = tuple(
        Point(time, float(middle), float(low), float(high), label)
        for time, low, middle, high, label in zip(times, *ends, found.panel.periods, strict=True)
    )
    beyond = int(np.count_nonzero((own > ends[2])[found.start :] | (own < ends[0])[found.start :]))
    how = ", each in units of its own misfit before" if scaled else ""
    sentence = (
        f"In {beyond} of {len(times) - found.start} periods from the start on the gap is wider than that of every donor"
        f" given the same start{how}."
    )
    series = (
        Series("treated", "line", line(found, own)),
        Series("donors: lowest, middle, highest", "points", band),
    )
    return Picture("gaps", "The gap among placebos", sentence, "period", "gap", series, (mark(found),), zero=True)


def line(found: Compared, values: Floats) -> tuple[Point, ...]:
    """Return one point a period."""
    labelled = zip(found.panel.times.tolist(), values.tolist(), found.panel.periods, strict=True)
    return tuple(Point(time, value, label=label) for time, value, label in labelled)


def mark(found: Compared) -> Mark:
    """Return the line at the start."""
    return Mark(float(found.panel.times[found.start]), f"start: {found.panel.periods[found.start]}")
