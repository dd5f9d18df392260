"""The factor model fitted: from a start that the votes give, sweep by sweep, until positions rest."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import eigsh

from clew.deliberate.factors import Factors, Floats, Items, People, Prior
from clew.deliberate.lots import lots
from clew.deliberate.observations import Observations, observations_of
from clew.deliberate.sweep import sweep
from clew.deliberate.votes import Votes

MOST_SWEEPS = 40
AT_REST = 2e-3
"""Mean move of a position, in standard deviations of the prior, below which it rests."""

DENSE = 120
"""Up to so many rows all eigenvectors are as cheap as the first few."""

FITTED_VOTES = 400_000
"""A larger conversation is fitted to rest on a sample of its people of so many votes; then all are swept through."""

FULL_SWEEPS = 2


def fit(votes: Votes, dimensions: int, floor: float, *, most: int = MOST_SWEEPS, rest: float = AT_REST) -> Factors:
    """Return the model of votes in so many dimensions.

    floor: least prior variance of a loading, that is, how little it may be shrunk. The same votes give the same bytes.
    """
    return settle(observations_of(votes), start(votes, dimensions, floor), most=most, rest=rest)


def fit_all(votes: Votes, dimensions: int, floor: float, seed: int) -> Factors:
    """Return the model of all votes, also where they are many.

    A large conversation is fitted to rest on a sample of its people first; everybody is then placed by it, and two
    sweeps through all votes follow: one step from an estimate that is near already is as good as many (Le Cam 1956).
    """
    some = sample_people(votes, FITTED_VOTES, seed)
    model = fit(some, dimensions, floor)
    if some is votes:
        return model
    seen = observations_of(votes)
    model = place(seen, replace(model, people=nobody_known(len(votes.voters), dimensions, model.prior)))
    for _ in range(FULL_SWEEPS):
        model = sweep(seen, model)
    return model


def place(seen: Observations, factors: Factors, *, most: int = MOST_SWEEPS, rest: float = AT_REST) -> Factors:
    """Return the model with its participants placed by their votes, the statements left as they are."""
    for _ in range(most):
        factors = sweep(seen, factors, items_too=False)
        if factors.moved < rest:
            break
    return factors


def nobody_known(people: int, dimensions: int, prior: Prior) -> People:
    """Return participants of whom no vote is known yet."""
    spread = np.diag(np.concatenate([prior.leaning, np.ones(dimensions)]))
    return People(np.zeros((people, dimensions + 2)), np.tile(spread, (people, 1, 1)))


def sample_people(votes: Votes, most: int, seed: int, people: int | None = None) -> Votes:
    """Return the votes of as many participants, drawn at random, as cast no more than `most` votes together.

    people: the most participants to take, if there is such a limit.
    """
    if len(votes.value) <= most and (people is None or len(votes.voters) <= people):
        return votes
    order = np.argsort(lots(votes.voters, seed), kind="stable")[:people]
    taken = np.zeros(len(votes.voters), np.bool_)
    taken[order[np.cumsum(votes.per_voter[order]) <= most]] = True
    return votes.of_voters(taken)


def settle(
    seen: Observations,
    factors: Factors,
    *,
    most: int = MOST_SWEEPS,
    rest: float = AT_REST,
    advance: Callable[[], None] | None = None,
) -> Factors:
    """Return the model after sweeps until positions rest, or `most` of them."""
    for _ in range(most):
        factors = sweep(seen, factors)
        if advance:
            advance()
        if factors.moved < rest and factors.sweeps > 1:
            break
    return factors


def start(votes: Votes, dimensions: int, floor: float) -> Factors:
    """Return where to begin: intercepts from the shares, positions from the main directions of what is left."""
    statements, people = len(votes.statements), len(votes.voters)
    agree, passed, disagree = votes.counts().T.astype(float)
    shares = np.stack([(agree + 1) / (agree + disagree + 2), (passed + 1) / (agree + passed + disagree + 2)])
    mean = np.zeros((2, statements, dimensions + 1))
    mean[:, :, 0] = np.log(shares / (1 - shares))
    who = np.zeros((people, dimensions + 2))
    who[:, 2:] = directions(votes, dimensions)
    spread = np.tile(0.3 * np.eye(dimensions + 2), (people, 1, 1))
    prior = Prior(mean[:, :, 0].mean(1), np.full(2, 2.0), np.ones(2), np.ones((2, dimensions)), floor)
    doubt = np.tile(0.1 * np.eye(dimensions + 1), (2, statements, 1, 1))
    begun = Factors(Items(mean, doubt), People(who, spread), prior)
    return _with_loadings(votes, begun)


def _with_loadings(votes: Votes, begun: Factors) -> Factors:
    """Loadings by which the positions at the start foretell votes, a first step of the regression."""
    if not begun.dimensions:
        return begun
    residual = _residuals(votes)
    seen = np.maximum(np.bincount(votes.statement, minlength=len(votes.statements)), 1)
    slope = 4 * (residual.T @ begun.people.positions) / (seen[:, None] + 8)
    mean = begun.items.mean.copy()
    mean[0, :, 1:] = slope
    return replace(begun, items=replace(begun.items, mean=mean))


def directions(votes: Votes, dimensions: int) -> Floats:
    """Return the main directions (P × d) in which people's votes differ from the statements' means, of variance 1.

    Signs are such that the longer tail lies to the right. The same to the last digit for the same votes: Lanczos'
    method begins with a vector of ones.
    """
    residual = _residuals(votes)
    people, statements = residual.shape
    fewer = min(people, statements)
    count = min(dimensions, fewer - 1)
    found = np.zeros((people, dimensions))
    if count > 0:
        small = residual.T @ residual if statements <= people else residual @ residual.T
        top = _top_vectors(small, count)
        where = residual @ top if statements <= people else top
        found[:, :count] = where / np.maximum(np.sqrt((where**2).mean(0)), 1e-12)
    return found * np.where((found**3).sum(0) < 0, -1.0, 1.0)


def _top_vectors(symmetric: csr_array, count: int) -> Floats:
    """The eigenvectors of the largest eigenvalues, the largest first."""
    size = symmetric.shape[0]
    if size <= DENSE:
        return np.linalg.eigh(symmetric.toarray())[1][:, ::-1][:, :count]
    _, vectors = eigsh(symmetric, k=count, v0=np.ones(size))
    return np.asarray(vectors[:, ::-1])


def _residuals(votes: Votes) -> csr_array:
    """Votes (1, 0, -1) less the mean of their statement; 0 where nobody voted (P × S)."""
    shape = (len(votes.voters), len(votes.statements))
    seen = np.maximum(np.bincount(votes.statement, minlength=shape[1]), 1)
    mean = np.bincount(votes.statement, weights=votes.value, minlength=shape[1]) / seen
    return csr_array((votes.value - mean[votes.statement], votes.statement, votes.start), shape=shape)
