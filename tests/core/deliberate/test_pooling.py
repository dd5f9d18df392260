"""What a group is expected to say: by hand, by integration, and where the truth was planted."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import binom

from clew.deliberate import pooling
from clew.deliberate.pooling import STRENGTHS, expected, strength

COUNT = np.array([[8.0, 2.0, 5.0], [1.0, 3.0, 0.0]])
SEEN = np.array([[10.0, 10.0, 10.0], [2.0, 4.0, 0.0]])


def test_a_groups_own_votes_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooling, "strength", lambda count, *_: np.full(len(count), 4.0))
    overall = (10 + 0.5) / (24 + 1)  # without the first statement: 5 of 14 and 5 of 10
    own = (7 + overall) / (20 + 1)
    assert expected(COUNT, SEEN).mean[0, 0] == pytest.approx((1 + 4 * own) / (2 + 4))
    changed = COUNT + np.array([[2.0, 0, 0], [0, 0, 0]])
    assert expected(changed, SEEN).mean[0, 0] == expected(COUNT, SEEN).mean[0, 0]
    assert expected(changed, SEEN).mean[1, 0] > expected(COUNT, SEEN).mean[1, 0]


def test_one_group_alone_is_expected_to_do_as_on_other_statements() -> None:
    overall = (7 + 0.5) / (20 + 1)
    assert expected(COUNT[:1], SEEN[:1]).mean[0, 0] == pytest.approx((7 + overall) / (20 + 1))


def test_the_strength_is_the_mean_log_of_the_likelihood_integrated() -> None:
    """By integrating the binomial over the Beta density, at each strength."""

    def likelihood(k: float, n: float, mean: float, votes: float) -> float:
        a, b = votes * mean, votes * (1 - mean)
        split = max(a / (a + b), 0.01)
        mass = [
            quad(lambda p, e=e: p ** (a - 1 + k * e) * (1 - p) ** (b - 1 + (n - k) * e), 0, 1, points=[split])[0]
            for e in (0, 1)
        ]
        return binom(n, k) * mass[1] / mass[0]

    mean = np.array([[0.6, 0.5, 0.4]])
    some = STRENGTHS[6:12]  # where both exponents are above -1 by far, quad is exact
    weight = [
        np.prod([likelihood(*one, votes) for one in zip(COUNT[0], SEEN[0], mean[0], strict=True)]) for votes in some
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pooling, "STRENGTHS", some)
        found = strength(COUNT[:1], SEEN[:1], mean)[0]
    assert found == pytest.approx(np.exp(np.average(np.log(some), weights=weight * some / (some + 2) ** 2)), rel=1e-6)


@pytest.mark.parametrize(("planted", "low", "high"), [(2.0, 1.5, 2.7), (12.0, 8.0, 18.0), (1e6, 120.0, 200.0)])
def test_a_planted_strength_is_found(planted: float, low: float, high: float) -> None:
    rng = np.random.default_rng(5)
    mean = rng.uniform(0.2, 0.8, (1, 400))
    seen = rng.integers(5, 60, (1, 400)).astype(float)
    count = rng.binomial(seen.astype(int), rng.beta(planted * mean, planted * (1 - mean))).astype(float)
    assert low < strength(count, seen, mean)[0] < high


def test_a_minority_that_votes_otherwise_is_expected_of_little() -> None:
    """Two groups alike and one opposite to them: the opposite one is hardly pooled."""
    rng = np.random.default_rng(6)
    rate = rng.choice([0.1, 0.9], 80)
    seen = np.full((3, 80), 20.0)
    count = rng.binomial(20, np.array([rate, rate, 1 - rate])).astype(float)
    found = expected(count, seen).strength
    assert found[2] < 1.3
    assert found[2] <= found.min()


def test_without_any_vote_nothing_is_known_and_nothing_breaks() -> None:
    found = expected(np.zeros((2, 3)), np.zeros((2, 3)))
    assert found.mean == pytest.approx(0.5)
    assert found.strength == pytest.approx(expected(np.zeros((1, 9)), np.zeros((1, 9))).strength[0])
    assert 3 < found.strength[0] < 6
