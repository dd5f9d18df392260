"""What is called support, dissent and sure: choices of method, made once, printed beside every result."""

from dataclasses import dataclass, fields

from clew.errors import InputError, Problem


@dataclass(frozen=True, slots=True)
class Policy:
    """The choices behind common ground. All are shares or probabilities between 0 and 1, but for `least_votes`.

    threshold: the share of a group that must agree for the group to count as supporting. reserve: the share whose
    disagreement counts as a reservation. sure: the probability from which something is said. least_votes: how many
    of a group must have voted on a statement before anything is said of it; all of them where the group is smaller.
    level: how often the intervals are to hold the share.

    Raises: InputError, with every choice that cannot be used.
    """

    threshold: float = 0.6
    reserve: float = 0.2
    sure: float = 0.9
    least_votes: int = 10
    level: float = 0.9

    def __post_init__(self) -> None:
        shares = (one.name for one in fields(self) if one.name != "least_votes")
        problems = [
            Problem(f"is {getattr(self, name):g}.", name, "Give a share above 0 and below 1, such as 0.6.")
            for name in shares
            if not 0 < getattr(self, name) < 1
        ]
        if self.least_votes < 1:
            problems.append(Problem(f"is {self.least_votes}.", "least_votes", "Give at least 1."))
        if problems:
            raise InputError(problems=tuple(problems))
