"""The whole of Polis' map of a conversation, started cold: one function, one value."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.conversation import Conversation
from clew.deliberate.polis.base_clusters import BaseClusters, base_clusters
from clew.deliberate.polis.groups import groups_of
from clew.deliberate.polis.inclusion import included
from clew.deliberate.polis.matrix import Matrix, matrix_of
from clew.deliberate.polis.pca import centre_of, components_of, residuals_of
from clew.deliberate.polis.priority import group_informed_consensus, priority
from clew.deliberate.polis.projection import extremity_of, positions_of, statement_positions_of
from clew.deliberate.polis.representativeness import side_of
from clew.deliberate.polis.selection import (
    Candidates,
    MajorityStatement,
    RepresentativeStatement,
    majority,
    representative,
)
from clew.deliberate.tally import Tally, tally

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PolisMap:
    """What Polis would make of a conversation. Arrays by participant (P) and statement (S) are in the votes' order.

    centre (S), components (2 × S), positions (P × 2), statement_positions (S × 2): the map. placed (P): who takes part
    in the grouping. base: the base clusters, none where groups were given. silhouettes: each number of groups that was
    tried, with its silhouette. group (P): -1 for none. tally: the votes of each group, those on left-out statements
    among them. consensus (S): the group-informed one. priority (S): how strongly a statement is drawn to be asked next.
    zeroed (S): left out or meta, so 0 for everybody and never chosen.
    """

    centre: Floats
    components: Floats
    positions: Floats
    statement_positions: Floats
    placed: NDArray[np.bool_]
    base: BaseClusters | None
    silhouettes: tuple[tuple[int, float], ...]
    group: Ints
    tally: Tally
    consensus: Floats
    representative: tuple[RepresentativeStatement, ...]
    majority: tuple[MajorityStatement, ...]
    priority: Floats
    zeroed: NDArray[np.bool_]

    @property
    def k(self) -> int:
        """How many groups there are."""
        return len(self.tally.size)

    @property
    def extremity(self) -> Floats:
        """How far from the middle each statement would put a lone agree (S)."""
        return extremity_of(self.statement_positions)

    @property
    def group_centres(self) -> Floats:
        """The mean place of each group's members (G × 2)."""
        member = self.group >= 0
        sums = [np.bincount(self.group[member], weights=axis, minlength=self.k) for axis in self.positions[member].T]
        return np.column_stack(sums) / np.maximum(self.tally.size, 1)[:, None]


def polis_map(conversation: Conversation, *, groups: NDArray[np.integer] | None = None) -> PolisMap:
    """Return Polis' map of a conversation with all its statements, those left out by moderators among them.

    groups (P, -1 for none): the groups to use in place of those that would be found. Nothing depends on a draw, and on
    the order of people only where Polis depends on it: clusters begin at the rows that come first (`Matrix.arrived`).
    Polis' limits to 100,000 people and 10,000 statements are not kept, nor its random batches of large conversations.

    Source: Polis' mathematics as documented by the Computational Democracy Project; Small, Bjorkegren, Erkkilä, Shaw &
    Megill (2021), Recerca 26(2).
    """
    matrix = matrix_of(conversation)
    centre = centre_of(matrix)
    residuals = residuals_of(matrix, centre)
    components = components_of(residuals)
    positions = positions_of(matrix, residuals, components)
    statement_positions = statement_positions_of(matrix, centre, components)
    placed, base, silhouettes, group = _grouped(matrix, positions, groups)
    counted = tally(matrix.votes, group, int(group.max(initial=-1)) + 1)
    return PolisMap(
        centre=centre,
        components=components,
        positions=positions,
        statement_positions=statement_positions,
        placed=placed,
        base=base,
        silhouettes=silhouettes,
        group=group,
        tally=counted,
        consensus=group_informed_consensus(counted),
        representative=_representative(matrix, counted),
        majority=majority(matrix.votes.counts(), _columns(matrix)),
        priority=priority(counted, extremity_of(statement_positions), matrix.meta),
        zeroed=matrix.zeroed,
    )


def _grouped(
    matrix: Matrix, positions: Floats, groups: NDArray[np.integer] | None
) -> tuple[NDArray[np.bool_], BaseClusters | None, tuple[tuple[int, float], ...], Ints]:
    if groups is not None:
        return groups >= 0, None, (), groups.astype(np.int64)
    placed = included(matrix)
    base = base_clusters(positions, placed, matrix.arrived)
    found = groups_of(base)
    group = np.full(len(placed), -1)
    group[placed] = found.of_base[base.of[placed]]
    return placed, base, found.silhouettes, group


def _columns(matrix: Matrix) -> tuple[int, ...]:
    """The columns that may be chosen to stand for anybody."""
    return tuple(np.flatnonzero(matrix.voted & ~matrix.zeroed).tolist())


def _representative(matrix: Matrix, counted: Tally) -> tuple[RepresentativeStatement, ...]:
    """What stands for each group, against the members of all other groups."""
    if len(counted.size) < 2:
        return ()
    agree, disagree = (side_of(one, counted.seen) for one in (counted.agree, counted.disagree))
    among = Candidates(agree, disagree, counted.seen, _columns(matrix))
    return tuple(one for group in range(len(counted.size)) for one in representative(among, group))
