"""What is said beside the effect of a stepped wedge: what is missing, how few clusters, the effect over time."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.special import stdtr

from clew.evaluate.cluster_periods import ClusterPeriods, permutation_test, schedules_possible, vertical
from clew.evaluate.designs.method import Beside
from clew.evaluate.designs.wedge_data import Schedule, cluster_periods, layout, panel_and_spread, schedule_of
from clew.evaluate.designs.wedge_pictures import over_time, pictures
from clew.evaluate.estimate import RawEstimate
from clew.evaluate.finding import Further, LookAt, Randomisation, Screen
from clew.evaluate.hussey_hughes import Cells, MixedModel, by_exposure, hussey_hughes
from clew.evaluate.looks import critical_value
from clew.evaluate.panel import Panel
from clew.evaluate.randomisation import DRAWS, FEW_CLUSTERS, MOST_LISTED
from clew.evaluate.rows import Floats, Rows
from clew.evaluate.screens import ATTRITION_P
from clew.pilot.protocol import Protocol

MOST_CELLS = 20_000
"""Most cluster-periods that the mixed model is fitted to."""


def beside(protocol: Protocol, rows: Rows, raw: RawEstimate, look: LookAt) -> Beside:
    """Return the effect by time since the start, the mixed model, the schedule, and what is missing from it."""
    panel, inside = panel_and_spread(protocol, rows)
    cells = Cells(cluster_periods(protocol, panel), panel.weight, int(panel.n.sum()), inside)
    test = _test(raw, cells.found)
    schedule = schedule_of(protocol, rows.tally(layout(protocol)))
    further = (*_unadjusted(protocol, rows, look), *_further(cells, look))
    return Beside(
        screens=(_attrition(protocol, schedule), _empty(panel, cells.found), *_few(panel, test, look)),
        further=further,
        pictures=(*pictures(protocol, panel), *over_time(protocol, further)),
        randomisation=test,
    )


def _test(raw: RawEstimate, found: ClusterPeriods) -> Randomisation:
    """The permutation test that the estimate rests on."""
    possible = schedules_possible(found.start, found.block)
    exact = possible <= MOST_LISTED
    return Randomisation(1.0 if raw.p_value is None else raw.p_value, possible if exact else DRAWS, exact)


def _attrition(protocol: Protocol, found: Schedule) -> Screen:
    """Ask whether outcomes are missing more often where the service had started, by the test of the effect itself."""
    name = "differential attrition"
    if not found.missing.any():
        return Screen(name, flag=False, statistic=0.0, why="No outcome is missing.")
    with np.errstate(invalid="ignore"):
        share = found.missing / (found.n + found.missing)
    test = permutation_test(ClusterPeriods(share, found.start, found.block), seed=protocol.design.seed or 0)
    flag = test.p_value < ATTRITION_P
    said = f"Within periods, the share of missing outcomes is {test.estimate:+.1%} where the service has started"
    question = ": are those who were lost like those who stayed?" if flag else ", no more than chance does."
    return Screen(name, flag, test.estimate, f"{said} (p = {test.p_value:.2g}){question}", p_value=test.p_value)


def _empty(panel: Panel, found: ClusterPeriods) -> Screen:
    """Say which cluster-periods are empty, and which periods say nothing."""
    empty, silent = int((panel.n == 0).sum()), int((vertical(found).share == 0).sum())
    said = f"In {silent} of {len(panel.periods)} periods all clusters{'' if found.block is None else ' of every block'}"
    said += " are treated, or none: they say nothing."
    if not empty:
        return Screen("schedule", flag=False, statistic=None, why=f"Every cluster has outcomes in every period. {said}")
    why = f"{empty} of {panel.n.size} cluster-periods have no outcome; each period compares the clusters it has. {said}"
    return Screen("schedule", flag=False, statistic=float(empty), why=why)


def _few(panel: Panel, test: Randomisation, look: LookAt) -> Iterator[Screen]:
    """Ask, where there are few clusters, whether any result could have passed this look."""
    least = 1 / (test.draws if test.exact else 1 + test.draws)
    too_coarse = least > look.nominal_p
    flag = too_coarse and test.exact
    if len(panel.units) >= FEW_CLUSTERS and not too_coarse:
        return
    said = f"{len(panel.units)} clusters: the smallest p-value that dealing them anew can give is {least:.2g}"
    limit = f"this look's limit is {look.nominal_p:.2g}"
    drawn = f" Of {test.draws} deals that were drawn none can show so much at this look." if too_coarse else ""
    why = f"{said}, {limit}: are there too few?" if flag else f"{said}; {limit}.{drawn}"
    yield Screen("few clusters", flag, least, why)


def _unadjusted(protocol: Protocol, rows: Rows, look: LookAt) -> Iterator[Further]:
    """The effect as it would be had no baseline column been registered."""
    if not protocol.outcome.adjust_for:
        return
    bare = replace(protocol, outcome=replace(protocol.outcome, adjust_for=()))
    test = permutation_test(cluster_periods(bare, panel_and_spread(bare, rows)[0]), seed=protocol.design.seed or 0)
    level, why = round(1 - look.nominal_p, 12), "cluster-period means compared as they are"
    interval = test.interval(level)
    yield Further(
        "without the baseline columns", test.estimate, test.std_error, interval, level, p_value=test.p_value, why=why
    )


def _further(cells: Cells, look: LookAt) -> Iterator[Further]:
    if cells.size.size > MOST_CELLS:
        yield Further("mixed model", None, why=f"not fitted to more than {MOST_CELLS} cluster-periods")
        return
    why = "it also compares each cluster with itself; it misleads where effects grow or fade"
    why += "" if cells.found.block is None else ", or where periods are not alike in all blocks"
    yield _of("mixed model, one effect", hussey_hughes(cells), np.ones(1), look, why)
    over_time = by_exposure(cells)
    if over_time is None:
        why = "periods since the start cannot be told apart from the calendar in this schedule"
        yield Further("mixed model, time-averaged effect", None, why=why)
        return
    each = np.eye(len(over_time.exposure))
    why = "the mean of the effects by periods since the start, each counting alike"
    yield _of("mixed model, time-averaged effect", over_time, each.mean(axis=0), look, why)
    for exposure, weights in zip(over_time.exposure, each, strict=True):
        found = _of(f"period {exposure} since the start", over_time, weights, look, "mixed model")
        yield replace(found, kind="period")


def _of(name: str, model: MixedModel | None, weights: Floats, look: LookAt, why: str) -> Further:
    if model is None:
        return Further(name, None, why="treatment cannot be told apart from the periods in this schedule")
    value, error, df = model.effect(weights)
    if not (error > 0 and df > 0):
        return Further(name, value, why="its uncertainty cannot be computed: too few clusters")
    margin = critical_value(look.nominal_p, df) * error
    level, p_value = round(1 - look.nominal_p, 12), float(2 * stdtr(df, -abs(value / error)))
    return Further(name, value, error, (value - margin, value + margin), level, df, p_value, why)
