"""Made-up stepped wedges: clusters that differ, time that passes, and start dates dealt by chance.

Source of what clusters share: Hooper, Teerenstra, de Hoop & Eldridge (2016), Sample size calculation for stepped wedge
and other longitudinal cluster randomised trials, Statistics in Medicine 35; Kasza et al. (2019), Statistical Methods in
Medical Research 28 (what clusters share in a period fades with time).
"""

import numpy as np

from clew.evaluate.cluster_periods import strata
from clew.evaluate.rows import Floats, Integers
from clew.evaluate.simulate import Drawn
from clew.evaluate.world import Scenario, World, effects_by_group
from clew.pilot.protocol import Protocol
from clew.pilot.trial import looks_paid_for

STAYS = 0.8
"""Share of what a cluster's rows have in common that stays the same over time; the rest fades from period to period."""


def draw(protocol: Protocol, world: World, scenario: Scenario, rng: np.random.Generator) -> Drawn:
    """Return one made-up pilot: `world.units` rows by the last planned look, spread over all clusters and periods.

    Time alone changes the outcome, by the end as much as the effect worth having would. Each look brings new rows in
    every cluster and period. Baseline columns explain the registered share of a mean's variance within cluster-periods.
    """
    clusters, periods = world.clusters or 2, max(world.periods, 2)
    start, block = _starts(protocol, world, (clusters, periods), rng)
    cluster, period, rows_at = _rows(protocol, world, (clusters, periods), rng)
    groups = [rng.choice(len(each.names), len(cluster), p=each.shares) for each in world.groups]
    effects = np.array(effects_by_group(scenario, world.groups[0] if world.groups else None))
    own = groups[0] if groups else np.zeros(len(cluster), dtype=np.int64)
    mean = world.baseline + abs(protocol.outcome.worth_having) * period / (periods - 1)
    mean = mean + np.where(period >= start[cluster], effects[own], 0.0)
    shared = _shared(world, (clusters, periods), rng)[cluster, period]
    design, baseline = protocol.design, {name: rng.standard_normal(len(mean)) for name in protocol.outcome.adjust_for}
    if baseline and protocol.outcome.measure == "mean":
        mean = mean + world.sd * np.sqrt((1 - world.icc) * protocol.size.r2 / len(baseline)) * sum(baseline.values())
    columns = {
        design.cluster or "": cluster,
        design.period: period + 1,
        design.treated_from: np.where(start[cluster] < periods, (start[cluster] + 1).astype(str), ""),
        **{each.column: np.array(each.names)[drawn] for each, drawn in zip(world.groups, groups, strict=True)},
        **({design.block: block[cluster]} if design.block else {}),
        **({design.weights: np.ones(len(cluster))} if design.weights else {}),
        **baseline,
        protocol.outcome.column: _outcomes(protocol, world, mean, shared, rng),
    }
    return Drawn(columns, rows_at)


def _starts(
    protocol: Protocol, world: World, shape: tuple[int, int], rng: np.random.Generator
) -> tuple[Integers, Integers]:
    """Deal equal shares of the clusters to start dates: one a period from the first on, or as many as `from` has.

    Return each cluster's start and block. Blocks hold as many clusters as there are dates, or some more.
    """
    clusters, periods = shape
    first = min(max(world.periods_before, 1), periods - 1)
    dates = np.arange(first, periods)
    if len(protocol.design.starts) > 1:
        dates = np.unique(np.linspace(first, periods - 1, len(protocol.design.starts)).round().astype(np.int64))
    if len(dates) == 1:
        dates = np.array([dates[0], periods])  # some go on as before, or there is nobody to compare with
    block = np.arange(clusters) % (max(1, clusters // len(dates)) if protocol.design.block else 1)
    start = np.empty(clusters, dtype=np.int64)
    for own in strata(start, block):
        start[own] = rng.permutation(dates[np.arange(len(own)) % len(dates)])
    return start, block


def _rows(
    protocol: Protocol, world: World, shape: tuple[int, int], rng: np.random.Generator
) -> tuple[Integers, Integers, tuple[int, ...]]:
    """Return each row's cluster and period, in the order of looks, and how many rows are there at each look."""
    weight = rng.gamma(1 / world.cv**2, world.cv**2, shape[0]) if world.cv else np.ones(shape[0])
    planned = np.repeat(weight / weight.sum() * world.units / shape[1], shape[1])
    looks = np.arange(1, looks_paid_for(protocol) + 1) / protocol.looks.planned
    there = np.maximum(1, np.rint(np.outer(looks, planned))).astype(np.int64)
    new = np.diff(np.maximum.accumulate(there, axis=0), axis=0, prepend=0)
    cell = np.repeat(np.tile(np.arange(shape[0] * shape[1]), len(looks)), new.ravel())
    return cell // shape[1], cell % shape[1], tuple(int(n) for n in np.cumsum(new.sum(axis=1)))


def _shared(world: World, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Return what rows of a cluster-period have in common: standard normal, most of it staying, the rest fading."""
    fading = rng.standard_normal(shape)
    for period in range(1, shape[1]):
        fading[:, period] = world.serial * fading[:, period - 1] + np.sqrt(1 - world.serial**2) * fading[:, period]
    return np.asarray(np.sqrt(STAYS) * rng.standard_normal((shape[0], 1)) + np.sqrt(1 - STAYS) * fading)


def _outcomes(protocol: Protocol, world: World, mean: Floats, shared: Floats, rng: np.random.Generator) -> Floats:
    """Return an outcome for each row, with the share `icc` of its variance common to the cluster-period."""
    measure, icc = protocol.outcome.measure, world.icc
    if measure == "proportion":
        share = np.clip(mean, 0.0, 1.0)
        chance = np.clip(share + np.sqrt(icc * share * (1 - share)) * shared, 0.0, 1.0)
        return (rng.random(len(mean)) < chance).astype(np.float64)
    if measure == "count":
        rate = np.maximum(mean, 0.0)
        return rng.poisson(np.maximum(rate + np.sqrt(icc / (1 - icc) * rate) * shared, 0.0)).astype(np.float64)
    own = (1 - icc) * (1 - protocol.size.r2 if protocol.outcome.adjust_for else 1.0)
    noise = np.sqrt(icc) * shared + np.sqrt(own) * rng.standard_normal(len(mean))
    return np.asarray(mean + world.sd * noise)
