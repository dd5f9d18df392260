"""Common ground: how sure it is that a statement is supported in every group, and who has reservations all the same.

A score that multiplies the groups' shares falls with the number of groups and knows no doubt. Here each statement gets
the probability that in every group at least the threshold agree. Passing is not agreeing: passes count among all who
voted. Below the least number of votes in some group nothing is claimed; what is lacking is told instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.group_shares import claims
from clew.deliberate.opinion_map import GroupVotes, NeedsVotes, StatementFinding
from clew.deliberate.policy import Policy
from clew.deliberate.pooling import Floats
from clew.deliberate.tally import Tally
from clew.deliberate.votes import id_order

MAJORITY = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class CommonGround:
    """What is known of each statement (S) in each group (G × S).

    probability (S): that in every group at least the threshold agree, the groups being judged apart. rejected (S): that
    in every group at least the threshold disagree. accepted (S): that in no group as many as half disagree. lower (S):
    the least lower bound of support, in the group `worst` (S). geometric_mean, product (S): of the groups' expected
    shares; of (agrees + 1) / (votes + 2), Polis' group-informed consensus. support, low, high (G × S): the expected
    share who agree, and its interval. supported (G × S): the probability that a group's support reaches the threshold.
    dissent (G × S): that the share of its members who disagree reaches the reserve; of members alone, for a reservation
    is held by people who are there. needs (G): the votes that it takes in each group. counts: plain votes, which are
    what is shown.
    """

    policy: Policy
    counts: Tally
    probability: Floats
    rejected: Floats
    accepted: Floats
    lower: Floats
    worst: NDArray[np.int64]
    geometric_mean: Floats
    product: Floats
    support: Floats
    low: Floats
    high: Floats
    supported: Floats
    dissent: Floats
    needs: NDArray[np.int64]

    @property
    def enough_votes(self) -> NDArray[np.bool_]:
        """Whether every group has voted on it often enough for anything to be said (S)."""
        return np.asarray((self.counts.seen >= self.needs[:, None]).all(0), np.bool_)

    @property
    def is_common(self) -> NDArray[np.bool_]:
        """Whether it is said to be common ground (S): enough votes, and sure."""
        return self.enough_votes & (self.probability >= self.policy.sure)

    @property
    def is_accepted(self) -> NDArray[np.bool_]:
        """Whether every group is said to accept it (S), fewer than half of each disagreeing: enough votes, and sure."""
        return self.enough_votes & (self.accepted >= self.policy.sure)

    def reservations(self, agreed: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which groups have reservations (G × S) on the statements `agreed` (S): credible dissent in them."""
        return agreed & (self.dissent >= self.policy.sure)


def find_common_ground(counts: Tally, policy: Policy, weighted: Tally | None = None) -> CommonGround:
    """Return what every group supports, and how sure that is.

    weighted: the votes by the inverse of the chance of having been asked, where that is known; what is concluded
    rests on them, what is shown and required are plain votes.

    Source: Small et al. (2021), Recerca 26 (group-informed consensus, which is given beside it); posteriors, see
    `pooling` and `group_shares`.
    """
    judged = counts if weighted is None else weighted
    members = judged.size.astype(np.float64)
    agree, disagree = (claims(count, judged.seen, members) for count in (judged.agree, judged.disagree))
    low, high = agree.interval(policy.level)
    supported = agree.at_least(policy.threshold)
    return CommonGround(
        policy=policy,
        counts=counts,
        probability=supported.prod(0),
        rejected=disagree.at_least(policy.threshold).prod(0),
        accepted=disagree.below(MAJORITY).prod(0),
        lower=low.min(0),
        worst=low.argmin(0),
        geometric_mean=np.exp(np.log(np.maximum(agree.mean, np.finfo(float).tiny)).mean(0)),
        product=((counts.agree + 1) / (counts.seen + 2)).prod(0),
        support=agree.mean,
        low=low,
        high=high,
        supported=supported,
        dissent=disagree.among_members(policy.reserve),
        needs=np.minimum(counts.size, policy.least_votes),
    )


def findings(ground: CommonGround, ids: Sequence[str], everybody: NDArray[np.int64]) -> tuple[StatementFinding, ...]:
    """Return each statement's finding, surest common ground first; those without enough votes come last.

    ids: the statements' ids (S), in the order of the columns. everybody: agrees, passes and disagrees of all who voted
    (S × 3), whoever is in no group included. Equals in hundredths, as they are shown, are ordered by lower bound, then
    by id.
    """
    rows = zip(ids, everybody.tolist(), strict=True)
    found = (_finding(ground, column, one, counts) for column, (one, counts) in enumerate(rows))
    return tuple(sorted(found, key=_place))


def _place(one: StatementFinding) -> tuple[bool, float, float, tuple[int, int, str]]:
    return not one.enough_votes, -round(one.common_ground, 2), -one.lower, id_order(one.id)


def _finding(ground: CommonGround, column: int, one: str, everybody: Sequence[int]) -> StatementFinding:
    agree, passed, disagree = everybody
    reserved = ground.reservations(ground.is_common | ground.is_accepted)[:, column]
    return StatementFinding(
        id=one,
        common_ground=float(ground.probability[column]),
        lower=float(ground.lower[column]),
        enough_votes=bool(ground.enough_votes[column]),
        agree=agree,
        disagree=disagree,
        passed=passed,
        by_group=tuple(_of_group(ground, group, column) for group in range(len(ground.counts.size))),
        worst_group=int(ground.worst[column]),
        geometric_mean=float(ground.geometric_mean[column]),
        product=float(ground.product[column]),
        reservations=tuple(np.flatnonzero(reserved).tolist()),
        accepted=float(ground.accepted[column]),
        rejected=float(ground.rejected[column]),
    )


def _of_group(ground: CommonGround, group: int, column: int) -> GroupVotes:
    return GroupVotes(
        group,
        int(ground.counts.agree[group, column]),
        int(ground.counts.disagree[group, column]),
        int(ground.counts.passed[group, column]),
        support=float(ground.support[group, column]),
        lower=float(ground.low[group, column]),
        upper=float(ground.high[group, column]),
    )


def needs_votes(ground: CommonGround, ids: Sequence[str]) -> tuple[NeedsVotes, ...]:
    """Return where votes are lacking, by group; within it the statements with the fewest votes first, then by id."""
    lacking = np.argwhere(ground.counts.seen < ground.needs[:, None])
    found = (
        NeedsVotes(int(group), ids[column], int(ground.counts.seen[group, column]), int(ground.needs[group]))
        for group, column in lacking
    )
    return tuple(sorted(found, key=lambda one: (one.group, one.has, id_order(one.id))))


def said_of(need: NeedsVotes, group: str) -> str:
    """Return in words what is lacking, `group` being its name.

    >>> said_of(NeedsVotes(1, "7", 3, 10), "B")
    'Not enough votes in group B: it has 3 and needs 7 more.'
    """
    return f"Not enough votes in group {group}: it has {need.has} and needs {need.needs - need.has} more."
