"""Votes as they count: each participant's last vote on each statement, sparse, in an order that no file decides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.last_events import LastEvents, last_events

AGREE, PASS, DISAGREE = 1, 0, -1

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Former:
    """Votes that were cast anew later. vote (m): the place of the last vote on the same statement; value, at_ms (m)."""

    vote: Ints
    value: NDArray[np.int8]
    at_ms: Ints

    def where(self, keep: NDArray[np.bool_]) -> "Former":
        """Those whose last votes are marked (n), which close up."""
        some = keep[self.vote]
        return Former((np.cumsum(keep) - 1)[self.vote[some]], self.value[some], self.at_ms[some])


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """The last vote of each participant on each statement, by participant, then by statement.

    voters: P ids, statements: S ids; whole numbers by size first, then text by its characters, so that the order of
    rows in a file decides nothing. start (P + 1): the votes of participant p are those from start[p] to start[p + 1].
    statement (n), value (n): which statement, and 1 agree, 0 pass, -1 disagree. at_ms (n): when, in milliseconds since
    1970, or None. weight (n): the inverse of the chance with which the statement was shown, or None. events: vote rows
    read, former votes of the same people included. former: those former votes, where votes have times and some were
    cast anew; None once a vote was added to those read.
    """

    voters: tuple[str, ...]
    statements: tuple[str, ...]
    start: Ints
    statement: NDArray[np.int32]
    value: NDArray[np.int8]
    at_ms: Ints | None = None
    weight: NDArray[np.float64] | None = None
    events: int = 0
    former: Former | None = None

    @property
    def voter(self) -> NDArray[np.int32]:
        """The participant of each vote (n)."""
        return np.repeat(np.arange(len(self.voters), dtype=np.int32), np.diff(self.start))

    @property
    def per_voter(self) -> Ints:
        """How many statements each participant voted on (P)."""
        return np.diff(self.start)

    def counts(self) -> NDArray[np.int64]:
        """Agrees, passes and disagrees of each statement (S × 3)."""
        cells = self.statement.astype(np.int64) * 3 + (1 - self.value.astype(np.int64))
        return np.bincount(cells, minlength=3 * len(self.statements)).reshape(-1, 3)

    def of_statements(self, kept: NDArray[np.bool_]) -> "Votes":
        """The votes on the statements marked (S); a participant without a vote left stays, with none."""
        keep = kept[self.statement]
        place = np.cumsum(kept, dtype=np.int32) - 1
        some = self.where(keep)
        names = tuple(one for one, stays in zip(self.statements, kept, strict=True) if stays)
        return replace(some, statements=names, statement=place[some.statement])

    def of_voters(self, kept: NDArray[np.bool_]) -> "Votes":
        """The votes of the participants marked (P), who keep their order."""
        some = self.where(np.repeat(kept, self.per_voter))
        start = np.concatenate([[0], np.cumsum(self.per_voter[kept])])
        names = tuple(one for one, stays in zip(self.voters, kept, strict=True) if stays)
        return replace(some, voters=names, start=start)

    def where(self, keep: NDArray[np.bool_]) -> "Votes":
        """The votes marked (n)."""
        before = np.concatenate([[0], np.cumsum(keep)])
        return replace(
            self,
            start=before[self.start],
            statement=self.statement[keep],
            value=self.value[keep],
            at_ms=None if self.at_ms is None else self.at_ms[keep],
            weight=None if self.weight is None else self.weight[keep],
            former=None if self.former is None else self.former.where(keep),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """Votes of which the last ones count. rows (n): the event that each vote was, as a row of what was given.

    ties: how often one participant gave different votes on a statement at the same last moment.
    """

    votes: Votes
    rows: Ints
    ties: int


def votes_of(
    voters: Sequence[object],
    statements: Sequence[object],
    values: Sequence[int] | NDArray[np.integer],
    at_ms: Sequence[int] | Ints | None = None,
) -> Votes:
    """Return votes given as columns: who, on what, 1, 0 or -1, and when (without it the later row is the later vote).

    The last vote of a voter on a statement wins; of two at the same moment, the later row.
    """
    names, who = coded([str(one) for one in voters])
    titles, what = coded([str(one) for one in statements])
    when = None if at_ms is None else np.asarray(at_ms, np.int64)
    return last_votes(names, titles, who, what, np.asarray(values, np.int8), when)


def coded(ids: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    """Return the distinct ids in their order, and the place of each id given among them."""
    names = tuple(sorted(set(ids), key=id_order))
    places = {name: place for place, name in enumerate(names)}
    return names, np.fromiter((places[one] for one in ids), np.int64, len(ids))


def id_order(one: str) -> tuple[int, int, str]:
    """Return what ids are ordered by: whole numbers by size first, then text by its characters."""
    number = one.isascii() and one.isdigit()
    return (0, int(one), one) if number else (1, 0, one)


def last_votes(
    voters: tuple[str, ...],
    statements: tuple[str, ...],
    who: Ints,
    what: Ints,
    value: NDArray[np.int8],
    at_ms: Ints | None,
) -> Votes:
    """Return the last vote of each participant on each statement, of events given as places among the ids.

    who, what, value, at_ms (n each): a row an event, in the order of the file.
    """
    return settled(voters, statements, who, what, value, at_ms).votes


def settled(
    voters: tuple[str, ...],
    statements: tuple[str, ...],
    who: NDArray[np.integer],
    what: NDArray[np.integer],
    value: NDArray[np.int8],
    at_ms: Ints | None,
) -> Settled:
    """Return what `last_votes` returns, with the rows that count and how many of them stand beside their like."""
    wide = max(len(statements), 1)
    last = last_events(_cells(who, what, wide), at_ms, value)
    votes = Votes(
        voters=voters,
        statements=statements,
        start=np.concatenate([[0], np.cumsum(np.bincount(last.cell // wide, minlength=len(voters)))]),
        statement=(last.cell % wide).astype(np.int32),
        value=value[last.row],
        at_ms=None if at_ms is None else at_ms[last.row],
        events=len(who),
        former=None if at_ms is None else _former(last, who, what, wide, value, at_ms),
    )
    return Settled(votes, last.row, last.ties)


def _former(
    last: LastEvents,
    who: NDArray[np.integer],
    what: NDArray[np.integer],
    wide: int,
    value: NDArray[np.int8],
    at_ms: Ints,
) -> Former | None:
    """The events that do not count, in the order of the file; None where all do."""
    if len(last.row) == len(who):
        return None
    before = np.ones(len(who), np.bool_)
    before[last.row] = False
    vote = np.searchsorted(last.cell, _cells(who[before], what[before], wide))
    return Former(vote, value[before], at_ms[before])


def _cells(who: NDArray[np.integer], what: NDArray[np.integer], wide: int) -> Ints:
    cell = who.astype(np.int64)
    cell *= wide
    cell += what
    return cell
