"""Which groups of opinion hold hardly anybody of an age, a district or a language, told without giving counts away."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from clew.deliberate.disclosure import FEWEST, Shown

ROOM = 2
"""A count that is told to be small must be open by so much at least, given all else that is told."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What is told of a table of values (rows, those who did not declare included) by groups (columns).

    rows: what is told of each row's sum, which are in `row_sums`. column_sums: all are told; the last column is of
    those who are in no group. outside: who of a row is in no group, -1 where that is hidden.
    """

    rows: tuple[Shown, ...]
    row_sums: Ints
    column_sums: Ints
    outside: Ints


def few_people(table: Ints, told: Told) -> tuple[tuple[int, int], ...] | None:
    """Return the cells of a table that hold fewer than `FEWEST` people, none included, by row and group.

    table: people by value and group, those in no group as last column. None where telling it would narrow down a small
    count, given the sums that are told too. Whether it would is decided from what is told alone, so that not telling
    gives nothing away either.
    """
    few = table[:, :-1] < FEWEST
    return None if _narrows(few, told) else tuple((int(row), int(group)) for row, group in np.argwhere(few))


def _narrows(few: NDArray[np.bool_], told: Told) -> bool:
    """Whether a small count is narrowed down to fewer values than `ROOM` apart."""
    matrix, lowest, highest = _sums(told)
    bounds = _bounds(few, told)
    upper, most = np.vstack([matrix, -matrix]), np.concatenate([highest, -lowest])
    finite = np.isfinite(most)
    for aim, room in _guarded(few, told):
        ends = [linprog(sign * aim, upper[finite], most[finite], bounds=bounds).fun for sign in (1, -1)]
        if -sum(end or 0.0 for end in ends) < room - 0.5:
            return True
    return False


def _sums(told: Told) -> tuple[Floats, Floats, Floats]:
    """The sums of rows and columns as a matrix over the cells, and between what they lie."""
    rows, columns = len(told.rows), len(told.column_sums)
    matrix = np.vstack([np.kron(np.eye(rows), np.ones(columns)), np.kron(np.ones(rows), np.eye(columns))])
    some_few = Shown.FEW in told.rows
    ends = [_row_ends(how, int(whole), some_few=some_few) for how, whole in zip(told.rows, told.row_sums, strict=True)]
    lowest = np.concatenate([[low for low, _ in ends], told.column_sums])
    return matrix, lowest, np.concatenate([[high for _, high in ends], told.column_sums])


def _row_ends(how: Shown, whole: int, *, some_few: bool) -> tuple[float, float]:
    if how is Shown.ITSELF:
        return whole, whole
    if how is Shown.FEW:
        return 0, FEWEST - 1
    return FEWEST if some_few else 0, np.inf


def _bounds(few: NDArray[np.bool_], told: Told) -> list[tuple[float, float | None]]:
    bounds: list[tuple[float, float | None]] = []
    for row, outside in zip(few, told.outside, strict=True):
        bounds += [(0, FEWEST - 1) if small else (FEWEST, None) for small in row]
        bounds += [(int(outside), int(outside)) if outside >= 0 else (0, None)]
    return bounds


def _guarded(few: NDArray[np.bool_], told: Told) -> list[tuple[Floats, int]]:
    """What must stay open, and by how much: small cells, hidden counts of those in no group, hidden sums of rows.

    Where a sum of fewer than `ROOM` people is told anyway, no more than it can be open.
    """
    cells = np.column_stack([few, told.outside < 0])
    known = np.where([[how is Shown.ITSELF] for how in told.rows], told.row_sums[:, None], ROOM)
    room = np.minimum(np.minimum(known, told.column_sums), ROOM)[cells]
    hidden = np.array([how is not Shown.ITSELF for how in told.rows])
    sums = np.kron(np.eye(len(hidden)), np.ones(cells.shape[1]))[hidden]
    return [*zip(np.eye(cells.size)[cells.ravel()], room.tolist(), strict=True), *((one, ROOM) for one in sums)]
