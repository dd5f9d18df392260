"""Whose inputs were used: by source, how many were linked to a design decision, and how many still want an answer."""

from collections.abc import Iterable
from dataclasses import dataclass

from clew.deliberate.intervals import wilson

LEAST_INPUTS = 10
"""Below this many, the figures of a source are hidden: they would tell of persons, and tell little."""


@dataclass(frozen=True, slots=True)
class Input:
    """An idea, a fact or an objection that somebody gave. source: the kind of people, such as staff or citizens.

    decision: the design decision that it is linked to, if any. answer: why it was not used, if that was said.
    """

    source: str
    decision: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Uptake:
    """Inputs of one source. used: linked to a decision; unanswered: neither linked nor answered. All None if hidden.

    interval: of the share used, 95 %.
    """

    source: str
    given: int | None
    used: int | None
    unanswered: int | None
    interval: tuple[float, float] | None

    @property
    def hidden(self) -> bool:
        """Whether so few inputs came from it that its figures are not told."""
        return self.given is None

    @property
    def share(self) -> float | None:
        """The part of its inputs that were used."""
        return None if self.given is None or self.used is None else self.used / self.given

    @property
    def prompt(self) -> str:
        """What to do about it, empty where every input has its answer or figures are hidden."""
        if not self.unanswered or self.share is None or self.interval is None:
            return ""
        low, high = (f"{100 * end:.0f} %" for end in self.interval)
        rest = "1 input has" if self.unanswered == 1 else f"{self.unanswered} inputs have"
        return (
            f"{self.used} of {self.given} inputs from {self.source} led to a design decision"
            f" ({100 * self.share:.0f} %, interval {low} to {high}). {rest} no answer yet:"
            " link each to a decision, or say why it was not used."
        )


def uptake(inputs: Iterable[Input]) -> tuple[Uptake, ...]:
    """Return the uptake of each source, least used first, hidden ones last; equals by name.

    Source: managers say that they involve citizens and seldom use what these give, Sørensen & Torfing on collaborative
    innovation.
    """
    by_source: dict[str, list[Input]] = {}
    for one in inputs:
        by_source.setdefault(one.source, []).append(one)
    found = (_of_source(source, given) for source, given in by_source.items())
    return tuple(sorted(found, key=lambda one: (one.hidden, one.share or 0, one.source)))


def _of_source(source: str, given: list[Input]) -> Uptake:
    if len(given) < LEAST_INPUTS:
        return Uptake(source, None, None, None, None)
    used = sum(bool(one.decision) for one in given)
    low, high = wilson(used, len(given))
    unanswered = sum(not one.decision and not one.answer for one in given)
    return Uptake(source, len(given), used, unanswered, (float(low), float(high)))
