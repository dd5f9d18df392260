"""Finding the least number that is enough."""

from collections.abc import Callable


def least(enough: Callable[[int], bool], most: int) -> int | None:
    """Return the least whole number from 1 that is enough, or None where `most` is not (more never harms).

    >>> least(lambda number: number**2 >= 50, 1_000)
    8
    """
    high = 1
    while not enough(high):
        high *= 2
        if high > most:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
