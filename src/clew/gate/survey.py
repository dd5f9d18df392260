"""Reading a folder of pilots into a portfolio: every record below it, and protocol files that nobody has locked yet."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from clew.case.state import Case
from clew.errors import ClewError, MissingError
from clew.gate.desk import Loaded, load, locked_protocol
from clew.gate.portfolio import PilotLine, Portfolio, ResultSign
from clew.pilot.parse import load_protocol
from clew.pilot.protocol import Protocol
from clew.record.folder import Record, open_record


def read_portfolio(folder: Path, *, today: date) -> Portfolio:
    """Return every pilot in a folder: locked on a record in it (or in it itself), or written down in a `.toml` file.

    Files that are not protocols are passed over. Raises MissingError where the folder is not there.
    """
    if not folder.is_dir():
        raise MissingError("there is no such folder.", where=str(folder), do="Name the folder that holds your pilots.")
    locked = tuple(line for path in _records(folder) for line in _lines(open_record(path), path))
    known = {line.pilot for line in locked}
    drafts = tuple(line for line in _drafts(folder) if line.pilot not in known)
    return Portfolio(today, tuple(sorted((*locked, *drafts), key=lambda line: (line.pilot, line.where))))


def _records(folder: Path) -> Iterator[Path]:
    for vkey in sorted([*folder.glob("vkey"), *folder.glob("*/vkey"), *folder.glob("*/*/vkey")]):
        yield vkey.parent


def _lines(record: Record, path: Path) -> Iterator[PilotLine]:
    for recorded in record.events():
        if recorded.kind == "protocol.locked":
            pilot = str(recorded.data["pilot"])
            yield _line(load(record, recorded.case, pilot), pilot, path, recorded.at.date())


def _line(loaded: Loaded, pilot: str, path: Path, locked_on: date) -> PilotLine:
    protocol, gate, case = locked_protocol(loaded), loaded.gate, loaded.case
    final = next((i for i, one in enumerate(gate.decisions) if one.decided in {"scale", "adapt", "stop"}), None)
    return PilotLine(
        pilot=pilot,
        title=protocol.pilot.title,
        where=path.name,
        locked_on=locked_on,
        idea_on=case.path[0].on if case.path else None,
        decision_by=protocol.decision_by,
        decided_on=None if final is None else gate.decision_days[final],
        decided=None if final is None else gate.decisions[final].decided,
        in_use_on=_in_use_on(case),
        verdict=gate.latest and gate.latest.verdict,
        result=_result(loaded, protocol),
        extensions=gate.history().extensions_used,
        after_data=loaded.registration.after_data,
        owner=protocol.decision_owner,
        overridden_by=gate.override and gate.override.role,
        **_remedies(protocol),
    )


def _remedies(protocol: Protocol) -> dict[str, bool]:
    return {
        "has_rule": protocol.scale.effect_lower_bound_above is not None,
        "has_exit": protocol.exit_plan is not None,
        "has_public_input": protocol.public_input_by is not None,
    }


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
        try:
            protocol = load_protocol(path)
        except ClewError:
            continue
        yield PilotLine(
            pilot=protocol.pilot.id,
            title=protocol.pilot.title,
            where=path.name,
            decision_by=protocol.decision_by,
            owner=protocol.decision_owner,
            **_remedies(protocol),
        )
