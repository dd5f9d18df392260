"""The scan where variables are many: rows leave DuckDB in batches of integers, and matrices multiply them.

Asked of SQL, each of the (1 + V)² / 2 products is a sum of its own that every row passes through. Here DuckDB reads the
files, puts values on their grids and tells the cell of each row; `clew.evaluate.limbs` sums the products, exactly. What
is left in the session are the same table and views, of the same integers, as `clew.evaluate.cells` makes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.evaluate.cells import Grouping, Summed, pairs_of, view_sql
from clew.evaluate.grid import ONE
from clew.evaluate.limbs import MOST, WORD, CellSums, add, no_sums, pair_place
from clew.evaluate.profile import Profile
from clew.tables.arrow_stream import batches
from clew.tables.table import Table

MANY = 11
"""Variables, outcomes among them, above which this way is the cheaper: more than ten covariates of one outcome."""

NUMBERS = 1 << 24
"""The most sums that are held: cells × pairs of variables, of 16 bytes each. More cells are summed in SQL."""

PACKED = 1 << 31
"""Above every packed key; see `clew.evaluate.cells.grouping`."""


@dataclass(frozen=True, slots=True)
class _Wide:
    """What is summed. `values`: the distinct integers of a row as SQL, with their place. `gappy`: the places of
    outcomes that not every row has. `outcomes`: as they are asked for. `keys`: what rows are grouped by."""

    values: Mapping[str, int]
    gappy: tuple[int, ...]
    outcomes: Sequence[Summed]
    keys: Grouping

    @property
    def packed(self) -> bool:
        """Whether one integer holds all keys."""
        return self.keys.grouped == ("g",)


def are_many(variables: Sequence[Sequence[Profile]]) -> bool:
    """Whether this way is the cheaper. `variables`: of each outcome, itself and the covariates."""
    return len({one.column for each in variables for one in each}) > MANY


def wide_sums(table: Table, keys: Grouping, outcomes: Sequence[Summed]) -> bool:
    """Fill the table `sums` and make the views into which it falls apart, as `cells_sql` tells; whether that was done.

    It is not where variables are few or summed in doubles; more sums would be held than `NUMBERS`; two cells happen to
    share an id; or a file's own statistics are wrong about its range.

    Raises: duckdb.Error where rows cannot be read or values not be put on their grids.
    """
    grids = {grid.sql: grid for one in outcomes for grid in one.scheme.grids}
    values = {sql: place for place, sql in enumerate(grids)}
    if len(grids) <= MANY + 1 or max(grid.bits for grid in grids.values()) > MOST or outcomes[0].scheme.bits:
        return False
    gappy = tuple(values[one.scheme.grids[1].sql] for one in outcomes if one.gappy)
    wide = _Wide(values, gappy, outcomes, keys)
    if not (wide.packed or _keys_told_apart(table, wide)):
        return False
    if (summed := _summed(table, wide)) is None:
        return False
    _bring(table, wide, *summed)
    return True


def _inner(wide: _Wide, source: str, *, values: bool) -> str:
    """Rows with what they are grouped by, `there`, and their integers v0, v1 … where `values` are asked for."""
    named = [f"{sql} AS v{place}" for sql, place in wide.values.items() if values or place in wide.gappy]
    there = " + ".join(f"(v{place} IS NOT NULL)::BIGINT * {1 << bit}" for bit, place in enumerate(wide.gappy))
    rows = f"SELECT {', '.join([*wide.keys.inner, *named])} FROM {source}"
    return f"(SELECT *, {there or '0::BIGINT'} AS there FROM ({rows}))"


def _id(wide: _Wide) -> str:
    """One number for each cell and set of outcomes that its rows have."""
    if wide.packed:
        return f"(g::BIGINT + there * {PACKED})::UBIGINT"
    return f"hash({', '.join(wide.keys.grouped)}, there)"


def _keys_told_apart(table: Table, wide: _Wide) -> bool:
    """Keep the keys of each id in a table, by a scan of them alone; whether they are few, and no two share an id."""
    by = ", ".join([*wide.keys.grouped, "there"])
    table.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE keys_by_id AS SELECT {_id(wide)} AS id, {by} "
        f"FROM {_inner(wide, table.source, values=False)} GROUP BY {by}"
    )
    cells, ids = table.fetch("SELECT count(*), count(DISTINCT id) FROM keys_by_id")[0]
    return bool(cells == ids)


def _summed(table: Table, wide: _Wide) -> tuple[list[int], CellSums] | None:
    """The sums of all rows by id, in the order in which ids are first met; None where they cannot be held."""
    width = len(wide.values)
    chosen = ", ".join(f"coalesce(v{place}, 0)::BIGINT" for place in range(width))
    sums = no_sums(2 * NUMBERS // (width * (width + 1)), width)
    known: dict[int, int] = {}
    for ids, *columns in batches(
        table.connection, f"SELECT {_id(wide)}, {chosen} FROM {_inner(wide, table.source, values=True)}"
    ):
        order = np.argsort(ids)
        ordered = ids[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=~ordered[:1]))
        cells = np.array([known.setdefault(one, len(known)) for one in ordered[starts].tolist()], dtype=np.int64)
        if len(known) > sums.cells or not add(sums, columns, order, starts, cells):
            return None
    return list(known), sums


def _bring(table: Table, wide: _Wide, ids: Sequence[int], sums: CellSums) -> None:
    """Bring the sums into the session: the table `sums` and its views."""
    kept: dict[str, str] = {"sum(n)::BIGINT" if wide.gappy else "n": "n"}
    views = [view_sql(wide.keys, one, _columns(wide, one, kept)) for one in wide.outcomes]
    by, totals = ", ".join(wide.keys.grouped), ", ".join(f"{sql} AS {name}" for sql, name in kept.items())
    grouped = f"SELECT {by}, {totals} FROM {_found(wide)}{f' GROUP BY {by}' if wide.gappy else ''}"
    chosen = ", ".join([*wide.keys.outer, *kept.values()])
    table.connection.register("found", _arrays(ids, sums))
    try:
        table.connection.execute(f"CREATE OR REPLACE TEMP TABLE sums AS SELECT {chosen} FROM ({grouped})")
    finally:
        table.connection.unregister("found")
    for view in views:
        table.connection.execute(view)


def _arrays(ids: Sequence[int], sums: CellSums) -> dict[str, NDArray[Any]]:
    """The sums as columns: id, n, and the words h0, l0 … of each pair."""
    found = {"id": np.array(ids, dtype=np.uint64), "n": sums.n[: len(ids)]}
    for name, words in (("h", sums.high), ("l", sums.low)):
        found |= {f"{name}{place}": words[: len(ids), place].copy() for place in range(words.shape[1])}
    return found


def _found(wide: _Wide) -> str:
    """The sums with the keys and outcomes that their ids stand for."""
    if wide.packed:
        return f"(SELECT *, CAST(id % {PACKED} AS INTEGER) AS g, id // {PACKED} AS there FROM found)"
    return "(found JOIN keys_by_id USING (id))"


def _columns(wide: _Wide, one: Summed, kept: dict[str, str]) -> dict[str, str]:
    """The columns of an outcome's view by name, each a column of `sums`; what they need is added to `kept`."""
    width, places = len(wide.values), [wide.values[grid.sql] for grid in one.scheme.grids]
    bit = wide.gappy.index(places[1]) if one.gappy else 0
    there = f" FILTER (WHERE (there >> {bit}) & 1 = 1)" if one.gappy else ""

    def total(column: str) -> str:
        return f"sum({column}){there}" if wide.gappy else column

    n = f"coalesce({total('n')}, 0)::BIGINT" if one.gappy else next(iter(kept))
    columns = {"n": kept.setdefault(n, f"s{len(kept)}")}
    for i, j in pairs_of(range(len(places))):
        pair = pair_place(width, *sorted((places[i], places[j])))
        words = f"{total(f'h{pair}')}::HUGEINT * {1 << WORD} + {total(f'l{pair}')}"
        sql = f"{n}::HUGEINT" if one.scheme.grids[j] == ONE else words
        columns[f"p{i}_{j}"] = kept.setdefault(sql, f"s{len(kept)}")
    return columns
