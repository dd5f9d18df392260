"""The groups of a Polis that ran all along: each update begins from the last, so groups hold on to what they were."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.conversation import Conversation
from clew.deliberate.polis.base_clusters import MOST_BASE_CLUSTERS, STEPS, BaseClusters
from clew.deliberate.polis.groups import best_number, grouped, numbers_of_groups, silhouette
from clew.deliberate.polis.inclusion import included
from clew.deliberate.polis.k_means import first_distinct, k_means
from clew.deliberate.polis.matrix import matrix_of
from clew.deliberate.polis.pca import centre_of, components_of, residuals_of
from clew.deliberate.polis.projection import positions_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

IN_A_ROW = 4
"""Updates in a row that must ask for another number of groups before there is another."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What one update hands to the next.

    included (P): who was ever placed. base (P): the base cluster of each participant, -1 for none. tried: for each
    number of groups, the group of each base cluster. asked, times: the number of groups last asked for, and how often
    in a row. k: the number that stands.
    """

    included: NDArray[np.bool_]
    base: Ints
    tried: dict[int, Ints]
    asked: int = 0
    times: int = 0
    k: int = 0

    @property
    def group(self) -> Ints:
        """The group of each participant (P), -1 for none."""
        if not self.tried:
            return self.base
        of_base = self.tried[min(self.k, max(self.tried))]
        return np.where(self.base >= 0, of_base[self.base], -1)


def groups_over_time(conversation: Conversation, updates: int) -> Ints:
    """Return the group of each participant (P, -1 for none) after the conversation has been run through.

    The last vote of everybody on everything comes in by its time, in so many equal parts; what was voted before has
    left no trace. Polis updates whenever votes have come in, at moments that no export tells. Votes without a time come
    in at once, as if Polis were started cold.
    """
    votes = conversation.votes
    when = np.zeros(len(votes.value), np.int64) if votes.at_ms is None else votes.at_ms
    rank = np.empty(len(when), np.int64)
    rank[np.argsort(when, kind="stable")] = np.arange(len(when))
    parts = 1 if votes.at_ms is None else updates
    people = len(votes.voters)
    past = History(np.zeros(people, np.bool_), np.full(people, -1), {})
    for part in range(1, parts + 1):
        so_far = votes.where(rank * parts < len(when) * part)
        past = updated(past, Conversation(so_far, conversation.statements))
    return past.group


def updated(past: History, conversation: Conversation) -> History:
    """Return what one update makes of the conversation as it stands, begun from the past."""
    matrix = matrix_of(conversation)
    residuals = residuals_of(matrix, centre_of(matrix))
    positions = positions_of(matrix, residuals, components_of(residuals))
    ever = past.included | included(matrix)
    people = np.flatnonzero(ever)
    people = people[np.argsort(matrix.arrived[people])]
    if not len(people):
        return past
    base, former = _base(past, positions, people)
    tried = {k: _groups(past, base, former, k) for k in numbers_of_groups(base)}
    asked = best_number(tuple((k, silhouette(base.centres, of_base)) for k, of_base in tried.items()))
    return _held(replace(past, included=ever, base=base.of, tried=tried), asked)


def _held(now: History, asked: int) -> History:
    """Let another number of groups stand only when it has been asked for several times in a row."""
    times = now.times + 1 if asked == now.asked else 1
    k = asked if times >= IN_A_ROW or not now.k else now.k
    return replace(now, asked=asked, times=times, k=k)


def _base(past: History, positions: Floats, people: Ints) -> tuple[BaseClusters, Ints]:
    """The base clusters, and which former base cluster each of them comes from (B, -1 for none)."""
    points, label = positions[people], past.base[people]
    if np.any(label >= 0):
        start, origin = begun_again(points, np.ones(len(points)), label, MOST_BASE_CLUSTERS)
    else:
        start = first_distinct(points, MOST_BASE_CLUSTERS)
        origin = np.full(len(start), -1)
    found = k_means(points, start, steps=STEPS)
    of = np.full(len(positions), -1)
    of[people] = found.label
    return BaseClusters(of, found.centres, np.bincount(found.label)), origin[found.origin]


def _groups(past: History, base: BaseClusters, former: Ints, k: int) -> Ints:
    """The group of each base cluster for one number of groups, begun from the last that was tried with that number."""
    if k not in past.tried or not np.any(former >= 0):
        return grouped(base, first_distinct(base.centres, k))
    label = np.where(former >= 0, past.tried[k][former], -1)
    return grouped(base, begun_again(base.centres, base.size.astype(np.float64), label, k)[0])


def begun_again(points: Floats, weights: Floats, label: Ints, k: int) -> tuple[Floats, Ints]:
    """Return the centres to begin from, and which former cluster each one is (-1: a new one).

    points (n × 2), label (n): the cluster that each point was in, -1 for none. Each former cluster begins where its
    points are now; of several in one place the first stays. While there are fewer than k, the point that is furthest
    from every centre begins a new one.
    """
    held = np.unique(label[label >= 0])
    found: dict[tuple[float, ...], int] = {}
    for cluster in held:
        of = label == cluster
        found.setdefault(tuple(np.average(points[of], axis=0, weights=weights[of]).tolist()), int(cluster))
    centres = list(found)
    away = np.min([np.hypot(*(points - centre).T) for centre in centres], axis=0)
    while len(centres) < k and away.max() > 0:
        centres.append(tuple(points[away.argmax()].tolist()))
        away = np.minimum(away, np.hypot(*(points - centres[-1]).T))
    origin = [*found.values(), *[-1] * (len(centres) - len(found))]
    return np.array(centres), np.array(origin)
