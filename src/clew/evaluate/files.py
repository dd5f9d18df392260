"""Rows that lie in CSV or Parquet files: one scan reduces them to cells inside DuckDB, and none enters Python."""

import hashlib
from pathlib import Path

from clew.errors import InputError, Problem
from clew.evaluate.checks import check_columns, repeated_units
from clew.evaluate.designs import layout_of, method_of
from clew.evaluate.file_rows import FileRows
from clew.evaluate.profile import profile
from clew.evaluate.rows import Layout, distinct
from clew.evaluate.scan import scan
from clew.pilot.protocol import Protocol
from clew.tables.sources import Part, Paths, find_parts, read_part
from clew.tables.table import open_table


def needed_columns(protocol: Protocol) -> tuple[str, ...]:
    """Return the columns that data must have for a protocol."""
    layout, *others = layouts_of(protocol)
    return distinct(
        layout.outcome,
        *layout.design_keys,
        *layout.groups,
        *layout.beside,
        layout.weights,
        layout.unit,
        *(other.outcome for other in others),
    )


def layouts_of(protocol: Protocol) -> list[Layout]:
    """Return which column plays which part for the primary outcome and for each further one.

    They differ in the outcome alone.
    """
    return [layout_of(protocol), *(layout_of(protocol.about(outcome)) for outcome in protocol.secondary)]


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
    layouts = layouts_of(protocol)
    table = open_table(find_parts(paths), needed_columns(protocol), threads=threads)
    try:
        profiles = profile(table, layouts)
        check_columns(table, profiles, layouts)
        rows = FileRows(table, profiles, scan(table, profiles, layouts))
        _check_design(protocol, rows, layouts[0])
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
