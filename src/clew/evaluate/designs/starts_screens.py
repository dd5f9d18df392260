"""What is asked of data that follow units over time: earlier trends, few treated, outcomes that are missing."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from clew.evaluate.aggregation import Averages
from clew.evaluate.designs.starts_data import Seen
from clew.evaluate.finding import Alternative, LookAt, Screen
from clew.evaluate.honest import break_down, relative_magnitudes
from clew.evaluate.looks import critical_value
from clew.evaluate.overlap import NO_LIKE, Overlap, cover
from clew.evaluate.pre_trends import FEWEST, Before, joint_test, straight_on
from clew.evaluate.screens import Followed, differential_attrition

TREND_P: Final = 0.05
"""Earlier trends are questioned below this p-value: the test sees little, so it is not made stricter."""

MOST_ALONE: Final = 0.05
"""Overlap is questioned where a larger share of the treated has no like: fewer cannot move the average far."""

LEVEL_OF_ONE: Final = 1.0
"""The multiple of earlier movements that the sensitivity figure allows."""


def pre_trends(earlier: Before, df: float, look: LookAt) -> Screen:
    """Ask whether both sides already moved apart; `instead`: the effect if a straight line through that goes on."""
    name = "pre-trends"
    if not len(earlier.times):
        why = (
            "Only one period lies before the start, so nobody can see whether both sides moved alike until then: what"
            " speaks for it?"
        )
        return Screen(name, flag=True, statistic=None, why=why)
    estimate, error = straight_on(earlier)
    margin = critical_value(look.nominal_p, df) * error
    line = Alternative(
        "a straight line through the periods before goes on", estimate, (estimate - margin, estimate + margin)
    )
    test = joint_test(earlier, df)
    largest = earlier.estimate[np.argmax(np.abs(earlier.estimate))]
    said = f"Before the start, the difference between both sides is off by up to {largest:+.3g} from just before it"
    if test is None:
        why = f"{said}; with so few units that cannot be told from chance: what speaks for parallel trends?"
        return Screen(name, flag=True, statistic=None, why=why, instead=line)
    flag = test.p_value < TREND_P
    question = ": why should they have moved alike after it?" if flag else ", no more than chance does."
    figures = f"F = {test.statistic:.2f}, p = {test.p_value:.2g}"
    return Screen(name, flag, test.statistic, f"{said} ({figures}){question}", test.p_value, line)


def sensitivity(study: Averages, df: float, look: LookAt, counted: str = "") -> Iterator[Screen]:
    """Say how far from parallel trends things may be before the interval holds zero; `instead`: as far as before.

    `counted`: how the study's effect is counted, where that is not how the registered one is.
    """
    critical = critical_value(look.nominal_p, df)
    found = relative_magnitudes(study, LEVEL_OF_ONE, critical)
    if found is None:
        return
    broken = break_down(study, critical)
    moves = "as they ever did before the start"
    if broken is None:
        why = (
            f"Even if treated units move away from the others ten times as much {moves}, the interval leaves out zero."
        )
    elif broken == 0:
        why = f"The interval holds zero even with parallel trends; if units part as much {moves}, it is wider."
    else:
        times = f"{broken:.2f} times as much"
        why = f"Once treated units move away from the others {times} {moves}, the interval holds zero."
    if counted:
        why = f"{counted}, {why[0].lower()}{why[1:]}"
    instead = Alternative("trends may part as much as they ever did before the start", study.mean, found.interval)
    yield Screen("parallel trends", flag=False, statistic=broken, why=why, instead=instead)


def few_treated(treated: int, compared: int, what: str, alone: int = 0) -> Screen:
    """Ask whether so few treated or comparison units (`what`: their plural) can be told from chance at all.

    `alone`: how many of the treated start with no other.

    Source: MacKinnon & Webb (2017), Wild bootstrap inference for wildly different cluster sizes, J. Applied
    Econometrics 32(2): with few treated clusters, robust standard errors are far too small.
    """
    said = f"{treated} treated and {compared} comparison {what}"
    flag = min(treated, compared) < FEWEST
    lone = f" {alone} start alone: how they move by chance is not in the standard error." if alone else ""
    why = f"{said}: are so few like any others that might have been chosen?" if flag else f"{said}."
    return Screen(f"few treated {what}", flag, float(min(treated, compared)), why + lone)


def coverage(found: tuple[Overlap, ...], periods: Sequence[str]) -> Iterator[Screen]:
    """Ask who is like the treated, where many of them have a chance of treatment near 1 given baseline columns.

    Source: Crump, Hotz, Imbens & Mitnik (2009), Dealing with limited overlap in estimation of average treatment
    effects, Biometrika 96(1): chances above 0.9. That one in twenty treated units may have them is this project's rule.
    """
    if not found:
        return
    all_of_them = cover(found)
    least, share = all_of_them.least, all_of_them.alone / all_of_them.treated
    said = (
        f"Given baseline columns, {all_of_them.alone} of {all_of_them.treated} treated units had a chance of treatment"
        f" above {NO_LIKE:.0%}, and {all_of_them.beyond} above that of every comparison unit"
    )
    thin = (
        f" Where they are covered least ({least.treated} with start {periods[least.start]}), the {least.compared}"
        f" comparison units count as {least.effective:.1f}; their largest chance is {least.largest:.2f}, the 99th"
        f" percentile {least.high:.2f}."
    )
    flag = share > MOST_ALONE
    question = ": who among the others is like them?" if flag else "."
    yield Screen("overlap", flag, share, said + question + thin)


def left_out(units: int, of: int) -> Iterator[Screen]:
    """Say how many units nobody can be compared with, where there are any."""
    if units:
        why = (
            f"{units} of {of} units are treated from the first period on, or seen only when all are treated: they have"
            " no before, and are left out."
        )
        yield Screen("units left out", flag=False, statistic=float(units), why=why)


def attrition(found: Seen) -> Screen:
    """Ask whether unit-periods are missing more often among the treated; units are the clusters of this test."""
    treated = found.start < found.start.max()
    gone = found.periods - (found.n > 0).sum(axis=1)
    followed = [Followed(side, found.periods, lost) for side, lost in zip(treated.tolist(), gone.tolist(), strict=True)]
    return differential_attrition(followed, clustered=True)
