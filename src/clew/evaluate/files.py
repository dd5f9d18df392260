"""Rows that lie in CSV or Parquet files: one scan reduces them to cells inside DuckDB, and none enters Python."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ldexp
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from clew.errors import InputError, Problem
from clew.evaluate.arrays import encode, encode_with_gaps
from clew.evaluate.cells import (
    Grouping,
    Pair,
    cells_sql,
    fine_enough_sql,
    gaps_sql,
    grouping,
    likely_cells,
    pairs_of,
    recentred_sql,
    subset_sql,
)
from clew.evaluate.checks import check_columns, check_values, repeated_units
from clew.evaluate.designs import layout_of, method_of
from clew.evaluate.grid import Scheme, exact_scheme, finer, quick_scheme
from clew.evaluate.profile import Profile, Profiles, profile
from clew.evaluate.rows import Curves, Floats, Key, Layout, Moments, Tally, Within, distinct, nobody
from clew.evaluate.second_scan import Scope, second_scan
from clew.evaluate.sources import Part, Paths, find_parts, read_part
from clew.evaluate.table import Table, number, open_table, text
from clew.evaluate.unreadable import no_room
from clew.pilot.protocol import Protocol

EPSILON = float(np.finfo(float).eps)

PASSES = (1, 4, 16)
"""In how many passes the cells are summed, one after another, where memory does not suffice for fewer."""

NAMES = {
    "integer": re.compile(r"-?(0|[1-9][0-9]{0,18})"),
    "real": re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?"),
}
"""The labels that numbers can have."""


@dataclass(frozen=True, slots=True)
class FileRows:
    """The cells of files, held in a DuckDB session; satisfies `clew.evaluate.rows.Rows`.

    `variables`: outcome, then numeric covariates. `scheme`: how the weight and they were summed. `keys`: all key
    columns, text covariates (`factors`) included.
    """

    table: Table
    profiles: Profiles
    variables: tuple[Profile, ...]
    weights: Profile | None
    factors: tuple[str, ...]
    keys: tuple[Profile, ...]
    scheme: Scheme

    def tally(self, layout: Layout) -> Tally:
        """Count rows by all key columns; see `Rows.tally`."""
        names = distinct(*layout.design_keys, *layout.groups, *self.factors)
        chosen = ", ".join(self._place(column) for column in names)
        found = self._fetch(
            f"SELECT {chosen}, sum(n)::BIGINT AS n, sum(missing)::BIGINT AS missing FROM "
            "(SELECT *, 0 AS missing FROM cells UNION ALL BY NAME SELECT * FROM gaps) "
            f"GROUP BY {chosen} ORDER BY {chosen}"
        )
        return Tally(self._decoded(names, found), np.asarray(found["n"]), np.asarray(found["missing"]))

    def moments(self, layout: Layout, within: Within = ()) -> Moments:
        """Sufficient statistics of a subset, exact until they are rounded once; see `Rows.moments`."""
        where = " AND ".join(f"{self._place(column)} = {self._literal(column, label)}" for column, label in within)
        places = [0, *(i for i, one in enumerate(self.variables, 1) if i == 1 or one.column in layout.beside)]
        factors = tuple(column for column in self.factors if column in layout.adjust_for)
        names = distinct(*layout.design_keys, *factors)
        keys, pairs = [self._place(column) for column in names], pairs_of(places)
        alone = {*names, *(column for column, _ in within)} == {key.column for key in self.keys}
        subset = subset_sql(keys, where or "true", pairs, alone=alone)
        centre = self._centre(where or "true", places[1:], within)
        found = self._fetch(recentred_sql(subset, keys, pairs, centre, self._step))
        return Moments(
            keys=self._decoded(names, found),
            n=np.asarray(found["n"]),
            covariates=tuple(self.variables[i - 1].column for i in places[2:]),
            factors=factors,
            centre=self._origin(centre),
            products=self._assembled(found, pairs, places),
            noise=self._noise(centre),
        )

    def by_value(self, layout: Layout) -> Tally:
        """Count rows by arm, cluster and value of the outcome, in one more scan; see `clew.evaluate.by_value`."""
        names, y = distinct(layout.arm, layout.cluster), self.variables[0].sql
        chosen = ", ".join(f"{key.sql} AS {self._place(key.column)}" for key in self.keys if key.column in names)
        found = self._fetch(
            f"SELECT {chosen}, CAST({y} AS DOUBLE) AS y, count(*)::BIGINT AS n FROM {self.table.source} "
            f"WHERE {y} IS NOT NULL GROUP BY ALL ORDER BY ALL"
        )
        keys = {**self._decoded(names, found), layout.outcome: encode(np.asarray(found["y"]))}
        return Tally(keys, np.asarray(found["n"]), np.zeros(len(found["n"]), dtype=np.int64))

    def squares(self, layout: Layout, curves: Curves, within: Within = ()) -> float:
        """Sum of squared influence × residual, by leverage, in one more scan; see `Rows.squares`."""
        known = {key.column: key for key in self.keys}
        where = [f"{self.variables[0].sql} IS NOT NULL"]
        where += [f"({known[column].sql}) = {self._literal(column, label)}" for column, label in within]
        named = {pair for labels in curves.labels for pair in zip(curves.columns, labels, strict=True)}
        literal = {pair: self._literal(*pair) for pair in named}
        classes = [[literal[pair] for pair in zip(curves.columns, labels, strict=True)] for labels in curves.labels]
        keys = [known[column] for column in curves.columns]
        scope = Scope(self.table.source, " AND ".join(where), self.profiles.rows, keys, self.variables, self.weights)
        query, exponent = second_scan(curves, classes, scope)
        (total,) = self._row(query)
        return ldexp(float(total or 0), -exponent)

    def close(self) -> None:
        """End the session; the files are left as they were."""
        self.table.held.close()

    def _fetch(self, query: str) -> dict[str, NDArray[Any]]:
        return self.table.fetch_arrays(query)

    def _place(self, column: str) -> str:
        return f"k{[key.column for key in self.keys].index(column)}"

    def _literal(self, column: str, label: str) -> str:
        """The value that `label` names, as SQL; NULL, which equals nothing, where no value can have that name."""
        kind = next(key.kind for key in self.keys if key.column == column)
        if kind == "text":
            return text(label)
        if kind == "boolean":
            return label if label in {"true", "false"} else "NULL"
        if not NAMES[kind].fullmatch(label):
            return "NULL"
        return number(float(label)) if kind == "real" else label

    def _decoded(self, names: tuple[str, ...], found: Mapping[str, NDArray[Any]]) -> dict[str, Key]:
        return {column: _key(found[self._place(column)]) for column in names}

    def _row(self, query: str) -> tuple[Any, ...]:
        return self.table.fetch(query)[0]

    @property
    def _step(self) -> int:
        return finer(self.scheme.grids)

    def _centre(self, where: str, places: Sequence[int], within: Within) -> dict[int, int]:
        """For each variable's place, the weighted mean in refined grid units, rounded down: exact integers."""
        sums = ", ".join(f"sum(p0_{place})" for place in (0, *places))
        weight, *totals = self._row(f"SELECT {sums} FROM cells WHERE {where}")
        if not weight:
            raise nobody(within)
        return {place: (total << self._step) // weight for place, total in zip(places, totals, strict=True)}

    def _origin(self, centre: Mapping[int, int]) -> Floats:
        unit = {i: self.scheme.grids[0].exponent - self.scheme.grids[i].exponent - self._step for i in centre}
        return np.array([self.scheme.grids[i].origin + ldexp(mean, unit[i]) for i, mean in centre.items()])

    def _noise(self, centre: Mapping[int, int]) -> Floats:
        """With weights, what rounding √w, √w · x and the mean to their grids leaves of a constant x; else nothing."""
        if self.weights is None:
            return np.zeros(len(centre))
        of_weight, grids = self.scheme.grids[0], [self.scheme.grids[place] for place in centre]
        units = np.array([ldexp(4.0, -grid.exponent) for grid in grids])
        steps = np.array([ldexp(4.0, of_weight.exponent - grid.exponent - self._step) for grid in grids])
        reach = self._origin(centre) - np.array([grid.origin for grid in grids])
        rounded = (reach * ldexp(4.0, -of_weight.exponent)) ** 2 + float(self.weights.high or 0) * EPSILON * steps**2
        return np.asarray(units**2 + rounded)

    def _assembled(self, found: Mapping[str, NDArray[Any]], pairs: Sequence[Pair], places: Sequence[int]) -> Floats:
        """Products (C, 1+V, 1+V) in the variables' units; 0 where a pair was not summed."""
        products, slot = np.zeros((len(found["n"]), len(places), len(places))), {p: s for s, p in enumerate(places)}
        for i, j in pairs:
            refined = self._step * ((i > 0) + (j > 0))
            values = np.ldexp(
                np.asarray(found[f"m{i}_{j}"]), -self.scheme.grids[i].exponent - self.scheme.grids[j].exponent - refined
            )
            products[:, slot[i], slot[j]] = products[:, slot[j], slot[i]] = values
        return products


def _key(values: NDArray[Any]) -> Key:
    """A key column as labels and codes; "" where it was NULL."""
    if not isinstance(values, np.ma.MaskedArray) or not values.mask.any():
        return encode(np.asarray(values))
    return encode_with_gaps(values.data, np.ma.getmaskarray(values))


def needed_columns(protocol: Protocol) -> tuple[str, ...]:
    """Return the columns that data must have for a protocol."""
    layout = layout_of(protocol)
    return distinct(layout.outcome, *layout.design_keys, *layout.groups, *layout.beside, layout.weights, layout.unit)


def look_over(path: Path, protocol: Protocol) -> Part:
    """Return what one data file is, by its first bytes and its columns alone: no row is read.

    Raises: InputError where it is neither CSV nor Parquet, or columns that the protocol names are missing.
    """
    part = read_part(path)
    open_table([part], needed_columns(protocol)).held.close()
    return part


def open_rows(paths: Paths, protocol: Protocol, *, threads: int | None = None) -> FileRows:
    """Open data files, check them against the protocol, and reduce them to cells in one scan.

    `paths`: a CSV (UTF-8; `,` or `;`; `.gz`) or Parquet file, several, a folder of parts, or a glob. `threads`: None
    for one a core.

    Raises: InputError naming every mistake found: what is wrong, where, and what to do.
    """
    layout = layout_of(protocol)
    table = open_table(find_parts(paths), needed_columns(protocol), threads=threads)
    try:
        profiles = profile(table, layout)
        check_columns(table, profiles, layout)
        rows = _reduced(table, profiles, layout)
        _check_design(protocol, rows, layout)
    except BaseException:
        table.held.close()
        raise
    return rows


def _check_design(protocol: Protocol, rows: FileRows, layout: Layout) -> None:
    """Refuse data that the design cannot use, and units that come twice, all at once."""
    problems: list[Problem] = []
    try:
        method_of(protocol).check(protocol, rows.tally(layout))
    except InputError as error:
        problems += error.problems
    if layout.unit:
        problems += repeated_units(rows.table, layout.unit, rows.profiles.rows)
    if problems:
        raise InputError(problems=tuple(problems))


def _reduced(table: Table, profiles: Profiles, layout: Layout) -> FileRows:
    outcome = profiles.variables[layout.outcome]
    adjusting = [profiles.variables[column] for column in layout.beside]
    variables = (outcome, *(one for one in adjusting if one.is_number))
    factors = tuple(one for one in adjusting if not one.is_number)
    weights = profiles.variables[layout.weights] if layout.weights else None
    keys = tuple((profiles.keys | {one.column: one for one in factors}).values())
    there, gone = _split(table.source, outcome, gappy=outcome.filled < profiles.rows)
    groups = grouping(keys, profiles.rows)
    schemes = [exact_scheme(variables, weights, profiles.rows)]
    likely = likely_cells(profiles.keys, layout, profiles.rows)
    if weights is None and (quick := quick_scheme(variables, profiles.rows, likely)):
        schemes.insert(0, quick)
    coarse = [f"k{place}" for place, key in enumerate(keys) if key.column != layout.cluster]
    try:
        scheme = _summed(table, schemes, there, groups, coarse)
        table.fetch(gaps_sql(gone, keys))
    except duckdb.OutOfMemoryException as error:
        raise no_room(table.parts) from error
    except duckdb.Error as error:
        raise check_values(table, [*variables, *([weights] if weights else [])], layout) from error
    return FileRows(table, profiles, variables, weights, tuple(one.column for one in factors), keys, scheme)


def _summed(table: Table, schemes: Sequence[Scheme], there: str, groups: Grouping, coarse: Sequence[str]) -> Scheme:
    """Scan by the first scheme; where its sums turn out not to be fine enough, by the next. The last always is."""
    for scheme in schemes:
        _scan(table, there, groups, scheme)
        if not scheme.bits or table.fetch(fine_enough_sql(coarse, scheme))[0][0]:
            break
    return scheme


def _scan(table: Table, there: str, groups: Grouping, scheme: Scheme) -> None:
    """Sum into cells: in one pass, and where many cells of many columns cannot be held while they grow, in more."""
    for passes in PASSES:
        try:
            for turn in range(passes):
                table.connection.execute(cells_sql(there, groups, scheme, turn, passes))
        except duckdb.OutOfMemoryException:
            if passes == PASSES[-1]:
                raise
        else:
            return


def _split(source: str, outcome: Profile, *, gappy: bool) -> tuple[str, str]:
    """The rows with an outcome, and those without."""
    if not gappy:
        return source, f"{source} WHERE false"
    return f"{source} WHERE {outcome.sql} IS NOT NULL", f"{source} WHERE {outcome.sql} IS NULL"


def data_sha256(paths: Paths) -> str:
    """What identifies the data: SHA-256 of the one file's bytes, or of the sorted list of the parts' digests.

    With several parts the list is their hexadecimal digests, sorted, a line each; so names and order do not matter.

    Raises: InputError where a file cannot be found or read.
    """
    digests = sorted(_digest(part.path) for part in find_parts(paths))
    return (
        digests[0] if len(digests) == 1 else hashlib.sha256("".join(f"{one}\n" for one in digests).encode()).hexdigest()
    )


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}.", where=str(path), do="Check it.") from error
