"""What is expected of a group's share on a statement before its own votes on it: partial pooling by empirical Bayes.

A group that voted thinly on a statement borrows from what the other groups said of it and from what the group itself
said of other statements; never from the very votes that it is to judge, so that nothing counts twice. Only how strongly
it borrows is found from all votes together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

Floats = NDArray[np.float64]

STRENGTHS: Floats = np.geomspace(1.0, 200.0, 16)
"""How many votes the expectation may count for. Alike throughout, it may stand for 200; contradicted, for one."""
AGAINST = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """A Beta prior for each group and statement: `mean` (G × S, between 0 and 1), `strength` (G) in votes."""

    mean: Floats
    strength: Floats


def expected(count: Floats, seen: Floats) -> Expected:
    """Return what is expected of each group's share on each statement (G × S), its own votes there left out.

    count: those who voted so; seen: all who voted, passes included (both G × S, not below 0). Statements are pooled
    towards the group's rate on its other statements as strongly as all statements are alike; each group then towards
    the others as strongly as it has voted like them. A group alone is pooled towards its own other statements.

    Source: beta-binomial empirical Bayes, Efron & Morris (1975), JASA 70; Casella (1985), The American Statistician 39.
    """
    all_count, all_seen = count.sum(0), seen.sum(0)
    overall = (all_count.sum() - all_count + 0.5) / (all_seen.sum() - all_seen + 1)
    own = (count.sum(1, keepdims=True) - count + overall) / (seen.sum(1, keepdims=True) - seen + 1)
    if len(count) > 1:
        alike = strength(all_count[None], all_seen[None], overall[None])
        mean = (all_count - count + alike * own) / (all_seen - seen + alike)
    else:
        mean = own
    return Expected(mean, strength(count, seen, mean))


def strength(count: Floats, seen: Floats, mean: Floats) -> Floats:
    """Return for how many votes the expectation counts in each row (R), given what was found there (R × S).

    The mean of its logarithm under the marginal beta-binomial likelihood, on `STRENGTHS`: the likeliest strength alone
    would be far too sure where rows are short. Beforehand, against two votes, every weight of the expectation between
    none and all is as probable as any other.

    Source: the uniform shrinkage prior, Christiansen & Morris (1997), JASA 92.
    """
    beforehand = np.log(STRENGTHS / (STRENGTHS + AGAINST) ** 2)
    each = beforehand[:, None] + np.array([_log_likelihood(count, seen, mean, one) for one in STRENGTHS])
    weight = np.exp(each - each.max(0))
    return np.asarray(np.exp(np.log(STRENGTHS) @ (weight / weight.sum(0))), np.float64)


def _log_likelihood(count: Floats, seen: Floats, mean: Floats, votes: float) -> Floats:
    a, b = votes * mean, votes * (1 - mean)
    return np.asarray((betaln(a + count, b + seen - count) - betaln(a, b)).sum(1), np.float64)
