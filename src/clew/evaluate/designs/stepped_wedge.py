"""Clusters that all get the new service, one after another, in an order that chance dealt."""

import math
from collections.abc import Iterator

import numpy as np

from clew.errors import InputError, Problem
from clew.evaluate.cluster_periods import permutation_test, schedules_possible
from clew.evaluate.designs.method import About, Basis, Method, Sides
from clew.evaluate.designs.wedge_beside import beside
from clew.evaluate.designs.wedge_data import (
    Schedule,
    cluster_periods,
    layout,
    panel_and_spread,
    schedule_of,
    treated_cells,
)
from clew.evaluate.designs.wedge_drawn import draw
from clew.evaluate.estimate import RawEstimate
from clew.evaluate.rows import Rows, Tally, Within
from clew.pilot.protocol import Protocol
from clew.tables.wording import listed


def check(protocol: Protocol, tally: Tally) -> None:
    """Refuse what is no stepped wedge: one period, clusters that switch back, no comparison in any period."""
    problems = tuple(_problems(protocol, schedule_of(protocol, tally)))
    if problems:
        raise InputError(problems=problems)


def _problems(protocol: Protocol, found: Schedule) -> Iterator[Problem]:
    if found.torn or found.astride:
        yield from _torn(protocol, found)
        return
    design = protocol.design
    where, periods = f"column {design.treated_from}", found.n.shape[1]
    within = found.start < periods
    if periods < 2:
        do = "Bring the other periods; clusters that are compared once only are `cluster-randomised`."
        yield Problem("there is only one period: nobody can be seen before and after.", f"column {design.period}", do)
    elif not within.any() or not found.start.any():
        do = "Bring the periods before and after starts; check that starts are written as periods are."
        yield Problem(f"no cluster-period is {'un' if within.any() else ''}treated.", where, do)
    elif len(set(found.start.tolist())) == 1:
        what = "all clusters start at once, so that what time does cannot be told from what the service does."
        do = "Deal clusters to two or more start dates, or some of them to go on as before (`cluster-randomised`)."
        yield Problem(what, where, do)
    elif 1 / (ways := schedules_possible(found.start, found.block)) > protocol.looks.alpha:
        within_blocks = "" if found.block is None else " within their blocks"
        what = (
            f"{len(found.start)} clusters can be dealt to these starts{within_blocks} in {ways} ways: no p-value can be"
            f" below 1/{ways}, and {protocol.looks.alpha:g} is asked for."
        )
        yield Problem(what, where, "Bring more clusters, or more start dates.")


def _torn(protocol: Protocol, found: Schedule) -> Iterator[Problem]:
    design = protocol.design
    if found.torn:
        what = f"{len(found.torn)} clusters have more than one start of treatment: {listed(found.torn)}."
        do = "A cluster that is treated stays treated: give it one start in all its rows."
        yield Problem(what, f"columns {design.cluster} and {design.treated_from}", do)
    if found.astride:
        what = f"{len(found.astride)} clusters stand in more than one block: {listed(found.astride)}."
        yield Problem(what, f"columns {design.cluster} and {design.block}", "Give each cluster one block in all rows.")


def sides(protocol: Protocol, tally: Tally) -> Sides:
    """Return treated and untreated cluster-periods; a row is a unit."""
    treated = treated_cells(protocol, tally)
    missing = (("treated", int(tally.missing[treated].sum())), ("not yet treated", int(tally.missing[~treated].sum())))
    return Sides(tally, treated, ~treated, missing)


def estimate(protocol: Protocol, rows: Rows, within: Within = ()) -> RawEstimate:
    """Return the comparison within periods, with p-value and interval from dealing the start dates anew.

    Means are of the cluster-periods as they are compared: adjusted, where baseline columns are.
    Raises: InputError where no period has both treated and untreated clusters, or outcomes do not vary.
    """
    panel, _ = panel_and_spread(protocol, rows, within)
    test = permutation_test(cluster_periods(protocol, panel), seed=protocol.design.seed or 0)
    if not (math.isfinite(test.estimate) and test.std_error > 0):
        raise InputError(
            "no effect can be estimated: no period has treated and untreated clusters, or outcomes do not vary.",
            where=f"columns {protocol.design.period} and {protocol.outcome.column}",
            do="Bring the outcomes of clusters that had not started while others had.",
        )
    there = panel.n > 0
    treated, untreated = panel.treated & there, ~panel.treated & there
    return RawEstimate(
        estimate=test.estimate,
        std_error=test.std_error,
        df=math.inf,
        n=int(panel.n.sum()),
        n_treated=int(panel.n[treated].sum()),
        n_comparison=int(panel.n[untreated].sum()),
        mean_treated=float(np.average(panel.outcome[treated], weights=panel.weight[treated])),
        mean_comparison=float(np.average(panel.outcome[untreated], weights=panel.weight[untreated])),
        clusters=len(panel.units),
        clusters_treated=int((panel.start < len(panel.periods)).sum()),
        clusters_comparison=int((panel.start > 0).sum()),
        p_value=test.p_value,
        interval_at=test.interval,
    )


def basis(protocol: Protocol) -> Basis:
    """Return that chance made the order."""
    return "chance"


METHOD = Method(
    kind="stepped-wedge",
    layout=layout,
    check=check,
    estimate=estimate,
    beside=beside,
    sides=sides,
    draw=draw,
    basis=basis,
    about=About(
        title="Stepped wedge",
        question="Does it work, where everybody is to get it in the end, but not all places can start at once?",
        needs=(
            "one row a person and period (or one a cluster and period), with the cluster, the period and the outcome",
            "the period from which the cluster has the service, the same in all its rows (empty: never)",
            "two or more start dates, dealt by chance; periods in which some clusters have started and others have not",
        ),
        assumes=(
            (
                "Chance alone dealt the start dates.",
                "`clew pilot assign` deals them by a committed seed, and checks a list against it.",
            ),
            (
                "Nothing changes in a cluster before its start because it knows its date.",
                "Data cannot tell: tell clusters their date as late as can be.",
            ),
            (
                "Those lost do not differ between clusters that have started and those that have not.",
                "The shares lost are compared within periods, dealing the start dates anew (differential attrition).",
            ),
            (
                "For the interval, not for the p-value: the effect is the same in every treated cluster-period.",
                "It is shown by periods since the start, and averaged over them (mixed model).",
            ),
        ),
        estimator="In each period, clusters that have started against clusters that have not, each counting alike; the"
        " mean of these differences, weighed by how many clusters stand on either side. Where start dates were dealt"
        " within blocks, clusters are compared within their block: every period has an effect of its own in each."
        " Columns of `adjust_for`: from each mean is taken what they explain of it, by coefficients from within"
        " cluster-periods, where nobody is treated unlike anybody else.",
        uncertainty="The clusters are dealt anew to the start dates that were used, within their blocks (all ways, or"
        " 9,999 of them): the"
        " p-value is the share of deals with an estimate as large, the interval holds the effects not so rejected.",
        sources=(
            "Thompson et al. (2018), Statistics in Medicine 37",
            "Kennedy-Shaffer, de Gruttola & Lipsitch (2020), Statistics in Medicine 39",
            "Kenny et al. (2022), Statistics in Medicine 41",
            "Hussey & Hughes (2007), Contemporary Clinical Trials 28",
            "Hayes & Moulton (2017), Cluster Randomised Trials, 2nd ed., ch. 10 (baseline columns by cluster means)",
        ),
        instead="Where half of the clusters can wait to the end, deal them to two arms (cluster-randomised trial): that"
        " is simpler. Where single units start one after another, use the random roll-out.",
    ),
)
