"""Numbers as integers on a grid, so that sums are exact and the same in any order.

A value x becomes round((x − origin) · 2^e), an integer of some fifty bits; products of two are summed as 128-bit
integers. Integers associate: shuffled rows, other threads and other chunks give the same sums to the last bit, and an
offset or an outlier elsewhere costs no digit when the sums are moved to a mean. The origin is 0, or the end of the
range that is nearer to 0, so that the subtraction itself loses nothing.

Where rows are many and cells small, the integers are kept in doubles instead: of so few bits that a cell's sums stay
below 2^53, they add up exactly too, and a third faster. Products then lose their last bits, which the finished sums
tell: where the outcome or a covariate varies too little beside its range, the scan is done again in integers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import frexp, ldexp, sqrt

from clew.evaluate.profile import Profile
from clew.tables.table import number

SPARE = 122
"""Bits that the sum of the products may take, with room for moving it to a mean."""

MOST = 60
"""Bits that one value may take."""

MANTISSA = 53
"""Bits of a double: integers below 2^53 add up exactly in any order."""

QUICK_FROM = 1_000_000
"""Rows from which doubles are tried."""

LARGER = 32
"""How many times the expected size a cell may have."""

LEAST_ROWS = 16
"""Rows that a cell must be expected to hold: sums of fewer save nothing, and tell too little of how a group varies."""

LEAST_QUICK = 34
"""Fewest bits with which they are tried."""

LOST = 1e-10
"""Most that rounded products may add to a variance, as a share of it, in any group of cells."""

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


ONE = Grid("1", 0.0, 0, 1)
"""The weight of a row where there are no weights."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How the weight (1 without weights) and each variable are put on grids, and how their products are summed.

    `bits`: of a value and of a product's sum a row, in doubles; 0: in integers, which lose nothing.
    """

    grids: tuple[Grid, ...]
    bits: int = 0


def exact_scheme(variables: Sequence[Profile], weights: Profile | None, rows: int, limit: int = MOST) -> Scheme:
    """Integers of as many bits as 128-bit sums allow, at most `limit`; with weights the variables are times √w."""
    if weights is None:
        bits = min(limit, (SPARE - rows.bit_length()) // 2)
        return Scheme((ONE, *(_plain(one, bits) for one in variables)))
    bits = min(limit, (SPARE - rows.bit_length()) // 2 - FINER)
    root, most = f"sqrt({weights.sql})", sqrt(float(weights.high or 0))
    scaled = [_scaled(f"{root} * ({_from_origin(one)})", most * _reach(one), _origin(one), bits) for one in variables]
    return Scheme((_scaled(root, most, 0.0, bits), *scaled))


def quick_scheme(variables: Sequence[Profile], rows: int, cells: int) -> Scheme | None:
    """Doubles of so few bits that the sums of a cell many times the usual size are exact; None where cells are too
    large, or rows too few for it to pay. `cells`: how many to expect, 0 where that is not known."""
    if rows < QUICK_FROM or not cells or rows < LEAST_ROWS * cells:
        return None
    bits = MANTISSA - (LARGER * (rows // cells + 1)).bit_length()
    return Scheme((ONE, *(_in_doubles(one, bits) for one in variables)), bits) if bits >= LEAST_QUICK else None


def _in_doubles(one: Profile, bits: int) -> Grid:
    exponent = _exponent(_reach(one), bits)
    return Grid(_rounded(_from_origin(one), exponent), _origin(one), exponent, bits)


def _rounded(sql: str, exponent: int) -> str:
    """A double to the nearest multiple of 2^−`exponent`, where it is less than 2^51 of them.

    Adding 1.5 · 2^52 of them leaves no bits for less than one, and taking that away again loses nothing.
    """
    away = number(ldexp(1.5, 52 - exponent))
    return f"({sql} + {away}) - {away}"


def finer(grids_: Sequence[Grid]) -> int:
    """By how many bits sums are refined before they are moved to a mean: none without weights."""
    return 0 if grids_[0] == ONE else FINER


def _origin(one: Profile) -> float:
    return min(max(0.0, float(one.low or 0)), float(one.high or 0))


def _reach(one: Profile) -> float:
    """The largest distance from the origin."""
    return max(float(one.high or 0) - _origin(one), _origin(one) - float(one.low or 0))


def _from_origin(one: Profile) -> str:
    return f"{one.sql} - {number(_origin(one))}" if _origin(one) else one.sql


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


def product(scheme: Scheme, i: int, j: int, names: Sequence[str]) -> str:
    """The product of two grid values as SQL, i ≤ j; "1" for the weight's own without weights.

    `names`: the columns that hold them.
    """
    left, right = scheme.grids[i], scheme.grids[j]
    if left == ONE:
        return "1" if right == ONE else names[j]
    if scheme.bits:
        return _rounded(f"{names[i]} * {names[j]}", _product_exponent(scheme, i, j))
    return f"{names[i]}{'::HUGEINT' if left.bits + right.bits > 62 else ''} * {names[j]}"


def as_integer(scheme: Scheme, i: int, j: int, total: str) -> str:
    """The sum `total` of products of v`i` and v`j` as a 128-bit integer in units of both grids."""
    if not scheme.bits or j == 0:
        return f"{total}::HUGEINT"
    whole = f"({total} * {number(ldexp(1.0, _product_exponent(scheme, i, j)))})::HUGEINT"
    return f"{whole} * {2**scheme.bits}::HUGEINT" if i else whole


def _product_exponent(scheme: Scheme, i: int, j: int) -> int:
    """The exponent at which products of doubles are rounded: that of one variable, or of two less `bits`."""
    return scheme.grids[i].exponent + scheme.grids[j].exponent - (scheme.bits if i else 0)
