"""Before and after, treated and comparison: the difference of two differences, not pretending that periods are many.

Each unit's periods are first averaged to one value before and one after the start, so that likeness from one period to
the next cannot make the standard error too small.

Source: Bertrand, Duflo & Mullainathan (2004), How much should we trust differences-in-differences estimates?, QJE
119(1), section IV.C; for units seen once: Card & Krueger (1994), AER 84(4).
"""

from dataclasses import dataclass

import numpy as np

from clew.errors import InputError
from clew.evaluate.arms import Arms
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.cluster_robust import cr1, cr2
from clew.evaluate.heteroskedastic import classical, robust
from clew.evaluate.panel import Flags, Panel
from clew.evaluate.regression import Columns, Fit, additive_columns, fit
from clew.evaluate.rows import Floats, Integers, Key, Layout, Moments

CHANGE, TREATED, CLUSTER = "change", "treated", "cluster"


@dataclass(frozen=True, slots=True)
class Changes:
    """N units seen before and after. `before`, `after`: (N,) means; `treated`: (N,); `cluster`: (N,) codes;
    `weight`: (N,), all 1 without weights; `units`: (N,) their places in the panel."""

    before: Floats
    after: Floats
    treated: Flags
    cluster: Integers
    weight: Floats
    units: Integers


@dataclass(frozen=True, slots=True)
class Difference:
    """The effect in the outcome's units. `n`: units, or rows where units are seen once. `left_out`: columns."""

    estimate: float
    std_error: float
    df: float
    n: int
    left_out: tuple[str, ...] = ()


def changes(panel: Panel, first: int) -> Changes:
    """Return the changes of the units seen both before the place `first` in time and from it on.

    Means over periods are weighted as the rows are; a unit's weight is then its mean weight a period. Treated are the
    units that start at some time.
    """
    sides = [slice(0, first), slice(first, len(panel.periods))]
    seen = np.stack([(panel.n[:, side] > 0).any(axis=1) for side in sides])
    units = np.flatnonzero(seen.all(axis=0))
    weight = np.where(panel.n > 0, panel.weight, 0.0)[units]
    outcome = np.where(panel.n > 0, panel.outcome, 0.0)[units]
    before, after = (np.sum(weight[:, side] * outcome[:, side], axis=1) / weight[:, side].sum(axis=1) for side in sides)
    mean_weight = weight.sum(axis=1) / (panel.n[units] > 0).sum(axis=1)
    treated = np.asarray(panel.start < len(panel.periods))[units]
    return Changes(before, after, treated, panel.cluster[units], mean_weight, units)


def two_by_two(units: Changes, standard_errors: str = "cr2", covariates: Floats | None = None) -> Difference:
    """Return the mean change of the treated less that of the others.

    `covariates`: (N, q) baseline values, which enter linearly. CR1 and CR2 are by `cluster`.

    Raises: InputError where either side has no unit.
    """
    x = np.zeros((len(units.treated), 0)) if covariates is None else covariates
    names = tuple(f"x{place}" for place in range(x.shape[1]))
    rows = ArrayRows(
        {CHANGE: units.after - units.before, TREATED: units.treated * 1, CLUSTER: units.cluster, "weight": units.weight}
        | dict(zip(names, x.T, strict=True))
    )
    weights = None if np.ptp(units.weight) == 0 else "weight"
    layout = Layout(CHANGE, "mean", arm=TREATED, cluster=CLUSTER, weights=weights, adjust_for=names)
    _both(units.treated)
    moments = rows.moments(layout)
    if standard_errors in {"cr1", "cr2"}:
        fitted = fit(moments, additive_columns(moments, Arms(TREATED, "1", "0")), None, CLUSTER)
        return _difference(fitted, (cr1 if standard_errors == "cr1" else cr2)(fitted))
    fitted = fit(moments, additive_columns(moments, Arms(TREATED, "1", "0")), None, None)
    if standard_errors == "classical":
        return _difference(fitted, classical(fitted))
    return _difference(fitted, robust(fitted, moments, (rows, layout, ()), hc2=standard_errors == "hc2"))


def cross_sections(
    moments: Moments, sides: tuple[Flags, Flags], cluster: str | None, standard_errors: str
) -> Difference:
    """Return treated × after from the rows of units that are seen once each.

    `sides`: which cells are treated, and which lie from the start on. `cluster`: the key column of CR1 and CR2; without
    one each cell of the moments stands alone.

    Raises: InputError where one of the four groups is empty, or covariates meet standard errors that need each row.
    """
    treated, after = sides
    for group in (treated & after, treated & ~after, ~treated & after, ~treated & ~after):
        _both(group)
    columns = _interaction(moments, treated, after)
    if standard_errors in {"cr1", "cr2"}:
        moments, column = (moments, cluster) if cluster else _alone(moments)
        fitted = fit(moments, columns, None, column)
        return _difference(fitted, (cr1 if standard_errors == "cr1" else cr2)(fitted))
    fitted = fit(moments, columns, None, None)
    if standard_errors == "classical":
        return _difference(fitted, classical(fitted))
    if moments.covariates:
        what = f"`{standard_errors}` standard errors of units seen once do not go with baseline columns."
        raise InputError(what, where="[design] standard_errors", do="Use `cr2`, or leave `adjust_for` empty.")
    layout = Layout("outcome", "mean", arm=next(iter(moments.keys)))
    return _difference(fitted, robust(fitted, moments, (ArrayRows({}), layout, ()), hc2=standard_errors == "hc2"))


def _both(group: Flags) -> None:
    if not group.any() or group.all():
        raise InputError(
            "treated and comparison units must be there both before and after the start.",
            where="[design] treated, from",
            do="Check the column and the start.",
        )


def _interaction(moments: Moments, treated: Flags, after: Flags) -> Columns:
    """Columns treated × after, treated, after, then the covariates."""
    named = {"treated × after": treated & after, TREATED: treated, "after": after}
    loadings = np.zeros((len(moments.n), 3 + len(moments.covariates), moments.products.shape[1]))
    loadings[:, :3, 0] = np.column_stack(list(named.values()))
    for place in range(len(moments.covariates)):
        loadings[:, 3 + place, 2 + place] = 1.0
    return Columns((*named, *moments.covariates), loadings)


def _alone(moments: Moments) -> tuple[Moments, str]:
    places = np.arange(len(moments.n))
    return Moments(
        {**moments.keys, "cell": Key(tuple(map(str, places)), places)},
        moments.n,
        moments.covariates,
        moments.factors,
        moments.centre,
        moments.products,
        moments.noise,
    ), "cell"


def _difference(fitted: Fit, uncertainty: tuple[float, float]) -> Difference:
    return Difference(fitted.effect, *uncertainty, fitted.n, fitted.left_out)
