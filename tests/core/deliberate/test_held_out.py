"""How many dimensions opinions have: none in noise, those that were planted, by losses that can be checked by hand."""

from dataclasses import replace

import numpy as np
import pytest

from clew.deliberate import held_out
from clew.deliberate.fit import fit
from clew.deliberate.held_out import Choice, Trial, choose, folds_of, foretell
from clew.deliberate.told import held_out_of
from clew.deliberate.votes import votes_of
from conversations import drawn, noise


def test_losses_are_minus_the_log_of_the_chance_of_what_was_voted() -> None:
    votes = votes_of("aaabbbccc", "xyzxyzxyz", [1, 1, 0, 1, -1, -1, 0, 1, -1])
    held = np.zeros(9, np.bool_)
    held[[2, 3, 8]] = True
    chances = fit(votes.where(~held), 0, 0.3).chances(np.array([0, 1, 2]), np.array([2, 0, 2]))
    expected = [-np.log(chances[0, 1]), -np.log(chances[1, 0]), -np.log(chances[2, 2])]
    assert foretell(votes, [held], 0, 0.3) == pytest.approx(np.array(expected))


def test_what_is_held_out_is_not_seen_by_the_model_that_foretells_it() -> None:
    votes = noise(20, 8, seed=1)
    held = np.zeros(len(votes.value), np.bool_)
    held[7] = True
    other = replace(votes, value=np.where(held, -votes.value, votes.value).astype(np.int8))
    either = [np.exp(-foretell(one, [held], 1, 0.3)[0]) for one in (votes, other)]
    passes = 1 - sum(either)
    assert 0 < passes < 0.1


@pytest.mark.parametrize(("small", "middle", "parts"), [(5000, 50_000, 10), (50, 50_000, 5)])
def test_of_small_conversations_every_vote_is_held_out_once(
    small: int, middle: int, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_out, "SMALL", small)
    monkeypatch.setattr(held_out, "MIDDLE", middle)
    folds = folds_of(noise(30, 8, seed=2), 0)
    assert len(folds) == parts
    assert (np.sum(folds, axis=0) == 1).all()


def test_of_large_conversations_a_tenth_is_held_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_out, "SMALL", 10)
    monkeypatch.setattr(held_out, "MIDDLE", 20)
    (fold,) = folds_of(noise(200, 20, seed=2), 0)
    assert fold.mean() == pytest.approx(0.1, abs=0.02)


def test_other_seeds_hold_out_other_votes() -> None:
    votes = noise(30, 8, seed=2)
    assert (folds_of(votes, 0)[0] == folds_of(votes, 0)[0]).all()
    assert (folds_of(votes, 0)[0] != folds_of(votes, 1)[0]).any()


@pytest.mark.parametrize("seed", range(4))
def test_noise_has_no_dimension(seed: int) -> None:
    assert choose(noise(60, 14, seed=seed), 0).best.dimensions == 0


def test_two_planted_dimensions_are_found() -> None:
    position = np.random.default_rng(5).choice([-1.5, 1.5], (120, 2))
    found = choose(drawn(position, 24, seed=5).votes, 0)
    assert found.best.dimensions >= 2
    losses = {one.dimensions: one.log_loss for one in held_out_of(found)}
    assert losses[2] < losses[1] < losses[0]
    assert sum(one.chosen for one in held_out_of(found)) == 1


def trial(dimensions: int, losses: list[float]) -> Trial:
    return Trial(dimensions, 0.3, np.array(losses))


def test_better_means_by_more_than_a_standard_error_of_the_difference() -> None:
    """Gains 1, 0, 1, 0: mean .5, standard deviation .577, standard error .289. Gains 1, -1, 1, 0: .25 and .479."""
    before = trial(1, [1.0, 1.0, 1.0, 1.0])
    assert trial(2, [0.0, 1.0, 0.0, 1.0]).better_than(before)
    assert not trial(2, [0.0, 2.0, 0.0, 1.0]).better_than(before)
    assert trial(1, [0.0, 1.0, 0.0, 1.0]).loss == 0.5
    assert trial(1, [0.0, 1.0, 0.0, 1.0]).std_error == pytest.approx(np.sqrt(1 / 3) / 2)


def test_that_people_differ_at_all_takes_two_standard_errors() -> None:
    nobody_differs = trial(0, [1.0, 1.0, 1.0, 1.0])
    assert not trial(1, [0.0, 1.0, 0.0, 1.0]).better_than(nobody_differs)
    assert trial(1, [0.0, 0.5, 0.0, 0.5]).better_than(nobody_differs)


def test_a_second_dimension_may_be_taken_where_the_first_alone_is_of_no_use() -> None:
    none, one = trial(0, [1.0] * 4), trial(1, [1.0, 1.1, 0.9, 1.0])
    two = trial(2, [0.5, 0.6, 0.5, 0.6])
    assert held_out._climb([one, two], none) is two
    assert held_out._climb([two, trial(3, [0.49, 0.61, 0.5, 0.6])], none) is two


def test_of_each_number_of_dimensions_the_best_shrinkage_is_told() -> None:
    best = trial(1, [0.4, 0.6])
    tried = (trial(0, [1.0, 1.0]), best, trial(2, [0.9, 0.9]), trial(2, [0.7, 0.7]))
    told = held_out_of(Choice(best, tried))
    assert [(one.dimensions, one.log_loss, one.chosen) for one in told] == [
        (0, 1.0, False),
        (1, pytest.approx(0.5), True),
        (2, pytest.approx(0.7), False),
    ]


def test_each_model_that_is_tried_is_told_of() -> None:
    calls: list[None] = []
    found = choose(noise(30, 3, seed=1), 0, advance=lambda: calls.append(None))
    assert len(calls) == len(found.tried)
    assert {one.dimensions for one in found.tried} == {0, 1, 2}
