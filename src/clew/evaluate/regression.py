"""Least squares from moments: the columns of a design, the levels it absorbs, and the fit.

Levels are the values of an absorbed column, or the one level of an intercept. The parameters are the levels and the
columns Z; all moments are held about the level means, where levels and columns are orthogonal.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.errors import InputError
from clew.evaluate.arms import Arms
from clew.evaluate.rows import Floats, Integers, Key, Moments, numbered, summed

COLLINEAR = 1e-10
"""A column whose variance, given levels and earlier columns, is below this share of its own is left out."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns Z of a design as linear functions of a cell's variables.

    `names`: (k,), the treated indicator first. `loadings`: (C, k, 1+V), so that z = loadings · (1, outcome,
    covariates) with the last two about the moments' centre; the outcome's column is zero.
    """

    names: tuple[str, ...]
    loadings: Floats


@dataclass(frozen=True, slots=True)
class Patches:
    """Moments of the rows of one cluster in one level, P of them, about the level's mean.

    `cluster`, `level`: (P,) codes from 0, sorted by cluster, then level. `products`: (P, 2+k, 2+k) over
    (1, outcome, Z). `level_weight`: (L,) sum of weights. `level_mean`: (L, 1+k) of (outcome, Z).
    """

    cluster: Integers
    level: Integers
    products: Floats
    level_weight: Floats
    level_mean: Floats


@dataclass(frozen=True, slots=True)
class Fit:
    """A weighted least-squares fit.

    `coefficients`: (k,) of the columns kept, the effect of treatment first. `bread`: (k, k), the inverse of Z'WZ within
    levels. `rss`: weighted residual sum of squares. `n`: rows.
    `parameters`: levels plus columns.
    """

    columns: Columns
    patches: Patches
    coefficients: Floats
    bread: Floats
    rss: float
    n: int
    parameters: int
    left_out: tuple[str, ...]

    @property
    def effect(self) -> float:
        """Treated minus comparison, in the outcome's units."""
        return float(self.coefficients[0])


def additive_columns(moments: Moments, arms: Arms) -> Columns:
    """Columns of the additive model: treated, each other arm, covariates, one indicator a further text value."""
    arm = moments.keys[arms.column]
    named = [(label, arm.where(label)) for label in (arms.treated, *arms.others)]
    named += _indicators(moments, moments.factors)
    names = tuple(name for name, _ in named) + moments.covariates
    loadings = np.zeros((len(moments.n), len(names), moments.products.shape[1]))
    for place, (_, cells) in enumerate(named):
        loadings[:, place, 0] = cells
    for place in range(len(moments.covariates)):
        loadings[:, len(named) + place, 2 + place] = 1.0
    return Columns(names, loadings)


def interacted_columns(moments: Moments, arms: Arms, factors: tuple[str, ...]) -> Columns:
    """Columns of Lin's model: treated, centred covariates and indicators, and each of these times treated.

    Source: Lin (2013), Agnostic notes on regression adjustments to experimental data, Ann. Appl. Stat. 7(1).
    """
    treated = moments.keys[arms.column].where(arms.treated).astype(np.float64)
    named = _indicators(moments, factors)
    adjusting = np.zeros((len(moments.n), len(named) + len(moments.covariates), moments.products.shape[1]))
    for place, (_, cells) in enumerate(named):
        adjusting[:, place, 0] = cells
    for place in range(len(moments.covariates)):
        adjusting[:, len(named) + place, 2 + place] = 1.0
    adjusting[:, :, 0] -= _mean(adjusting, moments)
    main = np.zeros((len(moments.n), 1, moments.products.shape[1]))
    main[:, 0, 0] = treated
    loadings = np.concatenate([main, adjusting, treated[:, None, None] * adjusting], axis=1)
    names = tuple(name for name, _ in named) + moments.covariates
    return Columns((arms.treated, *names, *(f"{arms.treated} × {name}" for name in names)), loadings)


def _indicators(moments: Moments, factors: tuple[str, ...]) -> list[tuple[str, NDArray[np.bool_]]]:
    return [
        (f"{factor} = {label}", moments.keys[factor].where(label))
        for factor in factors
        for label in _present(moments.keys[factor])[1:]
    ]


def _present(key: Key) -> list[str]:
    return [key.labels[code] for code in numbered(key.codes)[0]]


def _mean(loadings: Floats, moments: Moments) -> Floats:
    """Weighted mean over all rows of linear functions of the variables: (k,)."""
    totals = np.einsum("ckv,cv->k", loadings, moments.products[:, 0, :])
    return np.asarray(totals / moments.products[:, 0, 0].sum())


def fit(moments: Moments, columns: Columns, level: str | None, cluster: str | None) -> Fit:
    """Fit the outcome on `columns` within the values of the key column `level` (None: an intercept).

    `cluster`: the key column whose values are kept apart for cluster-robust standard errors (None: one patch a level).

    Raises: InputError where the arm does not vary within levels, or rows do not exceed parameters.
    """
    cells = _products(moments, columns)
    patches = _patches(cells, level_codes(moments, level), level_codes(moments, cluster))
    total = patches.products.sum(axis=0)
    kept = _independent(total[2:, 2:], _least(moments, columns, cells.sum(axis=0)))
    if not kept or kept[0] != 0:
        raise InputError(
            "the effect cannot be told apart from other columns: the arm does not vary within them.",
            where="[design] fixed_effects, block; [outcome] adjust_for",
            do="Leave out what determines the arm.",
        )
    left_out = tuple(name for place, name in enumerate(columns.names) if place not in kept)
    columns, patches = _keep(columns, patches, kept)
    slots = np.array([1, *(2 + np.array(kept))])
    within = total[np.ix_(slots, slots)]
    bread = _inverse(within[1:, 1:])
    coefficients = bread @ within[1:, 0]
    n, parameters = int(moments.n.sum()), len(patches.level_weight) + len(kept)
    if n <= parameters:
        what = f"{n} rows cannot support {parameters} parameters."
        raise InputError(what, where="[outcome] adjust_for", do="Adjust for fewer columns, or bring more rows.")
    rss = float(within[0, 0] - coefficients @ within[1:, 0])
    return Fit(columns, patches, coefficients, bread, max(rss, 0.0), n, parameters, left_out)


def _patches(cells: Floats, level: Integers, cluster: Integers) -> Patches:
    levels = int(level.max()) + 1
    pairs, patch = numbered(cluster * levels + level)
    products, patch_level = summed(cells, patch, len(pairs)), pairs % levels
    first = summed(products[:, 0], patch_level, levels)
    weight, mean = first[:, 0], first[:, 1:] / first[:, :1]
    return Patches(pairs // levels, patch_level, _about(products, mean[patch_level]), weight, mean)


def level_codes(moments: Moments, column: str | None) -> Integers:
    """Codes of a key column with no gaps, from 0; all 0 where there is no column."""
    if column is None:
        return np.zeros(len(moments.n), dtype=np.int64)
    return numbered(moments.keys[column].codes)[1]


def _products(moments: Moments, columns: Columns) -> Floats:
    """Cells' sums of w·(1, outcome, z)(1, outcome, z)': (C, 2+k, 2+k)."""
    cells, k, width = columns.loadings.shape
    transform = np.zeros((cells, 2 + k, width))
    transform[:, 0, 0] = transform[:, 1, 1] = 1.0
    transform[:, 2:, :] = columns.loadings
    return np.asarray(transform @ moments.products @ transform.transpose(0, 2, 1))


def _about(products: Floats, mean: Floats) -> Floats:
    """Move second moments (P, 1+m, 1+m) of (1, v) to those of (1, v − mean), with mean (P, m)."""
    shift = np.broadcast_to(np.eye(products.shape[1]), products.shape).copy()
    shift[:, 1:, 0] = -mean
    return np.asarray(shift @ products @ shift.transpose(0, 2, 1))


def _least(moments: Moments, columns: Columns, total: Floats) -> Floats:
    """What a column's sum of squares must exceed to count: a share of its own about its mean, and rounding. (k,)."""
    own = np.diagonal(total)[2:] - total[0, 2:] ** 2 / total[0, 0]
    steepest = np.max(columns.loadings**2, axis=0)
    of_variables = moments.n.sum() * (steepest[:, 1:] @ moments.noise)
    of_indicators = total[0, 0] * (4 * np.finfo(float).eps) ** 2 * steepest[:, 0]
    return np.asarray(COLLINEAR * own + of_variables + of_indicators)


def _independent(within: Floats, least: Floats) -> list[int]:
    """Places of the columns that add something to the earlier ones, by Gram–Schmidt on `within` (k, k)."""
    left, kept = within.copy(), []
    for place in range(len(left)):
        pivot = left[place, place]
        if pivot > least[place] and pivot > 0:
            kept.append(place)
            left = left - np.outer(left[:, place], left[place]) / pivot
    return kept


def _keep(columns: Columns, patches: Patches, kept: list[int]) -> tuple[Columns, Patches]:
    slots = np.array([0, 1, *(2 + np.array(kept))])
    products = patches.products[:, slots[:, None], slots]
    mean = patches.level_mean[:, slots[1:] - 1]
    names = tuple(columns.names[place] for place in kept)
    return (
        Columns(names, columns.loadings[:, kept]),
        Patches(patches.cluster, patches.level, products, patches.level_weight, mean),
    )


def _inverse(matrix: Floats) -> Floats:
    """Inverse of a positive definite matrix, after scaling it to a unit diagonal."""
    scale = 1 / np.sqrt(np.diagonal(matrix))
    return np.asarray(np.linalg.inv(matrix * scale * scale[:, None]) * scale * scale[:, None])
