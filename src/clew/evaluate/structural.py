"""A structural time series with interventions: a level that wanders, a season, covariates, and a step at each break.

Unlike a segmented regression it does not carry a straight line on: what the level would have been is what it last was,
and is the less certain the more it wanders. The variances of the level's steps and of the noise are found by maximum
likelihood; the coefficients are part of the state, with a diffuse start, so that their standard errors allow for one
another.

Source: Harvey & Durbin (1986), The effects of seat belt legislation on British road casualties, Journal of the Royal
Statistical Society A 149(3); Durbin & Koopman (2012), "Time Series Analysis by State Space Methods", 2nd ed., ch. 8.
"""

import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from clew.errors import InputError
from clew.evaluate.interrupted import Change, TimeSeries, seasonal
from clew.evaluate.newey_west import error_of
from clew.evaluate.rows import Floats

FEWEST = 12
"""Periods before the first interruption without which the level's wandering cannot be learnt."""


@dataclass(frozen=True, slots=True)
class Structural:
    """A fitted structural time series, in the outcome's units.

    `steps`: the level shift at each interruption, in time. `effect`: their sum at each period from the first
    interruption on, averaged; degrees of freedom are the one-step errors. `fitted`, `without`: (T,) the smoothed series
    as it came and had no interruption come, the control series' part included. `surprises`: one-step prediction errors
    after the diffuse start, standardised. `wander`: standard deviation of the level's step from period to period.
    """

    effect: Change
    steps: tuple[Change, ...]
    without: Floats
    fitted: Floats
    surprises: Floats
    wander: float


def structural(series: TimeSeries) -> Structural:
    """Fit a wandering level with season, covariates and a step at each interruption (`slopes` is not used).

    Raises: InputError where statsmodels is not installed, or the likelihood has no best point.
    """
    steps, others = _columns(series)
    unit = float(np.std(series.analysed)) or 1.0
    result = _fitted(series.analysed / unit, np.column_stack([steps, others]))
    states = np.asarray(result.smoothed_state).T * unit
    covariance = np.asarray(result.smoothed_state_cov)[:, :, -1] * unit**2
    count = steps.shape[1]
    shifts, spread = states[-1, 1 : 1 + count], covariance[1 : 1 + count, 1 : 1 + count]
    surprises = np.asarray(result.filter_results.standardized_forecasts_error[0])[states.shape[1] :]

    def change(name: str, contrast: Floats) -> Change:
        return Change(name, float(contrast @ shifts), error_of(contrast, spread), float(len(surprises)))

    without = states[:, 0] + others @ states[-1, 1 + count :] + (series.outcome - series.analysed)
    return Structural(
        effect=change("effect", steps[min(series.starts) :].mean(axis=0)),
        steps=tuple(change(_named(series, number), one) for number, one in enumerate(np.eye(count), 1)),
        without=without,
        fitted=without + steps @ shifts,
        surprises=surprises,
        wander=float(np.sqrt(max(result.params[1], 0.0))) * unit,
    )


def _columns(series: TimeSeries) -> tuple[Floats, Floats]:
    """Return the steps (T, S), and season and covariates about their means (T, K)."""
    place = np.arange(len(series.outcome))
    steps = np.column_stack([np.asarray(place >= start, dtype=np.float64) for start in series.starts])
    others = [column for _, column in seasonal(len(place), series.season)]
    others += [] if series.covariates is None else list(series.covariates.T)
    held = np.column_stack(others) if others else np.zeros((len(place), 0))
    spread = np.std(held, axis=0)
    return steps, (held - held.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def _fitted(outcome: Floats, exogenous: Floats) -> Any:  # statsmodels has no types
    model = _statsmodels().tsa.UnobservedComponents(outcome, level="llevel", exog=exogenous, mle_regression=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = model.fit(disp=0, maxiter=500)
    if not np.isfinite(result.llf):
        raise InputError(
            "the likelihood of the structural time series has no best point.",
            where="[design] estimator",
            do="Register `segmented`, or adjust for fewer columns.",
        )
    return result


def _statsmodels() -> Any:  # statsmodels has no types
    try:
        return import_module("statsmodels.api")
    except ImportError as error:
        raise InputError(
            "a structural time series needs statsmodels, which is not installed.",
            where='[design] estimator = "structural"',
            do='Install it with `pip install "clew[structural]"`, or register `segmented`.',
        ) from error


def _named(series: TimeSeries, number: int) -> str:
    return "level change" if len(series.starts) == 1 else f"level change {number}"
