"""Which of several votes by one participant on one statement is the last: all sorted once, repeats looked at alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class LastEvents:
    """The last event of each cell. cell (n): the cells in their order. row (n): the event of each that counts.

    ties: in how many cells the last moment holds different values.
    """

    cell: Ints
    row: Ints
    ties: int


def last_events(cell: Ints, at_ms: Ints | None, value: NDArray[np.int8]) -> LastEvents:
    """Return the last event of each cell; of two at the same moment, the later row.

    cell (m): participant and statement of each event as one number; its memory is used for the result. at_ms (m): when,
    or None where the order of rows tells it. value (m): what was voted.
    """
    cell, row = _in_order(cell)
    alike = cell[1:] == cell[:-1]
    if not alike.any():
        return LastEvents(cell, row, 0)
    ends = np.append(~alike, True)
    tied = 0
    if at_ms is not None:
        repeated = np.flatnonzero(~ends | np.insert(alike, 0, False))
        some = row[repeated]
        some = some[np.lexsort((at_ms[some], cell[repeated]))]  # stable: at one moment, rows stay as they stand
        row[repeated] = some
        tied = _ties(ends[repeated], at_ms[some], value[some])
    row = row[ends]
    cell = cell[ends]
    return LastEvents(cell, row, tied)


def _in_order(cell: Ints) -> tuple[Ints, Ints]:
    """The cells in order and their rows, at first the first; as one key to sort where both fit in 63 bits."""
    bits = len(cell).bit_length()
    if not len(cell) or int(cell.max()).bit_length() + bits > 63:
        row = np.argsort(cell, kind="stable")
        return cell[row], row
    cell <<= bits
    cell |= np.arange(len(cell))
    cell.sort()
    row = cell & ((1 << bits) - 1)
    cell >>= bits
    return cell, row


def _ties(ends: NDArray[np.bool_], at_ms: Ints, value: NDArray[np.int8]) -> int:
    """In how many runs, each closed by an end, an event at the moment of the last one has another value."""
    run: Ints = np.cumsum(ends) - ends
    last = np.flatnonzero(ends)[run]
    return len(np.unique(run[(at_ms == at_ms[last]) & (value != value[last])]))
