"""Entries: an event as the exact bytes that the record keeps for ever, and those bytes read back.

An entry is canonical JSON (RFC 8785) of `case, seq, prev, at, by, kind, data` and, where there are personal values,
`_c`: a keyed commitment to each. Since the very bytes are logged, nobody who verifies has to canonicalise.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as shown
from datetime import UTC, datetime
from typing import Any

import rfc8785

from clew.errors import Problem, RecordError
from clew.record.event import Event, Json, Recorded, encode
from clew.record.verify import ENTRY_LIMIT

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A personal value with the key of its commitment: who has both can show that the record speaks of this value."""

    field: str
    value: str = shown(repr=False)
    key: bytes = shown(repr=False)

    @property
    def commitment(self) -> str:
        """Hexadecimal HMAC-SHA256, under the key, of the canonical JSON of [field, value]."""
        return hmac.digest(self.key, rfc8785.dumps([self.field, self.value]), "sha256").hex()

    def to_bytes(self) -> bytes:
        """Return it as it is kept."""
        return rfc8785.dumps({"field": self.field, "value": self.value, "key": self.key.hex()})

    @classmethod
    def from_bytes(cls, content: bytes) -> "Disclosure":
        """Return one that was kept. Raises RecordError where it is damaged."""
        try:
            kept = json.loads(content)
            return cls(kept["field"], kept["value"], bytes.fromhex(kept["key"]))
        except (ValueError, KeyError, TypeError) as error:
            raise RecordError(
                "a kept personal value is damaged.", where="private/disclosures", do="Restore it from a backup."
            ) from error


@dataclass(frozen=True, slots=True)
class Entry:
    """An event on its way into the record: as it will be read back, its bytes, and what it keeps private."""

    recorded: Recorded
    content: bytes
    disclosures: tuple[Disclosure, ...]


def commit(personal: Mapping[str, str], random: Callable[[int], bytes]) -> tuple[Disclosure, ...]:
    """Return each personal value with a fresh 256-bit key of its own."""
    return tuple(Disclosure(name, value, random(KEY_BYTES)) for name, value in personal.items())


def problems(event: Event) -> list[Problem]:
    """Return what keeps an event from being recorded, apart from its body."""
    found = []
    for name, text in (("case", event.case), ("by", event.by), ("kind", event.body.kind)):
        if not isinstance(text, str) or not text:
            found.append(Problem(f'"{name}" must be a text, not {text!r}.'))
    if event.at.tzinfo is None:
        found.append(Problem(f'"at" ({event.at}) must have a time zone.', do="Write it like 2027-03-01T09:00:00Z."))
    for name, value in event.personal.items():
        if not isinstance(value, str) or not name:
            found.append(Problem(f'the personal value "{name}" must be a text with a name.'))
    return found


def draft(event: Event, index: int, sequence: int, previous: int | None, random: Callable[[int], bytes]) -> Entry:
    """Return the entry that an event becomes at this place of the log and of its case.

    Raises ValueError, saying why, where it cannot be written as canonical JSON or is over 65,535 bytes.
    """
    disclosures = commit(event.personal, random)
    commitments = {disclosure.field: disclosure.commitment for disclosure in disclosures}
    at, data = event.at.astimezone(UTC), _data(event)
    whole: dict[str, Any] = {  # Any: JSON
        "case": event.case,
        "seq": sequence,
        "prev": previous,
        "at": at.isoformat().replace("+00:00", "Z"),
        "by": event.by,
        "kind": event.body.kind,
        "data": data,
    }
    content = canonical(whole | ({"_c": commitments} if commitments else {}))
    if len(content) > ENTRY_LIMIT:
        raise ValueError(
            f"it takes {len(content):,} bytes, and an entry can have {ENTRY_LIMIT:,}. Keep the document elsewhere and"
            " record its SHA-256 hash."
        )
    recorded = Recorded(index, sequence, previous, event.case, at, event.by, event.body.kind, data, commitments)
    return Entry(recorded, content, disclosures)


def canonical(value: dict[str, Any]) -> bytes:
    """Return canonical JSON (RFC 8785). Raises ValueError for numbers and characters that it cannot hold."""
    try:
        return _ENCODER.encode(value).encode() if _is_simple(value) else rfc8785.dumps(value)
    except rfc8785.IntegerDomainError as error:
        raise ValueError("a whole number beyond ±(2^53 − 1) does not survive JSON: write it as text.") from error
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise ValueError(f"it cannot be written as JSON: {error}.") from error


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def _is_simple(value: Any) -> bool:  # Any: JSON
    """Tell whether the standard library writes the bytes of RFC 8785, four times as fast: no floats, ASCII keys."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-(2**53) < value < 2**53)
    if kind is dict:
        return "".join(value).isascii() and all(map(_is_simple, value.values()))
    return kind is list and all(map(_is_simple, value))


def read_back(index: int, content: bytes) -> Recorded:
    """Return the event in an entry. Raises RecordError where it is not one that clew wrote."""
    try:
        whole = _shaped(json.loads(content))
        return Recorded(
            index=index,
            sequence=whole["seq"],
            previous=whole["prev"],
            case=whole["case"],
            at=_moment(whole["at"]),
            by=whole["by"],
            kind=whole["kind"],
            data=whole["data"],
            commitments=whole.get("_c", {}),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RecordError(
            "this is not an event as clew writes them.", where=f"entry {index}", do="Run `clew verify` on the record."
        ) from error


_SHAPE = {"seq": int, "case": str, "by": str, "kind": str, "data": dict}


def _shaped(whole: Any) -> Any:  # Any: JSON
    if all(isinstance(whole[key], kind) for key, kind in _SHAPE.items()):
        return whole
    raise TypeError("an event holds texts, a number and an object")


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time has a time zone")
    return at


def _data(event: Event) -> Mapping[str, Json]:
    try:
        return encode(event.body)
    except TypeError as error:
        raise ValueError(f"{error}.") from error
