"""A map kept up with votes as they come: whoever voted is placed anew, and what the groups say is counted anew.

What statements mean along the axes, how many groups there are and where they lie, stays as it was when the whole was
last mapped. Votes are exactly those of all events together, and what is counted of groups is exact for the groups that
people are in. Beside a map made anew from the same votes, that of two thousand people or more and with as many groups
and axes, this holds, one spread of people along an axis being about 1: nobody stands further off than 0.05, or 0.15 who
cast the new votes; at most one person in two hundred is in another group, on its border; and no chance that something
is common ground differs by more than 0.1. The number of groups itself may differ where it was a close call. A whole map
now and then, say whenever votes have grown by a tenth, takes everything in.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace

import numpy as np

from clew.deliberate.factors import Factors, People
from clew.deliberate.fit import nobody_known, place
from clew.deliberate.mapped import Mapped, ground_of, members
from clew.deliberate.observations import observations_of
from clew.deliberate.positions import Positions, positions_of, principal_axes
from clew.deliberate.votes import Votes, id_order
from clew.errors import InputError


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote: 1 agree, 0 pass, -1 disagree. `at_ms`: when, in milliseconds since 1970, if the others tell it."""

    voter: str
    statement: str
    value: int
    at_ms: int = 0


def with_vote(found: Mapped, vote: Vote) -> Mapped:
    """Return the map after one more vote, which counts instead of a former one of the same person on the statement.

    Raises: InputError for a statement that is not on the map (map the whole anew then) or a value that is no vote.
    """
    _refuse(found, vote)
    before = found.conversation.votes
    row = bisect_left(before.voters, id_order(vote.voter), key=id_order)
    newcomer = row == len(before.voters) or before.voters[row] != vote.voter
    votes = _with_answer(_with_voter(before, row, vote.voter) if newcomer else before, row, vote)
    factors = _placed(_with_person(found.factors, row) if newcomer else found.factors, votes, row)
    positions = positions_of(factors, principal_axes(found.factors))
    group, membership = members(positions, found.grouping, votes.per_voter > 0)
    conversation = replace(found.conversation, votes=votes)
    return replace(
        found,
        conversation=conversation,
        factors=factors,
        positions=positions,
        shown=positions.turned(_turn(found.positions, found.shown)),
        group=group,
        membership=membership,
        ground=ground_of(conversation, group, membership.shape[1], found.policy),
    )


def _refuse(found: Mapped, vote: Vote) -> None:
    if vote.value not in {1, 0, -1}:
        raise InputError(f"{vote.value} is no vote.", where="value", do="Give 1 (agree), 0 (pass) or -1 (disagree).")
    if vote.statement not in found.conversation.votes.statements:
        raise InputError(
            f"statement {vote.statement} is not on the map.", where="statement", do="Map the whole conversation anew."
        )


def _with_voter(votes: Votes, row: int, voter: str) -> Votes:
    return replace(
        votes,
        voters=(*votes.voters[:row], voter, *votes.voters[row:]),
        start=np.insert(votes.start, row, votes.start[row]),
    )


def _with_answer(votes: Votes, row: int, vote: Vote) -> Votes:
    column = votes.statements.index(vote.statement)
    first, last = votes.start[row], votes.start[row + 1]
    at = first + int(np.searchsorted(votes.statement[first:last], column))
    if at < last and votes.statement[at] == column:
        value, when = votes.value.copy(), None if votes.at_ms is None else votes.at_ms.copy()
        value[at] = vote.value
        if when is not None:
            when[at] = vote.at_ms
        return replace(votes, value=value, at_ms=when, events=votes.events + 1, former=None)
    later = np.arange(len(votes.start)) > row
    return replace(
        votes,
        start=votes.start + later,
        statement=np.insert(votes.statement, at, column),
        value=np.insert(votes.value, at, vote.value),
        at_ms=None if votes.at_ms is None else np.insert(votes.at_ms, at, vote.at_ms),
        weight=None if votes.weight is None else np.insert(votes.weight, at, 1.0),
        events=votes.events + 1,
        former=None,
    )


def _with_person(factors: Factors, row: int) -> Factors:
    """The model with one more participant, of whom nothing is known yet."""
    one = nobody_known(1, factors.dimensions, factors.prior)
    people = factors.people
    mean, covariance = (
        np.insert(old, row, new[0], axis=0)
        for old, new in ((people.mean, one.mean), (people.covariance, one.covariance))
    )
    return replace(factors, people=People(mean, covariance))


def _placed(factors: Factors, votes: Votes, row: int) -> Factors:
    """The model with one participant placed anew by all his or her votes."""
    only = np.arange(len(votes.voters)) == row
    alone = replace(factors, people=People(factors.people.mean[only], factors.people.covariance[only]))
    again = place(observations_of(votes.of_voters(only)), alone).people
    mean, covariance = factors.people.mean.copy(), factors.people.covariance.copy()
    mean[row], covariance[row] = again.mean[0], again.covariance[0]
    return replace(factors, people=People(mean, covariance))


def _turn(positions: Positions, shown: Positions) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """How the axes that are shown are turned against those by which people were placed (d × d)."""
    if positions is shown:
        return np.eye(positions.place.shape[1])
    return np.asarray(np.linalg.lstsq(positions.place, shown.place, rcond=None)[0], np.float64)
