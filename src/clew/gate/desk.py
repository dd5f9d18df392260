"""The gate at its desk: load a pilot's events, fold, decide, append, publish. Nothing is written without a trace."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from clew.case import commands as case_commands
from clew.case.state import Case
from clew.case.state import fold as fold_case
from clew.errors import MissingError, RefusedError
from clew.evaluate.analyse import analyse
from clew.evaluate.backend import InBackend, find_in_backend
from clew.evaluate.files import data_sha256, open_rows
from clew.evaluate.finding import Finding
from clew.gate import events as event
from clew.gate.decision import Compute, Gate, Standing, decide, missing_before
from clew.gate.decision import fold as fold_gate
from clew.gate.evaluation import Evaluation, Locked, evaluation_sha256
from clew.gate.judge import judge
from clew.pilot.parse import load_protocol
from clew.pilot.protocol import Protocol
from clew.pilot.registration import Registration, refuse_another, seal
from clew.pilot.registration import fold as fold_registration
from clew.record.event import Body, Event
from clew.record.folder import Record, open_record

Data = str | Path | Sequence[str | Path] | InBackend
Place = Record | Path


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pilot as the record knows it: its case's events folded by every room that knows them.

    `size`: of the record when it was read. `checkpoint`: the signed note that covers it, empty before the first.
    """

    case_id: str
    size: int
    case: Case
    registration: Registration
    gate: Gate
    checkpoint: str = ""


def evaluate_files(
    protocol: Path | Protocol, data: Data, *, record: Place | None = None, look: int | None = None
) -> Evaluation:
    """Return the evaluation of data by a protocol; where a record is named, the lock is looked up, nothing is written.

    Raises InputError where the protocol or the data cannot be used, RefusedError where the record holds
    another protocol.
    """
    agreed = protocol if isinstance(protocol, Protocol) else load_protocol(protocol)
    loaded = None if record is None else load(opened(record), agreed.pilot.case, agreed.pilot.id)
    return _evaluate(agreed, find_in_data(agreed, data, look), loaded)


def evaluate_and_record(
    protocol: Path | Protocol, data: Data, *, record: Place, look: int | None = None, at: datetime, by: str
) -> Evaluation:
    """Return the evaluation of data by a locked protocol, and put seal, verdict and the case's steps on the record.

    The same look on the same data again writes nothing and returns the same. Raises RefusedError where the protocol is
    not locked there, differs from what was locked, or the look was taken on other data; then nothing is written.
    """
    agreed = protocol if isinstance(protocol, Protocol) else load_protocol(protocol)
    place = opened(record)
    _locked_pilot(agreed, place)  # refused before the data are read
    return put_on_record(agreed, find_in_data(agreed, data, look), place, at=at, by=by)


def put_on_record(protocol: Protocol, finding: Finding, record: Record, *, at: datetime, by: str) -> Evaluation:
    """Return the verdict on a finding, and put seal, verdict and the case's steps on the record; see
    `evaluate_and_record`.
    """
    loaded = _locked_pilot(protocol, record)
    evaluation = _evaluate(protocol, finding, loaded)
    bodies = _bodies(evaluation, loaded, by, at.date())
    if bodies:
        events = [Event(loaded.case_id, at, by, body) for body in bodies]
        record.append(events, expected_size=loaded.size)
        record.checkpoint()
    return evaluation


def opened(record: Place) -> Record:
    """Return the record itself, opened where a folder is named."""
    return record if isinstance(record, Record) else open_record(record)


def _locked_pilot(protocol: Protocol, record: Record) -> Loaded:
    loaded = load(record, protocol.pilot.case, protocol.pilot.id)
    if loaded.registration.locked is None:
        raise RefusedError(
            f'pilot "{protocol.pilot.id}" is not locked on this record.',
            do="Lock it first (clew pilot lock), or evaluate without --record: then nothing is proven.",
        )
    return loaded


def load(record: Record, case_id: str, pilot: str) -> Loaded:
    """Return a pilot as the record knows it; empty states where it does not."""
    size, history = record.size, tuple(record.events(case_id))
    folded = (fold_case(history), fold_registration(history, pilot), fold_gate(history, pilot))
    published = record.published
    return Loaded(case_id, size, *folded, checkpoint=published.note if published else "")


def find_in_data(protocol: Protocol, data: Data, look: int | None) -> Finding:
    """Return what the data say at a look (default: the last planned), sealed by their SHA-256.

    In a backend the seal is that of the aggregates. Raises InputError where they cannot be used.
    """
    if isinstance(data, InBackend):
        return find_in_backend(protocol, data, look)
    paths = [Path(data)] if isinstance(data, str | Path) else [Path(one) for one in data]
    finding = analyse(protocol, open_rows(paths, protocol), look=look)
    return replace(finding, data_sha256=data_sha256(paths))


def _evaluate(protocol: Protocol, finding: Finding, loaded: Loaded | None) -> Evaluation:
    if loaded is None:
        return Evaluation(protocol, finding, judge(protocol, finding))
    judgement = judge(protocol, finding, loaded.gate.history(before_look=finding.look.look))
    return Evaluation(protocol, finding, judgement, _locked(protocol, loaded))


def _locked(protocol: Protocol, loaded: Loaded) -> Locked | None:
    registration = loaded.registration
    if registration.locked is None:
        return None
    refuse_another(protocol, registration)
    return Locked(
        index=registration.index,
        checkpoint=loaded.checkpoint,
        after_data=registration.after_data,
        amended_after_data=registration.amended_after_data,
        amendments=registration.amendments,
    )


def _bodies(evaluation: Evaluation, loaded: Loaded, by: str, on: date) -> tuple[Body, ...]:
    standing = Standing(loaded.gate, loaded.case, evaluation.protocol)
    computed = decide(Compute(verdict_event(evaluation), by, on), standing)
    if not computed:
        return ()
    look, sha256 = evaluation.finding.look.look, evaluation.finding.data_sha256 or ""
    return (*seal(loaded.registration, sha256=sha256, look=look), *computed, *_steps(evaluation, loaded.case))


def _steps(evaluation: Evaluation, case: Case) -> tuple[Body, ...]:
    """Return the case's steps that an evaluation is: to evaluate, to the gate, and back where the pilot goes on."""
    steps = [
        case_commands.Enter("evaluate", f"look {evaluation.finding.look.look}"),
        case_commands.Enter("gate", f"verdict: {evaluation.verdict}"),
    ]
    if evaluation.verdict in {"not yet", "extend"}:
        steps.append(case_commands.Enter("pilot", f"goes on: {evaluation.verdict}"))
    return tuple(body for step in steps for body in case_commands.decide(step, case))


def verdict_event(evaluation: Evaluation) -> event.VerdictComputed:
    """Return a verdict as the record keeps it: figures as text, exactly as computed."""
    finding, judgement = evaluation.finding, evaluation.judgement
    reasons = tuple((one.rule, one.needed, one.found, "yes" if one.holds else "no") for one in judgement.reasons)
    return event.VerdictComputed(
        pilot=evaluation.protocol.pilot.id,
        look=finding.look.look,
        verdict=judgement.verdict,
        why=judgement.why,
        protocol_sha256=evaluation.protocol.sha256,
        data_sha256=finding.data_sha256 or "",
        evaluation_sha256=evaluation_sha256(evaluation),
        estimate=repr(finding.effect.estimate),
        std_error=repr(finding.effect.std_error),
        lower=repr(finding.effect.interval[0]),
        upper=repr(finding.effect.interval[1]),
        boundary=repr(finding.look.boundary),
        reasons=reasons,
        screens=tuple((screen.name, screen.why) for screen in finding.screens if screen.flag),
    )


def at_gate(record: Place, pilot: str, command: object, *, at: datetime, by: str) -> dict[str, Any]:
    """Carry out one command at the gate on the pilot that the record knows, and return what stands after it.

    Raises MissingError for an unknown pilot, InputError and RefusedError as `clew.gate.decision.decide` does.
    """
    place = opened(record)
    return carry_out(place, find(place, pilot), command, at=at, by=by)


def carry_out(record: Record, loaded: Loaded, command: object, *, at: datetime, by: str) -> dict[str, Any]:
    """Carry out one command on a pilot that was loaded from this record, and return what stands after it.

    Raises as `at_gate`, and RefusedError where somebody else has written since it was loaded.
    """
    bodies = decide(command, Standing(loaded.gate, loaded.case, loaded.registration.protocol))
    record.append([Event(loaded.case_id, at, by, body) for body in bodies], expected_size=loaded.size)
    record.checkpoint()
    return what_stands(load(record, loaded.case_id, loaded.registration.pilot))


def find(record: Record, pilot: str) -> Loaded:
    """Return the pilot of this name, whichever case it belongs to: every lock is read until it is found.

    Who knows the case calls `load`. Raises MissingError where none is locked.
    """
    for recorded in record.events(kind="protocol.locked"):
        if recorded.data["pilot"] == pilot:
            return load(record, recorded.case, pilot)
    raise MissingError(f'no pilot "{pilot}" is locked on this record.', do="See which there are: clew gate portfolio.")


def seen_at_gate(record: Place, pilot: str) -> dict[str, Any]:
    """Return what stands for a pilot: verdicts, overrides beside them, decisions, and what is missing for one."""
    return what_stands(find(opened(record), pilot))


def what_stands(loaded: Loaded) -> dict[str, Any]:
    """Return the same for a pilot that is loaded already."""
    gate, latest = loaded.gate, loaded.gate.latest
    standing = Standing(gate, loaded.case, loaded.registration.protocol)
    return {
        "pilot": loaded.registration.pilot,
        "case": loaded.case_id,
        "verdict": latest and latest.verdict,
        "why": latest and latest.why,
        "standing": gate.standing,
        "verdicts": [asdict(one) for one in gate.verdicts],
        "overrides": [asdict(one) for one in gate.overrides],
        "decisions": [asdict(one) for one in gate.decisions],
        "reviews": [asdict(one) for one in gate.reviews],
        "public_input": [asdict(one) for one in gate.public_input],
        "answers": [asdict(one) for one in gate.answers],
        "missing": list(missing_before(gate.standing or "", standing)),
    }
