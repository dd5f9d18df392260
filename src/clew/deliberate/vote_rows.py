"""Votes as they come out of files: columns of numbers, filled a batch at a time, ids as places among the ids."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.text_ids import Words, key_of, words_of
from clew.deliberate.vote_columns import EMPTY, NOT_WHOLE, chance, moment, raw, vote, whole
from clew.tables.table import Table

Ints = NDArray[np.int64]

VOTER, STATEMENT, VOTE, MOMENT, CHANCE = "voter-id", "comment-id", "vote", "timestamp", "propensity"
NEEDED, OPTIONAL = (VOTER, STATEMENT, VOTE), (MOMENT, CHANCE)
WIDEST_DIRECT = 1 << 16
"""Ids up to here are put in order by counting them, however few they are."""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of ids: the distinct ones in their order, and the place of each row's id among them (n).

    `empty`: the first row without an id, or None.
    """

    names: tuple[str, ...]
    place: NDArray[np.integer]
    empty: int | None


@dataclass(frozen=True, slots=True, eq=False)
class VoteRows:
    """All rows of a file of votes, in its order; `value`, `moment` and `chance` may still hold marks for mistakes."""

    who: Coded
    what: Coded
    value: NDArray[np.int8]
    moment: Ints | None
    chance: NDArray[np.float64] | None


def read_rows(table: Table) -> VoteRows:
    """Return the rows of a table of votes.

    Raises: InputError where the files cannot be read through.
    """
    words: dict[str, Words] = {}
    while isinstance(columns := _columns(table, words), list):
        words.update((name, words_of(table, name)) for name in columns)
    return VoteRows(
        who=_coded(columns[VOTER], words.get(VOTER)),
        what=_coded(columns[STATEMENT], words.get(STATEMENT)),
        value=columns[VOTE],
        moment=columns.get(MOMENT),
        chance=columns.get(CHANCE),
    )


def _columns(table: Table, words: dict[str, Words]) -> dict[str, NDArray[Any]] | list[str]:
    """The columns of all rows; or the names of those whose ids turned out to be no numbers."""
    query = f"SELECT {', '.join(_asked(table, words))} FROM {table.source}"
    pieces: dict[str, list[NDArray[Any]]] = {column: [] for column in table.columns}
    with closing(table.batches(query)) as batches:
        for values in batches:
            batch = dict(zip(table.columns, values, strict=True))
            texts = [name for name in (VOTER, STATEMENT) if name not in words and NOT_WHOLE in batch[name]]
            if texts:
                return texts
            for name, column in batch.items():
                pieces[name].append(words[name].places(column) if name in words else _narrow(column))
    return {name: _joined(pieces.pop(name)) for name in table.columns}


def _asked(table: Table, words: dict[str, Words]) -> Iterator[str]:
    kinds = {VOTER: whole, STATEMENT: whole, VOTE: vote, MOMENT: moment, CHANCE: chance}
    for name in table.columns:
        yield key_of(raw(table, name), words[name].salt) if name in words else kinds[name](table, name)


def _narrow(values: NDArray[Any]) -> NDArray[Any]:
    """A copy that outlives its batch, in half the room where the numbers allow it."""
    if values.dtype == np.int64 and len(values) and values.min() >= -(1 << 31) and values.max() < 1 << 31:
        return values.astype(np.int32)
    return values.copy()


def _joined(pieces: list[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int64)


def _coded(ids: NDArray[np.integer], words: Words | None) -> Coded:
    return _coded_numbers(ids) if words is None else _coded_words(ids.astype(np.int32, copy=False), words)


def _coded_numbers(ids: NDArray[np.integer]) -> Coded:
    empty = ids == EMPTY
    if empty.any():
        return Coded((), ids, int(empty.argmax()))
    if len(ids) and ids.max() < max(WIDEST_DIRECT, len(ids)):
        seen = np.zeros(int(ids.max()) + 1, np.bool_)
        seen[ids] = True
        distinct, place = np.flatnonzero(seen), (np.cumsum(seen, dtype=np.int32) - 1)[ids]
    else:
        distinct, place = np.unique(ids, return_inverse=True)
    return Coded(tuple(map(str, distinct.tolist())), place, None)


def _coded_words(place: NDArray[np.int32], words: Words) -> Coded:
    nothing = np.zeros(0, np.bool_) if words.empty is None else place == words.empty
    return Coded(words.names, place, int(nothing.argmax()) if nothing.any() else None)
