"""k-means from given centres with Polis' rule of when to stop, skipping distances that cannot matter."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STILL = 0.01
"""Centres that all move less than this, put in order, have come to rest."""

CHUNK = 256
"""Points whose distances from all centres are computed at once: with a hundred centres they stay in a core's cache."""

SLACK = 1e-9
"""How far apart, as a share of the distance, two distances must be to be told apart without computing them anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """label (n): the cluster of each point; centres (k × 2). Clusters without a point are dropped.

    origin (k): which of the centres that it all began from each cluster comes from.
    """

    label: Ints
    centres: Floats
    origin: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Bounds:
    """What is known of each point: its nearest centre, at most how far that is, at least how far any other is."""

    label: Ints
    upper: Floats
    lower: Floats


def first_distinct(points: Floats, count: int) -> Floats:
    """Return the first so many distinct points, or all where there are fewer."""
    found: dict[tuple[float, ...], None] = {}
    for point in points:
        found.setdefault(tuple(point.tolist()))
        if len(found) == count:
            break
    return np.array(list(found), np.float64).reshape(-1, points.shape[1])


def k_means(points: Floats, start: Floats, *, weights: Floats | None = None, steps: int) -> Clusters:
    """Return the clusters after at most so many steps from the centres given.

    points (n × 2), weights (n; all alike where not given). Every step gives each point to its nearest centre, of
    equally near ones the first, and moves each centre to the mean of its points.

    Source: Lloyd (1982); skipped distances: Hamerly (2010), Making k-means even faster.
    """
    weight = np.ones(len(points)) if weights is None else weights
    centres, known, origin = start, _nearest(points, start), np.arange(len(start))
    for step in range(1, steps + 1):
        held, mass = np.flatnonzero(np.bincount(known.label)), np.bincount(known.label, weights=weight)
        sums = [np.bincount(known.label, weights=weight * column) for column in points.T]
        moved = np.column_stack(sums)[held] / mass[held, None]
        at_rest = len(moved) == len(centres) and _at_rest(centres, moved)
        known, origin = _kept(known, held), origin[held]
        if at_rest or step == steps:
            return Clusters(known.label, moved, origin)
        known = _after(points, known, centres[held], moved)
        centres = moved
    return Clusters(known.label, centres, origin)


def _at_rest(before: Floats, after: Floats) -> bool:
    """Whether no centre moved far, the centres of both put in order: which one is which does not matter."""
    pairs = (centres[np.lexsort(centres.T[::-1])] for centres in (before, after))
    first, second = pairs
    return bool(np.all(np.hypot(*(first - second).T) < STILL))


def _kept(known: _Bounds, held: Ints) -> _Bounds:
    """What is known, clusters numbered anew without the empty ones."""
    place = np.zeros(int(held[-1]) + 1, np.int64)
    place[held] = np.arange(len(held))
    return replace(known, label=place[known.label])


def _after(points: Floats, known: _Bounds, before: Floats, after: Floats) -> _Bounds:
    """What is known once centres have moved: distances are computed only where the nearest may have changed."""
    moved = np.hypot(*(after - before).T)
    lower = known.lower - moved.max()
    upper, label = known.upper + moved[known.label], known.label.copy()
    least = np.maximum(lower, _halfway(after)[label])
    doubtful = np.flatnonzero(upper * (1 + SLACK) >= least)
    upper[doubtful] = _distance(points.take(doubtful, axis=0), after.take(label[doubtful], axis=0))
    doubtful = doubtful[upper[doubtful] * (1 + SLACK) >= least[doubtful]]
    anew = _nearest(points.take(doubtful, axis=0), after)
    label[doubtful], upper[doubtful], lower[doubtful] = anew.label, anew.upper, anew.lower
    return _Bounds(label, upper, lower)


def _distance(points: Floats, others: Floats) -> Floats:
    """How far each point is from the other one of its row (n)."""
    apart = points - others
    apart *= apart
    return np.sqrt(apart[:, 0] + apart[:, 1])


def _halfway(centres: Floats) -> Floats:
    """Half the distance from each centre to the next one: no other is nearer to a point that lies within."""
    apart = np.hypot(*(centres[:, None] - centres[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    halfway: Floats = apart.min(axis=1) / 2
    return halfway


def _nearest(points: Floats, centres: Floats) -> _Bounds:
    """The nearest centre of each point, its distance and that of the second nearest, some hundred points at a time."""
    label = np.zeros(len(points), np.int64)
    upper, lower = np.zeros(len(points)), np.full(len(points), np.inf)
    room = np.empty((2, CHUNK, len(centres)))
    for begin in range(0, len(points), CHUNK):
        part = slice(begin, begin + CHUNK)
        squares = _squares(points[part], centres, room)
        rows = np.arange(len(squares))
        label[part] = squares.argmin(axis=1)
        upper[part] = squares[rows, label[part]]
        squares[rows, label[part]] = np.inf
        lower[part] = squares[rows, squares.argmin(axis=1)]  # several times as fast as min(axis=1)
    return _Bounds(label, np.sqrt(upper), np.sqrt(lower))


def _squares(points: Floats, centres: Floats, room: Floats) -> Floats:
    """The squared distance of each point from each centre (n × k), in the room given (2 × n or more × k)."""
    x: Floats = room[0, : len(points)]
    y: Floats = room[1, : len(points)]
    np.subtract(points[:, :1], centres[:, 0], out=x)
    np.subtract(points[:, 1:], centres[:, 1], out=y)
    x *= x
    y *= y
    x += y
    return x
