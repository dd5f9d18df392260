"""The factor model of votes: what is known of every participant and every statement.

A vote is two questions. Is it a pass, and if not, is it an agree? The log-odds of yes are

    intercept of the statement + leaning of the participant + position · loading of the statement,

with one intercept, leaning and loading for each question and one position for both, so that passing, too, tells where
somebody stands. Positions have prior variance 1 in every dimension; intercepts, leanings and loadings are shrunk.

Source: Goplerud, Political Analysis 27 (2019), multinomial ideal points by Pólya-Gamma augmentation; Jaakkola & Jordan,
Statistics and Computing 10 (2000), the variational bound of the logistic function.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

SIDE, PASSING = 0, 1
"""The two questions, as the first place of arrays."""


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """What is known of the statements: mean (2 × S × 1 + d) of intercept and loadings by question, and covariance."""

    mean: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """What is known of participants: mean (P × 2 + d) of both leanings and the position, and covariance."""

    mean: Floats
    covariance: Floats

    @property
    def positions(self) -> Floats:
        """Where each participant stands (P × d)."""
        return self.mean[:, 2:]


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What is held of those of whom nothing is known, by question: variances, and the mean of intercepts.

    loading (2 × d): variance of the loadings in each dimension; the smaller, the more they are shrunk, never below
    `floor`.
    """

    intercept_mean: Floats
    intercept: Floats
    leaning: Floats
    loading: Floats
    floor: float


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """A fitted model. `sweeps`: how often it went through the votes; `moved`: how far positions moved in the last."""

    items: Items
    people: People
    prior: Prior
    sweeps: int = 0
    moved: float = np.inf

    @property
    def dimensions(self) -> int:
        """In how many directions opinions differ."""
        return int(self.items.mean.shape[2]) - 1

    def rotated(self, turn: Floats) -> "Factors":
        """The same model with positions turned, x → x · turn, for an orthogonal d × d matrix."""
        return replace(self, items=_turn_items(self.items, turn), people=_turn_people(self.people, turn))

    def chances(self, voter: NDArray[np.integer], statement: NDArray[np.integer]) -> Floats:
        """Return the chances of agree, pass and disagree (n × 3) of participants on statements, given as places.

        What is not known of both is averaged over (MacKay, Neural Computation 4 (1992)).
        """
        agree, passed = (self._chance(kind, voter, statement) for kind in (SIDE, PASSING))
        return np.stack([(1 - passed) * agree, passed, (1 - passed) * (1 - agree)], axis=1)

    def _chance(self, kind: int, voter: NDArray[np.integer], statement: NDArray[np.integer]) -> Floats:
        own = [kind, *range(2, self.people.mean.shape[1])]
        who, item = self.people.mean[voter][:, own], self.items.mean[kind][statement]
        spread = self.people.covariance[voter][:, own][:, :, own]
        slope, doubt = _with_one(item[:, 1:]), self.items.covariance[kind][statement]
        middle = item[:, 0] + (who * slope).sum(1)
        variance = np.einsum("ni,nij,nj->n", slope, spread, slope)
        position = _with_one(who[:, 1:])
        variance += np.einsum("ni,nij,nj->n", position, doubt, position)
        variance += np.einsum("nij,nij->n", spread[:, 1:, 1:], doubt[:, 1:, 1:])
        return np.asarray(expit(middle / np.sqrt(1 + np.pi / 8 * variance)))


def _with_one(vectors: Floats) -> Floats:
    """A column of ones before the columns given."""
    return np.concatenate([np.ones((len(vectors), 1)), vectors], axis=1)


def _turn_items(items: Items, turn: Floats) -> Items:
    full = np.eye(len(turn) + 1)
    full[1:, 1:] = turn
    return Items(items.mean @ full, full.T @ items.covariance @ full)


def _turn_people(people: People, turn: Floats) -> People:
    full = np.eye(len(turn) + 2)
    full[2:, 2:] = turn
    return People(people.mean @ full, full.T @ people.covariance @ full)
