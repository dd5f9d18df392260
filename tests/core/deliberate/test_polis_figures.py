"""Polis' figures by group and statement, worked out one by one, and its rules of which statements to choose."""

from math import sqrt

import numpy as np
import pytest

from clew.deliberate.polis.priority import group_informed_consensus, priority
from clew.deliberate.polis.representativeness import difference_test, share_test, side_of
from clew.deliberate.polis.selection import Candidates, majority, representative
from clew.deliberate.tally import Tally

GROUP = np.array([[0, 3, 10, 40], [5, 9, 10, 2]])
VOTES = np.array([[0, 10, 10, 41], [7, 9, 12, 30]])


def table(rows: list[list[int]]) -> np.ndarray:
    return np.array(rows, np.float64)


def a_tally(agree: list[list[int]], passed: list[list[int]], disagree: list[list[int]]) -> Tally:
    return Tally(table(agree), table(passed), table(disagree), np.full(len(agree), 50))


def candidates(agree: list[list[int]], votes: list[list[int]]) -> Candidates:
    """Whoever does not agree disagrees."""
    count, given = table(agree), table(votes)
    return Candidates(side_of(count, given), side_of(given - count, given), given, tuple(range(count.shape[1])))


@pytest.mark.parametrize("group", [0, 1])
@pytest.mark.parametrize("statement", range(4))
def test_figures_of_a_side(group: int, statement: int) -> None:
    found = side_of(GROUP.astype(float), VOTES.astype(float))
    s, n = int(GROUP[group, statement]), int(VOTES[group, statement])
    rest, m = int(GROUP[1 - group, statement]), int(VOTES[1 - group, statement])
    at = (group, statement)
    assert found.p[at] == pytest.approx((s + 1) / (n + 2))
    assert found.p_test[at] == pytest.approx(2 * sqrt(n + 1) * ((s + 1) / (n + 1) - 0.5))
    assert found.r[at] == pytest.approx(((s + 1) / (n + 2)) / ((rest + 1) / (m + 2)))
    pooled = (s + rest + 2) / (n + m + 2)
    z = ((s + 1) / (n + 1) - (rest + 1) / (m + 1)) / sqrt(pooled * (1 - pooled) * (1 / (n + 1) + 1 / (m + 1)))
    assert found.r_test[at] == pytest.approx(z)
    assert found.metric[at] == pytest.approx(found.p[at] * found.p_test[at] * found.r[at] * found.r_test[at])


def test_where_everybody_is_on_one_side_there_is_no_difference() -> None:
    assert difference_test(table([[4]]), table([[4]]), table([[9]]), table([[9]])) == 0
    assert share_test(table([[4]]), table([[4]])) == pytest.approx(sqrt(5))


def test_significance_is_one_sided_at_ninety_per_cent() -> None:
    """6 of 8 gives z = 5/3 and 5 of 8 gives z = 1: the bound 1.2816 lies between them."""
    found = side_of(table([[6, 5], [0, 0]]), table([[8, 8], [90, 90]]))
    assert found.p_test[0] == pytest.approx([5 / 3, 1])
    assert found.significant[0].tolist() == [True, False]


def test_a_group_is_told_by_what_it_agrees_with_best_then_by_the_metric() -> None:
    among = candidates([[30, 45, 2, 30, 48, 1, 40], [35, 5, 40, 20, 10, 35, 30]], [[50, 50, 50, 50, 50, 50, 50]] * 2)
    found = representative(among, 0)
    metric = np.where(among.agree.r_test > among.disagree.r_test, among.agree.metric, among.disagree.metric)[0]
    assert [one.statement for one in found] == [1, 4, 6, 2, 5]
    assert [one.side for one in found] == ["agree"] * 3 + ["disagree"] * 2
    assert found[0].best_agree
    assert not any(one.best_agree for one in found[1:])
    assert metric[1] > metric[4] > metric[6]
    assert metric[2] > metric[5] > metric[3] > 0
    assert (found[1].count, found[1].votes, found[1].p) == (48, 50, 49 / 52)
    assert (found[3].count, found[3].p) == (48, 49 / 52)


def test_five_are_chosen_at_most() -> None:
    among = candidates([[45] * 9, [5] * 9], [[50] * 9] * 2)
    assert [one.statement for one in representative(among, 0)] == [0, 1, 2, 3, 4]


def test_the_first_best_is_beaten_by_agreement_alone_while_it_does_not_stand_out() -> None:
    """Statement 0 enters on agreement (r < 1); 1 agrees more and so replaces it; 2 must then beat all four figures."""
    among = candidates([[40, 45, 50], [48, 30, 50]], [[50, 50, 50]] * 2)
    assert among.agree.r[0, 0] < 1 < among.agree.r[0, 1]
    assert among.agree.p[0, 2] > among.agree.p[0, 1]
    assert representative(among, 0)[0].statement == 1
    assert representative(candidates([[40, 30, 50], [48, 45, 50]], [[50, 50, 50]] * 2), 0)[0].statement == 2


def test_what_the_group_agrees_with_may_be_told_as_disagreement() -> None:
    """Polis' own rule: most agree, and yet fewer than elsewhere, so that the side told is disagree."""
    [found] = representative(candidates([[40], [50]], [[50], [50]]), 0)
    assert (found.best_agree, found.side, found.count) == (True, "disagree", 10)


def test_where_nothing_is_sufficient_the_most_different_stands_in() -> None:
    among = candidates([[1, 2, 1], [1, 2, 3]], [[4, 4, 3], [4, 4, 4]])
    assert not (among.agree.significant | among.disagree.significant)[0].any()
    [found] = representative(among, 0)
    assert (found.statement, found.side, found.best_agree) == (2, "disagree", False)


def test_nobody_is_told_by_statements_that_may_not_be_chosen() -> None:
    among = candidates([[50], [0]], [[50], [50]])
    assert representative(Candidates(among.agree, among.disagree, among.votes, ()), 0) == ()


def test_a_statement_that_the_group_did_not_vote_on_is_not_agreed_with() -> None:
    """Without a vote p is 1/2 and z is 1: too little to enter; with passes alone it never enters."""
    agree, votes = table([[0, 0], [0, 0]]), table([[0, 9], [50, 50]])
    among = Candidates(side_of(agree, votes), side_of(agree, votes), votes, (0, 1))
    assert not any(one.best_agree for one in representative(among, 0))
    among = candidates([[3, 0], [25, 0]], [[5, 0], [50, 50]])
    assert among.agree.metric[0, 1] > among.agree.metric[0, 0] > 0
    assert [one.statement for one in representative(among, 0) if one.best_agree] == [0]


def test_majorities_are_more_than_half_and_significantly_so() -> None:
    """Agrees, passes, disagrees; ranked by p · z. The sixth of a side is left out."""
    counts = np.array([[60, 0, 40], [51, 0, 49], [0, 5, 95], [100, 0, 0], [1, 0, 0], [8, 2, 0], [20, 70, 10]])
    found = majority(counts, tuple(range(7)))
    assert [(one.statement, one.side) for one in found] == [
        (3, "agree"), (5, "agree"), (0, "agree"), (4, "agree"), (2, "disagree"),
    ]  # fmt: skip
    assert found[2].p == pytest.approx(61 / 102)
    assert found[2].p_test == pytest.approx(2 * sqrt(101) * (61 / 101 - 0.5))
    assert [one.statement for one in majority(np.array([[700, 0, 300], [100, 0, 0]]), (0, 1))] == [1, 0]
    assert len(majority(np.array([[90, 0, 10]] * 8), tuple(range(8)))) == 5


def test_group_informed_consensus_is_a_product_over_groups() -> None:
    counted = a_tally([[9, 0], [3, 0], [0, 0]], [[0, 0], [1, 0], [0, 0]], [[1, 0], [0, 5], [0, 0]])
    assert group_informed_consensus(counted) == pytest.approx([10 / 12 * 4 / 6 * 1 / 2, 1 / 2 * 1 / 7 * 1 / 2])


def test_priority_falls_with_votes_and_is_fixed_for_meta_statements() -> None:
    counted = a_tally([[6, 6, 0], [2, 2, 0]], [[1, 1, 0], [1, 1, 0]], [[4, 4, 0], [6, 6, 0]])
    found = priority(counted, np.array([1.5, 1.5, 0.0]), np.array([False, True, False]))
    importance = (1 - 3 / 22) * 2.5 * 9 / 22
    assert found == pytest.approx([(importance * (1 + 8 * 2**-4)) ** 2, 49, (0.5 * 0.5 * 9) ** 2])
