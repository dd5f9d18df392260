"""Where periods lie on their calendar, so that one that is missing is seen: years, quarters, months, weeks, days.

Periods are told apart by their names alone: numbers, 2024-03, 202403, 2024-Q1, 2024-W07, 2024-03-01.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

MONTH = re.compile(r"(\d{4})[-/.]?(0[1-9]|1[0-2])")
QUARTER = re.compile(r"(\d{4})[- ]?[Qq]([1-4])")
WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})")
DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ]00:00(?::00)?)?")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Periods on their calendar. `places`: one for each, in units of `unit`; `round`: how many periods make a year (a
    week, of days), None where the calendar has no such round or is not known to have one."""

    unit: str
    places: tuple[float, ...]
    round: int | None

    @property
    def step(self) -> float:
        """The shortest distance between neighbours."""
        return min(later - earlier for earlier, later in pairwise(self.places))


def calendar_of(periods: tuple[str, ...]) -> Calendar | None:
    """Return where the periods, in time, lie; None where their names tell nothing, or there are fewer than two."""
    if len(periods) < 2:
        return None
    for read in (_months, _quarters, _weeks, _days, _numbers):
        found = read(periods)
        if found is not None and found.step > 0:
            return found
    return None


def gaps(periods: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return the neighbours between which at least one period is missing.

    >>> gaps(("2024-01", "2024-02", "2024-05"))
    (('2024-02', '2024-05'),)
    """
    found = calendar_of(periods)
    if found is None:
        return ()
    pairs = zip(pairwise(periods), pairwise(found.places), strict=True)
    return tuple(names for names, (earlier, later) in pairs if later - earlier > 1.5 * found.step)


def _all(
    pattern: re.Pattern[str], periods: tuple[str, ...], place: Callable[[re.Match[str]], float]
) -> tuple[float, ...] | None:
    matches = [pattern.fullmatch(name) for name in periods]
    try:
        return None if None in matches else tuple(place(match) for match in matches if match)
    except ValueError:  # a day or a week that no calendar has
        return None


def _months(periods: tuple[str, ...]) -> Calendar | None:
    places = _all(MONTH, periods, lambda match: 12 * int(match[1]) + int(match[2]))
    if places is None:
        same_day = len({name[7:] for name in periods}) == 1
        places = _all(DAY, periods, lambda match: 12 * int(match[1]) + int(match[2])) if same_day else None
    if places is None:
        return None
    step = min(later - earlier for earlier, later in pairwise(places))
    return Calendar("month", places, {1.0: 12, 3.0: 4}.get(step))


def _quarters(periods: tuple[str, ...]) -> Calendar | None:
    places = _all(QUARTER, periods, lambda match: 4 * int(match[1]) + int(match[2]))
    return None if places is None else Calendar("quarter", places, 4)


def _weeks(periods: tuple[str, ...]) -> Calendar | None:
    places = _all(WEEK, periods, lambda match: date.fromisocalendar(int(match[1]), int(match[2]), 1).toordinal() // 7)
    return None if places is None else Calendar("week", places, 52)


def _days(periods: tuple[str, ...]) -> Calendar | None:
    places = _all(DAY, periods, lambda match: date(int(match[1]), int(match[2]), int(match[3])).toordinal())
    if places is None:
        return None
    if min(later - earlier for earlier, later in pairwise(places)) == 7:
        return Calendar("day", places, 52)
    if any(place % 7 in {6, 0} for place in places):  # ordinal 1 is a Monday, so 6 and 7 are a weekend
        return Calendar("day", places, 7)
    days = np.array([name[:10] for name in periods], dtype="datetime64[D]")
    return Calendar("working day", tuple(np.busday_count(days[0], days).astype(float).tolist()), 5)


def _numbers(periods: tuple[str, ...]) -> Calendar | None:
    try:
        return Calendar("period", tuple(float(name) for name in periods), None)
    except ValueError:
        return None
