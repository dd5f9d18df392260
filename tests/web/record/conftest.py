"""What tests of the record in the database share: events of the plainest kind."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from clew.record.event import Event

DAY = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NoteMade:
    kind: ClassVar[str] = "note.made"
    text: str
    number: int


@pytest.fixture(scope="session")
def note() -> Callable[..., Event]:
    """Make an event: `note(3, "case-b", name="a personal value")`."""

    def make(number: int = 0, case: str = "case-a", **personal: str) -> Event:
        body = NoteMade(f"note {number}", number)
        return Event(case, DAY + timedelta(minutes=number), "evaluator", body, personal)

    return make
