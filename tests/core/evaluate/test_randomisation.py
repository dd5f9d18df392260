"""The randomisation test against hand counts, brute force over every deal, and its own promise of size."""

import time
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from clew.evaluate.randomisation import (
    Dealt,
    adjusted_totals,
    all_assignments,
    assignments_possible,
    randomisation_interval,
    randomisation_test,
    sampled_assignments,
)

SIX_AND_SIX = (False,) * 6 + (True,) * 6


def districts(control: list[int], treated: list[int], homes: int) -> Dealt:
    return Dealt(tuple(map(float, control + treated)), (float(homes),) * 12, SIX_AND_SIX, (0,) * 12)


@pytest.mark.parametrize(
    ("control", "treated", "homes", "hits"),
    [
        ([20, 13, 17, 11, 16, 15], [15, 15, 17, 19, 19, 22], 26, 184),
        ([35, 27, 34, 21, 26, 30], [33, 33, 36, 41, 40, 40], 52, 16),
    ],
)
def test_fire_safety_visits(control: list[int], treated: list[int], homes: int, hits: int) -> None:
    test = randomisation_test(districts(control, treated, homes))
    assert (test.p_value, test.draws, test.exact) == (hits / 924, 924, True)


def brute_force(dealt: Dealt) -> float:
    """Every order of the arm labels within blocks, one at a time, in plain Python."""
    clusters = range(len(dealt.totals))

    def difference(arms: tuple[bool, ...]) -> float:
        gaps = []
        for block in sorted(set(dealt.blocks)):
            here = [i for i in clusters if dealt.blocks[i] == block]
            means = []
            for arm in (True, False):
                mine = [i for i in here if arms[i] == arm]
                means.append(sum(dealt.totals[i] for i in mine) / sum(dealt.sizes[i] for i in mine))
            gaps.append((means[0] - means[1]) * sum(dealt.sizes[i] for i in here))
        return abs(sum(gaps) / sum(dealt.sizes))

    observed = difference(dealt.treated)
    deals = {
        tuple(dealt.treated[j] for j in order)
        for order in permutations(clusters)
        if all(dealt.blocks[i] == dealt.blocks[j] for i, j in zip(clusters, order, strict=True))
    }
    return sum(difference(arms) >= observed - 1e-9 for arms in deals) / len(deals)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=4, max_size=6),
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=0, max_size=0)
    | st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=2, max_size=2),
)
def test_it_is_the_share_of_all_deals(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    both = first + second
    dealt = Dealt(
        tuple(float(total) for total, _ in both),
        tuple(float(size) for _, size in both),
        tuple(i % 2 == 0 for i in range(len(both))),
        (0,) * len(first) + (1,) * len(second),
    )
    assert randomisation_test(dealt).p_value == pytest.approx(brute_force(dealt))


@given(st.permutations(range(12)))
def test_the_order_of_clusters_does_not_matter(order: list[int]) -> None:
    dealt = districts([35, 27, 34, 21, 26, 30], [33, 33, 36, 41, 40, 40], 52)
    shuffled = Dealt(
        *(tuple(values[i] for i in order) for values in (dealt.totals, dealt.sizes, dealt.treated, dealt.blocks))
    )
    assert randomisation_test(shuffled) == randomisation_test(dealt)


@given(st.floats(-1e6, 1e6))
def test_a_shift_of_every_outcome_does_not_matter(shift: float) -> None:
    sizes = np.array([3, 5, 2, 8, 6, 4, 7, 3, 9, 2, 5, 6], dtype=float)
    totals = np.array([1, 4, 2, 3, 2, 0, 5, 3, 7, 2, 5, 4], dtype=float)
    plain = Dealt(tuple(totals), tuple(sizes), SIX_AND_SIX, (0,) * 12)
    moved = Dealt(tuple(totals + shift * sizes), tuple(sizes), SIX_AND_SIX, (0,) * 12)
    assert randomisation_test(moved) == randomisation_test(plain)


def test_many_clusters_are_sampled_and_the_sample_agrees_with_the_list() -> None:
    dealt = districts([20, 13, 17, 11, 16, 15], [15, 15, 17, 19, 19, 22], 26)
    (deals,) = sampled_assignments(tuple(sorted(zip(dealt.blocks, dealt.treated, strict=True))), 5, 20_000)
    assert deals.sum(axis=1) == pytest.approx(6)
    assert deals.mean(axis=0) == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / 20_000))

    rng = np.random.default_rng(3)
    totals = tuple(rng.normal(10, 3, 18) + np.repeat([0, 2], 9))
    wide = Dealt(totals, (1.0,) * 18, (False,) * 9 + (True,) * 9, (0,) * 18)
    sampled = randomisation_test(wide, seed=1)
    exact = brute_force_by_masks(np.array(totals), 9)
    assert not sampled.exact
    assert sampled.draws == 9_999
    assert sampled.p_value == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 9_999))
    assert sampled == randomisation_test(wide, seed=1) != randomisation_test(wide, seed=2)


def test_few_clusters_among_many_are_drawn_in_parts_that_fit() -> None:
    design = ((0, False),) * 3000 + ((0, True),) * 5
    parts = list(sampled_assignments(design, 1, 6_000))
    assert [len(part) for part in parts] == [2662, 2662, 676]
    assert all((part.sum(axis=1) == 5).all() for part in parts)
    rng = np.random.default_rng(1)
    wide = Dealt(tuple(rng.normal(0, 1, 3005)), (1.0,) * 3005, tuple(arm for _, arm in design), (0,) * 3005)
    test = randomisation_test(wide, draws=3_000)
    z = abs(np.mean(wide.totals[-5:]) - np.mean(wide.totals[:-5])) / np.sqrt(1 / 5 + 1 / 3000)
    assert test.p_value == pytest.approx(2 * ndtr(-z), abs=0.03)


def test_a_sampled_p_value_counts_the_assignment_made_and_is_never_nought() -> None:
    apart = Dealt(tuple(map(float, range(24))), (1.0,) * 24, (False,) * 12 + (True,) * 12, (0,) * 24)
    assert randomisation_test(apart).p_value == 1 / 10_000  # 2 of 2,704,156 deals are as far apart: none was drawn


def brute_force_by_masks(totals: np.ndarray, treated: int) -> float:
    """All deals as the bits of whole numbers."""
    masks = np.arange(2 ** len(totals))
    bits = (masks[:, None] >> np.arange(len(totals))) & 1
    bits = bits[bits.sum(axis=1) == treated]
    gaps = np.abs(bits @ totals / treated - (totals.sum() - bits @ totals) / (len(totals) - treated))
    observed = abs(totals[-treated:].mean() - totals[:-treated].mean())
    return float(np.mean(gaps >= observed - 1e-9))


def test_blocks_keep_their_own_number_of_treated_clusters() -> None:
    design = ((0, False), (0, False), (0, True), (1, False), (1, True))
    deals = all_assignments(design)
    assert len(deals) == assignments_possible(design) == 3 * 2
    assert (deals[:, :3].sum(axis=1) == 1).all()
    assert (deals[:, 3:].sum(axis=1) == 1).all()
    assert len({tuple(row) for row in deals}) == 6


def test_a_block_of_one_arm_counts_for_nothing() -> None:
    plain = districts([20, 13, 17, 11, 16, 15], [15, 15, 17, 19, 19, 22], 26)
    lonely = Dealt((*plain.totals, 26.0), (*plain.sizes, 26.0), (*plain.treated, True), (*plain.blocks, 1))
    assert randomisation_test(lonely).p_value == 184 / 924


def test_no_difference_at_all_is_never_surprising() -> None:
    assert randomisation_test(districts([5] * 6, [5] * 6, 26)).p_value == 1.0


def test_least_squares_with_block_effects_weighs_blocks_by_precision() -> None:
    """The deal's own coefficient, from least squares on indicator columns of arm and block, for every deal."""
    rng = np.random.default_rng(8)  # a case in which weighing by size would give half as much
    sizes, blocks = np.array([3, 9, 5, 4, 8, 2, 7]), np.array([0, 0, 0, 0, 1, 1, 1])
    treated = np.array([True, False, True, False, True, False, False])
    units = np.repeat(np.arange(7), sizes)
    y = rng.normal(0, 1, sizes.sum()) + treated[units]
    totals = np.bincount(units, y)
    dealt = Dealt(tuple(totals), tuple(map(float, sizes)), tuple(treated), tuple(blocks), by_precision=True)
    indicators = np.column_stack([blocks[units] == 0, blocks[units] == 1]).astype(float)

    def coefficient(arms: np.ndarray) -> float:
        return float(abs(np.linalg.lstsq(np.column_stack([arms[units], indicators]), y, rcond=None)[0][0]))

    design = tuple(sorted(zip(blocks, treated, strict=True)))
    deals = all_assignments(design)  # columns: block 0's four clusters, then block 1's three, in some order of clusters
    expected = np.mean([coefficient(deal) >= coefficient(treated.astype(float)) - 1e-9 for deal in deals])
    assert len(deals) == 18
    assert randomisation_test(dealt).p_value == pytest.approx(expected)
    assert randomisation_test(replace(dealt, by_precision=False)).p_value == pytest.approx(expected / 2)


def taken_off(dealt: Dealt, effect: float) -> Dealt:
    """The same clusters with the effect taken off every treated unit."""
    parts = zip(dealt.totals, dealt.sizes, dealt.treated, strict=True)
    return replace(dealt, totals=tuple(total - effect * size * arm for total, size, arm in parts))


def unequal(seed: int, clusters: int, blocks: int = 1, *, by_precision: bool = False) -> Dealt:
    rng = np.random.default_rng(seed)
    sizes, block = rng.integers(3, 12, clusters).astype(float), np.arange(clusters) % blocks
    treated = np.arange(clusters) // blocks % 2 == 0
    totals = sizes * (rng.normal(2, 1, clusters) + treated)
    return Dealt(tuple(totals), tuple(sizes), tuple(treated), tuple(block), by_precision)


@pytest.mark.parametrize(
    "dealt", [unequal(1, 9), unequal(2, 10, blocks=2), unequal(3, 10, blocks=2, by_precision=True), unequal(4, 24)]
)
def test_the_interval_holds_the_effects_that_the_test_does_not_reject(dealt: Dealt) -> None:
    low, high = randomisation_interval(dealt, 0.9)
    for end, inwards in ((low, 1e-7), (high, -1e-7)):
        assert randomisation_test(taken_off(dealt, end + inwards)).p_value > 0.1 + 1e-12
        assert randomisation_test(taken_off(dealt, end - inwards)).p_value <= 0.1 + 1e-12


def test_where_no_deal_can_be_rejected_the_interval_has_no_ends() -> None:
    six = unequal(5, 6)  # 20 deals, the one made and its mirror among them: p is at least a tenth
    assert randomisation_interval(six, 0.95) == (-np.inf, np.inf)
    assert np.isfinite(randomisation_interval(six, 0.85)).all()


def test_covariates_are_taken_out_of_the_totals() -> None:
    rng = np.random.default_rng(6)
    cluster = np.arange(60) % 8
    x = rng.normal(0, 1, (60, 2))
    y = x @ [1.0, -2.0] + rng.normal(0, 0.3, 60)
    rows = np.column_stack([np.ones(60), y, x])
    products = np.array([rows[cluster == g].T @ rows[cluster == g] for g in range(8)])
    design = rows[:, [0, 2, 3]]
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    left = adjusted_totals(products, np.zeros(8, dtype=np.int64))
    sizes = products[:, 0, 0]
    assert left - sizes * left.sum() / 60 == pytest.approx(np.bincount(cluster, residual))


def test_covariates_are_taken_out_within_blocks() -> None:
    """The coefficients of least squares with an indicator a block, as blocks differ in both."""
    rng = np.random.default_rng(7)
    cluster = np.arange(60) % 8
    block = cluster // 4
    x = rng.normal(0, 1, 60) + 3 * block
    y = 2 * x - 9 * block + rng.normal(0, 0.3, 60)
    rows = np.column_stack([np.ones(60), y, x])
    products = np.array([rows[cluster == g].T @ rows[cluster == g] for g in range(8)])
    slope = np.linalg.lstsq(np.column_stack([x, block == 0, block == 1]), y, rcond=None)[0][0]
    found = adjusted_totals(products, np.arange(8) // 4)
    assert found == pytest.approx(np.bincount(cluster, y - slope * x))


def test_a_thousand_clusters_are_dealt_ten_thousand_times_within_seconds() -> None:
    began = time.process_time()
    randomisation_test(unequal(7, 1000), draws=10_000)
    assert time.process_time() - began < 5
