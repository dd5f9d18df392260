"""Numbers as integers on a grid, so that sums are exact and the same in any order.

A value x becomes round((x − origin) · 2^e), an integer of some fifty bits; products of two are summed as 128-bit
integers. Integers associate: shuffled rows, other threads and other chunks give the same sums to the last bit, and an
offset or an outlier elsewhere costs no digit when the sums are moved to a mean. The origin is 0, or the end of the
range that is nearer to 0, so that the subtraction itself loses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import frexp, ldexp, sqrt

from clew.evaluate.profile import Profile
from clew.evaluate.table import number

SPARE = 122
"""Bits that the sum of the products may take, with room for moving it to a mean."""

MOST = 60
"""Bits that one value may take."""

FINER = 10
"""Bits kept free with weights, by which sums are refined before they are moved to a mean."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A variable on its grid. `sql`: the integer. `origin`: where it is 0. `exponent`: units are 2^−exponent. `bits`:
    most that its absolute value takes."""

    sql: str
    origin: float
    exponent: int
    bits: int


def grids(variables: Sequence[Profile], weights: Profile | None, rows: int) -> list[Grid]:
    """The weight (1 without weights) and each variable on its grid; with weights all are times √w."""
    if weights is None:
        bits = min(MOST, (SPARE - rows.bit_length()) // 2)
        return [Grid("1", 0.0, 0, 1), *(_plain(one, bits) for one in variables)]
    bits = min(MOST, (SPARE - rows.bit_length()) // 2 - FINER)
    root, most = f"sqrt({weights.sql})", sqrt(float(weights.high or 0))
    scaled = [_scaled(f"{root} * ({_from_origin(one)})", most * _reach(one), _origin(one), bits) for one in variables]
    return [_scaled(root, most, 0.0, bits), *scaled]


def finer(grids_: Sequence[Grid]) -> int:
    """By how many bits sums are refined before they are moved to a mean: none without weights."""
    return 0 if grids_[0].sql == "1" else FINER


def _origin(one: Profile) -> float:
    return min(max(0.0, float(one.low or 0)), float(one.high or 0))


def _reach(one: Profile) -> float:
    """The largest distance from the origin."""
    return max(float(one.high or 0) - _origin(one), _origin(one) - float(one.low or 0))


def _from_origin(one: Profile) -> str:
    return f"{one.sql} - {number(_origin(one))}"


def _plain(one: Profile, bits: int) -> Grid:
    ends = (one.low or 0, one.high or 0)
    if all(isinstance(end, int) and abs(end) < 2**53 for end in ends) and _reach(one) < 2**bits:
        origin = int(_origin(one))
        return Grid(f"(CAST({one.sql} AS BIGINT) - ({origin}))", float(origin), 0, int(_reach(one)).bit_length())
    return _scaled(f"({_from_origin(one)})", _reach(one), _origin(one), bits)


def _scaled(sql: str, reach: float, origin: float, bits: int) -> Grid:
    exponent = _exponent(reach, bits)
    return Grid(f"CAST({sql} * {number(ldexp(1.0, exponent))} AS BIGINT)", origin, exponent, bits)


def _exponent(reach: float, bits: int) -> int:
    """The largest e with reach · 2^e < 2^bits, kept where 2^e is a number."""
    return min(bits - frexp(reach)[1], 1000) if reach else 0


def product(left: Grid, right: Grid, columns: tuple[str, str]) -> str:
    """The product of two grid integers as SQL, in as few bits as it needs."""
    if left.sql == "1":
        return columns[1] if right.sql != "1" else "1"
    wide = "::HUGEINT" if left.bits + right.bits > 62 else ""
    return f"{columns[0]}{wide} * {columns[1]}"
