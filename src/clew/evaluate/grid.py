"""Numbers as integers on a grid, so that sums are exact and the same in any order.

A value x becomes round((x − low) · 2^e), an integer of at most `BITS` bits; products of two are summed as 128-bit
integers. Integers associate: shuffled rows, other threads and other chunks give the same sums to the last bit, and an
offset or an outlier elsewhere costs no digit when the sums are moved to a mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import frexp, ldexp, sqrt

from clew.evaluate.profile import Profile
from clew.evaluate.table import number

BITS = 50
WEIGHTED_BITS = 40
SPARE = 122
"""Bits that the sum of the products may take, with room for moving it to a mean."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A variable on its grid. `sql`: the integer. `low`: its origin. `exponent`: units are 2^−exponent. `bits`: most
    that the integer takes."""

    sql: str
    low: float
    exponent: int
    bits: int


def grids(variables: list[Profile], weights: Profile | None, rows: int) -> list[Grid]:
    """The weight (1 without weights) and each variable on its grid; with weights all are times √w."""
    if weights is None:
        bits = min(BITS, (SPARE - rows.bit_length()) // 2)
        return [Grid("1", 0.0, 0, 1), *(_plain(one, bits) for one in variables)]
    root = f"sqrt({weights.sql})"
    most = sqrt(float(weights.high or 0))
    return [_scaled(root, most, 0.0), *(_weighted(one, root, most) for one in variables)]


def finer(grids_: Sequence[Grid], rows: int) -> int:
    """By how many bits sums can be refined before they are moved to a mean: none without weights."""
    widest = max(grid.bits for grid in grids_)
    return 0 if grids_[0].sql == "1" else max(0, (SPARE - rows.bit_length() - 2 * widest) // 2)


def _plain(one: Profile, bits: int) -> Grid:
    low, high = one.low or 0, one.high or 0
    if isinstance(low, int) and isinstance(high, int) and (high - low).bit_length() <= bits and abs(low) < 2**53:
        return Grid(f"(CAST({one.sql} AS BIGINT) - ({low}))", float(low), 0, (high - low).bit_length())
    exponent = _exponent(float(high) - float(low), bits)
    scale = number(ldexp(1.0, exponent))
    return Grid(f"CAST(({one.sql} - {number(float(low))}) * {scale} AS BIGINT)", float(low), exponent, bits)


def _weighted(one: Profile, root: str, most: float) -> Grid:
    low, high = float(one.low or 0), float(one.high or 0)
    return _scaled(f"{root} * ({one.sql} - {number(low)})", most * (high - low), low)


def _scaled(sql: str, most: float, low: float) -> Grid:
    exponent = _exponent(most, WEIGHTED_BITS)
    return Grid(f"CAST({sql} * {number(ldexp(1.0, exponent))} AS BIGINT)", low, exponent, WEIGHTED_BITS)


def _exponent(span: float, bits: int) -> int:
    """The largest e with span · 2^e < 2^bits, kept where 2^e is a number."""
    return min(bits - frexp(span)[1], 1000) if span else 0


def product(left: Grid, right: Grid, columns: tuple[str, str]) -> str:
    """The product of two grid integers as SQL, in as few bits as it needs."""
    if left.sql == "1":
        return columns[1] if right.sql != "1" else "1"
    wide = "::HUGEINT" if left.bits + right.bits > 62 else ""
    return f"{columns[0]}{wide} * {columns[1]}"
