"""Made-up conversations for tests of Polis' formulas, and the dense matrix that those formulas are written for."""

import numpy as np

from clew.deliberate.conversation import Conversation
from clew.deliberate.statements import Statement
from clew.deliberate.votes import Votes, votes_of


def a_conversation(
    people: int,
    statements: int,
    *,
    seed: int,
    share: float = 0.4,
    left_out: tuple[int, ...] = (),
    meta: tuple[int, ...] = (),
) -> Conversation:
    """Two camps and a few who pass; each person votes on about that share of the statements, in a drawn order."""
    rng = np.random.default_rng(seed)
    camp, lean = rng.choice([-1.5, 1.0], people), rng.normal(0, 1, (2, statements))
    taste = rng.normal(0, 1, people)
    pull = camp[:, None] * lean[0] + taste[:, None] * lean[1] + rng.logistic(0, 1, (people, statements))
    value = np.where(rng.random((people, statements)) < 0.15, 0, np.sign(pull)).astype(int)
    who, what = np.nonzero(rng.random((people, statements)) < share * rng.uniform(0.3, 1.7, people)[:, None])
    order = rng.permutation(len(who))
    votes = votes_of(who[order].tolist(), what[order].tolist(), value[who, what][order])
    return of_votes(votes, left_out, meta)


def of_votes(votes: Votes, left_out: tuple[int, ...] = (), meta: tuple[int, ...] = ()) -> Conversation:
    """The conversation of these votes, statements named by whole numbers."""
    return Conversation(
        votes,
        tuple(
            Statement(name, moderated=-1 if int(name) in left_out else 1, is_meta=int(name) in meta)
            for name in votes.statements
        ),
    )


def dense(conversation: Conversation) -> np.ndarray:
    """The matrix X of the formulas: 1, 0, -1, NaN where nobody voted; zeroed columns are 0 for everybody."""
    votes = conversation.votes
    found = np.full((len(votes.voters), len(votes.statements)), np.nan)
    found[votes.voter, votes.statement] = votes.value
    found[:, [one.left_out or one.is_meta for one in conversation.statements]] = 0
    return found
