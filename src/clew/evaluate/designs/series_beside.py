"""What is asked of an interrupted series, whichever way it is carried on."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.special import fdtrc, stdtr

from clew.errors import InputError
from clew.evaluate.autocorrelation import durbin_watson, ljung_box, whitened_fit
from clew.evaluate.designs.series_data import FEWEST, Observed
from clew.evaluate.finding import Alternative, Further, LookAt, Screen
from clew.evaluate.interrupted import Change, Segmented, TimeSeries, breaks_of, design_of, first_order, segmented
from clew.evaluate.looks import critical_value
from clew.evaluate.newey_west import least_squares, rank
from clew.evaluate.period_steps import calendar_of
from clew.evaluate.rows import Floats
from clew.evaluate.structural import Structural
from clew.pilot.protocol import Protocol

SHORT: Final = 8
"""Periods of a segment below which a trend rests on little.

Source: Penfold & Zhang (2013), Use of interrupted time series analysis in evaluating health care quality improvements,
Academic Pediatrics 13(6).
"""

LEFT_P: Final = 0.01
"""Autocorrelation or season that is left is asked about below this p-value."""

EARLY_P: Final = 0.05
"""An effect of a made-up interruption before the true one is asked about at this p-value."""


def p_value_of(change: Change) -> float:
    """Return the two-sided p-value of no change, by t."""
    return float(2 * stdtr(change.df, -abs(change.estimate / change.std_error))) if change.std_error > 0 else 1.0


def interval_of(change: Change, nominal_p: float) -> tuple[float, float]:
    """Return the two-sided interval at 1 − `nominal_p`, by t."""
    margin = critical_value(nominal_p, change.df) * change.std_error
    return change.estimate - margin, change.estimate + margin


def further_of(name: str, change: Change, look: LookAt, why: str = "") -> Further:
    """Return a change as a figure beside the effect, at this look's level."""
    level = round(1 - look.nominal_p, 12)
    interval = interval_of(change, look.nominal_p)
    return Further(name, change.estimate, change.std_error, interval, level, change.df, p_value_of(change), why)


def alternative_of(says: str, change: Change, look: LookAt) -> Alternative:
    """Return a change as what would be found without an assumption."""
    return Alternative(says, change.estimate, interval_of(change, look.nominal_p))


def short_segments(found: Observed) -> Screen:
    """Ask whether a trend may be read off so few periods."""
    ends = (0, *found.series.starts, len(found.periods))
    least = min(later - earlier for earlier, later in pairwise(ends))
    flag = least < SHORT
    question = f", where {SHORT} are usual: is a trend to be read off so few?" if flag else "."
    why = f"The shortest stretch without an interruption has {least} periods{question}"
    return Screen("length of the stretches", flag, float(least), why)


def autocorrelation_left(found: Observed, fitted: Segmented, look: LookAt) -> Screen:
    """Ask about dependence that neither a first-order working model nor few lags can cover."""
    design = design_of(found.series)[1]
    left = whitened_fit(design, found.series.analysed, fitted.rho).residuals
    lags = box_lags(len(left))
    _, p_value = ljung_box(left, lags, spent=1)
    flag = p_value < LEFT_P
    watson = durbin_watson(fitted.fit.residuals)
    said = f"Each period resembles the one before (ρ = {fitted.rho:.2f}, Durbin–Watson {watson:.2f})"
    said += f" and {'' if flag else 'no '}more than that over {lags} periods (p = {p_value:.2g})"
    question = ": is the uncertainty larger than the interval says?" if flag else "; the interval allows for it."
    other = alternative_of("with errors of first order (Prais–Winsten)", first_order(found.series)[0], look)
    return Screen("autocorrelation left", flag, fitted.rho, said + question, p_value, other if flag else None)


def box_lags(periods: int) -> int:
    """Return over how many lags residual autocorrelation is looked for: a fifth of the periods, from 2 to 10."""
    return max(2, min(10, periods // 5))


def season_left(found: Observed, look: LookAt) -> Screen | None:
    """Ask whether a season was forgotten; None where the calendar has none, or the series is too short to show it."""
    calendar = calendar_of(found.periods)
    season = calendar.round if calendar else None
    if season is None or found.series.season is not None or len(found.periods) < 3 * season:
        return None
    with_it = replace(found.series, season=season)
    plain, full = design_of(found.series)[1], design_of(with_it)[1]
    if rank(full) < full.shape[1] or full.shape[1] + 3 > len(found.periods):
        return None
    small, large = (least_squares(design, found.series.analysed) for design in (plain, full))
    more, rest = small.df - large.df, float(large.residuals @ large.residuals)
    gained = float(small.residuals @ small.residuals) - rest
    p_value = float(fdtrc(more, large.df, gained / more / (rest / large.df))) if rest > 0 else 0.0
    flag = p_value < LEFT_P
    share = gained / (gained + rest)
    said = f"No season is registered; one of {season} periods would explain {share:.0%} of what is left"
    question = f" (p = {p_value:.2g}): was it forgotten?" if flag else f" (p = {p_value:.2g})."
    other = alternative_of(f"with a season of {season} periods", segmented(with_it).effect, look)
    return Screen("season left", flag, p_value, said + question, p_value, other if flag else None)


def untold(found: Observed) -> Screen | None:
    """Say why no straight trend can be carried on beside a level that wanders; None where one can."""
    design = design_of(found.series)[1]
    periods, parameters = design.shape
    if periods <= parameters:
        why = f"{periods} periods cannot tell its {parameters} columns apart."
    elif rank(design) < parameters:
        why = "a column that is adjusted for is itself a trend, or changes only when the interruption comes."
    else:
        return None
    said = f"No segmented regression stands beside the effect: {why}"
    return Screen("straight trend", flag=False, statistic=None, why=said)


def slope_left(found: Observed, look: LookAt) -> Screen | None:
    """Ask whether the slope bends too where only the level is registered to change; None where it cannot be seen."""
    bent = replace(found.series, slopes=True)
    design = design_of(bent)[1]
    if found.series.slopes or rank(design) < design.shape[1] or design.shape[1] + 3 > len(found.periods):
        return None
    full = segmented(bent)
    bend = full.of("bend", _of_slopes(full))
    p_value = p_value_of(bend)
    flag = p_value < LEFT_P
    said = (
        "Only the level is registered to change; were the slope let bend too, the bend would move the effect by"
        f" {bend.estimate:+.3g} on average (p = {p_value:.2g})"
    )
    other = alternative_of("if the slope may bend too", full.effect, look)
    question = ": does the effect grow or fade?" if flag else "."
    return Screen("slope left", flag, bend.estimate, said + question, p_value, other if flag else None)


def _of_slopes(fitted: Segmented) -> Floats:
    """The part of the effect's contrast that is the slope changes'."""
    bends = np.array(["slope change" in name for name in fitted.names])
    return np.where(bends, fitted.contrast, 0.0)


def made_up_interruption(found: Observed, fit: Callable[[TimeSeries], Segmented | Structural]) -> Screen | None:
    """Ask about an effect at two thirds of the periods before the first interruption; None where they are too few."""
    first = found.first
    start = first - max(FEWEST, first // 3)
    before = _before(found.series, first, start)
    design = design_of(before)[1]
    if start < FEWEST or rank(design) < design.shape[1] or first <= design.shape[1] + 1:
        return None
    try:
        effect = fit(before).effect
    except InputError as refused:
        why = f"No interruption can be made up at {found.periods[start]}: {refused}"
        return Screen("placebo in time", flag=False, statistic=None, why=why)
    p_value = p_value_of(effect)
    flag = p_value <= EARLY_P
    said = (
        f"With an interruption made up at {found.periods[start]} the effect before the true one is"
        f" {effect.estimate:+.3g} (p = {p_value:.2g})"
    )
    question = ": did the earlier course bend by itself?" if flag else ": nothing that chance does not do."
    return Screen("placebo in time", flag, effect.estimate, said + question, p_value)


def _before(series: TimeSeries, end: int, start: int) -> TimeSeries:
    """The series up to `end`, with one interruption at `start`; a season that does not fit twice is left out."""
    season = series.season if series.season is not None and start >= 2 * series.season else None
    return TimeSeries(
        outcome=series.outcome[:end],
        starts=(start,),
        season=season,
        covariates=None if series.covariates is None else series.covariates[:end],
        names=series.names,
        control=None if series.control is None else series.control[:end],
        slopes=series.slopes,
    )


def something_else(protocol: Protocol, found: Observed) -> Screen:
    """Say what stands against something else having changed at the time. No figure tells, so that nothing is blocked:
    without a control series the level of evidence is that of before and after."""
    when = " and ".join(found.periods[start] for start in found.series.starts)
    if found.series.control is not None:
        control = protocol.design.control
        why = f"What happened to everybody at {when} is taken out by the series {control}, if it felt it alike."
    else:
        why = f"No control series is registered, and no figure tells: who decides must ask what else changed at {when}."
    return Screen("something else at the same time", flag=False, statistic=None, why=why)


def at_the_end(fitted: Segmented) -> Change:
    """Return the distance from the earlier trend carried on, in the last period."""
    contrast: Floats = np.zeros_like(fitted.contrast)
    contrast[: breaks_of(fitted.series)] = fitted.fit.design[-1, : breaks_of(fitted.series)]
    return fitted.of("at the end", contrast)


def of_each(fitted: Segmented) -> tuple[Change, ...]:
    """Return for each of several interruptions the mean distance from the course just before it, until the end.

    None where only levels change: the distance is then the level change itself.
    """
    starts, width = fitted.series.starts, breaks_of(fitted.series) // len(fitted.series.starts)
    found = []
    for number, start in enumerate(starts):
        own = slice(number * width, (number + 1) * width)
        contrast: Floats = np.zeros_like(fitted.contrast)
        contrast[own] = fitted.fit.design[start:, own].mean(axis=0)
        found.append(fitted.of("effect", contrast))
    return tuple(found) if len(starts) > 1 and fitted.series.slopes else ()
