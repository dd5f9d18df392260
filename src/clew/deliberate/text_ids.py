"""Ids that are words: told apart by short keys while rows are read, and put in order once, however many they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from operator import eq, is_

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.vote_columns import raw
from clew.deliberate.votes import id_order
from clew.tables.table import Table

Keys = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The distinct words of a column (w). names: the ids that they are, in order; blanks around a word are no part.

    key (w): a number for each word, ascending. place (w): its id's place among the names. salt: what makes the keys
    differ.
    """

    names: tuple[str, ...]
    key: Keys
    place: NDArray[np.int32]
    salt: int

    def places(self, key: Keys) -> NDArray[np.int32]:
        """Return the places among the names of the words with these keys; in order, they are found much sooner."""
        order = np.argsort(key)
        found = np.empty(len(key), np.int32)
        found[order] = self.place[np.searchsorted(self.key, key[order])]
        return found

    @property
    def empty(self) -> int | None:
        """The place of the id that says nothing; None where there is none."""
        return self.names.index("") if "" in self.names else None


def key_of(word: str, salt: int) -> str:
    """A number for a word, as SQL; rarely two words have the same one, and then with another salt not."""
    return f"hash({word} || '{salt}')" if salt else f"hash({word})"


def words_of(table: Table, column: str) -> Words:
    """Return the distinct words of a column, under keys that tell them all apart.

    Raises: InputError where the files cannot be read through, or memory does not suffice.
    """
    for salt in count():
        found = table.fetch_arrays(
            f"SELECT w, {key_of('w', salt)} AS k FROM (SELECT DISTINCT {raw(table, column)} AS w FROM {table.source}) "
            "ORDER BY w"
        )
        key = np.asarray(found["k"], np.uint64)
        order = np.argsort(key)
        if (key[order][1:] != key[order][:-1]).all():
            break
    names, place = _coded([word.strip() for word in found["w"].tolist()])
    return Words(names, key[order], place[order], salt)


def _coded(ids: list[str]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """The distinct ids in their order, and the place of each id given; quick where they are so already."""
    names = in_order(ids)
    if not any(map(eq, names, names[1:])) and all(map(is_, names, ids)):
        return names, np.arange(len(names), dtype=np.int32)
    names = in_order(dict.fromkeys(ids))
    places = dict(zip(names, range(len(names)), strict=True))
    return names, np.fromiter(map(places.__getitem__, ids), np.int32, len(ids))


def in_order(ids: Iterable[str]) -> tuple[str, ...]:
    """Return ids by `id_order`; most words need no more than to be compared as they are.

    >>> in_order(["b", "10", "9", "a"])
    ('9', '10', 'a', 'b')
    """
    numbers, texts = list[str](), list[str]()
    for one in ids:
        (numbers if one.isascii() and one.isdigit() else texts).append(one)
    return (*sorted(numbers, key=id_order), *sorted(texts))
