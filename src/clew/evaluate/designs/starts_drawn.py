"""Made-up units followed over time: each has its own level, time passes, noise fades slowly, effects last.

Source: the form that difference-in-differences rests on, unit effects plus period effects plus serially correlated
noise, as Bertrand, Duflo & Mullainathan (2004), QJE 119(1), make up placebo laws.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtr, pdtrik

from clew.evaluate.rows import Floats, Integers
from clew.evaluate.simulate import Drawn
from clew.evaluate.world import Scenario, World, effects_by_group
from clew.pilot.protocol import Protocol
from clew.pilot.trial import looks_paid_for


def draw(protocol: Protocol, world: World, scenario: Scenario, rng: np.random.Generator) -> Drawn:
    """Return one made-up pilot; each look brings new units (in clusters, where these are named) with all periods.

    Time alone changes a mean, by the end as much as the effect worth having would; shares and counts stay where they
    are, so that the effect finds the room that it is planned in.
    """
    frame = _frame(protocol, world, rng)
    units, periods = len(frame.start), frame.periods
    groups = [rng.choice(len(each.names), units, p=each.shares) for each in world.groups]
    effects = np.array(effects_by_group(scenario, world.groups[0] if world.groups else None))
    own = groups[0] if groups else np.zeros(units, dtype=np.int64)
    time = np.arange(periods)
    drift = abs(protocol.outcome.worth_having) if protocol.outcome.measure == "mean" else 0.0
    mean = world.baseline + drift * time / max(periods - 1, 1)
    level = mean + np.where(time >= frame.start[:, None], effects[own][:, None], 0.0)
    columns = {
        **_design_columns(protocol, frame),
        **{name: np.repeat(rng.standard_normal(units), periods) for name in _covariates(protocol, world)},
        **{
            each.column: np.repeat(np.array(each.names)[drawn], periods)
            for each, drawn in zip(world.groups, groups, strict=True)
        },
        protocol.outcome.column: _outcomes(protocol, world, level, frame, rng).ravel(),
    }
    return Drawn(columns, tuple(there * periods for there in frame.units_at))


@dataclass(frozen=True, slots=True)
class _Frame:
    """Who is in the pilot: each unit's start (T: never) and cluster, and how many units are there at each look."""

    start: Integers
    cluster: Integers
    periods: int
    units_at: tuple[int, ...]


def _frame(protocol: Protocol, world: World, rng: np.random.Generator) -> _Frame:
    periods = max(world.periods, 2)
    whole = world.clusters or world.units
    looks = np.arange(1, looks_paid_for(protocol) + 1) / protocol.looks.planned
    there = np.maximum(4, np.rint(looks * whole)).astype(np.int64)
    size = max(1, round(world.units / whole))
    new = np.diff(there, prepend=0)
    start = np.concatenate([rng.permutation(_dates(protocol, world, periods, int(many))) for many in new])
    return _Frame(
        np.repeat(start, size), np.repeat(np.arange(len(start)), size), periods, tuple(int(n) * size for n in there)
    )


def _dates(protocol: Protocol, world: World, periods: int, many: int) -> Integers:
    """Starts of as many units (or clusters): the treated share spread evenly over the dates, the rest never.

    With dates dealt by chance, never is one date among the others.
    """
    first = min(max(world.periods_before, 1), periods - 1)
    dates = np.arange(first, periods)
    if protocol.design.kind == "difference-in-differences":
        dates = dates[:1]
    elif len(protocol.design.starts) > 1:
        dates = np.unique(np.linspace(first, periods - 1, len(protocol.design.starts)).round().astype(np.int64))
    if protocol.design.kind == "random-rollout":
        dates = np.append(dates, periods)
        return np.asarray(dates[np.arange(many) % len(dates)])
    treated = int(np.clip(round(protocol.size.treated_share * many), 2, max(2, many - 2)))
    return np.append(dates[np.arange(treated) % len(dates)], np.full(many - treated, periods))


def _covariates(protocol: Protocol, world: World) -> tuple[str, ...]:
    taken = {each.column for each in world.groups}
    return tuple(name for name in protocol.outcome.adjust_for if name not in taken)


def _design_columns(protocol: Protocol, frame: _Frame) -> dict[str, NDArray[np.generic]]:
    design, units = protocol.design, len(frame.start)
    labels = _labels(protocol, frame)
    columns: dict[str, NDArray[np.generic]] = {
        design.unit or "": np.repeat(np.arange(units), frame.periods),
        design.period: np.tile(labels, units),
    }
    if design.treated_from:
        columns[design.treated_from] = np.repeat(np.append(labels.astype(str), "never")[frame.start], frame.periods)
    elif design.treated:
        columns[design.treated] = np.repeat((frame.start < frame.periods).astype(np.int64), frame.periods)
    if design.cluster:
        columns[design.cluster] = np.repeat(frame.cluster, frame.periods)
    if design.weights:
        columns[design.weights] = np.ones(units * frame.periods)
    return columns


def _labels(protocol: Protocol, frame: _Frame) -> NDArray[np.generic]:
    """Names of the periods: numbers, such that the registered start is the first treated one; else texts in order."""
    if protocol.design.treated_from:
        return np.arange(1, frame.periods + 1)
    start, first = protocol.design.starts[0], int(frame.start.min())
    if start.lstrip("-").isdigit():
        return np.arange(frame.periods) - first + int(start)
    return np.array(
        [f"!{place:03d}" if place < first else start + "~" * (place - first) for place in range(frame.periods)]
    )


def _outcomes(protocol: Protocol, world: World, level: Floats, frame: _Frame, rng: np.random.Generator) -> Floats:
    """Return an outcome for each unit-period, whose mean is its `level`: (U, T).

    Its variance is that of one outcome in the sample size (`world.sd`, binomial, Poisson), and so is its likeness to
    others: a share or a count is what its rank among such outcomes says.
    """
    if protocol.outcome.measure == "mean":
        return np.asarray(level + world.sd * _normal(world, frame, rng))
    rank = _ranks(world, frame, rng)
    if protocol.outcome.measure == "proportion":
        return np.asarray(rank < level, dtype=np.float64)
    return _poisson(rank, np.maximum(level, 1e-9))


def _poisson(rank: Floats, rate: Floats) -> Floats:
    """Return the least counts whose chance not to be surpassed reaches the rank."""
    about = np.ceil(pdtrik(rank, rate))
    less = np.maximum(about - 1, 0.0)  # the inverse is off by rounding now and then
    return np.asarray(np.where(pdtr(less, rate) >= rank, less, about), dtype=np.float64)


def _normal(world: World, frame: _Frame, rng: np.random.Generator) -> Floats:
    """Return standard normal noise (U, T): the share `icc` of its variance stays with the unit, or is its cluster's."""
    shape = (len(frame.start), frame.periods)
    if world.clusters:
        shared = _fading(world.serial, (int(frame.cluster.max()) + 1, frame.periods), rng)[frame.cluster]
    else:
        shared = np.broadcast_to(rng.standard_normal((shape[0], 1)), shape)
    return np.asarray(np.sqrt(world.icc) * shared + np.sqrt(1 - world.icc) * _fading(world.serial, shape, rng))


def _fading(serial: float, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Standard normal noise (rows, T) that resembles the period before by `serial`."""
    noise = rng.standard_normal(shape)
    for period in range(1, shape[1]):
        noise[:, period] = serial * noise[:, period - 1] + np.sqrt(1 - serial**2) * noise[:, period]
    return noise


def _ranks(world: World, frame: _Frame, rng: np.random.Generator) -> Floats:
    """Return uniform ranks (U, T), such that two outcomes of equal level correlate as often as their ranks are one.

    A share `icc` of the units has one rank for good; the others keep theirs from the period before with the chance
    `serial`. In clusters a unit goes by its cluster's rank with the chance √icc, as two of them then do with `icc`.
    Source: Lunn & Davies (1998), A note on generating correlated binary variables, Biometrika 85(2).
    """
    units = len(frame.start)
    own = _kept(world.serial, (units, frame.periods), rng)
    if not world.clusters:
        return np.where(rng.random((units, 1)) < world.icc, rng.random((units, 1)), own)
    shared = _kept(world.serial, (int(frame.cluster.max()) + 1, frame.periods), rng)[frame.cluster]
    return np.where(rng.random((units, 1)) < np.sqrt(world.icc), shared, own)


def _kept(serial: float, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Return uniform ranks (rows, T), each that of the period before with the chance |serial|, turned round below 0."""
    rank, keep = rng.random(shape), rng.random(shape) < abs(serial)
    for period in range(1, shape[1]):
        before = rank[:, period - 1]
        rank[:, period] = np.where(keep[:, period], before if serial > 0 else 1 - before, rank[:, period])
    return rank
