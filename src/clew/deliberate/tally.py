"""Votes counted by group and statement: what common ground is computed from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.votes import Votes

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Votes of each group on each statement (G × S each); `size` (G): its members, those who did not vote included.

    Whole numbers where votes count alike; sums of weights where they count by the chance of having been asked.
    """

    agree: Floats
    passed: Floats
    disagree: Floats
    size: NDArray[np.int64]

    @property
    def seen(self) -> Floats:
        """Votes of any kind (G × S)."""
        return self.agree + self.passed + self.disagree


def tally(votes: Votes, group: NDArray[np.integer], groups: int, *, weighted: bool = False) -> Tally:
    """Return the votes by group (P: the group of each participant, -1 for none) and statement.

    weighted: every vote counts by its weight, scaled so that the weights of a cell add up to its effective number of
    votes, (sum of weights)² / sum of squares (Kish 1965); plain counts where the votes carry no weights.
    """
    who = np.repeat(group, votes.per_voter)
    member = who >= 0
    statements = len(votes.statements)
    kinds = ((1 - votes.value[member].astype(np.int64)) * groups + who[member]) * statements + votes.statement[member]
    cells = 3 * groups * statements
    if not weighted or votes.weight is None:
        counts = np.bincount(kinds, minlength=cells).astype(np.float64).reshape(3, groups, statements)
    else:
        weight = votes.weight[member]
        sums = np.bincount(kinds, weights=weight, minlength=cells).reshape(3, groups, statements)
        squares = np.bincount(kinds, weights=weight**2, minlength=cells).reshape(3, groups, statements).sum(0)
        counts = sums * np.divide(sums.sum(0), squares, out=np.zeros_like(squares), where=squares > 0)
    size = np.bincount(group[group >= 0], minlength=groups)
    return Tally(counts[0], counts[1], counts[2], size)
