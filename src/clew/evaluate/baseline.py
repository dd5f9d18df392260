"""What baseline columns hold in the two arms: their means, and by how many standard deviations these differ.

Source: Imbens & Rubin (2015), Causal Inference for Statistics, Social, and Biomedical Sciences, §14.2 (the normalised
difference), taken within blocks where units were dealt within them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from clew.evaluate.arms import Arms
from clew.evaluate.panel import Flags
from clew.evaluate.regression import COLLINEAR, level_codes
from clew.evaluate.rows import Floats, Integers, Moments, numbered, select, summed

FEWEST_TOLD: Final = 10
"""A share that fewer units of an arm have, or lack, is not told: the limit that hides small groups too."""

FEWEST_EXPECTED: Final = 5.0
"""A share is held against chi-square where chance would deal so many units that have it, and that lack it, to the
smaller arm: Cochran (1954), Some methods for strengthening the common χ² tests, Biometrics 10(4)."""

ROUNDING: Final = 1e-9
"""How far from 0 and 1 a column may seem to lie by rounding alone."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Baseline columns of the two arms, k of them: numbers, and one of 0 and 1 for each value of a text.

    `names`: (column, value) pairs, value "" for numbers. `products`: (C, 1+k, 1+k), the sum over a cell's rows of
    w·(1, x)(1, x)' with x about `centre` (k,). `treated`, `block` (codes from 0), `n` (rows): (C,). `least`: (k,) what
    a sum of squares must exceed to be more than rounding.
    """

    names: tuple[tuple[str, str], ...]
    products: Floats
    centre: Floats
    treated: Flags
    block: Integers
    n: Integers
    least: Floats


@dataclass(frozen=True, slots=True)
class Compared:
    """One baseline column in both arms.

    `treated`, `comparison`: (weighted) means. `standardised`: the difference within blocks over the root of the arms'
    mean variance; None where nothing varies. `told`: whether means may be told without giving anybody away.
    """

    column: str
    value: str
    treated: float
    comparison: float
    standardised: float | None
    told: bool

    @property
    def name(self) -> str:
        """The column, and the value of it that is counted."""
        return f"{self.column} = {self.value}" if self.value else self.column


def baseline_of(moments: Moments, arms: Arms, block: str | None) -> tuple[Baseline, Moments]:
    """Return the columns that the moments hold beside the outcome, in the two arms, and the moments of these arms."""
    key = moments.keys[arms.column]
    moments = select(moments, key.where(arms.treated) | key.where(arms.comparison))
    texts = [
        (name, moments.keys[name].labels[code])
        for name in moments.factors
        for code in numbered(moments.keys[name].codes)[0]
    ]
    turn = np.zeros((len(moments.n), 1 + len(texts) + len(moments.covariates), moments.products.shape[1]))
    turn[:, 0, 0] = 1.0
    for place, (name, label) in enumerate(texts, 1):
        turn[:, place, 0] = moments.keys[name].where(label)
    for place in range(len(moments.covariates)):
        turn[:, 1 + len(texts) + place, 2 + place] = 1.0
    products = turn @ moments.products @ turn.transpose(0, 2, 1)
    total, noise = products.sum(axis=0), np.full(len(texts), (4 * np.finfo(float).eps) ** 2)
    own = np.diagonal(total)[1:] - total[0, 1:] ** 2 / total[0, 0]
    return Baseline(
        names=(*texts, *((name, "") for name in moments.covariates)),
        products=products,
        centre=np.append(np.zeros(len(texts)), moments.centre[1:]),
        treated=moments.keys[arms.column].where(arms.treated),
        block=level_codes(moments, block),
        n=moments.n,
        least=COLLINEAR * own + moments.n.sum() * np.append(noise, moments.noise[1:]),
    ), moments


def compared(baseline: Baseline) -> tuple[Compared, ...]:
    """Return the columns one by one. A text is told where each of its values is."""
    sides = (baseline.treated, ~baseline.treated)
    arms = [_of_arm(baseline, side) for side in sides]
    spread = np.sqrt((arms[0][1] + arms[1][1]) / 2)
    gap, told = _gap_within_blocks(baseline), arms[0][2] & arms[1][2]
    hidden = {column for (column, _), shown in zip(baseline.names, told, strict=True) if not shown}
    varies = spread**2 * baseline.n.sum() > baseline.least
    return tuple(
        Compared(
            column=column,
            value=value,
            treated=float(arms[0][0][place]),
            comparison=float(arms[1][0][place]),
            standardised=float(gap[place] / spread[place]) if varies[place] else None,
            told=column not in hidden,
        )
        for place, (column, value) in enumerate(baseline.names)
    )


def _of_arm(baseline: Baseline, side: Flags) -> tuple[Floats, Floats, Flags]:
    """Means, variances, and whether it is no share of few units: (k,) each."""
    total, n = baseline.products[side].sum(axis=0), int(baseline.n[side].sum())
    mean = total[0, 1:] / total[0, 0]
    variance = np.maximum(np.diagonal(total)[1:] / total[0, 0] - mean**2, 0.0)
    share = mean + baseline.centre
    told = ~_share_of_few(share, variance, n, FEWEST_TOLD - 0.5)
    return share, variance * n / max(n - 1, 1), told


def rare(baseline: Baseline) -> Flags:
    """Return which columns are shares too rare, or too common, for a test by chi-square: (k,)."""
    total, n = baseline.products.sum(axis=0), baseline.n
    mean = total[0, 1:] / total[0, 0]
    variance = np.maximum(np.diagonal(total)[1:] / total[0, 0] - mean**2, 0.0)
    smaller = min(int(n[baseline.treated].sum()), int(n[~baseline.treated].sum()))
    return _share_of_few(mean + baseline.centre, variance, smaller, FEWEST_EXPECTED)


def _share_of_few(mean: Floats, variance: Floats, n: int, fewest: float) -> Flags:
    """Which columns hold 0 and 1 alone, and one of them for fewer than so many of `n` units: (k,)."""
    is_share = (np.abs(variance + mean**2 - mean) < ROUNDING) & (np.abs(mean - 0.5) < 0.5 + ROUNDING)
    return np.asarray(is_share & (n * np.minimum(mean, 1 - mean) < fewest))


def _gap_within_blocks(baseline: Baseline) -> Floats:
    """The difference of means within blocks, each weighed by how precise it is: (k,)."""
    blocks = int(baseline.block.max()) + 1
    treated, others = (
        summed(baseline.products[side, 0, :], baseline.block[side], blocks)
        for side in (baseline.treated, ~baseline.treated)
    )
    both = (treated[:, 0] > 0) & (others[:, 0] > 0)
    treated, others = treated[both], others[both]
    weight = treated[:, 0] * others[:, 0] / (treated[:, 0] + others[:, 0])
    gaps = treated[:, 1:] / treated[:, :1] - others[:, 1:] / others[:, :1]
    return np.asarray(weight @ gaps / weight.sum() if len(weight) else np.zeros(gaps.shape[1]))
