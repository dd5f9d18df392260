"""Three ways to choose the next statement. None of them knows more than the votes that were cast so far."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.polis.priority import priority
from clew.deliberate.tally import Tally
from clew.deliberate.votes import Votes

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Router(Protocol):
    """Chooses statements; is told of every vote, and now and then of all of them."""

    def recompute(self, votes: Votes) -> None:
        """Take in all votes so far, as a map computed anew would."""
        ...

    def greet(self, voter: int) -> None:
        """Begin with a participant."""
        ...

    def choose(self, open_: Flags) -> int:
        """Return the place of the statement to ask."""
        ...

    def hear(self, statement: int, vote: int) -> None:
        """Take in the vote that was cast on it."""
        ...


class Uniform:
    """Every open statement has the same chance."""

    def __init__(self, statements: int, seed: int) -> None:
        self.rng = np.random.default_rng([seed, statements])

    def recompute(self, votes: Votes) -> None:
        """Nothing to compute."""

    def greet(self, voter: int) -> None:
        """Nothing to know."""

    def choose(self, open_: Flags) -> int:
        """Return any."""
        return int(self.rng.choice(np.flatnonzero(open_)))

    def hear(self, statement: int, vote: int) -> None:
        """Nothing to learn."""


class Polis:
    """By Polis' priority, its boost of new statements included; votes are counted after each one.

    Extremity comes from the first two principal components of the filled votes, computed when the map is.
    """

    def __init__(self, statements: int, seed: int) -> None:
        self.rng = np.random.default_rng([seed, statements, 1])
        self.counts = np.zeros((3, 1, statements))
        self.extremity = np.zeros(statements)

    def recompute(self, votes: Votes) -> None:
        """Compute how far a lone agree with each statement lies from the middle."""
        seen = np.maximum(np.bincount(votes.statement, minlength=len(self.extremity)), 1)
        mean = np.bincount(votes.statement, votes.value, minlength=len(self.extremity)) / seen
        residual = np.zeros((len(votes.voters), len(mean)))
        residual[votes.voter, votes.statement] = votes.value - mean[votes.statement]
        components = np.linalg.eigh(residual.T @ residual)[1][:, -2:]
        self.extremity = np.sqrt(len(mean)) * (1 - mean) * np.linalg.norm(components, axis=1)

    def greet(self, voter: int) -> None:
        """Nothing personal enters."""

    def choose(self, open_: Flags) -> int:
        """Return one drawn in proportion to the priorities."""
        agree, passed, disagree = self.counts
        counts = Tally(agree, passed, disagree, np.ones(1, np.int64))
        weight = priority(counts, self.extremity, np.zeros(len(open_), np.bool_)) * open_
        return int(self.rng.choice(len(open_), p=weight / weight.sum()))

    def hear(self, statement: int, vote: int) -> None:
        """Count it."""
        self.counts[1 - vote, 0, statement] += 1
