"""Statements by which groups differ: planted ones are told, chance is not, and the correction is Holm's."""

import numpy as np
import pytest

from clew.deliberate.policy import Policy
from clew.deliberate.representative import compared, find_representative, holm
from clew.deliberate.tally import Tally


def drawn(rates: np.ndarray, size: list[int], seed: int, seen: float = 0.7) -> Tally:
    """Votes on statements that each group agrees with at those rates (G × S), a tenth passing."""
    rng = np.random.default_rng(seed)
    asked = rng.binomial(np.array(size)[:, None], seen, rates.shape)
    agree = rng.binomial(asked, 0.9 * rates)
    passed = rng.binomial(asked - agree, 0.1)
    return Tally(agree.astype(float), passed.astype(float), (asked - agree - passed).astype(float), np.array(size))


def test_z_is_the_two_proportion_test_by_hand() -> None:
    agree, seen = np.array([[30.0], [10.0], [12.0]]), np.array([[40.0], [30.0], [60.0]])
    share, z = compared(agree, seen)
    first, rest = 31 / 42, 23 / 92
    both = (31 + 23) / (42 + 92)
    assert share[0, 0] == first
    assert z[0, 0] == pytest.approx((first - rest) / (both * (1 - both) * (1 / 42 + 1 / 92)) ** 0.5)


def test_holm_by_hand() -> None:
    """Of 0.01, 0.02 and 0.04: 3 × 0.01, 2 × 0.02, then 0.04 held up by the step before; a fourth was not made."""
    found = holm(np.array([[0.04, 0.01], [0.0, 0.02]]), np.array([[True, True], [False, True]]))
    assert found == pytest.approx(np.array([[0.04, 0.03], [1.0, 0.04]]))
    assert holm(np.array([0.9, 0.5]), np.array([True, True])).tolist() == [1.0, 1.0]


def test_planted_differences_are_told_agreement_first() -> None:
    rates = np.full((3, 60), 0.5)
    rates[0, [3, 7]] = 0.98
    rates[0, 11] = 0.02
    ids = tuple(str(one) for one in range(60))
    found = find_representative(drawn(rates, [80, 100, 120], 1), Policy(), ids)
    assert [(one.id, one.side) for one in found if one.group == 0][2:] == [("11", "disagree")]
    assert {(one.id, one.side) for one in found if one.group == 0} >= {("3", "agree"), ("7", "agree")}
    assert all(one.p > 0.5 and one.z > 3 for one in found)


def test_at_most_five_and_the_clearest() -> None:
    rates = np.vstack([np.full(40, 0.95), np.linspace(0.1, 0.9, 40)])
    found = find_representative(drawn(rates, [200, 200], 2), Policy(), tuple(str(one) for one in range(40)))
    first = [one for one in found if one.group == 0]
    assert len(first) == 5
    assert {int(one.id) for one in first} <= set(range(8))
    assert [one.z for one in first] == sorted((one.z for one in first), reverse=True)


def test_where_there_is_no_difference_hardly_any_is_told() -> None:
    """400 conversations without a difference, 3 groups × 60 statements × 2 sides each: one in twenty may err."""
    erring = 0
    for seed in range(400):
        rates = np.tile(np.random.default_rng(seed).uniform(0.1, 0.95, 60), (3, 1))
        erring += bool(find_representative(drawn(rates, [80, 100, 120], seed), Policy(), tuple(map(str, range(60)))))
    assert erring / 400 <= 0.05


def test_more_than_the_others_is_not_yet_most_of_the_group() -> None:
    """30 % against 2 % is a clear difference, but the group does not agree."""
    counts = Tally(*(np.array(each, float) for each in ([[60], [4]], [[0], [0]], [[140], [196]])), np.array([200, 200]))
    found = find_representative(counts, Policy(), ("1",))
    assert [(one.group, one.side) for one in found] == [(1, "disagree")]


def test_one_group_alone_differs_from_nobody() -> None:
    assert find_representative(drawn(np.full((1, 30), 0.9), [100], 3), Policy(), tuple(map(str, range(30)))) == ()


def test_too_few_votes_of_the_rest_are_no_comparison() -> None:
    counts = Tally(*(np.array(each, float) for each in ([[60], [0]], [[0], [0]], [[0], [9]])), np.array([60, 40]))
    assert find_representative(counts, Policy(), ("1",)) == ()
    small = Tally(counts.agree, counts.passed, counts.disagree, np.array([60, 9]))
    assert [one.group for one in find_representative(small, Policy(), ("1",))] == [0, 1]
