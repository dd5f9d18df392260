"""Reading votes: rows of who, on what, which vote and when, as CSV or Parquet, or Polis' matrix of them."""

from dataclasses import replace

from clew.deliberate.moments import as_milliseconds
from clew.deliberate.vote_columns import NO_MOMENT, is_moment
from clew.deliberate.vote_faults import check_rows, chosen_columns
from clew.deliberate.vote_matrix import is_matrix, read_matrix
from clew.deliberate.vote_rows import MOMENT, Ints, VoteRows, read_rows
from clew.deliberate.votes import Settled, Votes, settled
from clew.tables.sources import Paths, find_parts
from clew.tables.table import columns_of, open_table
from clew.tables.wording import plural


def read_votes(paths: Paths) -> tuple[Votes, tuple[str, ...]]:
    """Read who voted how on what, and sentences on what had to be settled.

    paths: CSV or Parquet files with the columns `voter-id`, `comment-id`, `vote` (1 agree, 0 pass, -1 disagree) and, if
    there, `timestamp` (seconds or milliseconds since 1970) and `propensity` (the chance with which the statement was
    shown); or Polis' participants-votes.csv. The last vote of a voter on a statement counts; of two at the same moment,
    or without timestamps, the later row.

    Raises: InputError with every kind of mistake that was found.
    """
    parts = find_parts(paths)
    headers = columns_of(parts)
    if any(is_matrix(header) for header in headers):
        return read_matrix(parts)
    table = open_table(parts, chosen_columns(parts, headers), in_order=True)
    with table.held:
        rows = read_rows(table)
        check_rows(table, rows)
        in_milliseconds = MOMENT in table.columns and is_moment(table.type(MOMENT))
    at_ms, said = _moments(rows, in_milliseconds=in_milliseconds)
    last = settled(rows.who.names, rows.what.names, rows.who.place, rows.what.place, rows.value, at_ms)
    return _weighted(last, rows), said + _repeats(last)


def _moments(rows: VoteRows, *, in_milliseconds: bool) -> tuple[Ints | None, tuple[str, ...]]:
    if rows.moment is None or (rows.moment == NO_MOMENT).all():
        return None, ()
    return (rows.moment, ()) if in_milliseconds else as_milliseconds(rows.moment)


def _weighted(last: Settled, rows: VoteRows) -> Votes:
    return last.votes if rows.chance is None else replace(last.votes, weight=1 / rows.chance[last.rows])


def _repeats(last: Settled) -> tuple[str, ...]:
    """Sentences on votes that were cast again where their order had to be settled by that of the rows."""
    again = last.votes.events - len(last.votes.value)
    if last.votes.at_ms is None and again:
        return (f"There are no timestamps: of {_cast(again)} again, the later row counts.",)
    if last.ties:
        cases = f"In {plural(last.ties, 'case')} one voter gave different votes on a statement at the same moment"
        return (f"{cases}; the later row counts.",)
    return ()


def _cast(count: int) -> str:
    return f"{plural(count, 'vote')} that {'was' if count == 1 else 'were'} cast"
