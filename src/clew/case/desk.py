"""The case at its desk: load its events, fold, decide, append, publish. Nothing is written without a trace."""

import re
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from clew.case.calendar import calendar
from clew.case.commands import decide
from clew.case.path import loops
from clew.case.phases import PHASES, position
from clew.case.state import Case, evolve, fold
from clew.errors import InputError, MissingError
from clew.record.event import Body, Event
from clew.record.folder import Record

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def load(record: Record, case_id: str, *, until: datetime | None = None) -> Case:
    """Return a case as the record knows it, at `until` or now. Raises MissingError where it does not know it."""
    case = fold(record.events(case_id), until=until)
    if not case.exists:
        when = f" on {until.date().isoformat()}" if until else ""
        raise MissingError(f'the record holds no case "{case_id}"{when}.', do="See which there are: clew case list.")
    return case


def do(record: Record, case_id: str, commands: tuple[object, ...], *, at: datetime, by: str) -> Case:
    """Carry out commands on one case, all or none, and return the case after them.

    `by`: the role that acts. Raises InputError or RefusedError as `decide` does; then nothing is written.
    """
    if not IDENTIFIER.fullmatch(case_id):
        raise InputError(f'"{case_id}" is no identifier.', do="Use letters, digits, dots and hyphens, at most 80.")
    size = record.size
    case = fold(record.events(case_id))
    bodies: list[Body] = []
    for command in commands:
        for body in decide(command, case):
            case = evolve(case, body, at)
            bodies.append(body)
    record.append([Event(case_id, at, by, body) for body in bodies], expected_size=size)
    record.checkpoint()
    return case


def case_ids(record: Record) -> tuple[str, ...]:
    """Return the identifiers of all cases on the record, sorted."""
    return tuple(sorted({event.case for event in record.events()}))


def picture(case: Case, case_id: str, today: date) -> dict[str, Any]:
    """Return a case for showing, as plain values: the JSON of `clew case show`."""
    proposition = case.proposition
    return {
        "case": case_id,
        "title": case.title,
        "phase": case.phase,
        "of_five": PHASES[position(case.phase)].of_five,
        "of_three": PHASES[position(case.phase)].of_three,
        "announced": case.announced,
        "proposition": proposition and asdict(proposition),
        "path": [{"phase": step.phase, "on": step.on.isoformat(), "reason": step.reason} for step in case.path],
        "loops": loops(case),
        "debts": _debts(case, today),
        "risk": case.risk,
        "evaluations": [
            {"due": one.due.isoformat(), "asks": one.asks, "overdue": one.due < today} for one in calendar(case)
        ],
        "partners": dict(case.partners),
        "duties": dict(case.duties),
        "orphans": list(case.orphans),
        "status": case.status,
        "is_innovation": case.is_innovation,
        "novelty": dict(case.novelty),
        "result": case.result,
    }


def _debts(case: Case, today: date) -> list[dict[str, Any]]:
    overdue = case.overdue(today)
    return [{"item": one.item, "due": one.due.isoformat(), "overdue": one in overdue} for one in case.debts]
