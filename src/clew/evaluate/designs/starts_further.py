"""Figures beside the effect of units followed over time: by time since the start, by cohort, by other estimators."""

from collections.abc import Iterator, Sequence
from math import isinf
from typing import Final, Literal

from scipy.special import ndtr, stdtr

from clew.errors import InputError
from clew.evaluate.aggregation import Averages
from clew.evaluate.finding import Further, LookAt
from clew.evaluate.looks import critical_value
from clew.evaluate.panel import Panel
from clew.evaluate.pre_trends import FEWEST
from clew.evaluate.rows import Floats
from clew.evaluate.two_way import two_way

MOST_TIMES: Final = 24
"""Times since the start that are listed one by one."""

MOST_SHOWN: Final = 48
"""Times since the start that are drawn."""

Kind = Literal["estimate", "warning", "period", "group"]


def further(
    name: str, found: tuple[float, float], df: float, look: LookAt, *, why: str = "", kind: Kind = "estimate"
) -> Further:
    """Return an estimate and its standard error with the interval and p-value of this look."""
    estimate, error = found
    if not error > 0:
        reason = "its uncertainty cannot be computed: too few units, or outcomes that do not vary"
        return Further(name, estimate, why=why or reason, kind=kind)
    margin, distance = critical_value(look.nominal_p, df) * error, -abs(estimate / error)
    return Further(
        name=name,
        estimate=estimate,
        std_error=error,
        interval=(estimate - margin, estimate + margin),
        level=round(1 - look.nominal_p, 12),
        df=None if isinf(df) else df,
        p_value=float(2 * (ndtr(distance) if isinf(df) else stdtr(df, distance))),
        why=why,
        kind=kind,
    )


def of_average(name: str, study: Averages, place: int, df: float, look: LookAt, why: str = "") -> Further:
    """Return one of the averages; without interval where it rests on one treated unit (or cluster) alone."""
    found, clusters = (float(study.estimate[place]), float(study.std_error[place])), int(study.clusters[place])
    if clusters < 2:
        return Further(name, found[0], why=why or "one unit: how it moves by chance is not known", kind="period")
    few = f"{clusters} treated units: too few for a standard error that can be relied on" if clusters < FEWEST else ""
    return further(name, found, df, look, why=why or few, kind="period")


def by_time(study: Averages, df: float, look: LookAt) -> Iterator[Further]:
    """Yield the differences at the times nearest to the start, at most `MOST_TIMES`."""
    for place in nearest(study.at, MOST_TIMES):
        yield of_average(time_name(float(study.at[place])), study, place, df, look)


def nearest(times: Sequence[float] | Floats, most: int) -> list[int]:
    """Return the places of the times nearest to the start, in their order.

    >>> nearest([-3.0, -2.0, 0.0, 1.0], 3)
    [1, 2, 3]
    """
    return sorted(sorted(range(len(times)), key=lambda place: (abs(times[place]), times[place]))[:most])


def time_name(time: float) -> str:
    """Return a time since the start in words.

    >>> time_name(-2.0), time_name(0.0)
    ('2 before the start', 'at the start')
    """
    return f"{time:g} after the start" if time > 0 else "at the start" if time == 0 else f"{-time:g} before the start"


def warned_of(panel: Panel, look: LookAt) -> Further:
    """Return plain two-way fixed effects, with what is wrong with them."""
    name = "two-way fixed effects"
    try:
        found = two_way(panel)
    except InputError as error:
        return Further(name, None, why=error.problems[0].what, kind="warning")
    why = (
        "units treated earlier serve as comparison for those treated later"
        f" ({found.negative:.0%} of the treated unit-periods count negatively)"
    )
    return further(name, (found.estimate, found.std_error), found.df, look, why=why, kind="warning")
