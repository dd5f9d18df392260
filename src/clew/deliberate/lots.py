"""Lots that belong to people and statements by their ids, so that one vote more draws nobody else's lot anew."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.fingerprints import Marks, mixed
from clew.deliberate.votes import Votes

WHOLE = 2.0**64


def lots(ids: Sequence[str], seed: int) -> NDArray[np.float64]:
    """Return a number between 0 and 1 for each id, evenly spread, decided by the id and the seed alone."""
    return np.asarray(mixed(_marks(ids) ^ mixed(np.array([seed], np.uint64))) / WHOLE)


def lots_of_votes(votes: Votes, seed: int) -> NDArray[np.float64]:
    """Return a number between 0 and 1 for each vote (n), decided by voter, statement and seed alone."""
    people = mixed(_marks(votes.voters) ^ mixed(np.array([seed], np.uint64)))
    return np.asarray(mixed(np.repeat(people, votes.per_voter) ^ _marks(votes.statements)[votes.statement]) / WHOLE)


def _marks(ids: Sequence[str]) -> Marks:
    """A scattered number for each id."""
    return mixed(np.fromiter((crc32(one.encode()) for one in ids), np.uint64, len(ids)))
