"""Baseline columns of a stepped wedge: what they explain within cluster-periods is taken off their means.

Whether a cluster-period is treated is the same for all its rows, so the coefficients know nothing of the treatment, and
stay the same however the start dates are dealt anew: the permutation test is as exact as without them.

Source: two stages after Hayes & Moulton (2017), "Cluster Randomised Trials", 2nd ed., ch. 10.
"""

from dataclasses import dataclass

import numpy as np

from clew.errors import InputError
from clew.evaluate.explained import COLLINEAR, beside, indicators, least_norm
from clew.evaluate.rows import Floats, Integers, Moments, summed
from clew.tables.wording import listed


@dataclass(frozen=True, slots=True)
class Within:
    """`slopes`: (K,) of the outcome on each baseline column within cells. `explained`: (cells,) what a cell's columns
    explain of its mean, about their overall mean; NaN for a cell without rows. `left`: sum of squares of rows about
    the cells' means, less what the columns explain."""

    slopes: Floats
    explained: Floats
    left: float


def explained_within(moments: Moments, cell: Integers) -> Within:
    """Return what the columns explain within each `cell` (C,), the same for all moments of a cluster-period.

    Raises: InputError where a column varies, but within no cell.
    """
    texts = dict(indicators(moments))
    products = summed(beside(moments.products, list(texts.values())), cell, int(cell.max()) + 1)
    weight = products[:, 0, 0]
    mean = products[:, 0, 1:] / np.where(weight > 0, weight, np.nan)[:, None]
    squares = products[:, 1:, 1:]
    inside = np.nansum(squares - weight[:, None, None] * mean[:, :, None] * mean[:, None, :], axis=0)
    usual = products[:, 0, 1:].sum(axis=0) / weight.sum()
    size = np.diagonal(squares.sum(axis=0))[1:] - weight.sum() * usual[1:] ** 2
    _vary((*moments.covariates, *texts), np.diagonal(inside)[1:], size)
    slopes = least_norm(inside[1:, 1:], inside[1:, :1], size)[:, 0]
    left = float(inside[0, 0] - slopes @ inside[1:, 0]) if len(slopes) else float(inside[0, 0])
    return Within(slopes, (mean[:, 1:] - usual[1:]) @ slopes, max(left, 0.0))


def _vary(names: tuple[str, ...], inside: Floats, size: Floats) -> None:
    still = [name for name, own, all_ in zip(names, inside, size, strict=True) if own <= COLLINEAR * all_ and all_ > 0]
    if still:
        raise InputError(
            f"baseline columns are the same in all rows of each cluster-period: {listed(still)}.",
            where="[outcome] adjust_for",
            do="Leave them out: what clusters differ in is dealt with by `block`, before the start dates are dealt.",
        )
