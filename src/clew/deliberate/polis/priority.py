"""How often Polis asks about a statement: how extreme and how agreed with it is, and how few votes it has."""

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.tally import Tally

Floats = NDArray[np.float64]

META_PRIORITY = 49.0
"""A fixed 7² for statements about the participants or the talk itself."""


def group_informed_consensus(tally: Tally) -> Floats:
    """Return the product over groups of (agrees + 1) / (votes + 2), for each statement (S).

    It knows agreement alone, weighs a group of three like one of three hundred, and falls as groups are added.

    Source: Small et al. (2021), group-informed consensus.
    """
    found: Floats = np.prod((tally.agree + 1) / (tally.seen + 2), axis=0)
    return found


def priority(tally: Tally, extremity: Floats, meta: NDArray[np.bool_]) -> Floats:
    """Return how strongly each statement is drawn (S), from the votes of those in groups.

    (importance · (1 + 8 · 2^(-votes / 5)))², importance = (1 - passing) · (extremity + 1) · agreeing, where passing and
    agreeing are shares with one added to the count and two to the votes. Chances are in proportion.
    """
    votes = tally.seen.sum(axis=0)
    agreeing, passing = ((one.sum(axis=0) + 1) / (votes + 2) for one in (tally.agree, tally.passed))
    importance = (1 - passing) * (extremity + 1) * agreeing
    return np.where(meta, META_PRIORITY, (importance * (1 + 8 * 2 ** (-votes / 5))) ** 2)
