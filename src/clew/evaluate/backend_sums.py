"""Sums that no order of rows changes, asked of engines that add doubles as they come.

Each term is a double with a known bound. It is cut into two whole numbers of `bits` bits each: how many units it holds,
and what is left in units 2^−`bits` as large. Whole numbers add up exactly in any order, on every engine, so threads,
chunks and the engine itself change no bit. Up to four thousand million rows the cut keeps 60 bits of the largest term.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import frexp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.evaluate.backend_columns import number
from clew.evaluate.backend_session import Expression
from clew.evaluate.rows import Floats

WORD = 62
"""Bits that a sum of whole numbers may take in every engine."""

MOST = 52
"""Bits of one whole number: a double holds it exactly."""


@dataclass(frozen=True, slots=True)
class ExactSum:
    """How the terms `name` are summed: units of 2^−`exponent`, in two columns `name`_high and `name`_low."""

    name: str
    exponent: int
    bits: int

    def asked(self, term: Expression, where: Expression) -> dict[str, Expression]:
        """The two sums of `term` over the rows where `where` holds, 0 where there are none."""
        scaled = term * number(2.0**self.exponent)
        whole = scaled.floor()
        rest = ((scaled - whole) * number(2.0**self.bits)).floor()
        sums = {f"{self.name}_high": whole, f"{self.name}_low": rest}
        return {name: part.sum(where=where).fill_null(0) for name, part in sums.items()}

    def floats(self, found: Mapping[str, NDArray[Any]]) -> Floats:
        """The sums in the terms' own units, rounded once."""
        high, low = (np.asarray(found[f"{self.name}_{part}"], dtype=np.int64) for part in ("high", "low"))
        high, low = high + (low >> self.bits), low & ((1 << self.bits) - 1)
        rounded = high.astype(np.float64)
        left = ((high - rounded.astype(np.int64)) << self.bits) + low
        return np.asarray(np.ldexp(np.ldexp(rounded, self.bits) + left, -self.exponent - self.bits))

    def integers(self, found: Mapping[str, NDArray[Any]]) -> list[int]:
        """The same in units of 2^−(`exponent` + `bits`), not rounded."""
        pairs = zip(found[f"{self.name}_high"].tolist(), found[f"{self.name}_low"].tolist(), strict=True)
        return [(high << self.bits) + low for high, low in pairs]


def exact_sum(name: str, bound: float, rows: int) -> ExactSum:
    """How to sum at most `rows` terms, none of them beyond ± `bound`."""
    bits = min(MOST, WORD - rows.bit_length())
    return ExactSum(name, min(bits - frexp(bound)[1], 1000) if bound else 0, bits)
