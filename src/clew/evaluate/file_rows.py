"""The cells of files as sufficient statistics: exact sums in a DuckDB session, moved to a mean and rounded once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ldexp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.evaluate.arrays import encode, encode_with_gaps
from clew.evaluate.cells import Pair, pairs_of, recentred_sql, subset_sql
from clew.evaluate.grid import Grid, finer
from clew.evaluate.profile import Profile, Profiles
from clew.evaluate.rows import Curves, Floats, Key, Layout, Moments, Tally, Within, distinct, nobody, numbered
from clew.evaluate.scan import Scanned, Sums
from clew.evaluate.second_scan import Scope, second_scan
from clew.evaluate.wide_squares import is_wide, wide_squares
from clew.tables.table import Table, number, text

EPSILON = float(np.finfo(float).eps)

NAMES = {
    "integer": re.compile(r"-?(0|[1-9][0-9]{0,18})"),
    "real": re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?"),
}
"""The labels that numbers can have."""


@dataclass(frozen=True, slots=True)
class FileRows:
    """The cells of files, held in a DuckDB session; satisfies `clew.evaluate.rows.Rows` for every outcome scanned.

    What was asked of all rows is kept: a screen and a picture ask for what the estimate asked for.
    """

    table: Table
    profiles: Profiles
    scanned: Scanned
    _tallies: dict[Layout, Tally] = field(default_factory=dict, repr=False)
    _moments: dict[Layout, Moments] = field(default_factory=dict, repr=False)

    def tally(self, layout: Layout) -> Tally:
        """Count rows by all key columns; see `Rows.tally`."""
        if layout not in self._tallies:
            self._tallies[layout] = self._counted(layout)
        return self._tallies[layout]

    def moments(self, layout: Layout, within: Within = ()) -> Moments:
        """Sufficient statistics of a subset, exact until they are rounded once; see `Rows.moments`."""
        if within:
            return self._summed(layout, within)
        if layout not in self._moments:
            self._moments[layout] = self._summed(layout, within)
        return self._moments[layout]

    def by_value(self, layout: Layout) -> Tally:
        """Count rows by arm, cluster and value of the outcome, in one more scan; see `clew.evaluate.by_value`."""
        names, y = distinct(layout.arm, layout.cluster), self._sums(layout).variables[0].sql
        sql = {key.column: key.sql for key in self.scanned.keys}
        chosen = ", ".join(f"{sql[column]} AS {self._place(column)}" for column in names)
        found = self._fetch(
            f"SELECT {chosen}, CAST({y} AS DOUBLE) AS y, count(*)::BIGINT AS n FROM {self.table.source} "
            f"WHERE {y} IS NOT NULL GROUP BY ALL ORDER BY ALL"
        )
        keys = {column: _key(found[self._place(column)]) for column in names}
        keys[layout.outcome] = encode(np.asarray(found["y"]))
        return Tally(keys, np.asarray(found["n"]), np.zeros(len(found["n"]), dtype=np.int64))

    def squares(self, layout: Layout, curves: Curves, within: Within = ()) -> float:
        """Sum of squared influence × residual, by leverage, in one more scan; see `Rows.squares`."""
        known, variables = {key.column: key for key in self.scanned.keys}, self._sums(layout).variables
        where = [f"{variables[0].sql} IS NOT NULL"]
        where += [f"({known[column].sql}) = {_literal(known[column], label)}" for column, label in within]
        named = {pair for labels in curves.labels for pair in zip(curves.columns, labels, strict=True)}
        literal = {(column, label): _literal(known[column], label) for column, label in named}
        classes = [[literal[pair] for pair in zip(curves.columns, labels, strict=True)] for labels in curves.labels]
        keys = [known[column] for column in curves.columns]
        scope = Scope(self.table.source, " AND ".join(where), self.profiles.rows, keys, variables, self.scanned.weights)
        if is_wide(curves):
            total, exponent = wide_squares(self.table, curves, classes, scope)
        else:
            query, exponent = second_scan(curves, classes, scope)
            (total,) = self._row(query)
        return ldexp(float(total or 0), -exponent)

    def close(self) -> None:
        """End the session; the files are left as they were."""
        self.table.held.close()

    def _fetch(self, query: str) -> dict[str, NDArray[Any]]:
        return self.table.fetch_arrays(query)

    def _counted(self, layout: Layout) -> Tally:
        names = distinct(*layout.design_keys, *layout.groups, *self.scanned.factors)
        chosen, cells = ", ".join(self._place(column) for column in names), self._sums(layout).summed.cells
        counted = "n, missing" if self._are_all(names) else "sum(n)::BIGINT AS n, sum(missing)::BIGINT AS missing"
        grouped = "" if self._are_all(names) else f"GROUP BY {chosen}"
        found = self._fetch(f"SELECT {chosen}, {counted} FROM {cells} {grouped} ORDER BY {chosen}")
        return Tally(self._decoded(names, found), np.asarray(found["n"]), np.asarray(found["missing"]))

    def _summed(self, layout: Layout, within: Within) -> Moments:
        sums = self._sums(layout)
        cells, grids, variables = sums.summed.cells, sums.summed.scheme.grids, sums.variables
        where = self._where(sums, within)
        places = [0, *(i for i, one in enumerate(variables, 1) if i == 1 or one.column in layout.beside)]
        factors = tuple(column for column in self.scanned.factors if column in layout.adjust_for)
        names = distinct(*layout.design_keys, *factors)
        keys, pairs = [self._place(column) for column in names], pairs_of(places)
        alone = self._are_all([*names, *(column for column, _ in within)])
        subset = subset_sql(cells, keys, where, pairs, alone=alone)
        centre = self._centre(cells, where, places[1:], within, finer(grids))
        found = self._fetch(recentred_sql(subset, keys, pairs, centre, finer(grids)))
        return Moments(
            keys=self._decoded(names, found),
            n=np.asarray(found["n"]),
            covariates=tuple(variables[i - 1].column for i in places[2:]),
            factors=factors,
            centre=_origin(grids, centre),
            products=_assembled(grids, found, pairs, places),
            noise=self._noise(grids, centre),
        )

    def _sums(self, layout: Layout) -> Sums:
        return self.scanned.outcomes[layout.outcome]

    def _are_all(self, names: Sequence[str]) -> bool:
        """Whether these are all key columns: no two cells have the same values of them."""
        return set(names) == {key.column for key in self.scanned.keys}

    def _place(self, column: str) -> str:
        return f"k{[key.column for key in self.scanned.keys].index(column)}"

    def _where(self, sums: Sums, within: Within) -> str:
        """Which cells lie within a subset and hold an outcome."""
        conditions = [f"{self._place(column)} = {self._code(column, label)}" for column, label in within]
        return " AND ".join([*conditions, *(["n > 0"] if sums.summed.gappy else [])]) or "true"

    def _code(self, column: str, label: str) -> str:
        """How cells hold the value that `label` names; NULL, which equals nothing, where none has that name."""
        if column not in self.scanned.labels:
            return _literal(next(key for key in self.scanned.keys if key.column == column), label)
        known = self.scanned.labels[column]
        return str(known.index(label)) if label in known else "NULL"

    def _decoded(self, names: tuple[str, ...], found: Mapping[str, NDArray[Any]]) -> dict[str, Key]:
        known = self.scanned.labels
        return {
            column: _text_key(found[self._place(column)], known[column])
            if column in known
            else _key(found[self._place(column)])
            for column in names
        }

    def _row(self, query: str) -> tuple[Any, ...]:
        return self.table.fetch(query)[0]

    def _centre(self, cells: str, where: str, places: Sequence[int], within: Within, step: int) -> dict[int, int]:
        """For each variable's place, the weighted mean in refined grid units, rounded down: exact integers."""
        sums = ", ".join(f"sum(p0_{place})" for place in (0, *places))
        weight, *totals = self._row(f"SELECT {sums} FROM {cells} WHERE {where}")
        if not weight:
            raise nobody(within)
        return {place: (total << step) // weight for place, total in zip(places, totals, strict=True)}

    def _noise(self, grids: Sequence[Grid], centre: Mapping[int, int]) -> Floats:
        """With weights, what rounding √w, √w · x and the mean to their grids leaves of a constant x; else nothing."""
        if self.scanned.weights is None:
            return np.zeros(len(centre))
        of_weight, used = grids[0], [grids[place] for place in centre]
        units = np.array([ldexp(4.0, -grid.exponent) for grid in used])
        steps = np.array([ldexp(4.0, of_weight.exponent - grid.exponent - finer(grids)) for grid in used])
        reach = _origin(grids, centre) - np.array([grid.origin for grid in used])
        largest = float(self.scanned.weights.high or 0)
        rounded = (reach * ldexp(4.0, -of_weight.exponent)) ** 2 + largest * EPSILON * steps**2
        return np.asarray(units**2 + rounded)


def _literal(key: Profile, label: str) -> str:
    """The value of a key that `label` names, as SQL; NULL, which equals nothing, where no value can have that name."""
    if key.kind == "text":
        return text(label)
    if key.kind == "boolean":
        return label if label in {"true", "false"} else "NULL"
    if not NAMES[key.kind].fullmatch(label):
        return "NULL"
    return number(float(label)) if key.kind == "real" else label


def _origin(grids: Sequence[Grid], centre: Mapping[int, int]) -> Floats:
    """The centre in the variables' units."""
    unit = {i: grids[0].exponent - grids[i].exponent - finer(grids) for i in centre}
    return np.array([grids[i].origin + ldexp(mean, unit[i]) for i, mean in centre.items()])


def _assembled(
    grids: Sequence[Grid], found: Mapping[str, NDArray[Any]], pairs: Sequence[Pair], places: Sequence[int]
) -> Floats:
    """Products (C, 1+V, 1+V) in the variables' units; 0 where a pair was not summed."""
    products, slot = np.zeros((len(found["n"]), len(places), len(places))), {p: s for s, p in enumerate(places)}
    for i, j in pairs:
        refined = finer(grids) * ((i > 0) + (j > 0))
        values = np.ldexp(np.asarray(found[f"m{i}_{j}"]), -grids[i].exponent - grids[j].exponent - refined)
        products[:, slot[i], slot[j]] = products[:, slot[j], slot[i]] = values
    products.setflags(write=False)  # several ask for them
    return products


def _text_key(codes: NDArray[Any], labels: Sequence[str]) -> Key:
    """A text key of which cells hold the places of its labels; "" where it was NULL, before all others."""
    hidden = np.ma.getmaskarray(codes)
    names, place = numbered(np.where(hidden, 0, np.ma.getdata(codes).astype(np.int64) + 1))
    return Key(tuple(labels[name - 1] if name else "" for name in names.tolist()), place)


def _key(values: NDArray[Any]) -> Key:
    """A key column as labels and codes; "" where it was NULL."""
    if not isinstance(values, np.ma.MaskedArray) or not values.mask.any():
        return encode(np.asarray(values))
    return encode_with_gaps(values.data, np.ma.getmaskarray(values))
