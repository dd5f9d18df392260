"""Who takes up an offer because it was made: their share and what they are like, although nobody is known to be one."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clew.evaluate.arms import Arms
from clew.evaluate.instrument import RECEIVED
from clew.evaluate.regression import level_codes
from clew.evaluate.rows import Layout, Moments, Rows, distinct, summed


@dataclass(frozen=True, slots=True)
class Compliance:
    """Who receives, in shares of all. `always`: even without the offer; `never`: not even with it; as means of arms.

    `compliers`: those whom the offer moves, with the estimator's columns. `baseline`: (covariate, mean among compliers,
    mean among all) triples; not defined where receiving was never moved.
    """

    compliers: float
    always: float
    never: float
    baseline: tuple[tuple[str, float, float], ...]


def compliance(rows: Rows, layout: Layout, arms: Arms, received: str, share: float) -> Compliance:
    """Describe compliers by baseline columns, although nobody is known to be one. `share`: the first stage.

    The mean of x among compliers is the offer's effect on x·d over that on d, within the absorbed level.
    Source: Abadie (2003), Semiparametric instrumental variable estimation, J. Econometrics 113.
    """
    moments = rows.moments(replace(layout, variables=distinct(received, *layout.variables)))
    arm = moments.keys[arms.column]
    means = [_mean(moments, arm.where(label), RECEIVED) for label in (arms.treated, arms.comparison)]
    return Compliance(share, means[1], 1 - means[0], _complier_means(moments, arms, layout.level))


def _mean(moments: Moments, cells: NDArray[np.bool_], place: int) -> float:
    part = moments.products[cells]
    return float(moments.centre[place - 1] + part[:, 0, place].sum() / part[:, 0, 0].sum())


def _complier_means(moments: Moments, arms: Arms, level: str | None) -> tuple[tuple[str, float, float], ...]:
    arm = moments.keys[arms.column]
    used = arm.where(arms.treated) | arm.where(arms.comparison)
    codes, products = level_codes(moments, level)[used], moments.products[used]
    treated, weight = arm.where(arms.treated)[used].astype(np.float64), products[:, 0, 0]
    levels = int(codes.max()) + 1
    share = summed(treated * weight, codes, levels) / summed(weight, codes, levels)
    offered = treated - share[codes]
    on_received = offered @ products[:, 0, RECEIVED]
    everybody = np.ones(len(moments.n), dtype=bool)
    found = []
    for place, name in enumerate(moments.covariates[1:], start=RECEIVED + 1):
        on_product = offered @ (products[:, RECEIVED, place] + moments.centre[1] * products[:, 0, place])
        among_compliers = float(moments.centre[place - 1] + on_product / on_received)
        found.append((name, among_compliers, _mean(moments, everybody, place)))
    return tuple(found)
