"""Whose voice came in, phase by phase: invited, took part, changed something; and whether one group carried it all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from clew.deliberate.intervals import wilson

PHASES: Final = ("invited", "took part", "changed something")
"""What can become of a group's voice, in this order."""


@dataclass(frozen=True, slots=True)
class Dominance:
    """A group whose share of what was changed is beyond its share of those who took part.

    lower, upper: the 95 % interval of its share of what was changed, wholly above its share of those who took part.
    """

    group: str
    share_of_changes: float
    lower: float
    upper: float
    share_of_people: float

    @property
    def sentence(self) -> str:
        """The warning in words."""
        return (
            f"{self.group} made up {self.share_of_people:.0%} of those who took part and brought about "
            f"{self.share_of_changes:.0%} of what changed ({self.lower:.0%} to {self.upper:.0%})."
        )


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Counts by actor group and phase (`counts`, in the order of `PHASES`), what is empty, and who dominates.

    empty: pairs of group and phase with nobody in them.
    """

    groups: tuple[str, ...]
    counts: tuple[tuple[int, int, int], ...]
    empty: tuple[tuple[str, str], ...]
    dominance: tuple[Dominance, ...]

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """Return the grid as JSON."""
        return {
            "grid": [
                {"group": group} | {phase.replace(" ", "_"): count for phase, count in zip(PHASES, row, strict=True)}
                for group, row in zip(self.groups, self.counts, strict=True)
            ],
            "empty": [{"group": group, "phase": phase} for group, phase in self.empty],
            "dominance": [
                {
                    "group": one.group,
                    "share_of_changes": one.share_of_changes,
                    "interval": [one.lower, one.upper],
                    "share_of_people": one.share_of_people,
                    "sentence": one.sentence,
                }
                for one in self.dominance
            ],
        }


def inclusion(counts: Mapping[str, Sequence[int]]) -> Inclusion:
    """Return the inclusion grid of actor groups, such as users, civil society, firms, experts, politicians.

    counts: for each group how many were invited, how many took part, how many changes it brought about. The groups
    stand in the order of their names. A group dominates where its share of the changes is beyond its share of those
    who took part by more than chance allows, at 95 % for all groups together (Bonferroni).

    Raises: ValueError where a group has not three counts, or one is below 0.
    """
    rows = {group: _row(group, counts[group]) for group in sorted(counts)}
    empty = [(group, PHASES[place]) for group, row in rows.items() for place in range(3) if not row[place]]
    return Inclusion(tuple(rows), tuple(rows.values()), tuple(empty), tuple(_dominance(rows)))


def _row(group: str, counts: Sequence[int]) -> tuple[int, int, int]:
    if len(counts) != len(PHASES) or min(counts) < 0:
        raise ValueError(f"{group} needs three counts of 0 or more: {', '.join(PHASES)}; it has {list(counts)}.")
    invited, took_part, changed = counts
    return invited, took_part, changed


def _dominance(rows: Mapping[str, tuple[int, int, int]]) -> list[Dominance]:
    people, changes = sum(row[1] for row in rows.values()), sum(row[2] for row in rows.values())
    if not people or not changes:
        return []
    found = []
    for group, (_, took_part, changed) in rows.items():
        lower, upper = wilson(changed, changes, 1 - 0.05 / len(rows))
        if float(lower) > took_part / people:
            found.append(Dominance(group, changed / changes, float(lower), float(upper), took_part / people))
    return found
