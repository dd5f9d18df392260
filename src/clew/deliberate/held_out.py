"""How many dimensions opinions have, and how far to shrink them: what foretells votes that were held out best.

A vote is foretold by a model fitted to the other votes alone, so a dimension that only fits noise makes it worse. No
dimension at all is one of the answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.fit import fit, sample_people
from clew.deliberate.lots import lots_of_votes
from clew.deliberate.votes import Votes

Floats = NDArray[np.float64]

FLOORS = (0.1, 0.3, 1.0)
MOST_DIMENSIONS = 5
USUAL_FLOOR = 0.3
SAMPLED_VOTES = 100_000
"""Votes that the choice is made from; of larger conversations a sample of the participants is enough."""

LEAST_GAIN = 0.002
"""Nats a vote by which one more dimension must foretell better to be worth drawing."""

SMALL, MIDDLE = 5_000, 50_000
"""Up to so many votes every vote is held out once, a tenth at a time, or a fifth at a time; beyond, a tenth once."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One choice and what it foretold: `losses` (nats) of each held-out vote, in an order that all trials share."""

    dimensions: int
    floor: float
    losses: Floats

    @property
    def loss(self) -> float:
        """Mean log-loss a vote."""
        return float(self.losses.mean())

    @property
    def std_error(self) -> float:
        """Of the mean; NaN where a single vote was held out."""
        count = len(self.losses)
        return float(self.losses.std(ddof=1) / np.sqrt(count)) if count > 1 else np.nan

    def better_than(self, other: "Trial") -> bool:
        """Whether it foretells better, by more than next to nothing and more than chance gives.

        That is one standard error of the difference, vote by vote; two where the other has no dimension at all, for
        then the claim is that people differ.
        """
        gain = other.losses - self.losses
        std_errors = 1 if other.dimensions else 2
        return bool(gain.mean() > max(std_errors * gain.std(ddof=1) / np.sqrt(len(gain)), LEAST_GAIN))


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, and all that was tried, by dimensions."""

    best: Trial
    tried: tuple[Trial, ...]


def choose(votes: Votes, seed: int, *, advance: Callable[[], None] | None = None) -> Choice:
    """Return the dimensions and shrinkage that foretell held-out votes best.

    Shrinkage is chosen in two dimensions, dimensions then one by one: one more is taken when it foretells better by
    more than a standard error (Hastie, Tibshirani & Friedman 2009, §7.10), whatever stands between.

    seed: which votes are held out. The same votes and seed give the same choice.
    """
    some = sample_people(votes, SAMPLED_VOTES, seed)
    folds = folds_of(some, seed)
    highest = max(min(MOST_DIMENSIONS, len(some.statements) - 1, len(some.voters) - 1), 0)
    tried: dict[tuple[int, float], Trial] = {}

    def trial(dimensions: int, floor: float) -> Trial:
        if (dimensions, floor) not in tried:
            tried[dimensions, floor] = Trial(dimensions, floor, foretell(some, folds, dimensions, floor))
            if advance:
                advance()
        return tried[dimensions, floor]

    best = trial(0, USUAL_FLOOR)
    if highest:
        floor = min((trial(min(2, highest), one) for one in FLOORS), key=lambda one: one.loss).floor
        best = _climb([trial(dimensions, floor) for dimensions in range(1, highest + 1)], best)
    return Choice(best, tuple(sorted(tried.values(), key=lambda one: (one.dimensions, one.floor))))


def _climb(trials: Sequence[Trial], best: Trial) -> Trial:
    """The last of the trials, in order, that foretells better than the best before it."""
    for trial in trials:
        if trial.better_than(best):
            best = trial
    return best


def folds_of(votes: Votes, seed: int) -> list[NDArray[np.bool_]]:
    """Return which votes are held out each time."""
    count = len(votes.value)
    draws = lots_of_votes(votes, seed)
    parts = 10 if count <= SMALL or count > MIDDLE else 5
    all_folds = [(draws * parts).astype(np.int64) == part for part in range(parts)]
    return [fold for fold in all_folds if fold.any()] if count <= MIDDLE else all_folds[:1]


def foretell(votes: Votes, folds: Sequence[NDArray[np.bool_]], dimensions: int, floor: float) -> Floats:
    """Return the log-loss (nats) of every held-out vote, fold by fold."""
    voter = votes.voter
    losses = []
    for held in folds:
        model = fit(votes.where(~held), dimensions, floor)
        chances = model.chances(voter[held], votes.statement[held])
        losses.append(-np.log(chances[np.arange(len(chances)), 1 - votes.value[held].astype(np.int64)]))
    return np.concatenate(losses)
