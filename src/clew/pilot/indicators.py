"""The registry of indicators: what every pilot on a record measures itself by, and how often that was redefined.

It is derived from the promises on the record, so nobody keeps it by hand and nothing can be left out. A definition is
the outcome's column, measure and direction with what the protocol says of it; each change of any of these is a new
version. Further outcomes stand beside the primary one; one in another column is another indicator.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from clew.pilot.parse import parse_protocol
from clew.pilot.protocol import Outcome
from clew.pilot.registration import VOCABULARY, ProtocolAmended, ProtocolLocked
from clew.record.event import Recorded


@dataclass(frozen=True, slots=True)
class Indicator:
    """What one pilot measures itself by, as its promise now stands; texts are empty where the protocol is silent.

    `version`: 1 as first promised, one more for each redefinition. `better`: "higher" or "lower". `role`: "primary"
    decides, "secondary" is told beside it.
    """

    case: str
    pilot: str
    name: str
    column: str
    measure: str
    better: str
    definition: str
    denominator: str
    source: str
    owner: str
    version: int
    role: Literal["primary", "secondary"] = "primary"


@dataclass(frozen=True, slots=True)
class Registry:
    """Every indicator of a record, by case and pilot: the primary one first, then further ones in order."""

    indicators: tuple[Indicator, ...]

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """Return the JSON of `clew pilot indicators`."""
        return {"indicators": [asdict(one) for one in self.indicators]}


def registry(history: Iterable[Recorded]) -> Registry:
    """Return the indicators that a record's events promise."""
    known: dict[tuple[str, str, str], Indicator] = {}
    promised: dict[tuple[str, str], tuple[Indicator, ...]] = {}
    for recorded in history:
        body = VOCABULARY.decode(recorded)
        if isinstance(body, ProtocolLocked | ProtocolAmended):
            place = (recorded.case, body.pilot)
            protocol = parse_protocol(body.text.encode(), "the locked protocol")
            found = {(*place, ""): _indicator(place, protocol.outcome, known.get((*place, "")))}
            for outcome in protocol.secondary:
                key = (*place, outcome.column)
                found[key] = replace(_indicator(place, outcome, known.get(key)), role="secondary")
            known |= found
            promised[place] = tuple(found.values())
    return Registry(tuple(one for place in sorted(promised) for one in promised[place]))


def _indicator(place: tuple[str, str], outcome: Outcome, before: Indicator | None) -> Indicator:
    now = Indicator(
        case=place[0],
        pilot=place[1],
        name=outcome.name or outcome.column,
        column=outcome.column,
        measure=outcome.measure,
        better=outcome.better,
        definition=outcome.definition or "",
        denominator=outcome.denominator or "",
        source=outcome.source or "",
        owner=outcome.owner or "",
        version=1 if before is None else before.version,
    )
    if before is None or _defined(now) == _defined(before):
        return now
    return replace(now, version=now.version + 1)


def _defined(one: Indicator) -> tuple[str, ...]:
    return (one.column, one.measure, one.better, one.definition, one.denominator, one.source)
