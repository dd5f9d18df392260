"""Made-up conversations for tests of the opinion map: camps, a slope, noise, and votes drawn from the model itself."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from clew.deliberate.conversation import Conversation
from clew.deliberate.statements import Statement
from clew.deliberate.votes import Votes, votes_of

Floats = NDArray[np.float64]


def of_cells(values: NDArray[np.integer], seen: NDArray[np.bool_]) -> Votes:
    """The votes of a matrix of 1, 0 and -1 (P × S) where they are seen."""
    who, what = np.nonzero(seen)
    return votes_of(who.tolist(), what.tolist(), values[who, what])


def as_conversation(votes: Votes, left_out: tuple[str, ...] = ()) -> Conversation:
    """The conversation of these votes; texts are made up."""
    said = (Statement(one, f"Statement {one}", moderated=-1 if one in left_out else 1) for one in votes.statements)
    return Conversation(votes, tuple(said))


def camps(sizes: tuple[int, ...], statements: int, *, seed: int, share: float = 0.6, sure: float = 0.9) -> Votes:
    """Camps that each hold a view of their own on every statement, from which members stray with chance 1 - sure.

    People are in the order of the camps: the first sizes[0] of them belong to the first one.
    """
    rng = np.random.default_rng(seed)
    view = rng.choice([-1, 1], (len(sizes), statements))
    held = np.repeat(view, sizes, axis=0)
    values = np.where(rng.random(held.shape) < sure, held, -held)
    return of_cells(values, rng.random(held.shape) < share)


def camp_of(sizes: tuple[int, ...]) -> NDArray[np.int64]:
    """The camp of each person of `camps`."""
    return np.repeat(np.arange(len(sizes)), sizes)


def noise(people: int, statements: int, *, seed: int, share: float = 0.6) -> Votes:
    """Statements more and less popular, and people who differ by nothing but chance."""
    rng = np.random.default_rng(seed)
    popular = rng.uniform(0.2, 0.8, statements)
    values = np.where(rng.random((people, statements)) < popular, 1, -1)
    return of_cells(values, rng.random((people, statements)) < share)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Votes drawn from the factor model, beside what they were drawn from: position (P × d), intercept (S)."""

    votes: Votes
    position: Floats
    intercept: Floats


def drawn(position: Floats, statements: int, *, seed: int, share: float = 0.7, pull: float = 1.6) -> Drawn:
    """Votes of people who stand at these places (P × d); about one vote in ten is a pass."""
    rng = np.random.default_rng(seed)
    shape = (len(position), statements)
    intercept = rng.normal(0.3, 0.8, statements)
    loading = rng.normal(0, pull, (statements, position.shape[1]))
    agree = rng.random(shape) < expit(intercept + position @ loading.T)
    values = np.where(rng.random(shape) < 0.1, 0, np.where(agree, 1, -1))
    return Drawn(of_cells(values, rng.random(shape) < share), position, intercept)


def slope(people: int, statements: int, *, seed: int) -> Votes:
    """People who differ by degrees along one line, without a gap."""
    position = np.random.default_rng(seed).normal(0, 1, (people, 1))
    return drawn(position, statements, seed=seed).votes


def write_votes(path: Path, votes: Votes, order: NDArray[np.integer] | None = None) -> None:
    """The votes as the CSV that `clew map` reads, in this order of rows."""
    rows = [
        f"{votes.voters[who]},{votes.statements[what]},{value}"
        for who, what, value in zip(votes.voter, votes.statement, votes.value, strict=True)
    ]
    listed = rows if order is None else [rows[place] for place in order]
    path.write_text("\n".join(["voter-id,comment-id,vote", *listed]) + "\n", encoding="utf-8")


def write_statements(path: Path, votes: Votes, left_out: tuple[str, ...] = ()) -> None:
    """The statements as the CSV that `clew map` reads."""
    rows = [f"{one},{-1 if one in left_out else 1},Statement {one}" for one in votes.statements]
    path.write_text("\n".join(["comment-id,moderated,comment-body", *rows]) + "\n", encoding="utf-8")


def same_people(one: NDArray[np.integer], other: NDArray[np.integer]) -> bool:
    """Whether two groupings put the same people together, whatever the groups are called."""
    return bool(((one[:, None] == one) == (other[:, None] == other)).all())


def rand_index(one: NDArray[np.integer], other: NDArray[np.integer]) -> float:
    """The adjusted Rand index (Hubert & Arabie 1985) by counting all pairs of people."""
    pairs = np.triu_indices(len(one), 1)
    a, b = (one[:, None] == one)[pairs], (other[:, None] == other)[pairs]
    by_chance = a.mean() * b.mean()
    return float(((a & b).mean() - by_chance) / ((a.mean() + b.mean()) / 2 - by_chance))
