"""Made-up panels with one treated unit: units that differ for good, and errors that linger from period to period.

The form is that of the sample size: `icc` of an outcome's variance stays with a unit, the rest fades by `serial`.
"""

import math

import numpy as np
from scipy.special import ndtri

from clew.evaluate.rows import Floats
from clew.evaluate.simulate import Drawn
from clew.evaluate.world import Scenario, World, effects_by_group
from clew.pilot.protocol import Protocol
from clew.pilot.trial import looks_paid_for

PARTS = 20
"""Rows for each unit and period where groups are looked at, dealt to the groups by their shares."""


def draw(protocol: Protocol, world: World, scenario: Scenario, rng: np.random.Generator) -> Drawn:
    """Return one made-up pilot: `world.units` units in `world.periods` periods, the treated one drawn like the others.

    Each look brings new periods from the start on, for all units. A unit's groups share its luck.
    """
    units, before = max(4, world.units), max(3, world.periods_before)
    after, ends = spread_over_looks(protocol, max(1, world.periods - before))
    rows, labels, effects = grouped(world, scenario)
    noise = math.sqrt(world.icc) * rng.standard_normal((units, 1))
    noise = noise + math.sqrt(1 - world.icc) * lingering(rng.standard_normal((units, before + after)), world.serial)
    period, unit = (part.ravel() for part in np.mgrid[: before + after, :units].repeat(rows, axis=2))
    gained = np.tile(effects, units * (before + after))
    mean = world.baseline + np.where((unit == 0) & (period >= before), gained, 0.0)
    columns = {
        protocol.design.unit or "": unit_names(protocol.design.treated_unit, units)[unit],
        protocol.design.period: period_names(protocol.design.starts[0], before, after)[period],
        **{column: np.tile(values, units * (before + after)) for column, values in labels.items()},
        **({protocol.design.weights: np.ones(len(unit))} if protocol.design.weights else {}),
        protocol.outcome.column: as_measured(protocol, world, mean, noise[unit, period]),
    }
    return Drawn(columns, tuple(units * (before + end) * rows for end in ends))


def grouped(world: World, scenario: Scenario) -> tuple[int, dict[str, np.ndarray], Floats]:
    """Return how many rows a unit has in a period, their labels by group column, and the effect in each row.

    One row without groups; else `PARTS`, as many in each group as its share asks for.
    """
    if not world.groups:
        return 1, {}, np.array([scenario.effect])
    place = (np.arange(PARTS) + 0.5) / PARTS
    of = [np.minimum(np.searchsorted(np.cumsum(each.shares), place), len(each.names) - 1) for each in world.groups]
    labels = {each.column: np.array(each.names)[codes] for each, codes in zip(world.groups, of, strict=True)}
    return PARTS, labels, np.array(effects_by_group(scenario, world.groups[0]))[of[0]]


def spread_over_looks(protocol: Protocol, after: int) -> tuple[int, tuple[int, ...]]:
    """Return how many periods after the start there are in all, and at each look that is paid for."""
    looks = np.arange(1, looks_paid_for(protocol) + 1) / protocol.looks.planned
    ends = tuple(max(1, math.ceil(after * share)) for share in looks.tolist())
    return ends[-1], ends


def lingering(new: Floats, serial: float) -> Floats:
    """Return series (…, T) of variance one in which each value keeps `serial` of the one before."""
    series = new.copy()
    for place in range(1, new.shape[-1]):
        series[..., place] = serial * series[..., place - 1] + math.sqrt(1 - serial**2) * new[..., place]
    return series


def as_measured(protocol: Protocol, world: World, mean: Floats, noise: Floats) -> Floats:
    """Return outcomes with these means, from standard normal noise of the same shape; counts vary as Poisson's do."""
    if protocol.outcome.measure == "proportion":
        return np.asarray(noise < ndtri(np.clip(mean, 1e-9, 1 - 1e-9)), dtype=np.float64)
    if protocol.outcome.measure == "count":
        return np.asarray(np.maximum(np.rint(mean + np.sqrt(np.maximum(mean, 0.0)) * noise), 0.0))
    return np.asarray(mean + world.sd * noise)


def unit_names(treated: str, units: int) -> np.ndarray:
    """Return names of units, the treated one first."""
    others = (name for name in (f"unit {number}" for number in range(1, units + 1)) if name != treated)
    return np.array([treated, *(next(others) for _ in range(units - 1))])


def period_names(start: str, before: int, after: int) -> np.ndarray:
    """Return names of periods that sort in time, the one at place `before` called `start`.

    Numbers count up and down from it; around any other name the earlier ones begin with "!", which sorts first.

    >>> period_names("2024", 2, 2).tolist(), period_names("2024-Q3", 2, 2).tolist()
    (['2022', '2023', '2024', '2025'], ['! 0000', '! 0001', '2024-Q3', '2024-Q3 0001'])
    """
    try:
        number = float(start)
    except ValueError:
        earlier = [f"! {place:04d}" for place in range(before)]
        return np.array([*earlier, start, *(f"{start} {place:04d}" for place in range(1, after))])
    return np.array([start if not step else f"{number + step:g}" for step in range(-before, after)])
