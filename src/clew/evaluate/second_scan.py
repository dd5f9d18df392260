"""The second scan: squared residuals that need each row's influence and leverage, summed exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import frexp, ldexp

import numpy as np

from clew.evaluate.grid import SPARE
from clew.evaluate.heteroskedastic import FULL_LEVERAGE
from clew.evaluate.profile import Profile
from clew.evaluate.rows import Curves, Floats
from clew.tables.table import number

ROOM = 28
"""Bits by which a term may exceed its bound: it is divided by 1 − leverage, which is above `FULL_LEVERAGE`."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is scanned: FROM `source` WHERE `where`, of at most `rows` rows; the `keys` that tell the class of a row,
    the `variables` (outcome, covariates) and the `weights`."""

    source: str
    where: str
    rows: int
    keys: Sequence[Profile]
    variables: Sequence[Profile]
    weights: Profile | None


def second_scan(curves: Curves, classes: Sequence[Sequence[str]], scope: Scope) -> tuple[str, int]:
    """A query for the sum of the terms as an integer, and the exponent e: the sum itself is that times 2^−e.

    `classes`: for each class of `curves`, its keys as SQL literals.
    """
    columns = _coefficients(curves)
    values = ", ".join(
        f"({', '.join([*literals, *(number(column[place]) for column in columns.values())])})"
        for place, literals in enumerate(classes)
    )
    keys = [f"k{place}" for place in range(len(scope.keys))]
    named = ", ".join([*(f"j{place}" for place in range(len(keys))), *columns])
    on = " AND ".join(f"{key} = j{key[1:]}" for key in keys)
    left = f"1 - w * ({_sum('h', columns)})" if curves.leverage is not None else "1::DOUBLE"
    exponent = exponent_of(curves, scope)
    return (
        f"SELECT sum(CAST(CASE WHEN l > {FULL_LEVERAGE} THEN t * t / l ELSE 0 END * {number(ldexp(1.0, exponent))} "
        f"AS HUGEINT)) FROM (SELECT w * ({_sum('r', columns)}) * ({_sum('a', columns)}) AS t, {left} AS l "
        f"FROM ({rows_sql(curves, scope)}) JOIN (VALUES {values}) AS class({named}) ON {on})"
    ), exponent


def rows_sql(curves: Curves, scope: Scope) -> str:
    """The rows with their keys, weight w and variables x1, x2 … about the centre."""
    parts = [f"{key.sql} AS k{place}" for place, key in enumerate(scope.keys)]
    parts += [f"{scope.weights.sql if scope.weights else '1::DOUBLE'} AS w"]
    for place, (one, origin) in enumerate(zip(scope.variables, curves.centre, strict=True), start=1):
        parts.append(f"{one.sql} - {number(origin)} AS x{place}")
    return f"SELECT {', '.join(parts)} FROM {scope.source} WHERE {scope.where}"


def _coefficients(curves: Curves) -> dict[str, Floats]:
    """Columns of coefficients that are not all 0: r and a by variable, h by pair of variables (x0 is 1)."""
    width = range(curves.residual.shape[1])
    found = {f"r{i}": curves.residual[:, i] for i in width} | {f"a{i}": curves.influence[:, i] for i in width}
    if (leverage := curves.leverage) is not None:
        found |= {f"h{i}_{j}": leverage[:, i, j] * (1 if i == j else 2) for i in width for j in width if i <= j}
    return {name: column for name, column in found.items() if column.any()}


def _sum(kind: str, columns: dict[str, Floats]) -> str:
    """Σ coefficient · its variables, such as r0 + r1 * x1."""
    terms = []
    for name in columns:
        if name.startswith(kind):
            factors = [f"x{place}" for place in name[1:].split("_") if place != "0"]
            terms.append(" * ".join([name, *factors]))
    return " + ".join(terms) or "0"


def exponent_of(curves: Curves, scope: Scope) -> int:
    """The largest e for which the sum of all terms, times 2^e, surely fits."""
    reach = [1.0]
    for one, origin in zip(scope.variables, curves.centre, strict=True):
        reach.append(max(abs(float(one.low or 0) - origin), abs(float(one.high or 0) - origin)))
    most = float(scope.weights.high or 0) if scope.weights else 1.0
    bound = most * np.max(np.abs(curves.residual) @ reach) * np.max(np.abs(curves.influence) @ reach)
    return min(SPARE - ROOM - scope.rows.bit_length() - frexp(float(bound) ** 2)[1], 1000)
