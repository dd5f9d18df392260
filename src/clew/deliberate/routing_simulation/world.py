"""Made-up conversations: people in three groups, one of them small, and statements that come in one after another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from clew.deliberate.policy import Policy

Floats = NDArray[np.float64]

CENTRES = np.array([[-1.3, -0.5], [1.3, -0.5], [0.0, 1.8]])
MINORITY = 2
LAST_STATEMENT_AT = 0.8
"""By this share of all votes the last statement has come in."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How large a conversation is. shares: of the groups, the minority last; answers: the fewest and most a person
    gives; seeds: the share of statements that are there from the start."""

    people: int = 500
    statements: int = 60
    answers: tuple[int, int] = (10, 30)
    shares: tuple[float, float, float] = (0.54, 0.38, 0.08)
    seeds: float = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """The truth. group (P), position (P × 2), answer (P × S): what each would vote; answers (P): how many each gives.

    enters (S): after how many votes a statement comes in. support (3 × S): the mean chance that members agree.
    """

    group: NDArray[np.int64]
    position: Floats
    answer: NDArray[np.int8]
    answers: NDArray[np.int64]
    enters: Floats
    support: Floats

    @property
    def votes(self) -> int:
        """How many votes are cast in all, where statements suffice."""
        return int(self.answers.sum())

    def common(self, policy: Policy) -> NDArray[np.bool_]:
        """Which statements truly are common ground (S): all groups support them, the minority, too."""
        return np.asarray((self.support >= policy.threshold).all(0))


def made_up(setting: Setting, rng: np.random.Generator) -> World:
    """Return a conversation: an agree is logistic in position, a pass has a chance of its own for each statement."""
    people, statements = setting.people, setting.statements
    sizes = np.rint(np.array(setting.shares[:MINORITY]) * people).astype(np.int64)
    group = rng.permutation(np.repeat(np.arange(3), [*sizes, people - sizes.sum()]))
    position = CENTRES[group] + rng.normal(0, 0.5, (people, 2))
    log_odds = rng.normal(0.6, 1.2, statements) + position @ rng.normal(0, 0.9, (2, statements))
    passing = rng.uniform(0.05, 0.25, statements)
    agreeing = expit(log_odds) * (1 - passing)
    draws = rng.random((people, statements))
    answers = rng.integers(setting.answers[0], setting.answers[1] + 1, people)
    seeds = round(setting.seeds * statements)
    later = np.sort(rng.random(statements - seeds)) * LAST_STATEMENT_AT * answers.sum()
    return World(
        group,
        position,
        np.where(draws < agreeing, 1, np.where(draws < agreeing + passing, 0, -1)).astype(np.int8),
        answers,
        np.concatenate([np.zeros(seeds), later]),
        np.array([agreeing[group == one].mean(0) for one in range(3)]),
    )
