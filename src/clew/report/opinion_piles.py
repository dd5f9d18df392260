"""Where one direction is all there is: marks piled up beside each other, so that they can be told apart."""

from collections.abc import Sequence
from dataclasses import replace

from clew.deliberate.opinion_map import Place

PILES = 80
TALLEST = 0.7
"""The tallest pile, as a share of the width of the map."""


def piled(people: Sequence[Place]) -> list[Place]:
    """Return people who all stand at one height piled up where they stand near each other; others as they are.

    A pile grows to both sides of the line, in the order across; its height means nothing.
    """
    across = [one.x or 0.0 for one in people]
    width = (max(across, default=0.0) - min(across, default=0.0)) / PILES
    if not width or len({one.y for one in people}) > 1:
        return list(people)
    ranks: dict[int, int] = {}
    turns = []
    for one in across:
        pile = int((one - min(across)) / width)
        turns.append(ranks.setdefault(pile, 0))
        ranks[pile] += 1
    step = min(width, TALLEST * PILES * width / max(ranks.values()))
    return [replace(one, y=_offset(turn) * step) for one, turn in zip(people, turns, strict=True)]


def _offset(turn: int) -> int:
    """0, 1, -1, 2, -2 and so on."""
    return (turn + 1) // 2 * (1 if turn % 2 else -1)
