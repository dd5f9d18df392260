"""The one place where SQL text is built from names: quoting, and a DuckDB session that can read only what was named."""

import shutil
import tempfile
import weakref
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from numpy.typing import NDArray

from clew.errors import InputError
from clew.tables.arrow_stream import batches
from clew.tables.sources import Part, header_problems
from clew.tables.unreadable import no_room, unreadable

PERFECT_HASH_BITS = 16
"""Group keys of at most this many bits index an array, about 15 MB a thread, instead of a hash table."""


MEMORY_LIMIT = "2GB"
"""The most that DuckDB may hold; the cells of a usual trial need some megabytes."""


def name(identifier: str) -> str:
    """An identifier as SQL, whatever it holds."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as an SQL literal, whatever it holds."""
    return "'" + value.replace("'", "''") + "'"


def number(value: float) -> str:
    """A float as an SQL literal of type DOUBLE that reads back to the same bits."""
    return f"{float(value):.17e}::DOUBLE"


@dataclass(frozen=True, slots=True)
class Table:
    """An open session on the data. `source`: a FROM clause whose columns are `c0`, `c1`, … in the order of `columns`.

    `types`: DuckDB's name of each column's type. `parts`: the files, for messages. `paths`: by which DuckDB opens them.
    """

    connection: duckdb.DuckDBPyConnection
    source: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    parts: tuple[Part, ...]
    paths: tuple[str, ...]
    held: ExitStack

    def column(self, column: str) -> str:
        """The SQL name of a needed column."""
        return f"c{self.columns.index(column)}"

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a small answer.

        Raises: InputError where the files cannot be read through, or memory does not suffice.
        """
        try:
            return self.connection.execute(query).fetchall()
        except duckdb.Error as error:
            raise self._refused(error) from error

    def fetch_arrays(self, query: str) -> dict[str, NDArray[Any]]:
        """The columns of an answer as arrays, masked where they hold NULL.

        Raises: InputError where the files cannot be read through, or memory does not suffice.
        """
        try:
            return self.connection.execute(query).fetchnumpy()
        except duckdb.Error as error:
            raise self._refused(error) from error

    def batches(self, query: str) -> Generator[list[NDArray[Any]]]:
        """The rows of a large answer as columns, batch by batch; see `clew.tables.arrow_stream`.

        Whoever stops half-way closes it before the next question.

        Raises: InputError where the files cannot be read through, or memory does not suffice.
        """
        try:
            yield from batches(self.connection, query)
        except duckdb.Error as error:
            raise self._refused(error) from error

    def _refused(self, error: duckdb.Error) -> InputError:
        if isinstance(error, duckdb.OutOfMemoryException):
            return no_room(self.parts, MEMORY_LIMIT)
        return unreadable(self.parts)

    def readable(self, part: Part) -> str:
        """The path by which DuckDB opens a part."""
        return self.paths[self.parts.index(part)]

    def type(self, column: str) -> str:
        """DuckDB's name of its type."""
        return self.types[self.columns.index(column)]


def columns_of(parts: Sequence[Part]) -> tuple[tuple[str, ...], ...]:
    """The column names of each part, as written.

    Raises: InputError where the footer of a Parquet file cannot be read.
    """
    if parts[0].kind == "csv":
        return tuple(part.header for part in parts)
    with ExitStack() as held:
        paths = [_readable(part.path, held) for part in parts]
        connection = held.enter_context(_connect(paths, None, in_order=False))
        pairs = zip(parts, paths, strict=True)
        return tuple(tuple(parquet_header(connection, part.path, path)) for part, path in pairs)


def open_table(
    parts: Sequence[Part], needed: tuple[str, ...], *, threads: int | None = None, in_order: bool = False
) -> Table:
    """Open the parts as one table of the needed columns; after this the session can read no other file.

    in_order: rows come in the order of the parts and of their lines; else in any order, which is faster.

    Raises: InputError for missing or repeated columns, or a Parquet file that cannot be read.
    """
    held = ExitStack()
    paths = [_readable(part.path, held) for part in parts]
    connection = _connect(paths, threads, in_order=in_order)
    held.callback(connection.close)
    if parts[0].kind == "parquet":
        source = _parquet_source(connection, parts, paths, needed)
    else:
        source = _csv_source(parts, paths, needed, in_order=in_order)
    table = Table(connection, source, needed, (), tuple(parts), tuple(paths), held)
    return replace(table, types=tuple(row[1] for row in table.fetch(f"DESCRIBE SELECT * FROM {source}")))


def _readable(path: Path, held: ExitStack) -> str:
    """The path as DuckDB takes it; where the name holds signs of a pattern, a plain name that links to it."""
    if not set("*?[") & set(str(path)):
        return str(path)
    folder = tempfile.mkdtemp()
    held.callback(weakref.finalize(held, shutil.rmtree, folder, ignore_errors=True))
    link = Path(folder) / "part"
    link.symlink_to(path)
    return str(link)


def _connect(paths: list[str], threads: int | None, *, in_order: bool) -> duckdb.DuckDBPyConnection:
    """A session in memory without temporary files, network or extensions, closed to every other file."""
    options: dict[str, str | bool | int | float | list[str]] = {
        "preserve_insertion_order": in_order,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": "",
        "memory_limit": MEMORY_LIMIT,
    }
    connection = duckdb.connect(config=options | ({"threads": threads} if threads else {}))
    connection.execute(f"SET allowed_paths = [{', '.join(map(text, paths))}]")
    connection.execute(f"SET perfect_ht_threshold = {PERFECT_HASH_BITS}")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _csv_source(parts: Sequence[Part], paths: list[str], needed: tuple[str, ...], *, in_order: bool) -> str:
    """One reader for each distinct header, delimiter and packing (`in_order`: each run of such parts), stacked."""
    problems = [problem for part in parts for problem in header_problems(part.path, part.header, needed)]
    if problems:
        raise InputError(problems=tuple(problems))
    pairs = list(zip(parts, paths, strict=True))
    pairs = pairs if in_order else sorted(pairs, key=lambda pair: _form(pair[0]))
    readers = []
    for (header, delimiter, gzipped), same in groupby(pairs, key=lambda pair: _form(pair[0])):
        columns = ", ".join(f"'h{place}': 'VARCHAR'" for place in range(len(header)))
        files = ", ".join(text(path) for _, path in same)
        chosen = ", ".join(f"h{header.index(column)} AS c{place}" for place, column in enumerate(needed))
        readers.append(
            f"SELECT {chosen} FROM read_csv([{files}], auto_detect = false, header = true, delim = '{delimiter}', "
            f"quote = '\"', escape = '\"', columns = {{{columns}}}, compression = '{'gzip' if gzipped else 'none'}')"
        )
    return f"({' UNION ALL '.join(readers)})"


def _form(part: Part) -> tuple[tuple[str, ...], str, bool]:
    return part.header, part.delimiter, part.gzipped


def _parquet_source(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[Part], paths: list[str], needed: tuple[str, ...]
) -> str:
    problems = []
    for part, path in zip(parts, paths, strict=True):
        header = parquet_header(connection, part.path, path)
        problems += header_problems(part.path, header, needed)
        problems += header_problems(part.path, [column.lower() for column in header], ())
    if problems:
        raise InputError(problems=tuple(problems))
    files = ", ".join(text(path) for path in paths)
    chosen = ", ".join(f"{name(column)} AS c{place}" for place, column in enumerate(needed))
    return (
        f"(SELECT {chosen} FROM read_parquet([{files}], union_by_name = {len(paths) > 1}, hive_partitioning = false))"
    )


def parquet_header(connection: duckdb.DuckDBPyConnection, path: Path, readable: str) -> list[str]:
    """The top-level column names of a Parquet file, as written.

    Raises: InputError where its footer cannot be read.
    """
    try:
        schema = connection.execute(f"SELECT name, num_children FROM parquet_schema({text(readable)})").fetchall()
    except duckdb.Error as error:
        raise InputError("the Parquet file is damaged.", where=str(path), do="Copy or export it again.") from error
    header, skip = [], 0
    for column, children in schema[1:]:
        header += [] if skip else [column]
        skip = max(skip - 1, 0) + (children or 0)
    return header
