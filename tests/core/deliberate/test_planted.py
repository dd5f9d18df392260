"""Three groups planted in made-up conversations: found by clew, where Polis' formulas find two.

Not in every draw: docs/reference/opinion-map.md counts how often.
"""

import pytest

from evidence.opinion.planted import WORLDS, by_clew, by_polis, planted

THREE = WORLDS["three groups, 60, 32 and 8 %"]


@pytest.mark.parametrize("seed", [0, 2])
def test_three_groups_are_found_where_polis_formulas_find_two(seed: int) -> None:
    made = planted(THREE, seed)
    clew, polis = by_clew(made, seed), by_polis(made)
    assert clew.groups == 3
    assert polis.groups == 2
    assert clew.index > polis.index
    assert clew.index > 0.8


def test_statements_left_out_carry_votes_and_do_not_reach_the_map() -> None:
    made = planted(THREE, 0).conversation
    assert int(made.left_out.sum()) == THREE.left_out
    assert made.votes.counts()[made.left_out].sum() > 500
    assert len(made.kept().statements) == THREE.statements
