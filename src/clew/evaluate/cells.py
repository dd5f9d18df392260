"""The SQL of cells: one grouped scan into exact integer sums of all outcomes, and moving the sums of a subset to its
own mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import prod

from clew.evaluate.grid import LOST, MANTISSA, ONE, Scheme, as_integer, product
from clew.evaluate.profile import Profile
from clew.evaluate.rows import Layout, distinct

Pair = tuple[int, int]


def pairs_of(places: Sequence[int]) -> list[Pair]:
    """Places (i, j), i ≤ j, of the products that cells hold: 0 is the weight, 1 the outcome, then covariates."""
    return list(combinations_with_replacement(places, 2))


@dataclass(frozen=True, slots=True)
class Grouping:
    """Key columns as SQL: `inner` computes what is grouped by, `grouped` names it, `outer` gives back k0, k1 …"""

    inner: tuple[str, ...]
    grouped: tuple[str, ...]
    outer: tuple[str, ...]


def grouping(keys: Sequence[Profile], rows: int) -> Grouping:
    """Pack integer keys of small range into one integer, which groups faster than several columns.

    The packed key has at most 31 bits; 0 stands for a key that is empty. Text and wide keys stay as they are.
    """
    inner, outer, packed, stride = [], [""] * len(keys), [], 1
    for place, key in enumerate(keys):
        size = _size(key, rows)
        if size and stride * size < 2**31:
            packed.append(f"{_slot(key, rows)} * {stride}")
            outer[place] = f"{_unpacked(key, rows, f'((g // {stride}) % {size})')} AS k{place}"
            stride *= size
        else:
            inner.append(f"{key.sql} AS k{place}")
            outer[place] = f"k{place}"
    own = tuple(item.rsplit(" AS ", 1)[1] for item in inner)
    if packed:
        return Grouping((f"CAST({' + '.join(packed)} AS INTEGER) AS g", *inner), ("g", *own), tuple(outer))
    return Grouping(tuple(inner), own, tuple(outer))


def _size(key: Profile, rows: int) -> int:
    """How many values an integer key may take, emptiness among them, or 0 where it cannot be packed."""
    if key.kind != "integer" or key.low is None or key.high is None:
        return 0
    return int(key.high) - int(key.low) + 1 + (key.filled < rows)


def _slot(key: Profile, rows: int) -> str:
    """The place of a key's value among those that it may take."""
    if key.filled == rows:
        return f"(CAST({key.sql} AS BIGINT) - ({key.low}))"
    return f"coalesce(CAST({key.sql} AS BIGINT) - ({key.low}) + 1, 0)"


def _unpacked(key: Profile, rows: int, slot: str) -> str:
    return f"{slot} + ({key.low})" if key.filled == rows else f"nullif({slot}, 0) - 1 + ({key.low})"


def likely_cells(keys: Mapping[str, Profile], layout: Layout, rows: int) -> int:
    """How many cells to expect: clusters (else blocks) by arms by groups, 0 where a key's range is not known.

    Blocks of clusters and absorbed levels do not add to it: they are usually made of whole clusters.
    """
    crossed = distinct(layout.cluster or layout.level or layout.block, layout.arm, *layout.keys, *layout.groups)
    return prod(_size(keys[column], rows) for column in crossed)


@dataclass(frozen=True, slots=True)
class Summed:
    """One outcome's share of the cells. `cells`: the view of its sums. `scheme`: how the weight, the outcome and the
    covariates were summed. `gappy`: whether some rows lack the outcome; they are left out of its sums.
    """

    cells: str
    scheme: Scheme
    gappy: bool


def cells_sql(
    table: str, keys: Grouping, outcomes: Sequence[Summed], turn: int = 0, passes: int = 1
) -> tuple[str, list[str]]:
    """The one scan of `table`, and the views into which it falls apart, one for each of the `outcomes`.

    The scan fills a temporary table `sums` with the keys, the count of rows `n`, and every sum that an outcome asks
    for, once where several ask for the same. A view has the keys, `n` and `missing` (rows with and without the
    outcome), and the sum of each product, p0_0 and so on. In several `passes`, each adds the cells that are its own, so
    that fewer are held at once.
    """
    values: dict[str, str] = {}
    totals = {"count(*)": "n"}
    kept: dict[str, str] = {}
    views = [view_sql(keys, one, _asked(one, values, totals, kept)) for one in outcomes]
    by = ", ".join(keys.grouped)
    rows = f"SELECT {', '.join([*keys.inner, *(f'{sql} AS {name}' for sql, name in values.items())])} FROM {table}"
    own = f" WHERE hash({by}) % {passes} = {turn}" if passes > 1 else ""
    return (
        f"{'INSERT INTO sums' if turn else 'CREATE OR REPLACE TEMP TABLE sums AS'} "
        f"SELECT {', '.join([*keys.outer, 'n', *(f'{sql} AS {name}' for sql, name in kept.items())])} FROM "
        f"(SELECT {', '.join([by, *(f'{sql} AS {name}' for sql, name in totals.items())])} FROM ({rows}){own} "
        f"GROUP BY {by})"
    ), views


def _asked(one: Summed, values: dict[str, str], totals: dict[str, str], kept: dict[str, str]) -> dict[str, str]:
    """The columns of one outcome's view by name, each a column of `sums`; what they need is added to the mappings.

    Each maps SQL to a name: of a row's values, of their totals, and of the totals as integers.
    """
    scheme = one.scheme
    names = ["1" if grid == ONE else _named(values, grid.sql, "v") for grid in scheme.grids]
    there = f" FILTER (WHERE {names[1]} IS NOT NULL)" if one.gappy else ""
    n = _named(totals, f"count({names[1]})", "t") if one.gappy else "n"
    asked = {"n": n if n == "n" else _named(kept, n, "s")}
    for i, j in pairs_of(range(len(names))):
        term = product(scheme, i, j, names)
        total = n if term == "1" else _named(totals, f"sum({term}){'' if 1 in {i, j} else there}", "t")
        asked[f"p{i}_{j}"] = _named(kept, as_integer(scheme, i, j, total), "s")
    return asked


def _named(known: dict[str, str], sql: str, letter: str) -> str:
    return known.setdefault(sql, f"{letter}{len(known)}")


def view_sql(keys: Grouping, one: Summed, columns: Mapping[str, str]) -> str:
    """A view of the table `sums` for one outcome. `columns`: n, p0_0 and so on, and where `sums` has them."""
    chosen = [
        *(f"k{place}" for place in range(len(keys.outer))),
        *(f"{sql} AS {name}" for name, sql in columns.items()),
    ]
    return (
        f"CREATE OR REPLACE TEMP VIEW {one.cells} AS "
        f"SELECT {', '.join(chosen)}, sums.n - sums.{columns['n']} AS missing FROM sums"
    )


def labels_sql(place: int) -> tuple[str, str]:
    """Queries that put the labels of a text key in order, each with its place from 0, and that ask for them."""
    found = f"SELECT DISTINCT k{place} AS label FROM sums WHERE k{place} IS NOT NULL"
    ordered = f"SELECT label, row_number() OVER (ORDER BY label) - 1 AS code FROM ({found})"
    return f"CREATE OR REPLACE TEMP TABLE labels{place} AS {ordered}", f"SELECT label FROM labels{place} ORDER BY code"


def coded_sql(places: Sequence[int]) -> str:
    """Put the places of their labels into the cells, for all text keys at once."""
    codes = ", ".join(f"labels{place}.code::INTEGER AS k{place}" for place in places)
    joined = " ".join(f"LEFT JOIN labels{place} ON k{place} = labels{place}.label" for place in places)
    return f"CREATE OR REPLACE TEMP TABLE sums AS SELECT sums.* REPLACE ({codes}) FROM sums {joined}"


def fine_enough_sql(coarse: Sequence[str], cells: str, scheme: Scheme) -> str:
    """Whether sums in doubles are exact in every cell, and their rounded products fine enough in every group of cells.

    `coarse`: the keys but the cluster. Rounding moves each product by up to half a unit of 2^`bits`, so the variance
    of n rows by about 2^`bits` / √n, in the grid's units squared.
    """
    sums = ", ".join(f"sum(p0_{j})::DOUBLE AS s{j}, sum(p{j}_{j})::DOUBLE AS q{j}" for j in range(1, len(scheme.grids)))
    fine = " AND ".join(
        f"(q{j} - s{j} * s{j} / n) / n * sqrt(n) * {LOST} >= {2**scheme.bits}" for j in range(1, len(scheme.grids))
    )
    return (
        f"SELECT (SELECT max(n) FROM {cells}) <= {2 ** (MANTISSA - scheme.bits)} AND bool_and({fine}) "
        f"FROM (SELECT sum(n)::DOUBLE AS n, {sums} FROM {cells} GROUP BY {', '.join(coarse)})"
    )


def subset_sql(cells: str, keys: Sequence[str], where: str, pairs: Sequence[Pair], *, alone: bool) -> str:
    """The sums of the `cells` that fulfil `where`, by `keys`. `alone`: each cell has keys of its own there."""
    if alone:
        return f"(SELECT * FROM {cells} WHERE {where})"
    by, sums = ", ".join(keys), ", ".join(f"sum(p{i}_{j}) AS p{i}_{j}" for i, j in pairs)
    return f"(SELECT {by}, sum(n)::BIGINT AS n, {sums} FROM {cells} WHERE {where} GROUP BY {by})"


def recentred_sql(
    subset: str, keys: Sequence[str], pairs: Sequence[Pair], centre: Mapping[int, int], finer: int
) -> str:
    """The sums of a subset moved to its mean in exact integers, then rounded to doubles: m0_0 and so on.

    `centre`: for each variable's place, its mean in units of 2^−`finer` of its grid.
    """
    moved = ", ".join(f"({_moved(i, j, centre, finer)})::DOUBLE AS m{i}_{j}" for i, j in pairs)
    by = ", ".join(keys)
    return f"SELECT {by}, n, {moved} FROM {subset} ORDER BY {by}"


def _moved(i: int, j: int, centre: Mapping[int, int], finer: int) -> str:
    """Σ (2^f v_i − c_i v_0)(2^f v_j − c_j v_0) from Σ v_i v_j, or less of it where i or j is the weight itself."""
    if j == 0:
        return "p0_0"
    step = 2**finer
    if i == 0:
        return _shifted(j, centre[j], step)
    cross = f"({step * step}::HUGEINT * p{i}_{j} - {_big(centre[i] * step)} * p0_{j})"
    return f"{cross} - {_big(centre[j])} * ({_shifted(i, centre[i], step)})"


def _shifted(place: int, centre: int, step: int) -> str:
    return f"{step}::HUGEINT * p0_{place} - {_big(centre)} * p0_0"


def _big(value: int) -> str:
    return f"({value})::HUGEINT"
