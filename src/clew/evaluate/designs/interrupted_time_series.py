"""Everybody gets the service at once: what came after is held against the earlier course carried on."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from clew.errors import InputError
from clew.evaluate.autocorrelation import ljung_box
from clew.evaluate.designs.method import About, Basis, Beside, Method
from clew.evaluate.designs.series_beside import (
    LEFT_P,
    at_the_end,
    autocorrelation_left,
    box_lags,
    further_of,
    made_up_interruption,
    of_each,
    p_value_of,
    season_left,
    short_segments,
    slope_left,
    something_else,
    untold,
)
from clew.evaluate.designs.series_data import Observed, check, layout, observed, sides
from clew.evaluate.designs.series_drawn import draw
from clew.evaluate.designs.series_pictures import course
from clew.evaluate.estimate import RawEstimate
from clew.evaluate.finding import Further, LookAt, Screen
from clew.evaluate.interrupted import Change, Segmented, TimeSeries, breaks_of, first_order, segmented
from clew.evaluate.rows import Rows, Within
from clew.evaluate.structural import Structural, structural
from clew.pilot.protocol import Protocol

ROUNDING = 1e-12
"""Share of the largest outcome that sums may be off by."""

STILL = 1e-3
"""The level is said to stand still where its steps are below this share of the outcome's standard deviation."""


def estimate(protocol: Protocol, rows: Rows, within: Within = ()) -> RawEstimate:
    """Return the mean distance from the earlier course carried on, over all periods after the first interruption.

    Raises: InputError where the series has gaps or is too short, or its columns cannot be told apart.
    """
    found = observed(protocol, rows, within)
    effect = _fit(protocol)(found.series).effect
    figures = (effect.estimate, effect.std_error, effect.df)
    if not (effect.std_error > ROUNDING * float(np.abs(found.series.outcome).max()) and np.isfinite(figures).all()):
        raise InputError(
            "the uncertainty cannot be computed: the series runs exactly as fitted.",
            where=f"column {protocol.outcome.column}",
            do="Check that the outcome column holds the outcomes as they came.",
        )
    later = slice(found.first, None)
    mean = float(found.series.outcome[later].mean())
    return RawEstimate(
        estimate=effect.estimate,
        std_error=effect.std_error,
        df=effect.df,
        n=int(found.n.sum()),
        n_treated=int(found.n[later].sum()),
        n_comparison=int(found.n[: found.first].sum()),
        mean_treated=mean,
        mean_comparison=mean - effect.estimate,
        p_value=p_value_of(effect),
    )


def _fit(protocol: Protocol) -> Callable[[TimeSeries], Segmented | Structural]:
    """Return the registered way to carry the series on."""
    return structural if protocol.design.estimator == "structural" else segmented


def beside(protocol: Protocol, rows: Rows, raw: RawEstimate, look: LookAt) -> Beside:
    """Return what each interruption changed, what is left in the errors, a made-up interruption, and the course."""
    found = observed(protocol, rows)
    fitted = _fit(protocol)(found.series)
    screens = (
        something_else(protocol, found),
        short_segments(found),
        _errors_left(found, fitted, look),
        season_left(found, look),
        made_up_interruption(found, _fit(protocol)),
        slope_left(found, look) if isinstance(fitted, Segmented) else None,
        _still(found, fitted),
        untold(found) if isinstance(fitted, Structural) else None,
    )
    return Beside(
        screens=tuple(screen for screen in screens if screen is not None),
        further=tuple(_further(found, fitted, look)),
        pictures=(course(protocol, found, fitted.fitted, fitted.without),),
    )


def _errors_left(found: Observed, fitted: Segmented | Structural, look: LookAt) -> Screen:
    if isinstance(fitted, Segmented):
        return autocorrelation_left(found, fitted, look)
    lags = box_lags(len(fitted.surprises))
    _, p_value = ljung_box(fitted.surprises, lags)
    flag = p_value < LEFT_P
    said = (
        f"One-step errors of the model are {'still' if flag else 'not'} related over {lags} periods (p = {p_value:.2g})"
    )
    return Screen("autocorrelation left", flag, p_value, said + (": what was left out?" if flag else "."), p_value)


def _still(found: Observed, fitted: Segmented | Structural) -> Screen | None:
    """Ask about a level that is said never to wander: its uncertainty is then understated."""
    if isinstance(fitted, Segmented):
        return None
    flag = fitted.wander < STILL * float(np.std(found.series.analysed))
    said = f"The level wanders by {fitted.wander:.3g} a period (standard deviation)"
    question = ", so to say not at all, which few periods often seem to show: is it believed?" if flag else "."
    return Screen("a level that stands still", flag, fitted.wander, said + question)


def _further(found: Observed, fitted: Segmented | Structural, look: LookAt) -> Iterator[Further]:
    if isinstance(fitted, Structural):
        yield from (further_of(_dated(step, found, number), step, look) for number, step in enumerate(fitted.steps))
        why = "a straight trend carried on, instead of a level that wanders"
        if untold(found) is None:
            yield further_of("segmented regression", segmented(found.series).effect, look, why)
        return
    yield from _of_breaks(found, fitted, look)
    why = (
        f"errors of first order (ρ = {first_order(found.series)[1]:.2f}) instead of any up to {fitted.lag} periods back"
    )
    yield further_of("Prais–Winsten", first_order(found.series)[0], look, why)
    why = f"{fitted.lag} lags; without the correction for short series the interval is too narrow"
    yield replace(further_of("plain Newey–West", fitted.uncorrected(), look, why), kind="warning")
    if found.series.control is not None:
        yield from _control(found, look)


def _of_breaks(found: Observed, fitted: Segmented, look: LookAt) -> Iterator[Further]:
    """What each interruption changed; one that moves the level alone has the effect for its only figure."""
    series = found.series
    if not series.slopes and len(series.starts) == 1:
        return
    for start, change in zip(series.starts, of_each(fitted), strict=False):
        why = "from the course just before it, until the end"
        yield further_of(f"since {found.periods[start]}", change, look, why)
    for number, change in enumerate(fitted.changes()):
        at = number * len(series.starts) // breaks_of(series)
        yield further_of(_dated(change, found, at), change, look, _of_change(change, fitted))
    yield further_of("difference in the last period", at_the_end(fitted), look, "from the earlier trend carried on")


def _control(found: Observed, look: LookAt) -> Iterator[Further]:
    """What each of the two series did by itself."""
    alone = replace(found.series, control=None)
    yield further_of("without the control series", segmented(alone).effect, look, "the series by itself")
    other = replace(alone, outcome=found.series.outcome - found.series.analysed)
    yield further_of("the control series by itself", segmented(other).effect, look, "what happened where nothing came")


def _dated(change: Change, found: Observed, number: int) -> str:
    """The name of a change with the period of its interruption in place of its number."""
    return f"{change.name.rstrip(' 0123456789')} at {found.periods[found.series.starts[number]]}"


def _of_change(change: Change, fitted: Segmented) -> str:
    if "slope" in change.name:
        return "how much more it moves from period to period"
    return "in the first period after" if fitted.series.slopes else "from the first period after until the end"


def basis(protocol: Protocol) -> Basis:
    """Return what it is held against: a control series, or nothing but the time before."""
    return "before and after" if protocol.design.control is None else "comparison"


METHOD = Method(
    kind="interrupted-time-series",
    layout=layout,
    check=check,
    estimate=estimate,
    beside=beside,
    sides=sides,
    draw=draw,
    basis=basis,
    about=About(
        title="Interrupted time series",
        question="Did it work, where everybody got it at once and only the time before is there to compare with?",
        needs=(
            "one row a period (or many, of people, averaged), with the period and the outcome, and no period left out",
            "the first period after each interruption; at least three periods before and after, rather two years",
            "the season's length, if the outcome has one, and one whole season before; better, a control series",
        ),
        assumes=(
            (
                "The earlier course would have gone on.",
                "An interruption is made up before the true one (placebo in time); short stretches are asked about.",
            ),
            (
                "Nothing else happened at that time.",
                "Data cannot tell: ask. Without a control series the evidence is that of before and after, level 2.",
            ),
            (
                "The season is known.",
                "Where none is registered and the calendar has one, it is tested (season left).",
            ),
            (
                "Where only the level is registered to change, the slope stays.",
                "A bend of the slope is looked for (slope left); what the effect is with it stands beside.",
            ),
            (
                "Errors depend on their own past in a way that the interval covers.",
                "What is left after first order is tested (autocorrelation left), with Prais–Winsten beside.",
            ),
        ),
        estimator="Least squares on level, trend, a change of both at each interruption (of the level alone where"
        ' `impact_model = "level"` is registered), the season (an indicator for each of its periods up to twelve, else'
        " two pairs of waves) and covariates; with a control series, of the difference from it. The effect is the mean"
        " distance from the earlier trend carried on. By name, a structural series: a level that wanders, and a step at"
        " each interruption.",
        uncertainty="Newey–West with Bartlett weights, 4(n/100)^(2/9) periods back, corrected for what short series and"
        " trends carried on take from it, with Satterthwaite's degrees of freedom. The structural series: its"
        " likelihood, for the variances that it finds.",
        sources=(
            "Wagner et al. (2002), Journal of Clinical Pharmacy and Therapeutics 27",
            "Bernal, Cummins & Gasparrini (2017), International Journal of Epidemiology 46",
            "Linden (2015), Stata Journal 15 (control series)",
            "Newey & West (1987), Econometrica 55; Bell & McCaffrey (2002), Survey Methodology 28",
            "Harvey & Durbin (1986), Journal of the Royal Statistical Society A 149",
        ),
        instead="Where some places did not get it, compare with them (synthetic control, difference in differences)."
        " Where places can start at different times, deal the dates (stepped wedge).",
    ),
)
