"""Which difference fed which idea: contested statements, and the ideas that people say grew out of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clew.errors import InputError, Problem


@dataclass(frozen=True, slots=True)
class Link:
    """That an idea grew out of a difference, as its author says. difference: the id of a contested statement."""

    idea: str
    difference: str


@dataclass(frozen=True, slots=True)
class Fed:
    """The ideas that one difference fed, by name; none where it was not made use of."""

    difference: str
    ideas: tuple[str, ...]


def fed(differences: Sequence[str], links: Iterable[Link]) -> tuple[Fed, ...]:
    """Return what each difference fed, the most fruitful first, then in the order given; unused ones come last.

    differences: ids of the statements that divide the groups, such as those that are representative of one. The same
    link told twice counts once.

    Raises: InputError for links to what is not among the differences, all at once.
    Source: differences are managed constructively, and not smoothed over, Sørensen & Torfing on collaborative
    innovation.
    """
    ideas: dict[str, set[str]] = {one: set() for one in differences}
    problems = []
    for link in links:
        if link.difference in ideas:
            ideas[link.difference].add(link.idea)
        else:
            what = f"grew out of “{link.difference}”, which is no difference on the list."
            problems.append(Problem(what, f"idea “{link.idea}”", "Link it to a statement that divides the groups."))
    if problems:
        raise InputError(problems=tuple(problems))
    found = (Fed(one, tuple(sorted(those))) for one, those in ideas.items())
    return tuple(sorted(found, key=lambda one: -len(one.ideas)))
