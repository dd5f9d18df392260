"""Rows that lie in a database or an engine: reduced to cells there through Ibis, and none enters Python.

Where the data lie in files here, `clew.evaluate.files` needs one scan and no further package.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.errors import InputError, Problem
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import encode, encode_with_gaps
from clew.evaluate.backend_checks import check_measured, repeated_units
from clew.evaluate.backend_columns import Measured, measure, number, reach_of
from clew.evaluate.backend_session import Expression, open_session
from clew.evaluate.backend_squares import squares_of
from clew.evaluate.backend_sums import ExactSum, exact_sum
from clew.evaluate.backend_table import Source, open_source
from clew.evaluate.designs import layout_of, method_of
from clew.evaluate.files import EPSILON, needed_columns
from clew.evaluate.finding import Finding
from clew.evaluate.profile import Profile
from clew.evaluate.rows import (
    Curves,
    Floats,
    Integers,
    Key,
    Layout,
    Moments,
    Tally,
    Within,
    distinct,
    nobody,
    numbered,
    summed,
)
from clew.pilot.protocol import Protocol

ENGINES = {"duckdb": "DuckDB", "postgres": "PostgreSQL", "pyspark": "Spark"}


@dataclass(frozen=True, slots=True)
class InBackend:
    """Data that stay where they are. `url`: as Ibis writes it. `data`: a table, schema.table, or files for the engine
    to read."""

    url: str
    data: tuple[str, ...]


def in_backend(url: str, data: str | Path | Sequence[str | Path]) -> InBackend:
    """Name data in a backend."""
    return InBackend(url, (str(data),) if isinstance(data, str | Path) else tuple(map(str, data)))


@dataclass(frozen=True, slots=True)
class Cells:
    """Every cell of the data, by all key columns, in their order. `n`, `missing`: (C,) rows with, without an outcome.

    `products`: (C, 1+V, 1+V), Σ w·(1, v)(1, v)' with v = variables − `centre`.
    """

    keys: Mapping[str, Key]
    n: Integers
    missing: Integers
    products: Floats
    centre: Floats


@dataclass(frozen=True, slots=True)
class IbisRows:
    """The cells of a backend's table; satisfies `clew.evaluate.rows.Rows`.

    `variables`: outcome, then numeric covariates. `factors`: text covariates, which are among the keys. `sha256`: of
    the cells, the nearest to a seal of data that stay where they are.
    """

    source: Source
    measured: Measured
    variables: tuple[Profile, ...]
    weights: Profile | None
    factors: tuple[Profile, ...]
    cells: Cells
    sha256: str

    def tally(self, layout: Layout) -> Tally:
        """Count rows by all key columns; see `Rows.tally`."""
        names = distinct(*layout.design_keys, *layout.groups, *(one.column for one in self.factors))
        keys, group = _grouped(self.cells.keys, names, np.arange(len(self.cells.n)))
        counts = (np.bincount(group, rows).astype(np.int64) for rows in (self.cells.n, self.cells.missing))
        return Tally(keys, *counts)

    def moments(self, layout: Layout, within: Within = ()) -> Moments:
        """Sufficient statistics of a subset, moved to its mean; see `Rows.moments`."""
        used = self.cells.n > 0
        for column, label in within:
            used &= self.cells.keys[column].where(label) & (label != "")  # what is empty equals nothing, as in SQL
        if not used.any():
            raise nobody(within)
        places = self._places(layout)
        factors = tuple(one.column for one in self.factors if one.column in layout.adjust_for)
        names = distinct(*layout.design_keys, *factors)
        keys, group = _grouped(self.cells.keys, names, np.flatnonzero(used))
        products = summed(self.cells.products[used][:, places[:, None], places], group, int(group.max()) + 1)
        shift, products = _about_mean(products)
        return Moments(
            keys=keys,
            n=np.bincount(group, self.cells.n[used]).astype(np.int64),
            covariates=tuple(self.variables[place - 1].column for place in places[2:]),
            factors=factors,
            centre=self.cells.centre[places[1:] - 1] + shift,
            products=products,
            noise=self._noise(places[1:] - 1),
        )

    def by_value(self, layout: Layout) -> Tally:
        """Count rows by arm, cluster and value of the outcome, in one more question; see `clew.evaluate.by_value`."""
        places = {column: self.measured.profiles.keys[column].sql for column in distinct(layout.arm, layout.cluster)}
        places |= {layout.outcome: self.variables[0].sql}
        there = self.measured.table.filter(self.measured.table[self.measured.outcome].notnull())
        found = self.source.session.fetch(there.group_by(list(places.values())).aggregate(n=there.count()))
        keys = {column: _decoded(found[place]) for column, place in places.items()}
        order = np.lexsort([key.codes for key in reversed(keys.values())])
        ordered = {column: Key(key.labels, key.codes[order]) for column, key in keys.items()}
        return Tally(ordered, found["n"][order], np.zeros(len(order), dtype=np.int64))

    def squares(self, layout: Layout, curves: Curves, within: Within = ()) -> float:
        """Sum of squared influence × residual, by leverage, in one more question; see `Rows.squares`."""
        variables = [self.variables[place - 1] for place in self._places(layout)[1:]]
        return squares_of(self.source, self.measured, curves, (variables, self.weights), within)

    def close(self) -> None:
        """End the session; the data are left as they were."""
        self.source.session.close()

    def _places(self, layout: Layout) -> Integers:
        wanted = (i for i, one in enumerate(self.variables, 1) if i == 1 or one.column in layout.beside)
        return np.array([0, *wanted])

    def _noise(self, places: Integers) -> Floats:
        """What rounding each row's product leaves of a constant."""
        reach = np.array([reach_of(self.variables[i], self.cells.centre[i]) for i in places])
        weight = self.cells.products[:, 0, 0].sum() / self.cells.n.sum()
        return np.asarray(4 * EPSILON * reach**2 * weight)


def _grouped(keys: Mapping[str, Key], names: Sequence[str], cells: Integers) -> tuple[dict[str, Key], Integers]:
    """The joint values of some keys that these cells have, in their order, and which of them each cell has."""
    code = np.zeros(len(cells), dtype=np.int64)
    for name in names:
        code = numbered(code * len(keys[name].labels) + keys[name].codes[cells])[1]
    first = np.zeros(int(code.max()) + 1, dtype=np.int64)
    first[code[::-1]] = cells[::-1]
    return {name: Key(keys[name].labels, keys[name].codes[first]) for name in names}, code


def _about_mean(products: Floats) -> tuple[Floats, Floats]:
    """The weighted mean (V,) of the variables, and the products (C, 1+V, 1+V) about it."""
    total = products.sum(axis=0)
    mean = total[0, 1:] / total[0, 0]
    shift = np.eye(len(total))
    shift[1:, 0] = -mean
    return mean, np.asarray(shift @ products @ shift.T)


def find_in_backend(protocol: Protocol, where: InBackend, look: int | None) -> Finding:
    """Return what the data say at a look (default: the last planned); the session is closed afterwards.

    Raises: InputError where they cannot be used.
    """
    rows = open_rows(where, protocol)
    try:
        finding = analyse(protocol, rows, look=look)
    finally:
        rows.close()
    return replace(finding, data_sha256=rows.sha256, backend=ENGINES[rows.source.session.kind])


def open_rows(where: InBackend, protocol: Protocol) -> IbisRows:
    """Open a table or files in a backend, check them against the protocol, and reduce them to cells there.

    Two questions are asked: what the columns hold, and the cells; HC1 and HC2 may ask a third.

    Raises: InputError naming every mistake found: what is wrong, where, and what to do.
    """
    layout = layout_of(protocol)
    session = open_session(where.url)
    try:
        source = open_source(session, where.data, needed_columns(protocol))
        measured = measure(source, layout)
        check_measured(source, measured, layout)
        rows = _reduced(source, measured, layout)
        _check_design(protocol, rows, layout)
    except BaseException:
        session.close()
        raise
    return rows


def _check_design(protocol: Protocol, rows: IbisRows, layout: Layout) -> None:
    """Refuse data that the design cannot use, and units that come twice, all at once."""
    problems: list[Problem] = []
    try:
        method_of(protocol).check(protocol, rows.tally(layout))
    except InputError as error:
        problems += error.problems
    if layout.unit:
        problems += repeated_units(rows.source, layout.unit)
    if problems:
        raise InputError(problems=tuple(problems))


def _reduced(source: Source, measured: Measured, layout: Layout) -> IbisRows:
    known = measured.profiles.variables
    beside = [known[column] for column in layout.beside]
    variables = (known[layout.outcome], *(one for one in beside if one.is_number))
    factors = tuple(one for one in beside if not one.is_number)
    weights = known[layout.weights] if layout.weights else None
    keys = tuple((measured.profiles.keys | {one.column: one for one in factors}).values())
    sums = _sums(measured, variables, weights)
    found = source.session.fetch(_cells_asked(measured, keys, sums))
    decoded = {one.column: _decoded(found[one.sql]) for one in keys}
    order = np.lexsort([key.codes for key in reversed(decoded.values())])
    found = {name: values[order] for name, values in found.items()}
    decoded = {name: Key(key.labels, key.codes[order]) for name, key in decoded.items()}
    cells = Cells(
        decoded,
        found["n"],
        found["missing"],
        _products(found, sums, len(variables)),
        np.array([measured.centre[one.column] for one in variables]),
    )
    return IbisRows(source, measured, variables, weights, factors, cells, _sha256(measured, cells, found, sums))


Sums = Mapping[tuple[int, int], tuple[ExactSum, Expression]]


def _sums(measured: Measured, variables: Sequence[Profile], weights: Profile | None) -> Sums:
    """For each pair of places (0: the weight, 1: the outcome, then covariates) how to sum, and the term."""
    rows, centre = measured.profiles.rows, [measured.centre[one.column] for one in variables]
    reach = [1.0, *(reach_of(one, origin) for one, origin in zip(variables, centre, strict=True))]
    away = [None, *(measured.table[one.sql] - number(c) for one, c in zip(variables, centre, strict=True))]
    weight = measured.table[weights.sql] if weights else None
    most = float(weights.high or 0) if weights else 1.0
    sums = {}
    for i, j in combinations_with_replacement(range(len(reach)), 2):
        factors = [factor for factor in (weight, away[i], away[j]) if factor is not None]
        if factors:
            term = factors[0]
            for factor in factors[1:]:
                term = term * factor
            sums[i, j] = exact_sum(f"p{i}_{j}", most * reach[i] * reach[j], rows), term
    return sums


def _cells_asked(measured: Measured, keys: Sequence[Profile], sums: Sums) -> Expression:
    there = measured.table[measured.outcome].notnull()
    asked = {"n": there.sum().fill_null(0), "missing": (~there).sum().fill_null(0)}
    for exact, term in sums.values():
        asked |= exact.asked(term, there)
    return measured.table.group_by([one.sql for one in keys]).aggregate(**asked)


def _products(found: Mapping[str, NDArray[Any]], sums: Sums, variables: int) -> Floats:
    products = np.zeros((len(found["n"]), 1 + variables, 1 + variables))
    products[:, 0, 0] = found["n"]
    for (i, j), (exact, _) in sums.items():
        products[:, i, j] = products[:, j, i] = exact.floats(found)
    return products


def _decoded(values: NDArray[Any]) -> Key:
    """A key column as labels and codes; "" where it was NULL."""
    if values.dtype != object:
        return encode(values)
    hidden = np.array([value is None for value in values.tolist()])
    return encode_with_gaps(values, hidden) if hidden.any() else encode(np.asarray(values.tolist()))


def _sha256(measured: Measured, cells: Cells, found: Mapping[str, NDArray[Any]], sums: Sums) -> str:
    """SHA-256 of the cells as lines of JSON: what each column is, then each cell's labels, counts and exact sums.

    The same for the same rows in any order, on every engine; another value anywhere changes it.
    """
    head = {
        "rows": measured.profiles.rows,
        "keys": list(cells.keys),
        "variables": {one.column: [one.low, one.high] for one in measured.profiles.variables.values() if one.is_number},
        "centre": list(measured.centre.values()),
    }
    labels = [[key.labels[code] for code in key.codes] for key in cells.keys.values()]
    totals = [exact.integers(found) for exact, _ in sums.values()]
    lines = zip(*labels, cells.n.tolist(), cells.missing.tolist(), *totals, strict=True)
    seal = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
    for line in sorted(map(json.dumps, lines)):
        seal.update(f"\n{line}".encode())
    return seal.hexdigest()
