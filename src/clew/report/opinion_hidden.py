"""Which groups are too small for their votes to be told apart: in those somebody could be recognised."""

from collections.abc import Sequence

from clew.deliberate.disclosure import FEWEST
from clew.deliberate.opinion_map import Group, OpinionMap


def withheld(found: OpinionMap) -> frozenset[int]:
    """Return the ids of the groups whose votes and places stay hidden: those of fewer than ten people.

    Totals over all groups are told without them, or else what is hidden could be found by subtraction.
    """
    return frozenset(group.id for group in found.groups if group.size < FEWEST)


def hides_the_unplaced(found: OpinionMap) -> bool:
    """Return whether votes of those in no group stay hidden: they voted, and are fewer than ten."""
    return 0 < sum(one.group is None and one.votes > 0 for one in found.places) < FEWEST


def shown(found: OpinionMap) -> tuple[Group, ...]:
    """Return the groups that are not hidden, in their order."""
    hidden = withheld(found)
    return tuple(group for group in found.groups if group.id not in hidden)


def named(groups: Sequence[Group]) -> dict[int, str]:
    """Return each group's name within a sentence by its id, as "group A"; one alone is everybody."""
    if len(groups) == 1:
        return {groups[0].id: "everybody"}
    return {one.id: one.name if one.name.lower().startswith("group") else f"group {one.name}" for one in groups}


def begins(name: str) -> str:
    """Return a name as a sentence begins with it, as "Group A"."""
    return name[:1].upper() + name[1:]
