"""Made-up data of the registered design: rows as the pilot would bring them, in a world that is assumed and said aloud.

Used to try out a rule before the data exist; nothing here is a result.

Sources: beta-binomial shares by cluster: Ukoumunne et al. (1999), Health Technol. Assess. 3(5), ch. 3; gamma–Poisson
counts: Hayes & Moulton (2017), "Cluster Randomised Trials", 2nd ed., ch. 2; intra-cluster correlation as the between
share of the variance throughout.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaincinv, ndtri

from clew.evaluate.world import Scenario, World, effects_by_group
from clew.pilot.protocol import Protocol
from clew.pilot.trial import looks_paid_for

Column = NDArray[Any]  # texts or numbers, one a row
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One made-up pilot: `columns` in the order of arrival; the first `rows_at[k - 1]` rows are there at look k."""

    columns: Mapping[str, Column]
    rows_at: tuple[int, ...]

    def at(self, look: int) -> dict[str, Column]:
        """Return the columns as they stand at this look: all earlier rows and the new ones."""
        return {name: values[: self.rows_at[look - 1]] for name, values in self.columns.items()}


@dataclass(frozen=True, slots=True)
class _Frame:
    """Who is in the pilot, a row each: its cluster (all 0 where units are randomised), block, and whether treated."""

    cluster: Whole
    block: Whole
    treated: Flags
    rows_at: tuple[int, ...]


def draw(protocol: Protocol, world: World, scenario: Scenario, rng: np.random.Generator) -> Drawn:
    """Return one made-up pilot with as many looks as the protocol pays for.

    Clusters are all there from the first look and their rows grow in proportion; where units are randomised, each look
    brings a new batch of them, dealt to the arms within itself.
    """
    by_cluster = world.clusters and (protocol.design.deals_clusters or not protocol.design.paired)
    frame = _clusters(protocol, world, rng) if by_cluster else _batches(protocol, world, rng)
    rows = len(frame.cluster)
    groups = [rng.choice(len(each.names), rows, p=each.shares) for each in world.groups]
    baseline = rng.standard_normal((len(_covariates(protocol, world)), rows))
    effects = effects_by_group(scenario, world.groups[0] if world.groups else None)
    own = 1 + groups[0] if groups else np.ones(rows, dtype=np.int64)
    level = np.where(frame.treated, own, 0)
    rows_drawn = _Rows(frame.cluster, level, baseline)
    columns = {
        **_time_and_place(protocol, frame),
        **_design_columns(protocol, frame),
        **dict(zip(_covariates(protocol, world), baseline, strict=True)),
        **{each.column: np.array(each.names)[drawn] for each, drawn in zip(world.groups, groups, strict=True)},
        protocol.outcome.column: _outcomes(protocol, world, (0.0, *effects), rows_drawn, rng),
    }
    return Drawn(columns, frame.rows_at)


def _covariates(protocol: Protocol, world: World) -> tuple[str, ...]:
    """Return the baseline columns to make up: those adjusted for that are not columns of groups."""
    taken = {each.column for each in world.groups}
    return tuple(name for name in protocol.outcome.adjust_for if name not in taken)


def _design_columns(protocol: Protocol, frame: _Frame) -> dict[str, Column]:
    design = protocol.design
    names = np.array([design.comparison, treated_label(protocol)])
    columns: dict[str, Column] = {design.arm: names[frame.treated.astype(np.int64)]}
    for name in (design.block, *design.fixed_effects):
        if name:
            columns[name] = frame.block
    if design.cluster:
        columns[design.cluster] = frame.cluster
    if design.unit:
        columns[design.unit] = np.arange(len(frame.cluster))
    if design.weights:
        columns[design.weights] = np.ones(len(frame.cluster))
    return columns


def _time_and_place(protocol: Protocol, frame: _Frame) -> dict[str, Column]:
    """Periods are the looks at which rows come, with support throughout; places are clusters, or one in twenty rows."""
    asked, rows = protocol.sustained, np.arange(len(frame.cluster))
    columns: dict[str, Column] = {}
    if asked is not None:
        columns[asked.period] = np.searchsorted(frame.rows_at, rows, side="right") + 1
    if asked is not None and asked.support is not None:
        columns[asked.support] = np.ones(len(rows), dtype=np.int64)
    if protocol.funnel_unit is not None:
        columns[protocol.funnel_unit] = rows % 20
    return columns


def treated_label(protocol: Protocol) -> str:
    """Return the value of the treated arm, a made-up one where the protocol leaves it to the data."""
    if protocol.design.treated is not None:
        return protocol.design.treated
    return "treated" if protocol.design.comparison != "treated" else "new"


def _clusters(protocol: Protocol, world: World, rng: np.random.Generator) -> _Frame:
    clusters = world.clusters or 0
    if protocol.design.paired:
        clusters = max(2, clusters // 2 * 2)
    in_block = 2 if protocol.design.paired else 4
    block = np.arange(clusters) % (max(1, clusters // in_block) if _blocked(protocol) else 1)
    treated = _deal(block, protocol.size.treated_share, rng)
    cv = world.cv
    weight = rng.gamma(1 / cv**2, cv**2, clusters) if cv else np.ones(clusters)
    there = _rows_there(np.outer(_growth(protocol), weight / weight.sum() * world.units))
    new = np.diff(there, axis=0, prepend=np.zeros((1, clusters), dtype=np.int64))
    cluster = np.repeat(np.tile(np.arange(clusters), len(there)), new.ravel())
    arms = treated[cluster] if protocol.design.deals_clusters else _deal(cluster, protocol.size.treated_share, rng)
    return _Frame(cluster, block[cluster], arms, tuple(int(n) for n in there.sum(axis=1)))


def _rows_there(grown: Floats) -> Whole:
    """Return whole rows (looks × clusters) that add up to each look's total, grow, and leave no cluster empty."""
    upto = np.rint(np.cumsum(grown, axis=1))
    whole = np.maximum(1, np.diff(upto, axis=1, prepend=0.0)).astype(np.int64)
    return np.maximum.accumulate(whole, axis=0)


def _batches(protocol: Protocol, world: World, rng: np.random.Generator) -> _Frame:
    if protocol.design.paired:
        return _pairs(protocol, world, rng)
    there = np.maximum(2, np.rint(_growth(protocol) * world.units)).astype(np.int64)
    batch = np.repeat(np.arange(len(there)), np.diff(there, prepend=0))
    block = np.arange(len(batch)) % (4 if _blocked(protocol) else 1)
    treated = _deal(batch * 4 + block, protocol.size.treated_share, rng)
    return _Frame(np.zeros_like(batch), block, treated, tuple(int(n) for n in there))


def _pairs(protocol: Protocol, world: World, rng: np.random.Generator) -> _Frame:
    there = 2 * np.maximum(2, np.rint(_growth(protocol) * world.units / 2)).astype(np.int64)
    pair = np.arange(there[-1]) // 2
    return _Frame(np.zeros_like(pair), pair, _deal(pair, 0.5, rng), tuple(int(n) for n in there))


def _growth(protocol: Protocol) -> Floats:
    """Return how much of what is planned for the last planned look is there at each look that is paid for."""
    return np.arange(1, looks_paid_for(protocol) + 1) / protocol.looks.planned


def _blocked(protocol: Protocol) -> bool:
    return protocol.design.block is not None or bool(protocol.design.fixed_effects)


def _deal(stratum: Whole, share: float, rng: np.random.Generator) -> Flags:
    """Return who is treated: within each stratum the registered share, in random order, at least one of each arm."""
    order = np.lexsort((rng.random(len(stratum)), stratum))
    _, first, inverse, size = np.unique(stratum[order], return_index=True, return_inverse=True, return_counts=True)
    rank = np.arange(len(stratum)) - first[inverse]
    quota = np.clip(np.rint(share * size), 1, np.maximum(1, size - 1))
    treated = np.zeros(len(stratum), dtype=np.bool_)
    treated[order] = rank < quota[inverse]
    return treated


@dataclass(frozen=True, slots=True)
class _Rows:
    """What an outcome depends on, a row each: cluster, level (0 comparison, 1 + group if treated), baseline columns."""

    cluster: Whole
    level: Whole
    baseline: Floats


def _outcomes(
    protocol: Protocol, world: World, effects: tuple[float, ...], rows: _Rows, rng: np.random.Generator
) -> Floats:
    """Return an outcome for each row. `effects`: by level, in the outcome's units."""
    means = world.baseline + np.array(effects)
    lot = rng.random((world.clusters or 1, 1))
    measure = protocol.outcome.measure
    if measure == "proportion":
        return (rng.random(len(rows.level)) < _shares(means, world.icc, lot)[rows.cluster, rows.level]).astype(float)
    if measure == "count":
        return rng.poisson(_rates(means, world.icc, lot)[rows.cluster, rows.level]).astype(float)
    shared = np.asarray(ndtri(lot), dtype=np.float64)[rows.cluster, 0]
    values: Floats = means[rows.level] + world.sd * _noise(world.icc, protocol.size.r2, shared, rows, rng)
    return values


def _shares(means: Floats, icc: float, lot: Floats) -> Floats:
    """Return each cluster's share at each level: beta with the mean given; a cluster keeps its `lot` at every level."""
    mean = np.clip(means, 1e-9, 1 - 1e-9)
    if icc == 0:
        return np.broadcast_to(mean, (len(lot), len(mean)))
    spread = (1 - icc) / icc
    return np.asarray(betaincinv(mean * spread, (1 - mean) * spread, lot), dtype=np.float64)


def _rates(means: Floats, icc: float, lot: Floats) -> Floats:
    """Return each cluster's rate at each level: gamma with the mean given and the between share of variance `icc`."""
    mean = np.maximum(means, 1e-9)
    if icc == 0:
        return np.broadcast_to(mean, (len(lot), len(mean)))
    scale = icc / (1 - icc)
    return np.asarray(scale * gammaincinv(mean / scale, lot), dtype=np.float64)


def _noise(icc: float, r2: float, cluster: Floats, rows: _Rows, rng: np.random.Generator) -> Floats:
    """Return standard normal noise: `r2` of it from the baseline columns, of the rest `icc` shared by the cluster."""
    own: Floats = np.sqrt(icc) * cluster + np.sqrt(1 - icc) * rng.standard_normal(len(rows.level))
    if not len(rows.baseline):
        return own
    explained = rows.baseline.sum(axis=0) / np.sqrt(len(rows.baseline))
    noise: Floats = np.sqrt(r2) * explained + np.sqrt(1 - r2) * own
    return noise
