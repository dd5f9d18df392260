"""What is said beside the effect where arms are dealt: pairs that broke, few clusters, and bounds for what was lost."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from clew.evaluate.arms import Arms
from clew.evaluate.by_value import outcomes_by_value
from clew.evaluate.estimate import RawEstimate, arms_layout, estimation_layout, least_squares
from clew.evaluate.finding import Alternative, Further, LookAt, Randomisation, Screen
from clew.evaluate.lee_bounds import lee_bounds
from clew.evaluate.matched_pairs import pairs_of
from clew.evaluate.randomisation import FEW_CLUSTERS, Dealt, randomisation_interval
from clew.evaluate.rows import Rows, Tally
from clew.evaluate.wild_bootstrap import wild_bootstrap
from clew.pilot.protocol import Protocol
from clew.tables.wording import listed

BOOTSTRAP = "wild cluster bootstrap"


def few_clusters(protocol: Protocol, rows: Rows, raw: RawEstimate, look: LookAt) -> Iterator[Further]:
    """Yield the wild cluster bootstrap where errors are counted by clusters and an arm has few of them."""
    design, smaller = protocol.design, min(raw.clusters_treated or 0, raw.clusters_comparison or 0)
    fitted = design.standard_errors in {"cr1", "cr2"} and design.estimator in {"difference", "lin"}
    if not fitted or smaller >= FEW_CLUSTERS:
        return
    found = wild_bootstrap(least_squares(protocol, rows), seed=design.seed or 0)
    interval, how = (
        found.interval(1 - look.nominal_p),
        "all draws" if found.listed else f"{found.numerator.shape[1]} draws",
    )
    why = f"what t would be with other signs of the clusters' residuals ({found.weights}, {how}), were there no effect"
    if not np.isfinite(interval).all():
        why = f"{why}; its interval has no end: {raw.clusters} clusters are too few for this look's limit"
    yield Further(
        name=BOOTSTRAP,
        estimate=raw.estimate,
        interval=interval if np.isfinite(interval).all() else None,
        level=round(1 - look.nominal_p, 12),
        p_value=found.p_value(),
        why=why,
    )


def by_randomisation(dealt: Dealt, protocol: Protocol, raw: RawEstimate, test: Randomisation, look: LookAt) -> Further:
    """Return the effects that dealing the clusters anew does not reject, with the p-value of no effect."""
    interval = randomisation_interval(dealt, 1 - look.nominal_p, seed=protocol.design.seed or 0)
    known, why = bool(np.isfinite(interval).all()), "the effects, alike for all, that dealing the clusters anew allows"
    return Further(
        name="randomisation interval",
        estimate=raw.estimate,
        interval=interval if known else None,
        level=round(1 - look.nominal_p, 12),
        p_value=test.p_value,
        why=why if known else f"{why}; it has no end: {raw.clusters} clusters are too few for this look's limit",
    )


def with_bootstrap(screen: Screen, further: tuple[Further, ...]) -> Screen:
    """Return the screen with the bootstrap's p-value added to what it says."""
    said = [f" The {one.name} gives p = {one.p_value:.3g}." for one in further if one.name == BOOTSTRAP]
    return replace(screen, why=screen.why + "".join(said))


def broken_pairs(protocol: Protocol, rows: Rows, arms: Arms) -> Iterator[Screen]:
    """Say which pairs lost a half, where pairs are analysed as such: the other half is then left out with it."""
    design = protocol.design
    if design.estimator != "matched-pairs" or design.block is None:
        return
    moments = rows.moments(replace(estimation_layout(protocol), groups=()))
    pairs = pairs_of(moments, arms, design.block, design.cluster if design.deals_clusters else None)
    whole = len(pairs.difference)
    why = f"All {whole} pairs have an outcome in both halves."
    if pairs.broken:
        lost = f"{len(pairs.broken)} of {whole + len(pairs.broken)} pairs have no outcome in one half"
        why = f"{lost} and are left out with the other: {listed(pairs.broken)}."
    yield Screen("whole pairs", flag=False, statistic=float(len(pairs.broken)), why=why)


def bounded(screen: Screen, protocol: Protocol, rows: Rows, tally: Tally, arms: Arms, look: LookAt) -> Screen:
    """Return the screen of differential attrition with Lee's bounds, where it asks its question."""
    if not screen.flag or protocol.design.weights:
        return screen
    clustered = protocol.design.standard_errors in {"cr1", "cr2", "pairs"} and protocol.design.cluster is not None
    layout = replace(arms_layout(protocol), cluster=protocol.design.cluster if clustered else None)
    outcomes = outcomes_by_value(rows, layout, tally, arms)
    if outcomes is None:
        return screen
    bounds = lee_bounds(outcomes, clustered=clustered)
    trimmed = f"{bounds.trimmed:.1%} of {'treated' if bounds.of_treated else 'comparison'} outcomes"
    says = (
        f"that those lost are like those who stayed (Lee bounds {bounds.lower:+.3g} to {bounds.upper:+.3g}, {trimmed}"
    )
    return replace(screen, instead=Alternative(f"{says} trimmed)", None, bounds.interval(1 - look.nominal_p)))
