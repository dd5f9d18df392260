"""Whether comparison units cover the treated ones: by hand, as statsmodels' logit, planted, and across cohorts."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from builders import a_protocol
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.callaway_santanna import overlaps
from clew.evaluate.designs.starts_screens import coverage
from clew.evaluate.doubly_robust import Changes, chances
from clew.evaluate.finding import Screen
from clew.evaluate.overlap import Cover, Overlap, cover, overlap
from clew.pilot.protocol import Design, Looks, Outcome, Protocol
from staggered import a_panel


def units(x: Any, treated: Any, weight: Any = None) -> Changes:
    x = np.asarray(x, dtype=float).reshape(len(treated), -1)
    return Changes(
        np.zeros((len(x), 0)), np.asarray(treated, dtype=bool), x, np.ones(len(x)) if weight is None else weight
    )


def towns_and_villages() -> Changes:
    """3 of 12 villages are treated, and 19 of 20 towns: chances .25 and .95."""
    town = np.arange(32) >= 12
    return units(town, np.where(town, np.arange(32) < 31, np.arange(32) < 3))


def test_by_hand() -> None:
    """Nine villages weigh a third each and one town 19, so they count as (3 + 19)² / (9/9 + 361) = 1.337."""
    found = overlap(towns_and_villages(), 4)
    assert (found.start, found.treated, found.compared, found.alone, found.beyond) == (4, 22, 10, 19, 0)
    assert (found.largest, found.high) == pytest.approx((0.95, 0.25 + 0.91 * 0.7))  # the top tenth lies between both
    assert found.effective == pytest.approx(22**2 / 362)


def test_treated_units_above_every_comparison_unit_are_counted() -> None:
    x = [0.0, 1.0, 2.0, 3.0, 2.5, 3.5, 1.5, 4.0]
    found = overlap(units(x, [0, 0, 0, 0, 1, 1, 1, 1]), 1)
    assert (found.beyond, found.alone) == (2, 0)  # 3.5 and 4.0 lie above 3.0, with chances up to .89


def test_chances_are_those_of_statsmodels() -> None:
    rng = np.random.default_rng(5)
    x, weight = rng.normal(0, 1, (200, 2)), rng.uniform(0.5, 2, 200)
    treated = rng.random(200) < 1 / (1 + np.exp(1 - x[:, 0]))
    logit = sm.GLM(treated.astype(float), sm.add_constant(x), family=sm.families.Binomial(), var_weights=weight).fit()
    given = units(x, treated, weight)
    assert chances(given) == pytest.approx(logit.predict(sm.add_constant(x)), rel=1e-6)
    others = ~treated
    like = weight[others] * (logit.predict() / (1 - logit.predict()))[others]
    assert overlap(given, 1).effective == pytest.approx(like.sum() ** 2 / np.sum(like**2), rel=1e-6)


def test_each_treated_unit_counts_once_and_by_the_comparison_that_covers_it_least() -> None:
    one = Overlap(3, treated=10, compared=40, alone=2, beyond=1, largest=0.6, high=0.5, effective=20.0)
    other = replace(one, treated=9, alone=4, beyond=0, effective=8.5)
    later = replace(one, start=5, treated=6, alone=1, beyond=3, effective=12.0)
    assert cover((one, other, later)) == Cover(treated=16, alone=5, beyond=4, least=other)


@pytest.mark.parametrize("against", ["never", "not-yet"])
def test_every_cohort_is_held_against_those_it_is_compared_with(against: Any) -> None:
    panel = a_panel(2)
    x = np.random.default_rng(2).normal(0, 1, (60, 1))
    found = overlaps(panel, x, against=against, base="universal")
    assert {one.start for one in found} == set(panel.start[panel.start < 6].tolist())
    never = int((panel.start == 6).sum())
    for one in found:
        assert one.treated == int((panel.start == one.start).sum())
        assert one.compared == never if against == "never" else one.compared >= never
    assert len({(one.start, one.compared) for one in found}) > len({one.start for one in found}) or against == "never"


def test_baseline_values_stay_with_their_units_where_some_are_left_out() -> None:
    start = np.where(np.arange(60) < 9, 0, a_panel(2).start)
    x = np.random.default_rng(3).normal(0, 1, (60, 1))
    found = {one.start: one for one in overlaps(replace(a_panel(2), start=start), x, against="never", base="universal")}
    for first, one in found.items():
        used = (start == first) | (start == 6)
        assert one == overlap(units(x[used], start[used] == first), first)
    assert set(found) == {1, 2, 3, 4, 5}


@pytest.mark.parametrize(("alone", "flag"), [(0, False), (1, False), (2, True)])
def test_one_in_twenty_without_like_may_be(alone: int, *, flag: bool) -> None:
    one = Overlap(1, treated=20, compared=40, alone=alone, beyond=0, largest=0.9, high=0.8, effective=20.0)
    (screen,) = coverage((one,), ("2001", "2002"))
    assert (screen.flag, "?" in screen.why, screen.statistic) == (flag, flag, alone / 20)


def registered(*adjust_for: str) -> Protocol:
    design = Design(
        "staggered-difference-in-differences", "callaway-santanna", "influence", unit="place", period="year",
        treated_from="since", against="never",
    )  # fmt: skip
    outcome = Outcome("rate", "mean", "higher", 0.3, adjust_for)
    return a_protocol(design=design, outcome=outcome, equity=(), looks=Looks("single", 1, 0.05))


def asked(shift: float, *adjust_for: str) -> list[Screen]:
    """What is said of 160 places of which 80 start in 2004; their baseline values lie `shift` further up."""
    rng = np.random.default_rng(8)
    place, year = (part.ravel() for part in np.mgrid[0:160, 2001:2006])
    x = rng.normal(0, 1, 160) + shift * (np.arange(160) < 80)
    columns = {
        "place": place,
        "year": year,
        "since": np.where(place < 80, "2004", "never"),
        "rate": rng.normal(0, 1, 160)[place] + rng.normal(0, 1, len(place)),
        "x": x[place],
        "same": np.ones(len(place)),
    }
    finding = analyse(registered(*adjust_for), ArrayRows(columns))
    return [screen for screen in finding.screens if screen.name == "overlap"]


def test_places_without_like_are_asked_about() -> None:
    (screen,) = asked(3.0, "x")
    assert screen.flag
    assert screen.statistic is not None
    assert screen.statistic > 0.5
    assert "of 80 treated units had a chance of treatment above 90%" in screen.why
    assert "who among the others is like them?" in screen.why
    assert "(80 with start 2004), the 80 comparison units count as" in screen.why


@pytest.mark.parametrize("shift", [0.0, 0.5, 1.0])
def test_places_with_like_are_not_asked_about(shift: float) -> None:
    (screen,) = asked(shift, "x")
    assert not screen.flag
    assert "?" not in screen.why


@pytest.mark.parametrize("adjust_for", [(), ("same",)])
def test_without_baseline_columns_that_vary_nothing_is_said(adjust_for: tuple[str, ...]) -> None:
    assert asked(3.0, *adjust_for) == []
