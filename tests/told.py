"""Stories told through the real code into the service's record: a pilot locked, looked at, answered for, decided."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clew.case import commands as ask
from clew.case.desk import do
from clew.gate.desk import at_gate, evaluate_and_record
from clew.gate.evaluation import Evaluation
from clew.pilot.in_record import amend_in, lock_in
from clew.pilot.parse import parse_protocol
from clew.web import desk
from clew.web.desk import writing_as
from clew.web.evaluate.documents import publish
from pilots import PROTOCOL, SIX_MONTHS, TWELVE_MONTHS, write_data
from told_once import told_once

CASE, PILOT = "bed-fires", "visits"
OWNER, EVALUATOR, REVIEWER = "director of care", "evaluation unit", "audit office"
START = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


@dataclass
class Told:
    """A pilot's story as far as it was told; each step takes place a day after the one before."""

    folder: Path
    monkeypatch: object
    text: str = PROTOCOL
    case: str = CASE
    pilot: str = PILOT
    at: datetime = START
    evaluations: list[Evaluation] = field(default_factory=list)

    def _tomorrow(self) -> None:
        self.at += timedelta(days=1)
        self.monkeypatch.setattr(desk, "now", lambda: self.at)  # type: ignore[attr-defined]

    def opened(self, title: str = "Elders die in bed fires") -> "Told":
        """Open the case, with an owner, an evaluator and a reviewer."""
        duties = (
            ask.TakeDuty("owner", OWNER),
            ask.TakeDuty("evaluator", EVALUATOR),
            ask.TakeDuty("reviewer", REVIEWER),
        )
        self._tomorrow()

        def tell() -> None:
            with writing_as(OWNER) as (record, at, by):
                do(record, self.case, (ask.Open(title, phase="pilot"), *duties), at=at, by=by)

        told_once(tell, self.at, self.case, title)
        return self

    def locked(self, **more: object) -> "Told":
        """Lock the protocol."""
        self._tomorrow()

        def tell() -> None:
            with writing_as(OWNER) as (record, at, by):
                lock_in(self.protocol, record, at=at, by=by, secret_seed="ab" * 32, **more)

        told_once(tell, self.at, self.text, sorted(more.items()))
        return self

    @property
    def protocol(self):
        """The protocol as it stands."""
        return parse_protocol(self.text.encode(), "test")

    def looked(self, look: int, data=None, *, published: bool = True) -> "Told":
        """Take a look at the data of six or of twelve months."""
        counts = data or (SIX_MONTHS if look == 1 else TWELVE_MONTHS)
        path = counts if isinstance(counts, Path) else write_data(self.folder / f"{look}.csv", counts)
        self._tomorrow()

        def tell() -> Evaluation:
            with writing_as(EVALUATOR) as (record, at, by):
                found = evaluate_and_record(self.protocol, path, record=record, look=look, at=at, by=by)
                if published:
                    publish(found)
            return found

        self.evaluations.append(told_once(tell, self.at, self.text, path.name, path.read_bytes(), look, published))
        return self

    def said(self, by: str, *commands: object) -> "Told":
        """Carry out commands at the gate in the name of an office."""
        self._tomorrow()

        def tell() -> None:
            for command in commands:
                with writing_as(by) as (record, at, office):
                    at_gate(record, self.pilot, command, at=at, by=office)

        told_once(tell, self.at, self.pilot, by, commands)
        return self

    def amended(self, old: str, new: str, reason: str) -> "Told":
        """Change the promise in public."""
        assert self.text.count(old) == 1
        self.text = self.text.replace(old, new)
        self._tomorrow()

        def tell() -> None:
            with writing_as(OWNER) as (record, at, by):
                amend_in(self.protocol, record, at=at, by=by, reason=reason)

        told_once(tell, self.at, self.text, reason)
        return self

    @property
    def evaluation(self) -> Evaluation:
        """The evaluation of the last look."""
        return self.evaluations[-1]
