"""The second scan where variables are many: leverage computed in columns of a batch, not in SQL.

With V covariates the leverage of a row has (1 + V)² / 2 terms, and SQL copies a coefficient for each into every row.
Here rows leave DuckDB in batches, and each term is added to all rows of a class at once. That is done element by
element, in the order of the SQL, not by matrix products: a row's own sum has the same bits wherever the row stands. Its
term is rounded to a whole number and added up in integers, as `clew.evaluate.second_scan` tells.
"""

from collections.abc import Sequence
from itertools import combinations_with_replacement
from math import ldexp

import numpy as np

from clew.evaluate.heteroskedastic import FULL_LEVERAGE
from clew.evaluate.rows import Curves, Floats
from clew.evaluate.second_scan import Scope, exponent_of, rows_sql
from clew.evaluate.wide_sums import MANY
from clew.tables.table import Table

FEW = 100
"""Classes up to which this way is the cheaper: each is computed by itself."""

TOGETHER = 4096
"""Rows computed together: their columns stay near the processor."""

WORD = 40
"""Bits of the words in which terms are added up; three of them hold every term."""


def is_wide(curves: Curves) -> bool:
    """Whether this way is the cheaper."""
    return curves.leverage is not None and len(curves.centre) > MANY and len(curves.labels) <= FEW


def wide_squares(table: Table, curves: Curves, classes: Sequence[Sequence[str]], scope: Scope) -> tuple[int, int]:
    """Return the sum of the terms as an integer, and the exponent e: the sum itself is that times 2^−e.

    `classes`: for each class of `curves`, its keys as SQL literals.

    Raises: InputError where the files cannot be read through.
    """
    exponent, total = exponent_of(curves, scope), 0
    for own, *columns in table.batches(_query(curves, classes, scope)):
        for place in np.unique(own).tolist():
            rows = np.flatnonzero(own == place)
            for first in range(0, len(rows), TOGETHER):
                weight, *x = (column[rows[first : first + TOGETHER]] for column in columns)
                total += _whole(_terms(curves, place, weight, x) * ldexp(1.0, exponent))
    return total, exponent


def _query(curves: Curves, classes: Sequence[Sequence[str]], scope: Scope) -> str:
    """The class of each row, its weight, and its variables about the centre."""
    values = ", ".join(f"({', '.join([*literals, str(place)])})" for place, literals in enumerate(classes))
    keys = [f"k{place}" for place in range(len(scope.keys))]
    named = ", ".join([*(f"j{key[1:]}" for key in keys), "class"])
    on = " AND ".join(f"{key} = j{key[1:]}" for key in keys)
    x = ", ".join(f"x{place}::DOUBLE" for place in range(1, len(scope.variables) + 1))
    return (
        f"SELECT class::BIGINT, w::DOUBLE, {x} FROM ({rows_sql(curves, scope)}) "
        f"JOIN (VALUES {values}) AS classes({named}) ON {on}"
    )


def _terms(curves: Curves, place: int, weight: Floats, x: Sequence[Floats]) -> Floats:
    """(w · influence · residual)² / (1 − w · leverage) of rows of one class; 0 where the leverage is 1."""
    moment = weight * _line(curves.residual[place], x) * _line(curves.influence[place], x)
    left = 1 - weight * _form(curves, place, x)
    return np.divide(moment * moment, left, out=np.zeros_like(left), where=left > FULL_LEVERAGE)


def _line(coefficients: Floats, x: Sequence[Floats]) -> Floats:
    """c0 + c1 x1 + …, added up from the left."""
    total = np.full(len(x[0]), coefficients[0])
    for coefficient, one in zip(coefficients[1:], x, strict=True):
        total += coefficient * one
    return total


def _form(curves: Curves, place: int, x: Sequence[Floats]) -> Floats:
    """Σ h_ij x_i x_j, added up from the left; x0 is 1."""
    leverage = np.zeros((len(x) + 1, len(x) + 1)) if curves.leverage is None else curves.leverage[place]
    total, term = np.full(len(x[0]), leverage[0, 0]), np.empty(len(x[0]))
    for i, j in combinations_with_replacement(range(len(x) + 1), 2):
        if j:
            np.multiply(leverage[i, j] * (1 if i == j else 2), x[(i or j) - 1], out=term)
            if i:
                term *= x[j - 1]
            total += term
    return total


def _whole(terms: Floats) -> int:
    """The exact sum of terms rounded to whole numbers, none of them negative."""
    rest, total = np.rint(terms), 0
    for shift in (2 * WORD, WORD, 0):
        word = np.floor(rest * 2.0**-shift)
        rest -= word * 2.0**shift
        total += int(word.astype(np.int64).sum()) << shift
    return total
