"""People who voted exactly alike, more of them than their opinions and chance explain."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from clew.deliberate.camps import CAMPS, Camps
from clew.deliberate.fingerprints import Fingerprints, fingerprints
from clew.deliberate.votes import Votes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FEW_STATEMENTS = 10
"""Votes on fewer statements than this are few: many people leave early, and alike."""

SMALLEST = 5
"""So many people with many votes alike, at least, are looked at."""

UNLIKELY = 0.001
"""What is likelier than this is nothing to look at, however few places were looked at."""

SMALLEST_ON_FEW = 8
"""So many people with few votes alike, at least, are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """People (`who`, places) who voted the same on the same statements (`what`, places), and by chance so many.

    p_value: the chance of as many or more. `only`: whether these are all the votes that they gave.
    """

    who: Ints
    what: Ints
    by_chance: float
    p_value: float
    only: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Classes:
    """Sets of people with one fingerprint each. `of` (P): which, -1 none; the rest one a set (K).

    `first`: a member. `size`: members. `rivals`: people with votes on the same statements, members included.
    """

    of: Ints
    first: Ints
    size: Ints
    rivals: Ints


def alike(votes: Votes, rough: Camps, among: Bools | None = None) -> list[Alike]:
    """Return the sets of people who voted exactly alike on all statements, or on those marked (S), with their chance.

    How many would vote like that by chance is the number of people who voted on the same statements, times the chance
    of those votes if people of one camp vote on each statement apart from the others; so statements on which nearly all
    agree make nobody a suspect. Who casts but one kind of vote throughout is expected as often as among the others.
    Where hardly anybody else voted, nothing is surprising.

    Expected numbers and chances are of a Poisson law, the limit of many people each unlikely to match.
    """
    prints = fingerprints(votes, among)
    classes = _classes(prints)
    if not len(classes.first):
        return []
    owner, statement, kind = _patterns(votes, classes, among)
    expected = _expected(rough, classes, (owner, statement, kind))
    expected += classes.rivals * _of_one_kind(votes, classes, (owner, kind))
    p_values = gammainc(classes.size, np.maximum(expected, 1e-300))
    people = np.split(np.argsort(classes.of, kind="stable")[(classes.of < 0).sum() :], np.cumsum(classes.size)[:-1])
    what = np.split(statement, np.cumsum(np.bincount(owner))[:-1])
    return [
        Alike(people[place], what[place], float(expected[place]), float(p_values[place]), among is None)
        for place in np.flatnonzero(p_values < UNLIKELY)
    ]


def _classes(prints: Fingerprints) -> _Classes:
    _, same, size = np.unique(prints.how, return_inverse=True, return_counts=True)
    _, rival, rivals = np.unique(prints.on_what, return_inverse=True, return_counts=True)
    enough = np.where(prints.number < FEW_STATEMENTS, SMALLEST_ON_FEW, SMALLEST)
    looked_at = (prints.number >= 2) & (size[same] >= enough)
    kept, first, of = np.unique(same[looked_at], return_index=True, return_inverse=True)
    people = np.flatnonzero(looked_at)
    all_of = np.full(len(same), -1, np.int64)
    all_of[people] = of
    return _Classes(all_of, people[first], size[kept], rivals[rival[people[first]]])


def _patterns(votes: Votes, classes: _Classes, among: Bools | None) -> tuple[Ints, Ints, Ints]:
    """The votes of one member of each set, end to end: which set, on what statement, of what kind."""
    owner, place = rows_of(votes, classes.first)
    inside = np.ones(len(place), np.bool_) if among is None else among[votes.statement[place]]
    place, owner = place[inside], owner[inside]
    return owner, votes.statement[place].astype(np.int64), votes.value[place].astype(np.int64) + 1


def rows_of(votes: Votes, who: Ints) -> tuple[Ints, Ints]:
    """Return the places of some people's votes, end to end, and as which of them each was cast."""
    lengths = votes.per_voter[who]
    owner = np.repeat(np.arange(len(lengths)), lengths)
    before = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return owner, votes.start[who][owner] + np.arange(len(owner)) - before


def _expected(rough: Camps, classes: _Classes, pattern: tuple[Ints, Ints, Ints]) -> Floats:
    """How many people would have cast each set's votes, by how people vote on each statement, over the camps (K).

    Members count among those who voted, as they would if they were like everybody; but not in how large each camp is,
    so that nobody's votes are usual merely because the same few people make up a camp.
    """
    owner, statement, kind = pattern
    members = _members(rough, classes)
    people = np.bincount(rough.camp, minlength=CAMPS) - members
    share = (people + 1) / (people + 1).sum(1, keepdims=True)
    logs = _log_shares(rough.counts[:, statement, kind].T, rough.counts.sum(2)[:, statement].T)
    sums = np.column_stack([np.bincount(owner, weights=column, minlength=len(share)) for column in logs.T])
    return np.asarray(classes.rivals * (share * np.exp(sums)).sum(1), np.float64)


def _log_shares(like: Ints, seen: Ints) -> Floats:
    """Logarithms of a camp's share of votes like the set's, drawn to that of all camps where it cast few."""
    overall = (like.sum(1, keepdims=True) + 2) / (seen.sum(1, keepdims=True) + 2)
    return np.asarray(np.log((like + 2 * overall) / (seen + 2)), np.float64)


def _members(rough: Camps, classes: _Classes) -> Ints:
    """Members of each set by camp (K × camps)."""
    inside = classes.of >= 0
    cell = classes.of[inside] * CAMPS + rough.camp[inside]
    return np.bincount(cell, minlength=len(classes.size) * CAMPS).reshape(-1, CAMPS)


def _of_one_kind(votes: Votes, classes: _Classes, pattern: tuple[Ints, Ints]) -> Floats:
    """The chance to cast nothing but this kind of vote, as often as people outside of the set do."""
    owner, kind = pattern
    tally = np.bincount(owner * 3 + kind, minlength=3 * len(classes.size)).reshape(-1, 3)
    single, whole = tally.max(1) == tally.sum(1), tally.argmax(1)
    many = votes.per_voter >= FEW_STATEMENTS
    before = np.column_stack([np.concatenate([[0], np.cumsum(votes.value == one)]) for one in (-1, 0, 1)])
    cast = before[votes.start[1:]] - before[votes.start[:-1]]
    throughout = np.array([int((many & (cast[:, one] == votes.per_voter)).sum()) for one in range(3)])
    own = np.where(many[classes.first], classes.size, 0)
    others = np.maximum(throughout[whole] - own, 0)
    return np.where(single, others / np.maximum(many.sum() - own, 1), 0.0)
