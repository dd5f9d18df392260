"""Money: exact, in minor units, and no price for an outcome that was not gained."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_finding, a_protocol
from clew.evaluate.account import account, in_minor_units
from clew.evaluate.finding import Account, Estimate
from clew.pilot.protocol import Cost, Outcome

OUTCOME = Outcome("safe", "proportion", "higher", 0.05)


def effect(size: float) -> Estimate:
    return replace(a_finding().effect, estimate=size)


def test_fire_safety_visits() -> None:
    """125 euros a home, 50 more safe homes among 312: 780 euros a home made safe."""
    found = account(a_protocol().cost, OUTCOME, effect(50 / 312), units_treated=312)
    assert found == Account(Decimal("39000.00"), Decimal("780.00"), "EUR")


def test_lower_is_better_counts_a_fall_as_gain() -> None:
    lower = replace(OUTCOME, better="lower")
    found = account(Cost("EUR", Decimal("10.00")), lower, effect(-0.25), units_treated=4)
    assert found.cost_per_outcome == Decimal("40.00")
    assert account(Cost("EUR", Decimal("10.00")), lower, effect(0.25), units_treated=4).cost_per_outcome is None


def test_a_rate_and_a_number_of_events_are_gains_of_their_own_units() -> None:
    """40 homes at 10 euros for 8 events fewer: 50 euros an event, whether counted in all or for each of 1,000 days."""
    lower, cost = replace(OUTCOME, better="lower"), Cost("EUR", Decimal("10.00"))
    in_all = account(cost, lower, effect(-8.0), units_treated=40, over=1.0)
    by_day = account(cost, lower, effect(-8.0 / 1_000), units_treated=40, over=1_000.0)
    assert (in_all.cost_total, in_all.cost_per_outcome) == (Decimal("400.00"), Decimal("50.00"))
    assert by_day.cost_per_outcome == Decimal("50.00")


@pytest.mark.parametrize("size", [0.0, -0.1])
def test_without_improvement_there_is_no_price_and_it_says_why(size: float) -> None:
    found = account(a_protocol().cost, OUTCOME, effect(size), units_treated=312)
    assert found.cost_total == Decimal("39000.00")
    assert found.cost_per_outcome is None
    assert "No improvement" in found.why


def test_without_a_registered_cost_nothing_is_computed() -> None:
    found = account(None, OUTCOME, effect(0.2), units_treated=312)
    assert found == Account(why="The protocol registers no cost.")


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.125", "EUR", "0.12"),  # half goes to the even digit
        ("0.135", "EUR", "0.14"),
        ("2.5", "JPY", "2"),  # no minor unit
        ("1.0005", "KWD", "1.000"),  # three digits
        ("7", "EUR", "7.00"),
    ],
)
def test_money_is_rounded_half_even_to_the_minor_unit(amount: str, currency: str, expected: str) -> None:
    assert str(in_minor_units(Decimal(amount), currency)) == expected


@given(st.integers(0, 10**9), st.integers(0, 10**7))
def test_totals_are_exact(cents: int, units: int) -> None:
    price = Decimal(cents).scaleb(-2)
    found = account(Cost("EUR", price), OUTCOME, effect(0.5), units_treated=units)
    assert found.cost_total is not None
    assert int(found.cost_total.scaleb(2)) == cents * units


@given(st.floats(min_value=5e-324, max_value=1e300))
def test_any_gain_has_a_price_however_small_it_is(gain: float) -> None:
    found = account(Cost("EUR", Decimal("125.00")), OUTCOME, effect(gain), units_treated=1)
    assert found.cost_per_outcome is not None
    assert found.cost_per_outcome >= 0
