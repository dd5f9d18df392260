"""Before and after with other people each time: rows are the units, and periods are told apart by their means."""

from dataclasses import replace

import numpy as np
from scipy.special import chdtrc, stdtr

from clew.errors import InputError
from clew.evaluate.aggregation import Averages, by_event_time
from clew.evaluate.callaway_santanna import group_time
from clew.evaluate.estimate import RawEstimate
from clew.evaluate.finding import Screen
from clew.evaluate.panel import Flags, Panel, panel_of
from clew.evaluate.rows import Floats, Integers, Moments, numbered
from clew.evaluate.screens import ATTRITION_P
from clew.evaluate.two_by_two import cross_sections
from clew.pilot.protocol import Protocol

Study = tuple[Averages, float, tuple[int, int]]
"""An event study, the time since the start of what it is compared with, and the numbers of treated and comparison."""


def once(panel: Panel) -> bool:
    """Whether every unit is seen in one period only."""
    return bool(((panel.n > 0).sum(axis=1) == 1).all())


def difference_of_rows(protocol: Protocol, moments: Moments, panel: Panel) -> RawEstimate:
    """Return treated × after by least squares over rows. Raises InputError where one of the four groups is empty."""
    design, (treated, period) = protocol.design, _places(protocol, moments, panel)
    if moments.factors:
        raise InputError(
            "text columns cannot be adjusted for where units are seen once.",
            where="[outcome] adjust_for",
            do="Bring 0/1 columns instead.",
        )
    after = np.asarray(period >= panel.start.min())
    found = cross_sections(moments, (treated, after), design.cluster, design.standard_errors)
    mean = _mean(moments, treated & after)
    sides = _sizes(panel)
    return RawEstimate(
        estimate=found.estimate,
        std_error=found.std_error,
        df=found.df,
        n=found.n,
        n_treated=int(moments.n[treated].sum()),
        n_comparison=int(moments.n[~treated].sum()),
        mean_treated=mean,
        mean_comparison=mean - found.estimate,
        clusters=len(np.unique(panel.cluster)) if design.cluster else None,
        clusters_treated=sides[0] if design.cluster else None,
        clusters_comparison=sides[1] if design.cluster else None,
        left_out=found.left_out,
    )


def _places(protocol: Protocol, moments: Moments, panel: Panel) -> tuple[Flags, Integers]:
    """Of each cell, whether its unit is of the treated side, and the place of its period: (C,) each."""
    codes = moments.keys[protocol.design.unit or ""].codes
    row = np.searchsorted(np.unique(codes), codes)
    period = np.argmax(panel.n > 0, axis=1)
    return np.asarray(panel.start < len(panel.periods))[row], period[row]


def _mean(moments: Moments, cells: Flags) -> float:
    total = moments.products[cells, 0, :2].sum(axis=0)
    return float(moments.centre[0] + total[1] / total[0])


def _sizes(panel: Panel) -> tuple[int, int]:
    """How many clusters (rows, where none are named) there are on the treated and on the other side."""
    treated = np.asarray(panel.start < len(panel.periods))
    return len(np.unique(panel.cluster[treated])), len(np.unique(panel.cluster[~treated]))


def study_of_rows(protocol: Protocol, moments: Moments, panel: Panel) -> Study:
    """Return the differences between the sides in each period, from the last before the start.

    With clusters, these are the units that are followed. Without, rows stand alone, so that periods are independent.
    """
    design = protocol.design
    if design.cluster:
        return _of_clusters(protocol, moments, panel)
    difference, variance = _by_period(*_places(protocol, moments, panel), moments, len(panel.periods))
    first = int(panel.start.min())
    places = np.delete(np.arange(len(panel.periods)), first - 1)
    places = places[np.isfinite(variance[places])]
    estimate = difference[places] - difference[first - 1]
    covariance = np.diag(variance[places]) + variance[first - 1]
    weight = (places >= first) / max(int((places >= first).sum()), 1)
    along = np.vstack([np.eye(len(places)), weight])
    study = Averages(
        panel.times[places] - panel.times[first],
        estimate,
        along @ covariance @ along.T,
        float(weight @ estimate),
        weight,
        np.full(len(places), _sizes(panel)[0]),
    )
    return study, float(panel.times[first - 1] - panel.times[first]), _sizes(panel)


def _by_period(treated: Flags, period: Integers, moments: Moments, periods: int) -> tuple[Floats, Floats]:
    """Difference of the sides' means in each period, (T,), and its variance; not finite where one has no two rows."""
    sums = np.zeros((2, periods, 4))
    products = moments.products
    parts = np.column_stack([products[:, 0, 0], products[:, 0, 1], products[:, 1, 1], moments.n])
    np.add.at(sums, (treated.astype(np.int64), period), parts)
    weight, total, square, rows = np.moveaxis(sums, 2, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / weight
        variance = (square - total * mean) / weight / (rows - 1)
    return mean[1] - mean[0], np.where(rows.min(axis=0) > 1, variance.sum(axis=0), np.inf)


def _of_clusters(protocol: Protocol, moments: Moments, panel: Panel) -> Study:
    """Clusters by periods, each with its rows' mean."""
    design = protocol.design
    whole = panel_of(moments, unit=design.cluster or "", period=design.period)
    start = np.full(len(whole.units), len(whole.periods))
    np.minimum.at(start, np.searchsorted(np.unique(panel.cluster), panel.cluster), panel.start)
    effects = group_time(replace(whole, start=start), against="never", base="universal")
    return by_event_time(effects), effects.reference, effects.clusters


def composition(protocol: Protocol, moments: Moments, panel: Panel) -> Screen:
    """Ask whether the treated are a smaller or larger part of those seen than they were before the start.

    Rows are counted alone, or by cluster where clusters are named: then shares seen after the start are compared, each
    cluster counting alike.
    """
    treated, period = _places(protocol, moments, panel)
    after = np.asarray(period >= panel.start.min())
    counts = np.array([[moments.n[side & time].sum() for time in (~after, after)] for side in (treated, ~treated)])
    shares = counts[0] / counts.sum(axis=0)
    _, cluster = numbered(panel.cluster)
    p = _p_by_cluster(panel, cluster) if protocol.design.cluster else _p_of_rows(counts.astype(np.float64))
    said = f"Of those seen, {shares[0]:.1%} are of the treated side before the start and {shares[1]:.1%} after it"
    if p is None:
        return Screen("composition", flag=False, statistic=None, why=f"{said}; too few clusters to test it.")
    flag = p < ATTRITION_P
    question = ": did who is seen change with the start?" if flag else ", no more apart than chance has it."
    return Screen("composition", flag, float(shares[1] - shares[0]), f"{said} (p = {p:.2g}){question}", p)


def _p_of_rows(counts: Floats) -> float:
    """Two-sided p-value of equal odds in a table (2, 2), by chi-square."""
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    return float(chdtrc(1, np.sum((counts - expected) ** 2 / expected)))


def _p_by_cluster(panel: Panel, cluster: Integers) -> float | None:
    """Two-sided p-value of equal shares of rows after the start in clusters of both sides, by Welch's t."""
    after = (np.argmax(panel.n > 0, axis=1) >= panel.start.min()) * 1.0
    share = np.bincount(cluster, after) / np.bincount(cluster)
    treated = np.bincount(cluster, panel.start < len(panel.periods)) > 0
    parts = [share[treated], share[~treated]]
    if min(map(len, parts)) < 2:
        return None
    variance = np.array([part.var(ddof=1) / len(part) for part in parts])
    if not variance.sum() > 0:
        return float(parts[0].mean() == parts[1].mean())
    df = variance.sum() ** 2 / np.sum(variance**2 / np.array([len(part) - 1 for part in parts]))
    return float(2 * stdtr(df, -abs(parts[0].mean() - parts[1].mean()) / np.sqrt(variance.sum())))
