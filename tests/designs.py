"""One small sound pilot of every kind of design, with data drawn from the design's own form, for laws over all."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.evaluate.designs import DESIGNS
from clew.evaluate.world import WORTH_HAVING, Scenario, world_of
from clew.pilot.parse import parse_protocol
from clew.pilot.protocol import Protocol

Columns = dict[str, NDArray[Any]]

TEXT = """\
[pilot]
id = "visits"
title = "Joint first visits"
hypothesis = "It helps"
existing_data = "none"

[population]
unit = "home"
eligible = "all"

[design]
kind = "{kind}"
{keys}

[outcome]
column = "y"
measure = "{measure}"
better = "higher"
worth_having = {worth}

[size]
{size}

[scale]
effect_lower_bound_above = 0.0
"""
PANEL = 'unit = "place"\nperiod = "month"'
FOLLOWED = "units = 24\nperiods = 10\nperiods_before = 5\nserial_correlation = 0.3\nsd = 1.0\nicc = 0.3"
KEYS = {
    "randomised": ('arm = "arm"\ncomparison = "usual"', "units = 200\nsd = 1.0"),
    "cluster-randomised": (
        'arm = "arm"\ncomparison = "usual"\ncluster = "district"',
        "units = 240\nclusters = 16\nsd = 1.0\nicc = 0.05",
    ),
    "stepped-wedge": (
        'cluster = "district"\nperiod = "month"\ntreated_from = "start"',
        "units = 540\nclusters = 9\nperiods = 5\nperiods_before = 1\nsd = 1.0\nicc = 0.05",
    ),
    "random-rollout": (f'{PANEL}\ntreated_from = "start"', FOLLOWED),
    "difference-in-differences": (f'{PANEL}\ntreated = "chosen"\nfrom = 6', FOLLOWED),
    "staggered-difference-in-differences": (f'{PANEL}\ntreated_from = "start"', FOLLOWED.replace("24", "40")),
    "regression-discontinuity": (
        'running = "score"\ncutoff = 50\ntreated_side = "above"',
        "units = 600\nsd = 1.0",
    ),
    "synthetic-control": (f'{PANEL}\ntreated_unit = "A"\nfrom = 6', FOLLOWED),
    "synthetic-difference-in-differences": (f'{PANEL}\ntreated_unit = "A"\nfrom = 6', FOLLOWED),
    "interrupted-time-series": (
        'period = "month"\nfrom = 31',
        "units = 60\nperiods = 60\nperiods_before = 30\nserial_correlation = 0.3\nsd = 1.0",
    ),
    "encouragement": (
        'arm = "arm"\ncomparison = "usual"\nreceived = "came"',
        "units = 300\nsd = 1.0\nreceived_share = 0.6",
    ),
    "rare-events": ('arm = "arm"\ncomparison = "usual"\nexposure = "years"', "units = 400\nbaseline = 0.5"),
}
COUNTS = ("rare-events",)
"""Kinds whose outcome is counted, which has no other unit."""


def a_pilot(kind: str, **changes: Any) -> Protocol:
    """The protocol of a small pilot of this kind; keyword arguments replace fields of its design."""
    keys, size = KEYS[kind]
    measure, worth = ("count", 0.3) if kind in COUNTS else ("mean", 1.0)
    text = TEXT.format(kind=kind, keys=keys, size=size, measure=measure, worth=worth)
    protocol = parse_protocol(text.encode(), "p.toml")
    return replace(protocol, design=replace(protocol.design, **changes)) if changes else protocol


def its_data(kind: str, seed: int = 1) -> Columns:
    """Data that such a pilot might bring: the effect is just worth having."""
    protocol = a_pilot(kind)
    drawn = DESIGNS[kind].draw(
        protocol, world_of(protocol), Scenario(WORTH_HAVING, protocol.outcome.worth_having), np.random.default_rng(seed)
    )
    return drawn.at(len(drawn.rows_at))


def write(columns: Columns, path: Path) -> Path:
    """The columns as CSV, numbers with all their digits, what is missing as an empty field."""
    lines = [",".join(columns)]
    lines += [",".join(_cell(value) for value in row) for row in zip(*columns.values(), strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _cell(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else repr(float(value))
    return str(value)


def in_parts(columns: Columns, folder: Path, parts: int) -> Iterator[Path]:
    """The rows spread over several files, one after another."""
    for part in range(parts):
        yield write({name: values[part::parts] for name, values in columns.items()}, folder / f"part{part}.csv")
