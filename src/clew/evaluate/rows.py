"""What the estimators may know of the data: counts, sums and cross-products of cells, never a row.

Two sources satisfy `Rows`: `clew.evaluate.files` (DuckDB over CSV and Parquet) and `clew.evaluate.arrays` (numpy, for
simulation). A cell is one joint value of the key columns: cluster, block, arm, fixed effect, equity groups and text
covariates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol as Interface

import numpy as np
from numpy.typing import NDArray

from clew.errors import InputError
from clew.pilot.protocol import Measure, Protocol
from clew.tables.wording import quoted

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Within = tuple[tuple[str, str], ...]
"""(column, label) pairs that a subset's rows all have, such as `(("sub", "2"),)`; empty: all rows."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column plays which part. `groups`: equity columns. `level`: the column whose values are absorbed.

    `keys`: further columns that rows are told apart by (period, unit, start of treatment, running variable).
    `variables`: further numbers that are summed beside the outcome (received, exposure), before those adjusted for.
    `may_be_empty`: those of `keys` whose emptiness has a meaning (no start of treatment: never treated).
    `shares`: those of `variables` that lie from 0 to 1; `from_zero`: those that are not negative. `few_rows`: the
    outcome may be the same in every row, as where rows are few sums of counts.
    """

    outcome: str
    measure: Measure
    arm: str | None = None
    cluster: str | None = None
    block: str | None = None
    level: str | None = None
    weights: str | None = None
    unit: str | None = None
    adjust_for: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    may_be_empty: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    from_zero: tuple[str, ...] = ()
    few_rows: bool = False

    @property
    def design_keys(self) -> tuple[str, ...]:
        """The key columns that every estimator needs, without repetition: arm, cluster, block, level, `keys`."""
        return distinct(self.arm, self.cluster, self.block, self.level, *self.keys)

    @property
    def beside(self) -> tuple[str, ...]:
        """Columns that are summed beside the outcome: `variables`, then those adjusted for."""
        return distinct(*self.variables, *self.adjust_for)


def nobody(within: Within) -> InputError:
    """The complaint that no row with an outcome lies within a subset."""
    where = ", ".join(f"{column} = {quoted(label)}" for column, label in within) or "the data"
    return InputError("no row with an outcome is there.", where=where, do="Check the names of the groups.")


def distinct(*names: str | None) -> tuple[str, ...]:
    """The names that are given, each once, in their first order."""
    return tuple(dict.fromkeys(name for name in names if name is not None))


def plain_layout(protocol: Protocol) -> Layout:
    """Read off a protocol what every design has: outcome, weights, baseline columns and groups."""
    outcome = protocol.outcome
    return Layout(
        outcome=outcome.column,
        measure=outcome.measure,
        weights=protocol.design.weights,
        adjust_for=outcome.adjust_for,
        groups=tuple(equity.column for equity in protocol.equity),
        keys=asked_of_time_and_place(protocol),
    )


def asked_of_time_and_place(protocol: Protocol) -> tuple[str, ...]:
    """The columns by which a protocol asks whether the effect lasts, tells versions apart, and benchmarks places."""
    followed = protocol.sustained
    asked = (followed.period, followed.support) if followed else ()
    return distinct(*asked, protocol.funnel_unit, protocol.version_column)


def summed(values: Floats, group: Integers, groups: int) -> Floats:
    """Sum `values` (N, …) by the group of each row, 0 to `groups` − 1, in their order: (groups, …)."""
    sums = np.zeros((groups, *values.shape[1:]))
    order = np.argsort(group, kind="stable")
    inside = group[order]
    start = np.flatnonzero(np.diff(inside, prepend=-1))
    sums[inside[start]] = np.add.reduceat(values[order], start, axis=0)
    return sums


def numbered(codes: Integers) -> tuple[Integers, Integers]:
    """The codes that occur, ascending, and the place of each of `codes` among them; codes are not negative.

    What `np.unique` returns, without sorting where counting is cheaper.
    """
    if len(codes) == 0 or codes.max() > 8 * len(codes) + 1024:
        names, place = np.unique(codes, return_inverse=True)
        return names, place.ravel()
    counts = np.bincount(codes)
    names = counts.nonzero()[0]
    return names, codes if len(names) == len(counts) else ((counts > 0).cumsum() - 1)[codes]


@dataclass(frozen=True, slots=True)
class Key:
    """A key column over cells: `labels` (numbers by value, texts by letter; "" where empty), `codes` (C,) of them."""

    labels: tuple[str, ...]
    codes: Integers

    def where(self, label: str) -> NDArray[np.bool_]:
        """Which cells hold `label`: (C,) booleans, all false where no cell does."""
        position = self.labels.index(label) if label in self.labels else -1
        return np.equal(self.codes, position)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows each cell holds: `n` (C,) with an outcome, `missing` (C,) without one."""

    keys: Mapping[str, Key]
    n: Integers
    missing: Integers

    def by(self, column: str, counts: Integers) -> dict[str, int]:
        """Total of `counts` (`n` or `missing`) for each label of `column`, in label order."""
        key = self.keys[column]
        totals = np.zeros(len(key.labels), dtype=np.int64)
        np.add.at(totals, key.codes, counts)
        return {label: int(total) for label, total in zip(key.labels, totals, strict=True)}


@dataclass(frozen=True, slots=True)
class Moments:
    """Counts and cross-products of the cells of a subset, about the subset's own mean.

    `n`: (C,) rows. `covariates`: the layout's variables, then the numbers that are adjusted for. `centre`: (V,) the
    origin, near the weighted mean, of outcome then `covariates`, in their units. `products`: (C, 1+V, 1+V), the sum
    over rows of w·(1, v)(1, v)' with v = (outcome, covariates) − `centre`; w = 1 without weights. `factors`: the text
    covariates, which are among `keys`. `noise`: (V,) what rounding may add to a variable's sum of squares for each
    row.
    """

    keys: Mapping[str, Key]
    n: Integers
    covariates: tuple[str, ...]
    factors: tuple[str, ...]
    centre: Floats
    products: Floats
    noise: Floats


@dataclass(frozen=True, slots=True)
class Curves:
    """For each class of cells, the residual, influence and leverage of a row as functions of its variables.

    A class is one joint label of `columns` (`labels`: one tuple a class). With v = (1, outcome, covariates), the last
    two about `centre`: `residual` (K, 1+V) and `influence` (K, 1+V) are linear in v, `leverage` (K, 1+V, 1+V)
    quadratic, or None where it is not discounted (HC1).
    """

    columns: tuple[str, ...]
    labels: Sequence[tuple[str, ...]]
    centre: Floats
    residual: Floats
    influence: Floats
    leverage: Floats | None


class Rows(Interface):
    """A source of rows that yields sufficient statistics alone. All methods leave out rows without an outcome,
    except that `tally` counts them."""

    def tally(self, layout: Layout) -> Tally:
        """Count rows by all key columns of `layout`, equity groups included.

        Raises: InputError where the data cannot be used; every mistake found is named at once.
        """
        ...

    def moments(self, layout: Layout, within: Within = ()) -> Moments:
        """Sufficient statistics of the rows within a subset, by arm, cluster, block, absorbed level and factors.

        Raises: InputError where the data cannot be used, or no row with an outcome lies within.
        """
        ...

    def squares(self, layout: Layout, curves: Curves, within: Within = ()) -> float:
        """Sum over rows of (w · influence · residual)² / (1 − w · leverage): the second scan of HC1 and HC2.

        Rows of no class count nothing, nor do rows whose leverage is 1: their residual is 0. Units: the
        estimate's, squared.
        """
        ...


def select(moments: Moments, cells: NDArray[np.bool_]) -> Moments:
    """The same moments of fewer cells; the centre stays where it was."""
    keys = {name: Key(key.labels, key.codes[cells]) for name, key in moments.keys.items()}
    return replace(moments, keys=keys, n=moments.n[cells], products=moments.products[cells])
