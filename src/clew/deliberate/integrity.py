"""Patterns of voting that deserve a look: never an accusation, always the result without them beside the result."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.tables.wording import plural

TOLD = 20
"""So many patterns are told one by one, the least likely first."""

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


class Kind(StrEnum):
    """What a pattern is: many votes alike, votes on the same few statements only and alike, many arriving at once."""

    ALIKE = "alike"
    FEW_STATEMENTS = "few-statements"
    BURST = "burst"


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """What some people have in common beyond chance.

    who: their places among the participants, never told but to a moderator. statements: ids of those they voted alike
    on. from_ms, to_ms: when they came, by their first votes; None without times. by_chance: how many people the chance
    model expects; p_value: the chance of so many or more somewhere in the conversation. agreement, elsewhere: how often
    two of them, and two of all, voted the same on a statement. left_out: whether the map is drawn without them too.
    """

    kind: Kind
    who: NDArray[np.int64] = field(repr=False)
    statements: tuple[str, ...]
    from_ms: int | None
    to_ms: int | None
    by_chance: float
    p_value: float
    agreement: float
    elsewhere: float
    left_out: bool

    @property
    def people(self) -> int:
        """How many they are."""
        return len(self.who)

    @property
    def sentence(self) -> str:
        """What was seen, how likely it is, and what honest thing would look the same."""
        return f"{self._seen()}; {self._expected()}. {_HONEST[self.kind]}"

    def _seen(self) -> str:
        if self.kind is Kind.BURST:
            return f"{self.people} people gave their first vote{self._within()}"
        which = plural(len(self.statements), "statement") + (" only" if self.kind is Kind.FEW_STATEMENTS else "")
        return f"{self.people} people voted alike on {which}{self._within()}"

    def _within(self) -> str:
        """How long it took them to come, where that was an hour at most."""
        if self.from_ms is None or self.to_ms is None or self.to_ms - self.from_ms > HOUR_MS:
            return ""
        minutes = max(-(-(self.to_ms - self.from_ms) // MINUTE_MS), 1)
        return f" within {minutes} minute{'s' if minutes > 1 else ''}"

    def _expected(self) -> str:
        usual = "the time around lets expect" if self.kind is Kind.BURST else "others' votes let expect"
        return f"{usual} {_about(self.by_chance)}"

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """Return what was seen, without telling who."""
        return {
            "kind": str(self.kind),
            "people": self.people,
            "statements": list(self.statements),
            "from_ms": self.from_ms,
            "to_ms": self.to_ms,
            "by_chance": self.by_chance,
            "p_value": self.p_value,
            "agreement": self.agreement,
            "agreement_elsewhere": self.elsewhere,
            "left_out": self.left_out,
            "sentence": self.sentence,
        }


_HONEST = {
    Kind.ALIKE: "A class in one room, or people who follow the same advice, would look the same.",
    Kind.FEW_STATEMENTS: "An association that asks its members for these votes would look the same.",
    Kind.BURST: "A link sent to many, or a class in one room, would look the same.",
}


def _about(number: float) -> str:
    return "fewer than one" if number < 1 else f"about {number:.0f}"


@dataclass(frozen=True, slots=True)
class Change:
    """One statement's probability of being common ground with everybody, and without those left out."""

    id: str
    everybody: float
    without: float


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes when those in patterns are left out: `left_out` people of all.

    became, ceased: statements that are common ground only without, or only with them. largest: the statement whose
    probability changes most; None where none can be compared.
    """

    left_out: int
    became: tuple[Change, ...]
    ceased: tuple[Change, ...]
    largest: Change | None

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """Return the difference as JSON."""
        return {
            "left_out": self.left_out,
            "became": [_changed(one) for one in self.became],
            "ceased": [_changed(one) for one in self.ceased],
            "largest": None if self.largest is None else _changed(self.largest),
        }


def _changed(one: Change) -> dict[str, Any]:  # Any: JSON
    return {"id": one.id, "everybody": one.everybody, "without": one.without}


@dataclass(frozen=True, slots=True)
class Integrity:
    """Patterns found, the least likely first, and what the map says without those who are part of them.

    participants: how many were looked at. error: how often a conversation without any pattern shows one of a kind.
    without: None where nobody was left out. notices: what could not be looked for, and why.
    """

    participants: int
    error: float
    patterns: tuple[Pattern, ...] = ()
    without: Difference | None = None
    notices: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """Return the JSON of `integrity` in that of `clew map --json`: counts and statements, nobody's id."""
        return {
            "participants": self.participants,
            "error": self.error,
            "found": len(self.patterns),
            "patterns": [one.to_dict() for one in self.patterns[:TOLD]],
            "without": None if self.without is None else self.without.to_dict(),
            "notices": list(self.notices),
        }
