"""The groups of a Polis that ran all along: each update begins from the last, so groups hold on to what they were."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.conversation import Conversation
from clew.deliberate.polis.base_clusters import MOST_BASE_CLUSTERS, STEPS, BaseClusters
from clew.deliberate.polis.groups import best_number, grouped, numbers_of_groups, silhouettes_of
from clew.deliberate.polis.inclusion import admitted
from clew.deliberate.polis.k_means import first_distinct, k_means
from clew.deliberate.polis.so_far import SoFar, Standing
from clew.deliberate.polis.warm_start import begun_again
from clew.deliberate.votes import Votes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

IN_A_ROW = 4
"""Updates in a row that must ask for another number of groups before there is another."""

POLL_MS = 1000
"""How often Polis asks its database for new votes. Source: its configuration, `:poller {:votes {:polling-interval}}`
in math/src/polismath/components/config.clj, in milliseconds; an update follows whenever there are any."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What one update hands to the next.

    included (P): who was ever placed. base (P): the base cluster of each participant, -1 for none. tried: for each
    number of groups, the group of each base cluster. asked, times: the number of groups last asked for, and how often
    in a row. k: the number that stands.
    """

    included: NDArray[np.bool_]
    base: Ints
    tried: dict[int, Ints]
    asked: int = 0
    times: int = 0
    k: int = 0

    @property
    def group(self) -> Ints:
        """The group of each participant (P), -1 for none."""
        return np.where(self.base >= 0, self.tried[self.k][self.base], -1) if self.tried else self.base


@dataclass(frozen=True, slots=True, eq=False)
class Polled:
    """What one poll brings: places among the conversation's votes, what was voted, and the last moment of it all."""

    at: Ints
    value: Ints
    until_ms: int


def groups_over_time(
    conversation: Conversation, poll_ms: int = POLL_MS, advance: Callable[[], None] | None = None
) -> Ints:
    """Return the group of each participant (P, -1 for none) after the conversation has been run through.

    Each poll that finds new votes makes one update, by the votes' own times; votes that were cast anew later are seen,
    too. No export tells when moderators left a statement out: here, when the last vote on it has come. Nor does any
    tell when Polis was down or began anew. Votes without a time come in one poll, as if Polis were started cold.

    advance: called whenever another hundredth of the polls is done.
    """
    people = len(conversation.votes.voters)
    past = History(np.zeros(people, np.bool_), np.full(people, -1), {})
    so_far, ends, all_polls = SoFar(conversation), _ends(conversation), tuple(polls(conversation.votes, poll_ms))
    for done, poll in enumerate(all_polls):
        for at, value in zip(poll.at.tolist(), poll.value.tolist(), strict=True):
            so_far.take(at, value)
        past = updated(past, so_far.standing(ends <= poll.until_ms))
        if advance is not None and (done + 1) * 100 // len(all_polls) > done * 100 // len(all_polls):
            advance()
    return past.group


def polls(votes: Votes, poll_ms: int = POLL_MS) -> Iterator[Polled]:
    """Yield what each poll brings that finds any votes, by statement, then by person, then by time, as Polis reads."""
    at, value, when = np.arange(len(votes.value)), votes.value.astype(np.int64), votes.at_ms
    if when is None:
        yield Polled(at, value, 0)
        return
    if votes.former is not None:
        former = votes.former
        at, value, when = np.append(at, former.vote), np.append(value, former.value), np.append(when, former.at_ms)
    poll = when // poll_ms
    order = np.lexsort((when, votes.voter[at], votes.statement[at], poll))
    for part in np.split(order, np.flatnonzero(np.diff(poll[order])) + 1):
        if len(part):
            yield Polled(at[part], value[part], int(when[part].max()))


def _ends(conversation: Conversation) -> Ints:
    """From when on each statement is zeroed (S): left out, from its last vote; meta, all along; others never."""
    votes = conversation.votes
    last = np.zeros(len(votes.statements), np.int64)
    if votes.at_ms is not None:
        np.maximum.at(last, votes.statement, votes.at_ms)
    never = np.iinfo(np.int64).max
    meta = np.array([one.is_meta for one in conversation.statements], np.bool_)
    return np.where(meta, np.iinfo(np.int64).min, np.where(conversation.left_out, last, never))


def updated(past: History, now: Standing) -> History:
    """Return what one update makes of where people stand now, begun from the past."""
    ever = admitted(now.votes, now.columns, now.arrived, past.included)
    people = np.flatnonzero(ever)
    people = people[np.argsort(now.arrived[people])]
    if not len(people):
        return past
    base, former = _base(past, now.positions, people)
    tried = {k: _groups(past, base, former, k) for k in numbers_of_groups(base)}
    asked = best_number(silhouettes_of(base, tried))
    return _held(replace(past, included=ever, base=base.of, tried=tried), asked)


def _held(now: History, asked: int) -> History:
    """Let another number of groups stand only when it has been asked for several times in a row, or the old is gone."""
    times = now.times + 1 if asked == now.asked else 1
    k = now.k if times < IN_A_ROW and now.k in now.tried else asked
    return replace(now, asked=asked, times=times, k=k)


def _base(past: History, positions: Floats, people: Ints) -> tuple[BaseClusters, Ints]:
    """The base clusters, and which former base cluster each of them comes from (B, -1 for none)."""
    points, label = positions[people], past.base[people]
    if np.any(label >= 0):
        start, origin = begun_again(points, np.ones(len(points)), label, MOST_BASE_CLUSTERS)
    else:
        start = first_distinct(points, MOST_BASE_CLUSTERS)
        origin = np.full(len(start), -1)
    found = k_means(points, start, steps=STEPS)
    of = np.full(len(positions), -1)
    of[people] = found.label
    return BaseClusters(of, found.centres, np.bincount(found.label)), origin[found.origin]


def _groups(past: History, base: BaseClusters, former: Ints, k: int) -> Ints:
    """The group of each base cluster for one number of groups, begun from the last that was tried with that number."""
    if k not in past.tried:
        return grouped(base, first_distinct(base.centres, k))
    label = np.where(former >= 0, past.tried[k][former], -1)
    return grouped(base, begun_again(base.centres, base.size.astype(np.float64), label, k)[0])
