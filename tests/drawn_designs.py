"""A protocol of every kind of design that is built, and a pilot made up in the design's own form."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.evaluate.designs import DESIGNS
from clew.evaluate.world import WORTH_HAVING, scenarios, world_of
from clew.pilot.kinds import KINDS
from clew.pilot.parse import parse_protocol
from clew.pilot.protocol import Protocol

SAID: dict[str, Any] = {
    "arm": "arm",
    "comparison": "usual",
    "cluster": "district",
    "unit": "home",
    "period": "month",
    "treated_from": "start",
    "treated": "treated",
    "from": 5,
    "running": "score",
    "cutoff": 50,
    "treated_side": "above",
    "received": "received",
    "treated_unit": "1",
    "exposure": "days",
    "expected": "expected",
}
"""What [design] says for each key that a kind needs."""

UNITS = {"synthetic-control": 24, "synthetic-difference-in-differences": 12}
"""How many units are followed where placebos make many slow; elsewhere 240."""

VARIANTS: dict[str, tuple[dict[str, Any], ...]] = {
    "randomised": ({}, {"estimator": "block-weighted", "block": "district"}, {"standard_errors": "hc1"}),
    "stepped-wedge": ({}, {"block": "region"}),
    "encouragement": ({}, {"estimator": "two-stage-least-squares"}),
    "interrupted-time-series": ({}, {"estimator": "structural"}, {"impact_model": "level"}),
    "rare-events": ({}, {"estimator": "observed-minus-expected", "expected": "expected"}),
}
"""Keys of [design] beside what a kind needs, where more than its default is told apart by the data it asks for."""

TEXT = """\
[pilot]
id = "drawn"
title = "Drawn"
hypothesis = "It works"
existing_data = "none"
synthetic = true

[population]
unit = "home"
eligible = "all"

[design]
{design}

[outcome]
column = "y"
measure = "{measure}"
better = "higher"
worth_having = 0.4

[size]
units = {units}
baseline = {baseline}
{size}
"""


def protocol_of(kind: str, **design: Any) -> Protocol:
    """A protocol of this kind with what the kind needs, and further keys of [design]."""
    needed = KINDS[kind]
    said = {key: SAID[key] for key in (*needed.needs, *(one for one, other in needed.either if other not in design))}
    said |= {"comparison": SAID["comparison"]} if "arm" in said else {}
    lines = {"kind": kind, **said, **design}
    rare = kind == "rare-events"
    size = "clusters = 20\nicc = 0.05" if "cluster" in needed.needs else ""
    text = TEXT.format(
        design="\n".join(f"{key} = {json.dumps(value)}" for key, value in lines.items()),
        measure="count" if rare else "mean",
        units=UNITS.get(kind, 240),
        baseline=0.4 if rare else 10.0,
        size=size if rare else f"sd = 1.0\n{size}",
    )
    return parse_protocol(text.encode(), f"{kind}.toml")


def drawn(protocol: Protocol, seed: int = 1) -> Mapping[str, NDArray[Any]]:
    """All rows of one pilot whose effect is just worth having, as columns."""
    world = world_of(protocol)
    scenario = next(one for one in scenarios(protocol, world) if one.name == WORTH_HAVING)
    method = DESIGNS[protocol.design.kind]
    pilot = method.draw(protocol, world, scenario, np.random.default_rng(seed))
    return {name: np.asarray(values)[: pilot.rows_at[-1]] for name, values in pilot.columns.items()}


def variants(kind: str) -> Iterator[Protocol]:
    """The kind's default, and its other ways to use the data."""
    for design in VARIANTS.get(kind, ({},)):
        yield protocol_of(kind, **design)
