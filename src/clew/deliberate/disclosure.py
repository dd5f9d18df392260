"""Counts of people that may be shown: none under ten, and none that the others and their total would give away.

What is hidden stays hidden from somebody who knows these rules too: for whatever was hidden, several tables would have
been published in the same way. The tests try this by going through all tables.

Source: complementary suppression in Hundepool et al. (2012), Statistical Disclosure Control, Wiley, chapter 4;
the reader who knows the rules: Wong, Fu, Wang & Pei (2007), Minimality attack in privacy preserving data publishing,
VLDB.
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

FEWEST = 10
"""The fewest people of whom a count may be shown."""

Ints = NDArray[np.int64]


class Shown(StrEnum):
    """What is told of a count: itself, that it is below `FEWEST`, or nothing, as it would give another one away."""

    ITSELF = "shown"
    FEW = "fewer than 10"
    WITHHELD = "withheld"


def one_way(counts: Sequence[int]) -> tuple[Shown, ...]:
    """Return what may be told of counts whose sum is known, in the order in which they may be sacrificed.

    Where a count is below `FEWEST`, the next ones in order are withheld as well until all that is hidden adds up to
    more than `FEWEST - 1` for each: then the sum leaves open which of the small counts is what.
    """
    small = [count < FEWEST for count in counts]
    if not any(small):
        return (Shown.ITSELF,) * len(counts)
    hidden = np.array(small)
    for place in (place for place, few in enumerate(small) if not few):
        hidden[place] = True
        if _enough(np.asarray(counts), hidden):
            return tuple(_told(few=few, hidden=bool(gone)) for few, gone in zip(small, hidden, strict=True))
    return (Shown.WITHHELD,) * len(counts)


def _enough(counts: Ints, hidden: NDArray[np.bool_]) -> bool:
    return int(counts[hidden].sum()) > (FEWEST - 1) * int(hidden.sum())


def _told(*, few: bool, hidden: bool) -> Shown:
    if few:
        return Shown.FEW
    return Shown.WITHHELD if hidden else Shown.ITSELF


def parts_shown(parts: Sequence[int], wholes: Sequence[int], known: Sequence[bool]) -> tuple[bool, ...]:
    """Return which parts of known wholes may be shown, where the sums of the parts and of the wholes are known.

    parts: of each whole, such as those of an age who left early. known: whether the whole itself is shown. A part is
    hidden where it or what is left of its whole is below `FEWEST`. The part of the largest other whole is then hidden
    with them; where it leaves too little room for whatever they may be, all are.
    """
    part, whole, told = np.asarray(parts, np.int64), np.asarray(wholes, np.int64), np.asarray(known, np.bool_)
    few, little_left = part < FEWEST, whole - part < FEWEST
    hidden = few | little_left | ~told
    if not hidden.any():
        return (True,) * len(part)
    if hidden.all():
        return (False,) * len(part)
    beside = int(np.argmax(np.where(hidden, -1, whole)))
    always = whole < 2 * FEWEST
    lowest = np.where(told & little_left & ~always, whole - FEWEST + 1, 0)
    highest = np.where(told & (little_left | always), whole, FEWEST - 1)
    total = int(part[hidden].sum() + part[beside])
    room = total - highest[hidden].sum() >= FEWEST and total - lowest[hidden].sum() <= whole[beside] - FEWEST
    hidden[beside] = True
    return tuple(bool(shown) for shown in ~hidden & room)
