"""Who is placed in a group at all: whoever voted often enough, and the busiest where these are too few."""

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.polis.matrix import Matrix

ENOUGH_VOTES = 7
FEWEST = 15


def included(matrix: Matrix) -> NDArray[np.bool_]:
    """Return who takes part in the grouping (P): at least 7 votes, or a vote on every column where there are fewer.

    Votes on left-out columns count. Where fewer than 15 qualify, the busiest others fill up, the earlier first. A
    running Polis also keeps whoever qualified before; started cold, nobody has.
    """
    votes = matrix.votes
    enough: NDArray[np.bool_] = votes.per_voter >= min(ENOUGH_VOTES, matrix.columns)
    if enough.sum() < FEWEST:
        enough[np.lexsort((matrix.arrived, -votes.per_voter))[:FEWEST]] = True
    return enough & (votes.per_voter > 0)
