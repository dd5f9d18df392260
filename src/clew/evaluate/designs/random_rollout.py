"""Units that all get the new service, one after another, at dates that chance dealt."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import chdtrc, fdtrc

from clew.errors import InputError
from clew.evaluate.designs.method import About, Basis, Beside, Method
from clew.evaluate.designs.starts_checks import check_starts
from clew.evaluate.designs.starts_data import layout, mean_after, moments_of, panel_from, sides
from clew.evaluate.designs.starts_drawn import draw
from clew.evaluate.designs.starts_further import MOST_SHOWN, MOST_TIMES, further, nearest, time_name
from clew.evaluate.designs.starts_pictures import event_study, paths
from clew.evaluate.estimate import RawEstimate
from clew.evaluate.finding import Further, LookAt, Picture, Randomisation, Screen
from clew.evaluate.looks import critical_value
from clew.evaluate.panel import Panel
from clew.evaluate.roth_santanna import (
    DRAWS,
    Rollout,
    at_event_time,
    comparison,
    efficient,
    permutation_test,
    refined_error,
    rollout,
)
from clew.evaluate.rows import Layout, Rows, Within, numbered
from clew.evaluate.screens import ATTRITION_P, few_clusters_disagreement
from clew.pilot.protocol import Protocol

BALANCE_P: Final = 0.01
"""Differences between cohorts before the first start are questioned below this p-value."""

ESTIMANDS: Final = {
    "simple": "every treated unit-period alike",
    "cohort": "every treated unit alike",
    "calendar": "every period alike",
}


def rollout_layout(protocol: Protocol) -> Layout:
    """Return which column plays which part. Raises InputError where baseline columns are to be adjusted for."""
    if protocol.outcome.adjust_for:
        raise InputError(
            "in a random roll-out, outcomes before the start do what baseline columns would.",
            where="[outcome] adjust_for",
            do="Leave it out: the efficient estimator takes the periods before into account by itself.",
        )
    return layout(protocol)


@dataclass(frozen=True, slots=True)
class _Data:
    """`panel`: all units seen. `design`: those seen in every period, without those whom nobody can be compared with."""

    panel: Panel
    design: Rollout
    gaps: int
    unmatched: int


def _data(protocol: Protocol, rows: Rows, within: Within = ()) -> _Data:
    panel = panel_from(protocol, moments_of(protocol, rows, within))
    whole = (panel.n > 0).all(axis=1)
    if not whole.any():
        raise InputError(
            "no unit is seen in every period.",
            where=f"columns {protocol.design.unit} and {protocol.design.period}",
            do="Bring the missing unit-periods, or join periods so that each unit is seen in all of them.",
        )
    design, unmatched = rollout(panel.outcome[whole], panel.start[whole])
    return _Data(panel, design, int((~whole).sum()), unmatched)


def estimate(protocol: Protocol, rows: Rows, within: Within = ()) -> RawEstimate:
    """Return the registered estimand by the efficient estimator, with the refined standard error.

    Degrees of freedom are Satterthwaite's. Raises: InputError where nobody is left to compare with.
    """
    data = _data(protocol, rows, within)
    design, compared = data.design, comparison(data.design, protocol.design.estimand)
    found = efficient(design, compared)
    std_error = refined_error(design, compared, found)
    if not std_error > 0:
        raise InputError(
            "the uncertainty cannot be computed: outcomes do not vary within cohorts.",
            where=f"column {protocol.outcome.column}",
            do="Check that the outcome column holds the outcomes.",
        )
    mean = mean_after(data.panel)
    treated = int(design.units[design.start < design.start.max()].sum())
    return RawEstimate(
        estimate=found.estimate,
        std_error=std_error,
        df=found.df,
        n=len(design.of),
        n_treated=treated,
        n_comparison=len(design.of) - treated,
        mean_treated=mean,
        mean_comparison=mean - found.estimate,
    )


def beside(protocol: Protocol, rows: Rows, raw: RawEstimate, look: LookAt) -> Beside:
    """Return the permutation test, whether cohorts were alike before, who is left out, and other estimands."""
    data = _data(protocol, rows)
    compared = comparison(data.design, protocol.design.estimand)
    test = permutation_test(data.design, compared, seed=protocol.design.seed or 0)
    return Beside(
        screens=(_balance(data.design), _left_out(data), *_disagreement(raw, test, look)),
        further=(*_others(protocol, data.design, look), *_by_time(data, look)),
        pictures=(_event_study(protocol, data, look), paths(protocol, data.panel)),
        randomisation=test,
    )


def _balance(design: Rollout) -> Screen:
    """Ask whether cohorts differed before the first start by more than dealing makes them (analysis of variance)."""
    name, first = "balance before the start", int(design.start.min())
    mean = design.outcome[:, :first].mean(axis=1)
    groups, units = len(design.start), len(mean)
    of_group = np.bincount(design.of, mean) / design.units
    between = float(design.units @ (of_group - mean.mean()) ** 2) / (groups - 1)
    inside = float(np.sum((mean - of_group[design.of]) ** 2)) / (units - groups)
    if inside == 0:
        return Screen(name, flag=False, statistic=None, why="Outcomes before the first start do not vary.")
    statistic = between / inside
    p = float(fdtrc(groups - 1, units - groups, statistic))
    said = f"Before the first start, cohorts differ by F = {statistic:.2f} (p = {p:.2g})"
    question = ": were the dates dealt by chance?" if p < BALANCE_P else ", no more than chance does."
    return Screen(name, p < BALANCE_P, statistic, said + question, p)


def _left_out(data: _Data) -> Screen:
    """Ask whether units with gaps are more frequent among some cohorts (chi-square)."""
    name = "units left out"
    lone = f" {data.unmatched} more have nobody to be compared with." if data.unmatched else ""
    if not data.gaps:
        return Screen(name, flag=False, statistic=0.0, why=f"Every unit is seen in every period.{lone}")
    _, of = numbered(data.panel.start)
    gone = np.asarray((data.panel.n == 0).any(axis=1), dtype=np.float64)
    units, share = np.bincount(of), float(gone.mean())
    said = f"{data.gaps} of {len(of)} units are not seen in every period, and left out"
    if share == 1 or len(units) < 2:
        return Screen(name, flag=True, statistic=None, why=f"{said}: why?{lone}")
    statistic = float(np.sum((np.bincount(of, gone) - units * share) ** 2 / units)) / (share * (1 - share))
    p = float(chdtrc(len(units) - 1, statistic))
    question = ": why more in some cohorts than in others?" if p < ATTRITION_P else ", no cohort more than chance does."
    return Screen(name, p < ATTRITION_P, statistic, f"{said} (p = {p:.2g}){question}{lone}", p)


def _disagreement(raw: RawEstimate, test: Randomisation, look: LookAt) -> Iterator[Screen]:
    """Hold the permutation test against the interval, where it has draws enough for this look's limit."""
    if look.nominal_p * (DRAWS + 1) >= 5:
        yield few_clusters_disagreement(raw.interval(look), test, look)


def _others(protocol: Protocol, design: Rollout, look: LookAt) -> Iterator[Further]:
    compared = comparison(design, protocol.design.estimand)
    found = efficient(design, compared)
    why = f"the same estimate; {found.taken_off:.2f} times the difference before the start is taken off"
    yield further("conservative standard error", (found.estimate, found.std_error), found.df, look, why=why)
    for name, beta, taken in (("plain difference", 0.0, "nothing"), ("difference-in-differences", 1.0, "all")):
        other = efficient(design, compared, beta)
        why = f"{taken} of the difference before the start is taken off; conservative standard error"
        yield further(name, (other.estimate, other.std_error), other.df, look, why=why)
    for estimand, says in ESTIMANDS.items():
        if estimand != protocol.design.estimand:
            each = comparison(design, estimand)
            other = efficient(design, each)
            error = refined_error(design, each, other)
            why = f"{says}; not the registered estimand"
            yield further(f"estimand {estimand}", (other.estimate, error), other.df, look, why=why)


def _by_time(data: _Data, look: LookAt) -> Iterator[Further]:
    after = [each for each in at_event_time(data.design, data.panel.times) if each[0] >= 0]
    for time, compared in after[:MOST_TIMES]:
        found = efficient(data.design, compared)
        yield further(time_name(time), (found.estimate, found.std_error), found.df, look, kind="period")


def _event_study(protocol: Protocol, data: _Data, look: LookAt) -> Picture:
    """Each time since the start, with limits that allow for how many are looked at (Bonferroni)."""
    found = [(time, efficient(data.design, each)) for time, each in at_event_time(data.design, data.panel.times)]
    known = [(time, each) for time, each in found if each.df > 0 and (time >= 0 or abs(each.taken_off - 1) > 1e-9)]
    shown = [known[place] for place in nearest(np.array([time for time, _ in known]), MOST_SHOWN)]
    p = look.nominal_p / max(len(shown), 1)
    estimates = np.array([each.estimate for _, each in shown])
    margin = np.array([critical_value(p, each.df) * each.std_error for _, each in shown])
    bands = np.column_stack([estimates, estimates - margin, estimates + margin])
    return event_study(protocol, np.array([time for time, _ in shown]), bands, None)


def basis(protocol: Protocol) -> Basis:
    """Return that chance made the dates."""
    return "chance"


METHOD = Method(
    kind="random-rollout",
    layout=rollout_layout,
    check=check_starts,
    estimate=estimate,
    beside=beside,
    sides=sides,
    draw=draw,
    basis=basis,
    about=About(
        title="Random roll-out",
        question="Does it work, where everybody is to get it, one after another, and a lot decides when?",
        needs=(
            "one row a unit and period, with the unit, the period and the outcome; every unit in every period",
            "the period from which the unit is treated, the same in all its rows (empty: never)",
            "start dates that chance dealt to units one by one, two units or more a date",
        ),
        assumes=(
            (
                "Chance alone dealt the start dates.",
                (
                    "Cohorts' outcomes before the first start are compared (balance); the dates are dealt anew 499"
                    " times (permutation test)."
                ),
            ),
            (
                "Nothing changes before the start because it is coming.",
                "The periods before the start are shown one by one (event study).",
            ),
            (
                "Units that are not seen in every period are missing by chance.",
                "Their shares are compared between cohorts (units left out).",
            ),
        ),
        estimator="Differences between cohorts that are treated and cohorts not treated yet, averaged as registered"
        " (`estimand`), less the number times their difference before the start that makes the variance least (Roth and"
        " Sant'Anna). No parallel trends are needed.",
        uncertainty="From the spread within cohorts, with Satterthwaite degrees of freedom; where there are 25 units or"
        " more for each period before the first start, less what outcomes there show that this is too large. The"
        " permutation test of the studentised estimate stands beside it.",
        sources=(
            "Roth & Sant'Anna (2023), Journal of Political Economy: Microeconomics 1(4)",
            "Athey & Imbens (2022), Journal of Econometrics 226(1)",
        ),
        instead="Where whole clusters are dealt to dates, use the stepped wedge. Where dates were not dealt by chance,"
        " use staggered difference-in-differences.",
    ),
)
