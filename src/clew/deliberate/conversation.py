"""A conversation as it was read: votes, statements, and what the reader had to say about the files."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.statements import Statement
from clew.deliberate.votes import Votes


@dataclass(frozen=True, slots=True, eq=False)
class Conversation:
    """Votes of those who may vote, with one statement for each column of theirs, in the same order.

    Statements that moderators left out are still among them: the map takes `kept()`, Polis' own formulas take all.
    notices: sentences on what was left out or had to be settled while reading.
    """

    votes: Votes
    statements: tuple[Statement, ...]
    notices: tuple[str, ...] = ()

    @property
    def left_out(self) -> NDArray[np.bool_]:
        """Which statements moderators took out (S)."""
        return np.array([one.left_out for one in self.statements], np.bool_)

    def kept(self) -> "Conversation":
        """The conversation without the statements that were left out, as if nobody had voted on them."""
        if not self.left_out.any():
            return self
        votes = self.votes.of_statements(~self.left_out)
        return Conversation(votes, tuple(one for one in self.statements if not one.left_out), self.notices)
