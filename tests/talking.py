"""Made-up conversations: honest people of two axes of opinion, and attacks planted among them."""

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.votes import Votes, votes_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOUR_MS = 3_600_000
DAYS_MS = 10 * 24 * HOUR_MS


def honest(rng: np.random.Generator, people: int = 400, statements: int = 50, *, in_order: bool = False) -> Ints:
    """Votes (P × S; 9: none) of people who see statements at random, or all in the same order until they leave."""
    positions, loadings = rng.normal(size=(people, 2)), 1.5 * rng.normal(size=(statements, 2))
    agree = 1 / (1 + np.exp(-(positions @ loadings.T + rng.normal(0.8, 1.2, statements))))
    votes = np.where(rng.random(agree.shape) < agree, 1, -1)
    votes[rng.random(agree.shape) < 0.15] = 0
    seen = rng.random(agree.shape) < rng.beta(2, 2, people)[:, None]
    if in_order:
        seen = np.arange(statements) < rng.integers(2, statements + 1, people)[:, None]
    return np.where(seen, votes, 9)


def usual_votes(votes: Ints) -> Ints:
    """What most people vote on each statement (S)."""
    return np.where((votes == 1).sum(0) >= (votes == -1).sum(0), 1, -1)


def conversation(votes: Ints, arrived_ms: Ints | Floats | None = None) -> Votes:
    """Votes as they count; with arrivals, everybody votes every ten seconds from then on."""
    who, what = np.nonzero(votes != 9)
    if arrived_ms is None:
        return votes_of(who, what, votes[who, what])
    later = 10_000 * (np.cumsum(votes != 9, axis=1) - 1)[who, what]
    return votes_of(who, what, votes[who, what], np.asarray(arrived_ms)[who].astype(np.int64) + later)
