"""Polis' participants-votes.csv: a row for each participant, a column for each statement, blank where nobody voted."""

import csv
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.votes import Votes, coded, last_votes
from clew.errors import InputError, Problem
from clew.tables.sources import Part, header_problems
from clew.tables.unreadable import records, unreadable
from clew.tables.wording import counted, listed, plural, quoted

PARTICIPANT = "participant"
ABOUT = (PARTICIPANT, "xid", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree")
"""Columns about the participant; all others are statements. The xid, personal data, is never kept."""

BLANK, UNKNOWN = 0, 4
CODES = {"": BLANK, "1": 1, "0": 2, "-1": 3}
VALUES = np.array([0, 1, 0, -1, 0], np.int8)
"""The vote of each code."""


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """A participant with the statements voted on, as places among the columns, and the code of each vote."""

    line: int
    voter: str
    what: NDArray[np.int64]
    code: NDArray[np.uint8]


def is_matrix(header: Sequence[str]) -> bool:
    """Whether the columns are those of Polis' matrix of votes."""
    return PARTICIPANT in header and "voter-id" not in header


def read_matrix(parts: Sequence[Part]) -> tuple[Votes, tuple[str, ...]]:
    """Return the votes of the matrix, and a sentence on participants without any.

    Statements without votes stay; when people voted is not told.

    Raises: InputError for several files or Parquet, columns that come twice, ids that are empty or come twice, unknown
    votes, no votes at all.
    """
    part = parts[0]
    statements = _statements(parts)
    rows = _read(part, statements)
    _check(part, rows)
    heard = [row for row in rows if len(row.what)]
    if not heard:
        raise InputError("there are no votes in the file.", where=str(part.path), do="Bring at least one vote.")
    voters, place = coded([row.voter for row in heard])
    titles, column = coded(statements)
    who = np.repeat(place, [len(row.what) for row in heard])
    what = column[np.concatenate([row.what for row in heard])]
    value = VALUES[np.concatenate([row.code for row in heard])]
    silent = len(rows) - len(heard)
    said = (f"{_silent(silent)} left out.",) if silent else ()
    return last_votes(voters, titles, who, what, value, None), said


def _silent(count: int) -> str:
    return f"{plural(count, 'participant')} of the file cast no vote and {'is' if count == 1 else 'are'}"


def _statements(parts: Sequence[Part]) -> tuple[str, ...]:
    where = str(parts[0].path)
    if len(parts) > 1 or parts[0].kind == "parquet":
        raise InputError("a matrix of votes is read from one CSV file.", where=where, do="Name that file alone.")
    header = parts[0].header
    problems = header_problems(parts[0].path, header, ())
    statements = tuple(name for name in header if name not in ABOUT)
    if not statements or "" in statements:
        what = "a column has no name." if statements else "no column holds votes on a statement."
        problems.append(Problem(what, where, "Name each column of votes by the id of its statement."))
    if problems:
        raise InputError(problems=tuple(problems))
    return statements


def _read(part: Part, statements: Sequence[str]) -> list[_Row]:
    try:
        return list(_rows(part, statements))
    except (csv.Error, OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise unreadable((part,)) from error


def _rows(part: Part, statements: Sequence[str]) -> Iterator[_Row]:
    voter = part.header.index(PARTICIPANT)
    places = [place for place, name in enumerate(part.header) if name not in ABOUT]
    first, last = places[0], places[-1] + 1
    together = last - first == len(statements)
    for line, values in records(part):
        if len(values) != len(part.header):
            raise unreadable((part,))
        cells = values[first:last] if together else [values[place] for place in places]
        codes = np.frombuffer(_codes(cells), np.uint8)
        what = np.flatnonzero(codes)
        yield _Row(line, values[voter].strip(), what, codes[what])


def _codes(cells: Sequence[str]) -> bytes:
    try:
        return bytes(map(CODES.__getitem__, cells))
    except KeyError:
        return bytes(CODES.get(cell.strip(), UNKNOWN) for cell in cells)


def _check(part: Part, rows: Sequence[_Row]) -> None:
    problems = []
    twice = sorted(voter for voter, count in Counter(row.voter for row in rows).items() if voter and count > 1)
    if twice:
        problems.append(
            Problem(
                f"{'a participant comes' if len(twice) == 1 else 'participants come'} twice: {listed(twice)}.",
                str(part.path),
                "Keep one row for each.",
            )
        )
    nameless = [row for row in rows if not row.voter]
    if nameless:
        what = f"column {quoted(PARTICIPANT)} is empty in {plural(len(nameless), 'row')}."
        problems.append(_problem(part, nameless[0], what, "Give each row an id."))
    unknown = [row for row in rows if (row.code == UNKNOWN).any()]
    if unknown:
        what = f"unknown votes: {_said(part, {row.line for row in unknown})}."
        problems.append(_problem(part, unknown[0], what, "Write 1 for agree, -1 for disagree, 0 for pass, or nothing."))
    if problems:
        raise InputError(problems=tuple(problems))


def _said(part: Part, lines: set[int]) -> str:
    """The unknown votes of some lines, the most frequent first."""
    said: Counter[str] = Counter()
    for line, values in records(part):
        if line in lines:
            cells = (value.strip() for name, value in zip(part.header, values, strict=True) if name not in ABOUT)
            said.update(cell for cell in cells if cell not in CODES)
    return counted(sorted(said.items(), key=lambda pair: (-pair[1], pair[0])), "cell")


def _problem(part: Part, row: _Row, what: str, do: str) -> Problem:
    return Problem(what, f"{part.path}, line {row.line}", do)
