"""Reading a folder of pilots into a portfolio: every record below it, and protocol files that nobody has locked yet."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from clew.case.events import Opened
from clew.case.state import Case
from clew.case.state import fold as fold_case
from clew.errors import ClewError, MissingError
from clew.gate.desk import Loaded, load
from clew.gate.portfolio import FINAL, PilotLine, Portfolio, ResultSign
from clew.pilot.parse import load_protocol
from clew.pilot.protocol import Protocol
from clew.record.folder import Record, open_record


def read_portfolio(folder: Path, *, today: date) -> Portfolio:
    """Return every pilot in a folder: locked on a record in it (or in it itself), or written down in a `.toml` file.

    Files that are not protocols are passed over. Raises MissingError where the folder is not there.
    """
    if not folder.is_dir():
        raise MissingError("there is no such folder.", where=str(folder), do="Name the folder that holds your pilots.")
    records = [(open_record(path), path) for path in _records(folder)]
    locked = tuple(line for record, path in records for line in _lines(record, path))
    partners = tuple(kinds for record, _ in records for kinds in _partners(record))
    known = {line.pilot for line in locked}
    drafts = tuple(line for line in _drafts(folder) if line.pilot not in known)
    return Portfolio(today, tuple(sorted((*locked, *drafts), key=lambda line: (line.pilot, line.where))), partners)


def _records(folder: Path) -> Iterator[Path]:
    for vkey in sorted([*folder.glob("vkey"), *folder.glob("*/vkey"), *folder.glob("*/*/vkey")]):
        yield vkey.parent


def _lines(record: Record, path: Path) -> Iterator[PilotLine]:
    for recorded in record.events(kind="protocol.locked"):
        loaded = load(record, recorded.case, str(recorded.data["pilot"]))
        yield line_of(loaded, path.name, recorded.at.date())


def _partners(record: Record) -> Iterator[tuple[str, ...]]:
    cases = dict.fromkeys(recorded.case for recorded in record.events(kind=Opened.kind))
    for case_id in cases:
        yield tuple(kind for _, kind in fold_case(record.events(case_id)).partners)


def line_of(loaded: Loaded, where: str, locked_on: date) -> PilotLine:
    """Return a locked pilot as the portfolio sees it; `where` names the place of its record."""
    gate, case, protocol = loaded.gate, loaded.case, loaded.registration.protocol
    final = next((i for i, one in enumerate(gate.decisions) if one.decided in FINAL), None)
    return replace(
        _draft(protocol, where),
        locked_on=locked_on,
        idea_on=case.path[0].on if case.path else None,
        decided_on=None if final is None else gate.decision_days[final],
        decided=None if final is None else gate.decisions[final].decided,
        in_use_on=_in_use_on(case),
        verdict=gate.latest.verdict if gate.latest else None,
        result=_result(loaded, protocol),
        extensions=gate.history().extensions_used,
        after_data=loaded.registration.after_data,
        overridden_by=gate.override.role if gate.override else None,
    )


def _draft(protocol: Protocol, where: str) -> PilotLine:
    return PilotLine(
        pilot=protocol.pilot.id,
        title=protocol.pilot.title,
        where=where,
        decision_by=protocol.decision_by,
        owner=protocol.decision_owner,
        has_rule=protocol.scale.effect_lower_bound_above is not None,
        has_exit=protocol.exit_plan is not None,
        has_public_input=protocol.public_input_by is not None,
    )


def _in_use_on(case: Case) -> date | None:
    return next((on for status, on in case.reached if status == "in use"), None)


def _result(loaded: Loaded, protocol: Protocol) -> ResultSign | None:
    latest = loaded.gate.latest
    if latest is None:
        return None
    low, high = sorted(protocol.outcome.sign * float(bound) for bound in (latest.lower, latest.upper))
    if low > 0:
        return "gain"
    return "loss" if high < 0 else "null"


def _drafts(folder: Path) -> Iterator[PilotLine]:
    for path in sorted([*folder.glob("*.toml"), *folder.glob("*/*.toml")]):
        with suppress(ClewError):  # a file that is no protocol is none of the portfolio's business
            yield _draft(load_protocol(path), path.name)
