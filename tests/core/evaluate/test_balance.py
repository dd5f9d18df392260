"""Baseline columns of the arms: d² against every dealing, other people's software, chance, and planted gaps."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from statsmodels.discrete.conditional_models import ConditionalLogit

from clew.evaluate.analyse import analyse
from clew.evaluate.arms import Arms
from clew.evaluate.balance import Balance, Omnibus, balance
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding, Screen
from clew.evaluate.rows import Layout
from clew.evaluate.screens import BALANCE_P, chance_imbalance
from clew.pilot.protocol import Protocol
from trials import Trial, in_memory, registered, units, write_csv

ARMS = Arms("arm", "1", "0")


def some_units(seed: int, n: int = 60, blocks: int = 1) -> Trial:
    """Units dealt one by one within blocks, with a normal, a skewed and a text column at baseline."""
    rng = np.random.default_rng(seed)
    block = np.arange(n) % blocks
    arm = np.zeros(n, dtype=np.int64)
    for each in range(blocks):
        inside = np.flatnonzero(block == each)
        arm[rng.permutation(inside)[: max(1, int(0.4 * len(inside)))]] = 1
    columns = {"x": rng.normal(5, 2, n), "z": rng.exponential(1, n), "t": np.array(["a", "b", "c"])[np.arange(n) % 3]}
    return {"y": rng.normal(0, 1, n), "arm": arm, "block": block, "w": np.full(n, 1.5), **columns}


def some_clusters(seed: int, clusters: int = 8, blocks: int = 2) -> Trial:
    """Clusters of unlike size dealt whole within blocks, half and half."""
    rng = np.random.default_rng(seed)
    school = np.repeat(np.arange(clusters), rng.integers(2, 9, clusters))
    treated = np.zeros(clusters, dtype=np.int64)
    for each in range(blocks):
        treated[rng.permutation(np.arange(each, clusters, blocks))[: clusters // blocks // 2]] = 1
    x = rng.normal(0, 1, clusters)[school] + rng.normal(0, 1, len(school))
    columns = {"x": x, "z": rng.exponential(1, len(school)) + x, "w": rng.uniform(1, 3, len(school))}
    return {"y": x, "school": school, "arm": treated[school], "block": school % blocks, **columns}


def of(
    trial: Trial,
    *columns: str,
    block: str | None = None,
    cluster: str | None = None,
    weights: str | None = None,
    seed: int = 0,
) -> Balance:
    layout = Layout("y", "mean", arm="arm", block=block, cluster=cluster, adjust_for=columns, weights=weights)
    return balance(in_memory(trial).moments(layout), ARMS, block, cluster, seed=seed)


def omnibus(found: Balance) -> Omnibus:
    assert found.omnibus is not None
    return found.omnibus


def ways(treated: NDArray[Any], block: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Every way to deal the same numbers within blocks, one by one."""
    places = [np.flatnonzero(block == each) for each in np.unique(block)]
    for chosen in product(*(combinations(inside, int(treated[inside].sum())) for inside in places)):
        deal = np.zeros(len(treated), dtype=np.int64)
        deal[[place for part in chosen for place in part]] = 1
        yield deal


def by_hand(totals: NDArray[Any], treated: NDArray[Any], block: NDArray[Any]) -> tuple[NDArray[Any], float, int]:
    """d² of every dealing and of the one made, with the covariance that all dealings have, and its rank."""
    differences = np.array([deal @ totals for deal in ways(treated, block)])
    mean = differences.mean(axis=0)
    covariance = np.cov(differences.T, bias=True).reshape(len(mean), len(mean))
    inverse = np.linalg.pinv(covariance, rcond=1e-10)
    about = differences - mean
    made = treated @ totals - mean
    return (
        np.einsum("di,ij,dj->d", about, inverse, about),
        float(made @ inverse @ made),
        int(np.linalg.matrix_rank(covariance, tol=1e-10 * covariance.max())),
    )


def dummies(texts: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(texts[:, None] == np.unique(texts)[None, :], dtype=np.float64)


@pytest.mark.parametrize(("blocks", "n"), [(1, 9), (2, 12)])
def test_units_are_held_against_every_dealing_of_them(blocks: int, n: int) -> None:
    trial = some_units(3, n, blocks)
    columns = np.column_stack([trial["x"], trial["z"], trial["x"] - 2 * trial["z"]])
    trial["v"] = columns[:, 2]
    all_of_them, made, rank = by_hand(columns, trial["arm"], trial["block"])
    found = omnibus(of(trial, "x", "z", "v", block="block"))
    assert (found.statistic, found.rank) == (pytest.approx(made), rank)
    dealt = [
        omnibus(of(trial | {"arm": deal}, "x", "z", "v", block="block")) for deal in ways(trial["arm"], trial["block"])
    ]
    assert [one.statistic for one in dealt] == pytest.approx(all_of_them.tolist(), abs=1e-9)
    assert np.mean([one.statistic for one in dealt]) == pytest.approx(rank)


@pytest.mark.parametrize("weights", [None, "w"])
def test_clusters_are_held_against_every_dealing_of_them(weights: str | None) -> None:
    trial = some_clusters(5)
    weight, clusters = trial["w"] if weights else np.ones(len(trial["y"])), int(trial["school"].max()) + 1
    totals = np.zeros((clusters, 2))
    for place, name in enumerate(("x", "z")):
        for block in (0, 1):
            inside = trial["block"] == block
            mean = np.average(trial[name][inside], weights=weight[inside])
            about = weight * np.where(inside, trial[name] - mean, 0.0)
            totals[:, place] += np.bincount(trial["school"], about, minlength=clusters)
    first = np.unique(trial["school"], return_index=True)[1]
    all_of_them, made, rank = by_hand(totals, trial["arm"][first], trial["block"][first])
    found = omnibus(of(trial, "x", "z", block="block", cluster="school", weights=weights))
    assert (found.statistic, found.rank, found.deals) == (pytest.approx(made), rank, 36)
    assert found.p_value == np.mean(all_of_them >= made * (1 - 1e-9))
    assert found.least_p == np.mean(all_of_them >= all_of_them.max() * (1 - 1e-9))
    assert all_of_them.mean() == pytest.approx(rank)


def test_without_blocks_it_is_the_score_test_of_a_regression_of_the_arm() -> None:
    """(N − 1) R² of the arm on the columns, by statsmodels."""
    trial = some_units(4, 200)
    columns = np.column_stack([trial["x"], trial["z"], dummies(trial["t"])[:, 1:]])
    r2 = sm.OLS(trial["arm"].astype(float), sm.add_constant(columns)).fit().rsquared
    found = omnibus(of(trial, "x", "z", "t"))
    assert (found.statistic, found.rank) == (pytest.approx(199 * r2), 4)


def test_within_blocks_it_is_the_score_test_of_a_conditional_logit() -> None:
    """By statsmodels, which takes its second derivatives numerically."""
    trial = some_units(6, 60, 6)
    columns = np.column_stack([trial["x"], trial["z"]])
    model = ConditionalLogit(trial["arm"], columns, groups=trial["block"])
    score, information = model.score(np.zeros(2)), -model.hessian(np.zeros(2))
    found = omnibus(of(trial, "x", "z", block="block"))
    assert found.statistic == pytest.approx(score @ np.linalg.solve(information, score), rel=1e-5)


numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
slopes = st.sampled_from([-1e4, -2.5, 1e-3, 0.1, 1.0, 7.0])


@given(
    seed=st.integers(0, 50),
    shift=numbers,
    slope=slopes,
    clustered=st.booleans(),
    order=st.randoms(use_true_random=False),
)
def test_units_of_a_column_and_the_order_of_rows_change_nothing(
    seed: int, shift: float, slope: float, order: Any, *, clustered: bool
) -> None:
    trial = some_clusters(seed) if clustered else some_units(seed, blocks=3)
    rows = list(range(len(trial["y"])))
    order.shuffle(rows)
    other = {name: values[rows] for name, values in trial.items()}
    other["x"] = shift + slope * other["x"]
    one, two = (
        omnibus(of(each, "x", "z", block="block", cluster="school" if clustered else None)) for each in (trial, other)
    )
    assert (two.statistic, two.p_value) == pytest.approx((one.statistic, one.p_value), rel=1e-4)
    assert two.rank == one.rank


def test_columns_that_say_nothing_new_add_no_rank() -> None:
    trial = some_units(7)
    again = trial | {"v": 3 - 2 * trial["x"] + trial["z"], "c": np.full(60, 1e6)}
    one, two = omnibus(of(trial, "x", "z")), omnibus(of(again, "x", "z", "v", "c"))
    assert (two.statistic, two.rank) == (pytest.approx(one.statistic), one.rank)


def test_blocks_of_one_arm_and_pairs_that_broke_say_nothing() -> None:
    trial = some_units(8, 60, 6)
    kept = trial["block"] < 4
    alone = trial | {"arm": np.where(trial["block"] == 4, 1, np.where(trial["block"] == 5, 0, trial["arm"]))}
    fewer = {name: values[kept] for name, values in trial.items()}
    assert omnibus(of(alone, "x", "z", block="block")).statistic == pytest.approx(
        omnibus(of(fewer, "x", "z", block="block")).statistic
    )


def test_clusters_without_like_in_their_block_do_not_count() -> None:
    """Six clusters of which four were dealt, two in each block: two are free, so two columns are too many."""
    trial = some_clusters(9, 4, 2)
    alone = {"school": 4, "arm": 1, "block": 2}, {"school": 5, "arm": 1, "block": 2}
    for each in alone:
        trial = {name: np.append(values, each.get(name, 1.0 + len(values))) for name, values in trial.items()}
    whole = {name: values.astype(np.int64) if name in alone[0] else values for name, values in trial.items()}
    assert "2 columns are too many" in of(whole, "x", "z", block="block", cluster="school").cannot
    assert omnibus(of(whole, "x", block="block", cluster="school")).rank == 1


def test_within_blocks_the_difference_of_a_column_is_that_of_a_regression_on_arm_and_blocks() -> None:
    trial = some_units(17, 90, 3)
    trial["arm"] = np.where(trial["block"] == 0, (np.arange(90) // 3 % 5 > 0).astype(int), trial["arm"])
    design = np.column_stack([trial["arm"], dummies(trial["block"])])
    gap = sm.OLS(trial["z"], design).fit().params[0]
    variances = [trial["z"][trial["arm"] == arm].var(ddof=1) for arm in (0, 1)]
    found = of(trial, "z", block="block").columns[0]
    assert found.standardised == pytest.approx(gap / np.sqrt(np.mean(variances)))
    assert found.standardised != pytest.approx(of(trial, "z").columns[0].standardised, rel=1e-3)


@pytest.mark.parametrize(
    ("trial", "asked", "reason"),
    [
        (some_units(1, 3), {"columns": ("x", "z")}, "2 columns are too many for so few units"),
        (some_clusters(1, 4, 1), {"columns": ("x", "z", "w"), "cluster": "school"}, "too many for so few clusters"),
        (some_units(1) | {"c": np.full(60, 0.1)}, {"columns": ("c",)}, "they do not vary"),
        (some_units(1), {"columns": ("x",), "weights": "w"}, "sums of weighted rows"),
    ],
)
def test_what_cannot_be_tested_says_why(trial: Trial, asked: dict[str, Any], reason: str) -> None:
    found = of(trial, *asked.pop("columns"), **asked)
    assert found.omnibus is None
    screen = chance_imbalance(found)
    assert (screen.flag, screen.statistic) == (False, None)
    assert reason in screen.why


TRIALS = 3000


def band(p: float) -> float:
    """Four standard errors of a share of the trials."""
    return 4 * float(np.sqrt(p * (1 - p) / TRIALS))


@cache
def p_values(clusters: int | None, share: float) -> NDArray[Any]:
    """Of sound pilots, dealt anew by chance: by their clusters, or 200 units one by one."""
    rng = np.random.default_rng(12)
    trial = some_clusters(2, clusters, 1) if clusters else some_units(2, 200)
    of_what = trial["school"] if clusters else np.arange(200)
    many = int(of_what.max()) + 1
    layout = Layout("y", "mean", arm="arm", cluster="school" if clusters else None, adjust_for=("x", "z"))
    found = []
    for _ in range(TRIALS):
        dealt = rng.permutation(np.arange(many) < share * many).astype(np.int64)
        rows = in_memory(trial | {"arm": dealt[of_what]})
        found.append(omnibus(balance(rows.moments(layout), ARMS, None, layout.cluster)).p_value)
    return np.array(found)


@pytest.mark.parametrize(("clusters", "share"), [(None, 0.5), (None, 0.2), (12, 0.5), (40, 0.5)])
@pytest.mark.parametrize("limit", [0.05, 0.01])
def test_sound_pilots_are_asked_as_seldom_as_is_said(clusters: int | None, share: float, limit: float) -> None:
    assert float(np.mean(p_values(clusters, share) < limit)) == pytest.approx(limit, abs=band(limit))


def test_values_that_few_units_share_count_together() -> None:
    """By hand: 80 treated of 200; of 12 units chance deals 4.8 to them, of 13 5.2."""
    trial = some_units(18, 200)
    for many, rank in ((12, 0), (13, 1), (187, 1), (188, 0)):
        assert _rank(of(trial | {"s": (np.arange(200) < many).astype(float)}, "s")) == rank
    few = np.where(np.arange(200) < 20, np.char.add("rare", (np.arange(200) % 10).astype(str)), trial["t"])
    together = np.where(np.arange(200) < 20, "rare", trial["t"])
    one, other = (omnibus(of(trial | {"s": texts}, "s")) for texts in (few, together))
    assert (one.statistic, one.rank) == (pytest.approx(other.statistic), 3)


def _rank(found: Balance) -> int:
    return found.omnibus.rank if found.omnibus else 0


@pytest.mark.parametrize(("clusters", "share"), [(None, 0.5), (None, 0.2), (12, 0.5), (40, 0.5)])
def test_one_sound_pilot_in_a_thousand_is_asked_at_most(clusters: int | None, share: float) -> None:
    flagged = float(np.mean(p_values(clusters, share) < BALANCE_P))
    assert flagged <= BALANCE_P + band(BALANCE_P)
    assert flagged == 0 or clusters != 12  # 2 of 924 dealings are the fewest that can be as unlike


def screen_in(finding: Finding) -> Screen:
    return next(one for one in finding.screens if one.name == "baseline balance")


def found_in(trial: Trial, protocol: Protocol, folder: Path) -> Finding:
    return analyse(protocol, open_rows(write_csv(trial, folder / "data.csv"), protocol))


def adjusted(*columns: str, **design: Any) -> Protocol:
    return registered(adjust_for=columns, **(design if "kind" in design else units(**design)))


def test_a_planted_difference_is_asked_about_with_the_effect_as_it_is_unadjusted(tmp_path: Path) -> None:
    trial = some_units(9, 200)
    trial["x"] = trial["x"] + 1.5 * trial["arm"]
    finding = found_in(trial, adjusted("x", "z", "t"), tmp_path)
    screen = screen_in(finding)
    assert screen.flag
    assert screen.p_value is not None
    assert screen.p_value < BALANCE_P
    assert screen.statistic == pytest.approx(omnibus(of(trial, "x", "z", "t")).statistic, rel=1e-6)
    assert "most: x, by +0." in screen.why
    assert screen.why.endswith("how were they dealt, and who was lost?")
    plain = found_in(trial, adjusted(), tmp_path)
    assert screen.instead is not None
    assert (screen.instead.estimate, screen.instead.interval) == (plain.effect.estimate, plain.effect.interval)
    assert finding.effect.estimate != plain.effect.estimate


def test_chance_differences_are_not_asked_about(tmp_path: Path) -> None:
    screen = screen_in(found_in(some_units(9, 200), adjusted("x", "z", "t"), tmp_path))
    assert (screen.flag, screen.instead) == (False, None)
    assert "no more than chance deals (d² = " in screen.why


def test_without_baseline_columns_nothing_is_said(tmp_path: Path) -> None:
    finding = found_in(some_units(9), adjusted(), tmp_path)
    assert "baseline balance" not in [screen.name for screen in finding.screens]
    assert finding.further == ()


def test_only_rows_with_an_outcome_and_of_the_two_arms_count(tmp_path: Path) -> None:
    trial = some_units(10, 90)
    trial["y"][:20] = np.nan
    trial["arm"][20:40] = 2
    kept = {name: values[40:] for name, values in trial.items()}
    screen = screen_in(found_in(trial, adjusted("x", "z", treated="1", other_arms=("2",)), tmp_path))
    assert screen.statistic == pytest.approx(omnibus(of(kept, "x", "z")).statistic)
    assert screen.why.startswith("Among those with an outcome, ")


@pytest.mark.parametrize("kind", ["randomised", "cluster-randomised", "encouragement"])
def test_clusters_that_lie_in_one_arm_each_were_dealt_whole(kind: str, tmp_path: Path) -> None:
    """Whatever kind is registered; and what was received is no baseline column."""
    trial = some_clusters(11, 30, 1)
    trial["d"] = (trial["arm"] * (np.arange(len(trial["y"])) % 3 > 0)).astype(np.int64)
    offer = {"received": "d", "estimator": "intention-to-treat"} if kind == "encouragement" else {}
    protocol = registered(adjust_for=("x", "z"), **({"kind": kind, "cluster": "school"} | offer))
    screen = screen_in(found_in(trial, protocol, tmp_path))
    assert screen.statistic == pytest.approx(omnibus(of(trial, "x", "z", cluster="school")).statistic)
    assert screen.statistic != pytest.approx(omnibus(of(trial, "x", "z")).statistic)


@pytest.mark.parametrize("across", [False, True])
def test_clusters_were_not_dealt_within_what_cuts_across_them(*, across: bool, tmp_path: Path) -> None:
    trial = some_clusters(12, 24, 2)
    trial["grade"] = trial["block"].copy()
    trial["grade"][0] = int(across)  # the first school lies in block 0
    protocol = adjusted("x", kind="cluster-randomised", cluster="school", fixed_effects=("grade",))
    expected = of(trial, "x", cluster="school", block=None if across else "block")
    assert screen_in(found_in(trial, protocol, tmp_path)).statistic == pytest.approx(omnibus(expected).statistic)


def test_so_few_clusters_that_nothing_could_be_shown_are_said_to_be(tmp_path: Path) -> None:
    trial = some_clusters(13, 12, 1)
    trial["x"] = trial["x"] + 50 * trial["arm"]
    screen = screen_in(found_in(trial, adjusted("x", kind="cluster-randomised", cluster="school"), tmp_path))
    assert not screen.flag
    assert screen.p_value == pytest.approx(2 / 924)
    assert screen.why.endswith("With so few clusters no difference, however large, has p below 0.001.")


def test_many_dealings_are_drawn_by_the_registered_seed() -> None:
    trial = some_clusters(14, 20, 1)
    found = [omnibus(of(trial, "x", "z", cluster="school", seed=seed)) for seed in (1, 1, 2)]
    assert found[0] == found[1]
    assert [one.deals for one in found] == [9_999] * 3
    assert found[0].p_value != found[2].p_value
    assert found[0].p_value == pytest.approx(found[2].p_value, abs=0.03)


def test_each_column_has_its_line_and_nobody_is_given_away(tmp_path: Path) -> None:
    """By hand: means of the arms, and their difference over the root of the mean variance."""
    trial = some_units(15, 300)
    trial["rare"] = (np.arange(300) < 12).astype(np.int64)
    trial["s"] = np.where(np.arange(300) == 0, "only one", trial["t"])
    found = found_in(trial, adjusted("x", "t", "s", "rare"), tmp_path)
    lines = {one.name: one for one in found.further}
    names = ["x", "t = a", "t = b", "t = c", "s", "rare"]
    assert sorted(lines) == sorted(f"{name} at baseline" for name in names)
    treated, others = (trial["x"][trial["arm"] == arm] for arm in (1, 0))
    apart = (treated.mean() - others.mean()) / np.sqrt((treated.var(ddof=1) + others.var(ddof=1)) / 2)
    assert lines["x at baseline"].estimate == pytest.approx(apart)
    assert f"{treated.mean():.3g} among the treated, {others.mean():.3g}" in lines["x at baseline"].why
    for name in ("s", "rare"):
        assert lines[f"{name} at baseline"].estimate is None
        assert lines[f"{name} at baseline"].why == "hidden: fewer than ten units of an arm share a value"


def test_of_very_many_columns_those_that_differ_most_are_listed(tmp_path: Path) -> None:
    rng, trial = np.random.default_rng(16), some_units(16, 200)
    names = tuple(f"v{place:02d}" for place in range(30))
    trial |= {name: rng.normal(0, 1, 200) + trial["arm"] * place / 100 for place, name in enumerate(names)}
    found = found_in(trial, adjusted(*names, estimator="difference"), tmp_path)
    apart = {one.name: abs(one.standardised or 0) for one in of(trial, *names).columns}
    most = sorted(apart, key=apart.__getitem__)[-24:]
    assert [one.name for one in found.further] == [f"{name} at baseline" for name in sorted(most)]
