"""One look at the data: the effect, the groups, the screens, the costs. It calls the methods in order and adds none."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
from scipy.special import stdtr

from clew.evaluate.account import account
from clew.evaluate.arms import Arms, arms_of
from clew.evaluate.equity import equity_groups
from clew.evaluate.estimate import RawEstimate, estimate, estimation_layout
from clew.evaluate.finding import Estimate, Finding, LookAt, Randomisation, Screen
from clew.evaluate.looks import look_at, which_look
from clew.evaluate.randomisation import FEW_CLUSTERS, Dealt, randomisation_test
from clew.evaluate.rows import Rows, Tally, layout_of
from clew.evaluate.screens import Followed, differential_attrition, few_clusters_disagreement, sample_ratio_mismatch
from clew.pilot.protocol import Protocol


def analyse(protocol: Protocol, rows: Rows, *, look: int | None = None) -> Finding:
    """Return what the rows say at this look (None: the last planned one). No rule is applied.

    Raises: InputError where the protocol pays for no such look, or the data cannot carry the registered estimate.
    """
    number = which_look(protocol, look)
    tally = rows.tally(layout_of(protocol))
    arms = arms_of(protocol.design, [label for label, n in tally.by(protocol.design.arm, tally.n).items() if n])
    raw = estimate(protocol, rows)
    at = look_at(protocol, number, units=raw.n, clusters=raw.clusters, df=raw.df)
    effect = effect_at(raw, at)
    test = dealt_anew(protocol, rows, raw, arms)
    return Finding(
        design=protocol.design.kind,
        estimator=protocol.design.estimator,
        standard_errors=protocol.design.standard_errors,
        effect=effect,
        look=at,
        equity=equity_groups(protocol, rows, tally, arms, at),
        screens=(*screens_of_arms(protocol, tally, arms), *_screens_of_test(effect, test, at)),
        account=account(protocol.cost, protocol.outcome, effect, units_treated=_dealt_to(tally, arms, arms.treated)),
        randomisation=test,
        evidence_level=evidence_level(protocol, effect),
        missing=tuple(tally.by(arms.column, tally.missing).items()),
    )


def effect_at(raw: RawEstimate, look: LookAt) -> Estimate:
    """Return the estimate with the interval of this look: as wide as its boundary asks, at level 1 − nominal p."""
    margin = look.boundary * raw.std_error
    return Estimate(
        estimate=raw.estimate,
        std_error=raw.std_error,
        df=raw.df,
        interval=(raw.estimate - margin, raw.estimate + margin),
        level=round(1 - look.nominal_p, 12),
        p_value=float(2 * stdtr(raw.df, -abs(raw.estimate / raw.std_error))),
        n=raw.n,
        clusters=raw.clusters,
        n_treated=raw.n_treated,
        n_comparison=raw.n_comparison,
        mean_treated=raw.mean_treated,
        mean_comparison=raw.mean_comparison,
        icc=raw.icc,
    )


def evidence_level(protocol: Protocol, effect: Estimate) -> int:
    """Return the level, 1 to 5, that this pilot's design can reach by itself; nobody chooses it.

    3: an impact pilot with arms dealt by chance, so that cause is shown or refuted. 2: a feasibility pilot whose data
    move in the better direction, which claims no cause. 1: a feasibility pilot whose data do not. Levels 4 and 5 need
    independent replication and manuals, which no single pilot has.

    Source: Puttick & Ludlow (2012), "Standards of Evidence for Impact Investing", Nesta.
    """
    if protocol.population.kind == "impact":
        return 3
    return 2 if protocol.outcome.sign * effect.estimate > 0 else 1


def dealt_anew(protocol: Protocol, rows: Rows, raw: RawEstimate, arms: Arms) -> Randomisation | None:
    """Return the randomisation test where clusters were dealt and the smaller arm holds few of them, else None.

    Its statistic is the difference in arm means, in blocks as the estimator weighs them; covariates are left aside.
    """
    design = protocol.design
    if not design.deals_clusters or min(raw.clusters_treated or 0, raw.clusters_comparison or 0) >= FEW_CLUSTERS:
        return None
    return randomisation_test(_dealt(protocol, rows, arms), seed=design.seed or 0)


def _dealt(protocol: Protocol, rows: Rows, arms: Arms) -> Dealt:
    moments = rows.moments(replace(estimation_layout(protocol), adjust_for=(), groups=()))
    keys, design = moments.keys, protocol.design
    arm, treated = keys[arms.column], keys[arms.column].where(arms.treated)
    cells = np.flatnonzero(treated | arm.where(arms.comparison))
    _, place, of = np.unique(keys[design.cluster or ""].codes[cells], return_index=True, return_inverse=True)
    blocks = keys[design.block].codes[cells][place] if design.block else np.zeros(len(place), dtype=np.int64)
    return Dealt(
        totals=tuple(np.bincount(of, moments.products[cells, 0, 1]).tolist()),
        sizes=tuple(np.bincount(of, moments.products[cells, 0, 0]).tolist()),
        treated=tuple(treated[cells][place].tolist()),
        blocks=tuple(blocks.tolist()),
        by_precision=design.estimator == "difference",
    )


def screens_of_arms(protocol: Protocol, tally: Tally, arms: Arms) -> Iterator[Screen]:
    """Yield the screens that ask how the arms were dealt and followed."""
    clustered = protocol.design.deals_clusters
    yield differential_attrition(
        followed(tally, arms, protocol.design.cluster if clustered else None), clustered=clustered
    )
    share = registered_treated_share(protocol.text)
    if share is not None and not clustered:
        treated, comparison = (_dealt_to(tally, arms, label) for label in (arms.treated, arms.comparison))
        yield sample_ratio_mismatch(treated, comparison, share)


def _screens_of_test(effect: Estimate, test: Randomisation | None, look: LookAt) -> Iterator[Screen]:
    if test is not None:
        yield few_clusters_disagreement(effect, test, look)


def followed(tally: Tally, arms: Arms, cluster: str | None) -> list[Followed]:
    """Return what each cluster (or, without clusters, each arm) was dealt and lost; the two arms compared alone."""
    parts = []
    for label in (arms.treated, arms.comparison):
        cells = tally.keys[arms.column].where(label)
        of = tally.keys[cluster].codes[cells] if cluster else np.zeros(int(cells.sum()), dtype=np.int64)
        lost = np.bincount(of, tally.missing[cells])
        dealt = lost + np.bincount(of, tally.n[cells])
        parts += [Followed(label == arms.treated, int(n), int(m)) for n, m in zip(dealt, lost, strict=True) if n]
    return parts


def _dealt_to(tally: Tally, arms: Arms, label: str) -> int:
    return tally.by(arms.column, tally.n + tally.missing)[label]


@lru_cache(maxsize=16)
def registered_treated_share(text: str) -> float | None:
    """Return the share of treated units that the protocol's file states, None where it leaves it to the default.

    A default is no promise, so arm sizes are held against a stated share only.
    """
    share = tomllib.loads(text.removeprefix("\ufeff")).get("size", {}).get("treated_share")
    return None if share is None else float(share)
