"""Which look this is, what it must reach, and how much of the plan's information it holds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, stdtr

from builders import a_protocol
from clew.errors import InputError
from clew.evaluate.looks import (
    critical_value,
    information,
    look_at,
    schedule,
    which_look,
)
from clew.pilot.protocol import Looks, Protocol, Size
from clew.pilot.spending import FURTHEST, looks_at, spent
from clew.pilot.trial import looks_paid_for

ALPHAS = st.sampled_from([0.01, 0.05, 0.1])


def boundaries(alpha: float, shares: tuple[float, ...]) -> list[float]:
    return [look.boundary for look in looks_at(alpha, shares)]


def looked_at(planned: int, extensions: int = 0, method: str = "obrien-fleming", **size: object) -> Protocol:
    looks = Looks(method, planned, 0.05)  # type: ignore[arg-type]
    return a_protocol(looks=looks, extend_times=extensions, size=replace(Size(), **size))  # type: ignore[arg-type]


def test_extensions_are_paid_for_with_the_planned_looks() -> None:
    assert looks_paid_for(looked_at(2, extensions=1)) == 3
    look = look_at(looked_at(2, extensions=1), 2, units=400, clusters=12, df=None)
    assert look.boundary == pytest.approx(2.511, abs=5e-4)  # the second of three, not the last of two (1.969)
    assert (look.look, look.of, look.extensions) == (2, 2, 1)


def test_a_single_look_takes_the_whole_of_alpha() -> None:
    look = look_at(looked_at(1, method="single"), 1, units=10, clusters=None, df=None)
    assert look.nominal_p == pytest.approx(0.05, abs=1e-12)
    assert look.information == 1.0


@pytest.mark.parametrize(("look", "paid"), [(0, 3), (4, 3), (-1, 3)])
def test_a_look_that_was_not_paid_for_is_refused(look: int, paid: int) -> None:
    with pytest.raises(InputError, match=f"not one of the {paid}") as refused:
        which_look(looked_at(2, extensions=1), look)
    assert "from 1 to 3" in str(refused.value)


def test_a_single_look_is_not_extended() -> None:
    with pytest.raises(InputError, match="not one of the 1"):
        which_look(looked_at(1, extensions=1, method="single"), 2)


@pytest.mark.parametrize(("method", "planned", "expected"), [("single", 1, 1), ("obrien-fleming", 3, 3)])
def test_without_a_wish_the_last_planned_look_is_taken(method: str, planned: int, expected: int) -> None:
    assert which_look(looked_at(planned, method=method, extensions=1), None) == expected


@pytest.mark.parametrize(
    ("units", "clusters", "look", "share"),
    [
        (312, 12, 1, 0.5),  # on schedule: half of the units, all clusters from the start
        (156, 12, 1, 0.25),  # a quarter of the units: less than the schedule
        (624, 12, 1, 0.5),  # ahead: error is not spent before its time
        (312, 3, 1, 0.25),  # a quarter of the clusters, though half of the units
        (300, 12, 2, 1.0),  # the last look takes what is left
    ],
)
def test_information_counts_what_arrived_and_never_runs_ahead(
    units: int, clusters: int, look: int, share: float
) -> None:
    protocol = looked_at(2, units=624, clusters=12)
    assert information(protocol, look, units=units, clusters=clusters) == pytest.approx(share)


def test_a_planned_size_is_that_of_the_last_planned_look_not_of_the_extension() -> None:
    protocol = looked_at(1, extensions=1, units=312)
    assert information(protocol, 1, units=312, clusters=12) == pytest.approx(0.5)
    assert information(protocol, 1, units=156, clusters=12) == pytest.approx(0.25)
    assert information(protocol, 2, units=312, clusters=12) == 1.0


def test_without_a_registered_size_looks_are_equally_spaced() -> None:
    shares = [information(looked_at(4), look, units=7, clusters=None) for look in (1, 2, 3, 4)]
    assert shares == [0.25, 0.5, 0.75, 1.0]


def test_the_critical_value_has_the_nominal_p_on_its_own_scale() -> None:
    assert critical_value(0.05, None) == pytest.approx(1.959964, abs=1e-6)
    assert critical_value(0.05, 10) == pytest.approx(2.228139, abs=1e-6)  # printed t tables, 10 degrees of freedom
    assert critical_value(0.0049, 10.0) > critical_value(0.0049, None)


@given(st.floats(1e-12, 0.5), st.floats(1.0, 300.0))
def test_the_t_boundary_gives_back_its_p(nominal: float, df: float) -> None:
    assert 2 * stdtr(df, -critical_value(nominal, df)) == pytest.approx(nominal, rel=1e-6)


@given(ALPHAS, st.integers(1, 12))
def test_equal_looks_grow_easier_and_the_last_costs_a_little(alpha: float, looks: int) -> None:
    bounds = boundaries(alpha, tuple(j / looks for j in range(1, looks + 1)))
    assert bounds == sorted(bounds, reverse=True)
    plain = critical_value(alpha, None)
    assert plain - 1e-9 <= bounds[-1] <= plain * 1.15
    assert bounds[0] <= FURTHEST


@given(ALPHAS, st.lists(st.floats(0.01, 0.99), min_size=1, max_size=5, unique=True))
def test_any_schedule_is_finite_and_never_easier_than_one_look(alpha: float, shares: list[float]) -> None:
    bounds = boundaries(alpha, (*sorted(shares), 1.0))
    assert all(critical_value(alpha, None) - 1e-6 <= z <= FURTHEST for z in bounds)


@given(ALPHAS, st.floats(0.001, 1.0), st.floats(0.001, 1.0))
def test_more_information_spends_more_and_full_information_spends_alpha(alpha: float, one: float, two: float) -> None:
    assert spent(alpha, min(one, two)) <= spent(alpha, max(one, two))
    assert spent(alpha, 1.0) == pytest.approx(alpha / 2, rel=1e-12)


@given(st.integers(1, 6), st.integers(0, 2), st.integers(1, 2000), st.data())
def test_the_schedule_rises_to_what_arrived(planned: int, extensions: int, units: int, data: st.DataObject) -> None:
    protocol = looked_at(planned, extensions=extensions, units=1000)
    look = data.draw(st.integers(1, looks_paid_for(protocol)))
    share = information(protocol, look, units=units, clusters=None)
    shares = schedule(share, look, looks_paid_for(protocol))
    assert len(shares) == look
    assert all(a < b for a, b in zip((0.0, *shares), shares, strict=False))
    assert shares[-1] == share <= 1.0


def test_the_nominal_p_is_that_of_the_normal_boundary() -> None:
    look = look_at(looked_at(2), 1, units=1, clusters=None, df=10.0)
    assert look.nominal_p == pytest.approx(2 * ndtr(-2.962588), rel=1e-5)
    assert look.boundary > look.boundary_z == pytest.approx(2.962588, abs=1e-6)
