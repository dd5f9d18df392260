"""The factor model against brute force: its weights, one person's posterior, what it finds of votes drawn from it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from clew.deliberate import fit as fitting
from clew.deliberate import observations
from clew.deliberate.factors import Factors, Items, People, Prior
from clew.deliberate.fit import fit, fit_all, nobody_known, place
from clew.deliberate.observations import observations_of
from clew.deliberate.sweep import LEAST_VARIANCE, inverse, sweep, weight
from clew.deliberate.votes import votes_of
from conversations import camps, drawn

RNG = np.random.default_rng(1)
TWO_WAYS = drawn(RNG.normal(0, 1, (250, 2)), 60, seed=1)
FITTED = fit(TWO_WAYS.votes, 2, 0.3)


def a_model(people: int, statements: int, dimensions: int, *, seed: int = 0) -> Factors:
    """A model of drawn means and covariances, unlike any that was fitted."""
    rng = np.random.default_rng(seed)
    root = rng.normal(0, 0.3, (2, statements, dimensions + 1, dimensions + 1))
    items = Items(rng.normal(0, 1, (2, statements, dimensions + 1)), root @ np.swapaxes(root, 2, 3))
    spread = rng.normal(0, 0.3, (people, dimensions + 2, dimensions + 2))
    known = People(rng.normal(0, 1, (people, dimensions + 2)), spread @ np.swapaxes(spread, 1, 2))
    prior = Prior(np.array([0.4, -2.0]), np.array([1.5, 0.7]), np.array([0.6, 0.9]), np.ones((2, dimensions)), 0.3)
    return Factors(items, known, prior)


def mean_log_likelihood(model: Factors) -> float:
    """The mean log of the chance that a model gives to the votes it was fitted to."""
    votes = TWO_WAYS.votes
    chances = model.chances(votes.voter, votes.statement)
    return float(np.log(chances[np.arange(len(chances)), 1 - votes.value.astype(int)]).mean())


def test_the_weight_of_an_answer_is_that_of_jaakkola_and_jordan() -> None:
    side = observations_of(votes_of("aabbb", "xyxyz", [1, -1, 1, 0, -1])).side
    item, person, doubt = RNG.normal(0, 1, (3, 3)), RNG.normal(0, 1, (2, 3)), np.array([0.3, 0.7])
    found = weight(side, item, person, doubt)
    cells = [(0, 0), (0, 1), (1, 0), (1, 2)]
    for place_found, (who, what) in zip(found, cells, strict=True):
        log_odds = person[who, 0] + item[what, 0] + person[who, 1:] @ item[what, 1:]
        xi = np.sqrt(log_odds**2 + doubt[who])
        assert place_found == pytest.approx((expit(xi) - 0.5) / xi, rel=1e-12)
    assert weight(side, 0 * item, 0 * person, np.full(2, 1e-9)) == pytest.approx(0.25)


def test_passes_are_asked_of_all_votes_and_sides_of_those_who_took_one() -> None:
    seen = observations_of(votes_of("aab", "xyx", [1, 0, -1]))
    assert seen.side.half.tolist() == [0.5, -0.5]
    assert seen.side.start.tolist() == [0, 1, 2]
    assert seen.passing.half.tolist() == [-0.5, 0.5, -0.5]


def expected_log_odds_square(model: Factors, kind: int, who: int, what: int) -> float:
    """The squared mean log-odds, and the person's doubt at the mean of all statements' products, by loops."""
    own = [kind, 2, 3]
    person, doubt = model.people.mean[who, own], model.people.covariance[who][np.ix_(own, own)]
    products = np.zeros((3, 3))
    for mean, covariance in zip(model.items.mean[kind], model.items.covariance[kind], strict=True):
        one = np.array([1.0, *mean[1:]])
        inner = np.zeros((3, 3))
        inner[1:, 1:] = covariance[1:, 1:]
        products += (np.outer(one, one) + inner) / len(model.items.mean[kind])
    item = model.items.mean[kind, what]
    return float((person[0] + item[0] + person[1:] @ item[1:]) ** 2 + (doubt * products).sum())


def test_one_sweep_is_the_weighted_regression_written_out_vote_by_vote() -> None:
    """Precision: prior and, for each vote, 2λ E[zz']; linear: half E[z] - 2λ E[intercept z] (Jaakkola & Jordan)."""
    votes = votes_of("aaabbc", "xyzxyz", [1, 0, -1, -1, 1, 0])
    model = a_model(3, 3, 2)
    found = sweep(observations_of(votes), model, items_too=False).people
    for who in range(3):
        precision = np.diag([1 / 0.6, 1 / 0.9, 1.0, 1.0])
        linear = np.zeros(4)
        for voter, what, value in zip(votes.voter, votes.statement, votes.value, strict=True):
            asked = [(1, 0.5 if value == 0 else -0.5)] + ([(0, value / 2)] if value else [])
            for kind, half in asked if voter == who else []:
                mean, covariance = model.items.mean[kind, what], model.items.covariance[kind, what]
                xi = np.sqrt(expected_log_odds_square(model, kind, who, what))
                twice = np.tanh(xi / 2) / (2 * xi)
                z, zz, bz = np.zeros(4), np.zeros((4, 4)), np.zeros(4)
                z[kind], z[2:] = 1.0, mean[1:]
                zz[2:, 2:] = covariance[1:, 1:]
                bz[2:] = covariance[0, 1:]
                precision += twice * (np.outer(z, z) + zz)
                linear += half * z - twice * (mean[0] * z + bz)
        assert found.covariance[who] == pytest.approx(np.linalg.inv(precision), abs=1e-8)
        assert found.mean[who] == pytest.approx(np.linalg.solve(precision, linear), abs=1e-8)


def test_statements_are_the_same_regression_on_the_people_just_found() -> None:
    votes = votes_of("aaabbc", "xyzxyz", [1, 0, -1, -1, 1, 0])
    model = a_model(3, 3, 2)
    found = sweep(observations_of(votes), model)
    for kind, what in [(kind, what) for kind in (0, 1) for what in range(3)]:
        own = [kind, 2, 3]
        precision = np.diag([1 / model.prior.intercept[kind], 1.0, 1.0])
        linear = np.array([model.prior.intercept_mean[kind] / model.prior.intercept[kind], 0.0, 0.0])
        for voter, at, value in zip(votes.voter, votes.statement, votes.value, strict=True):
            if at != what or (kind == 0 and value == 0):
                continue
            half = value / 2 if kind == 0 else 0.5 if value == 0 else -0.5
            mean = found.people.mean[voter, own]
            covariance = found.people.covariance[voter][np.ix_(own, own)]
            xi = np.sqrt(expected_log_odds_square(model, kind, int(voter), what))
            twice = np.tanh(xi / 2) / (2 * xi)
            z, inner = np.array([1.0, *mean[1:]]), np.zeros((3, 3))
            inner[1:, 1:] = covariance[1:, 1:]
            precision += twice * (np.outer(z, z) + inner)
            linear += half * z - twice * (mean[0] * z + np.array([0.0, *covariance[0, 1:]]))
        assert found.items.covariance[kind, what] == pytest.approx(np.linalg.inv(precision), abs=1e-8)
        assert found.items.mean[kind, what] == pytest.approx(np.linalg.solve(precision, linear), abs=1e-8)


def test_the_prior_becomes_the_spread_of_what_was_found() -> None:
    found = sweep(observations_of(TWO_WAYS.votes), FITTED)
    intercept = found.items.mean[0, :, 0]
    assert found.prior.intercept_mean[0] == pytest.approx(intercept.mean())
    assert found.prior.intercept[0] == pytest.approx(intercept.var() + found.items.covariance[0, :, 0, 0].mean())
    square = found.items.mean[0, :, 1] ** 2 + found.items.covariance[0, :, 1, 1]
    assert found.prior.loading[0, 0] == pytest.approx(max(square.mean(), 0.3))
    assert found.prior.loading[1] == pytest.approx(np.full(2, 0.3))
    assert (found.prior.leaning >= LEAST_VARIANCE).all()


@pytest.mark.parametrize("values", [[1, 1, -1, 1, -1, 1, 1, 1, -1, -1], [1] * 10, [1, -1] * 5])
def test_one_persons_place_is_near_the_exact_posterior(values: list[int]) -> None:
    """One dimension, statements known, no leaning: the posterior by a fine grid.

    The bound is known to be a little too sure, and its mean a little too near 0: within a tenth of a standard deviation
    here, and the spread within a tenth.
    """
    slopes, intercepts = np.linspace(-1.5, 1.8, 10), np.linspace(-0.5, 0.7, 10)
    items = Items(np.zeros((2, 10, 2)), np.tile(1e-9 * np.eye(2), (2, 10, 1, 1)))
    items.mean[0] = np.stack([intercepts, slopes], axis=1)
    prior = Prior(np.zeros(2), np.ones(2), np.full(2, 1e-9), np.ones((2, 1)), 0.3)
    model = Factors(items, nobody_known(1, 1, prior), prior)
    votes = votes_of(["a"] * 10, list(range(10)), values)
    found = place(observations_of(votes), model, rest=1e-10, most=500).people
    grid = np.linspace(-8, 8, 4001)
    log_odds = intercepts + grid[:, None] * slopes
    density = np.exp(-(grid**2) / 2 + np.log(expit(log_odds * np.array(values))).sum(1))
    density /= density.sum()
    mean = (density * grid).sum()
    deviation = np.sqrt((density * (grid - mean) ** 2).sum())
    assert abs(found.mean[0, 2] - mean) < 0.1 * deviation
    assert np.sqrt(found.covariance[0, 2, 2]) == pytest.approx(deviation, rel=0.1)


def test_positions_and_intercepts_of_drawn_votes_are_found_again() -> None:
    design = np.column_stack([FITTED.people.positions, np.ones(250)])
    for axis in range(2):
        fitted = design @ np.linalg.lstsq(design, TWO_WAYS.position[:, axis], rcond=None)[0]
        assert np.corrcoef(fitted, TWO_WAYS.position[:, axis])[0, 1] > 0.9
    assert np.corrcoef(FITTED.items.mean[0, :, 0], TWO_WAYS.intercept)[0, 1] > 0.95
    passes = expit(FITTED.items.mean[1, :, 0])
    assert passes.mean() == pytest.approx(0.1, abs=0.02)


def test_a_second_planted_dimension_makes_the_votes_likelier() -> None:
    assert mean_log_likelihood(FITTED) > mean_log_likelihood(fit(TWO_WAYS.votes, 1, 0.3)) + 0.02


def test_sweeps_end_when_positions_rest() -> None:
    assert FITTED.moved < 2e-3
    assert 1 < FITTED.sweeps < 40
    assert fit(TWO_WAYS.votes, 2, 0.3, most=3).sweeps == 3


@pytest.mark.parametrize("chunk", [1, 29, 700])
def test_chunks_of_any_size_give_the_same(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = observations_of(camps((9, 6), 7, seed=2, share=0.5))
    model = a_model(seen.passing.people, 7, 2)
    whole = sweep(seen, model)
    monkeypatch.setattr(observations, "CHUNK", chunk)
    parts = list(seen.chunks())
    assert len(parts) > 1 or chunk == 700
    assert [first for first, _, _ in parts[1:]] == [last for _, last, _ in parts[:-1]]
    found = sweep(seen, model)
    assert found.people.mean == pytest.approx(whole.people.mean, abs=1e-10)
    assert found.items.mean == pytest.approx(whole.items.mean, abs=1e-10)
    assert found.items.covariance == pytest.approx(whole.items.covariance, abs=1e-10)


def test_chances_sum_to_one_and_agree_with_draws_from_what_is_known() -> None:
    """MacKay's approximation is off by no more than .02, also where little is known."""
    model = a_model(4, 3, 2, seed=7)
    voter, statement = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    found = model.chances(voter, statement)
    assert found.sum(1) == pytest.approx(np.ones(12), abs=1e-12)
    assert (found > 0).all()
    rng = np.random.default_rng(3)
    for row, (who, what) in enumerate(zip(voter, statement, strict=True)):
        person = rng.multivariate_normal(model.people.mean[who], model.people.covariance[who], 40_000)
        yes = []
        for kind in (0, 1):
            mean, covariance = model.items.mean[kind, what], model.items.covariance[kind, what]
            item = rng.multivariate_normal(mean, covariance, 40_000)
            yes.append(expit(item[:, 0] + person[:, kind] + (item[:, 1:] * person[:, 2:]).sum(1)).mean())
        agree, passed = yes
        expected = [(1 - passed) * agree, passed, (1 - passed) * (1 - agree)]
        assert found[row] == pytest.approx(expected, abs=0.02)


def test_doubt_about_position_and_loading_together_makes_a_chance_less_sure() -> None:
    """Neither is known at all: means 0, variances 1 and 2 in two dimensions, beside an intercept of 2."""
    items = Items(np.zeros((2, 1, 3)), np.tile(np.diag([1e-9, 2.0, 2.0]), (2, 1, 1, 1)))
    items.mean[0, 0, 0], items.mean[1, 0, 0] = 2.0, -30.0
    model = replace(
        a_model(1, 1, 2), items=items, people=nobody_known(1, 2, replace(FITTED.prior, leaning=np.zeros(2)))
    )
    rng = np.random.default_rng(6)
    product = (rng.normal(0, 1, (200_000, 2)) * rng.normal(0, np.sqrt(2), (200_000, 2))).sum(1)
    found = model.chances(np.array([0]), np.array([0]))[0, 0]
    assert found == pytest.approx(expit(2 + product).mean(), abs=0.03)
    assert found < expit(2) - 0.05


def test_a_turn_of_the_axes_leaves_every_chance_as_it_is() -> None:
    turn = np.linalg.qr(np.random.default_rng(4).normal(0, 1, (2, 2)))[0]
    voter, statement = TWO_WAYS.votes.voter[:500], TWO_WAYS.votes.statement[:500]
    turned = FITTED.rotated(turn)
    assert np.abs(turned.people.positions - FITTED.people.positions).max() > 0.1
    assert turned.chances(voter, statement) == pytest.approx(FITTED.chances(voter, statement), abs=1e-12)


def test_placing_everybody_by_a_model_at_rest_gives_the_people_it_was_fitted_to() -> None:
    """Places may differ by what the last sweep still moved."""
    model = fit(TWO_WAYS.votes, 2, 0.3, most=400, rest=1e-6)
    nobody = replace(model, people=nobody_known(250, 2, model.prior))
    found = place(observations_of(TWO_WAYS.votes), nobody, most=400, rest=1e-9)
    assert found.people.mean == pytest.approx(model.people.mean, abs=2e-3)
    assert found.people.covariance == pytest.approx(model.people.covariance, abs=2e-3)


def test_a_fit_that_began_with_a_sample_is_near_the_full_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "FITTED_VOTES", len(TWO_WAYS.votes.value) // 2)
    found = fit_all(TWO_WAYS.votes, 2, 0.3, seed=0)
    voter, statement = TWO_WAYS.votes.voter, TWO_WAYS.votes.statement
    off = np.abs(found.chances(voter, statement) - FITTED.chances(voter, statement))
    assert 0 < off.mean() < 0.02


def test_of_whoever_has_not_voted_only_the_prior_is_known() -> None:
    votes = TWO_WAYS.votes.where(TWO_WAYS.votes.voter != 5)
    found = place(observations_of(votes), FITTED)
    assert found.people.mean[5].tolist() == [0.0] * 4
    assert found.people.covariance[5] == pytest.approx(np.diag([*FITTED.prior.leaning, 1, 1]), abs=1e-12)
    assert np.abs(found.people.mean[4]).max() > 0.1


@pytest.mark.parametrize("width", range(6))
def test_small_matrices_are_inverted_side_by_side(width: int) -> None:
    root = np.random.default_rng(width).normal(size=(50, width, width + 2))
    matrices = root @ root.transpose(0, 2, 1)
    before = matrices.copy()
    assert inverse(matrices) @ matrices == pytest.approx(np.tile(np.eye(width), (50, 1, 1)), abs=1e-9)
    assert (matrices == before).all()
