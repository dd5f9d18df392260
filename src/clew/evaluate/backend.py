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
from clew.evaluate.designs import method_of
from clew.evaluate.file_rows import EPSILON
from clew.evaluate.files import layouts_of, needed_columns
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
    """Every cell of one outcome, by all key columns, in their order.

    `variables`: outcome, then numeric covariates. `n`, `missing`: (C,) rows with, without an outcome. `products`:
    (C, 1+V, 1+V), Σ w·(1, v)(1, v)' with v = variables − `centre`.
    """

    variables: tuple[Profile, ...]
    keys: Mapping[str, Key]
    n: Integers
    missing: Integers
    products: Floats
    centre: Floats


@dataclass(frozen=True, slots=True)
class IbisRows:
    """The cells of a backend's table; satisfies `clew.evaluate.rows.Rows` for every outcome asked for.

    `outcomes`: the cells of each. `factors`: text covariates, which are among the keys. `sha256`: of the cells, the
    nearest to a seal of data that stay where they are.
    """

    source: Source
    measured: Measured
    weights: Profile | None
    factors: tuple[Profile, ...]
    outcomes: Mapping[str, Cells]
    sha256: str

    def tally(self, layout: Layout) -> Tally:
        """Count rows by all key columns; see `Rows.tally`."""
        cells = self.outcomes[layout.outcome]
        names = distinct(*layout.design_keys, *layout.groups, *(one.column for one in self.factors))
        keys, group = _grouped(cells.keys, names, np.arange(len(cells.n)))
        counts = (np.bincount(group, rows).astype(np.int64) for rows in (cells.n, cells.missing))
        return Tally(keys, *counts)

    def moments(self, layout: Layout, within: Within = ()) -> Moments:
        """Sufficient statistics of a subset, moved to its mean; see `Rows.moments`."""
        cells = self.outcomes[layout.outcome]
        used = cells.n > 0
        for column, label in within:
            used &= cells.keys[column].where(label) & (label != "")  # what is empty equals nothing, as in SQL
        if not used.any():
            raise nobody(within)
        places = _places(cells, layout)
        factors = tuple(one.column for one in self.factors if one.column in layout.adjust_for)
        names = distinct(*layout.design_keys, *factors)
        keys, group = _grouped(cells.keys, names, np.flatnonzero(used))
        products = summed(cells.products[used][:, places[:, None], places], group, int(group.max()) + 1)
        shift, products = _about_mean(products)
        return Moments(
            keys=keys,
            n=np.bincount(group, cells.n[used]).astype(np.int64),
            covariates=tuple(cells.variables[place - 1].column for place in places[2:]),
            factors=factors,
            centre=cells.centre[places[1:] - 1] + shift,
            products=products,
            noise=_noise(cells, places[1:] - 1),
        )

    def by_value(self, layout: Layout) -> Tally:
        """Count rows by arm, cluster and value of the outcome, in one more question; see `clew.evaluate.by_value`."""
        places = {column: self.measured.profiles.keys[column].sql for column in distinct(layout.arm, layout.cluster)}
        places |= {layout.outcome: self.outcomes[layout.outcome].variables[0].sql}
        there = self.measured.table.filter(self.measured.there(layout.outcome))
        found = self.source.session.fetch(there.group_by(list(places.values())).aggregate(n=there.count()))
        keys = {column: _decoded(found[place]) for column, place in places.items()}
        order = np.lexsort([key.codes for key in reversed(keys.values())])
        ordered = {column: Key(key.labels, key.codes[order]) for column, key in keys.items()}
        return Tally(ordered, found["n"][order], np.zeros(len(order), dtype=np.int64))

    def squares(self, layout: Layout, curves: Curves, within: Within = ()) -> float:
        """Sum of squared influence × residual, by leverage, in one more question; see `Rows.squares`."""
        cells = self.outcomes[layout.outcome]
        variables = [cells.variables[place - 1] for place in _places(cells, layout)[1:]]
        return squares_of(self.source, self.measured, curves, (variables, self.weights), within)

    def close(self) -> None:
        """End the session; the data are left as they were."""
        self.source.session.close()


def _places(cells: Cells, layout: Layout) -> Integers:
    """0 for the weight, 1 for the outcome, then the covariates that a layout names."""
    wanted = (i for i, one in enumerate(cells.variables, 1) if i == 1 or one.column in layout.beside)
    return np.array([0, *wanted])


def _noise(cells: Cells, places: Integers) -> Floats:
    """What rounding each row's product leaves of a constant."""
    reach = np.array([reach_of(cells.variables[i], cells.centre[i]) for i in places])
    weight = cells.products[:, 0, 0].sum() / cells.n.sum()
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
    layouts = layouts_of(protocol)
    session = open_session(where.url)
    try:
        source = open_source(session, where.data, needed_columns(protocol))
        measured = measure(source, layouts)
        check_measured(source, measured, layouts)
        rows = _reduced(source, measured, layouts)
        _check_design(protocol, rows, layouts[0])
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


def _reduced(source: Source, measured: Measured, layouts: Sequence[Layout]) -> IbisRows:
    known, layout = measured.profiles.variables, layouts[0]
    beside = [known[column] for column in layout.beside]
    covariates = [one for one in beside if one.is_number]
    factors = tuple(one for one in beside if not one.is_number)
    weights = known[layout.weights] if layout.weights else None
    keys = tuple((measured.profiles.keys | {one.column: one for one in factors}).values())
    sums = [
        _sums(measured, (known[each.outcome], *covariates), weights, f"_{place}") for place, each in enumerate(layouts)
    ]
    found = source.session.fetch(_cells_asked(measured, keys, sums))
    decoded = {one.column: _decoded(found[one.sql]) for one in keys}
    order = np.lexsort([key.codes for key in reversed(decoded.values())])
    found = {name: values[order] for name, values in found.items()}
    decoded = {name: Key(key.labels, key.codes[order]) for name, key in decoded.items()}
    outcomes = {one.variables[0].column: _cells_of(one, measured, decoded, found) for one in sums}
    return IbisRows(source, measured, weights, factors, outcomes, _sha256(measured, outcomes, found, sums))


@dataclass(frozen=True, slots=True)
class Sums:
    """What is asked of one outcome. `terms`: for each pair of places (0: the weight, 1: the outcome, then covariates)
    how to sum, and the term. `name`: what ends the names of its columns."""

    variables: tuple[Profile, ...]
    terms: Mapping[tuple[int, int], tuple[ExactSum, Expression]]
    name: str


def _sums(measured: Measured, variables: tuple[Profile, ...], weights: Profile | None, name: str) -> Sums:
    rows, centre = measured.profiles.rows, [measured.centre[one.column] for one in variables]
    reach = [1.0, *(reach_of(one, origin) for one, origin in zip(variables, centre, strict=True))]
    away = [None, *(measured.table[one.sql] - number(c) for one, c in zip(variables, centre, strict=True))]
    weight = measured.table[weights.sql] if weights else None
    most = float(weights.high or 0) if weights else 1.0
    terms = {}
    for i, j in combinations_with_replacement(range(len(reach)), 2):
        factors = [factor for factor in (weight, away[i], away[j]) if factor is not None]
        if factors:
            term = factors[0]
            for factor in factors[1:]:
                term = term * factor
            terms[i, j] = exact_sum(f"p{i}_{j}{name}", most * reach[i] * reach[j], rows), term
    return Sums(variables, terms, name)


def _cells_asked(measured: Measured, keys: Sequence[Profile], sums: Sequence[Sums]) -> Expression:
    asked: dict[str, Expression] = {}
    for one in sums:
        there = measured.there(one.variables[0].column)
        asked |= {f"n{one.name}": there.sum().fill_null(0), f"missing{one.name}": (~there).sum().fill_null(0)}
        for exact, term in one.terms.values():
            asked |= exact.asked(term, there)
    return measured.table.group_by([one.sql for one in keys]).aggregate(**asked)


def _cells_of(one: Sums, measured: Measured, keys: Mapping[str, Key], found: Mapping[str, NDArray[Any]]) -> Cells:
    centre = np.array([measured.centre[variable.column] for variable in one.variables])
    n, missing = (np.asarray(found[f"{what}{one.name}"]) for what in ("n", "missing"))
    return Cells(one.variables, keys, n, missing, _products(found, one), centre)


def _products(found: Mapping[str, NDArray[Any]], sums: Sums) -> Floats:
    size, n = 1 + len(sums.variables), found[f"n{sums.name}"]
    products = np.zeros((len(n), size, size))
    products[:, 0, 0] = n
    for (i, j), (exact, _) in sums.terms.items():
        products[:, i, j] = products[:, j, i] = exact.floats(found)
    return products


def _decoded(values: NDArray[Any]) -> Key:
    """A key column as labels and codes; "" where it was NULL."""
    if values.dtype != object:
        return encode(values)
    hidden = np.array([value is None for value in values.tolist()])
    return encode_with_gaps(values, hidden) if hidden.any() else encode(np.asarray(values.tolist()))


def _sha256(
    measured: Measured, outcomes: Mapping[str, Cells], found: Mapping[str, NDArray[Any]], sums: Sequence[Sums]
) -> str:
    """SHA-256 of the cells as lines of JSON: what each column is, then each cell's labels, and of each outcome the
    counts and exact sums.

    The same for the same rows in any order, on every engine; another value anywhere changes it.
    """
    keys = next(iter(outcomes.values())).keys
    head = {
        "rows": measured.profiles.rows,
        "keys": list(keys),
        "variables": {one.column: [one.low, one.high] for one in measured.profiles.variables.values() if one.is_number},
        "centre": list(measured.centre.values()),
    }
    columns = [[key.labels[code] for code in key.codes] for key in keys.values()]
    for one, cells in zip(sums, outcomes.values(), strict=True):
        columns += [cells.n.tolist(), cells.missing.tolist()]
        columns += [exact.integers(found) for exact, _ in one.terms.values()]
    seal = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
    for line in sorted(map(json.dumps, zip(*columns, strict=True))):
        seal.update(f"\n{line}".encode())
    return seal.hexdigest()
