"""Starts dealt by chance: the comparison by hand, what is taken off, and the permutation test against all dealings."""

from itertools import permutations

import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate.roth_santanna import (
    at_event_time,
    comparison,
    efficient,
    permutation_test,
    refined_error,
    rollout,
)
from staggered import a_panel


def means(outcome: np.ndarray, start: np.ndarray, period: int, others: list[int], own: int) -> float:
    return float(outcome[start == own, period].mean() - outcome[np.isin(start, others), period].mean())


def test_the_plain_difference_by_hand() -> None:
    """Starts 1, 2 and never, in three periods: cells (1, 1) against 2 and never, (1, 2) and (2, 2) against never."""
    rng = np.random.default_rng(1)
    outcome, start = rng.normal(0, 1, (12, 3)), np.repeat([1, 2, 3], [3, 4, 5])
    design, left_out = rollout(outcome, start)
    first, second = means(outcome, start, 1, [2, 3], 1), means(outcome, start, 2, [3], 1)
    third = means(outcome, start, 2, [3], 2)
    expected = {
        "simple": (3 * first + 3 * second + 4 * third) / 10,
        "cohort": (3 * (first + second) / 2 + 4 * third) / 7,
        "calendar": (first + (3 * second + 4 * third) / 7) / 2,
    }
    assert left_out == 0
    for estimand, value in expected.items():
        assert efficient(design, comparison(design, estimand), 0.0).estimate == pytest.approx(value)
    by_time = {time: efficient(design, each, 0.0).estimate for time, each in at_event_time(design, np.arange(3.0))}
    assert by_time[0.0] == pytest.approx((3 * first + 4 * third) / 7)
    assert by_time[1.0] == pytest.approx(second)


def test_taking_off_once_is_difference_in_differences() -> None:
    rng = np.random.default_rng(2)
    outcome, start = rng.normal(0, 1, (20, 3)), np.repeat([2, 3], [8, 12])
    design, _ = rollout(outcome, start)
    change = outcome[:, 2] - outcome[:, 1]
    found = efficient(design, comparison(design, "simple"), 1.0)
    assert found.estimate == pytest.approx(change[:8].mean() - change[8:].mean())
    assert found.std_error == pytest.approx(np.sqrt(change[:8].var(ddof=1) / 8 + change[8:].var(ddof=1) / 12))


def test_degrees_of_freedom_of_two_cohorts_are_those_of_welch() -> None:
    rng = np.random.default_rng(2)
    outcome, start = rng.normal(0, 1, (20, 3)), np.repeat([2, 3], [8, 12])
    design, _ = rollout(outcome, start)
    change = outcome[:, 2] - outcome[:, 1]
    parts = np.array([change[:8].var(ddof=1) / 8, change[8:].var(ddof=1) / 12])
    expected = parts.sum() ** 2 / (parts[0] ** 2 / 7 + parts[1] ** 2 / 11)
    assert efficient(design, comparison(design, "simple"), 1.0).df == pytest.approx(expected)


def test_an_effect_no_dealing_reaches_has_the_least_p_value() -> None:
    data = a_panel(10, units=100)
    design, _ = rollout(data.outcome + 50 * data.treated, data.start)
    assert permutation_test(design, comparison(design, "simple"), draws=99).p_value == 1 / 100


def test_what_is_taken_off_makes_the_variance_least() -> None:
    data = a_panel(4, units=120)
    design, _ = rollout(data.outcome, data.start)
    for estimand in ("simple", "cohort", "calendar"):
        compared = comparison(design, estimand)
        best = efficient(design, compared)
        assert refined_error(design, compared, best) <= best.std_error
        for beta in (best.taken_off - 0.1, best.taken_off + 0.1, 0.0, 1.0):
            assert efficient(design, compared, beta).std_error > best.std_error


def test_the_conservative_error_covers_what_dealing_does() -> None:
    """Outcomes without any effect, dealt 2,000 times: the spread of estimates is the standard error, on average."""
    rng, data = np.random.default_rng(5), a_panel(6, units=90)
    outcome = data.outcome - np.where(data.treated, 0.4 + 0.3 * (np.arange(6) - data.start[:, None]), 0)
    found = []
    for _ in range(2000):
        design, _ = rollout(outcome, rng.permutation(data.start))
        each = efficient(design, comparison(design, "simple"))
        found.append((each.estimate, each.std_error))
    estimates, errors = np.array(found).T
    assert estimates.mean() == pytest.approx(0, abs=4 * estimates.std() / np.sqrt(2000))
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(estimates.std(), rel=0.1)


def test_permutations_by_listing_every_one() -> None:
    rng = np.random.default_rng(7)
    outcome, start = rng.normal(0, 1, (7, 3)), np.array([1, 1, 2, 2, 3, 3, 3])
    outcome[:2, 1:] += 2.0
    design, _ = rollout(outcome, start)

    def studentised(starts: np.ndarray) -> float:
        dealt, _ = rollout(outcome, starts)
        each = efficient(dealt, comparison(dealt, "simple"))
        return abs(each.estimate) / each.std_error

    observed = studentised(start)
    dealings = {tuple(each) for each in permutations(start.tolist())}
    share = np.mean([studentised(np.array(each)) >= observed * (1 - 1e-9) for each in dealings])
    test = permutation_test(design, comparison(design, "simple"), seed=3, draws=4000)
    assert len(dealings) == 210
    assert test.p_value == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 4000))
    assert test == permutation_test(design, comparison(design, "simple"), seed=3, draws=4000)


def test_order_of_units_does_not_matter_to_the_estimate() -> None:
    data = a_panel(8)
    order = np.random.default_rng(1).permutation(60)
    design, other = rollout(data.outcome, data.start)[0], rollout(data.outcome[order], data.start[order])[0]
    one, same = (efficient(each, comparison(each, "simple")) for each in (design, other))
    assert (one.estimate, one.std_error) == pytest.approx((same.estimate, same.std_error), rel=1e-12)


def test_who_is_left_out_and_what_is_refused() -> None:
    data = a_panel(9)
    start = np.where(data.start == 3, 6, data.start)
    start[[10, 11]] = 0
    start[12] = 3
    design, left_out = rollout(data.outcome, start)
    assert left_out == 3
    assert design.start.tolist() == [1, 2, 4, 5, 6]
    with pytest.raises(InputError, match="no outcome in some periods"):
        rollout(np.where(data.outcome > 3, np.nan, data.outcome), data.start)
    with pytest.raises(InputError, match="fewer than two cohorts"):
        rollout(data.outcome, np.full(60, 2))
    late, _ = rollout(data.outcome[:, :2], np.where(data.start < 4, 2, 2 + data.start % 2))
    with pytest.raises(InputError, match="in no period"):
        comparison(late, "simple")
