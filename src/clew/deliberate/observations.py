"""Votes as two yes-or-no questions: was it a pass, and if not, was it an agree. What the factor model is fitted to."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from clew.deliberate.votes import Votes

Floats = NDArray[np.float64]
CHUNK = 1 << 17
"""Votes handled at once, so that what is computed of each stays in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Answers to one of the two questions, by participant (P rows, S columns, sparse).

    start (P + 1), statement (n): as in `Votes`. half (n): +½ for yes, -½ for no.
    """

    start: NDArray[np.int64]
    statement: NDArray[np.int32]
    half: Floats
    statements: int

    @property
    def people(self) -> int:
        """How many participants there are, those without an answer included (P)."""
        return len(self.start) - 1

    def between(self, first: int, last: int) -> "Answers":
        """The answers of the participants from first to before last."""
        begin, end = self.start[first], self.start[last]
        start = self.start[first : last + 1] - begin
        return Answers(start, self.statement[begin:end], self.half[begin:end], self.statements)

    def by_participant(self, values: Floats) -> Floats:
        """A value of each participant (P), once for each of the answers (n)."""
        return np.repeat(values, np.diff(self.start))

    def matrix(self, data: Floats) -> csr_array:
        """A value for each answer as a sparse matrix (P × S)."""
        return csr_array((data, self.statement, self.start), shape=(self.people, self.statements))


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """Both questions. `side`: agree or disagree, of those who took a side; `passing`: pass or not, of all votes."""

    side: Answers
    passing: Answers

    @property
    def kinds(self) -> tuple[Answers, Answers]:
        """Both, in the order in which the model's arrays hold them."""
        return self.side, self.passing

    def chunks(self) -> Iterator[tuple[int, int, "Observations"]]:
        """The same answers some participants at a time, with the first and the one after the last of them."""
        start, first = self.passing.start, 0
        while first < self.passing.people:
            last = max(int(np.searchsorted(start, start[first] + CHUNK, "right")) - 1, first + 1)
            yield first, last, Observations(self.side.between(first, last), self.passing.between(first, last))
            first = last


def observations_of(votes: Votes) -> Observations:
    """Return the two questions that votes answer."""
    count, sided = len(votes.statements), votes.value != 0
    before = np.concatenate([[0], np.cumsum(sided)])
    side = Answers(before[votes.start], votes.statement[sided], votes.value[sided] * 0.5, count)
    return Observations(side, Answers(votes.start, votes.statement, np.where(sided, -0.5, 0.5), count))
