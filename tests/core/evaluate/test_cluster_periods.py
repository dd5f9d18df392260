"""The comparison within periods against plain counting over every schedule that could have been dealt."""

from itertools import permutations

import numpy as np
import pytest

from clew.evaluate import cluster_periods
from clew.evaluate.cluster_periods import (
    ClusterPeriods,
    all_schedules,
    permutation_test,
    schedules_possible,
    vertical,
)

NAN = np.nan


def test_three_clusters_in_four_periods_by_hand() -> None:
    """Clusters start in the second, third and fourth period: in the first nobody is treated, in the last everybody."""
    found = ClusterPeriods(
        np.array([[1.0, 5.0, 6.0, 7.0], [2.0, 3.0, 8.0, 9.0], [0.0, 1.0, 2.0, 5.0]]), np.array([1, 2, 3])
    )
    told = vertical(found)
    assert told.difference == pytest.approx([NAN, 5 - 2, 7 - 2, NAN], nan_ok=True)
    assert (told.treated.tolist(), told.untreated.tolist()) == ([0, 1, 2, 3], [3, 2, 1, 0])
    assert told.share == pytest.approx([0, 0.5, 0.5, 0])
    assert told.estimate == pytest.approx(4.0)


def plainly(mean: np.ndarray, start: tuple[int, ...]) -> float:
    """The weighted mean of the periods' differences, one number at a time."""
    total = weights = 0.0
    for period in range(mean.shape[1]):
        sides: dict[bool, list[float]] = {True: [], False: []}
        for cluster, begins in enumerate(start):
            if not np.isnan(mean[cluster, period]):
                sides[period >= begins].append(mean[cluster, period])
        on, off = sides[True], sides[False]
        if on and off:
            weight = len(on) * len(off) / (len(on) + len(off))
            total += weight * (sum(on) / len(on) - sum(off) / len(off))
            weights += weight
    return total / weights if weights else 0.0


def made_up(seed: int, start: list[int], periods: int, *, holes: int = 0, effect: float = 1.0) -> ClusterPeriods:
    rng = np.random.default_rng(seed)
    begins = np.array(start)
    mean = rng.normal(0, 1, (len(start), 1)) + rng.normal(0, 1, periods) + rng.normal(0, 0.5, (len(start), periods))
    mean += effect * (np.arange(periods) >= begins[:, None])
    mean.ravel()[rng.choice(mean.size, holes, replace=False)] = np.nan
    return ClusterPeriods(mean, begins)


DESIGNS = [
    made_up(1, [1, 2, 3, 4, 5], 6),
    made_up(2, [1, 1, 2, 2, 3, 3], 4),
    made_up(3, [1, 1, 2, 2, 4, 4], 4, effect=0.3),
    made_up(4, [1, 1, 2, 2, 3, 3], 4, holes=4),
]


@pytest.mark.parametrize("found", DESIGNS)
def test_it_is_the_share_of_all_schedules(found: ClusterPeriods) -> None:
    schedules = sorted(set(permutations(found.start.tolist())))
    every = np.array([plainly(found.mean, schedule) for schedule in schedules])
    observed = plainly(found.mean, tuple(found.start.tolist()))
    test = permutation_test(found)
    assert (test.exact, test.draws) == (True, len(schedules))
    assert test.estimate == pytest.approx(observed)
    assert np.sort(test.gaps) == pytest.approx(np.sort(every))
    assert test.p_value == np.mean(np.abs(every) >= abs(observed) - 1e-9)
    without = found.mean - observed * found.treated
    nothing = [plainly(without, schedule) for schedule in schedules]
    assert test.std_error == pytest.approx(np.sqrt(np.mean(np.square(nothing))))


@pytest.mark.parametrize("found", DESIGNS)
def test_the_interval_holds_the_effects_that_the_test_does_not_reject(found: ClusterPeriods) -> None:
    low, high = permutation_test(found).interval(0.8)
    for end, inwards in ((low, 1e-7), (high, -1e-7)):
        for effect, rejected in ((end + inwards, False), (end - inwards, True)):
            without = ClusterPeriods(found.mean - effect * found.treated, found.start)
            assert (permutation_test(without).p_value <= 0.2 + 1e-12) is rejected


@pytest.mark.parametrize("start", [[0, 1, 1, 2, 2, 2], [4, 4, 1, 3], [2, 2, 2]])
def test_every_schedule_is_listed_once(start: list[int]) -> None:
    listed = all_schedules(np.array(start))
    assert {tuple(row) for row in listed.tolist()} == set(permutations(start))
    assert len(listed) == schedules_possible(np.array(start)) == len(set(permutations(start)))


BLOCK = np.array([0, 1, 0, 1, 0, 1, 1])


def in_blocks(seed: int, start: list[int], effect: float = 1.0, holes: int = 0) -> ClusterPeriods:
    """Seven clusters in two blocks that live through different times."""
    found = made_up(seed, start, 4, holes=holes, effect=effect)
    times = np.random.default_rng([seed, 5]).normal(0, 3, (2, 4))
    return ClusterPeriods(found.mean + times[BLOCK], found.start, BLOCK)


def plainly_in_blocks(found: ClusterPeriods, start: tuple[int, ...]) -> float:
    """The weighted mean of the differences of every block and period: each period of each block is a period alone."""
    apart = np.concatenate([np.where((code == BLOCK)[:, None], found.mean, np.nan) for code in (0, 1)], axis=1)
    total = weights = 0.0
    for place in range(apart.shape[1]):
        on = np.array(start) <= place % 4
        there = ~np.isnan(apart[:, place])
        many, few = (on & there).sum(), (~on & there).sum()
        if many and few:
            weight = many * few / (many + few)
            total += weight * (apart[on & there, place].mean() - apart[~on & there, place].mean())
            weights += weight
    return total / weights


IN_BLOCKS = [in_blocks(1, [1, 1, 2, 2, 3, 3, 3]), in_blocks(2, [1, 4, 2, 2, 3, 3, 1], holes=3)]


@pytest.mark.parametrize("found", IN_BLOCKS)
def test_with_blocks_it_is_the_share_of_all_schedules_within_them(found: ClusterPeriods) -> None:
    begins = found.start
    every = [
        tuple(np.choose(BLOCK, [np.array(merged(one, 0)), np.array(merged(other, 1))]).tolist())
        for one in sorted(set(permutations(begins[BLOCK == 0].tolist())))
        for other in sorted(set(permutations(begins[BLOCK == 1].tolist())))
    ]
    gaps = np.array([plainly_in_blocks(found, schedule) for schedule in every])
    observed, test = plainly_in_blocks(found, tuple(begins.tolist())), permutation_test(found)
    assert (test.exact, test.draws) == (True, len(every))
    assert schedules_possible(begins, BLOCK) == len(every) < schedules_possible(begins)
    assert test.estimate == pytest.approx(observed)
    assert vertical(found).estimate == pytest.approx(observed)
    assert np.sort(test.gaps) == pytest.approx(np.sort(gaps))
    assert test.p_value == np.mean(np.abs(gaps) >= abs(observed) - 1e-9)


def merged(starts: tuple[int, ...], block: int) -> list[int]:
    """These starts at the places of a block's clusters."""
    found, left = [0] * len(BLOCK), iter(starts)
    for place in np.flatnonzero(block == BLOCK):
        found[place] = next(left)
    return found


def test_a_sample_of_schedules_stays_within_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    found = in_blocks(1, [1, 1, 2, 2, 3, 3, 3], effect=0.3)
    listed = permutation_test(found)
    monkeypatch.setattr(cluster_periods, "MOST_LISTED", 0)
    drawn = permutation_test(found)
    assert (listed.draws, drawn.exact) == (6 * 12, False)
    assert set(np.round(drawn.gaps, 9)) == set(np.round(listed.gaps, 9))
    p = listed.p_value
    assert drawn.p_value == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 9999))


def test_what_blocks_live_through_apart_changes_nothing_and_their_names_do_not_either() -> None:
    """Time moves the blocks apart, and one of them starts earlier: compared within blocks, neither matters."""
    found = in_blocks(1, [1, 2, 1, 3, 2, 3, 2])
    moved = ClusterPeriods(found.mean + 100.0 * np.outer(BLOCK, [1, 2, 3, 5]), found.start, BLOCK)
    other = ClusterPeriods(found.mean[::-1], found.start[::-1], 7 - 3 * BLOCK[::-1])
    for same in (moved, other):
        one, two = permutation_test(found), permutation_test(same)
        assert (two.estimate, two.p_value) == (pytest.approx(one.estimate), one.p_value)
    alike = ClusterPeriods(moved.mean, moved.start)
    assert abs(vertical(alike).estimate - vertical(found).estimate) > 10


def test_one_block_is_no_block() -> None:
    bare = made_up(4, [1, 1, 2, 2, 3, 3], 4, holes=4)
    one = permutation_test(ClusterPeriods(bare.mean, bare.start, np.zeros(6, dtype=np.int64)))
    assert one.interval(0.9) == permutation_test(bare).interval(0.9)


def test_over_all_schedules_it_is_unbiased() -> None:
    """Effects that differ by cluster: the mean over schedules is the mean effect, as every cluster may come first."""
    rng = np.random.default_rng(9)
    untreated, effect = rng.normal(0, 1, (6, 4)), rng.normal(1, 1, (6, 1))
    estimates = []
    for start in all_schedules(np.array([1, 1, 2, 2, 3, 3])):
        on = np.arange(4) >= start[:, None]
        estimates.append(vertical(ClusterPeriods(untreated + effect * on, start)).estimate)
    assert np.mean(estimates) == pytest.approx(effect.mean())


def test_a_sample_of_schedules_comes_to_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    found = made_up(6, [1, 1, 1, 2, 2, 2, 3, 3, 3], 4, effect=1.2)
    listed = permutation_test(found)
    monkeypatch.setattr(cluster_periods, "MOST_LISTED", 0)
    drawn = permutation_test(found)
    assert (listed.exact, listed.draws, drawn.exact, drawn.draws) == (True, 1680, False, 9999)
    p = listed.p_value
    assert drawn.p_value == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 9999))
    assert drawn.std_error == pytest.approx(listed.std_error, rel=0.03)
    assert drawn.interval(0.9) == pytest.approx(listed.interval(0.9), abs=0.1 * listed.std_error)


def test_a_sampled_p_value_counts_the_schedule_made_and_is_never_nought() -> None:
    certain = permutation_test(made_up(7, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 11, effect=50.0), draws=999)
    assert (certain.exact, certain.p_value) == (False, 1 / 1000)


def test_the_order_of_clusters_changes_no_bit_of_a_sample() -> None:
    found = made_up(7, [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10], 11, holes=3)
    turned = ClusterPeriods(found.mean[::-1], found.start[::-1])
    one, other = (permutation_test(each, draws=500) for each in (found, turned))
    assert not one.exact
    assert (one.p_value, one.interval(0.9)) == (other.p_value, other.interval(0.9))


def test_draws_come_from_the_seed() -> None:
    wide = made_up(7, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 11, effect=0.8)
    tests = [permutation_test(wide, seed=seed, draws=4000) for seed in (1, 1, 2)]
    assert not tests[0].exact
    assert tests[0].p_value == tests[1].p_value
    assert not np.array_equal(tests[0].gaps, tests[2].gaps)
    assert tests[0].least_p == 1 / 4001


def test_it_keeps_its_promise_and_its_interval_covers() -> None:
    """200 trials of six clusters, each unlike the others: 4 of 90 schedules may be rejected, which is 4.4 %."""
    rejected = covered = 0
    for seed in range(200):
        test = permutation_test(made_up(seed, [1, 1, 2, 2, 3, 3], 4, effect=0.5))
        low, high = test.interval(0.95)
        covered += low <= 0.5 <= high
        rejected += permutation_test(made_up(seed, [1, 1, 2, 2, 3, 3], 4, effect=0.0)).p_value <= 0.05
    assert rejected <= 20
    assert covered == 200 - rejected


def test_too_few_schedules_reject_nothing() -> None:
    two = permutation_test(made_up(8, [1, 2], 3, effect=5.0))
    assert two.least_p == 0.5
    assert two.interval(0.95) == (-np.inf, np.inf)


def test_periods_of_one_kind_say_nothing() -> None:
    found = ClusterPeriods(np.ones((3, 2)), np.array([0, 0, 0]))
    assert np.isnan(vertical(found).estimate)
