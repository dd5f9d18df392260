"""What is wrong with a file of votes: every kind of mistake at once, with how often and where it comes first."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from clew.deliberate.moments import TOO_LATE, too_late
from clew.deliberate.vote_columns import NO_MOMENT, NOT_A_MOMENT, UNKNOWN, is_moment, vote, word
from clew.deliberate.vote_rows import CHANCE, MOMENT, NEEDED, OPTIONAL, STATEMENT, VOTE, VOTER, VoteRows
from clew.errors import InputError, Problem
from clew.tables.sources import Part, header_problems
from clew.tables.table import Table
from clew.tables.unreadable import records
from clew.tables.wording import counted, listed, plural, quoted


def chosen_columns(parts: Sequence[Part], headers: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the columns to read: the needed ones, and of the optional ones those that the files have.

    Raises: InputError for columns that are missing, or come twice.
    """
    optional = tuple(name for name in OPTIONAL if any(name in header for header in headers))
    problems = [
        problem
        for part, header in zip(parts, headers, strict=True)
        for problem in _header_problems(part, header, optional)
    ]
    if problems:
        raise InputError(problems=tuple(problems))
    return NEEDED + optional


def _header_problems(part: Part, header: Sequence[str], optional: Sequence[str]) -> Iterator[Problem]:
    yield from header_problems(part.path, header, ())
    yield from (
        Problem(
            f"column {quoted(name)} is missing; the file has {listed(header)}.",
            str(part.path),
            "Votes need the columns voter-id, comment-id and vote." if name in NEEDED else "Other files have it.",
        )
        for name in (*NEEDED, *optional)
        if name not in header
    )


def check_rows(table: Table, rows: VoteRows) -> None:
    """Check what the rows say.

    Raises: InputError with every kind of mistake: no votes, no id, an unknown vote, no moment, an impossible chance.
    """
    if not len(rows.value):
        where = str(table.parts[0].path)
        raise InputError("there are no votes in the file.", where=where, do="Bring at least one row with a vote.")
    problems = [*_no_ids(table, rows), *_unknown_votes(table, rows), *_moments(table, rows), *_chances(table, rows)]
    if problems:
        raise InputError(problems=tuple(problems))


def _no_ids(table: Table, rows: VoteRows) -> Iterator[Problem]:
    for name, ids in ((VOTER, rows.who), (STATEMENT, rows.what)):
        if ids.empty is not None:
            count = table.fetch(f"SELECT count(*) FROM {table.source} WHERE {word(table, name)} = ''")[0][0]
            where = place_of(table.parts, ids.empty)
            yield Problem(f"column {quoted(name)} is empty in {plural(count, 'row')}.", where, "Give each row an id.")


def _unknown_votes(table: Table, rows: VoteRows) -> Iterator[Problem]:
    unknown = rows.value == UNKNOWN
    if unknown.any():
        found = table.fetch(
            f"SELECT {word(table, VOTE)} AS said, count(*) FROM {table.source} WHERE {vote(table, VOTE)} = {UNKNOWN} "
            "GROUP BY said ORDER BY count(*) DESC, said"
        )
        where = place_of(table.parts, int(unknown.argmax()))
        what = f"unknown votes: {counted(found, 'row')}."
        yield Problem(what, where, "Write 1 for agree, -1 for disagree, 0 for pass.")


def _moments(table: Table, rows: VoteRows) -> Iterator[Problem]:
    if rows.moment is None:
        return
    wrong = (rows.moment == NO_MOMENT) | (rows.moment == NOT_A_MOMENT)
    if wrong.any() and not (rows.moment == NO_MOMENT).all():
        what = f"column {quoted(MOMENT)} holds no whole number in {plural(int(wrong.sum()), 'row')}."
        do = "Write seconds or milliseconds since 1970 in every row, or leave the column out."
        yield Problem(what, place_of(table.parts, int(wrong.argmax())), do)
    late = rows.moment >= TOO_LATE
    if late.any() and not is_moment(table.type(MOMENT)):
        yield too_late(int(late.sum()), place_of(table.parts, int(late.argmax())))


def _chances(table: Table, rows: VoteRows) -> Iterator[Problem]:
    if rows.chance is None:
        return
    wrong = ~((rows.chance > 0) & (rows.chance <= 1))
    if wrong.any():
        what = f"column {quoted(CHANCE)} is no chance above 0 and up to 1 in {plural(int(wrong.sum()), 'row')}."
        where = place_of(table.parts, int(np.argmax(wrong)))
        yield Problem(what, where, "Write the chance with which the statement was shown, such as 0.25.")


def place_of(parts: Sequence[Part], row: int) -> str:
    """Return where a row stands, counted from 0 over all files: file and line, of Parquet the row from 1."""
    if parts[0].kind == "parquet":
        return f"{parts[0].path}, row {row + 1}" if len(parts) == 1 else f"row {row + 1} of all files together"
    lines = ((part.path, line) for part in parts for line, _ in records(part))
    path, line = next(islice(lines, row, None), (parts[-1].path, None))
    return str(path) if line is None else f"{path}, line {line}"
