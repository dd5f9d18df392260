"""Statements by which a group differs from everybody else: what it says more often than the others do.

A screen for the reader, not a proof: the groups were found in the very votes that are compared here.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from clew.deliberate.opinion_map import Representative
from clew.deliberate.policy import Policy
from clew.deliberate.pooling import Floats
from clew.deliberate.tally import Tally
from clew.deliberate.votes import id_order

AT_MOST = 5
ERROR = 0.05
"""The chance of any difference told where there is none, over all groups, statements and sides together."""
HALF = 0.5

Side = Literal["agree", "disagree"]
SIDES: Final[tuple[Side, ...]] = ("agree", "disagree")


def find_representative(counts: Tally, policy: Policy, ids: Sequence[str]) -> tuple[Representative, ...]:
    """Return at most five statements a group, those it agrees with first; on each side the clearest difference first.

    A statement is told if most of the group are on that side, more than of the rest, beyond what chance gives over all
    comparisons (Holm), and if the group and the rest have voted on it often enough. One group alone has no rest, and
    nothing by which it differs. ids: the statements' ids (S), in the order of the columns.

    Source: two-proportion test with one agree and one disagree more on each side, Agresti & Caffo (2000), The American
    Statistician 54; Holm (1979), Scandinavian Journal of Statistics 6, which asks nothing of how tests hang together.
    """
    if len(counts.size) < 2:
        return ()
    share, z = compared(np.array([counts.agree, counts.disagree]), counts.seen)
    told = _enough(counts, policy.least_votes) & (share > HALF)
    told &= holm(1 - ndtr(z), _enough(counts, policy.least_votes)) <= ERROR
    return tuple(one for group in range(len(counts.size)) for one in _of_group(group, told, share, z, ids))


def compared(count: Floats, seen: Floats) -> tuple[Floats, Floats]:
    """Return each group's share and z of its difference from the rest (both as `count`, whose last axes are G × S).

    Shares have one vote added on each side, so that a few votes do not stand for everything.
    """
    rest, rest_seen = count.sum(-2, keepdims=True) - count + 1, seen.sum(-2, keepdims=True) - seen + 2
    count, seen = count + 1, seen + 2
    share, both = count / seen, (count + rest) / (seen + rest_seen)
    return share, (share - rest / rest_seen) / np.sqrt(both * (1 - both) * (1 / seen + 1 / rest_seen))


def holm(p_values: Floats, made: NDArray[np.bool_]) -> Floats:
    """Return p-values adjusted for all comparisons that were made (of any shape); 1 where none was.

    made: broadcast against the p-values.
    """
    adjusted = np.ones_like(p_values)
    which = np.broadcast_to(made, p_values.shape)
    those = p_values[which]
    order = np.argsort(those, kind="stable")
    steps = np.maximum.accumulate(those[order] * np.arange(len(those), 0, -1))
    found = np.empty_like(those)
    found[order] = np.minimum(steps, 1)
    adjusted[which] = found
    return adjusted


def _enough(counts: Tally, least: int) -> NDArray[np.bool_]:
    """Whether the group and the rest have each voted on it often enough (G × S)."""
    seen, size = counts.seen, counts.size[:, None]
    rest, rest_size = seen.sum(0) - seen, size.sum() - size
    return np.asarray((seen >= np.minimum(size, least)) & (rest >= np.minimum(rest_size, least)), np.bool_)


def _of_group(
    group: int, told: NDArray[np.bool_], share: Floats, z: Floats, ids: Sequence[str]
) -> Iterator[Representative]:
    """Yield the five clearest statements of a group, agreement first."""
    cells = [(int(side), int(column)) for side, column in np.argwhere(told[:, group])]
    clearest = sorted(cells, key=lambda cell: (-z[cell[0], group, cell[1]], id_order(ids[cell[1]])))[:AT_MOST]
    for side, column in sorted(clearest, key=lambda cell: cell[0]):
        yield Representative(
            group, ids[column], SIDES[side], p=float(share[side, group, column]), z=float(z[side, group, column])
        )
