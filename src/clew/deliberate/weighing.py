"""Support of statements if those who took part had the population's shares, as far as that may be told."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.attributes import Attribute, Margin
from clew.deliberate.disclosure import FEWEST, Shown
from clew.deliberate.missing import AttributeGaps, RakedStatement, Weighing
from clew.deliberate.raking import Raked, rake, raked_support
from clew.deliberate.votes import Votes
from clew.tables.wording import listed

Ints = NDArray[np.int64]


def weigh(votes: Votes, pairs: Sequence[tuple[Attribute, Margin | None]], gaps: Sequence[AttributeGaps]) -> Weighing:
    """Return what support would be with raking weights over every attribute that has a margin and people enough.

    Values whose counts are hidden are weighed as one, where one of them is known to hold ten people and others are
    shown; an attribute where that is not so cannot be weighed by, and is named. Where the number of those who did not
    declare it is hidden, these few count with the hidden values, or else the weights would give it away.
    """
    known = [(one, margin, gap) for (one, margin), gap in zip(pairs, gaps, strict=True) if margin is not None]
    usable = [each for each in known if _enough_people(each[2])]
    left = [margin.attribute for _, margin, gap in known if not _enough_people(gap)]
    why = f"fewer than 10 people have a value of {listed(left)}: their weight would rest on them." if left else ""
    if not usable:
        return Weighing((), why)
    pooled = [_pooled(one, margin, gap) for one, margin, gap in usable]
    raked = rake([codes for codes, _ in pooled], [shares for _, shares in pooled])
    return _told(votes, tuple(margin.attribute for _, margin, _ in usable), raked, why)


def _enough_people(gap: AttributeGaps) -> bool:
    told = {one.told for one in gap.values}
    return told == {Shown.ITSELF} or {Shown.ITSELF, Shown.WITHHELD} <= told


def _pooled(attribute: Attribute, margin: Margin, gap: AttributeGaps) -> tuple[Ints, list[float]]:
    """Codes and shares with the hidden values as one, the last."""
    shown = [place for place, one in enumerate(gap.values) if one.told is Shown.ITSELF]
    last = np.full(len(gap.values) + 1, len(shown), np.int64)
    last[shown] = np.arange(len(shown))
    last[-1] = len(shown) if gap.of_all else -1
    shares = [margin.shares[place] for place in shown]
    rest = 1 - sum(shares)
    return last[attribute.code], [*shares, rest] if len(shown) < len(gap.values) else shares


def _told(votes: Votes, names: tuple[str, ...], raked: Raked, left: str) -> Weighing:
    if raked.weights is None:
        return Weighing(names, " ".join(filter(None, (raked.why, left))))
    return Weighing(
        attributes=names,
        why=left,
        design_effect=round(raked.design_effect or 0.0, 2),
        effective_people=round(raked.effective_people or 0.0),
        largest_weight=round(raked.largest or 0.0, 2),
        smallest_weight=round(raked.smallest or 0.0, 2),
        statements=_statements(votes, raked.weights),
    )


def _statements(votes: Votes, weights: NDArray[np.float64]) -> tuple[RakedStatement, ...]:
    """Support to the hundredth, where ten people agree and ten do not, or all are of one mind.

    With everybody's votes at hand, exact figures, or those of few people, would tell who has which weight.
    """
    found = raked_support(votes, weights)
    votes_each = np.round(found.effective_votes)
    columns = np.round(np.column_stack([found.counted, found.raked, found.lower, found.upper, votes_each]), 2)
    counts = votes.counts()
    seen, agree = counts.sum(1), counts[:, 0]
    many = (seen >= FEWEST) & ((np.minimum(agree, seen - agree) >= FEWEST) | (agree == seen) | (agree == 0))
    return tuple(RakedStatement(votes.statements[place], *columns[place].tolist()) for place in np.flatnonzero(many))
