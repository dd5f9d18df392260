"""Reading a conversation: its votes, its statements, and whose votes do not count."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from clew.deliberate.conversation import Conversation
from clew.deliberate.read_statements import read_statements
from clew.deliberate.read_votes import read_votes
from clew.deliberate.statements import Statement
from clew.deliberate.text_rows import empty_or_twice, refuse, text_rows
from clew.deliberate.votes import Votes, id_order
from clew.errors import InputError
from clew.tables.sources import Paths
from clew.tables.wording import listed, plural

VOTER = "voter-id"


def read_conversation(votes: Paths, statements: Paths | None = None, banned: Paths | None = None) -> Conversation:
    """Read votes, the statements they are on, and who was banned; see `read_votes` and `read_statements`.

    banned: a file with the column `voter-id`; whoever it names leaves with all votes, before anything is computed.
    Statements without votes are part of the conversation, and so are statements that only the votes name.

    Raises: InputError where a file cannot be used, or nobody is left.
    """
    cast, notices = read_votes(votes)
    if banned is not None:
        cast, said = without_banned(cast, read_banned(banned))
        notices += said
    if statements is None:
        return Conversation(cast, tuple(map(Statement, cast.statements)), notices)
    return with_statements(cast, read_statements(statements), notices)


def read_banned(paths: Paths) -> tuple[str, ...]:
    """Read who was banned, from a file with the column `voter-id`.

    Raises: InputError where an id is empty or comes twice.
    """
    rows = text_rows(paths, (VOTER,), "A list of banned participants needs")
    refuse(empty_or_twice(rows, VOTER))
    return tuple(row.values[VOTER].strip() for row in rows)


def without_banned(votes: Votes, banned: Sequence[str]) -> tuple[Votes, tuple[str, ...]]:
    """Return the votes of all others, as if the banned had never voted, and a sentence on who left.

    A statement that only they voted on stays, without votes.

    Raises: InputError where nobody is left.
    """
    gone = set(banned)
    kept = np.array([voter not in gone for voter in votes.voters])
    if not kept.any():
        raise InputError("every participant is banned.", do="Shorten the list of banned participants.")
    left, strangers = int((~kept).sum()), len(gone - set(votes.voters))
    unknown = f" {strangers} more of those banned never voted." if strangers else ""
    said = (f"{plural(left, 'banned participant')} and their votes are left out.{unknown}",) if gone else ()
    return votes.of_voters(kept), said


def with_statements(votes: Votes, statements: Sequence[Statement], notices: tuple[str, ...] = ()) -> Conversation:
    """Return the conversation of votes and statements, ordered by id, with sentences on what one side lacks."""
    known = {one.id: one for one in statements}
    names = tuple(sorted({*known, *votes.statements}, key=id_order))
    place = {name: column for column, name in enumerate(names)}
    columns = np.array([place[name] for name in votes.statements], np.int32)
    wider = replace(votes, statements=names, statement=columns[votes.statement])
    unknown = [name for name in votes.statements if name not in known]
    strange = f"{_statements(len(unknown), 'is', 'are')} voted on but not among the statements: {listed(unknown)}."
    silent = sum(not count for count in wider.counts().sum(axis=1))
    quiet = f"{_statements(silent, 'has', 'have')} no votes."
    found = tuple(known.get(name, Statement(name)) for name in names)
    return Conversation(wider, found, notices + ((strange,) if unknown else ()) + ((quiet,) if silent else ()))


def _statements(count: int, one: str, many: str) -> str:
    return f"{plural(count, 'statement')} {one if count == 1 else many}"
