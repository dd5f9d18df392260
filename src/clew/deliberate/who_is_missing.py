"""From votes, groups and what people declared to who is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.attributes import Attribute, Margin, matched
from clew.deliberate.disclosure import Shown, one_way, parts_shown
from clew.deliberate.few_people import Told, few_people
from clew.deliberate.intervals import goodman
from clew.deliberate.missing import AttributeGaps, Evidence, Missing, ValueGap
from clew.deliberate.tally import tally
from clew.deliberate.votes import Votes
from clew.deliberate.weighing import weigh
from clew.tables.wording import quoted

HALF = 0.5
"""Who voted on less than this share of the statements that were open to them left early."""

NEEDS = 10
"""Votes of a group below which a statement has thin evidence in it."""

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def who_is_missing(
    votes: Votes, group: Ints, groups: int, attributes: Sequence[Attribute] = (), margins: Sequence[Margin] = ()
) -> Missing:
    """Return who is missing, with no count that is below ten people or gives such a count away.

    group (P): the group of each participant, -1 for those whom the map could not place.

    Raises: InputError where margins and attributes do not fit each other.
    """
    early, pairs = left_early(votes), matched(attributes, margins)
    gaps = tuple(_gaps(_Counts.of(one, group, groups, early), margin) for one, margin in pairs)
    return Missing(
        participants=len(votes.voters),
        not_placed=int((group < 0).sum()),
        left_early=int(early.sum()),
        attributes=gaps,
        weighing=weigh(votes, pairs, gaps) if margins else None,
        evidence=evidence(votes, group, groups),
        notices=tuple(
            f"In which groups there are few people of {quoted(one.name)} is not told: it would give counts away."
            for one in gaps
            if one.few is None
        ),
    )


def left_early(votes: Votes) -> Bools:
    """Return who voted on less than half of the statements that were open to them when they voted last (P).

    A statement is open from the first vote that anybody gave on it. Without times all are taken to have been open.
    """
    open_to_them = np.full(len(votes.voters), len(votes.statements), np.int64)
    if votes.at_ms is not None:
        first = np.full(len(votes.statements), np.iinfo(np.int64).max)
        np.minimum.at(first, votes.statement, votes.at_ms)
        last = np.full(len(votes.voters), np.iinfo(np.int64).min)
        np.maximum.at(last, votes.voter, votes.at_ms)
        open_to_them = np.searchsorted(np.sort(first), last, side="right")
    return votes.per_voter < HALF * open_to_them


def evidence(votes: Votes, group: Ints, groups: int) -> tuple[Evidence, ...]:
    """Return for each group how many statements it has not voted on, or hardly."""
    seen = tally(votes, group, groups).seen
    return tuple(
        Evidence(place, len(row), int((row == 0).sum()), int((row < NEEDS).sum()), NEEDS)
        for place, row in enumerate(seen)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Those who took part by value, those who did not declare last. `table`: by group, no group as last column."""

    attribute: Attribute
    table: Ints
    early: Ints

    @classmethod
    def of(cls, attribute: Attribute, group: Ints, groups: int, early: Bools) -> "_Counts":
        """The counts of one attribute."""
        rows = len(attribute.values) + 1
        row = np.where(attribute.code < 0, rows - 1, attribute.code)
        column = np.where(group < 0, groups, group)
        table = np.bincount(row * (groups + 1) + column, minlength=rows * (groups + 1)).reshape(rows, -1)
        return cls(attribute, table, np.bincount(row[early], minlength=rows))

    @property
    def people(self) -> Ints:
        """Those of each value, in any group or none."""
        return np.asarray(self.table.sum(1), np.int64)


def _gaps(counts: _Counts, margin: Margin | None) -> AttributeGaps:
    told = _told(counts.people, margin)
    known = [how is Shown.ITSELF for how in told]
    outside = _shown(counts.table[:, -1], counts.people, known)
    early = _shown(counts.early, counts.people, known)
    silent_hidden = not known[-1]
    shares, lower, upper = _shares(counts.people if silent_hidden else counts.people[:-1])
    values = tuple(
        ValueGap(
            value=value,
            told=told[row],
            people=int(counts.people[row]) if known[row] else None,
            share=float(shares[row]) if known[row] else None,
            lower=float(lower[row]) if known[row] else None,
            upper=float(upper[row]) if known[row] else None,
            population=None if margin is None else margin.shares[row],
            not_placed=outside[row],
            left_early=early[row],
        )
        for row, value in enumerate(counts.attribute.values)
    )
    few = _few(counts, told, outside)
    silent = int(counts.people[-1]) if known[-1] else None
    return AttributeGaps(counts.attribute.name, values, silent, silent_hidden, few)


def _told(people: Ints, margin: Margin | None) -> list[Shown]:
    """What may be told of each value and of those who did not declare; the population's small values go first."""
    values = len(people) - 1
    order = list(range(values)) if margin is None else sorted(range(values), key=lambda row: margin.shares[row])
    order += [values] if people[-1] else []
    told = [Shown.ITSELF] * len(people)
    for row, how in zip(order, one_way(people[order].tolist()), strict=True):
        told[row] = how
    return told


def _shown(parts: Ints, wholes: Ints, known: Sequence[bool]) -> list[int | None]:
    some = wholes > 0
    told = iter(parts_shown(parts[some].tolist(), wholes[some].tolist(), np.asarray(known)[some].tolist()))
    return [int(part) if any_ and next(told) else None for part, any_ in zip(parts, some, strict=True)]


def _shares(people: Ints) -> tuple[NDArray[np.float64], ...]:
    return (people / max(people.sum(), 1), *goodman(people))


def _few(counts: _Counts, told: Sequence[Shown], outside: Sequence[int | None]) -> tuple[tuple[str, int], ...] | None:
    """The values of which a group holds hardly anybody; nobody is asked about those who did not declare."""
    if counts.table.shape[1] < 3:
        return ()
    known = Told(
        tuple(told), counts.people, counts.table.sum(0), np.array([-1 if one is None else one for one in outside])
    )
    found = few_people(counts.table, known)
    if found is None:
        return None
    values = counts.attribute.values
    return tuple((values[row], group) for row, group in found if row < len(values))
