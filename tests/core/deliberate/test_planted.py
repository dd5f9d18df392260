"""Groups planted in made-up conversations: found by clew where Polis' formulas find others; none where there are none.

Not in every draw of every world: docs/reference/opinion-map.md counts how often.
"""

from evidence.opinion.planted import WORLDS, by_clew, by_polis, planted

MINORITY = WORLDS["a minority of 5 %, 1,000 people"]
SLOPE = WORLDS["three groups across a slope, 1,000 people"]
LEFT_OUT = WORLDS["three groups, 60, 32 and 8 %"]


def test_a_minority_of_five_percent_is_found_where_polis_formulas_find_two_groups() -> None:
    made = planted(MINORITY, 0)
    clew, polis = by_clew(made, 0), by_polis(made)
    assert (clew.groups, polis.groups) == (3, 2)
    assert clew.index > 0.9 > polis.index


def test_three_groups_across_a_slope_are_found_where_polis_formulas_cut_the_slope() -> None:
    made = planted(SLOPE, 0)
    clew, polis = by_clew(made, 0), by_polis(made)
    assert clew.groups == 3
    assert clew.index > 0.85
    assert polis.index < 0.6


def test_what_both_camps_share_comes_first() -> None:
    """Among a hundred statements that divide them."""
    made = planted(WORLDS["two camps and a bridge"], 0)
    clew = by_clew(made, 0)
    assert (clew.groups, clew.bridge_first) == (2, True)
    assert clew.index > 0.9


def test_statements_left_out_carry_votes_and_do_not_reach_the_map() -> None:
    made = planted(LEFT_OUT, 0).conversation
    assert int(made.left_out.sum()) == LEFT_OUT.left_out
    assert made.votes.counts()[made.left_out].sum() > 500
    assert len(made.kept().statements) == LEFT_OUT.statements
