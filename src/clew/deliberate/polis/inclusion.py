"""Who is placed in a group at all: whoever voted often enough, and the busiest where these are too few."""

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.polis.matrix import Matrix

ENOUGH_VOTES = 7
FEWEST = 15


def included(matrix: Matrix) -> NDArray[np.bool_]:
    """Return who takes part in the grouping of a Polis that is started cold (P); see `admitted`."""
    votes = matrix.votes
    return admitted(votes.per_voter, matrix.columns, matrix.arrived, np.zeros(len(votes.voters), np.bool_))


def admitted(
    votes: NDArray[np.int64], columns: int, arrived: NDArray[np.int64], before: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return who takes part in the grouping (P): at least 7 votes, or a vote on every column where there are fewer.

    votes, arrived (P): how many votes each cast, those on left-out columns among them, and the order of rows. before
    (P): who took part before, and so still does. Where all of them are fewer than 15, the busiest others fill up, the
    earlier first.
    """
    inside: NDArray[np.bool_] = before | (votes >= min(ENOUGH_VOTES, columns))
    inside &= votes > 0
    others = np.lexsort((arrived, -votes, inside))[: int(np.sum(~inside & (votes > 0)))]
    inside[others[: max(FEWEST - int(inside.sum()), 0)]] = True
    return inside
