"""The goal with the widest spread tops the agenda."""

import pytest

from clew.deliberate.expectations import Rating, agenda
from clew.errors import InputError

RATED = [
    *(Rating(party, "fewer deaths", 5, 2) for party in ("fire", "care", "union")),
    Rating("fire", "working alarms", 5, 2),
    Rating("care", "working alarms", 1, 2),
    Rating("union", "working alarms", 3, 2),
    Rating("fire", "less paperwork", 2, 2),
    Rating("care", "less paperwork", 3, 2),
    Rating("union", "trust", 4, 2),
]


def test_the_goal_with_the_widest_spread_comes_first() -> None:
    found = agenda(RATED, 2)
    assert [one.goal for one in found.goals] == ["working alarms", "less paperwork", "fewer deaths", "trust"]
    first = found.goals[0]
    assert (first.ratings, first.mean, first.lowest, first.highest) == (3, 3, ("care",), ("fire",))
    assert first.spread == pytest.approx((8 / 3) ** 0.5)
    assert found.goals[2].spread == 0
    assert found.goals[2].lowest == found.goals[2].highest == ()
    assert found.goals[3].spread is None


def test_only_ratings_of_the_shared_version_count() -> None:
    """Who rated the objective as it once stood is asked anew; a party's last rating counts."""
    older = [Rating("landlord", "working alarms", 1, 1), Rating("care", "working alarms", 5, 1)]
    again = [Rating("care", "working alarms", 4, 2)]
    found = agenda([*older, *RATED, *again], 2)
    assert found.outdated == ("landlord",)
    assert {one.goal: one.lowest for one in found.goals}["working alarms"] == ("union",)


def test_the_order_of_rows_decides_nothing_but_for_ratings_of_the_same() -> None:
    assert agenda(RATED, 2) == agenda(RATED[::-1], 2)


def test_ratings_off_the_steps_are_refused_together() -> None:
    with pytest.raises(InputError) as error:
        agenda([Rating("a", "x", 6, 1), Rating("b", "x", float("nan"), 1), Rating("c", "x", 5, 1)], 1)
    assert [one.where for one in error.value.problems] == ["a", "b"]
