"""What the page of a case shows: its events, folded up to a day, by every room that knows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from clew.case.calendar import Evaluation, calendar
from clew.case.events import Opened, PhaseEntered
from clew.case.phases import LADDER, PHASES, Phase, position
from clew.case.state import Case, fold
from clew.errors import MissingError
from clew.gate.decision import fold as fold_gate
from clew.gate.events import DecisionTaken, VerdictComputed, VerdictOverridden
from clew.pilot.drift import Change, drift
from clew.pilot.registration import ProtocolLocked
from clew.pilot.registration import fold as fold_registration
from clew.record.event import Recorded
from clew.web.case.drawing import Drawing, Visit, drawing
from clew.web.case.telling import Told, tell


@dataclass(frozen=True, slots=True)
class PilotSeen:
    """A pilot on its case's page: what was locked when, what the rule says, what was decided."""

    pilot: str
    title: str
    locked_on: date | None
    after_data: bool
    amendments: int
    verdict: VerdictComputed | None
    override: VerdictOverridden | None
    decision: DecisionTaken | None
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case as the record knew it at the end of `today`. `days`: those on which something happened."""

    case_id: str
    case: Case
    today: date
    history: tuple[Recorded, ...]
    days: tuple[date, ...]

    @property
    def phase(self) -> Phase:
        """The phase that the case is in."""
        return PHASES[position(self.case.phase)]

    @property
    def owner(self) -> str | None:
        """The party that is accountable for the case."""
        return self.case.holder("owner")

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The case phase by phase, in the order in which it went through them."""
        return visits(self.history)

    @property
    def drawing(self) -> Drawing:
        """Its path, drawn."""
        return drawing(self.visits)

    @property
    def debts(self) -> tuple[tuple[str, str, date, int], ...]:
        """What it owes: item, phase, due date, and days late (0 or less where it is not)."""
        owed = sorted(self.case.debts, key=lambda debt: debt.due)
        return tuple((debt.item, debt.phase, debt.due, (self.today - debt.due).days) for debt in owed)

    @property
    def evaluations(self) -> tuple[tuple[Evaluation, int], ...]:
        """Its evaluations to come, each with the days that it is late (0 or less where it is not)."""
        return tuple((one, (self.today - one.due).days) for one in calendar(self.case))

    @property
    def ladder(self) -> tuple[tuple[str, date | None, bool], ...]:
        """The ladder of an innovation: each status, when it was reached, and whether it is the present one."""
        reached = {"idea": self.case.path[0].on} | dict(self.case.reached)
        return tuple((status, reached.get(status), status == self.case.status) for status in LADDER)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was aimed at first and is no longer."""
        return drift(self.history)

    @property
    def lesson(self) -> str:
        """What was learnt, once the case is closed."""
        return next((str(one.data["lesson"]) for one in self.history if one.kind == "case.closed"), "")

    @property
    def pilots(self) -> tuple[PilotSeen, ...]:
        """Its pilots, in the order of their locks."""
        locked = (str(one.data["pilot"]) for one in self.history if one.kind == ProtocolLocked.kind)
        return tuple(_pilot(self.history, pilot) for pilot in dict.fromkeys(locked))

    def beside(self, day: date) -> tuple[date | None, date | None]:
        """Return the days before and after this one on which something happened."""
        before = [one for one in self.days if one < day]
        after = [one for one in self.days if one > day]
        return (before[-1] if before else None, after[0] if after else None)


def case_page(case_id: str, history: Sequence[Recorded], *, today: date, on: date | None = None) -> CasePage:
    """Return a case as it stands today, or stood at the end of the day `on` (UTC).

    Raises MissingError where there was none yet.
    """
    if not history:
        raise MissingError(f'the record holds no case "{case_id}".', do="See which there are on the home page.")
    last = datetime.combine(on or date.max, time.max, UTC)
    seen = tuple(one for one in history if one.at <= last)
    case = fold(seen)
    if not case.exists:
        first = history[0].at.date().isoformat()
        raise MissingError(
            f"the record knew nothing of this case on {on or today:%Y-%m-%d}.", do=f"The case begins on {first}."
        )
    return CasePage(case_id, case, on or today, seen, tuple(sorted({one.at.date() for one in history})))


def visits(history: Sequence[Recorded]) -> tuple[Visit, ...]:
    """Return the stays in phases that these events are, each with what happened in it."""
    found: list[tuple[Recorded, list[Told]]] = []
    for recorded in history:
        if recorded.kind in {Opened.kind, PhaseEntered.kind}:
            found.append((recorded, []))
        elif found:
            found[-1][1].append(tell(recorded))
    places = [position(str(began.data["phase"])) for began, _ in found]
    return tuple(
        Visit(
            phase=str(began.data["phase"]),
            on=began.at.date(),
            reason=str(began.data.get("reason", "announced" if began.data.get("announced") else "opened")),
            back=row > 0 and places[row] < places[row - 1],
            began=tell(began),
            happened=tuple(happened),
        )
        for row, (began, happened) in enumerate(found)
    )


def _pilot(history: Sequence[Recorded], pilot: str) -> PilotSeen:
    registration, gate = fold_registration(history, pilot), fold_gate(history, pilot)
    return PilotSeen(
        pilot=pilot,
        title=registration.protocol.pilot.title,
        locked_on=registration.locked_on,
        after_data=registration.after_data,
        amendments=registration.amendments,
        verdict=gate.latest,
        override=gate.override,
        decision=gate.decisions[-1] if gate.decisions else None,
        decided_on=gate.decision_days[-1] if gate.decision_days else None,
    )
