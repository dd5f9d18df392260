"""Whether an agreement moved anybody: an option that all could accept before they talked may be the timid one.

It notices and blocks nothing: what everybody wanted from the start may also simply be right.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from clew.errors import InputError


@dataclass(frozen=True, slots=True)
class LowestCommon:
    """The chosen option against what each party could accept at first. moved: those who could not accept it then."""

    chosen: str
    parties: int
    moved: tuple[str, ...]

    @property
    def nothing_moved(self) -> bool:
        """Whether the option lay in everybody's initial set."""
        return not self.moved

    @property
    def notice(self) -> str:
        """What to say of it, for those who chose."""
        if self.moved:
            return f"{len(self.moved)} of {self.parties} parties could not accept “{self.chosen}” at first."
        return (
            f"Nothing moved: all {self.parties} parties could accept “{self.chosen}” before they talked."
            " Is it the lowest common denominator, or is it right as it is?"
        )


def lowest_common(chosen: str, acceptable_at_first: Mapping[str, Collection[str]]) -> LowestCommon:
    """Return whether the option lies within what every party could accept before deliberation began.

    acceptable_at_first: the options that each party named as acceptable then; a party that named none moved.

    Raises: InputError if no party said what it could accept.
    Source: total consensus tends to the lowest common denominator, Sørensen & Torfing on collaborative innovation.
    """
    if not acceptable_at_first:
        raise InputError(
            "nobody said at first what would be acceptable.",
            where=f"option “{chosen}”",
            do="Ask each party before deliberation begins; afterwards it cannot be told whether anything moved.",
        )
    moved = sorted(party for party, options in acceptable_at_first.items() if chosen not in options)
    return LowestCommon(chosen, len(acceptable_at_first), tuple(moved))
