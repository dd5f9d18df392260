"""A unanimous and timid choice is noticed, not blocked."""

import pytest

from clew.deliberate.lowest_common import lowest_common
from clew.errors import InputError

AT_FIRST = {
    "fire service": {"leaflets", "more engines"},
    "care": {"leaflets", "joint visits"},
    "union": {"leaflets"},
}


def test_what_all_could_accept_before_they_talked_moved_nobody() -> None:
    found = lowest_common("leaflets", AT_FIRST)
    assert found.nothing_moved
    assert found.notice.startswith("Nothing moved: all 3 parties could accept “leaflets” before they talked.")


def test_whoever_could_not_accept_it_at_first_moved() -> None:
    """The joint visit was outside the fire service's first set: something moved."""
    found = lowest_common("joint visits", AT_FIRST)
    assert found.moved == ("fire service", "union")
    assert not found.nothing_moved
    assert found.notice == "2 of 3 parties could not accept “joint visits” at first."


def test_a_party_that_could_accept_nothing_moved() -> None:
    assert lowest_common("leaflets", {**AT_FIRST, "neighbours": ()}).moved == ("neighbours",)


def test_without_first_answers_nothing_can_be_told() -> None:
    with pytest.raises(InputError, match="Ask each party before deliberation begins"):
        lowest_common("leaflets", {})
