"""Raking: weights under which those who took part have the population's shares of several attributes at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.intervals import wilson
from clew.deliberate.votes import AGREE, Votes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLOSE = 1e-10
"""How near each share must come to its target."""

ROUNDS = 1000
"""How often all margins are gone through at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Raked:
    """Weights with a mean of 1, one a participant (P); None where there are none, and `why`.

    design_effect: how many times more uncertain a share becomes by unequal weights. effective_people: as how many
    people with equal weights they count. largest, smallest: of the weights.
    """

    weights: Floats | None
    why: str = ""
    rounds: int = 0
    design_effect: float | None = None
    effective_people: float | None = None
    largest: float | None = None
    smallest: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RakedSupport:
    """The share who agree with each statement (S each): as counted, and with weights, with a 95 % interval.

    effective_votes: as how many equal votes the weighted ones count. nan where nobody voted.
    """

    counted: Floats
    raked: Floats
    lower: Floats
    upper: Floats
    effective_votes: Floats


def rake(codes: Sequence[Ints], targets: Sequence[Sequence[float]]) -> Raked:
    """Return weights under which every attribute has its target shares, as little unequal as can be.

    codes: for each attribute (P) which value, -1 for none declared. targets: for each attribute the shares of its
    values, adding up to 1. Those who did not declare an attribute keep the share that they have; the targets hold for
    the others. Where no weights give all shares at once, it is said why.

    Source: Deming & Stephan (1940), Annals of Mathematical Statistics 11 (iterative proportional fitting); it finds
    the weights of least Kullback–Leibler divergence from equal ones: Ireland & Kullback (1968), Biometrika 55.
    """
    if not codes or not len(codes[0]):
        return Raked(None, "there is no attribute, or nobody, to weigh.")
    cells, cell_of, people = _cells(codes)
    if any(_nobody(code, len(target)) for code, target in zip(codes, targets, strict=True)):
        return Raked(None, "nobody who took part has a value that the population has; no weight stands in for them.")
    wanted = [_wanted(code, target) for code, target in zip(codes, targets, strict=True)]
    mass, rounds = _fitted(people / people.sum(), cells, wanted)
    if rounds > ROUNDS:
        return Raked(None, "no weights give all shares at once: too many combinations of values have no people.")
    weights = (mass / people * people.sum())[cell_of]
    return _described(weights, rounds)


def _cells(codes: Sequence[Ints]) -> tuple[Ints, Ints, Floats]:
    """The combinations of values that occur (C × attributes, -1 as 0), that of each participant, and people in each."""
    shape = tuple(int(code.max()) + 2 for code in codes)
    combined = np.ravel_multi_index(tuple(code + 1 for code in codes), shape)
    found, cell_of, people = np.unique(combined, return_inverse=True, return_counts=True)
    return np.column_stack(np.unravel_index(found, shape)), cell_of, people.astype(np.float64)


def _nobody(code: Ints, values: int) -> bool:
    return bool((np.bincount(code[code >= 0], minlength=values) == 0).any())


def _wanted(code: Ints, target: Sequence[float]) -> Floats:
    """The shares to reach: that of those who did not declare stays, the targets share the rest."""
    silent = float(np.mean(code < 0))
    return np.concatenate([[silent], (1 - silent) * np.asarray(target, np.float64)])


def _fitted(mass: Floats, cells: Ints, wanted: Sequence[Floats]) -> tuple[Floats, int]:
    """The mass of each cell, and how many rounds it took; more than `ROUNDS` where it does not settle."""
    for rounds in range(1, ROUNDS + 1):
        furthest = 0.0
        for place, share in enumerate(wanted):
            now = np.bincount(cells[:, place], weights=mass, minlength=len(share))
            furthest = max(furthest, float(np.abs(now - share).max()))
            mass = mass * np.divide(share, now, out=np.zeros_like(now), where=now > 0)[cells[:, place]]
        if furthest < CLOSE:
            return mass, rounds
    return mass, ROUNDS + 1


def _described(weights: Floats, rounds: int) -> Raked:
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    return Raked(
        weights=weights,
        rounds=rounds,
        design_effect=len(weights) / effective,
        effective_people=effective,
        largest=float(weights.max()),
        smallest=float(weights.min()),
    )


def raked_support(votes: Votes, weights: Floats) -> RakedSupport:
    """Return what support of each statement would be if those who voted had the population's shares.

    weights (P): of the participants, as `rake` returns them. The interval is that of as many equal votes as the
    weighted ones count, (sum of weights)² over the sum of their squares (Kish 1965, Survey Sampling, 11.7).
    """
    statements = len(votes.statements)
    each = weights[votes.voter]
    agrees = votes.value == AGREE

    def summed(amounts: Floats) -> Floats:
        return np.asarray(np.bincount(votes.statement, weights=amounts, minlength=statements), np.float64)

    with np.errstate(divide="ignore", invalid="ignore"):
        raked = summed(each * agrees) / summed(each)
        counted = summed(agrees.astype(np.float64)) / summed(np.ones_like(each))
        effective = summed(each) ** 2 / summed(each**2)
        lower, upper = wilson(raked * effective, effective)
    return RakedSupport(counted, raked, lower, upper, effective)
