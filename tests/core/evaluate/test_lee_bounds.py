"""Lee's bounds against trimming row by row, against their own jackknife, and their promise to cover."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clew.errors import InputError
from clew.evaluate.analyse import analyse
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Screen
from clew.evaluate.lee_bounds import LeeBounds, Outcomes, lee_bounds
from trials import Trial, in_memory, registered, units, write_csv


def outcomes(n: list[list[int]], missing: list[int], treated: list[bool]) -> Outcomes:
    return Outcomes(np.arange(len(n[0]), dtype=float), np.array(n), np.array(missing), np.array(treated))


def test_a_case_that_can_be_counted_on_fingers() -> None:
    """Of 10 treated 8 answered (2 times yes); of 10 compared 4 did (2 yes): half of the 8 answers are surplus.

    The four worst of the treated said no: lower bound 0 − 1/2. The four best are two yes and two no: 1/2 − 1/2.
    """
    found = lee_bounds(outcomes([[6, 2], [2, 2]], [2, 6], [True, False]), clustered=False)
    assert (found.lower, found.upper, found.trimmed, found.of_treated) == (-0.5, 0.0, 0.5, True)
    mirrored = lee_bounds(outcomes([[2, 2], [6, 2]], [6, 2], [True, False]), clustered=False)
    assert (mirrored.lower, mirrored.upper, mirrored.of_treated) == (0.0, 0.5, False)


def by_rows(found: Outcomes) -> tuple[float, float]:
    """Bounds from lists of rows, each cut into as many equal crumbs as makes the surplus a whole number of them."""
    rows = {arm: np.repeat(found.values, found.n[found.treated == arm].sum(axis=0)) for arm in (True, False)}
    assigned = {arm: len(rows[arm]) + found.missing[found.treated == arm].sum() for arm in rows}
    more = len(rows[True]) * assigned[False] >= len(rows[False]) * assigned[True]
    crumbs = np.sort(np.repeat(rows[more], assigned[not more]))
    surplus = len(rows[more]) * assigned[not more] - len(rows[not more]) * assigned[more]
    ends = [crumbs[: len(crumbs) - surplus].mean(), crumbs[surplus:].mean()]
    gaps = [end - rows[False].mean() if more else rows[True].mean() - end for end in ends]
    return min(gaps), max(gaps)


some = st.lists(st.integers(0, 6), min_size=4, max_size=4)


@given(some, some, st.integers(0, 9), st.integers(0, 9))
def test_bounds_are_those_of_trimming_rows(first: list[int], second: list[int], one: int, other: int) -> None:
    if not sum(first) or not sum(second):
        return
    found = outcomes([first, second], [one, other], [True, False])
    bounds = lee_bounds(found, clustered=False)
    assert (bounds.lower, bounds.upper) == pytest.approx(by_rows(found), abs=1e-12)


def test_where_both_arms_keep_the_same_share_the_bounds_are_the_difference() -> None:
    found = lee_bounds(outcomes([[3, 5, 2], [2, 8, 10]], [5, 10], [True, False]), clustered=False)
    assert found.lower == found.upper == pytest.approx(9 / 10 - 28 / 20)
    assert found.trimmed == 0


def made_up(seed: int, clusters: int = 80) -> Outcomes:
    """Clusters of about 30 rows, treated in turn; five marks; the comparison loses more."""
    rng = np.random.default_rng(seed)
    treated = np.arange(clusters) % 2 == 0
    share = rng.dirichlet([4, 4, 4, 4, 4], clusters)
    kept = np.clip(rng.normal(np.where(treated, 0.9, 0.7), 0.05), 0, 1)
    assigned = rng.integers(20, 40, clusters)
    there = rng.binomial(assigned, kept)
    n = np.array([rng.multinomial(count, p) for count, p in zip(there, share, strict=True)])
    return Outcomes(np.arange(5.0), n, assigned - there, treated)


def without(found: Outcomes, place: int) -> LeeBounds:
    rest = np.arange(len(found.treated)) != place
    left = Outcomes(found.values, found.n[rest], found.missing[rest], found.treated[rest])
    return lee_bounds(left, clustered=True)


def test_errors_by_cluster_are_those_of_leaving_out_one_cluster_at_a_time() -> None:
    found = made_up(3, 300)
    bounds = lee_bounds(found, clustered=True)
    left = np.array([(one.lower, one.upper) for one in (without(found, place) for place in range(300))])
    jackknife = np.sqrt(299 / 300 * np.sum((left - left.mean(axis=0)) ** 2, axis=0))
    assert (bounds.lower_error, bounds.upper_error) == pytest.approx(tuple(jackknife), rel=0.006)
    assert bounds.df == 298


def test_where_nobody_is_lost_errors_by_cluster_are_those_of_a_difference() -> None:
    """Each arm's variance between clusters with its own factor G / (G − 1), worked out by hand."""
    found = outcomes([[3, 1], [1, 3], [2, 2], [4, 2], [1, 5]], [0] * 5, [True, True, True, False, False])
    bounds = lee_bounds(found, clustered=True)
    treated = 3 / 2 * sum((total - 0.5 * 4) ** 2 for total in (1, 3, 2)) / 12**2
    comparison = 2 / 1 * sum((total - 7 / 12 * 6) ** 2 for total in (2, 5)) / 12**2
    assert bounds.lower_error == bounds.upper_error == pytest.approx(np.sqrt(treated + comparison))


def test_rows_that_resemble_their_cluster_make_wider_errors() -> None:
    found = made_up(3)
    alone, whole = (lee_bounds(found, clustered=clustered) for clustered in (False, True))
    assert (alone.lower, alone.upper) == (whole.lower, whole.upper)
    assert alone.lower_error < 0.8 * whole.lower_error


def test_errors_of_rows_are_those_of_drawing_anew() -> None:
    """The spread of the bounds over 2,000 draws of the same trial of 800."""
    rng = np.random.default_rng(1)
    chances = [[0.1, 0.3, 0.3, 0.2, 0.1], [0.2, 0.2, 0.2, 0.1, 0.3]]
    chances = [[*first[:4], 0.0, first[4]] for first in chances]
    drawn = []
    for _ in range(2000):
        n = np.array([rng.multinomial(400, chance) for chance in chances])
        drawn.append(lee_bounds(outcomes(n[:, :5].tolist(), n[:, 5].tolist(), [True, False]), clustered=False))
    spread = np.std([(one.lower, one.upper) for one in drawn], axis=0)
    told = np.mean([(one.lower_error, one.upper_error) for one in drawn], axis=0)
    assert told == pytest.approx(spread, rel=0.05)


def test_the_interval_goes_from_two_sides_to_one_as_bounds_part() -> None:
    """Imbens & Manski: 1.96 standard errors where the bounds meet, 1.645 where they are far apart."""
    meet, apart = (LeeBounds(0.0, width, 1.0, 1.0, 0.1, True, np.inf) for width in (0.0, 50.0))
    assert meet.interval(0.95) == pytest.approx((-1.959964, 1.959964), abs=1e-6)
    assert apart.interval(0.95) == pytest.approx((-1.644854, 51.644854), abs=1e-6)
    few = LeeBounds(0.0, 0.0, 1.0, 1.0, 0.1, True, 8.0)
    assert few.interval(0.95)[1] == pytest.approx(2.306004, abs=1e-6)


def test_what_cannot_be_bounded_is_refused() -> None:
    with pytest.raises(InputError, match="need outcomes in both arms"):
        lee_bounds(outcomes([[0, 0], [2, 2]], [4, 6], [True, False]), clustered=False)
    with pytest.raises(InputError, match="two clusters an arm"):
        lee_bounds(outcomes([[1, 1], [2, 2], [1, 2]], [4, 6, 1], [True, False, False]), clustered=True)


def homes(seed: int, kept: tuple[float, float], districts: int = 24) -> Trial:
    """Homes in districts, treated in turn, with an alarm that works or not, of which the share `kept` was seen."""
    rng = np.random.default_rng(seed)
    district = np.repeat(np.arange(districts), 40)
    arm = district % 2
    works = (rng.random(len(arm)) < 0.5 + 0.2 * arm).astype(float)
    seen = rng.random(len(arm)) < np.where(arm == 1, *kept)
    return {"y": np.where(seen, works, np.nan), "arm": arm, "school": district}


def counted(trial: Trial, parts: NDArray[np.int64]) -> Outcomes:
    """The outcomes of each part (a district, or an arm), counted row by row."""
    values = np.unique(trial["y"][~np.isnan(trial["y"])])
    n = np.array([[np.sum(trial["y"][parts == part] == value) for value in values] for part in np.unique(parts)])
    missing = np.array([np.isnan(trial["y"][parts == part]).sum() for part in np.unique(parts)])
    treated = np.array([trial["arm"][parts == part][0] == 1 for part in np.unique(parts)])
    return Outcomes(values, n, missing, treated)


def attrition(trial: Trial, **design: Any) -> Screen:
    finding = analyse(registered(measure="proportion", **design), in_memory(trial))
    return next(screen for screen in finding.screens if screen.name == "differential attrition")


def test_where_attrition_is_questioned_the_bounds_say_what_the_effect_would_be() -> None:
    trial = homes(1, (0.95, 0.75))
    screen = attrition(trial)
    bounds = lee_bounds(counted(trial, trial["school"]), clustered=True)
    assert screen.flag
    assert screen.instead is not None
    assert screen.instead.estimate is None
    assert screen.instead.interval == pytest.approx(bounds.interval(0.95))
    assert f"Lee bounds {bounds.lower:+.3g} to {bounds.upper:+.3g}" in screen.instead.says
    alone = attrition(trial, **units())
    by_arm = lee_bounds(counted(trial, trial["arm"]), clustered=False)
    assert alone.instead is not None
    assert alone.instead.interval == pytest.approx(by_arm.interval(0.95))


@pytest.mark.parametrize(("measure", "values"), [("count", 4), ("mean", 0)])
def test_bounds_of_counts_and_means_are_those_of_their_rows(measure: str, values: int, tmp_path: Path) -> None:
    """From files and from memory, by rows that lie in no order; a mean has as many values as rows."""
    rng = np.random.default_rng(5)
    trial = homes(3, (0.95, 0.7))
    drawn = rng.integers(0, values, len(trial["y"])) if values else rng.normal(-3, 2, len(trial["y"]))
    trial = trial | {"y": np.where(np.isnan(trial["y"]), np.nan, drawn + trial["arm"])}
    order = rng.permutation(len(trial["y"]))
    shuffled = {name: column[order] for name, column in trial.items()}
    bounds = lee_bounds(counted(trial, trial["school"]), clustered=True)
    protocol = registered(measure=measure)
    for rows in (in_memory(shuffled), open_rows(write_csv(shuffled, tmp_path / "homes.csv"), protocol)):
        screens = analyse(protocol, rows).screens
        (instead,) = [screen.instead for screen in screens if screen.name == "differential attrition"]
        assert instead is not None
        assert instead.interval == pytest.approx(bounds.interval(0.95), rel=1e-9)


def test_other_arms_are_not_bounded() -> None:
    trial = homes(1, (0.95, 0.75))
    third = {name: np.concatenate([column, column[:40]]) for name, column in trial.items()}
    third["arm"][-40:], third["school"][-40:], third["y"][-40:] = 2, 99, 1.0
    with_third = attrition(third, treated="1", other_arms=("2",))
    assert with_third.instead is not None
    assert with_third.instead == attrition(trial).instead


def test_where_it_is_not_no_bounds_are_given() -> None:
    assert attrition(homes(2, (0.9, 0.9))).instead is None
