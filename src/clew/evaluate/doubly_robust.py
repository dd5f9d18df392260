"""Change among the treated less the change that like units without treatment had, given baseline values.

Doubly robust: it is right where either the chance of treatment or the untreated change follows its model.

Source: Sant'Anna & Zhao (2020), Doubly robust difference-in-differences estimators, J. Econometrics 219(1): panel data,
logit by maximum likelihood and weighted least squares (their equations 2.6 and 3.1).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from clew.errors import InputError
from clew.evaluate.panel import Flags
from clew.evaluate.rows import Floats

CERTAIN = 0.995
"""Comparison units whose chance of treatment is at or above this are left out, as the authors' software does."""

SHARED = 1e-10
"""A column of which less than this share is left, given earlier ones, is left out."""

STEPS = 50
"""Most Newton steps for the logit."""


@dataclass(frozen=True, slots=True)
class Changes:
    """N units. `change`: (N, m) for m pairs of periods; `treated`: (N,); `covariates`: (N, q); `weight`: (N,)."""

    change: Floats
    treated: Flags
    covariates: Floats
    weight: Floats


def plain(units: Changes) -> tuple[Floats, Floats]:
    """Return the same without baseline values: the difference of the two mean changes."""
    of_treated, from_treated = _mean(units.change, units.weight * units.treated)
    of_others, from_others = _mean(units.change, units.weight * ~units.treated)
    return of_treated - of_others, from_treated - from_others


def doubly_robust(units: Changes) -> tuple[Floats, Floats]:
    """Return the effect on the treated for each pair of periods, (m,), and by how much each unit moves it: (N, m).

    The sum of squares of the latter is the variance.

    Columns that say nothing beyond earlier ones are left out. Raises: InputError where covariates alone tell the
    treated from the others, or there are more of them than units.
    """
    weight = units.weight / units.weight.mean()
    x = _independent(units.covariates, weight)
    chance = _chance(x, units.treated, weight)
    treated, others = weight * units.treated, weight * ~units.treated
    like = others * likeness(chance)
    gram = _inverse((others[:, None] * x).T @ x)
    residual = units.change - x @ (gram @ (others[:, None] * x).T @ units.change)
    fitted = (others[:, None] * x) @ gram
    of_treated, from_treated = _mean(residual, treated)
    of_others, from_others = _mean(residual, like)
    moved = from_treated - from_others
    moved -= (fitted @ (_mean(x, treated)[0] - _mean(x, like)[0]))[:, None] * residual
    moved -= _through_chance(x, units.treated, (weight, chance)) @ (x.T @ from_others)
    return of_treated - of_others, moved


def chances(units: Changes) -> Floats:
    """Return each unit's chance of treatment given its covariates, (N,). Raises InputError as `doubly_robust`."""
    weight = units.weight / units.weight.mean()
    return _chance(_independent(units.covariates, weight), units.treated, weight)


def likeness(chance: Floats) -> Floats:
    """By how much comparison units are weighed to be like the treated: (N,)."""
    return np.asarray(np.where(chance < CERTAIN, chance, 0.0) / (1 - np.minimum(chance, CERTAIN)))


def _independent(covariates: Floats, weight: Floats) -> Floats:
    """One, and the covariates less their means that add something to it and to earlier ones: (N, 1+q).

    By Gram–Schmidt on their products; what rounding may leave of a constant does not count.
    """
    mean = weight @ covariates / weight.sum()
    centred = covariates - mean
    left, kept = (weight[:, None] * centred).T @ centred, []
    least = SHARED * np.diagonal(left) + weight.sum() * (4 * np.finfo(float).eps * mean) ** 2
    for place in range(len(left)):
        if left[place, place] > least[place]:
            kept.append(place)
            left = left - np.outer(left[:, place], left[place]) / left[place, place]
    return np.column_stack([np.ones(len(weight)), centred[:, kept]])


def _mean(values: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Weighted means (m,), and by how much each unit moves them (N, m)."""
    mean = weight @ values / weight.sum()
    return mean, weight[:, None] * (values - mean) / weight.sum()


def _chance(x: Floats, treated: Flags, weight: Floats) -> Floats:
    """Each unit's chance of treatment by a logit: (N,)."""
    share = weight @ treated / weight.sum()
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(share / (1 - share))
    for _ in range(STEPS):
        chance = expit(x @ beta)
        step = _inverse((weight * chance * (1 - chance) * x.T) @ x) @ (x.T @ (weight * (treated - chance)))
        beta = beta + step
        if np.abs(x @ step).max() < 1e-10:
            return np.asarray(expit(x @ beta))
    raise _apart()


def _through_chance(x: Floats, treated: Flags, logit: tuple[Floats, Floats]) -> Floats:
    """By how much each unit moves the logit's coefficients: (N, 1+q)."""
    weight, chance = logit
    curvature = _inverse((weight * chance * (1 - chance) * x.T) @ x)
    return np.asarray((weight * (treated - chance))[:, None] * x @ curvature)


def _inverse(matrix: Floats) -> Floats:
    """Inverse of a positive definite matrix, after scaling it to a unit diagonal."""
    diagonal = np.diagonal(matrix)
    if not (diagonal > 0).all():
        raise _apart()
    scale = 1 / np.sqrt(diagonal)
    scaled = matrix * scale * scale[:, None]
    if np.linalg.cond(scaled) > 1e12:
        raise _apart()
    return np.asarray(np.linalg.inv(scaled) * scale * scale[:, None])


def _apart() -> InputError:
    return InputError(
        "the baseline columns tell treated from comparison units completely.",
        where="[outcome] adjust_for",
        do="Adjust for fewer columns; where treated units have no like, no estimate can be made for them.",
    )
