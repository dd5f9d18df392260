"""Sums of the products of many integers, exact, by products of matrices of doubles.

An integer of up to 47 bits is cut into two limbs of 24 bits, high · 2^24 + low, each at most 2^23 large. Products of
limbs are at most 2^46 large, so those of 64 rows add up to at most 2^52: every partial sum is an integer that a double
holds exactly, in whatever order, with or without fused operations, a library for matrices adds them. What comes out is
added up in integers. Rows are sorted by cell and cut into pieces of one cell and at most 64 rows; where they are cut
depends on the order of rows, the sums do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clew.evaluate.rows import Floats, Integers

LIMB = 24
"""Bits of the lower limb."""

MOST = 2 * LIMB - 1
"""Bits that an integer's absolute value may take."""

PIECE = 64
"""Rows whose products are summed in doubles."""

TOGETHER = 128
"""Pieces whose sums are held in doubles at once: sums of all their rows have less than 62 bits."""

TILE = 64
"""Columns of one product of matrices; libraries keep those of so few in one thread, which shares a machine better."""

WORD = 60
"""Bits of the lower word of a sum."""


@dataclass(frozen=True, slots=True)
class CellSums:
    """The sums of products by cell, added to in place. `n`: rows (cells). `high`, `low`: Σ v_i v_j as high · 2^60 + low
    for i ≤ j, row after row (cells, pairs)."""

    n: Integers
    high: Integers
    low: Integers

    @property
    def cells(self) -> int:
        """How many cells there is room for."""
        return len(self.n)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Sorted rows cut up. `starts`, `stops`: first row and the one after the last (pieces). `cells`: whose they are."""

    starts: Integers
    stops: Integers
    cells: Integers


def no_sums(cells: int, columns: int) -> CellSums:
    """Room for so many cells; the memory is taken when a cell is first added to."""
    pairs = columns * (columns + 1) // 2
    return CellSums(*(np.zeros(shape, dtype=np.int64) for shape in (cells, (cells, pairs), (cells, pairs))))


def pair_place(width: int, i: int, j: int) -> int:
    """Where the sums of v_i v_j stand, i ≤ j, of so many columns."""
    return i * width - i * (i - 1) // 2 + j - i


def add(sums: CellSums, columns: Sequence[Integers], order: Integers, starts: Integers, cells: Integers) -> bool:
    """Add a batch of rows to the sums of their cells; False, with some added, where an integer is too large.

    `columns`: the integers (rows each). `order`: the rows sorted by cell. `starts`: where each cell begins in it.
    `cells`: which these are, each once.
    """
    stops = np.append(starts[1:], len(order))
    sums.n[cells] += stops - starts
    cut = _cut(starts, stops, cells)
    for first in range(0, len(cut.starts), TOGETHER):
        few = _Pieces(*(part[first : first + TOGETHER] for part in (cut.starts, cut.stops, cut.cells)))
        limbs = _limbs(columns, order[few.starts[0] : few.stops[-1]])
        if limbs is None:
            return False
        _add_products(sums, few, *limbs)
    return True


def _cut(starts: Integers, stops: Integers, cells: Integers) -> _Pieces:
    """Pieces of one cell and at most `PIECE` rows."""
    times = -((starts - stops) // PIECE)
    within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    begins = np.repeat(starts, times) + within * PIECE
    return _Pieces(begins, np.minimum(begins + PIECE, np.repeat(stops, times)), np.repeat(cells, times))


def _limbs(columns: Sequence[Integers], rows: Integers) -> tuple[Floats, Floats] | None:
    """The lower and the higher limbs of some rows (columns, rows); None where one does not suffice."""
    values = np.array([column.take(rows) for column in columns], dtype=np.float64)
    higher = np.rint(values * 2.0**-LIMB)
    values -= higher * 2.0**LIMB
    largest = 2.0 ** (LIMB - 1)
    return (values, higher) if higher.max() <= largest and higher.min() >= -largest else None


def _add_products(sums: CellSums, pieces: _Pieces, lower: Floats, higher: Floats) -> None:
    """Add the products of pieces that follow one another; a cell's pieces do too."""
    width = len(lower)
    i, j = np.triu_indices(width)
    upper, mirrored = i * width + j, j * width + i
    crossed = _products(pieces, lower, higher)
    parts = [
        _products(pieces, lower, lower).take(upper, axis=1),
        crossed.take(upper, axis=1) + crossed.take(mirrored, axis=1),
        _products(pieces, higher, higher).take(upper, axis=1),
    ]
    firsts = np.flatnonzero(np.diff(pieces.cells, prepend=-1))
    of_cells = [part.astype(np.int64) for part in parts]
    if len(firsts) < len(pieces.cells):
        of_cells = [np.add.reduceat(part, firsts, axis=0) for part in of_cells]
    _carry(sums, pieces.cells[firsts], of_cells)


def _products(pieces: _Pieces, left: Floats, right: Floats) -> Floats:
    """Σ left right' of each piece's rows (pieces, columns · columns)."""
    width, base = len(left), pieces.starts[0]
    out = np.empty((len(pieces.starts), width, width))
    tiles = [slice(start, start + TILE) for start in range(0, width, TILE)]
    bounds = zip(out, (pieces.starts - base).tolist(), (pieces.stops - base).tolist(), strict=True)
    for own, start, stop in bounds:
        for a in tiles:
            for b in tiles:
                np.matmul(left[a, start:stop], right[b, start:stop].T, out=own[a, b])
    return out.reshape(len(out), -1)


def _carry(sums: CellSums, cells: Integers, parts: Sequence[Integers]) -> None:
    """Add part 0 + part 1 · 2^24 + part 2 · 2^48, each less than 2^62, to the two words of some cells, each once."""
    follow = cells[-1] - cells[0] + 1 == len(cells) and bool(np.all(np.diff(cells) == 1))
    where = slice(cells[0], cells[-1] + 1) if follow else cells
    low = sums.low[where] + parts[0]
    for place, part in enumerate(parts[1:], start=1):
        shift = WORD - place * LIMB
        low += (part & ((1 << shift) - 1)) << (place * LIMB)
        sums.high[where] += part >> shift
    sums.high[where] += low >> WORD
    low &= (1 << WORD) - 1
    sums.low[where] = low
