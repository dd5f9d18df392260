"""Why files could not be read through: found by reading them once more, slowly, line by line."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from typing import TextIO, cast

from clew.errors import InputError
from clew.tables.sources import Part, not_utf8

LONGEST_FIELD = 2_000_000
"""Characters of one value, as many as DuckDB takes in one line; Python's own bound is less than some people write."""


def records(part: Part) -> Iterator[tuple[int, list[str]]]:
    """Lines of a CSV below its header with their numbers; blank lines are passed over."""
    with _text(part) as lines:
        reader = csv.reader(lines, delimiter=part.delimiter, strict=True)
        _next(reader)
        while (values := _next(reader)) is not None:
            if values:
                yield reader.line_num, values


def _next(reader: Iterator[list[str]]) -> list[str] | None:
    """The next line, however long its values; Python holds the bound for everybody, so it is put back."""
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        return next(reader, None)
    finally:
        csv.field_size_limit(before)


def _text(part: Part) -> TextIO:
    if part.gzipped:
        return cast("TextIO", gzip.open(part.path, "rt", encoding="utf-8-sig", newline=""))
    return part.path.open(encoding="utf-8-sig", newline="")


def no_room(parts: Sequence[Part], limit: str) -> InputError:
    """The complaint that what the files hold does not fit in the memory that is set aside for it."""
    return InputError(
        f"reading takes more than the {limit} of memory that are set aside for it.",
        where=str(parts[0].path) if len(parts) == 1 else f"{parts[0].path} and {len(parts) - 1} more",
        do="Shorten long texts in the columns that are read: as ids, whole numbers take the least room.",
    )


def unreadable(parts: Sequence[Part]) -> InputError:
    """Why DuckDB could not read the files through, found by reading them slowly ourselves."""
    for part in parts:
        cause = _cause(part) if part.kind == "csv" else None
        if cause:
            return cause
    where = str(parts[0].path) if len(parts) == 1 else f"{parts[0].path} and {len(parts) - 1} more"
    if parts[0].kind == "parquet":
        return InputError("the Parquet data are damaged or of mixed types.", where=where, do="Export them again.")
    return InputError(
        "the CSV cannot be read: its line ends or quotes are mixed, or a line is longer than two megabytes.",
        where=where,
        do="Save it again as CSV (UTF-8).",
    )


def _cause(part: Part) -> InputError | None:
    try:
        return _uneven(part)
    except UnicodeDecodeError:
        return not_utf8(part.path, _first_undecodable(part))
    except csv.Error as error:
        if "field limit" in str(error):
            return None
        what = "a quoted value is never closed" if "end of data" in str(error) else "quotes are used in a wrong way"
        return InputError(what, where=str(part.path), do="Save it again as CSV.")
    except (OSError, EOFError, zlib.error):
        return InputError("the file is damaged or cut short.", where=str(part.path), do="Copy or export it again.")


def _uneven(part: Part) -> InputError | None:
    for line, values in records(part):
        if len(values) != len(part.header):
            comma = " Numbers with a decimal comma need `;` between columns." if part.delimiter == "," else ""
            return InputError(
                f"the line has {len(values)} values, the header {len(part.header)}.",
                where=f"{part.path}, line {line}",
                do=f"Correct the line.{comma}",
            )
    return None


def _first_undecodable(part: Part) -> int:
    with gzip.open(part.path) if part.gzipped else part.path.open("rb") as lines:
        for count, line in enumerate(cast("io.BufferedReader", lines), start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return count
    return 1
