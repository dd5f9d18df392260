"""The search for patterns in votes, who is part of them, and what the map says without those people."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.alike import FEW_STATEMENTS, Alike, alike, rows_of
from clew.deliberate.bursts import Burst, arrivals, bursts, too_coarse, too_short
from clew.deliberate.camps import Camps, camps
from clew.deliberate.fingerprints import mixed
from clew.deliberate.integrity import Change, Difference, Integrity, Kind, Pattern
from clew.deliberate.votes import Votes

ERROR = 0.001
"""How often a conversation without any pattern may show one of a kind."""

BANDS = 4
"""Parts into which statements are dealt; whoever differs in up to three votes is still alike on one of them."""

FEWEST_IN_BAND = 6
"""Statements on which people must be alike in one part."""

MOST = 200
"""So many sets of people who voted alike are compared with each other, the least likely first."""

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def look_for_patterns(votes: Votes, error: float = ERROR) -> Integrity:
    """Return the patterns in the votes that chance and opinion do not explain.

    Three kinds: people who voted alike on many statements, whole or but for a few votes; people who voted on the same
    few statements only, and alike; people who arrived at once. Time grows with the number of votes. Not found are
    people who each vote on other statements than the rest of them, or who vote as nearly everybody does.
    """
    found = [_as_pattern(votes, one) for one in _merged(_sets_alike(votes, error), len(votes.voters))]
    found += [_of_burst(votes, one) for one in bursts(votes, error)]
    everybody = _agreement(votes.counts())
    told = [_with_agreement(votes, one, everybody) for one in found]
    told.sort(key=lambda one: (one.p_value, -one.people, one.kind, one.statements))
    return Integrity(len(votes.voters), error, tuple(told), notices=_notices(votes))


def _notices(votes: Votes) -> tuple[str, ...]:
    if votes.at_ms is None:
        return ("Votes carry no times, so it was not looked whether many arrived at once.",)
    moments, _ = arrivals(votes)
    if too_coarse(moments):
        return ("Times are told too coarsely to see whether many arrived at once.",)
    if too_short(moments):
        return ("All arrived within minutes, so there is no usual time to hold that against.",)
    return ()


def _sets_alike(votes: Votes, error: float) -> list[Alike]:
    """All sets of people alike, on all their votes or on one part of the statements; chances for all looks together."""
    rough = camps(votes)
    whole = alike(votes, rough)
    part = [one for among in _bands(rough) for one in alike(votes, rough, among) if len(one.what) >= FEWEST_IN_BAND]
    looks = (1 + BANDS) * len(votes.voters)
    sets = [replace(one, p_value=min(one.p_value * looks, 1.0)) for one in (*whole, *part)]
    return sorted((one for one in sets if one.p_value < error), key=lambda one: one.p_value)


def _bands(rough: Camps) -> list[Bools]:
    """Statements dealt evenly into parts as if at random, by their votes and not by their ids (but for equal ones)."""
    mixture = np.zeros(rough.counts.shape[1], np.uint64)
    for counts in (kind for camp in rough.counts for kind in camp.T):
        mixture = mixed(mixture + counts.astype(np.uint64))
    rank = np.empty(len(mixture), np.int64)
    rank[np.argsort(mixture, kind="stable")] = np.arange(len(mixture))
    return [rank % BANDS == part for part in range(BANDS)]


def _merged(sets: Sequence[Alike], people: int) -> list[Alike]:
    """The sets of which one holds half of the other or more as one."""
    kept: list[Alike] = []
    for one in sets[:MOST]:
        inside = np.zeros(people, np.bool_)
        inside[one.who] = True
        same = [each for each in kept if 2 * inside[each.who].sum() >= min(len(each.who), len(one.who))]
        kept = [each for each in kept if not any(each is other for other in same)]
        kept.append(_union([*same, one]))
    return kept + list(sets[MOST:])


def _union(sets: Sequence[Alike]) -> Alike:
    surest = min(sets, key=lambda one: one.p_value)
    return Alike(
        who=np.unique(np.concatenate([one.who for one in sets])),
        what=np.unique(np.concatenate([one.what for one in sets])),
        by_chance=surest.by_chance,
        p_value=surest.p_value,
        only=all(one.only for one in sets),
    )


def _as_pattern(votes: Votes, one: Alike) -> Pattern:
    few = one.only and len(one.what) < FEW_STATEMENTS
    kind = Kind.FEW_STATEMENTS if few else Kind.ALIKE
    ids = tuple(votes.statements[place] for place in one.what)
    return Pattern(kind, one.who, ids, *_came(votes, one.who), one.by_chance, one.p_value, 0.0, 0.0, left_out=True)


def _came(votes: Votes, who: Ints) -> tuple[int | None, int | None]:
    if votes.at_ms is None:
        return None, None
    owner, place = rows_of(votes, who)
    first = np.full(len(who), np.iinfo(np.int64).max)
    np.minimum.at(first, owner, votes.at_ms[place])
    return int(first.min()), int(first.max())


def _of_burst(votes: Votes, one: Burst) -> Pattern:
    when = one.from_ms, one.to_ms
    return Pattern(Kind.BURST, one.who, (), *when, one.by_chance, one.p_value, 0.0, 0.0, left_out=False)


def _with_agreement(votes: Votes, pattern: Pattern, everybody: float) -> Pattern:
    """The pattern with its agreement; a burst is left out if it halves the disagreement that is usual."""
    _, place = rows_of(votes, pattern.who)
    cells = votes.statement[place].astype(np.int64) * 3 + votes.value[place] + 1
    within = _agreement(np.bincount(cells, minlength=3 * len(votes.statements)).reshape(-1, 3))
    far_more_alike = 1 - within <= (1 - everybody) / 2
    left_out = pattern.left_out or far_more_alike
    return replace(pattern, agreement=within, elsewhere=everybody, left_out=left_out)


def _agreement(counts: Ints) -> float:
    """How often two people voted the same on a statement that both voted on; 1 where nobody can be compared."""
    seen = counts.sum(1)
    pairs = int((seen * (seen - 1)).sum())
    return float((counts * (counts - 1)).sum() / pairs) if pairs else 1.0


def suspects(integrity: Integrity) -> Bools:
    """Return who is part of a pattern that the map is drawn without as well (P).

    People who merely arrived together are not among them, unless they also vote far more alike than others do.
    """
    mask = np.zeros(integrity.participants, np.bool_)
    for one in integrity.patterns:
        if one.left_out:
            mask[one.who] = True
    return mask


def who_is_in(pattern: Pattern, votes: Votes) -> tuple[str, ...]:
    """Return the ids of those in a pattern: for a moderator who looks into it, never for publication."""
    return tuple(votes.voters[place] for place in pattern.who)


def beside(main: Floats, without: Floats, statements: Sequence[str], left_out: int, sure: float) -> Difference:
    """Return what changes without some people. main, without (S): each statement's probability of being common ground.

    sure: the probability from which a statement counts as common ground. nan, where it cannot be told, is passed over.
    """
    ok = np.isfinite(main) & np.isfinite(without)
    changes = [
        Change(name, float(main[place]), float(without[place])) for place, name in enumerate(statements) if ok[place]
    ]
    return Difference(
        left_out=left_out,
        became=tuple(one for one in changes if one.everybody < sure <= one.without),
        ceased=tuple(one for one in changes if one.without < sure <= one.everybody),
        largest=max(changes, key=lambda one: abs(one.everybody - one.without), default=None),
    )
