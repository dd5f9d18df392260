"""Moments that files give in seconds or milliseconds since 1970: one unit for a whole column, told by its size."""

import numpy as np
from numpy.typing import NDArray

from clew.errors import Problem

Ints = NDArray[np.int64]

MILLISECONDS_FROM = 10**11
"""From here on a moment is in milliseconds (1973 as milliseconds, the year 5138 as seconds)."""

TOO_LATE = 10**14
"""From here on it is in neither unit (microseconds, mostly)."""


def as_milliseconds(moments: Ints) -> tuple[Ints, tuple[str, ...]]:
    """Return the moments of one column in milliseconds, and a sentence where some of them look like seconds.

    The largest one decides for all: Polis writes 13 digits (milliseconds) or 10 (seconds).
    """
    if not len(moments) or moments.max() < MILLISECONDS_FROM:
        return moments.astype(np.int64) * 1000, ()
    seconds = int((moments < MILLISECONDS_FROM).sum())
    looks = "looks like seconds and counts" if seconds == 1 else "look like seconds and count"
    said = (
        f"Timestamps are taken as milliseconds, as the largest is; {seconds} of {len(moments)} {looks} as very early. "
        "Write all of them in one unit."
    )
    return moments.astype(np.int64, copy=False), (said,) if seconds else ()


def too_late(count: int, where: str) -> Problem:
    """The complaint about moments in a finer unit."""
    return Problem(
        f"{count} of the timestamps {'is' if count == 1 else 'are'} too large for milliseconds.",
        where,
        "Write seconds or milliseconds since 1970.",
    )
