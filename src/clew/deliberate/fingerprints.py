"""Numbers that are the same for two people if, and but for odds of one in 10¹⁹ only if, they voted the same."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.votes import Votes

Marks = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """Of each participant (P each): on what they voted, how they voted, and on how many statements."""

    on_what: Marks
    how: Marks
    number: NDArray[np.int64]


def fingerprints(votes: Votes, among: NDArray[np.bool_] | None = None) -> Fingerprints:
    """Return the fingerprints of everybody's votes on the statements marked (S), or on all.

    Source: sums of mixed numbers as hashes of sets; the mixing is SplitMix64 of Steele, Lea & Flood (2014), OOPSLA.
    """
    counted = np.ones(len(votes.statements), np.bool_) if among is None else among
    mixtures = mixed(np.arange(4 * len(counted), dtype=np.uint64)).reshape(-1, 4) * counted[:, None]
    how = mixtures.ravel()[4 * votes.statement + (votes.value + 1)]
    number = np.concatenate([[0], np.cumsum(counted[votes.statement])])
    return Fingerprints(
        on_what=_sums(mixtures[:, 3][votes.statement], votes),
        how=_sums(how, votes),
        number=number[votes.start[1:]] - number[votes.start[:-1]],
    )


def mixed(numbers: Marks) -> Marks:
    """Return numbers scattered over all 64 bits, the same for the same."""
    with np.errstate(over="ignore"):
        one = numbers + np.uint64(0x9E3779B97F4A7C15)
        one = (one ^ (one >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        one = (one ^ (one >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return one ^ (one >> np.uint64(31))


def _sums(amounts: Marks, votes: Votes) -> Marks:
    """Sums by participant, modulo 2⁶⁴."""
    with np.errstate(over="ignore"):
        total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(amounts, dtype=np.uint64)])
        return np.asarray(total[votes.start[1:]] - total[votes.start[:-1]], np.uint64)
