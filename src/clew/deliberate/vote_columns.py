"""What each column of a file of votes means, as SQL: a whole number for every row, whatever the file holds there.

DuckDB reads `1e2`, `0x10`, ` 7` and `007` as numbers too; an id is one only where the number written out is the id.
"""

from clew.tables.table import Table, text

NOT_WHOLE, EMPTY = -1, -2
"""Marks among ids: not a plain whole number; nothing there."""

UNKNOWN = 9
"""The mark of a vote that is neither 1, 0 nor -1."""

NO_MOMENT, NOT_A_MOMENT = -(1 << 62), -(1 << 62) + 1
"""Marks among moments: nothing there; something that is no number."""

BLANKS = text(" \t\r\n\v\f\u00a0\ufeff")
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")
VOTES = {"1": ("1", "+1", "1.0"), "0": ("0", "0.0", "-0.0"), "-1": ("-1", "-1.0")}


def raw(table: Table, column: str) -> str:
    """What a column says, as it stands; numbers without a fraction as whole numbers."""
    own, type_ = table.column(column), table.type(column)
    if type_.startswith(("FLOAT", "DOUBLE", "DECIMAL")):
        whole_number = f"{own} = trunc({own}) AND abs({own}) < 1e15"
        own = f"CASE WHEN {whole_number} THEN {own}::BIGINT::VARCHAR ELSE {own}::VARCHAR END"
    return f"coalesce(({own})::VARCHAR, '')"


def word(table: Table, column: str) -> str:
    """What a column says, without blanks around it; slow."""
    return f"trim({raw(table, column)}, {BLANKS})"


def whole(table: Table, column: str) -> str:
    """An id as a whole number, or `NOT_WHOLE`, or `EMPTY`."""
    own, type_ = table.column(column), table.type(column)
    if type_ in INTEGERS:
        number = f"coalesce(TRY_CAST({own} AS BIGINT), {NOT_WHOLE})"
        return f"CASE WHEN {own} IS NULL THEN {EMPTY} WHEN {own} < 0 THEN {NOT_WHOLE} ELSE {number} END::BIGINT"
    own = own if type_ == "VARCHAR" else raw(table, column)
    short, number = (f"TRY_CAST({own} AS {kind})" for kind in ("UINTEGER", "BIGINT"))
    plain = f"{number} >= 0 AND {number}::VARCHAR = {own}"
    rest = f"CASE WHEN {own} IS NULL OR {own} = '' THEN {EMPTY} WHEN {plain} THEN {number} ELSE {NOT_WHOLE} END"
    return f"CASE WHEN {short}::VARCHAR = {own} THEN {short}::BIGINT ELSE {rest} END"  # short first: half the time


def vote(table: Table, column: str) -> str:
    """A vote as 1, 0 or -1, or `UNKNOWN`."""
    own, said = table.column(column), word(table, column)
    plain = " ".join(f"WHEN '{value}' THEN {value}" for value in VOTES) if table.type(column) == "VARCHAR" else ""
    spelled = " ".join(f"WHEN '{form}' THEN {value}" for value, forms in VOTES.items() for form in forms)
    careful = f"(CASE {said} {spelled} ELSE {UNKNOWN} END)"
    return f"{f'CASE {own} {plain} ELSE {careful} END' if plain else careful}::TINYINT"


def moment(table: Table, column: str) -> str:
    """A moment as the file counts it (milliseconds where the column is of a type for moments), or a mark."""
    own, type_ = table.column(column), table.type(column)
    if is_moment(type_):
        return f"coalesce(epoch_ms({own}::TIMESTAMP), {NO_MOMENT})"
    nothing = f"CASE WHEN {word(table, column)} = '' THEN {NO_MOMENT} ELSE {NOT_A_MOMENT} END"
    return f"coalesce(TRY_CAST({own} AS BIGINT), {nothing})::BIGINT"


def is_moment(type_: str) -> bool:
    """Whether a column's type is one for moments, so that its unit is known."""
    return type_.startswith(("TIMESTAMP", "DATE"))


def chance(table: Table, column: str) -> str:
    """A chance as a number; 0 where there is none."""
    return f"coalesce(TRY_CAST({table.column(column)} AS DOUBLE), 0)::DOUBLE"
