"""A conversation as the files that Polis exports, column by column, so that whatever reads those reads it too.

Two of Polis' files are not written: participant-importance.csv needs marks of importance, comment-clusters.csv needs
topics, and there are neither. Text stays as people wrote it, also where a spreadsheet would take it for a formula.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.conversation import Conversation
from clew.deliberate.csv_writing import cell, like_formulas, quoted_cell, write_lines
from clew.deliberate.polis.priority import group_informed_consensus
from clew.deliberate.polis_moments import written_moments
from clew.deliberate.statements import Statement
from clew.deliberate.tally import tally
from clew.deliberate.votes import AGREE, DISAGREE, Votes
from clew.tables.wording import plural

Groups = NDArray[np.integer]

CHUNK = 1 << 16
"""Votes turned into text at a time."""


@dataclass(frozen=True, slots=True)
class About:
    """What only Polis' summary tells of a conversation. `views`: None where nobody counted, as on today's server."""

    topic: str = ""
    url: str = ""
    description: str = ""
    views: int | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """The files written, and sentences on what opening them may do."""

    paths: tuple[Path, ...]
    notices: tuple[str, ...]


def export_polis(
    conversation: Conversation,
    groups: Groups,
    folder: Path,
    *,
    in_seconds: bool = False,
    xids: Mapping[str, str] | None = None,
    about: About | None = None,
) -> Exported:
    """Write votes.csv, comments.csv, participants-votes.csv, summary.csv, comment-groups.csv and stats-history.csv.

    groups (P): each participant's group from 0, -1 for none. in_seconds: moments as Polis' server writes them today,
    else in milliseconds as in its public archive. xids: ids from elsewhere by participant, personal data, written only
    where given. stats-history.csv is written where it is known when people voted. Former votes of the same people are
    gone, so counts are of votes as they count (Polis' comments.csv counts every event).

    Raises: InputError where a file cannot be written; each file is whole or as it was.
    """
    paths = [
        write_votes(conversation.votes, folder / "votes.csv", in_seconds=in_seconds),
        write_comments(conversation, groups, folder / "comments.csv", in_seconds=in_seconds),
        write_matrix(conversation, groups, folder / "participants-votes.csv", xids=xids),
        write_summary(conversation, groups, folder / "summary.csv", about or About()),
        write_comment_groups(conversation, groups, folder / "comment-groups.csv"),
    ]
    if conversation.votes.at_ms is not None:
        paths.append(write_history(conversation, folder / "stats-history.csv"))
    return Exported(tuple(paths), _notices(conversation, xids))


def _notices(conversation: Conversation, xids: Mapping[str, str] | None) -> tuple[str, ...]:
    texts = [*(one.text for one in conversation.statements), *conversation.votes.voters, *(xids or {}).values()]
    found = like_formulas(texts)
    begin = f"{plural(found, 'text')} {'begins as a formula does' if found == 1 else 'begin as formulas do'}"
    said = f"{begin}. Import the files as text; do not open them in a spreadsheet directly."
    return (said,) if found else ()


def write_votes(votes: Votes, path: Path, *, in_seconds: bool = False) -> Path:
    """Write votes by statement, then by voter; with `propensity` where they carry weights.

    `timestamp` and `datetime` stay empty where it is not known when people voted.
    """
    header = ["timestamp", "datetime", "comment-id", "voter-id", "vote"]
    return write_lines(
        path, header + (["propensity"] if votes.weight is not None else []), _votes(votes, in_seconds=in_seconds)
    )


def _votes(votes: Votes, *, in_seconds: bool) -> Iterator[str]:
    order = np.argsort(votes.statement, kind="stable")
    who = votes.voter
    voters, titles = [cell(one) for one in votes.voters], [cell(one) for one in votes.statements]
    for first in range(0, len(order), CHUNK):
        some = order[first : first + CHUNK]
        moments: Iterator[str] = iter([","] * len(some))
        if votes.at_ms is not None:
            moments = written_moments(votes.at_ms[some], in_seconds=in_seconds)
        chances = [""] * len(some) if votes.weight is None else [f",{1 / one!r}" for one in votes.weight[some].tolist()]
        columns = (votes.statement[some].tolist(), who[some].tolist(), votes.value[some].tolist())
        for at, what, voter, value, chance in zip(moments, *columns, chances, strict=True):
            yield f"{at},{titles[what]},{voters[voter]},{value}{chance}"


def write_comments(conversation: Conversation, groups: Groups, path: Path, *, in_seconds: bool = False) -> Path:
    """Write statements with their counts, by id: in Polis' form with `is-meta` and `is-seed` where any is marked so."""
    marked = any(one.is_meta or one.is_seed for one in conversation.statements)
    header = [
        *(
            "timestamp",
            *([] if marked else ["datetime"]),
            "comment-id",
            "author-id",
            "agrees",
            "disagrees",
            "moderated",
        ),
        *(["is-meta", "is-seed", "group-informed-consensus"] if marked else []),
        "comment-body",
    ]
    common = _consensus(conversation, groups) if marked else []
    counts = conversation.votes.counts().tolist()
    rows = enumerate(zip(conversation.statements, counts, strict=True))
    return write_lines(
        path,
        header,
        (
            _comment(one, count, common[place] if marked else None, in_seconds=in_seconds)
            for place, (one, count) in rows
        ),
    )


def _comment(one: Statement, count: Sequence[int], common: str | None, *, in_seconds: bool) -> str:
    at = "," if one.at_ms is None else next(written_moments(np.array([one.at_ms]), in_seconds=in_seconds))
    about = f"{cell(one.id)},{cell(one.author)},{count[0]},{count[2]},{one.moderated}"
    if common is None:
        return f"{at},{about},{quoted_cell(one.text)}"
    flags = f"{str(one.is_meta).lower()},{str(one.is_seed).lower()}"
    return f"{at.split(',', maxsplit=1)[0]},{about},{flags},{common},{quoted_cell(one.text)}"


def _consensus(conversation: Conversation, groups: Groups) -> list[str]:
    if _count(groups) == 0:
        return [""] * len(conversation.statements)
    return [repr(one) for one in group_informed_consensus(tally(conversation.votes, groups, _count(groups))).tolist()]


def _count(groups: Groups) -> int:
    return int(groups.max(initial=-1)) + 1


def write_matrix(
    conversation: Conversation, groups: Groups, path: Path, *, xids: Mapping[str, str] | None = None
) -> Path:
    """Write a row for each participant, a column for each statement that has votes, blank where nobody voted."""
    votes = conversation.votes
    voted = np.flatnonzero(np.bincount(votes.statement, minlength=len(votes.statements)))
    header = ["participant", *([] if xids is None else ["xid"]), "group-id", "n-comments", "n-votes", "n-agree"]
    names = [votes.statements[place] for place in voted]
    return write_lines(path, [*header, "n-disagree", *names], _people(conversation, groups, voted, xids))


def _people(
    conversation: Conversation, groups: Groups, voted: NDArray[np.intp], xids: Mapping[str, str] | None
) -> Iterator[str]:
    votes = conversation.votes
    column = np.zeros(len(votes.statements), np.int64)
    column[voted] = np.arange(len(voted))
    written: dict[str, int] = {}
    for one in conversation.statements:
        written[one.author] = written.get(one.author, 0) + 1
    for place, voter in enumerate(votes.voters):
        own = slice(votes.start[place], votes.start[place + 1])
        value = votes.value[own].tolist()
        cells = [""] * len(voted)
        for where, vote in zip(column[votes.statement[own]].tolist(), value, strict=True):
            cells[where] = str(vote)
        xid = "" if xids is None else f"{cell(xids.get(voter, ''))},"
        group = "" if groups[place] < 0 else groups[place]
        counts = f"{written.get(voter, 0)},{len(value)},{value.count(AGREE)},{value.count(DISAGREE)}"
        yield f"{cell(voter)},{xid}{group},{counts},{','.join(cells)}"


def write_summary(conversation: Conversation, groups: Groups, path: Path, about: About) -> Path:
    """Write what there is of everything, a line each; `voters-in-conv` are those who are in a group."""
    votes = conversation.votes
    rows = {
        "topic": about.topic,
        "url": about.url,
        "views": about.views,
        "voters": len(votes.voters),
        "voters-in-conv": int((groups >= 0).sum()),
        "commenters": len({one.author for one in conversation.statements} - {""}),
        "comments": len(np.unique(votes.statement)),
        "groups": len(np.unique(groups[groups >= 0])),
        "conversation-description": about.description,
    }
    return write_lines(path, (), (f"{key},{cell(str(value))}" for key, value in rows.items() if value is not None))


def write_comment_groups(conversation: Conversation, groups: Groups, path: Path) -> Path:
    """Write the votes of each group on each statement; the totals are of those who are in a group, as Polis' are."""
    kinds = ("votes", "agrees", "disagrees", "passes")
    found = tally(conversation.votes, groups, _count(groups))
    counts = np.stack([found.seen, found.agree, found.disagree, found.passed], axis=2).astype(np.int64)
    header = ["comment-id", "comment", *(f"total-{kind}" for kind in kinds)]
    header += [f"group-{_letters(group)}-{kind}" for group in range(_count(groups)) for kind in kinds]
    return write_lines(
        path,
        header,
        (
            f"{cell(one.id)},{quoted_cell(one.text)},{','.join(map(str, [*own.sum(axis=0), *own.ravel()]))}"
            for one, own in zip(conversation.statements, np.swapaxes(counts, 0, 1), strict=True)
        ),
    )


def _letters(group: int) -> str:
    """The letters of a group: a, b, … z, aa, ab, …"""
    return (_letters(group // 26 - 1) if group >= 26 else "") + chr(ord("a") + group % 26)


def write_history(conversation: Conversation, path: Path) -> Path:
    """Write how many votes, statements, voters and authors there were after each of them; nobody counts visitors."""
    return write_lines(
        path, ("n-votes", "n-comments", "n-visitors", "n-voters", "n-commenters"), _history(conversation)
    )


def _history(conversation: Conversation) -> Iterator[str]:
    votes = conversation.votes
    cast = np.zeros(0, np.int64) if votes.at_ms is None else votes.at_ms
    dated = [(one.at_ms, one.author) for one in conversation.statements if one.at_ms is not None]
    order = np.argsort(np.concatenate([cast, np.array([at for at, _ in dated], np.int64)]), kind="stable")
    who, voters, authors, told = votes.voter.tolist(), set[int](), set[str](), 0
    for number, place in enumerate(order.tolist(), start=1):
        if place < len(cast):
            voters.add(who[place])
        else:
            told += 1
            authors.add(dated[place - len(cast)][1])
        yield f"{number - told},{told},,{len(voters)},{len(authors - {''})}"
