"""The registered benchmark of the places that run the new service: a funnel beside the effect, and no ranking."""

from dataclasses import replace
from typing import Final

import numpy as np

from clew.evaluate import funnel
from clew.evaluate.designs.method import Beside, Sides
from clew.evaluate.estimate import arms_layout
from clew.evaluate.finding import Further
from clew.evaluate.rows import Rows, select
from clew.pilot.protocol import Protocol

FEWEST_ROWS: Final = 10
"""Places with fewer units than this are left out, so that nobody is recognised."""


def benchmark(protocol: Protocol, rows: Rows, sides: Sides) -> Beside:
    """Return the treated places in a funnel about all of them; nothing where the protocol does not ask."""
    if protocol.funnel_unit is None:
        return Beside()
    if protocol.design.weights is not None:
        return Beside(further=(Further("funnel", None, why="weighted rows have no exact limits", kind="group"),))
    moments = rows.moments(replace(arms_layout(protocol), keys=(protocol.funnel_unit,), adjust_for=(), variables=()))
    key, held = moments.keys[protocol.design.arm], sides.tally.keys[protocol.design.arm]
    treated = {held.labels[code] for code in held.codes[sides.treated].tolist()}
    chosen = np.any([key.where(label) for label in sorted(treated)], axis=0)
    measure = protocol.outcome.measure
    units, sd = funnel.units_of(select(moments, chosen), protocol.funnel_unit)
    shown = tuple(unit for unit in units if unit.size >= FEWEST_ROWS)
    if len(shown) < 2:
        why = f"fewer than two places have {FEWEST_ROWS} treated units"
        return Beside(further=(Further("funnel", None, why=why, kind="group"),))
    found = funnel.funnel(shown, measure, sd=sd if measure == "mean" else 1.0)
    named = protocol.outcome.name or protocol.outcome.column
    title = f"{named} by {protocol.funnel_unit}, treated units"
    drawn = funnel.picture(found, shown, title=title, size=protocol.population.unit, value=named)
    hidden = len(units) - len(shown)
    left_out = f" {hidden} places with fewer than {FEWEST_ROWS} units are left out." if hidden else ""
    return Beside(pictures=(replace(drawn, sentence=drawn.sentence + left_out),))
