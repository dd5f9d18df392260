"""Where clusters begin that were there before: where their points are now, and new ones as far away as can be."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def begun_again(points: Floats, weights: Floats, label: Ints, k: int) -> tuple[Floats, Ints]:
    """Return the centres to begin from (at most k × 2, more where there were more), and which former cluster each is.

    points (n × 2), weights (n), label (n): the cluster that each point was in, -1 for none; where no point was in any,
    all begin as one. Each former cluster begins where its points are now; those in one place become one, named after
    the heaviest, of equals the last. While there are fewer than k, the point that is furthest from every centre, of
    several the last, leaves its cluster and begins a new one (-1), and the centre of those it left moves.
    """
    label = label if np.any(label >= 0) else np.zeros_like(label)
    centres, origin, label = _where_they_are(points, weights, label)
    if len(centres) >= k:
        return centres, origin
    away = _distances(points, centres)
    while away.shape[1] < k:
        nearest = away.min(axis=1)
        far = len(nearest) - 1 - int(nearest[::-1].argmax())
        if not nearest[far] > 0:
            break
        left, label[far] = label[far], away.shape[1]
        if left >= 0:
            of = label == left
            centres[left] = np.average(points[of], axis=0, weights=weights[of])
            away[:, left] = _distances(points, centres[left, None])[:, 0]
        centres = np.vstack([centres, points[far]])
        away = np.column_stack([away, _distances(points, points[far, None])])
    return centres, np.append(origin, np.full(len(centres) - len(origin), -1))


def _where_they_are(points: Floats, weights: Floats, label: Ints) -> tuple[Floats, Ints, Ints]:
    """The centres of former clusters now, each place once, in order of their names; those names, and labels anew."""
    inside = label >= 0
    names = np.flatnonzero(np.bincount(label[inside]))
    of = np.searchsorted(names, label[inside])
    mass = np.bincount(of, weights=weights[inside]).astype(np.float64)
    centres = np.column_stack([np.bincount(of, weights=(weights * axis)[inside]) / mass for axis in points.T])
    heaviest = _heaviest_in_place(centres, mass)
    kept = np.unique(heaviest)
    anew = label.copy()
    anew[inside] = np.searchsorted(kept, heaviest)[of]
    return centres[kept], names[kept], anew


def _heaviest_in_place(centres: Floats, mass: Floats) -> Ints:
    """For each cluster the heaviest of those that are in its place, where what came before counts as one."""
    places = [tuple(centre) for centre in centres.tolist()]
    if len(set(places)) == len(places):
        return np.arange(len(places))
    heaviest: dict[tuple[float, ...], int] = {}
    total = dict.fromkeys(places, 0.0)
    for cluster, place in enumerate(places):
        if mass[cluster] >= total[place]:
            heaviest[place] = cluster
        total[place] += mass[cluster]
    return np.array([heaviest[place] for place in places])


def _distances(points: Floats, centres: Floats) -> Floats:
    apart: Floats = np.hypot(*(points[:, None] - centres[None, :]).transpose(2, 0, 1))
    return apart
