"""An offer dealt by chance as the instrument of what people received: two-stage least squares from the same moments.

With one instrument the estimate is the effect of the offer on the outcome over its effect on receiving, by the same
columns in both. The residual of y − βd on offer and columns is that of two-stage least squares, so every standard error
that the registered estimator has for y (classical, HC1, HC2, CR1, CR2) becomes that of β when y − βd takes the
outcome's place and the result is divided by the first stage. Nothing but the outcome of the moments changes.

The Anderson–Rubin set holds every β that the same test does not reject for y − βd. It keeps its level however weak the
offer is. As the variance is quadratic in β, the set is solved for, not searched.

Sources: Imbens & Angrist (1994), Econometrica 62; Anderson & Rubin (1949), Ann. Math. Stat. 20; Andrews, Stock & Sun
(2019), Weak instruments in instrumental variables regression, Annual Review of Economics 11.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf, isinf, sqrt
from typing import Final

import numpy as np

from clew.errors import InputError
from clew.evaluate.blocks import Effect
from clew.evaluate.rows import Curves, Layout, Moments, Rows, Tally, Within, distinct

RECEIVED: Final = 2
"""Where what was received stands among (1, outcome, received, covariates)."""

NO_DIFFERENCE: Final = 1e-12
"""A first stage of less than this share of the received column's spread is rounding, not an offer taken up."""

EVERYBODY: Final = 1e-7
"""A first stage whose standard error is below this share of it varies by rounding alone."""


@dataclass(frozen=True, slots=True)
class Combined:
    """The same rows with `own` · outcome + `by` · `received` in the outcome's place; satisfies `Rows`."""

    rows: Rows
    received: str
    own: float
    by: float

    def tally(self, layout: Layout) -> Tally:
        """Count rows as they are; see `Rows.tally`."""
        return self.rows.tally(layout)

    def moments(self, layout: Layout, within: Within = ()) -> Moments:
        """Sufficient statistics of the combination beside the covariates; see `Rows.moments`."""
        found = self.rows.moments(self._beside(layout), within)
        width = found.products.shape[1]
        turn = np.delete(np.eye(width), RECEIVED, axis=0)
        turn[1, 1:3] = self.own, self.by
        first = abs(self.own) * sqrt(found.noise[0]) + abs(self.by) * sqrt(found.noise[1])
        return replace(
            found,
            covariates=found.covariates[1:],
            centre=turn[1:, 1:] @ found.centre,
            products=turn @ found.products @ turn.T,
            noise=np.array([first**2, *found.noise[2:]]),
        )

    def squares(self, layout: Layout, curves: Curves, within: Within = ()) -> float:
        """The sum over rows for the combination, as a function of the columns that the rows have; see `Rows.squares`.

        Its centre lies wholly with the outcome (with `received` where the outcome has no part): the split is free.
        """
        residual = np.insert(curves.residual, RECEIVED, self.by * curves.residual[:, 1], axis=1)
        residual[:, 1] *= self.own
        leverage = curves.leverage
        if leverage is not None:
            leverage = np.insert(np.insert(leverage, RECEIVED, 0.0, axis=1), RECEIVED, 0.0, axis=2)
        where = curves.centre[0]
        first = (where / self.own, 0.0) if self.own else (0.0, where / self.by)
        changed = replace(
            curves,
            centre=np.array([*first, *curves.centre[1:]]),
            residual=residual,
            influence=np.insert(curves.influence, RECEIVED, 0.0, axis=1),
            leverage=leverage,
        )
        return self.rows.squares(self._beside(layout), changed, within)

    def _beside(self, layout: Layout) -> Layout:
        return replace(layout, variables=distinct(self.received, *layout.variables))


@dataclass(frozen=True, slots=True)
class ConfidenceSet:
    """A set of numbers: closed parts, ascending and apart, whose ends may be infinite. Units: the effect's.

    Five shapes are told apart; "empty" cannot come from one instrument, as the set always holds the estimate itself.
    """

    parts: tuple[tuple[float, float], ...]

    @property
    def shape(self) -> str:
        """ "interval", "half line", "whole line", "all but an interval" or "empty"."""
        if not self.parts:
            return "empty"
        if len(self.parts) == 2:
            return "all but an interval"
        return ("interval", "half line", "whole line")[sum(isinf(end) for end in self.parts[0])]

    @property
    def hull(self) -> tuple[float, float]:
        """The smallest interval that holds the set.

        Raises: ValueError where it is empty.
        """
        return min(low for low, _ in self.parts), max(high for _, high in self.parts)

    def holds(self, value: float) -> bool:
        """Whether a value lies in the set."""
        return any(low <= value <= high for low, high in self.parts)


@dataclass(frozen=True, slots=True)
class Instrumented:
    """What the offer did to the outcome, to receiving, and so what receiving does to those whom the offer moved.

    `to_treat`, `first_stage`: estimate, standard error and degrees of freedom of the offer's effect on the outcome and
    on receiving. `estimate`, `std_error`: of receiving, in the outcome's units. `covariance`: between `to_treat` and
    `first_stage`. The reference is t with the degrees of freedom of `to_treat`.
    """

    to_treat: Effect
    first_stage: Effect
    estimate: float
    std_error: float
    covariance: float

    @property
    def df(self) -> float:
        """Degrees of freedom of the t reference."""
        return self.to_treat[2]

    @property
    def effective_f(self) -> float:
        """The first stage's squared t, which with one instrument is the effective F; inf where everybody complies.

        Source: Montiel Olea & Pflueger (2013), A robust test for weak instruments, JBES 31(3).
        """
        estimate, std_error, _ = self.first_stage
        return (estimate / std_error) ** 2 if std_error else inf

    def anderson_rubin(self, critical: float) -> ConfidenceSet:
        """All β whose reduced form lies within `critical` standard errors of 0: a β² − 2 b β + c ≤ 0."""
        (reduced, error, _), (first, first_error, _) = self.to_treat, self.first_stage
        a = first**2 - (critical * first_error) ** 2
        b = reduced * first - critical**2 * self.covariance
        c = reduced**2 - (critical * error) ** 2
        lost = max((error * first_error) ** 2 - self.covariance**2, 0.0)
        quarter = critical**2 * ((first**2 * self.std_error) ** 2 - critical**2 * lost)
        return ConfidenceSet(_not_above_zero(a, b, c, quarter))


def _not_above_zero(a: float, b: float, c: float, quarter: float) -> tuple[tuple[float, float], ...]:
    """Where a x² − 2 b x + c ≤ 0, with b² − a c = `quarter`, which rounding may leave just below 0."""
    if a == 0:
        return ((-inf, inf),) if b == 0 else (((c / (2 * b), inf),) if b > 0 else ((-inf, c / (2 * b)),))
    if a < 0 and quarter <= 0:
        return ((-inf, inf),)
    reach = b + sqrt(max(quarter, 0.0)) * (1 if b >= 0 else -1)
    low, high = sorted((reach / a, c / reach if reach else 0.0))
    return ((low, high),) if a > 0 else ((-inf, low), (high, inf))


def instrumented(effect_of: Callable[[Rows], Effect], rows: Rows, received: str) -> Instrumented:
    """Two-stage least squares with the offer as the one instrument, by the estimator that `effect_of` is.

    `effect_of`: the offer's effect on the outcome of the rows it is given, with its standard error and degrees of
    freedom; linear in the outcome, its variance quadratic. It is asked four times.

    Raises: InputError where the offer changes nothing in what is received.
    """
    to_treat = effect_of(Combined(rows, received, 1.0, 0.0))
    first = first_stage(effect_of, rows, received)
    estimate = to_treat[0] / first[0]
    _, residual, _ = effect_of(Combined(rows, received, 1.0, -estimate))
    covariance = _covariance(effect_of, rows, received, (to_treat[1], first[1]))
    return Instrumented(to_treat, first, estimate, residual / abs(first[0]), covariance)


def first_stage(effect_of: Callable[[Rows], Effect], rows: Rows, received: str) -> Effect:
    """The offer's effect on receiving; its standard error is 0 where that is rounding alone: all do as offered.

    Raises: InputError where there is none.
    """
    estimate, std_error, df = effect_of(Combined(rows, received, 0.0, 1.0))
    if abs(estimate) <= NO_DIFFERENCE * max(1.0, std_error):
        raise InputError(
            "as much was received with the offer as without it, so the offer can have done nothing by it.",
            where=f"column {received}",
            do="Check the column; to judge the offer by itself, register kind `randomised`.",
        )
    return estimate, std_error if std_error > EVERYBODY * abs(estimate) else 0.0, df


def _covariance(effect_of: Callable[[Rows], Effect], rows: Rows, received: str, errors: tuple[float, float]) -> float:
    """Half of what the variance of y + s·d has beyond its parts, with s such that both parts weigh the same."""
    if not all(errors):
        return 0.0
    scale = errors[0] / errors[1]
    _, both, _ = effect_of(Combined(rows, received, 1.0, scale))
    return (both**2 - 2 * errors[0] ** 2) / (2 * scale)
