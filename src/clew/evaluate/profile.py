"""What a column holds, before any sum is taken: its kind, its range, how many values; and what is wrong with it.

For Parquet the ranges and counts of a column without gaps come from the file's own statistics, which costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from clew.errors import InputError
from clew.evaluate.rows import Layout, distinct
from clew.tables.table import Table
from clew.tables.wording import quoted

Kind = Literal["integer", "boolean", "real", "text"]

INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
REALS = {"FLOAT", "DOUBLE", "UBIGINT", "HUGEINT", "UHUGEINT"}
NESTED = ("STRUCT", "MAP", "UNION", "BLOB", "BIT", "VARIANT")


@dataclass(frozen=True, slots=True)
class Profile:
    """One column: `sql`, a typed expression that is NULL where the value is empty; its `kind`; how many values are
    `filled`, and for numbers `parsed`; `low` and `high` where they are numbers.

    A text column used as a number has kind "real" if any value is one, else "text".
    """

    column: str
    sql: str
    kind: Kind
    filled: int
    parsed: int
    low: float | int | None
    high: float | int | None

    @property
    def is_number(self) -> bool:
        """Whether the column can enter sums."""
        return self.kind != "text"


@dataclass(frozen=True, slots=True)
class Profiles:
    """All needed columns of the data. `rows`: in all. `variables` by name, `keys` by name."""

    rows: int
    variables: dict[str, Profile]
    keys: dict[str, Profile]


def kind_of(table: Table, column: str) -> Kind:
    """The kind of a column by its type alone.

    Raises: InputError for lists, structures and binary data.
    """
    type_ = table.type(column)
    if type_.endswith("]") or type_.startswith(NESTED):
        raise InputError(
            f"column {quoted(column)} holds {type_.lower()} values, not numbers or texts.",
            where=str(table.parts[0].path),
            do="Export one plain value a row.",
        )
    if type_ in INTEGERS:
        return "integer"
    if type_ in REALS or type_.startswith("DECIMAL"):
        return "real"
    return "boolean" if type_ == "BOOLEAN" else "text"


def profile(table: Table, layouts: Sequence[Layout]) -> Profiles:
    """Measure every needed column: those of CSV in one query, those of Parquet each in its own.

    `layouts`: of each outcome; they differ in it alone.

    Raises: InputError where the files cannot be read through, or hold no row.
    """
    layout = layouts[0]
    variables = distinct(*(each.outcome for each in layouts), *layout.beside, layout.weights)
    keys = distinct(*layout.design_keys, *layout.groups)
    drafts = [*(_variable(table, column) for column in variables), *(_key(table, column) for column in keys)]
    together = [drafts] if table.parts[0].kind == "csv" else [[draft] for draft in drafts]
    answers = [_asked(table, part) for part in together]
    rows = answers[0][0]
    if not rows:
        raise InputError("there is no row below the header.", where=str(table.parts[0].path), do="Bring the data.")
    found = [one for _, of_part in answers for one in of_part]
    of_variables, of_keys = found[: len(variables)], found[len(variables) :]
    return Profiles(rows, {one.column: one for one in of_variables}, {one.column: one for one in of_keys})


@dataclass(frozen=True, slots=True)
class _Draft:
    """A column before it is measured: `filled` and `sql` are expressions that are NULL where empty or not a number."""

    column: str
    filled: str
    sql: str
    kind: Kind
    ranged: bool = True

    @property
    def asked(self) -> list[str]:
        """What to ask of the column: how many are filled, how many are numbers, the least, the greatest."""
        ends = [f"min({self.sql})", f"max({self.sql})"] if self.ranged else ["NULL", "NULL"]
        return [f"count({self.filled})", f"count({self.sql})", *ends]

    def answered(self, answer: Sequence[Any]) -> Profile:
        """Return the column as measured; text that holds numbers throughout is a number."""
        filled, parsed, low, high = answer
        tried = self.kind == "text" and self.ranged
        kind: Kind = "real" if tried and parsed else self.kind
        sql = self.filled if kind == "text" else self.sql
        return Profile(self.column, sql, kind, filled, parsed, low, high)


def _asked(table: Table, drafts: Sequence[_Draft]) -> tuple[int, list[Profile]]:
    """How many rows there are, and the columns as measured."""
    asked = ", ".join(part for draft in drafts for part in draft.asked)
    rows, *answers = table.fetch(f"SELECT count(*), {asked} FROM {table.source}")[0]
    return rows, [draft.answered(answers[4 * place : 4 * place + 4]) for place, draft in enumerate(drafts)]


def _variable(table: Table, column: str) -> _Draft:
    """A column that is to be a number; a text column is tried as one."""
    c, kind = table.column(column), kind_of(table, column)
    if kind == "text":
        return _Draft(column, f"NULLIF(trim(CAST({c} AS VARCHAR)), '')", f"TRY_CAST({c} AS DOUBLE)", kind)
    return _Draft(column, c, c if kind == "integer" else _as_number(c, kind), kind)


def _as_number(c: str, kind: Kind) -> str:
    return f"CAST({c} AS TINYINT)" if kind == "boolean" else f"CAST({c} AS DOUBLE)"


def _key(table: Table, column: str) -> _Draft:
    """A column that is to be a key; dates and the like become texts."""
    c, kind = table.column(column), kind_of(table, column)
    sql = {"text": f"NULLIF(CAST({c} AS VARCHAR), '')", "real": f"CAST({c} AS DOUBLE)"}.get(kind, c)
    return _Draft(column, sql, sql, kind, ranged=kind == "integer")
