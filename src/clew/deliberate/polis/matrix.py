"""The vote matrix as Polis' formulas take it: moderated columns count as zeros of everybody, nothing is filled in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.conversation import Conversation
from clew.deliberate.votes import Votes


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Votes with the marks that Polis' formulas need.

    zeroed (S): columns that are 0 for everybody, those who never voted on them included: left out by moderators, or
    meta. meta (S): about the participants or the talk itself. voted (S): columns that anybody voted on; Polis knows no
    others.
    """

    votes: Votes
    zeroed: NDArray[np.bool_]
    meta: NDArray[np.bool_]
    voted: NDArray[np.bool_]

    @property
    def columns(self) -> int:
        """How many columns there are (C)."""
        return int(self.voted.sum())

    @property
    def arrived(self) -> NDArray[np.int64]:
        """The order in which a Polis that is started cold has its rows (P: 0 for the first).

        It reads all votes from its database by statement, then by person: rows stand by the first statement that
        each voted on, people of the same by id. Where votes have no time it is the order of ids alone, which Polis
        gives out as people come: the order of rows in a file must not decide.
        """
        votes, people = self.votes, np.arange(len(self.votes.voters))
        if votes.at_ms is None:
            return people
        first = np.append(votes.statement, len(votes.statements))[votes.start[:-1]]
        first[votes.per_voter == 0] = len(votes.statements)
        arrived = np.empty_like(people)
        arrived[np.lexsort((people, first))] = people
        return arrived

    @property
    def cells(self) -> NDArray[np.int64]:
        """The cells of each row that hold anything (P): the votes given, and every zeroed column."""
        kept = np.concatenate([[0], np.cumsum(~self.zeroed[self.votes.statement])])
        given: NDArray[np.int64] = kept[self.votes.start[1:]] - kept[self.votes.start[:-1]]
        return given + int((self.zeroed & self.voted).sum())


def matrix_of(conversation: Conversation) -> Matrix:
    """Return the matrix of all statements of a conversation, those that moderators left out among them."""
    meta = np.array([one.is_meta for one in conversation.statements], np.bool_)
    voted = np.bincount(conversation.votes.statement, minlength=len(meta)) > 0
    return Matrix(conversation.votes, conversation.left_out | meta, meta, voted)
