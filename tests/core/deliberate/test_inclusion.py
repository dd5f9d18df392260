"""The inclusion grid: who is invited, takes part, changes something."""

import json

import pytest

from clew.deliberate.inclusion import inclusion


def test_empty_cells_are_listed() -> None:
    found = inclusion({"users": (20, 8, 2), "experts": (5, 5, 3), "civil society": (10, 0, 0), "firms": (0, 0, 0)})
    assert found.groups == ("civil society", "experts", "firms", "users")
    assert found.empty == (
        ("civil society", "took part"),
        ("civil society", "changed something"),
        ("firms", "invited"),
        ("firms", "took part"),
        ("firms", "changed something"),
    )
    assert found.dominance == ()


def test_a_group_that_changes_more_than_its_part_is_named() -> None:
    """Experts are 5 of 50 and behind 14 of 20 changes; Wilson's interval at 1 - .05/3 by hand."""
    found = inclusion({"users": (60, 30, 4), "experts": (5, 5, 14), "neighbours": (40, 15, 2)})
    assert [one.group for one in found.dominance] == ["experts"]
    dominant = found.dominance[0]
    square = 2.3939797998185104**2
    middle, half = (14 + square / 2) / (20 + square), (square * (0.21 * 20 + square / 4)) ** 0.5 / (20 + square)
    assert (dominant.lower, dominant.upper) == pytest.approx((middle - half, middle + half))
    assert dominant.sentence == (
        "experts made up 10% of those who took part and brought about 70% of what changed (43% to 88%)."
    )
    assert json.loads(json.dumps(found.to_dict()))["dominance"][0]["share_of_people"] == 0.1


def test_few_changes_prove_no_dominance() -> None:
    assert inclusion({"users": (60, 45, 1), "experts": (5, 5, 1)}).dominance == ()
    assert inclusion({"users": (60, 45, 0), "experts": (5, 5, 0)}).dominance == ()


def test_the_order_of_groups_does_not_matter() -> None:
    rows = {"a": (1, 2, 3), "b": (4, 5, 6), "c": (1, 0, 9)}
    assert inclusion(rows) == inclusion(dict(reversed(rows.items())))


@pytest.mark.parametrize("counts", [(1, 2), (1, 2, -3)])
def test_counts_must_be_three_and_not_negative(counts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="users needs three counts of 0 or more"):
        inclusion({"users": counts})
