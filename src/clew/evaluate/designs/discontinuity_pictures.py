"""The pictures of a cut-off: the outcome along the running variable, how many rows lie where, and placebo cut-offs."""

import math
from collections.abc import Iterator
from itertools import count, takewhile

import numpy as np

from clew.evaluate.density_test import grid_step
from clew.evaluate.designs.discontinuity_data import Scores, towards, values_at
from clew.evaluate.designs.discontinuity_jumps import Inference
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
    """Return the outcome and the rows along the running variable, and the jumps at placebo cut-offs, if any.

    `people`: distinct distances past the cut-off, and the rows of each.
    """
    elsewhere = (_placebos(protocol, whole, placebos, look),) if placebos else ()
    return (_outcome(protocol, scores, whole), _density(protocol, *people), *elsewhere)


def _outcome(protocol: Protocol, scores: Scores, whole: Jump) -> Picture:
    """Means of evenly wide bins with 95% intervals, and the two lines whose distance at the cut-off is the jump."""
    running, design, h = scores.running.variables(0), protocol.design, whole.bandwidths.h
    origin = float(scores.origin[0])
    reach = min(SHOWN * h, max(-float(running.x[0]), float(running.x[-1])))
    dots = _binned(protocol, running, reach, origin)
    ends = {"line, other side": (0, -h), "line, treated side": (1, h)}
    lines = (
        Series(name, "line", tuple(_on(protocol, whole.lines[side, :, 0], x, origin) for x in sorted((0.0, end))))
        for name, (side, end) in ends.items()
    )
    other, treated = (origin + float(whole.lines[side, 0, 0]) for side in (0, 1))
    name = protocol.outcome.name or protocol.outcome.column
    sentence = f"At the cut-off of {design.cutoff:g} the lines of {name} stand at {treated:.4g} on the treated side"
    sentence += f" and at {other:.4g} on the other"
    sentence += ", for rows in the middle of the baseline columns." if protocol.outcome.adjust_for else "."
    series = (Series("means", "points", tuple(sorted(dots, key=lambda dot: dot.x))), *lines)
    title, marks = f"{name[:1].upper()}{name[1:]} along {design.running}", (Mark(design.cutoff, "cut-off"),)
    return Picture("cut-off", title, sentence, design.running, name, series, marks)


def _on(protocol: Protocol, line: Floats, x: float, origin: float) -> Point:
    return Point(_at(protocol, x), origin + float(line[0] + line[1] * x))


def _at(protocol: Protocol, distance: float) -> float:
    return float(values_at(protocol, np.array(distance)))


def _bin_width(x: Floats, n: Floats, reach: float) -> float:
    """A twentieth of the reach, or as many whole steps of the values."""
    width, step = reach / BINS, grid_step(x, n)
    return width if step is None else step * math.ceil(width / step - 1e-9)


def _binned(protocol: Protocol, running: Running, reach: float, origin: float) -> Iterator[Point]:
    width = _bin_width(running.x, running.n, reach)
    rows = running.where(np.abs(running.x) <= reach)
    places, bin_of = np.unique(np.floor(rows.x / width + 1e-9), return_inverse=True)
    n, total, square = (np.bincount(bin_of.ravel(), one) for one in (rows.n, rows.total[:, 0], rows.square[:, 0, 0]))
    for place, size, mean, squares in zip(
        places.tolist(), n.tolist(), (total / n).tolist(), square.tolist(), strict=True
    ):
        if size >= FEWEST_SHOWN:
            spread = max(squares - size * mean**2, 0.0) / (size - 1)
            margin = critical_value(0.05, size - 1) * math.sqrt(spread / size)
            y = origin + mean
            yield Point(_at(protocol, (place + 0.5) * width), y, y - margin, y + margin)


def _density(protocol: Protocol, x: Floats, n: Floats) -> Picture:
    """How many rows lie in each of evenly wide bins, none of which crosses the cut-off."""
    design, width = protocol.design, _bin_width(x, n, max(-float(x[0]), float(x[-1])))
    places, bin_of = np.unique(np.floor(x / width + 1e-9), return_inverse=True)
    counts = dict(zip(places.tolist(), np.bincount(bin_of.ravel(), n).tolist(), strict=True))
    short, past = (_rows(counts.get(place, 0.0)) for place in (-1.0, 0.0))
    sentence = f"Within {width:.3g} of the cut-off {past} lie on the treated side and {short} on the other."
    series = (
        Series("other side", "step", _stairs(protocol, counts, -1, width)),
        Series("treated side", "step", _stairs(protocol, counts, 1, width)),
    )
    title, marks = f"Rows along {design.running}", (Mark(design.cutoff, "cut-off"),)
    return Picture("density", title, sentence, design.running, "rows", series, marks, zero=True)


def _stairs(protocol: Protocol, counts: dict[float, float], outward: int, width: float) -> tuple[Point, ...]:
    """The bins of one side from the cut-off outward, as far as each holds enough rows to be shown; left to right."""
    shown = list(takewhile(lambda place: counts.get(place, 0.0) >= FEWEST_SHOWN, count(min(outward, 0), outward)))
    starts = {_at(protocol, (place + (towards(protocol) < 0)) * width): counts[place] for place in shown}
    stairs = [Point(start, starts[start]) for start in sorted(starts)]
    return (*stairs, Point(stairs[-1].x + width, stairs[-1].y)) if stairs else ()


def _rows(size: float) -> str:
    return f"fewer than {FEWEST_SHOWN} rows" if size < FEWEST_SHOWN else f"{int(size)} rows"


def _placebos(protocol: Protocol, whole: Jump, found: tuple[Placebo, ...], look: LookAt) -> Picture:
    """The jump at the cut-off among the jumps at places where nothing happens, all with robust intervals."""
    design, level = protocol.design, 1 - look.nominal_p
    elsewhere = sorted((_jump(protocol, one.place, one.jump, level) for one in found), key=lambda point: point.x)
    beyond = sum((point.low or 0.0) > 0 or (point.high or 0.0) < 0 for point in elsewhere)
    sentence = f"At {beyond} of {len(elsewhere)} places where nothing happens the interval leaves out 0."
    series = (
        Series("placebo cut-offs", "points", tuple(elsewhere)),
        Series("cut-off", "points", (_jump(protocol, 0.0, whole, level),)),
    )
    y_label = f"jump of {protocol.outcome.name or protocol.outcome.column}"
    marks = (Mark(design.cutoff, "cut-off"),)
    return Picture("placebo", "Jumps elsewhere", sentence, design.running, y_label, series, marks, zero=True)


def _jump(protocol: Protocol, distance: float, found: Jump, level: float) -> Point:
    low, high = Inference(found).interval(level)
    return Point(_at(protocol, distance), found.conventional, low, high)
