"""A former map of the same conversation: where people stood, and what groups were called."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from clew.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Former:
    """place: where each voter stood; group: the name of his or her group. Who was not placed is absent."""

    place: Mapping[str, tuple[float, ...]]
    group: Mapping[str, str]


def read_former(path: Path) -> Former:
    """Return a former map from the JSON that `clew map --json` printed.

    Raises: InputError where it is not such a JSON.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        names = {one["id"]: str(one["name"]) for one in told["groups"]}
        place = {str(one): _where(where) for one, where in told["positions"].items()}
        group = {str(one): names[at] for one, at in told["assignments"].items() if at is not None}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "the former map cannot be read.", where=str(path), do="Bring the JSON that `clew map --json` printed."
        ) from error
    return Former(place, group)


def _where(told: Sequence[float]) -> tuple[float, ...]:
    """The place of one voter. Raises: ValueError where it is not two numbers."""
    x, y = map(float, told)
    if not isfinite(x) or not isfinite(y):
        raise ValueError(told)
    return x, y


def former_places(former: Former, voters: Sequence[str]) -> tuple[Floats, NDArray[np.bool_]]:
    """Return where each of the voters stood (P × e, zeros for the others), and who was on the former map (P)."""
    shared = np.array([one in former.place for one in voters], np.bool_)
    width = max((len(one) for one in former.place.values()), default=0)
    found = np.zeros((len(voters), width))
    for row in np.flatnonzero(shared).tolist():
        found[row] = former.place[voters[row]]
    return found, shared


def names_of_groups(group: NDArray[np.integer], k: int, voters: Sequence[str], former: Former | None) -> list[str]:
    """Return the groups' names: the former one where most of the members are the same people, else the next letter.

    group (P): -1 for none. Groups are matched so that as many people as possible keep the name of their group.
    """
    if former is None:
        return [letter(place) for place in range(k)]
    known = sorted(set(former.group.values()))
    shared = np.zeros((k, len(known)), np.int64)
    for voter, at in zip(voters, group, strict=True):
        if at >= 0 and voter in former.group:
            shared[at, known.index(former.group[voter])] += 1
    rows, columns = linear_sum_assignment(-shared)
    kept = {int(row): known[column] for row, column in zip(rows, columns, strict=True) if shared[row, column]}
    free = (one for one in map(letter, range(k + len(known))) if one not in known)
    return [kept[place] if place in kept else next(free) for place in range(k)]


def letter(place: int) -> str:
    """Return A, B, … Z, AA, AB, … for 0, 1, …

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    return (letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)
