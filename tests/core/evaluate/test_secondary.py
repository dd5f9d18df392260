"""Further outcomes: each as if it alone had been registered, and the effect that decides as if they were not there."""

from dataclasses import replace
from itertools import combinations
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding, SecondaryOutcome
from clew.evaluate.secondary import holm
from clew.pilot.protocol import Looks, Outcome, Protocol
from designs import KEYS, Columns, a_pilot, its_data, write
from trials import a_trial, in_memory, registered, units, write_csv

KINDS = sorted(set(KEYS) - {"rare-events"})
TIME_ALONE = {"synthetic-control", "synthetic-difference-in-differences", "interrupted-time-series"}
"""Kinds that cannot do without a single period of a unit."""

OTHER = Outcome("other", "mean", "lower")
GAPPY = Outcome("gappy", "mean", "higher", 0.2, name="with gaps")
SAME = Outcome("same", "mean", "higher")
NEVER = Outcome("never", "mean", "higher")


def with_more(kind: str) -> tuple[Protocol, Columns]:
    """A small pilot of this kind with further outcomes: another one, one with gaps, a constant, and none at all."""
    columns, rng = its_data(kind), np.random.default_rng(5)
    y = np.asarray(columns["y"], dtype=float)
    noisy = y + rng.normal(0, 0.5, len(y))
    more = {
        "other": -0.5 * noisy,
        "gappy": np.where(rng.random(len(y)) < 0.1, np.nan, noisy),
        "same": np.full(len(y), 3.0),
        "never": np.full(len(y), np.nan),
    }
    return replace(a_pilot(kind), secondary=(OTHER, GAPPY, SAME, NEVER)), {**columns, **more}


def alone(protocol: Protocol, columns: Columns, outcome: Outcome) -> Finding:
    """What the finding would be with this outcome registered as the primary one and looked at once, at 5%."""
    return analyse(replace(protocol.about(outcome), looks=Looks()), ArrayRows(columns))


def hold(told: SecondaryOutcome, finding: Finding) -> None:
    effect = finding.effect
    assert (told.estimate, told.std_error, told.df, told.n) == (effect.estimate, effect.std_error, effect.df, effect.n)
    assert told.p_value == effect.p_value
    assert told.interval == pytest.approx(effect.interval, rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_estimated_as_if_it_alone_were_registered(kind: str) -> None:
    protocol, columns = with_more(kind)
    other, gappy, same, never = analyse(protocol, ArrayRows(columns)).secondary

    hold(other, alone(protocol, columns, OTHER))
    assert (other.column, other.name, other.better, other.worth_having) == ("other", "other", "lower", None)
    assert (gappy.name, gappy.worth_having) == ("with gaps", 0.2)
    if kind in TIME_ALONE:
        assert gappy.refused is not None
        assert gappy.refused.startswith("It cannot be estimated: ")
        assert '"' not in gappy.refused, "no unit is named in what is published"
    else:
        hold(gappy, alone(protocol, columns, GAPPY))
    for one in (same, never):
        assert one.refused is not None
        assert one.refused.startswith("It cannot be estimated: ")
        assert (one.estimate, one.std_error, one.interval, one.p_value, one.p_holm, one.n) == (None,) * 6
    assert never.refused == "It cannot be estimated: no row has it."


@pytest.mark.parametrize("kind", KINDS)
def test_the_effect_that_decides_is_the_same_to_the_last_bit(kind: str) -> None:
    protocol, columns = with_more(kind)
    found = analyse(protocol, ArrayRows(columns))

    assert replace(found, secondary=()) == analyse(a_pilot(kind), ArrayRows(its_data(kind)))
    assert len(found.secondary) == 4


@pytest.mark.parametrize("kind", KINDS)
def test_files_say_the_same(kind: str, tmp_path: Path) -> None:
    protocol, columns = with_more(kind)
    path = write(columns, tmp_path / "data.csv")
    found, expected = analyse(protocol, open_rows(path, protocol)), analyse(protocol, ArrayRows(columns))

    for one, other in zip(found.secondary, expected.secondary, strict=True):
        assert (one.column, one.n, one.refused, one.moved) == (other.column, other.n, other.refused, other.moved)
        figures, wanted = ((it.estimate, it.std_error, it.p_holm, *(it.interval or ())) for it in (one, other))
        if one.refused is None:
            assert figures == pytest.approx(wanted, rel=1e-7)
    without = protocol.about(protocol.outcome)
    assert replace(found, secondary=()) == analyse(without, open_rows(path, without))


@pytest.mark.parametrize("power", [-36, 36])
@pytest.mark.parametrize("kind", KINDS)
def test_the_largest_and_smallest_figures_that_files_may_hold_break_nothing(kind: str, power: int) -> None:
    protocol, columns = with_more(kind)
    scaled = {**columns, "other": columns["other"] * 10.0**power}
    found, told = analyse(protocol, ArrayRows(scaled)), analyse(protocol, ArrayRows(columns)).secondary[0]

    other = found.secondary[0]
    assert replace(found, secondary=()) == analyse(a_pilot(kind), ArrayRows(its_data(kind)))
    assert other.estimate is not None
    assert other.estimate * 10.0**-power == pytest.approx(told.estimate, rel=1e-6)
    assert other.p_value == pytest.approx(told.p_value, rel=1e-4)


def test_gaps_leave_out_their_own_rows_alone() -> None:
    """A difference of means with Neyman's error, by hand, over the rows that have the further outcome."""
    trial = a_trial(seed=3, n=300)
    rng = np.random.default_rng(8)
    y, z = (np.where(rng.random(300) < share, np.nan, trial["y"]) for share in (0.1, 0.3))
    protocol = replace(registered(**units()), secondary=(Outcome("z", "mean", "higher"),))
    found = analyse(protocol, in_memory({**trial, "y": y, "z": z}))

    treated, compared = (z[(trial["arm"] == arm) & ~np.isnan(z)] for arm in (1, 0))
    (told,) = found.secondary
    assert told.n == len(treated) + len(compared) != found.effect.n
    assert told.estimate == pytest.approx(treated.mean() - compared.mean(), rel=1e-10)
    error = sqrt(treated.var(ddof=1) / len(treated) + compared.var(ddof=1) / len(compared))
    assert told.std_error == pytest.approx(error, rel=1e-10)


def test_they_are_adjusted_for_the_same_baseline_columns() -> None:
    trial = a_trial(seed=4)
    trial["z"] = trial["y"] + trial["x"] ** 2
    adjusted = registered(adjust_for=("x",), **units(estimator="lin"))
    (told,) = analyse(replace(adjusted, secondary=(Outcome("z", "mean", "higher"),)), in_memory(trial)).secondary

    directly = replace(adjusted, outcome=replace(adjusted.outcome, column="z"))
    assert told.estimate == analyse(directly, in_memory(trial)).effect.estimate
    without = replace(directly, outcome=replace(directly.outcome, adjust_for=()))
    assert told.estimate != analyse(without, in_memory(trial)).effect.estimate


def test_intervals_are_at_95_percent_at_every_look() -> None:
    protocol = replace(
        registered(**units()), looks=Looks("obrien-fleming", 3), secondary=(Outcome("x", "mean", "higher"),)
    )
    first, last = (analyse(protocol, in_memory(a_trial()), look=look) for look in (1, 3))

    assert first.secondary == last.secondary
    assert first.effect.interval != last.effect.interval
    once = replace(protocol, looks=Looks(), outcome=protocol.secondary[0], secondary=())
    assert first.secondary[0].interval == analyse(once, in_memory(a_trial())).effect.interval


def test_the_printed_counts_of_a_trial_that_did_harm(tmp_path: Path) -> None:
    """SAMMPRIS: strokes with a stent, 45 of 224 within a year and 33 within 30 days; without, 28 and 13 of 227.

    Printed are 20% against 12%, and 14.7% against 5.7%. Source: Chimowitz et al. (2011), NEJM 365; counts and shares
    in Diez, Çetinkaya-Rundel & Barr (2019), "OpenIntro Statistics", 4th ed., §1.1.
    """
    stent = np.repeat([1, 0], [224, 227])
    strokes = {
        name: np.concatenate([np.arange(224) < with_stent, np.arange(227) < without]).astype(int)
        for name, with_stent, without in (("year", 45, 28), ("month", 33, 13))
    }
    protocol = registered(outcome="year", measure="proportion", **units())
    protocol = replace(
        protocol,
        outcome=Outcome("year", "proportion", "lower", 0.05),
        secondary=(Outcome("month", "proportion", "lower"),),
    )
    path = write_csv({"arm": stent, **strokes}, tmp_path / "stents.csv")
    found = analyse(protocol, open_rows(path, protocol))

    assert f"{found.effect.mean_treated:.0%} {found.effect.mean_comparison:.0%}" == "20% 12%"
    (month,) = found.secondary
    assert month.estimate == pytest.approx(33 / 224 - 13 / 227, rel=1e-12)
    assert month.std_error == pytest.approx(
        sqrt(33 * (224 - 33) / 224**2 / 223 + 13 * (227 - 13) / 227**2 / 226), rel=1e-10
    )
    assert month.moved == "worse"
    assert month.p_holm == month.p_value


@pytest.mark.parametrize(
    ("better", "interval", "moved"),
    [
        ("higher", (0.1, 0.4), "better"),
        ("higher", (-0.4, -0.1), "worse"),
        ("lower", (-0.4, -0.1), "better"),
        ("lower", (0.1, 0.4), "worse"),
        ("higher", (0.0, 0.4), ""),
        ("lower", (-0.1, float("inf")), ""),
        ("lower", (0.1, float("inf")), "worse"),
        ("higher", None, ""),
    ],
)
def test_what_moved_is_read_off_the_whole_interval(better, interval, moved) -> None:  # type: ignore[no-untyped-def]
    assert SecondaryOutcome("y", "y", better, interval=interval).moved == moved


@given(st.lists(st.floats(0, 1), max_size=7))
def test_holm_is_the_closed_test_of_bonferroni(p_values: list[float]) -> None:
    """By brute force: a hypothesis falls where every set of hypotheses that holds it falls by Bonferroni.

    Source: Marcus, Peritz & Gabriel (1976), Biometrika 63(3), of which Holm's procedure is the shortcut.
    """
    places = range(len(p_values))
    sets = [chosen for size in range(1, len(p_values) + 1) for chosen in combinations(places, size)]
    closed = [
        max(min(1.0, len(chosen) * min(p_values[i] for i in chosen)) for chosen in sets if place in chosen)
        for place in places
    ]
    assert holm(p_values) == pytest.approx(closed, rel=1e-12, abs=1e-300)


def test_an_outcome_that_cannot_be_estimated_counts_as_one_that_shows_nothing() -> None:
    protocol, columns = with_more("randomised")
    told = analyse(protocol, ArrayRows(columns)).secondary
    adjusted = holm([1.0 if one.p_value is None else one.p_value for one in told])

    assert [one.p_holm for one in told] == [*adjusted[:2], None, None]
    assert told[0].p_value is not None
    assert told[0].p_holm == 4 * told[0].p_value
