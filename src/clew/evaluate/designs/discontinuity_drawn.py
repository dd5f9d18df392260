"""Made-up pilots about a cut-off: rows spread evenly along the running variable, the outcome in a line along it."""

from dataclasses import replace

import numpy as np

from clew.evaluate.designs.discontinuity_data import values_at
from clew.evaluate.rows import Floats, Integers
from clew.evaluate.simulate import Column, Drawn, Flags
from clew.evaluate.world import Scenario, World, effects_by_group
from clew.pilot.assumptions import WITHIN
from clew.pilot.protocol import Protocol
from clew.pilot.trial import looks_paid_for


def draw(protocol: Protocol, world: World, scenario: Scenario, rng: np.random.Generator) -> Drawn:
    """Return one made-up pilot: from one end of the running variable to the other the outcome rises as much as the
    effect worth having. Where a column says what was received, the registered share of the treated side receives, and
    nobody else; the effect is theirs. Baseline columns explain the registered share of a mean's variance."""
    there = np.maximum(2, np.rint(np.arange(1, looks_paid_for(protocol) + 1) / protocol.looks.planned * world.units))
    rows = int(there[-1])
    distance = _distance(protocol, rows, rng)
    treated = distance >= 0
    groups = [rng.choice(len(each.names), rows, p=each.shares) for each in world.groups]
    effects = np.array(effects_by_group(scenario, world.groups[0] if world.groups else None))
    receives = treated & (rng.random(rows) < world.received) if protocol.design.received else treated
    mean = world.baseline + abs(protocol.outcome.worth_having) * distance / np.ptp(distance)
    mean = mean + np.where(receives, effects[groups[0] if groups else np.zeros(rows, dtype=np.int64)], 0.0)
    cluster = rng.integers(0, world.clusters or 1, rows)
    baseline = {name: rng.standard_normal(rows) for name in protocol.outcome.adjust_for}
    if baseline and protocol.outcome.measure == "mean":
        mean = mean + world.sd * np.sqrt(protocol.size.r2 / len(baseline)) * sum(baseline.values())
        world = replace(world, sd=world.sd * np.sqrt(1 - protocol.size.r2))
    columns = {
        **_design_columns(protocol, distance, receives, cluster),
        **baseline,
        **{each.column: np.array(each.names)[drawn] for each, drawn in zip(world.groups, groups, strict=True)},
        protocol.outcome.column: _outcomes(protocol, world, mean, cluster, rng),
    }
    return Drawn(columns, tuple(int(n) for n in there))


def _distance(protocol: Protocol, rows: int, rng: np.random.Generator) -> Floats:
    """Return how far past the cut-off each row lies, the registered share of rows on the treated side.

    As much of the range as a bandwidth usually holds lies within the registered one; else it is as wide as the cut-off
    is far from 0.
    """
    design = protocol.design
    width = 2 * design.bandwidth / WITHIN if design.bandwidth else 2 * abs(design.cutoff) or 2.0
    return np.asarray(width * (rng.random(rows) - (1 - protocol.size.treated_share)))


def _design_columns(protocol: Protocol, distance: Floats, receives: Flags, cluster: Integers) -> dict[str, Column]:
    design = protocol.design
    columns: dict[str, Column] = {design.running: values_at(protocol, distance)}
    if design.received:
        columns[design.received] = receives.astype(np.float64)
    if design.cluster:
        columns[design.cluster] = cluster
    if design.unit:
        columns[design.unit] = np.arange(len(distance))
    return columns


def _outcomes(protocol: Protocol, world: World, mean: Floats, cluster: Integers, rng: np.random.Generator) -> Floats:
    """Return an outcome for each row, with the share `icc` of its variance common to the cluster."""
    icc = world.icc if world.clusters else 0.0
    shared = np.sqrt(icc) * rng.standard_normal(world.clusters or 1)[cluster]
    match protocol.outcome.measure:
        case "proportion":
            share = np.clip(mean, 0.0, 1.0)
            chance = share + np.sqrt(share * (1 - share)) * shared
            return np.asarray(rng.random(len(mean)) < chance, dtype=np.float64)
        case "count":
            rate = np.maximum(mean, 0.0)
            return np.asarray(rng.poisson(np.maximum(rate + np.sqrt(rate) * shared, 0.0)), dtype=np.float64)
        case _:
            return np.asarray(mean + world.sd * (shared + np.sqrt(1 - icc) * rng.standard_normal(len(mean))))
