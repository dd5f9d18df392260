"""Events: what every room writes to the record, and the one way they become entries and come back.

A room declares its events as frozen dataclasses with a `kind`; a `Vocabulary` turns them into plain JSON values and
back. An `Event` adds the envelope: which case, when, and in which role. Personal values never stand in the body: they
go into `personal`, and the record writes only a keyed commitment to each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Protocol, TypeAlias

from clew.errors import RecordError

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"


class Body(Protocol):
    """What happened, as a frozen dataclass of text, whole numbers, flags, `None` and tuples of these.

    Floats are written as text (`repr`), so that the exact bytes survive canonical JSON.
    """

    kind: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Event:
    """A body in its envelope.

    `case`: the case's identifier. `at`: when, with a time zone. `by`: the role that did it, never a person's name.
    `personal`: values that must be erasable (a name, free text); the log holds keyed commitments to them alone.
    """

    case: str
    at: datetime
    by: str
    body: Body
    personal: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event read back from the record.

    `index`: position in the log. `sequence`: 0, 1, 2 … within its case. `previous`: log index of the case's event
    before this one, or None. `commitments`: field name → hexadecimal HMAC-SHA256.
    """

    index: int
    sequence: int
    previous: int | None
    case: str
    at: datetime
    by: str
    kind: str
    data: Mapping[str, Json]
    commitments: Mapping[str, str] = field(default_factory=dict)


class Vocabulary:
    """The events that one room knows. Foreign kinds decode to None, so that a fold can pass over them."""

    def __init__(self, *bodies: type[Body]) -> None:
        self.bodies = {body.kind: body for body in bodies}

    def decode(self, recorded: Recorded) -> Body | None:
        """Return the body of a recorded event, or None where it belongs to another room.

        Raises RecordError where a known kind holds fields that this version does not know or lacks some.
        """
        body = self.bodies.get(recorded.kind)
        if body is None:
            return None
        try:
            return body(**{name: _frozen(value) for name, value in recorded.data.items()})
        except TypeError as error:
            raise RecordError(
                f'event "{recorded.kind}" does not have the fields that this version of clew reads ({error}).',
                where=f"entry {recorded.index}",
                do="Read it with the version of clew that wrote it, or a later one.",
            ) from error


def encode(body: Body) -> dict[str, Json]:
    """Return the body's fields as plain JSON values (tuples become lists)."""
    return {name: _plain(getattr(body, name)) for name in _field_names(type(body))}


@cache
def _field_names(kind: type[Body]) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))


def _plain(value: Any) -> Json:  # Any: the fields of every body
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str | int | bool) or value is None:
        return value
    raise TypeError(f"an event holds text, whole numbers, flags and tuples of these, not {type(value).__name__}")


def _frozen(value: Json) -> Any:  # Any: whatever the body's field is
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
