"""Reading statements from Polis' comments.csv, in either of its forms, the text exactly as people wrote it."""

from collections.abc import Iterator, Sequence

import numpy as np

from clew.deliberate.moments import TOO_LATE, as_milliseconds, too_late
from clew.deliberate.statements import Statement
from clew.deliberate.text_rows import TextRow, empty_or_twice, refuse, text_rows
from clew.errors import Problem
from clew.tables.sources import Paths
from clew.tables.wording import quoted

ID, TEXT, AUTHOR, MODERATED, META, SEED, MOMENT = (
    *("comment-id", "comment-body", "author-id", "moderated"),
    *("is-meta", "is-seed", "timestamp"),
)
MARKS = {"-1": -1, "0": 0, "1": 1, "": 0}
FLAGS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False, "": False}


def read_statements(paths: Paths) -> tuple[Statement, ...]:
    """Read statements, in the order of the file.

    paths: CSV or Parquet with the columns `comment-id` and `comment-body` and, if there, `author-id`, `moderated` (-1
    left out, 0 not looked at, 1 accepted), `is-meta`, `is-seed` and `timestamp` (seconds or milliseconds since 1970).
    Counts of votes are not read: they are computed from the votes.

    Raises: InputError with every mistake: an id that is empty or comes twice, an unknown mark, flag or moment.
    """
    rows = text_rows(paths, (ID, TEXT), "Statements need")
    refuse([*empty_or_twice(rows, ID), *(problem for row in rows for problem in _problems(row))])
    return tuple(_statement(row, at) for row, at in zip(rows, _moments(rows), strict=True))


def _said(row: TextRow, column: str) -> str:
    return row.values.get(column, "").strip()


def _problems(row: TextRow) -> Iterator[Problem]:
    if _said(row, MODERATED) not in MARKS:
        what = f"unknown mark {quoted(_said(row, MODERATED))} in column {quoted(MODERATED)}."
        yield Problem(what, row.place, "Write -1 (left out), 0 (not looked at) or 1 (accepted).")
    for column in (META, SEED):
        if _said(row, column).lower() not in FLAGS:
            what = f"column {quoted(column)} says {quoted(_said(row, column))}."
            yield Problem(what, row.place, "Write true or false.")
    moment = _said(row, MOMENT)
    if moment and not (moment.isascii() and moment.isdigit()):
        do = "Write seconds or milliseconds since 1970, or nothing."
        yield Problem(f"column {quoted(MOMENT)} says {quoted(moment)}.", row.place, do)
    elif moment and int(moment) >= TOO_LATE:
        yield too_late(1, row.place)


def _moments(rows: Sequence[TextRow]) -> list[int | None]:
    given = [_said(row, MOMENT) for row in rows]
    told = iter(as_milliseconds(np.array([int(one) for one in given if one], np.int64))[0].tolist())
    return [next(told) if one else None for one in given]


def _statement(row: TextRow, at_ms: int | None) -> Statement:
    return Statement(
        id=_said(row, ID),
        text=row.values[TEXT],
        moderated=MARKS[_said(row, MODERATED)],
        is_meta=FLAGS[_said(row, META).lower()],
        is_seed=FLAGS[_said(row, SEED).lower()],
        author=_said(row, AUTHOR),
        at_ms=at_ms,
    )
