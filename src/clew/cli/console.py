"""How commands speak: JSON or tables on standard output, notices and progress on standard error."""

import json
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import click

NEVER_PRINTED = "\N{REPLACEMENT CHARACTER}"
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that set the direction of what follows them."""


class Advance(Protocol):
    """Tells the progress bar that `count` more steps are done."""

    def __call__(self, count: int = 1) -> None: ...


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object, the same bytes for the same value; NaN is refused, for it is not JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def notice(text: str) -> None:
    """Say something to the person at the keyboard, on standard error."""
    click.echo(printable(text), err=True)


def printable(text: str) -> str:
    """Return a text with a mark for what would command a terminal or turn the line around it.

    Statements and ids are what anybody typed: escape sequences, and signs that set a direction beyond their own words.
    """
    return "".join(NEVER_PRINTED if _commands(one) else one for one in text)


def _commands(one: str) -> bool:
    return one in TURNING or (unicodedata.category(one) in {"Cc", "Cs"} and one not in "\n\t")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table that fits the terminal; plain aligned text in a pipe."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(printable(str(cell))) for cell in row))
    width = None if sys.stdout.isatty() else 120
    Console(width=width, highlight=False).print(drawn)


@contextmanager
def progress(description: str, total: int) -> Iterator[Advance]:
    """Show a bar with time left on a terminal; be quiet in a pipe."""
    if not sys.stderr.isatty():
        yield _silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(description, total=total)

        def advance(count: int = 1) -> None:
            bar.advance(task, count)

        yield advance


def _silent(count: int = 1) -> None:
    """Advance nothing."""


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all. Raises OSError where it cannot be written."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
