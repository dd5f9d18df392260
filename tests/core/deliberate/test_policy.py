"""The choices behind common ground are refused where they cannot be used, all at once."""

import pytest

from clew.deliberate.policy import Policy
from clew.errors import InputError


def test_every_choice_out_of_range_is_named() -> None:
    with pytest.raises(InputError) as error:
        Policy(threshold=1.0, reserve=0.0, sure=90.0, least_votes=0, level=float("nan"))
    assert [one.where for one in error.value.problems] == ["threshold", "reserve", "sure", "level", "least_votes"]
    assert "sure: is 90. Give a share above 0 and below 1" in str(error.value)


def test_the_usual_choices() -> None:
    usual = Policy()
    assert (usual.threshold, usual.reserve, usual.sure, usual.least_votes, usual.level) == (0.6, 0.2, 0.9, 10, 0.9)
