"""Rough camps of opinion, so that people of one mind are not surprised to have voted alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from clew.deliberate.votes import Votes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEPS = 8
"""Rounds of the search for the two main axes; camps need no more than its direction."""

CAMPS = 4
"""The quadrants of the two axes."""


@dataclass(frozen=True, slots=True, eq=False)
class Camps:
    """The camp of each participant (P), and votes by camp, statement and kind: disagree, pass, agree (4 × S × 3)."""

    camp: Ints
    counts: Ints


def camps(votes: Votes) -> Camps:
    """Return the quadrants of the two axes that explain most of how votes differ from each statement's mean."""
    camp = _quadrant(_scores(votes))
    statements = len(votes.statements)
    cell = (np.repeat(camp, votes.per_voter) * statements + votes.statement) * 3 + votes.value + 1
    return Camps(camp, np.bincount(cell, minlength=CAMPS * statements * 3).reshape(CAMPS, statements, 3))


def _quadrant(scores: Floats) -> Ints:
    return np.asarray((scores > 0) @ np.array([1, 2]), np.int64)


def _scores(votes: Votes) -> Floats:
    """Where participants stand on the two axes (P × 2), by subspace iteration on votes less their means."""
    statements = len(votes.statements)
    if statements < 2:
        return np.zeros((len(votes.voters), 2))
    seen = np.maximum(np.bincount(votes.statement, minlength=statements), 1)
    mean = np.bincount(votes.statement, weights=votes.value, minlength=statements) / seen
    apart = (votes.value - mean[votes.statement]).astype(np.float32)
    matrix = csr_array((apart, votes.statement, votes.start), shape=(len(votes.voters), statements))
    spread = np.bincount(votes.statement, weights=apart**2, minlength=statements)
    axes = np.column_stack([spread, spread * mean]).astype(np.float32)
    for _ in range(STEPS):
        axes = np.linalg.qr(matrix.T @ (matrix @ axes))[0]
    return np.asarray(matrix @ axes, np.float64)
