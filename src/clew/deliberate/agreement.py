"""A provisional agreement: how far each party supports it, its reservations word for word, and what reopens it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite, isnan
from typing import Final, Literal

from clew.errors import InputError, Problem

STEPS: Final = (
    "fully for it",
    "for it",
    "for it, with a reservation",
    "neither for nor against",
    "against it, and will go along",
    "against it, and will not take part",
    "blocks it",
)
"""What the steps of support from 1 to 7 mean."""
SUPPORTS_UP_TO, AGAINST_FROM, BLOCKS = 3, 5, 7


@dataclass(frozen=True, slots=True)
class Voice:
    """A party's place on the steps of support, 1 to 7, and its reservation in its own words."""

    party: str
    step: int
    reservation: str = ""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What reopens the agreement: a measure above or below a limit. holder: the party whose reservation it serves."""

    holder: str
    measure: str
    when: Literal["above", "below"]
    limit: float

    def fires_at(self, value: float) -> bool:
        """Whether a measured value lies beyond the limit; at the limit it does not."""
        return value > self.limit if self.when == "above" else value < self.limit


@dataclass(frozen=True, slots=True)
class Agreement:
    """A text that parties agreed upon for now. review: the day by which it is looked at again, come what may.

    Raises: InputError for a step that is none, a party that speaks twice, opposition without a reason, a trigger of
    somebody who has no voice or without a limit; all of them at once.
    """

    text: str
    voices: tuple[Voice, ...]
    review: date
    triggers: tuple[Trigger, ...] = ()

    def __post_init__(self) -> None:
        problems = (*_of_voices(self.voices), *_of_triggers(self.triggers, {voice.party for voice in self.voices}))
        if problems:
            raise InputError(problems=problems)

    @property
    def by_step(self) -> tuple[int, ...]:
        """How many parties stand on each step, from 1 to 7."""
        return tuple(sum(voice.step == step for voice in self.voices) for step in range(1, len(STEPS) + 1))

    @property
    def support(self) -> int:
        """How many parties are for it, with or without a reservation."""
        return sum(self.by_step[:SUPPORTS_UP_TO])

    @property
    def blocks(self) -> int:
        """How many parties block it."""
        return self.by_step[BLOCKS - 1]

    @property
    def reservations(self) -> tuple[Voice, ...]:
        """The voices that have a reservation, whatever their step, word for word."""
        return tuple(voice for voice in self.voices if voice.reservation)

    def is_due(self, on: date) -> bool:
        """Whether the day has come to look at it again."""
        return on >= self.review


@dataclass(frozen=True, slots=True)
class Alert:
    """A trigger that fired, and the value at which it did. `holder`: whom to tell."""

    trigger: Trigger
    value: float

    @property
    def holder(self) -> str:
        """Whom to tell."""
        return self.trigger.holder

    @property
    def sentence(self) -> str:
        """What to tell."""
        of = self.trigger
        return f"{of.measure} is {self.value:g}, {of.when} the {of.limit:g} at which {of.holder} wants to talk again."


def fired(agreement: Agreement, measured: Mapping[str, float]) -> tuple[Alert, ...]:
    """Return an alert for each trigger whose measure lies beyond its limit, in the order of the triggers.

    measured: the last value of each measure. It alerts; whether the agreement is reopened its parties decide.

    Source: an agreement is provisional, contested and made despite reservations, Sørensen & Torfing on collaborative
    innovation; steps from endorsement to block, after Kaner's gradients of agreement.
    """
    return tuple(
        Alert(trigger, measured[trigger.measure])
        for trigger in agreement.triggers
        if trigger.measure in measured and trigger.fires_at(measured[trigger.measure])
    )


def not_measured(agreement: Agreement, measured: Mapping[str, float]) -> tuple[Trigger, ...]:
    """Return the triggers that cannot fire because nobody measures what they wait for."""
    return tuple(each for each in agreement.triggers if isnan(measured.get(each.measure, float("nan"))))


def _of_voices(voices: tuple[Voice, ...]) -> tuple[Problem, ...]:
    found, heard = [], set()
    for voice in voices:
        if not 1 <= voice.step <= len(STEPS):
            found.append(Problem(f"step {voice.step} is none.", voice.party, f"Give 1 to {len(STEPS)}."))
        elif voice.step >= AGAINST_FROM and not voice.reservation.strip():
            found.append(
                Problem(f"“{STEPS[voice.step - 1]}” has no reason.", voice.party, "Write down the reservation.")
            )
        if voice.party in heard:
            found.append(Problem("speaks twice.", voice.party, "Keep one voice a party."))
        heard.add(voice.party)
    return tuple(found)


def _of_triggers(triggers: tuple[Trigger, ...], parties: set[str]) -> tuple[Problem, ...]:
    strangers = tuple(
        Problem(f"waits on “{each.measure}”, but has no voice here.", each.holder, "Name a party of the agreement.")
        for each in triggers
        if each.holder not in parties
    )
    endless = tuple(
        Problem(f"“{each.measure}” has the limit {each.limit:g}.", each.holder, "Give a number that can be passed.")
        for each in triggers
        if not isfinite(each.limit)
    )
    return strangers + endless
