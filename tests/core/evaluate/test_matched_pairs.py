"""Matched pairs against every toss of the coins, the paired t-test, and figures worked out by hand."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from clew.errors import InputError
from clew.evaluate.analyse import analyse
from clew.evaluate.arms import Arms
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import method_of
from clew.evaluate.matched_pairs import Pairs, matched_pairs, pairs_of
from clew.evaluate.rows import Layout
from clew.evaluate.world import Scenario, World
from clew.pilot.protocol import Looks, Protocol
from trials import Trial, a_trial, in_memory, registered, units

ARMS = Arms("arm", "1", "0")
LAYOUT = Layout("y", "mean", "arm", cluster="village", block="pair")


def pairs(difference: list[float], treated: list[float], comparison: list[float]) -> Pairs:
    return Pairs(np.array(difference), np.array(treated), np.array(comparison))


def test_three_pairs_worked_out_by_hand() -> None:
    """Differences 2, 5, −1 in pairs of 10 + 20, 30 + 10 and 5 + 25 units."""
    three = pairs([2, 5, -1], [10, 30, 5], [20, 10, 25])
    effect, error, df = matched_pairs(three)
    assert effect == pytest.approx((30 * 2 + 40 * 5 + 30 * -1) / 100)  # 2.3
    scatter = (0.6 - 2.3 / 3) ** 2 + (2.0 - 2.3 / 3) ** 2 + (-0.3 - 2.3 / 3) ** 2
    assert (error, df) == (pytest.approx(np.sqrt(3 / 2 * scatter)), 2.0)

    effect, error, df = matched_pairs(three, "harmonic")
    weights = np.array([200 / 30, 300 / 40, 125 / 30])
    assert effect == pytest.approx(weights @ [2, 5, -1] / weights.sum())
    spread = sum(w * (d - effect) ** 2 for w, d in zip(weights, [2, 5, -1], strict=True))
    assert error == pytest.approx(np.sqrt((weights**2).sum() * spread / weights.sum() ** 3))


def test_single_units_give_the_paired_t_test() -> None:
    """Student's (1908) extra hours of sleep of ten patients: mean 1.58, t = 4.06 with 9 degrees of freedom."""
    sleep = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    effect, error, df = matched_pairs(pairs(sleep, [1.0] * 10, [1.0] * 10))
    assert (effect, df) == (pytest.approx(1.58), 9)
    assert effect / error == pytest.approx(4.0621, abs=5e-5)
    assert matched_pairs(pairs(sleep, [1.0] * 10, [1.0] * 10), "harmonic")[1] == pytest.approx(error * np.sqrt(9 / 10))


def every_toss(y1: NDArray[Any], y0: NDArray[Any], sizes: NDArray[Any]) -> NDArray[Any]:
    """Effect and variance for each of the 2^m ways the coins may fall; y1, y0: (m, 2) cluster means."""
    found = []
    rows = np.arange(len(y1))
    for coins in product((0, 1), repeat=len(y1)):
        own = np.array(coins)
        difference = y1[rows, own] - y0[rows, 1 - own]
        effect, error, _ = matched_pairs(Pairs(difference, sizes[rows, own], sizes[rows, 1 - own]))
        found.append((effect, error**2))
    return np.array(found)


def test_over_every_toss_it_is_unbiased_and_its_variance_errs_on_the_large_side() -> None:
    """Clusters alike in size within pairs, effects different between them: Imai, King & Nall, Propositions 1 and 2."""
    rng = np.random.default_rng(4)
    y0 = rng.normal(0, 1, (8, 2))
    y1 = y0 + rng.normal(0.5, 1, (8, 2))
    sizes = np.repeat(rng.integers(5, 50, (8, 1)), 2, axis=1).astype(float)
    found = every_toss(y1, y0, sizes)
    weights = sizes[:, 0] / sizes[:, 0].sum()
    assert found[:, 0].mean() == pytest.approx(weights @ (y1 - y0).mean(axis=1))
    excess = np.var(weights * (y1 - y0).mean(axis=1), ddof=1) * 8
    assert found[:, 1].mean() == pytest.approx(found[:, 0].var() + excess)


def villages(**changes: Any) -> ArrayRows:
    """Six villages in three pairs, of two to four people each."""
    sizes = [2, 3, 4, 2, 3, 3]
    village = np.repeat(np.arange(6), sizes)
    columns = {
        "village": village,
        "arm": np.array([1, 0, 0, 1, 1, 0])[village],
        "pair": np.array([0, 0, 1, 1, 2, 2])[village],
        "y": np.random.default_rng(2).normal(10, 3, len(village)),
    }
    return ArrayRows(columns | changes)


def test_pairs_are_gathered_from_moments() -> None:
    rows = villages()
    found = pairs_of(rows.moments(LAYOUT), ARMS, "pair", "village")
    y, village = rows.columns["y"], rows.columns["village"]
    mean = [y[village == place].mean() for place in range(6)]
    assert found.difference == pytest.approx([mean[0] - mean[1], mean[3] - mean[2], mean[4] - mean[5]])
    assert (found.treated.tolist(), found.comparison.tolist(), found.broken) == ([2, 2, 3], [3, 4, 3], ())


def test_a_pair_that_lost_a_half_is_left_out_and_named() -> None:
    whole = villages()
    y = np.where(whole.columns["village"] == 2, np.nan, whole.columns["y"])
    found = pairs_of(villages(y=y).moments(LAYOUT), ARMS, "pair", "village")
    assert (len(found.difference), found.broken) == (2, ("1",))
    single = pairs([1.0], [1.0], [1.0])
    with pytest.raises(InputError, match="there are 1 pairs"):
        matched_pairs(single)


def test_a_pair_of_three_is_refused_by_name() -> None:
    village = villages().columns["village"]
    with pytest.raises(InputError, match='1 pairs hold more than one cluster of an arm: "1"'):
        pairs_of(villages(pair=np.minimum(village // 2, 1)).moments(LAYOUT), ARMS, "pair", "village")
    with pytest.raises(InputError, match="3 pairs hold more than one unit of an arm"):
        pairs_of(villages().moments(LAYOUT), ARMS, "pair", None)


def test_weights_count_in_means_and_sizes() -> None:
    rows = villages(w=np.random.default_rng(5).uniform(1, 2, 17))
    found = pairs_of(rows.moments(Layout("y", "mean", "arm", "village", "pair", weights="w")), ARMS, "pair", "village")
    village, y, w = (rows.columns[name] for name in ("village", "y", "w"))
    first, second = (village == 0, village == 1)
    expected = np.average(y[first], weights=w[first]) - np.average(y[second], weights=w[second])
    assert found.difference[0] == pytest.approx(expected)
    assert found.treated[0] == pytest.approx(w[first].sum())


def paired(**changes: Any) -> Protocol:
    """Schools in pairs, as `a_paired_trial` has them."""
    design = {"block": "pair", "paired": True, "estimator": "matched-pairs", "standard_errors": "pairs"}
    return registered(**(design | changes))


def a_paired_trial(seed: int = 1) -> Trial:
    trial = a_trial(seed)
    return trial | {"pair": trial["school"] // 2}


def test_a_protocol_of_pairs_is_analysed_by_them() -> None:
    trial = a_paired_trial()
    finding = analyse(paired(), in_memory(trial))
    mean = [trial["y"][trial["school"] == school].mean() for school in range(12)]
    size = [float(np.sum(trial["school"] == school)) for school in range(12)]
    gap = np.array(mean[1::2]) - np.array(mean[::2])
    effect, error, df = matched_pairs(Pairs(gap, np.array(size[1::2]), np.array(size[::2])))
    assert (finding.effect.estimate, finding.effect.std_error, finding.effect.df) == pytest.approx((effect, error, df))
    assert (finding.estimator, finding.standard_errors) == ("matched-pairs", "pairs")
    assert finding.randomisation is not None
    assert finding.randomisation.draws == 2**6
    screen = next(screen for screen in finding.screens if screen.name == "whole pairs")
    assert screen.why == "All 6 pairs have an outcome in both halves."


def test_pairs_of_single_units_and_what_they_lost() -> None:
    rng = np.random.default_rng(8)
    pair = np.arange(60) // 2
    trial = {"pair": pair, "arm": np.arange(60) % 2, "y": rng.normal(0, 1, 30)[pair] + rng.normal(0, 1, 60)}
    trial["y"][5] = np.nan
    finding = analyse(paired(**units(estimator="matched-pairs", standard_errors="pairs")), in_memory(trial))
    gap = np.delete(trial["y"][1::2] - trial["y"][::2], 2)
    assert finding.effect.estimate == pytest.approx(gap.mean())
    assert finding.effect.std_error == pytest.approx(gap.std(ddof=1) / np.sqrt(29))
    assert finding.effect.df == 28
    screen = next(screen for screen in finding.screens if screen.name == "whole pairs")
    assert screen.why == '1 of 30 pairs have no outcome in one half and are left out with the other: "2".'


@pytest.mark.parametrize("design", [{}, units(estimator="matched-pairs", standard_errors="pairs", unit="pupil")])
def test_made_up_pairs_can_be_analysed_at_every_look(design: dict[str, Any]) -> None:
    protocol = replace(paired(**design), looks=Looks("obrien-fleming", 2))
    clusters = None if design else 13
    world = World(units=301, clusters=clusters, baseline=0.0, icc=0.1, cv=0.3)
    made = method_of(protocol).draw(protocol, world, Scenario("made up", 1.0), np.random.default_rng(3))
    for look in (1, 2):
        finding = analyse(protocol, ArrayRows(made.at(look)), look=look)
        assert finding.effect.estimate == pytest.approx(1.0, abs=4 * finding.effect.std_error)
