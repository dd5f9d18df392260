"""The made-up world has the mean, the effect, the correlation and the growth that were asked for."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from builders import a_protocol
from clew.evaluate.simulate import Drawn, draw
from clew.evaluate.world import Groups, Scenario, World
from clew.pilot.protocol import Design, Equity, Looks, Outcome, Protocol, Size

GROUPS = Groups("tongue", ("Danish", "other"), (0.8, 0.2))
HARM = Scenario("harm in one group", 0.10, "other")
NO_EFFECT = Scenario("no effect", 0.0)


def clustered(measure: str, **size: object) -> Protocol:
    outcome = Outcome("y", measure, "higher", 0.1)  # type: ignore[arg-type]
    return a_protocol(outcome=outcome, size=replace(Size(), **size))  # type: ignore[arg-type]


def unclustered(measure: str = "mean", **changes: object) -> Protocol:
    design = Design("randomised", "difference", "hc2", "arm", "control")
    return a_protocol(design=design, outcome=Outcome("y", measure, "higher", 0.1), **changes)  # type: ignore[arg-type]


def by_group(drawn: Drawn, group: str) -> float:
    y, arm, tongue = (drawn.columns[name] for name in ("y", "arm", "tongue"))
    mine = tongue == group
    return float(y[mine & (arm == "treated")].mean() - y[mine & (arm == "control")].mean())


@pytest.mark.parametrize(("measure", "baseline"), [("proportion", 0.4), ("mean", 5.0), ("count", 1.5)])
def test_means_effects_and_correlation_are_those_assumed(measure: str, baseline: float) -> None:
    world = World(units=200_000, clusters=4000, baseline=baseline, sd=2.0, icc=0.3, groups=(GROUPS,))
    drawn = draw(clustered(measure), world, HARM, np.random.default_rng(1))
    y, arm, district = (drawn.columns[name] for name in ("y", "arm", "district"))
    spread = y.std() / np.sqrt(2000) * 2  # of an arm's mean: between clusters .3 of the variance, within .7/50
    assert y[arm == "control"].mean() == pytest.approx(baseline, abs=spread)
    assert y[arm == "treated"].mean() == pytest.approx(baseline + 0.10, abs=2 * spread)
    assert by_group(drawn, "other") == pytest.approx(-0.10, abs=3 * spread)
    assert by_group(drawn, "Danish") == pytest.approx(0.15, abs=3 * spread)
    assert intracluster(y[arm == "control"], district[arm == "control"]) == pytest.approx(0.3, abs=0.03)


def intracluster(y: np.ndarray, cluster: np.ndarray) -> float:
    """Analysis of variance estimate (Donner & Koval 1980)."""
    _, index, sizes = np.unique(cluster, return_inverse=True, return_counts=True)
    means = np.bincount(index, y) / sizes
    between = (sizes * (means - y.mean()) ** 2).sum() / (len(sizes) - 1)
    within = ((y - means[index]) ** 2).sum() / (len(y) - len(sizes))
    return float((between - within) / (between + (sizes.mean() - 1) * within))


@pytest.mark.parametrize("measure", ["proportion", "mean", "count"])
def test_without_correlation_units_stand_alone(measure: str) -> None:
    world = World(units=100_000, clusters=2000, baseline=0.5, icc=0.0)
    drawn = draw(clustered(measure), world, NO_EFFECT, np.random.default_rng(2))
    assert intracluster(drawn.columns["y"], drawn.columns["district"]) == pytest.approx(0, abs=0.005)


def test_a_later_look_holds_all_the_rows_of_the_earlier_ones() -> None:
    protocol = a_protocol(looks=Looks("obrien-fleming", 2), extend_times=1)
    world = World(units=624, clusters=12, baseline=0.5, icc=0.03, cv=0.4)
    drawn = draw(protocol, world, NO_EFFECT, np.random.default_rng(3))
    looks = [drawn.at(look) for look in (1, 2, 3)]
    for earlier, later in pairwise(looks):
        n = len(earlier["safe"])
        assert all(np.array_equal(later[name][:n], earlier[name]) for name in earlier)
        assert set(later["district"]) == set(earlier["district"]) == set(range(12))
    sizes = np.array([len(look["safe"]) for look in looks])
    assert list(sizes) == [312, 624, 936]


def test_clusters_of_less_than_a_row_still_have_one_at_every_look() -> None:
    world = World(units=30, clusters=24, baseline=0.5, cv=1.5)
    drawn = draw(a_protocol(), world, NO_EFFECT, np.random.default_rng(3))
    assert len(set(drawn.at(1)["district"])) == 24


def test_units_may_be_dealt_within_clusters() -> None:
    design = Design("randomised", "difference", "cr1", "arm", "control", cluster="village")
    protocol = a_protocol(design=design)
    drawn = draw(protocol, World(800, 20, 0.5, icc=0.1), NO_EFFECT, np.random.default_rng(3))
    treated = drawn.columns["arm"] == "treated"
    assert (np.bincount(drawn.columns["village"], treated) == 20).all()


def test_cluster_sizes_vary_as_assumed() -> None:
    world = World(units=200_000, clusters=2000, baseline=0.5, cv=0.5)
    drawn = draw(a_protocol(), world, NO_EFFECT, np.random.default_rng(4))
    sizes = np.bincount(drawn.at(2)["district"])
    assert sizes.mean() == pytest.approx(100, rel=0.05)
    assert sizes.std() / sizes.mean() == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("share", [0.5, 0.25])
def test_arms_are_dealt_in_the_registered_share_in_every_batch_and_block(share: float) -> None:
    design = Design("randomised", "block-weighted", "hc2", "arm", "control", block="site")
    protocol = replace(unclustered(size=Size(treated_share=share)), design=design)
    drawn = draw(protocol, World(800, None, 0.0), NO_EFFECT, np.random.default_rng(5))
    for look in (1, 2):
        now = drawn.at(look)
        for site in range(4):
            mine = now["arm"][now["site"] == site]
            assert len(mine) == 100 * look
            assert (mine == "treated").mean() == pytest.approx(share)


def test_baseline_columns_explain_the_share_assumed() -> None:
    outcome = Outcome("y", "mean", "higher", 0.1, adjust_for=("before", "age"))
    protocol = replace(unclustered(size=Size(r2=0.4)), outcome=outcome)
    drawn = draw(protocol, World(100_000, None, 0.0, sd=3.0), NO_EFFECT, np.random.default_rng(6))
    x = np.column_stack([np.ones(100_000), drawn.columns["before"], drawn.columns["age"]])
    y = drawn.columns["y"]
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    assert y.std() == pytest.approx(3.0, rel=0.02)
    assert 1 - rest.var() / y.var() == pytest.approx(0.4, abs=0.01)


def test_a_group_that_is_adjusted_for_stays_a_group() -> None:
    outcome = Outcome("y", "mean", "higher", 0.1, adjust_for=("tongue",))
    protocol = replace(unclustered(equity=(Equity("tongue"),)), outcome=outcome)
    world = World(100, None, 0.0, groups=(GROUPS,))
    drawn = draw(protocol, world, NO_EFFECT, np.random.default_rng(7))
    assert set(drawn.columns["tongue"]) == {"Danish", "other"}


def test_every_column_that_the_design_names_is_there() -> None:
    design = Design("cluster-randomised", "difference", "cr2", "arm", "treated", cluster="c", unit="u", weights="w",
        fixed_effects=("site",),
    )  # fmt: skip
    drawn = draw(a_protocol(design=design), World(96, 8, 0.5), NO_EFFECT, np.random.default_rng(8))
    assert set(drawn.columns) == {"arm", "c", "u", "w", "site", "safe"}
    assert set(drawn.columns["arm"]) == {"treated", "new"}
    assert len(set(drawn.columns["u"])) == len(drawn.columns["u"])


def test_a_treated_arm_that_is_named_bears_its_name() -> None:
    protocol = a_protocol(design=replace(a_protocol().design, treated="joint visit"))
    drawn = draw(protocol, World(96, 8, 0.5), NO_EFFECT, np.random.default_rng(8))
    assert set(drawn.columns["arm"]) == {"control", "joint visit"}


def test_shares_beyond_nought_and_one_stay_shares() -> None:
    protocol = clustered("proportion")
    drawn = draw(protocol, World(600, 12, 0.98, icc=0.1), Scenario("too good", 0.5), np.random.default_rng(9))
    assert drawn.columns["y"][drawn.columns["arm"] == "treated"].min() == 1.0
