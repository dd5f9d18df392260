"""A stepped wedge as its rows tell it: when each cluster starts, and what it has in each period."""

from dataclasses import dataclass, replace

import numpy as np

from clew.errors import InputError
from clew.evaluate.panel import Flags, Panel, in_time, panel_of, start_places
from clew.evaluate.rows import Floats, Integers, Layout, Rows, Tally, Within, plain_layout
from clew.pilot.protocol import Protocol


def layout(protocol: Protocol) -> Layout:
    """Return which column plays which part. Raises InputError where baseline columns are to be adjusted for."""
    design = protocol.design
    if protocol.outcome.adjust_for:
        raise InputError(
            "cluster-period means are compared as they are; baseline columns are not adjusted for.",
            where="[outcome] adjust_for",
            do="Leave it out: chance dealt the order, and each period is compared within itself.",
        )
    keys = (design.period, design.treated_from)
    return replace(plain_layout(protocol), cluster=design.cluster, keys=keys, may_be_empty=(design.treated_from,))


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a tally holds of each cluster: `start` (U,) the place of its first treated period, `n`, `missing` (U, T)
    rows with and without an outcome, `torn` the clusters that have two starts."""

    start: Integers
    n: Floats
    missing: Floats
    torn: tuple[str, ...]


def schedule_of(protocol: Protocol, tally: Tally) -> Schedule:
    """Return clusters and periods as the tally counts them. Raises InputError for a start that is no period."""
    design = protocol.design
    clusters, (period, starts) = tally.keys[design.cluster or ""], _places(protocol, tally)
    shape = len(clusters.labels), len(tally.keys[design.period].labels)
    first, last = np.full(shape[0], shape[1] + 1), np.full(shape[0], -1)
    np.minimum.at(first, clusters.codes, starts)
    np.maximum.at(last, clusters.codes, starts)
    counts = np.zeros((2, *shape))
    for which, rows in enumerate((tally.n, tally.missing)):
        np.add.at(counts[which], (clusters.codes, period), rows)
    there = np.flatnonzero(last >= 0)
    torn = tuple(clusters.labels[i] for i in there if first[i] != last[i])
    return Schedule(last[there], counts[0, there], counts[1, there], torn)


def treated_cells(protocol: Protocol, tally: Tally) -> Flags:
    """Return which of the tally's cells are treated: (C,)."""
    period, starts = _places(protocol, tally)
    return np.asarray(period >= starts)


def _places(protocol: Protocol, tally: Tally) -> tuple[Integers, Integers]:
    """Return the place in time of each cell's period, and that of its first treated period: (C,) each."""
    periods, treated_from = tally.keys[protocol.design.period], tally.keys[protocol.design.treated_from]
    order, _ = in_time(periods.labels)
    starts = start_places(treated_from.labels, tuple(periods.labels[i] for i in order))
    return np.argsort(order)[periods.codes], starts[treated_from.codes]


def panel_and_spread(protocol: Protocol, rows: Rows, within: Within = ()) -> tuple[Panel, float]:
    """Return the cluster-periods, and the sum of squares of rows about their means, in the outcome's units, squared."""
    design, moments = protocol.design, rows.moments(layout(protocol), within)
    panel = panel_of(moments, unit=design.cluster or "", period=design.period, treated_from=design.treated_from)
    products = moments.products
    inside = products[:, 1, 1] - products[:, 0, 1] ** 2 / products[:, 0, 0]
    return panel, float(np.sum(np.maximum(inside, 0.0)))
