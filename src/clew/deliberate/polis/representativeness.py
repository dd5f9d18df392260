"""How far a group's votes on a statement stand out: shares, their tests, and the comparison with all other groups."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SIGNIFICANT = 1.2815515655446004
"""The standard normal quantile of 0.9: tests are one-sided at 90 %, with no correction for their number."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side, agree or disagree, by group and statement (G × S each).

    count: votes on that side; p: their share, (count + 1) / (votes + 2); p_test: z of p against one half; r: p as a
    multiple of the other groups' p; r_test: z of the difference from the other groups.
    """

    count: Floats
    p: Floats
    p_test: Floats
    r: Floats
    r_test: Floats

    @property
    def metric(self) -> Floats:
        """What statements are ranked by: the product of the four."""
        return self.r * self.r_test * self.p * self.p_test

    @property
    def significant(self) -> NDArray[np.bool_]:
        """Whether both tests are significant."""
        return (self.r_test > SIGNIFICANT) & (self.p_test > SIGNIFICANT)


def side_of(count: Floats, votes: Floats) -> Side:
    """Return the figures of one side; count and votes by group and statement (G × S), passes among the votes.

    Source: Polis, representativeness of statements (Small et al. 2021).
    """
    rest, votes_of_rest = count.sum(axis=0) - count, votes.sum(axis=0) - votes
    p = (count + 1) / (votes + 2)
    return Side(
        count=count,
        p=p,
        p_test=share_test(count, votes),
        r=p / ((rest + 1) / (votes_of_rest + 2)),
        r_test=difference_test(count, votes, rest, votes_of_rest),
    )


def share_test(count: Floats, votes: Floats) -> Floats:
    """Return z of a share against one half, one added to the count and to the votes."""
    return 2 * np.sqrt(votes + 1) * ((count + 1) / (votes + 1) - 0.5)


def difference_test(count: Floats, votes: Floats, others: Floats, votes_of_others: Floats) -> Floats:
    """Return z of the difference of two shares, one added to all four numbers; 0 where everybody is on that side."""
    n, m = votes + 1, votes_of_others + 1
    first, second = (count + 1) / n, (others + 1) / m
    pooled = (count + others + 2) / (n + m)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled), 0.0) * (1 / n + 1 / m))
    return np.divide(first - second, spread, out=np.zeros_like(first), where=spread > 0)
