"""The data files as named: which parts there are, what each is, and which columns it says it has.

Everything here is read from the first bytes of a file by ourselves, so that a mistake can be named in plain words.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clew.errors import InputError, Problem
from clew.tables.wording import listed, quoted

Paths = str | Path | Sequence[str | Path]
SUFFIXES = (".csv", ".csv.gz", ".parquet")
HEAD = 1 << 20
"""Bytes within which a header must end."""

KINDS = {
    b"PK\x03\x04": ("an Excel workbook or a zip archive", "Save the sheet as CSV (UTF-8)."),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "Save the sheet as CSV (UTF-8)."),
    b"\xff\xfe": ("text in UTF-16, not UTF-8", "Save it as CSV (UTF-8)."),
    b"\xfe\xff": ("text in UTF-16, not UTF-8", "Save it as CSV (UTF-8)."),
    b"\x28\xb5\x2f\xfd": ("compressed with zstd", "Unpack it first, or use .gz."),
    b"BZh": ("compressed with bzip2", "Unpack it first, or use .gz."),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the data. `header`: the column names of a CSV in order, () for Parquet."""

    path: Path
    kind: Literal["csv", "parquet"]
    header: tuple[str, ...] = ()
    delimiter: str = ","
    gzipped: bool = False


def find_parts(paths: Paths) -> tuple[Part, ...]:
    """Every file that `paths` names: one, several, a folder of parts, or a glob; sorted by name within each.

    Raises: InputError where nothing is found, a file is neither CSV nor Parquet, or the two are mixed.
    """
    named = [paths] if isinstance(paths, str | Path) else list(paths)
    found = [path for name in named for path in _expand(Path(name))]
    if not found:
        raise InputError("no data file is named.", do="Name a CSV or Parquet file.")
    if len(set(found)) < len(found):
        twice = next(path for path in found if found.count(path) > 1)
        raise InputError("the file is named twice.", where=str(twice), do="Name each file once.")
    parts = tuple(read_part(path) for path in found)
    if len({part.kind for part in parts}) > 1:
        raise InputError("CSV and Parquet files are mixed.", where=str(named[0]), do="Keep to one of them.")
    return parts


def _expand(path: Path) -> list[Path]:
    if path.is_file():
        return [path.resolve()]
    if path.is_dir():
        inside = [item.resolve() for item in sorted(path.iterdir()) if item.name.endswith(SUFFIXES) and item.is_file()]
        if not inside:
            raise InputError(
                "the folder holds no .csv, .csv.gz or .parquet file.", where=str(path), do="Name the data."
            )
        return inside
    matches = _glob(path)
    if not matches:
        raise InputError("there is no such file.", where=str(path), do="Check the path of the data.")
    return matches


def _glob(path: Path) -> list[Path]:
    if not set("*?[") & set(path.name) or "\0" in str(path) or not path.parent.is_dir():
        return []
    return [item.resolve() for item in sorted(path.parent.glob(path.name)) if item.is_file()]


def read_part(path: Path) -> Part:
    """Tell CSV from Parquet by the first bytes, and read a CSV's header.

    Raises: InputError for an empty, truncated, unreadable or foreign file.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
            file.seek(-min(4, path.stat().st_size), io.SEEK_END)
            end = file.read(4)
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}.", where=str(path), do="Check it.") from error
    if start == b"PAR1":
        return _parquet(path, end)
    return _csv(path, gzipped=start[:2] == b"\x1f\x8b")


def _parquet(path: Path, end: bytes) -> Part:
    if end != b"PAR1" or path.stat().st_size < 12:
        raise InputError("the Parquet file is cut short.", where=str(path), do="Copy or export it again.")
    return Part(path, "parquet")


def _csv(path: Path, *, gzipped: bool) -> Part:
    head = read_head(path, gzipped=gzipped)
    for magic, (what, remedy) in KINDS.items():
        if head.startswith(magic):
            raise InputError(f"the file is {what}.", where=str(path), do=remedy)
    if head.startswith(b"PAR1"):
        raise InputError("the Parquet file is packed with gzip.", where=str(path), do="Unpack it first.")
    if not head.strip(b"\xef\xbb\xbf \r\n\t"):
        raise InputError("the file is empty.", where=str(path), do="Bring a file with a header line and rows.")
    header, delimiter = _header(_decoded(head, path), path)
    return Part(path, "csv", header, delimiter, gzipped)


def read_head(path: Path, *, gzipped: bool) -> bytes:
    """The first megabyte of a file, unpacked.

    Raises: InputError where it cannot be unpacked.
    """
    try:
        with gzip.open(path) if gzipped else path.open("rb") as file:
            return bytes(file.read(HEAD))
    except (OSError, EOFError, zlib.error) as error:
        raise InputError("the file is damaged or cut short.", where=str(path), do="Copy or export it again.") from error


def _decoded(head: bytes, path: Path) -> str:
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError as error:
        raise not_utf8(path, head[: error.start].count(b"\n") + 1) from error


def not_utf8(path: Path, line: int) -> InputError:
    """The complaint about text in another encoding, at its first line."""
    return InputError("the text is not UTF-8.", where=f"{path}, line {line}", do="Save it as CSV (UTF-8).")


def _header(text: str, path: Path) -> tuple[tuple[str, ...], str]:
    """Column names and delimiter: the one of `,` and `;` that gives more columns."""
    try:
        comma, semicolon = (next(csv.reader(io.StringIO(text, newline=""), delimiter=mark), []) for mark in ",;")
    except csv.Error as error:
        raise InputError("the header line cannot be read.", where=f"{path}, line 1", do="Check its quotes.") from error
    names, mark = (semicolon, ";") if len(semicolon) > len(comma) else (comma, ",")
    if len(names) == 1 and "\t" in names[0]:
        raise InputError("columns are separated by tabs.", where=str(path), do="Save it with `,` or `;` between them.")
    return tuple(name.strip() for name in names), mark


def header_problems(path: Path, header: Sequence[str], needed: Sequence[str]) -> list[Problem]:
    """What is wrong with the columns of one file: needed ones that are missing, any that come twice."""
    twice = sorted({name for name in header if name and list(header).count(name) > 1})
    problems = [Problem(f"column {quoted(name)} comes twice.", str(path), "Rename or remove one.") for name in twice]
    return problems + [
        Problem(
            f"column {quoted(name)} is missing; the file has {listed(header)}.",
            str(path),
            "Correct the file or the protocol.",
        )
        for name in needed
        if name not in header
    ]
