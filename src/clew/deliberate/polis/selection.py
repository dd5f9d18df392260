"""Which statements stand for a group, and which for everybody: Polis' rules of choice."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.polis.representativeness import SIGNIFICANT, Side, share_test

MOST_CHOSEN = 5


@dataclass(frozen=True, slots=True)
class RepresentativeStatement:
    """A statement that stands for a group. `count` of its `votes` are on that `side`; p, p_test, r, r_test: see Side.

    `statement`: its column. `best_agree`: chosen because the group agrees with it, whatever its side.
    """

    group: int
    statement: int
    side: Literal["agree", "disagree"]
    count: int
    votes: int
    p: float
    p_test: float
    r: float
    r_test: float
    best_agree: bool = False


@dataclass(frozen=True, slots=True)
class MajorityStatement:
    """A statement with which most of all who voted agree, or disagree: `count` of `votes`, the share p and its z."""

    statement: int
    side: Literal["agree", "disagree"]
    count: int
    votes: int
    p: float
    p_test: float


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What is chosen from: both sides and the votes (G × S each), and the columns that may be chosen, in order."""

    agree: Side
    disagree: Side
    votes: NDArray[np.float64]
    columns: tuple[int, ...]

    def told(self, group: int, column: int, *, best_agree: bool = False) -> RepresentativeStatement:
        """Return the statement with the figures of the side by which the group differs more."""
        at = (group, column)
        agrees = bool(self.agree.r_test[at] > self.disagree.r_test[at])
        side = self.agree if agrees else self.disagree
        return RepresentativeStatement(
            group,
            column,
            "agree" if agrees else "disagree",
            int(side.count[at]),
            int(self.votes[at]),
            float(side.p[at]),
            float(side.p_test[at]),
            float(side.r[at]),
            float(side.r_test[at]),
            best_agree,
        )


def representative(among: Candidates, group: int) -> tuple[RepresentativeStatement, ...]:
    """Return up to five statements for a group, agreement first.

    At the head the statement that the group agrees with best; then those with a side on which both tests are
    significant, by their metric. Where there are none of these, the head alone, or else the one that differs most.
    """
    best = _best_agree(among, group)
    head = [] if best is None else [among.told(group, best, best_agree=True)]
    sufficient = among.agree.significant[group] | among.disagree.significant[group]
    chosen = [among.told(group, column) for column in among.columns if sufficient[column] and column != best]
    if not head and not chosen:
        return _most_different(among, group)
    chosen.sort(key=_metric, reverse=True)
    return tuple(sorted([*head, *chosen][:MOST_CHOSEN], key=lambda one: one.side))


def _metric(one: RepresentativeStatement) -> float:
    return one.r * one.r_test * one.p * one.p_test


def _most_different(among: Candidates, group: int) -> tuple[RepresentativeStatement, ...]:
    differs = np.maximum(among.agree.r_test[group], among.disagree.r_test[group])
    best = max(among.columns, key=lambda column: differs[column], default=None)
    return () if best is None else (among.told(group, best),)


def _best_agree(among: Candidates, group: int) -> int | None:
    """The column that the group agrees with best. Each in turn must beat the best so far, by what made that one best:
    all four figures where the group agrees more than others do, else only how many agree."""
    side, best = among.agree, None
    share, metric = side.p[group] * side.p_test[group], side.metric[group]
    stands_out = side.r[group] > 1
    enters = (side.p_test[group] > SIGNIFICANT) | (stands_out & (side.p[group] > 0.5))
    spoken = side.count[group] + among.disagree.count[group] > 0
    for column in among.columns:
        figure = share if best is None or not stands_out[best] else metric
        better = enters[column] if best is None else figure[column] > figure[best]
        best = column if spoken[column] and better else best
    return best


def majority(counts: NDArray[np.int64], columns: tuple[int, ...]) -> tuple[MajorityStatement, ...]:
    """Return up to five statements that most agree with, then up to five that most disagree with.

    counts (S × 3): agrees, passes, disagrees of all who voted. Most: more than half, and significantly so.
    """
    agree, disagree = (_majority(counts, column, columns) for column in (0, 2))
    return agree + disagree


def _majority(counts: NDArray[np.int64], kind: int, columns: tuple[int, ...]) -> tuple[MajorityStatement, ...]:
    side: Literal["agree", "disagree"] = "agree" if kind == 0 else "disagree"
    count, votes = counts[:, kind].astype(np.float64), counts.sum(axis=1).astype(np.float64)
    p, p_test = (count + 1) / (votes + 2), share_test(count, votes)
    found = [column for column in columns if p[column] > 0.5 and p_test[column] > SIGNIFICANT]
    found.sort(key=lambda column: p[column] * p_test[column], reverse=True)
    return tuple(
        MajorityStatement(column, side, int(count[column]), int(votes[column]), float(p[column]), float(p_test[column]))
        for column in found[:MOST_CHOSEN]
    )
