"""What the designs whose units or clusters are dealt to arms share: their columns, their refusals, their screens."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from clew.errors import InputError, Problem
from clew.evaluate.arms import Arms, arms_of
from clew.evaluate.designs.arms_balance import baseline_balance
from clew.evaluate.designs.arms_further import bounded, broken_pairs, by_randomisation, few_clusters, with_bootstrap
from clew.evaluate.designs.method import Basis, Beside, Sides
from clew.evaluate.estimate import RawEstimate, arms_layout, effect_within, estimate, estimation_layout
from clew.evaluate.finding import LookAt, Randomisation, Screen
from clew.evaluate.randomisation import FEW_CLUSTERS, Dealt, adjusted_totals, randomisation_test
from clew.evaluate.rows import Layout, Rows, Tally, Within, summed
from clew.evaluate.screens import Followed, differential_attrition, few_clusters_disagreement, sample_ratio_mismatch
from clew.pilot.protocol import Protocol
from clew.tables.wording import listed


def layout(protocol: Protocol) -> Layout:
    """Return which column plays which part. Raises InputError for combinations that are not offered."""
    estimation_layout(protocol)
    return arms_layout(protocol)


def arms_in(protocol: Protocol, tally: Tally) -> Arms:
    """Return the arms that hold outcomes. Raises InputError for an unknown, absent or single arm."""
    return arms_of(protocol.design, [label for label, n in tally.by(protocol.design.arm, tally.n).items() if n])


def check(protocol: Protocol, tally: Tally) -> None:
    """Refuse unknown arms, and clusters in two arms where clusters were randomised."""
    design = protocol.design
    key = tally.keys[design.arm]
    arms_of(design, {key.labels[code] for code in set(key.codes.tolist())})
    problems = _split_clusters(tally, design.arm, design.cluster) if design.deals_clusters and design.cluster else ()
    if problems:
        raise InputError(problems=tuple(problems))


def _split_clusters(tally: Tally, arm: str, cluster: str) -> Sequence[Problem]:
    pairs = zip(tally.keys[cluster].codes.tolist(), tally.keys[arm].codes.tolist(), strict=True)
    seen: dict[int, set[int]] = {}
    for code, of_arm in pairs:
        seen.setdefault(code, set()).add(of_arm)
    labels = tally.keys[cluster].labels
    split = sorted(labels[code] for code, of_arms in seen.items() if len(of_arms) > 1 and labels[code])
    if not split:
        return []
    what = f"{len(split)} clusters have rows in more than one arm: {listed(split)}."
    do = "A cluster is randomised whole: correct the arm, or register kind `randomised`."
    return [Problem(what, f"columns {cluster} and {arm}", do)]


def sides(protocol: Protocol, tally: Tally) -> Sides:
    """Return the two arms that are compared; a row is a unit."""
    arms = arms_in(protocol, tally)
    key = tally.keys[arms.column]
    missing = tuple(tally.by(arms.column, tally.missing).items())
    return Sides(tally, key.where(arms.treated), key.where(arms.comparison), missing)


def within(protocol: Protocol, rows: Rows, group: Within) -> RawEstimate:
    """Return the effect and its uncertainty in one group, without counts and means."""
    effect, std_error, df = effect_within(protocol, rows, group)
    return RawEstimate(effect, std_error, df, 0, 0, 0, 0.0, 0.0)


def basis(protocol: Protocol) -> Basis:
    """Return that chance made the arms alike."""
    return "chance"


def beside(protocol: Protocol, rows: Rows, raw: RawEstimate, look: LookAt) -> Beside:
    """Return the screens of how the arms were dealt and followed, what they held at baseline, and the randomisation
    test where clusters are few."""
    tally = rows.tally(layout(protocol))
    arms = arms_in(protocol, tally)
    test, further = dealt_anew(protocol, rows, raw, arms), tuple(few_clusters(protocol, rows, raw, look))
    if test is not None and not protocol.outcome.adjust_for:
        further += (by_randomisation(dealt(protocol, rows, arms), protocol, raw, test, look),)
    attrition, *others = screens_of_arms(protocol, tally, arms)
    alike = baseline_balance(protocol, rows, (tally, arms), lambda other: estimate(other, rows), look)
    screens = (
        bounded(attrition, protocol, rows, tally, arms, look),
        *others,
        *alike.screens,
        *broken_pairs(protocol, rows, arms),
        *(with_bootstrap(screen, further) for screen in _screens_of_test(raw, test, look)),
    )
    return Beside(screens, (*further, *alike.further), randomisation=test)


def dealt_anew(protocol: Protocol, rows: Rows, raw: RawEstimate, arms: Arms) -> Randomisation | None:
    """Return the randomisation test where clusters were dealt and the smaller arm holds few of them, else None.

    Its statistic is the difference in arm means, in blocks as the estimator weighs them, of what numeric baseline
    columns leave of the outcome; baseline columns of texts are left aside.
    """
    design = protocol.design
    if not design.deals_clusters or min(raw.clusters_treated or 0, raw.clusters_comparison or 0) >= FEW_CLUSTERS:
        return None
    return randomisation_test(dealt(protocol, rows, arms), seed=design.seed or 0)


def dealt(protocol: Protocol, rows: Rows, arms: Arms) -> Dealt:
    """Return the clusters as they were dealt, for the randomisation test."""
    moments = rows.moments(replace(estimation_layout(protocol), groups=()))
    keys, design = moments.keys, protocol.design
    arm, treated = keys[arms.column], keys[arms.column].where(arms.treated)
    cells = np.flatnonzero(treated | arm.where(arms.comparison))
    _, place, of = np.unique(keys[design.cluster or ""].codes[cells], return_index=True, return_inverse=True)
    blocks = keys[design.block].codes[cells][place] if design.block else np.zeros(len(place), dtype=np.int64)
    products = summed(moments.products[cells], of, len(place))
    return Dealt(
        totals=tuple(adjusted_totals(products, blocks).tolist()),
        sizes=tuple(products[:, 0, 0].tolist()),
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


def _screens_of_test(raw: RawEstimate, test: Randomisation | None, look: LookAt) -> Iterator[Screen]:
    if test is not None:
        yield few_clusters_disagreement(raw.interval(look), test, look)


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
