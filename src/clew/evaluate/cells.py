"""The SQL of cells: one grouped scan into exact integer sums, and moving the sums of a subset to its own mean."""

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
    """Pack complete integer keys of small range into one integer, which groups faster than several columns.

    The packed key has at most 31 bits; text, gappy and wide keys stay as they are.
    """
    inner, outer, packed, stride = [], [""] * len(keys), [], 1
    for place, key in enumerate(keys):
        size = _size(key, rows)
        if size and stride * size < 2**31:
            packed.append(f"(CAST({key.sql} AS BIGINT) - ({key.low})) * {stride}")
            outer[place] = f"(g // {stride}) % {size} + ({key.low}) AS k{place}"
            stride *= size
        else:
            inner.append(f"{key.sql} AS k{place}")
            outer[place] = f"k{place}"
    own = tuple(item.rsplit(" AS ", 1)[1] for item in inner)
    if packed:
        return Grouping((f"CAST({' + '.join(packed)} AS INTEGER) AS g", *inner), ("g", *own), tuple(outer))
    return Grouping(tuple(inner), own, tuple(outer))


def _size(key: Profile, rows: int) -> int:
    """How many values an integer key may take, or 0 where it cannot be packed."""
    if key.kind != "integer" or key.filled < rows or key.low is None or key.high is None:
        return 0
    return int(key.high) - int(key.low) + 1


def likely_cells(keys: Mapping[str, Profile], layout: Layout, rows: int) -> int:
    """How many cells to expect: clusters (else blocks) by arms by groups, 0 where a key's range is not known.

    Blocks of clusters and absorbed levels do not add to it: they are usually made of whole clusters.
    """
    crossed = distinct(layout.cluster or layout.level or layout.block, layout.arm, *layout.keys, *layout.groups)
    return prod(_size(keys[column], rows) for column in crossed)


def cells_sql(table: str, keys: Grouping, scheme: Scheme, turn: int = 0, passes: int = 1) -> str:
    """The one scan of `table` (with its WHERE): a temporary table `cells` with the keys, `n`, and the sum of each
    product, p0_0 and so on. In several `passes`, each adds the cells that are its own, so that fewer are held at once.
    """
    values = ", ".join(f"{grid.sql} AS v{place}" for place, grid in enumerate(scheme.grids) if grid != ONE)
    sums = {pair: product(scheme, *pair) for pair in pairs_of(range(len(scheme.grids)))}
    summed = ", ".join(f"sum({sql}) AS p{i}_{j}" for (i, j), sql in sums.items() if sql != "1")
    kept = ", ".join(
        f"{as_integer(scheme, i, j, 'n' if sql == '1' else f'p{i}_{j}')} AS p{i}_{j}" for (i, j), sql in sums.items()
    )
    by = ", ".join(keys.grouped)
    rows = f"SELECT {', '.join(keys.inner)}, {values} FROM {table}"
    own = f" WHERE hash({by}) % {passes} = {turn}" if passes > 1 else ""
    return (
        f"{'INSERT INTO cells' if turn else 'CREATE OR REPLACE TEMP TABLE cells AS'} "
        f"SELECT {', '.join(keys.outer)}, n, {kept} FROM "
        f"(SELECT {by}, count(*) AS n, {summed} FROM ({rows}){own} GROUP BY {by})"
    )


def fine_enough_sql(coarse: Sequence[str], scheme: Scheme) -> str:
    """Whether sums in doubles are exact in every cell, and their rounded products fine enough in every group of cells.

    `coarse`: the keys but the cluster. Rounding moves each product by up to half a unit of 2^`bits`, so the variance
    of n rows by about 2^`bits` / √n, in the grid's units squared.
    """
    sums = ", ".join(f"sum(p0_{j})::DOUBLE AS s{j}, sum(p{j}_{j})::DOUBLE AS q{j}" for j in range(1, len(scheme.grids)))
    fine = " AND ".join(
        f"(q{j} - s{j} * s{j} / n) / n * sqrt(n) * {LOST} >= {2**scheme.bits}" for j in range(1, len(scheme.grids))
    )
    return (
        f"SELECT (SELECT max(n) FROM cells) <= {2 ** (MANTISSA - scheme.bits)} AND bool_and({fine}) "
        f"FROM (SELECT sum(n)::DOUBLE AS n, {sums} FROM cells GROUP BY {', '.join(coarse)})"
    )


def gaps_sql(table: str, keys: Sequence[Profile]) -> str:
    """A temporary table `gaps` with the keys of `table` (with its WHERE: rows without an outcome) and their counts."""
    named = ", ".join(f"{key.sql} AS k{place}" for place, key in enumerate(keys))
    return f"CREATE TEMP TABLE gaps AS SELECT {named}, 0::BIGINT AS n, count(*) AS missing FROM {table} GROUP BY ALL"


def subset_sql(keys: Sequence[str], where: str, pairs: Sequence[Pair], *, alone: bool) -> str:
    """The sums of the cells that fulfil `where`, by `keys`. `alone`: each cell has keys of its own there."""
    if alone:
        return f"(SELECT * FROM cells WHERE {where})"
    by, sums = ", ".join(keys), ", ".join(f"sum(p{i}_{j}) AS p{i}_{j}" for i, j in pairs)
    return f"(SELECT {by}, sum(n)::BIGINT AS n, {sums} FROM cells WHERE {where} GROUP BY {by})"


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
