"""The one scan: all rows of files into cells inside DuckDB, for every outcome that a protocol names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from clew.errors import InputError
from clew.evaluate import grid, limbs
from clew.evaluate.cells import (
    Grouping,
    Summed,
    cells_sql,
    coded_sql,
    fine_enough_sql,
    grouping,
    labels_sql,
    likely_cells,
)
from clew.evaluate.checks import check_values
from clew.evaluate.grid import exact_scheme, quick_scheme
from clew.evaluate.profile import Profile, Profiles
from clew.evaluate.rows import Layout
from clew.evaluate.wide_sums import are_many, wide_sums
from clew.tables.table import Table

PASSES = (1, 4, 16)
"""In how many passes the cells are summed, one after another, where memory does not suffice for fewer."""


@dataclass(frozen=True, slots=True)
class Sums:
    """The cells of one outcome. `variables`: the outcome, then numeric covariates. `summed`: where and how their sums
    are kept."""

    variables: tuple[Profile, ...]
    summed: Summed


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the scan left in the session. `outcomes`: by column. `keys`: all key columns, text covariates (`factors`)
    included. `labels`: those of each text key, by letter; cells hold their places."""

    outcomes: Mapping[str, Sums]
    weights: Profile | None
    factors: tuple[str, ...]
    keys: tuple[Profile, ...]
    labels: Mapping[str, tuple[str, ...]]


def scan(table: Table, profiles: Profiles, layouts: Sequence[Layout]) -> Scanned:
    """Reduce the rows to cells. `layouts`: of the primary outcome and of the further ones; they differ in it alone.

    Raises: InputError where values cannot be summed, or the cells not be held.
    """
    layout = layouts[0]
    adjusting = [profiles.variables[column] for column in layout.beside]
    covariates = [one for one in adjusting if one.is_number]
    factors = [one for one in adjusting if not one.is_number]
    weights = profiles.variables[layout.weights] if layout.weights else None
    keys = tuple((profiles.keys | {one.column: one for one in factors}).values())
    variables = [(profiles.variables[each.outcome], *covariates) for each in layouts]
    likely = likely_cells(profiles.keys, layout, profiles.rows)
    coarse = [f"k{place}" for place, key in enumerate(keys) if key.column != layout.cluster]
    try:
        kept = _summed(
            table, _choices(profiles.rows, variables, weights, likely), grouping(keys, profiles.rows), coarse
        )
        labels = _coded(table, {key.column: place for place, key in enumerate(keys) if key.kind == "text"})
    except duckdb.OutOfMemoryException as error:
        raise _too_many(table) from error
    except duckdb.Error as error:
        used = dict.fromkeys(one.column for each in variables for one in each) | (
            {weights.column: None} if weights else {}
        )
        raise check_values(table, [profiles.variables[column] for column in used], layout) from error
    outcomes = {each[0].column: Sums(each, summed) for each, summed in zip(variables, kept, strict=True)}
    return Scanned(outcomes, weights, tuple(one.column for one in factors), keys, labels)


def _too_many(table: Table) -> InputError:
    return InputError(
        "the products of so many columns, in so many combinations of arm, cluster, block and group, cannot be held.",
        where=f"{table.parts[0].path}, [outcome] adjust_for",
        do="Adjust for fewer columns (one prediction made of them counts as one); group by groups, not measurements.",
    )


def _choices(
    rows: int, variables: Sequence[tuple[Profile, ...]], weights: Profile | None, likely: int
) -> list[list[Summed]]:
    """How all outcomes may be summed: first the quick way, where there is one, and last the exact one."""
    many = are_many(variables)
    schemes = [[exact_scheme(each, weights, rows, limbs.MOST if many else grid.MOST) for each in variables]]
    quick = [quick_scheme(each, rows, likely) for each in variables] if weights is None and not many else []
    if quick and all(quick):
        schemes.insert(0, [scheme for scheme in quick if scheme])
    return [
        [
            Summed(f"cells{place}", scheme, gappy=each[0].filled < rows)
            for place, (scheme, each) in enumerate(zip(of_all, variables, strict=True))
        ]
        for of_all in schemes
    ]


def _summed(table: Table, choices: Sequence[list[Summed]], groups: Grouping, coarse: Sequence[str]) -> list[Summed]:
    """Scan the first way; where the sums turn out not to be fine enough, the next. The last always is."""
    for outcomes in choices:
        _scan(table, groups, outcomes)
        if all(_fine_enough(table, one, coarse) for one in outcomes):
            break
    return outcomes


def _fine_enough(table: Table, one: Summed, coarse: Sequence[str]) -> bool:
    return not one.scheme.bits or bool(table.fetch(fine_enough_sql(coarse, one.cells, one.scheme))[0][0])


def _scan(table: Table, groups: Grouping, outcomes: Sequence[Summed]) -> None:
    """Sum into cells: by matrices where variables are many, else in SQL; there in one pass, and where many cells of
    many columns cannot be held while they grow, in more."""
    if wide_sums(table, groups, outcomes):
        return
    for passes in PASSES:
        try:
            for turn in range(passes):
                query, views = cells_sql(table.source, groups, outcomes, turn, passes)
                table.connection.execute(query)
        except duckdb.OutOfMemoryException:
            if passes == PASSES[-1]:
                raise
        else:
            for view in views:
                table.connection.execute(view)
            return


def _coded(table: Table, places: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """Put the places of their labels into the cells, for every text key; return the labels of each."""
    labels = {}
    for column, place in places.items():
        ordered, asked = labels_sql(place)
        table.connection.execute(ordered)
        labels[column] = tuple(label for (label,) in table.fetch(asked))
    if places:
        table.connection.execute(coded_sql(list(places.values())))
    return labels
