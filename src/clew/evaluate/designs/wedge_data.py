"""A stepped wedge as its rows tell it: when each cluster starts, and what it has in each period."""

from dataclasses import dataclass, replace

import numpy as np

from clew.evaluate.cluster_periods import ClusterPeriods
from clew.evaluate.designs.wedge_adjusted import explained_within
from clew.evaluate.panel import Flags, Panel, in_time, panel_of, start_places
from clew.evaluate.rows import Floats, Integers, Key, Layout, Moments, Rows, Tally, Within, plain_layout
from clew.pilot.protocol import Protocol


def layout(protocol: Protocol) -> Layout:
    """Return which column plays which part."""
    design = protocol.design
    keys, plain = (design.period, design.treated_from), plain_layout(protocol)
    return replace(plain, cluster=design.cluster, block=design.block, keys=keys, may_be_empty=(design.treated_from,))


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a tally holds of each cluster: `start` (U,) the place of its first treated period, `n`, `missing` (U, T)
    rows with and without an outcome, `torn` the clusters that have two starts, `block` (U,) codes of the blocks, None
    without, `astride` the clusters that stand in two."""

    start: Integers
    n: Floats
    missing: Floats
    torn: tuple[str, ...]
    block: Integers | None
    astride: tuple[str, ...]


def schedule_of(protocol: Protocol, tally: Tally) -> Schedule:
    """Return clusters and periods as the tally counts them. Raises InputError for a start that is no period."""
    design = protocol.design
    clusters, (period, starts) = tally.keys[design.cluster or ""], _places(protocol, tally)
    shape = len(clusters.labels), len(tally.keys[design.period].labels)
    start, torn = _one_each(clusters, starts)
    block, astride = _one_each(clusters, tally.keys[design.block].codes) if design.block else (None, ())
    counts = np.zeros((2, *shape))
    for which, rows in enumerate((tally.n, tally.missing)):
        np.add.at(counts[which], (clusters.codes, period), rows)
    there = np.flatnonzero(start >= 0)
    own = None if block is None else block[there]
    return Schedule(start[there], counts[0, there], counts[1, there], torn, own, astride)


def _one_each(clusters: Key, codes: Integers) -> tuple[Integers, tuple[str, ...]]:
    """Return the last of the codes of each cluster's cells, −1 where it has none, and the clusters with several."""
    first, last = np.full(len(clusters.labels), codes.max(initial=0) + 1), np.full(len(clusters.labels), -1)
    np.minimum.at(first, clusters.codes, codes)
    np.maximum.at(last, clusters.codes, codes)
    return last, tuple(clusters.labels[i] for i in np.flatnonzero((last >= 0) & (first != last)))


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


def cluster_periods(protocol: Protocol, panel: Panel) -> ClusterPeriods:
    """Return what is compared: the panel's means and starts, and the blocks within which these were dealt."""
    return ClusterPeriods(panel.outcome, panel.start, panel.cluster if protocol.design.block else None)


def panel_and_spread(protocol: Protocol, rows: Rows, within: Within = ()) -> tuple[Panel, float]:
    """Return the cluster-periods, and the sum of squares of rows about their means, in the outcome's units, squared.

    Where baseline columns are adjusted for, both are of the outcome less what these explain within cluster-periods.
    Raises: InputError where a baseline column is the same in all rows of each cluster-period.
    """
    design, moments = protocol.design, rows.moments(layout(protocol), within)
    panel = panel_of(
        moments, unit=design.cluster or "", period=design.period, treated_from=design.treated_from, cluster=design.block
    )
    found = explained_within(moments, _cells(protocol, moments))
    if len(found.slopes):
        there = np.isin(moments.keys[design.cluster or ""].labels, panel.units)
        off = found.explained.reshape(len(there), len(panel.periods))[there]
        panel = replace(panel, outcome=panel.outcome - off)
    return panel, found.left


def _cells(protocol: Protocol, moments: Moments) -> Integers:
    """Return the cluster-period of each cell of the moments, as places in a table of clusters by periods in time."""
    clusters, periods = moments.keys[protocol.design.cluster or ""], moments.keys[protocol.design.period]
    order, _ = in_time(periods.labels)
    return np.asarray(clusters.codes * len(order) + np.argsort(order)[periods.codes])
