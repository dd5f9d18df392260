"""Of what is called common ground nine tenths sure, nearly nine tenths are: in worlds that are not clew's model."""

import numpy as np
import pytest

from clew.deliberate.common_ground import find_common_ground
from clew.deliberate.policy import Policy
from evidence.opinion.common_ground import WORLDS, drawn, section, tried

ASKED = 0.87


@pytest.mark.parametrize("world", WORLDS)
def test_sure_common_ground_is_common_ground(world: str) -> None:
    rows = tried(world, 150 if "near" in world else 70, seed=1)
    called = rows[rows[:, 0] >= 0.9]
    assert len(called) >= 60
    assert called[:, 1].mean() >= ASKED  # among the members
    assert called[:, 2].mean() >= ASKED  # among people like them


@pytest.mark.parametrize("wrong", [0.05, 0.1])
def test_also_where_some_people_are_counted_in_the_wrong_group(wrong: float) -> None:
    rows = np.vstack([tried(world, 20, wrong, seed=2) for world in WORLDS])
    called = rows[rows[:, 0] >= 0.9]
    assert len(called) >= 400
    assert called[:, 1].mean() >= ASKED
    assert called[:, 2].mean() >= ASKED


def test_reservations_that_are_told_are_held() -> None:
    told, held = 0, 0
    for name, world in WORLDS.items():
        for rng in map(np.random.default_rng, np.random.SeedSequence((4, *name.encode())).spawn(15)):
            made = drawn(world, rng)
            sure = find_common_ground(made.counts, Policy()).dissent >= 0.9
            told, held = told + sure.sum(), held + (sure & (made.dissent >= 0.2 - 1e-9)).sum()
    assert told > 1_000
    assert held / told >= ASKED


def test_it_is_not_called_so_out_of_caution_alone() -> None:
    """Of what truly is common ground and has enough votes, most is found where shares lie away from the threshold."""
    rows = tried("each group for or against", 60, seed=3)
    true = rows[(rows[:, 2] == 1) & (rows[:, 3] == 1)]
    assert (true[:, 0] >= 0.9).mean() > 0.6


def test_the_small_groups_are_there() -> None:
    made = [drawn(WORLDS["two camps"], np.random.default_rng(seed)) for seed in range(30)]
    parts = [one.counts.size.min() / one.counts.size.sum() for one in made]
    assert min(parts) < 0.06
    assert {len(one.counts.size) for one in made} == {1, 2, 3, 4, 5, 6}


def test_the_section_has_a_row_for_each_band_and_each_world() -> None:
    said = section(3)
    assert all(f"| {world} |" in said for world in WORLDS)
    assert "| 0.99 to 1 |" in said
    assert "nan" not in said
