"""Rows that already lie in memory: for simulated trials, and as the slow twin of the scan over files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from clew.evaluate.rows import Curves, Floats, Integers, Key, Layout, Moments, Tally, Within, distinct, nobody, numbered

Columns = Mapping[str, NDArray[Any]]


def encode(values: NDArray[Any]) -> Key:
    """Turn a column into labels and codes. Whole floats are written as integers, True as "true", NaN as ""."""
    distinct_values, codes = _distinct(values)
    name = str if values.dtype.kind in "iuU" else label_of
    return Key(tuple(map(name, distinct_values.tolist())), codes)


def encode_with_gaps(values: NDArray[Any], hidden: NDArray[np.bool_]) -> Key:
    """The same for a column of which some values are hidden: their label is "", and labels are in order as texts."""
    distinct_values, there = _distinct(values[~hidden])
    labels, place = np.unique(["", *map(label_of, distinct_values.tolist())], return_inverse=True)
    codes = np.zeros(len(values), dtype=np.int64)
    codes[~hidden] = there + 1
    return Key(tuple(map(str, labels)), place.ravel()[codes])


def _distinct(values: NDArray[Any]) -> tuple[NDArray[Any], Integers]:
    """The values that occur, ascending, and each value's place among them; whole numbers are counted, not sorted."""
    if values.dtype.kind not in "iu" or len(values) == 0 or int(values.max()) - int(values.min()) > 8 * len(values):
        names, place = np.unique(values, return_inverse=True)
        return names, place.ravel()
    low = values.min()
    names, place = numbered((values - low).astype(np.int64))
    return (names + int(low)).astype(values.dtype), place


def label_of(value: object) -> str:
    """The text by which a protocol names this value; "" for an empty one."""
    if value is None or value != value:  # noqa: PLR0124 – only NaN differs from itself
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@dataclass(frozen=True, slots=True)
class ArrayRows:
    """Columns of equal length held as numpy arrays. A NaN outcome is a missing one. Values are not checked further.

    Codes of key columns and cells are kept once computed.
    """

    columns: Columns
    _keys: dict[str, Key] = field(default_factory=dict, repr=False)
    _cells: dict[tuple[str, ...], tuple[Integers, Integers]] = field(default_factory=dict, repr=False)

    def replaced(self, column: str, values: NDArray[Any]) -> Self:
        """The same rows with one outcome or covariate column replaced; the work on key columns is not done again."""
        return type(self)({**self.columns, column: values}, self._keys, self._cells)

    def tally(self, layout: Layout) -> Tally:
        """Count rows by all key columns of `layout`; see `Rows.tally`."""
        keys = distinct(*layout.design_keys, *layout.groups, *self._factors(layout))
        first, cell = self._index(keys)
        missing = np.isnan(self._floats(layout.outcome))
        n = np.bincount(cell[~missing], minlength=len(first))
        return Tally(self._at(keys, first), n, np.bincount(cell[missing], minlength=len(first)))

    def moments(self, layout: Layout, within: Within = ()) -> Moments:
        """Sufficient statistics of a subset; see `Rows.moments`."""
        factors = self._factors(layout)
        keys = distinct(*layout.design_keys, *factors)
        used = self._used(layout, within)
        if not used.any():
            raise nobody(within)
        first, cell = self._cells_of(keys, within, used)
        values, weights = self._variables(layout)[used], self._weights(layout)[used]
        centre = weights @ values / weights.sum()
        products = _cross_products(values - centre, weights, cell, len(first))
        n = np.bincount(cell, minlength=len(first))
        noise = (4 * np.finfo(float).eps * centre) ** 2 * weights.mean()
        return Moments(self._at(keys, first), n, self._covariates(layout), factors, centre, products, noise)

    def by_value(self, layout: Layout) -> Tally:
        """Count rows by arm, cluster and value of the outcome; see `clew.evaluate.by_value`."""
        keys = distinct(layout.arm, layout.cluster, layout.outcome)
        used = np.flatnonzero(~np.isnan(self._floats(layout.outcome)))
        first, cell = _number([self._key(name) for name in keys], used)
        return Tally(self._at(keys, first), np.bincount(cell), np.zeros(len(first), dtype=np.int64))

    def squares(self, layout: Layout, curves: Curves, within: Within = ()) -> float:
        """Sum of squared influence × residual, by leverage; see `Rows.squares`."""
        used = self._used(layout, within)
        weights = self._weights(layout)[used]
        values = self._variables(layout)[used] - curves.centre
        v = np.column_stack([np.ones(len(values)), values])
        row_class = self._classes(curves)[used]
        weights = np.where(row_class < 0, 0.0, weights)
        terms = weights * _linear(curves.residual, row_class, v) * _linear(curves.influence, row_class, v)
        if curves.leverage is None:
            return float(np.sum(terms**2))
        leverage = weights * np.einsum("ni,nij,nj->n", v, curves.leverage[row_class], v)
        inside = 1 - leverage > 1e-8
        return float(np.sum(terms[inside] ** 2 / (1 - leverage[inside])))

    def _floats(self, column: str) -> Floats:
        return np.asarray(self.columns[column], dtype=np.float64)

    def _key(self, column: str) -> Key:
        if column not in self._keys:
            self._keys[column] = encode(np.asarray(self.columns[column]))
        return self._keys[column]

    def _at(self, names: tuple[str, ...], rows: Integers) -> dict[str, Key]:
        return {name: Key(self._key(name).labels, self._key(name).codes[rows]) for name in names}

    def _factors(self, layout: Layout) -> tuple[str, ...]:
        return tuple(name for name in layout.adjust_for if np.asarray(self.columns[name]).dtype.kind in "OUST")

    def _covariates(self, layout: Layout) -> tuple[str, ...]:
        factors = self._factors(layout)
        return tuple(name for name in layout.beside if name not in factors)

    def _variables(self, layout: Layout) -> Floats:
        return np.column_stack([self._floats(name) for name in (layout.outcome, *self._covariates(layout))])

    def _weights(self, layout: Layout) -> Floats:
        return self._floats(layout.weights) if layout.weights else np.ones(len(self.columns[layout.outcome]))

    def _used(self, layout: Layout, within: Within) -> NDArray[np.bool_]:
        used = ~np.isnan(self._floats(layout.outcome))
        for column, label in within:
            used &= self._key(column).where(label)
        return used

    def _cells_of(self, keys: tuple[str, ...], within: Within, used: NDArray[np.bool_]) -> tuple[Integers, Integers]:
        if within or not used.all():
            return _number([self._key(name) for name in keys], np.flatnonzero(used))
        return self._index(keys)

    def _index(self, keys: tuple[str, ...]) -> tuple[Integers, Integers]:
        if keys not in self._cells:
            rows = np.arange(len(self._key(keys[0]).codes))
            self._cells[keys] = _number([self._key(name) for name in keys], rows)
        return self._cells[keys]

    def _classes(self, curves: Curves) -> Integers:
        keys = [self._key(name) for name in curves.columns]
        place = {labels: code for code, labels in enumerate(curves.labels)}
        combined = zip(*([key.labels[code] for code in key.codes] for key in keys), strict=True)
        return np.array([place.get(labels, -1) for labels in combined], dtype=np.int64)


def _number(keys: list[Key], rows: Integers) -> tuple[Integers, Integers]:
    """First row of each cell (C,), in key order, and the cell of each of `rows`."""
    code = np.zeros(len(rows), dtype=np.int64)
    for key in keys:
        code = code * len(key.labels) + key.codes[rows]
    names, cell = numbered(code)
    first = np.empty(len(names), dtype=np.int64)
    first[cell[::-1]] = rows[::-1]
    return first, cell


def _cross_products(values: Floats, weights: Floats, cell: Integers, cells: int) -> Floats:
    """Sum within each cell of w·(1, v)(1, v)': (C, 1+V, 1+V)."""
    columns = [weights, *(weights * values.T)]
    factors = [np.ones_like(weights), *values.T]
    products = np.empty((cells, len(columns), len(columns)))
    for i, j in combinations_with_replacement(range(len(columns)), 2):
        products[:, i, j] = np.bincount(cell, columns[i] * factors[j], minlength=cells)
        products[:, j, i] = products[:, i, j]
    return products


def _linear(coefficients: Floats, row_class: Integers, v: Floats) -> Floats:
    return np.asarray(np.einsum("ni,ni->n", coefficients[row_class], v))
