"""The effect and its uncertainty, from a protocol's design and the moments of its rows."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clew.errors import InputError
from clew.evaluate.arms import Arms, arms_of
from clew.evaluate.blocks import Effect, block_weighted
from clew.evaluate.cluster_robust import cr1, cr2
from clew.evaluate.finding import LookAt
from clew.evaluate.heteroskedastic import classical, robust
from clew.evaluate.icc import intra_cluster_correlation
from clew.evaluate.looks import critical_value
from clew.evaluate.matched_pairs import matched_pairs, pairs_of
from clew.evaluate.regression import Fit, additive_columns, fit, interacted_columns
from clew.evaluate.rows import Layout, Moments, Rows, Within, distinct, numbered, plain_layout, select
from clew.pilot.protocol import Design, Protocol
from clew.tables.wording import quoted


@dataclass(frozen=True, slots=True)
class RawEstimate:
    """An effect, treated minus comparison, in the outcome's units, before any interval or test.

    `df`: degrees of freedom of the t reference, infinite for the normal. `n`: rows used, other arms included.
    `clusters`: how many, and how many hold treated and comparison rows; None where units stand alone. `mean_treated`,
    `mean_comparison`: weighted, not adjusted. `icc`: intra-cluster correlation within arms, which may be negative;
    None without clusters or with weights. `left_out`: columns that say nothing beyond earlier ones.
    `p_value`, `interval_at` (level to interval): where inference is not by estimate ± t · standard error, as with
    permutations; the interval may be infinite. `over`: what the effect on all treated is the effect times, where that
    is not the number of treated units: their exposure for a rate, 1 for a number of events.
    """

    estimate: float
    std_error: float
    df: float
    n: int
    n_treated: int
    n_comparison: int
    mean_treated: float
    mean_comparison: float
    clusters: int | None = None
    clusters_treated: int | None = None
    clusters_comparison: int | None = None
    icc: float | None = None
    left_out: tuple[str, ...] = ()
    p_value: float | None = None
    interval_at: Callable[[float], tuple[float, float]] | None = None
    over: float | None = None

    def interval(self, look: LookAt) -> tuple[float, float]:
        """Return the interval of this look: as wide as its limit asks, at level 1 − nominal p."""
        if self.interval_at is not None:
            return self.interval_at(1 - look.nominal_p)
        margin = critical_value(look.nominal_p, self.df) * self.std_error
        return self.estimate - margin, self.estimate + margin


@dataclass(frozen=True, slots=True)
class _Task:
    """What is asked, of which subset of which rows."""

    design: Design
    layout: Layout
    rows: Rows
    within: Within
    arms: Arms


def estimate(protocol: Protocol, rows: Rows, within: Within = ()) -> RawEstimate:
    """Estimate the effect in all rows, or in the subset whose columns hold the labels of `within`.

    Raises: InputError where they cannot carry it: one arm alone, too few clusters, an outcome that does not vary.
    """
    task, moments = _task(protocol, rows, within)
    (effect, std_error, df), left_out = _checked_effect(task, moments)
    raw = RawEstimate(effect, std_error, df, int(moments.n.sum()), 0, 0, 0.0, 0.0, left_out=left_out)
    return _described(task, moments, raw)


def effect_within(protocol: Protocol, rows: Rows, within: Within) -> Effect:
    """The estimate, standard error and degrees of freedom of `estimate` alone, without the counts and means.

    Raises: InputError as `estimate`.
    """
    return _checked_effect(*_task(protocol, rows, within))[0]


def effect_unchecked(protocol: Protocol, rows: Rows, within: Within) -> Effect:
    """The same where an outcome may not vary at all: its standard error is then 0, or rounding.

    Raises: InputError for arms that are absent or of one unit.
    """
    task, moments = _task(protocol, rows, within)
    _enough(task, moments)
    return _effect(task, moments)[0]


def _task(protocol: Protocol, rows: Rows, within: Within) -> tuple[_Task, Moments]:
    layout = estimation_layout(protocol)
    moments = rows.moments(layout, within)
    key = moments.keys[protocol.design.arm]
    arms = arms_of(protocol.design, {key.labels[code] for code in numbered(key.codes)[0]})
    if protocol.design.estimator != "difference":
        moments = select(moments, key.where(arms.treated) | key.where(arms.comparison))
    return _Task(protocol.design, layout, rows, within, arms), moments


def _checked_effect(task: _Task, moments: Moments) -> tuple[Effect, tuple[str, ...]]:
    _enough(task, moments)
    (effect, std_error, df), left_out = _effect(task, moments)
    if not (std_error > 0 and np.isfinite([effect, std_error, df]).all() and df > 0):
        raise InputError(
            "the uncertainty cannot be computed: the outcome does not vary within arms, or too few units are left.",
            where=f"column {task.layout.outcome}",
            do="Check that the outcome column holds the outcomes.",
        )
    return (effect, std_error, df), left_out


def arms_layout(protocol: Protocol) -> Layout:
    """Return which column plays which part where arms are dealt."""
    design = protocol.design
    return replace(
        plain_layout(protocol),
        arm=design.arm,
        cluster=design.cluster,
        block=design.block,
        level=design.fixed_effects[0] if design.fixed_effects else None,
        unit=design.unit,
        variables=distinct(design.received),
    )


def estimation_layout(protocol: Protocol) -> Layout:
    """The layout that the estimator asks for: with `difference`, blocks are absorbed unless fixed effects are named.

    Raises: InputError for combinations that are not offered.
    """
    design, layout = protocol.design, arms_layout(protocol)
    if len(design.fixed_effects) > 1 or len(distinct(layout.level, layout.block)) > 1:
        raise InputError(
            f"only one column can be absorbed, not {', '.join(distinct(layout.block, *design.fixed_effects))}.",
            where="[design] fixed_effects, block",
            do="Name the finer of them alone.",
        )
    if design.estimator == "block-weighted" and (layout.block is None or layout.adjust_for):
        raise InputError(
            "`block-weighted` needs a block column and takes no covariates.",
            where="[design] estimator",
            do="Name `block` and leave `adjust_for` empty, or use `lin`.",
        )
    if design.standard_errors in {"cr1", "cr2"} and layout.cluster is None:
        raise InputError(
            f"`{design.standard_errors}` standard errors need a cluster column.", where="[design]", do="Name `cluster`."
        )
    absorbed = layout.level or layout.block
    return replace(layout, level=absorbed if design.estimator == "difference" else None, block=absorbed)


def _effect(task: _Task, moments: Moments) -> tuple[Effect, tuple[str, ...]]:
    """Effect, standard error and degrees of freedom by the registered estimator, and the columns left out."""
    if task.design.estimator == "matched-pairs" and (pair := task.layout.block):
        cluster = task.layout.cluster if task.design.deals_clusters else None
        return matched_pairs(pairs_of(moments, task.arms, pair, cluster)), ()
    if task.design.estimator == "block-weighted" and (block := task.layout.block):

        def in_block(part: Moments, label: str) -> Effect:
            return _by_least_squares(replace(task, within=(*task.within, (block, label))), part)[0]

        return block_weighted(
            moments, task.arms, block, task.layout.cluster if _clustered(task) else None, in_block
        ), ()
    return _by_least_squares(task, moments)


def least_squares(protocol: Protocol, rows: Rows) -> Fit:
    """The fit that the estimate of all rows rests on, with clusters kept apart where errors are counted by them.

    Raises: InputError as `estimate`.
    """
    return _fitted(*_task(protocol, rows, ()))


def _by_least_squares(task: _Task, moments: Moments) -> tuple[Effect, tuple[str, ...]]:
    fitted = _fitted(task, moments)
    return (fitted.effect, *_uncertainty(task, fitted, moments)), fitted.left_out


def _fitted(task: _Task, moments: Moments) -> Fit:
    if task.design.estimator == "lin":
        columns = interacted_columns(moments, task.arms, distinct(*moments.factors, task.layout.block))
    else:
        columns = additive_columns(moments, task.arms)
    return fit(moments, columns, task.layout.level, task.layout.cluster if _clustered(task) else None)


def _uncertainty(task: _Task, fitted: Fit, moments: Moments) -> tuple[float, float]:
    match task.design.standard_errors:
        case "classical":
            return classical(fitted)
        case "cr1":
            return cr1(fitted)
        case "cr2":
            return cr2(fitted)
        case kind:
            return robust(fitted, moments, (task.rows, task.layout, task.within), hc2=kind == "hc2")


def _clustered(task: _Task) -> bool:
    return task.design.standard_errors in {"cr1", "cr2"}


def _enough(task: _Task, moments: Moments) -> None:
    """Refuse an arm of one unit, or of one cluster where clusters were randomised or share chance."""
    whole = task.layout.cluster if task.design.kind == "cluster-randomised" or _clustered(task) else None
    for label in (task.arms.treated, task.arms.comparison):
        count = _units_of(moments, task.arms.column, label, whole)
        if count < 2:
            raise InputError(
                f"arm {quoted(label)} has only one {'cluster' if whole else 'unit'}: chance is not told from effect.",
                where=f"column {whole or task.arms.column}",
                do=f"Bring at least two {'clusters' if whole else 'units'} an arm.",
            )


def _units_of(moments: Moments, arm: str, label: str, cluster: str | None) -> int:
    cells = moments.keys[arm].where(label)
    return int(moments.n[cells].sum()) if cluster is None else len(numbered(moments.keys[cluster].codes[cells])[0])


def _described(task: _Task, moments: Moments, raw: RawEstimate) -> RawEstimate:
    """Add counts, arm means and the intra-cluster correlation."""
    arm, arms, cluster = moments.keys[task.arms.column], task.arms, task.layout.cluster
    treated, comparison = arm.where(arms.treated), arm.where(arms.comparison)
    described = replace(
        raw,
        n_treated=int(moments.n[treated].sum()),
        n_comparison=int(moments.n[comparison].sum()),
        mean_treated=_mean(moments, treated),
        mean_comparison=_mean(moments, comparison),
    )
    if cluster is None:
        return described
    return replace(
        described,
        clusters=len(numbered(moments.keys[cluster].codes)[0]),
        clusters_treated=_units_of(moments, arms.column, arms.treated, cluster),
        clusters_comparison=_units_of(moments, arms.column, arms.comparison, cluster),
        icc=None if task.layout.weights else intra_cluster_correlation(moments, arms.column, cluster),
    )


def _mean(moments: Moments, cells: NDArray[np.bool_]) -> float:
    part = moments.products[cells]
    return float(moments.centre[0] + part[:, 0, 1].sum() / part[:, 0, 0].sum())
