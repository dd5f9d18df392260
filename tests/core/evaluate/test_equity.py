"""Groups: their own effect and interval, harm, reach, and what must stay hidden."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit

from builders import a_finding, a_protocol
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.equity import EquityGroup, reach_of, withheld
from clew.pilot.protocol import Design, Equity, Looks, Outcome, Protocol

HALVES = (("a", 0.5), ("b", 0.5))


def protocol(*, better: str = "higher", looks: Looks | None = None, **equity: object) -> Protocol:
    """Units are randomised; the difference in means has Welch's standard error and degrees of freedom."""
    return a_protocol(
        design=Design("randomised", "difference", "hc2", "arm", "control", treated="treated"),
        outcome=Outcome("y", "mean", better, 0.1),  # type: ignore[arg-type]
        looks=looks or Looks("single", 1, 0.05),
        equity=(Equity("group", **{"eligible_shares": HALVES, **equity}),),  # type: ignore[arg-type]
    )


def columns(**arms: tuple[list[float], list[float]]) -> dict[str, np.ndarray]:
    """One keyword a group: the outcomes of its treated and of its comparison units."""
    parts = [
        (label, arm, y)
        for label, both in arms.items()
        for arm, outcomes in zip(("treated", "control"), both, strict=True)
        for y in outcomes
    ]
    labels, arm, y = zip(*parts, strict=True)
    return {"group": np.array(labels), "arm": np.array(arm), "y": np.array(y, dtype=float)}


def rows(**arms: tuple[list[float], list[float]]) -> ArrayRows:
    return ArrayRows(columns(**arms))


def groups(protocol: Protocol, data: ArrayRows) -> dict[str, EquityGroup]:
    return {group.group: group for group in analyse(protocol, data).equity}


def outcomes(mean: float, n: int, seed: int = 1) -> list[float]:
    return list(np.random.default_rng(seed).normal(mean, 1.0, n))


@pytest.mark.parametrize(("looks", "level"), [(Looks("single", 1, 0.05), 0.05), (Looks("single", 1, 0.01), 0.01)])
def test_a_group_has_the_welch_interval_of_its_own_rows(looks: Looks, level: float) -> None:
    treated, control = np.array(outcomes(0.5, 12, 2)), np.array(outcomes(0.0, 25, 3))
    others = (outcomes(0.2, 40, 4), outcomes(0.0, 40, 5))
    found = groups(protocol(looks=looks), rows(a=(list(treated), list(control)), b=others))["a"]
    parts = np.array([treated.var(ddof=1) / 12, control.var(ddof=1) / 25])
    df = parts.sum() ** 2 / (parts**2 / [11, 24]).sum()
    margin = stdtrit(df, 1 - level / 2) * np.sqrt(parts.sum())
    difference = treated.mean() - control.mean()
    assert found.n == 37
    assert found.estimate == pytest.approx(difference)
    assert found.interval == pytest.approx((difference - margin, difference + margin))


def test_at_an_early_look_the_interval_is_as_wide_as_that_look_asks() -> None:
    data = rows(a=(outcomes(0.5, 30, 2), outcomes(0, 30, 3)), b=(outcomes(0.5, 30, 4), outcomes(0, 30, 5)))
    looks = protocol(looks=Looks("obrien-fleming", 2, 0.05))
    early, late = analyse(looks, data, look=1).equity[0], analyse(looks, data, look=2).equity[0]
    assert early.interval is not None
    assert late.interval is not None
    assert early.interval[0] < late.interval[0] < late.interval[1] < early.interval[1]


@pytest.mark.parametrize(
    ("better", "effect", "limit", "harmed"),
    [
        ("higher", -3.0, 0.0, True),
        ("higher", 3.0, 0.0, False),
        ("lower", 3.0, 0.0, True),
        ("lower", -3.0, 0.0, False),
        ("higher", -3.0, -5.0, False),  # worse, but not beyond the limit that was registered
        ("higher", 0.0, 0.0, False),  # undecided is not harmed
        ("higher", 1.0, 3.0, True),  # a limit above nought asks for a gain
    ],
)
def test_harm_is_an_interval_wholly_below_the_limit(better: str, effect: float, limit: float, *, harmed: bool) -> None:
    data = rows(a=(outcomes(effect, 40, 2), outcomes(0, 40, 3)), b=(outcomes(0, 40, 4), outcomes(0, 40, 5)))
    assert groups(protocol(better=better, harm_limit=limit), data)["a"].harmed is harmed


def test_reach_is_the_share_of_the_treated_over_the_share_of_the_eligible() -> None:
    data = rows(a=(outcomes(0, 60), outcomes(0, 40)), b=(outcomes(0, 20), outcomes(0, 40)))
    found = groups(protocol(reach_at_least=0.8), data)
    assert (found["a"].reach, found["b"].reach) == (pytest.approx(1.5), pytest.approx(0.5))
    assert (found["a"].under_reached, found["b"].under_reached) == (False, True)
    assert not groups(protocol(), data)["b"].under_reached  # not ruled on


def test_those_whose_outcome_is_lost_were_reached() -> None:
    data = rows(a=([*outcomes(0, 30), *[np.nan] * 30], outcomes(0, 40)), b=(outcomes(0, 60), outcomes(0, 40)))
    found = groups(protocol(), data)["a"]
    assert found.reach == pytest.approx(1.0)
    assert found.n == 70


def test_a_small_group_is_hidden_and_the_smallest_other_keeps_its_number() -> None:
    shares = (("a", 0.1), ("b", 0.3), ("c", 0.6))
    data = rows(
        a=(outcomes(-9, 9), outcomes(0, 30)),
        b=(outcomes(0, 20), outcomes(0, 20)),
        c=(outcomes(0, 60), outcomes(0, 60)),
    )
    found = groups(protocol(eligible_shares=shares, reach_at_least=1.2), data)
    assert found["a"].hidden
    assert [found["a"].n, found["a"].estimate, found["a"].interval, found["a"].reach] == [None] * 4
    assert found["a"].harmed  # judged though not shown
    assert found["a"].under_reached  # 9 of 89 treated, a tenth of the eligible: 1.01, below 1.2
    assert "fewer than 10" in found["a"].why
    assert (found["b"].n, found["b"].reach, found["b"].hidden) == (None, None, False)
    assert found["b"].estimate is not None
    assert "subtraction" in found["b"].why
    assert found["c"].n == 120
    assert found["c"].reach is not None


def test_two_hidden_groups_protect_each_other() -> None:
    data = rows(
        a=(outcomes(0, 5), outcomes(0, 30)), b=(outcomes(0, 30), outcomes(0, 9)), c=(outcomes(0, 60), outcomes(0, 60))
    )
    found = groups(protocol(), data)
    assert [group.hidden for group in found.values()] == [True, True, False]
    assert found["c"].n == 120


def test_a_group_that_nobody_reached_is_under_reached_and_has_nobody_to_hide() -> None:
    data = rows(a=(outcomes(0, 30), outcomes(0, 30)), b=(outcomes(0, 30), outcomes(0, 30)))
    shares = (("a", 0.4), ("b", 0.4), ("nobody", 0.2))
    found = groups(protocol(eligible_shares=shares, reach_at_least=0.5), data)["nobody"]
    assert (found.n, found.reach, found.under_reached, found.hidden, found.harmed) == (0, 0.0, True, False, False)
    assert "No unit" in found.why


def test_a_group_without_an_eligible_share_has_no_reach_and_says_why() -> None:
    data = rows(a=(outcomes(0, 30), outcomes(0, 30)), z=(outcomes(0, 30), outcomes(0, 30)))
    found = groups(protocol(reach_at_least=0.9), data)["z"]
    assert (found.reach, found.under_reached) == (None, False)
    assert "No share among the eligible" in found.why


def test_a_group_of_one_cluster_an_arm_cannot_be_estimated_and_says_why() -> None:
    design = Design("cluster-randomised", "difference", "cr2", "arm", "control", cluster="c", treated="treated")
    data = columns(a=(outcomes(0, 40), outcomes(0, 40)), b=(outcomes(0, 40), outcomes(0, 40)))
    number = np.where(data["group"] == "a", 0, 1 + np.arange(160) % 2).astype(str)  # group a: one a arm, group b: two
    data["c"] = np.char.add(data["arm"], number)
    found = groups(replace(protocol(), design=design), ArrayRows(data))
    assert (found["a"].estimate, found["a"].interval, found["a"].n) == (None, None, 80)
    assert "one cluster" in found["a"].why
    assert found["b"].estimate is not None


def test_columns_come_as_registered_and_groups_in_order() -> None:
    both = replace(protocol(), equity=(Equity("group"), Equity("arm2")))
    data = columns(b=(outcomes(0, 20), outcomes(0, 20)), a=(outcomes(0, 20), outcomes(0, 20)))
    data["arm2"] = np.array(["y", "x"] * 40)
    found = [(group.column, group.group) for group in analyse(both, ArrayRows(data)).equity]
    assert found == [("group", "a"), ("group", "b"), ("arm2", "x"), ("arm2", "y")]


def test_reach_is_none_where_nobody_is_treated() -> None:
    assert reach_of(0, 0, 0.5) == (None, "Nobody is treated, so reach cannot be computed.")


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), min_size=1, max_size=5))
def test_no_subtraction_gives_a_hidden_number_away(sizes: list[tuple[int, int]]) -> None:
    """All numbers hidden or withheld: never exactly one, if another group has anybody to stand beside it."""
    arms = {f"g{place}": (outcomes(0, t, place), outcomes(0, c, 9 + place)) for place, (t, c) in enumerate(sizes)}
    arms["large"] = (outcomes(0, 40, 20), outcomes(0, 40, 21))
    shares = tuple((label, 1 / len(arms)) for label, both in arms.items() if any(both))
    found = groups(protocol(eligible_shares=shares), rows(**arms))
    for label, group in found.items():
        treated, control = (len(part) for part in arms[label])
        assert group.hidden is (min(treated, control) < 10 and treated + control > 0)
        assert not group.hidden or (group.n, group.estimate, group.interval, group.reach) == (None,) * 4
    assert sum(group.n is None for group in found.values()) != 1
    assert sum(group.reach is None for group in found.values()) != 1


def test_only_the_smallest_withholds() -> None:
    shown = a_finding().equity[0]
    column = [
        replace(shown, group="x", n=50),
        replace(shown, group="y", n=50),
        replace(shown, group="z", hidden=True, n=None),
    ]
    assert [group.n for group in withheld(column)] == [None, 50, None]
