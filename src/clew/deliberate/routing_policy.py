"""What routing aims at: choices that people can read and change, never figures hidden in code."""

from dataclasses import dataclass, field

from clew.deliberate.policy import Policy
from clew.errors import InputError, Problem


@dataclass(frozen=True, slots=True)
class RoutingPolicy:
    """What each reason to ask weighs, how sharply statements are told apart, and what is kept for chance.

    information, common_ground, least: weights of knowing where a person stands (by the nat), of settling what groups
    share, and of statements that a group has hardly answered. sharpness: the power of the priorities by which
    statements are drawn; 0 draws all alike. exploration: the share of draws in which all have the same chance.
    floor: the share of draws that goes to statements by what they lack of the least votes among people who vote alike,
    so that none starves, however late it came; less as less is lacking. reserved_share: the most that goes to
    statements that seed the talk, or are about it, while others are open. ground: what counts as support, how sure,
    and how many votes each statement shall have in each group.

    Raises: InputError, with every choice that cannot be used.
    """

    information: float = 1.0
    common_ground: float = 1.0
    least: float = 0.3
    sharpness: float = 8.0
    exploration: float = 0.1
    floor: float = 0.2
    reserved_share: float = 0.5
    ground: Policy = field(default_factory=Policy)

    def __post_init__(self) -> None:
        names = ("information", "common_ground", "least", "sharpness", "floor")
        problems = [
            Problem(f"is {getattr(self, name):g}.", name, "Give 0 or more.")
            for name in names
            if getattr(self, name) < 0
        ]
        problems += [
            Problem(f"is {getattr(self, name):g}.", name, "Give a share above 0 and up to 1.")
            for name in ("exploration", "reserved_share")
            if not 0 < getattr(self, name) <= 1
        ]
        if self.floor + self.exploration > 1:
            problems.append(Problem("together with exploration is more than all draws.", "floor", "Give less."))
        if problems:
            raise InputError(problems=tuple(problems))

    def least_chance(self, statements: int) -> float:
        """Return the chance that each of so many open statements has at the very least."""
        return self.exploration * self.reserved_share / statements
