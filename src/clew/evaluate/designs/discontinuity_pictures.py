"""The pictures of a cut-off: the outcome along the running variable, how many rows lie where, and placebo cut-offs."""

import math
from collections.abc import Iterator
from itertools import count, takewhile

import numpy as np

from clew.evaluate.density_test import grid_step
from clew.evaluate.designs.discontinuity_data import Scores
from clew.evaluate.designs.discontinuity_jumps import Inference, towards_below
from clew.evaluate.discontinuity import Jump
from clew.evaluate.discontinuity_checks import Placebo
from clew.evaluate.finding import LookAt, Mark, Picture, Point, Series
from clew.evaluate.local_polynomial import Running
from clew.evaluate.looks import critical_value
from clew.evaluate.rows import Floats
from clew.pilot.protocol import Protocol

BINS = 20
"""Bins on each side."""

FEWEST_SHOWN = 10
"""A mark stands for no fewer rows than this, so that no single one can be read off."""

SHOWN = 2.0
"""How far from the cut-off the outcome is drawn, in bandwidths."""


def pictures(
    protocol: Protocol,
    scores: Scores,
    whole: Jump,
    placebos: tuple[Placebo, ...],
    people: tuple[Floats, Floats],
    look: LookAt,
) -> tuple[Picture, ...]:
    """Return the outcome and the rows along the running variable, and the jumps at placebo cut-offs.

    `people`: distinct running values minus the cut-off, and the rows of each.
    """
    return (_outcome(protocol, scores, whole), _density(protocol, *people), _placebos(protocol, whole, placebos, look))


def _outcome(protocol: Protocol, scores: Scores, whole: Jump) -> Picture:
    """Means of evenly wide bins with 95% intervals, and the two lines whose distance at the cut-off is the jump."""
    running, design, h = scores.running.variables(0), protocol.design, whole.bandwidths.h
    origin, cutoff = float(scores.origin[0]), protocol.design.cutoff
    reach = min(SHOWN * h, max(-float(running.x[0]), float(running.x[-1])))
    width = _bin_width(running.x, running.n, reach)
    dots = tuple(_binned(running, width, reach, (cutoff, origin)))
    lines = [
        Series(name, "line", (_on(line, start, cutoff, origin), _on(line, end, cutoff, origin)))
        for name, line, start, end in (
            ("line below", whole.lines[0, :, 0], -h, 0.0),
            ("line above", whole.lines[1, :, 0], 0.0, h),
        )
    ]
    below, above = (origin + float(whole.lines[place, 0, 0]) for place in (0, 1))
    name = protocol.outcome.name or protocol.outcome.column
    sentence = f"At the cut-off of {cutoff:g} the line of {name} steps from {below:.4g} to {above:.4g}."
    series = (Series("means", "points", dots), *lines)
    marks = (Mark(cutoff, "cut-off"),)
    title = f"{name[:1].upper()}{name[1:]} along {design.running}"
    return Picture("cut-off", title, sentence, design.running, name, series, marks)


def _on(line: Floats, x: float, cutoff: float, origin: float) -> Point:
    return Point(cutoff + x, origin + float(line[0] + line[1] * x))


def _bin_width(x: Floats, n: Floats, reach: float) -> float:
    """A twentieth of the reach, or as many whole steps of the values."""
    width, step = reach / BINS, grid_step(x, n)
    return width if step is None else step * math.ceil(width / step - 1e-9)


def _binned(running: Running, width: float, reach: float, origin: tuple[float, float]) -> Iterator[Point]:
    rows = running.where(np.abs(running.x) <= reach)
    places, bin_of = np.unique(np.floor(rows.x / width + 1e-9), return_inverse=True)
    n, total, square = (np.bincount(bin_of.ravel(), one) for one in (rows.n, rows.total[:, 0], rows.square[:, 0, 0]))
    for place, size, mean, squares in zip(
        places.tolist(), n.tolist(), (total / n).tolist(), square.tolist(), strict=True
    ):
        if size >= FEWEST_SHOWN:
            spread = max(squares - size * mean**2, 0.0) / (size - 1)
            margin = critical_value(0.05, size - 1) * math.sqrt(spread / size)
            y = origin[1] + mean
            yield Point(origin[0] + (place + 0.5) * width, y, y - margin, y + margin)


def _density(protocol: Protocol, x: Floats, n: Floats) -> Picture:
    """How many rows lie in each of evenly wide bins, none of which crosses the cut-off."""
    design, reach = protocol.design, max(-float(x[0]), float(x[-1]))
    width = _bin_width(x, n, reach)
    places, bin_of = np.unique(np.floor(x / width + 1e-9), return_inverse=True)
    counts = dict(zip(places.tolist(), np.bincount(bin_of.ravel(), n).tolist(), strict=True))
    below, above = (_rows(counts.get(place, 0.0)) for place in (-1.0, 0.0))
    sentence = f"Within {width:.3g} of the cut-off {below} lie below and {above} above."
    series = (
        Series("rows below", "step", _stairs(counts, -1, width, design.cutoff)),
        Series("rows above", "step", _stairs(counts, 1, width, design.cutoff)),
    )
    marks = (Mark(design.cutoff, "cut-off"),)
    return Picture(
        "density", f"Rows along {design.running}", sentence, design.running, "rows", series, marks, zero=True
    )


def _stairs(counts: dict[float, float], outward: int, width: float, cutoff: float) -> tuple[Point, ...]:
    """The bins of one side from the cut-off outward, as far as each holds enough rows to be shown; left to right."""
    shown = list(takewhile(lambda place: counts.get(place, 0.0) >= FEWEST_SHOWN, count(min(outward, 0), outward)))
    stairs = [Point(cutoff + place * width, counts[place]) for place in sorted(shown)]
    return (*stairs, Point(cutoff + (max(shown) + 1) * width, counts[max(shown)])) if shown else ()


def _rows(size: float) -> str:
    return f"fewer than {FEWEST_SHOWN} rows" if size < FEWEST_SHOWN else f"{int(size)} rows"


def _placebos(protocol: Protocol, whole: Jump, found: tuple[Placebo, ...], look: LookAt) -> Picture:
    """The jump at the cut-off among the jumps at places where nothing happens, all with robust intervals."""
    cutoff, design = protocol.design.cutoff, protocol.design
    turned = [(one.place, one.jump if design.treated_side == "above" else towards_below(one.jump)) for one in found]
    level = 1 - look.nominal_p
    beyond = sum(low > 0 or high < 0 for low, high in (Inference(one).interval(level) for _, one in turned))
    sentence = f"At {beyond} of {len(turned)} places where nothing happens the interval leaves out 0."
    series = (
        Series("placebo cut-offs", "points", tuple(_jump(cutoff + place, one, level) for place, one in turned)),
        Series("cut-off", "points", (_jump(cutoff, whole, level),)),
    )
    y_label = f"jump of {protocol.outcome.name or protocol.outcome.column}"
    marks = (Mark(cutoff, "cut-off"),)
    return Picture("placebo", "Jumps elsewhere", sentence, design.running, y_label, series, marks, zero=True)


def _jump(x: float, found: Jump, level: float) -> Point:
    low, high = Inference(found).interval(level)
    return Point(x, found.conventional, low, high)
