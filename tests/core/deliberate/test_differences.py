"""Which difference fed which idea."""

import pytest

from clew.deliberate.differences import Fed, Link, fed
from clew.errors import InputError


def test_the_most_fruitful_difference_comes_first_and_unused_ones_last() -> None:
    links = [Link("free alarm", "12"), Link("joint visit", "7"), Link("free alarm", "7"), Link("joint visit", "7")]
    assert fed(["3", "12", "7"], links) == (
        Fed("7", ("free alarm", "joint visit")),
        Fed("12", ("free alarm",)),
        Fed("3", ()),
    )


def test_links_to_what_divides_nobody_are_refused_together() -> None:
    with pytest.raises(InputError) as error:
        fed(["3"], [Link("a", "4"), Link("b", "3"), Link("c", "5")])
    assert [one.where for one in error.value.problems] == ["idea “a”", "idea “c”"]
