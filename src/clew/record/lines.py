"""Events from outside the rooms: one JSON object a line, checked whole before anything is recorded."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import make_dataclass
from datetime import datetime
from functools import lru_cache
from keyword import iskeyword
from typing import Any

from clew.errors import InputError, Problem
from clew.record.event import Body, Event

NEEDED = ("case", "by", "kind", "data")
ALLOWED = {*NEEDED, "at", "personal"}
OWN_KINDS = {"disclosure.erased": "Use `clew record erase`, which deletes the value too."}
TOLD = 20  # problems told one by one


def parse_lines(
    source: bytes, name: str, *, at: datetime, advance: Callable[[], object] = lambda: None
) -> tuple[Event, ...]:
    """Return the events written as JSON, one a line: `case, by, kind, data` and, if need be, `at` and `personal`.

    `name`: of the file, for messages. `at`: for lines that do not say when. `advance` is called once a line.
    Raises InputError with every mistake and its line.
    """
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 (byte {error.start}).", where=name, do="Save it as UTF-8.") from error
    events, wrong = list[Event](), list[Problem]()
    for number, line in enumerate(text.split("\n"), 1):
        advance()
        if line.strip():
            try:
                events.append(_event(line, at))
            except ValueError as error:
                wrong.append(Problem(str(error), f"{name} line {number}"))
    if not events and not wrong:
        wrong.append(Problem("holds no events.", name, "Write one JSON object a line."))
    if wrong:
        more = [Problem(f"{len(wrong) - TOLD} more lines have mistakes.", name)] if len(wrong) > TOLD else []
        raise InputError(problems=(*wrong[:TOLD], *more))
    return tuple(events)


def _event(line: str, at: datetime) -> Event:
    try:
        told = json.loads(line, object_pairs_hook=_object, parse_constant=_not_json, parse_float=_not_whole)
    except json.JSONDecodeError as error:
        raise ValueError(f"this is not JSON: {error.msg} at column {error.colno}.") from error
    except RecursionError as error:
        raise ValueError("this JSON is nested too deeply.") from error
    if not isinstance(told, dict):
        raise ValueError("this is not a JSON object.")  # noqa: TRY004 - the line is wrong, not a caller's type
    wrong = [*_wrong_keys(told), *_wrong_values(told)]
    if wrong:
        raise ValueError(" ".join(wrong))
    return Event(
        case=told["case"],
        at=_time(told["at"]) if "at" in told else at,
        by=told["by"],
        body=_body(told["kind"], told["data"]),
        personal=told.get("personal", {}),
    )


def _wrong_keys(told: dict[str, Any]) -> Iterator[str]:  # Any: JSON
    for key in NEEDED:
        if key not in told:
            yield f'"{key}" is missing.'
    for key in sorted(told.keys() - ALLOWED):
        yield f'"{key}" is not a key of an event; known are {", ".join(sorted(ALLOWED))}.'


def _wrong_values(told: dict[str, Any]) -> Iterator[str]:  # Any: JSON
    for key in ("case", "by", "kind", "at"):
        if key in told and (not isinstance(told[key], str) or not told[key]):
            yield f'"{key}" must be a text that is not empty.'
    for key in ("data", "personal"):
        if key in told and not isinstance(told[key], dict):
            yield f'"{key}" must be an object.'
    if str(told.get("kind")) in OWN_KINDS:
        yield f'events of the kind "{told["kind"]}" are written by clew alone. {OWN_KINDS[told["kind"]]}'


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:  # Any: JSON
    found = dict[str, Any]()
    for key, value in pairs:
        if key in found:
            raise ValueError(f'the key "{key}" stands twice.')
        found[key] = value
    return found


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON; write null, and say why in words.")


def _not_whole(number: str) -> None:
    raise ValueError(f'{number} is not a whole number; write it as text ("{number}"), so that not a digit is lost.')


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f'"at" ({text}) is not a time; write it like 2027-03-01T09:00:00Z.') from error


def _body(kind: str, data: dict[str, Any]) -> Body:  # Any: JSON
    for key, value in data.items():
        if not key.isidentifier() or iskeyword(key) or key == "kind":
            raise ValueError(f'"{key}" cannot name a field of data; use letters, digits and underscores.')
        if _has_objects(value):
            raise ValueError(
                f'"{key}" holds an object; data are text, whole numbers, true, false, null and lists of these.'
            )
    body: Body = _class_of(kind, tuple(data))(*map(_frozen, data.values()))
    return body


@lru_cache(maxsize=256)
def _class_of(kind: str, names: tuple[str, ...]) -> Any:  # Any: a class made for this kind and these fields
    return make_dataclass("Told", names, frozen=True, slots=True, namespace={"kind": kind})


def _has_objects(value: Any) -> bool:  # Any: JSON
    return isinstance(value, dict) or (isinstance(value, list) and any(map(_has_objects, value)))


def _frozen(value: Any) -> Any:  # Any: JSON
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
