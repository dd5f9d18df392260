"""A conversation as its votes come in: what the map needs of them, changed vote by vote and never computed anew."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from clew.deliberate.conversation import Conversation
from clew.deliberate.polis.matrix import matrix_of
from clew.deliberate.polis.pca import COMPONENTS, components_from
from clew.deliberate.polis.projection import stretch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Where people stand at one moment.

    positions (P × 2), votes (P): places and how many statements each voted on. columns: statements with any vote.
    arrived (P): the order of rows, those last who have not come yet.
    """

    positions: Floats
    votes: Ints
    columns: int
    arrived: Ints


class SoFar:
    """The votes that have come in; `take` each, then ask where people stand.

    For every two statements three sums are kept over those who voted on both: of products of votes, of votes on the
    first, and of ones. The cross products of centred votes follow from them, whatever the centre has become.
    """

    def __init__(self, conversation: Conversation) -> None:
        matrix, votes = matrix_of(conversation), conversation.votes
        people, size = len(votes.voters), len(votes.statements)
        self._votes, self._voter, self._zeroed = votes, votes.voter, matrix.zeroed
        self._value, self._given = np.zeros(len(votes.value)), np.zeros(len(votes.value))
        self._products, self._sums, self._both = (np.zeros((size, size)) for _ in range(3))
        self._count, self._arrived, self._rows = np.zeros(people, np.int64), np.full(people, people), 0
        self._components, self._known = np.ones((COMPONENTS, size)), np.zeros(size, np.bool_)

    def take(self, at: int, value: int) -> None:
        """Take in the vote in that place of the conversation's votes, or a former one on the same statement."""
        person, column = self._voter[at], self._votes.statement[at]
        row = slice(self._votes.start[person], self._votes.start[person + 1])
        others, values, given = self._votes.statement[row], self._value[row], self._given[row]
        change, new = value - self._value[at], 1 - self._given[at]
        self._products[column, others] += change * values
        self._products[others, column] += change * values
        self._products[column, column] += change**2
        self._sums[column, others] += change * given
        self._sums[others, column] += new * values
        self._sums[column, column] += change * new
        self._both[column, others] += new * given
        self._both[others, column] += new * given
        self._both[column, column] += new
        self._value[at], self._given[at] = value, 1
        self._count[person] += int(new)
        if self._arrived[person] == len(self._arrived):
            self._arrived[person], self._rows = self._rows, self._rows + 1

    def standing(self, zeroed: NDArray[np.bool_]) -> Standing:
        """Return where people stand, columns marked (S) being zeroed; components go on from those of the last time."""
        voted = self._both.diagonal() > 0
        live = np.flatnonzero(voted & ~zeroed)
        columns = int(voted.sum())
        positions = np.zeros((len(self._count), 2))
        if self._rows > 1 and columns > 1 and len(live):
            centre = np.zeros(len(voted))
            centre[live] = self._sums.diagonal()[live] / self._both.diagonal()[live]
            self._turn(live, centre[live])
            positions = self._positions(live, centre, int((voted & zeroed).sum()), columns)
        self._known |= voted
        return Standing(positions, self._count.copy(), columns, self._arrived.copy())

    def _turn(self, live: Ints, centre: Floats) -> None:
        """Let the components follow the votes; columns that they do not know yet begin at 1."""
        among = np.ix_(live, live)
        shifted = self._sums[among] * centre
        products = self._products[among] - shifted - shifted.T + np.outer(centre, centre) * self._both[among]
        begun = np.where(self._known, self._components, 1.0)[:, live]
        self._components = np.zeros_like(self._components)
        self._components[:, live] = components_from(products, begun)

    def _positions(self, live: Ints, centre: Floats, zeroed: int, columns: int) -> Floats:
        votes = self._votes
        lives = np.zeros(len(centre))
        lives[live] = 1
        cells = self._given * lives[votes.statement]
        shape = (len(votes.voters), len(centre))
        left = csr_array(((self._value - centre[votes.statement]) * cells, votes.statement, votes.start), shape=shape)
        sums = np.concatenate([[0], np.cumsum(cells)])
        given = sums[votes.start[1:]] - sums[votes.start[:-1]]
        return np.multiply(stretch(columns, given + zeroed)[:, None], np.asarray(left @ self._components.T, np.float64))
