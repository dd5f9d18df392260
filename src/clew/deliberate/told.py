"""What was found about a conversation, as the value that is printed and drawn."""

import numpy as np

from clew.deliberate.common_ground import findings, needs_votes
from clew.deliberate.former import Former, names_of_groups
from clew.deliberate.groups import Grouping
from clew.deliberate.held_out import Choice
from clew.deliberate.mapped import Mapped
from clew.deliberate.opinion_map import Group, HeldOut, OpinionMap, Place, Split
from clew.deliberate.positions import DRAWN
from clew.deliberate.representative import find_representative


def opinion_map_of(found: Mapped, *, former: Former | None = None) -> OpinionMap:
    """Return the map as it is printed and drawn; former: a map whose names groups of the same people keep."""
    votes, ground, ids = found.conversation.votes, found.ground, found.conversation.votes.statements
    return OpinionMap(
        method="clew",
        seed=found.seed,
        participants=len(votes.voters),
        placed=int((found.group >= 0).sum()),
        votes=len(votes.value),
        dimensions=found.factors.dimensions,
        above_chance=found.grouping.k > 1,
        stability=float(np.mean(found.grouping.overlap)),
        policy=found.policy,
        groups=_groups(found, former),
        places=_places(found),
        statements=found.conversation.statements,
        findings=findings(ground, ids, votes.counts()),
        representative=find_representative(ground.counts, found.policy, ids),
        needs_votes=needs_votes(ground, ids),
        held_out=held_out_of(found.choice),
        splits=splits_of(found.grouping),
        notices=found.conversation.notices,
        axes=_axes(found),
        told_apart_by=found.positions.leading,
    )


def _groups(found: Mapped, former: Former | None) -> tuple[Group, ...]:
    names = names_of_groups(found.group, found.grouping.k, found.conversation.votes.voters, former)
    centres = [_centre(found, group) for group in range(found.grouping.k)]
    size = np.bincount(found.group[found.group >= 0], minlength=found.grouping.k)
    return tuple(
        Group(group, names[group], int(size[group]), found.grouping.overlap[group], centres[group])
        for group in range(found.grouping.k)
    )


def _centre(found: Mapped, group: int) -> tuple[float, ...]:
    """Where the members stand on average, on the axes that are drawn."""
    member = (found.group == group) & found.positions.placed
    where = found.shown.place[member, :DRAWN]
    mean = where.mean(0) if len(where) else np.zeros(where.shape[1])
    return tuple(float(one) for one in _two(mean))


def _two(where: np.ndarray) -> np.ndarray:
    """The first two coordinates, 0 for an axis that there is not."""
    return np.concatenate([where[:DRAWN], np.zeros(max(DRAWN - len(where), 0))])


def _places(found: Mapped) -> tuple[Place, ...]:
    votes, positions = found.conversation.votes, found.shown
    width = min(positions.place.shape[1], DRAWN)
    place = np.zeros((len(votes.voters), DRAWN))
    spread = np.zeros((len(votes.voters), DRAWN, DRAWN))
    place[:, :width] = positions.place[:, :DRAWN]
    spread[:, :width, :width] = positions.covariance[:, :DRAWN, :DRAWN]
    rows = zip(
        votes.voters,
        votes.per_voter.tolist(),
        place.tolist(),
        spread.reshape(-1, 4).tolist(),
        found.group.tolist(),
        found.membership.tolist(),
        (positions.placed & (votes.per_voter > 0)).tolist(),
        strict=True,
    )
    return tuple(_place(row) for row in rows)


def _place(row: tuple[str, int, list[float], list[float], int, list[float], bool]) -> Place:
    voter, votes, (x, y), (xx, xy, _, yy), group, membership, placed = row
    belongs = group if group >= 0 else None
    if not placed:
        return Place(voter, votes, None, None, None, None, None, belongs, tuple(membership))
    return Place(voter, votes, x, y, xx, yy, xy, belongs, tuple(membership))


def held_out_of(choice: Choice) -> tuple[HeldOut, ...]:
    """Return what was foretold in each number of dimensions, at the shrinkage that was best there."""
    best = {one.dimensions: one for one in sorted(choice.tried, key=lambda one: -one.loss)}
    best[choice.best.dimensions] = choice.best
    return tuple(HeldOut(count, one.loss, one.std_error, one is choice.best) for count, one in sorted(best.items()))


def splits_of(grouping: Grouping) -> tuple[Split, ...]:
    """Return every number of groups that was tried."""
    return tuple(
        Split(one.k, one.clearness, one.by_chance, one.p_value, one.stability, one.accepted) for one in grouping.tried
    )


def _axes(found: Mapped) -> tuple[str, ...]:
    """What an agree means along each axis that is drawn: the statement that pulls furthest to either side."""
    texts = [one.text or f"statement {one.id}" for one in found.conversation.statements]
    said = []
    for name, (low, high), axis in zip(
        ("Across", "Upwards"), (("left", "right"), ("down", "up")), found.shown.pull.T[:DRAWN], strict=False
    ):
        left, right = texts[int(axis.argmin())], texts[int(axis.argmax())]
        said.append(f"{name}: agreeing with “{left}” moves {low}, agreeing with “{right}” moves {high}.")
    return tuple(said)
