"""Writing CSV as Polis does: whole files or none, lines ending in a line feed, text kept to the byte."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from clew.errors import InputError

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes a text for a formula by, where it comes first."""


def write_lines(path: Path, header: Sequence[str], lines: Iterable[str]) -> Path:
    """Write a header and lines to a file that appears only once it is whole.

    Raises: InputError where it cannot be written; what stood there before stays.
    """
    draft = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8", newline="") as file:
            if header:
                file.write(f"{','.join(map(cell, header))}\n")
            file.writelines(f"{line}\n" for line in lines)
        draft.replace(path)
    except OSError as error:
        raise InputError(f"the file cannot be written: {error.strerror}.", where=str(path), do="Check it.") from error
    finally:
        draft.unlink(missing_ok=True)
    return path


def cell(text: str) -> str:
    """Return an id or a name as a cell, in quotes where it needs them.

    >>> cell('say "a", b')
    '"say ""a"", b"'
    """
    return quoted_cell(text) if any(mark in text for mark in ',"\r\n') else text


def quoted_cell(text: str) -> str:
    """Return a text as a cell, always in quotes, as Polis' server writes what people wrote."""
    return f'"{text.replace(chr(34), chr(34) * 2)}"'


def like_formulas(texts: Iterable[str]) -> int:
    """Return how many texts a spreadsheet would take for formulas; numbers, such as -1, are none."""
    return sum(text.startswith(FORMULA) and not text.lstrip("+-").isdecimal() for text in texts)
