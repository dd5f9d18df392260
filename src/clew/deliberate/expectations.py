"""What parties expect of a shared objective: the goal on which they differ most is talked about first."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from statistics import fmean, pstdev

from clew.errors import InputError, Problem


@dataclass(frozen=True, slots=True)
class Rating:
    """How much a party expects of a goal, from 1 to 5, as the objective stood in that version."""

    party: str
    goal: str
    value: float
    version: int


@dataclass(frozen=True, slots=True)
class GoalSpread:
    """How far expectations of a goal lie apart. spread: standard deviation in steps; None if fewer than two rated it.

    lowest, highest: the parties at the ends, who may explain themselves; empty where all expect the same.
    """

    goal: str
    ratings: int
    mean: float
    spread: float | None
    lowest: tuple[str, ...]
    highest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """Goals, widest spread first. outdated: parties whose ratings are all of an earlier version of the objective."""

    version: int
    goals: tuple[GoalSpread, ...]
    outdated: tuple[str, ...]


def agenda(ratings: Iterable[Rating], version: int) -> Agenda:
    """Return the goals of this version of the shared objective in the order in which they need to be talked about.

    Only ratings of this version count, and of several by one party the last. Equal spreads are ordered by goal; goals
    that fewer than two parties rated come last.

    Raises: InputError for ratings that are not from 1 to 5, all at once.
    Source: the convener aligns goals and expectations, Sørensen & Torfing on collaborative innovation.
    """
    given = tuple(ratings)
    problems = tuple(
        Problem(f"rates “{one.goal}” {one.value:g}.", one.party, "Give a number from 1 to 5.")
        for one in given
        if not (isfinite(one.value) and 1 <= one.value <= 5)
    )
    if problems:
        raise InputError(problems=problems)
    by_goal: dict[str, dict[str, float]] = {}
    for one in given:
        if one.version == version:
            by_goal.setdefault(one.goal, {})[one.party] = one.value
    goals = sorted((_spread(goal, values) for goal, values in by_goal.items()), key=_place)
    present = {party for values in by_goal.values() for party in values}
    return Agenda(version, tuple(goals), tuple(sorted({one.party for one in given} - present)))


def _place(one: GoalSpread) -> tuple[bool, float, str]:
    return one.spread is None, -(one.spread or 0), one.goal


def _spread(goal: str, values: dict[str, float]) -> GoalSpread:
    least, most = min(values.values()), max(values.values())
    differ = least < most
    return GoalSpread(
        goal,
        len(values),
        fmean(values.values()),
        pstdev(values.values()) if len(values) > 1 else None,
        lowest=tuple(sorted(party for party, value in values.items() if differ and value == least)),
        highest=tuple(sorted(party for party, value in values.items() if differ and value == most)),
    )
