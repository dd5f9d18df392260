"""Moments as Polis writes them: milliseconds with Java's words for them, or seconds with a browser's; always in UTC."""

from collections.abc import Iterator
from functools import lru_cache

from clew.deliberate.moments import Ints

DAYS = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")  # 1970 began on a Thursday
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY_SECONDS = 86_400


def written_moments(at_ms: Ints, *, in_seconds: bool) -> Iterator[str]:
    """Return the two cells `timestamp,datetime` of each moment (milliseconds since 1970).

    >>> import numpy as np
    >>> next(written_moments(np.array([1651045893819]), in_seconds=False))
    '1651045893819,Wed Apr 27 07:51:33 UTC 2022'
    >>> next(written_moments(np.array([1651045893819]), in_seconds=True))
    '1651045893,Wed Apr 27 2022 07:51:33 GMT+0000 (Coordinated Universal Time)'
    """
    for moment in at_ms.tolist():
        seconds = moment // 1000
        day, clock = _day(seconds // DAY_SECONDS), _clock(seconds % DAY_SECONDS)
        if in_seconds:
            yield f"{seconds},{day[0]} {day[1]} {clock} GMT+0000 (Coordinated Universal Time)"
        else:
            yield f"{moment},{day[0]} {clock} UTC {day[1]}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


@lru_cache(maxsize=4096)
def _day(days: int) -> tuple[str, int]:
    """The day and the year of a day counted from 1970.

    Source: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms, `civil_from_days`.
    """
    era, rest = divmod(days + 719_468, 146_097)
    year = (rest - rest // 1460 + rest // 36_524 - rest // 146_096) // 365
    of_year = rest - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    number = of_year - (153 * month + 2) // 5 + 1
    calendar = month + 3 if month < 10 else month - 9
    return f"{DAYS[days % 7]} {MONTHS[calendar - 1]} {number:02}", year + era * 400 + (calendar <= 2)
