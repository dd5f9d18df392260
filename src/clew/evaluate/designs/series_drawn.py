"""Made-up series: a trend, a season, errors that linger, and a level that shifts when the service comes."""

from itertools import pairwise

import numpy as np

from clew.evaluate.designs.synthetic_drawn import as_measured, grouped, lingering, period_names, spread_over_looks
from clew.evaluate.simulate import Drawn
from clew.evaluate.world import Scenario, World
from clew.pilot.protocol import Protocol


def draw(protocol: Protocol, world: World, scenario: Scenario, rng: np.random.Generator) -> Drawn:
    """Return one made-up pilot: a row a period, or one for each of twenty parts of it where groups are looked at.

    The earlier trend rises by half a standard deviation over the series, the season by one; each look brings new
    periods. The control series has the trend and the season, and errors of its own.
    """
    design, season = protocol.design, protocol.design.season
    before = max(season or 0, 3, world.periods_before)
    after, ends = spread_over_looks(protocol, max(3, world.periods - before))
    rows, labels, effects = grouped(world, scenario)
    place = np.repeat(np.arange(before + after), rows)
    shared = 0.5 * place / (before + after) + (np.cos(2 * np.pi * place / season) if season else 0.0)
    base = world.baseline + _unit(protocol, world) * shared
    mean = base + np.where(place >= before, np.tile(effects, before + after), 0.0)
    names = _names(design.starts, before, after)
    columns = {
        design.period: names[place],
        **{column: np.tile(values, before + after) for column, values in labels.items()},
        **({design.weights: np.ones(len(place))} if design.weights else {}),
        **(
            {design.control: as_measured(protocol, world, base, _errors(world, before + after, rng)[place])}
            if design.control
            else {}
        ),
        **{column: rng.standard_normal(before + after)[place] for column in protocol.outcome.adjust_for},
        protocol.outcome.column: as_measured(protocol, world, mean, _errors(world, before + after, rng)[place]),
    }
    return Drawn(columns, tuple(rows * (before + end) for end in ends))


def _names(starts: tuple[str, ...], before: int, after: int) -> np.ndarray:
    """Return names of the periods in which the first start follows `before` others.

    Numbers say themselves how far later starts are away; other names are spread evenly, as for the size.
    """
    if _numeric(starts):
        return period_names(min(starts, key=float), before, after)
    ends = [turn * after // len(starts) for turn in range(len(starts) + 1)]
    stretches = zip(sorted(starts), (before, *[0] * len(starts)), pairwise(ends), strict=False)
    return np.concatenate([period_names(start, ahead, end - begin) for start, ahead, (begin, end) in stretches])


def _numeric(starts: tuple[str, ...]) -> bool:
    try:
        return all(np.isfinite(float(start)) for start in starts)
    except ValueError:
        return False


def _unit(protocol: Protocol, world: World) -> float:
    """What trend and season are measured by: the standard deviation of a mean; shares and counts have neither."""
    return world.sd if protocol.outcome.measure == "mean" else 0.0


def _errors(world: World, periods: int, rng: np.random.Generator) -> np.ndarray:
    return lingering(rng.standard_normal(periods), world.serial)
