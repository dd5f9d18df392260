"""Drift: goals and indicators that are no longer what was said first, each change with its day and its reason.

A change may well be right; that nobody sees it is what goes wrong. Kept apart from the path: a loop is no drift.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from clew.case.events import PropositionStated
from clew.pilot.registration import VOCABULARY, ProtocolAmended
from clew.record.event import Recorded

IN_WORDS = {"for_whom": "for whom", "value": "what value", "noticed_by": "how one would notice"}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of what was aimed at: the log `index`, the day, what was changed, (field, before, after) each, why.

    `pilot`: the pilot whose protocol was amended, or None where the case's proposition was stated anew.
    """

    index: int
    on: date
    pilot: str | None
    changes: tuple[tuple[str, str, str], ...]
    reason: str


def drift(history: Iterable[Recorded]) -> tuple[Change, ...]:
    """Return every change of a case's proposition and of its pilots' protocols, in the order in which they came."""
    return tuple(_changes(history))


def _changes(history: Iterable[Recorded]) -> Iterator[Change]:
    stated: PropositionStated | None = None
    for recorded in history:
        if recorded.kind == PropositionStated.kind:
            before, stated = stated, _stated(recorded)
            if before is not None:
                yield Change(recorded.index, recorded.at.date(), None, _between(before, stated), stated.reason)
        elif recorded.kind == ProtocolAmended.kind:
            amended = VOCABULARY.decode(recorded)
            if isinstance(amended, ProtocolAmended):
                yield Change(recorded.index, recorded.at.date(), amended.pilot, amended.changes, amended.reason)


def _stated(recorded: Recorded) -> PropositionStated:
    return PropositionStated(**{name: str(value) for name, value in recorded.data.items()})


def _between(before: PropositionStated, after: PropositionStated) -> tuple[tuple[str, str, str], ...]:
    pairs = ((said, getattr(before, name), getattr(after, name)) for name, said in IN_WORDS.items())
    return tuple((said, old, new) for said, old, new in pairs if old != new)
