"""Whether an effect lasts: by period, its trend over periods, and once the pilot's extra support has ended.

The effect in a period is the registered estimator on that period's rows. The trend is one regression of the outcome
within periods (and blocks) on being treated and on treated × time, with the registered standard errors: rows of one
cluster in several periods stay together, which effects taken one by one would forget.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from clew.errors import InputError
from clew.evaluate.arms import Arms, arms_of
from clew.evaluate.cluster_robust import cr1, cr2
from clew.evaluate.heteroskedastic import classical, robust
from clew.evaluate.looks import critical_value
from clew.evaluate.panel import in_time
from clew.evaluate.regression import Columns, Fit, fit
from clew.evaluate.rows import Key, Layout, Moments, Rows, numbered, select
from clew.pilot.protocol import Design, Outcome

Interval = tuple[float, float]
Lasting = Literal["sustained", "fades", "cannot be told"]

JOINT: Final = "period and block"
"""The made-up key column of joint periods and blocks."""


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect in one period, or after support ended: in the outcome's units, its interval at the look's level.

    None, with the reason `why`, where it cannot be told or too few units would be shown.
    """

    label: str
    time: float
    estimate: float | None
    std_error: float | None = None
    df: float | None = None
    interval: Interval | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line through the effects. `slope`: change of the effect from one period to the next (by 1 where
    periods are numbers); `first`, `last`: the line's height there."""

    slope: float
    std_error: float
    df: float
    interval: Interval
    first: float
    last: float
    span: float

    @property
    def half_life(self) -> float | None:
        """Periods until half of the effect at first is gone at this pace; None where it does not shrink."""
        return -self.first / (2 * self.slope) if self.slope * self.first < 0 else None


@dataclass(frozen=True, slots=True)
class Course:
    """The effect over time: `periods` in time, `trend` where there are two or more, `after` the extra support."""

    periods: tuple[Effect, ...]
    trend: Trend | None
    after: Effect | None = None

    @property
    def known(self) -> tuple[Effect, ...]:
        """The periods whose effect can be told."""
        return tuple(one for one in self.periods if one.estimate is not None)


def trend(rows: Rows, layout: Layout, design: Design, period: str, nominal_p: float) -> Trend | None:
    """The change of the effect with time, or None where fewer than two periods hold both arms.

    `layout`: arm, cluster, block and weights; what is adjusted for is left aside.

    Raises: InputError where there are too few clusters, or rows are weighted and stand alone.
    """
    asked = replace(layout, keys=(period,), level=None, adjust_for=(), groups=(), variables=())
    moments = rows.moments(asked)
    key = moments.keys[design.arm]
    dealt = arms_of(design, {key.labels[code] for code in numbered(key.codes)[0]})
    moments = select(moments, key.where(dealt.treated) | key.where(dealt.comparison))
    moments, level = _within(moments, period, layout.level or layout.block)
    times = _times(moments.keys[period])
    both = _both(moments, dealt, period)
    if len(both) < 2:
        return None
    cluster = layout.cluster if design.standard_errors in {"cr1", "cr2"} else None
    fitted = fit(moments, _columns(moments, dealt, times - min(both)), level, cluster)
    if fitted.left_out:
        return None
    error, df = _uncertainty(design, fitted, moments, (rows, replace(asked, level=level)))
    margin = critical_value(nominal_p, df) * error
    slope, first = (float(one) for one in fitted.coefficients[:2])
    span = max(both) - min(both)
    return Trend(slope, error, df, (slope - margin, slope + margin), first, first + slope * span, span)


def _uncertainty(design: Design, fitted: Fit, moments: Moments, source: tuple[Rows, Layout]) -> tuple[float, float]:
    rows, layout = source
    match design.standard_errors:
        case "classical":
            return classical(fitted)
        case "cr1":
            return cr1(fitted)
        case "cr2":
            return cr2(fitted)
    if layout.weights:
        raise InputError("the trend of weighted rows needs clusters.", where="[sustained]", do="Name `cluster`.")
    return robust(fitted, moments, (rows, layout, ()), hc2=design.standard_errors == "hc2")


def _within(moments: Moments, period: str, block: str | None) -> tuple[Moments, str]:
    """The moments with the key column to be absorbed: periods, or joint periods and blocks."""
    if block is None:
        return moments, period
    keys = moments.keys
    codes = keys[period].codes * len(keys[block].labels) + keys[block].codes
    found, places = numbered(codes)
    joint = Key(tuple(str(code) for code in found), places)
    return replace(moments, keys={**keys, JOINT: joint}), JOINT


def _times(key: Key) -> np.ndarray:
    """The time of each cell."""
    order, times = in_time(key.labels)
    return np.asarray(times[np.argsort(order)[key.codes]])


def _both(moments: Moments, dealt: Arms, period: str) -> Sequence[float]:
    """The times at which both arms have rows."""
    times, treated = _times(moments.keys[period]), moments.keys[dealt.column].where(dealt.treated)
    return sorted(set(times[treated].tolist()) & set(times[~treated].tolist()))


def _columns(moments: Moments, dealt: Arms, since: np.ndarray) -> Columns:
    """Treated × time since the first period, then treated, so that the slope is the fit's effect."""
    treated = moments.keys[dealt.column].where(dealt.treated).astype(np.float64)
    loadings = np.zeros((len(moments.n), 2, moments.products.shape[1]))
    loadings[:, 0, 0], loadings[:, 1, 0] = treated * since, treated
    return Columns(("treated × time", dealt.treated), loadings)


def lasting(course: Course, outcome: Outcome) -> Lasting:
    """What the course says, read as an improvement.

    "fades": the trend's interval lies wholly below 0; or the last period's (without support: the later) interval lies
    below what is worth having while the line falls. "sustained": no such thing, and the last period's effect (and that
    without support) lies wholly above 0. Else it cannot be told.
    """
    ends = [one for one in (course.known[-1] if course.known else None, course.after) if one is not None]
    bounds = [tuple(sorted(outcome.sign * end for end in one.interval)) for one in ends if one.interval is not None]
    falls = course.trend is not None and outcome.sign * course.trend.slope < 0
    if course.trend is not None and max(outcome.sign * end for end in course.trend.interval) < 0:
        return "fades"
    if (falls or course.after is not None) and any(high < outcome.worth_having for _, high in bounds[-1:]):
        return "fades"
    told = len(course.known) > 1 or course.after is not None
    return "sustained" if told and len(bounds) == len(ends) and all(low > 0 for low, _ in bounds) else "cannot be told"
