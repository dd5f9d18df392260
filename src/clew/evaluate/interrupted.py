"""Interrupted time series: a trend that is broken at known periods, and what would have come without the breaks.

Each interruption may shift the level and bend the slope. The effect is the mean, over all periods from the first
interruption on, of the fitted series less the earlier trend carried on; the season, covariates and the control series
are the same in both.

Source: Wagner, Soumerai, Zhang & Ross-Degnan (2002), Segmented regression analysis of interrupted time series studies
in medication use research, J. Clin. Pharm. Ther. 27; Bernal, Cummins & Gasparrini (2017), Interrupted time series
regression for the evaluation of public health interventions, Int. J. Epidemiol. 46(1).
"""

from dataclasses import dataclass

import numpy as np

from clew.errors import InputError
from clew.evaluate.autocorrelation import prais_winsten, restricted_rho
from clew.evaluate.newey_west import TimeFit, corrected, error_of, least_squares, newey_west, rank, usual_lag
from clew.evaluate.rows import Floats

DUMMIES_UP_TO = 12
"""A season of at most so many periods has an indicator for each of them; a longer one two pairs of harmonics."""


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """One outcome over T periods that follow each other without gap.

    `starts`: places of the first period after each interruption, ascending. `season`: periods until the calendar
    repeats, None without one. `covariates`: (T, K), named `names`. `control`: (T,) the same outcome where nothing
    changed; the analysis is then of the difference, whose trend and season are those that the two do not share.
    `slopes`: whether an interruption may bend the slope.
    """

    outcome: Floats
    starts: tuple[int, ...]
    season: int | None = None
    covariates: Floats | None = None
    names: tuple[str, ...] = ()
    control: Floats | None = None
    slopes: bool = True

    @property
    def analysed(self) -> Floats:
        """The series that is regressed: the outcome, or how far it lies above the control series: (T,)."""
        return self.outcome if self.control is None else self.outcome - self.control


@dataclass(frozen=True, slots=True)
class Change:
    """A coefficient or the effect: `estimate` in the outcome's units (per period for a slope), and its uncertainty."""

    name: str
    estimate: float
    std_error: float
    df: float


@dataclass(frozen=True, slots=True)
class Segmented:
    """A fitted segmented regression. `names`: (k,) of the columns. `lag`: periods that standard errors look back.

    `rho`: the errors' first-order autocorrelation, by which standard errors are corrected for a short series.
    `contrast`: (k,), what the coefficients are multiplied by to give the effect.
    """

    series: TimeSeries
    names: tuple[str, ...]
    fit: TimeFit
    lag: int
    rho: float
    contrast: Floats

    @property
    def effect(self) -> Change:
        """Mean difference from the earlier trend carried on, over all periods from the first interruption on."""
        return self.of("effect", self.contrast)

    @property
    def fitted(self) -> Floats:
        """The outcome as fitted; with a control series, its part added again: (T,)."""
        return self.series.outcome - self.fit.residuals

    @property
    def without(self) -> Floats:
        """The fitted outcome had no interruption come: (T,)."""
        breaks = self.fit.design[:, : breaks_of(self.series)] @ self.fit.coefficients[: breaks_of(self.series)]
        return np.asarray(self.fitted - breaks)

    def of(self, name: str, contrast: Floats) -> Change:
        """Return a linear function of the coefficients with its Newey–West standard error, corrected."""
        found = corrected(self.fit, contrast, self.lag, self.rho)
        return Change(name, float(contrast @ self.fit.coefficients), found.std_error, found.df)

    def uncorrected(self) -> Change:
        """Return the effect with the plain Newey–West standard error, as most programs give it."""
        error = error_of(self.contrast, newey_west(self.fit, self.lag))
        return Change("effect", float(self.contrast @ self.fit.coefficients), error, self.fit.df)

    def changes(self) -> tuple[Change, ...]:
        """Return level and slope change of every interruption, in time."""
        each = np.eye(len(self.names))[: breaks_of(self.series)]
        return tuple(self.of(name, one) for name, one in zip(self.names, each, strict=False))


def breaks_of(series: TimeSeries) -> int:
    """How many columns the interruptions take; they come first."""
    return len(series.starts) * (2 if series.slopes else 1)


def design_of(series: TimeSeries) -> tuple[tuple[str, ...], Floats]:
    """Return the regression's columns and their names: breaks, intercept, trend, season, covariates. (T, k).

    The trend counts periods; a level change is that in the first period after the interruption.
    """
    place = np.arange(len(series.outcome), dtype=np.float64)
    named: list[tuple[str, Floats]] = []
    for number, start in enumerate(series.starts, 1):
        after = np.asarray(place >= start, dtype=np.float64)
        which = f" {number}" if len(series.starts) > 1 else ""
        named.append((f"level change{which}", after))
        named += [(f"slope change{which}", (place - start) * after)] if series.slopes else []
    named += [("intercept", np.ones_like(place)), ("trend", place)]
    named += seasonal(len(place), series.season)
    if series.covariates is not None:
        named += list(zip(series.names, series.covariates.T, strict=True))
    return tuple(name for name, _ in named), np.column_stack([column for _, column in named])


def seasonal(periods: int, season: int | None) -> list[tuple[str, Floats]]:
    """Return the season's columns: an indicator of each place in it but the first, or two pairs of harmonics.

    Source: harmonics as in Bernal, Cummins & Gasparrini (2017).
    """
    if season is None:
        return []
    place = np.arange(periods)
    if season <= DUMMIES_UP_TO:
        return [
            (f"season {turn + 1}", np.asarray(place % season == turn, dtype=np.float64)) for turn in range(1, season)
        ]
    angle = 2 * np.pi * place / season
    return [
        (f"season {name}{turn}", np.asarray(wave(turn * angle)))
        for turn in (1, 2)
        for name, wave in (("sin", np.sin), ("cos", np.cos))
    ]


def segmented(series: TimeSeries, lag: int | None = None) -> Segmented:
    """Fit the segmented regression with Newey–West standard errors; `lag` None: by their rule of thumb.

    Raises: InputError where columns cannot be told apart, or there are no more periods than parameters.
    """
    names, design = design_of(series)
    _estimable(names, design)
    fit = least_squares(design, series.analysed)
    lags = usual_lag(len(fit.residuals)) if lag is None else lag
    rho = restricted_rho(design, series.analysed)
    return Segmented(series, names, fit, lags, rho, effect_contrast(series, design))


def effect_contrast(series: TimeSeries, design: Floats) -> Floats:
    """What the coefficients are multiplied by to give the effect: the breaks' columns, averaged from the first on."""
    contrast = np.zeros(design.shape[1])
    contrast[: breaks_of(series)] = design[min(series.starts) :, : breaks_of(series)].mean(axis=0)
    return contrast


def _estimable(names: tuple[str, ...], design: Floats) -> None:
    periods, parameters = design.shape
    if periods <= parameters:
        raise InputError(
            f"{periods} periods cannot support {parameters} parameters ({', '.join(names)}).",
            where="[design] from, season; [outcome] adjust_for",
            do="Bring more periods, a shorter season or fewer interruptions, or adjust for less.",
        )
    if rank(design) < parameters:
        raise InputError(
            f"the columns of the regression cannot be told apart: {', '.join(names)}.",
            where="[design] from; [outcome] adjust_for",
            do="Leave out covariates that change only when the interruption comes or that are a trend themselves.",
        )


def first_order(series: TimeSeries) -> tuple[Change, float]:
    """Return the effect by Prais and Winsten's method, and ρ: the check of the Newey–West standard error."""
    _, design = design_of(series)
    found = prais_winsten(design, series.analysed)
    contrast = effect_contrast(series, design)
    error = error_of(contrast, found.fit.classical())
    return Change("effect", float(contrast @ found.fit.coefficients), error, found.fit.df), found.rho
