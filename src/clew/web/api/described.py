"""What the API's answers hold, for its description: every field with what it means. More fields may be added."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Path, Query, Schema
from pydantic import Field

HASH = "SHA-256, hexadecimal"
PilotId = Annotated[
    str, Path(pattern="^[A-Za-z0-9][A-Za-z0-9-]{0,79}$", description="the pilot's identifier", examples=["visits"])
]
CaseId = Annotated[
    str, Path(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$", description="the case's identifier", examples=["bed-fires"])
]
Index = Annotated[int, Path(ge=0, le=2**53, description="the entry's place in the log, from 0")]
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description=HASH)]
Limit = Annotated[int, Query(ge=1, le=500, description="at most so many")]
AfterIndex = Annotated[int, Query(ge=-1, le=2**53, description="entries after this index: `next` of the page before")]
AfterName = Annotated[
    str,
    Query(
        max_length=80,
        pattern="^[A-Za-z0-9._-]*$",
        description="what follows this identifier: `next` of the page before",
    ),
]


class ProblemOut(Schema):
    """One thing that is wrong."""

    what: str = Field(description="what is wrong, in a sentence")
    where: str = Field(description="where: a parameter, a file, a column; may be empty")
    do: str = Field(description="what to do about it; may be empty")


class Problems(Schema):
    """Everything that is wrong, said at once."""

    problems: list[ProblemOut]


class CaseLine(Schema):
    """A case in the list."""

    case: str = Field(description="identifier", examples=["bed-fires"])
    title: str
    phase: str = Field(description="the phase it is in", examples=["pilot"])
    status: str = Field(description="how far up the ladder from idea to use it is")
    announced: bool = Field(description="begun by announcement: it owes evidence")
    owner: str = Field(description="the accountable office; empty where there is none")
    changed_at: datetime


class Cases(Schema):
    """A page of cases, by identifier."""

    items: list[CaseLine]
    next: str | None = Field(description="`after` of the next page; null on the last")


class CaseOut(Schema):
    """A case as the record tells it on a day."""

    case: str
    title: str
    phase: str
    path: list[dict[str, Any]] = Field(description="each phase it entered: phase, on, reason")
    loops: int = Field(description="how often it went back to an earlier phase")
    debts: list[dict[str, Any]] = Field(description="evidence that is owed: item, due, overdue")
    duties: dict[str, str] = Field(description="who holds which duty, by office")
    orphans: list[str] = Field(description="duties that nobody holds")


class PilotLineOut(Schema):
    """A pilot in the list. Days are null where it has not happened."""

    pilot: str = Field(examples=["visits"])
    case: str
    title: str
    locked_on: date
    decision_by: date | None
    decided_on: date | None
    decided: str | None
    verdict: str | None = Field(description="what the locked rule said last")
    result: str | None = Field(description="gain, null or loss: the sign of the last published effect")
    after_data: bool = Field(description="registered after data began")


class Pilots(Schema):
    """A page of pilots, by identifier."""

    items: list[PilotLineOut]
    next: str | None = Field(description="`after` of the next page; null on the last")


class PortfolioOut(Schema):
    """All pilots at a glance; the JSON of `clew gate portfolio`."""

    today: date = Field(description="the day as of which it is reckoned")
    pilots: int = Field(description="how many are locked")
    running: int = Field(description="how many are locked and not decided")
    overdue: list[str] = Field(description="pilots past the day by which they were to be decided, the longest first")
    lines: list[dict[str, Any]] = Field(description="each pilot: its days, verdict, result, decision")


class PilotOut(Schema):
    """A pilot: what was promised, what the locked rule said at each look, and what was decided."""

    pilot: str
    case: str
    title: str
    synthetic: bool = Field(description="made-up data: an example that never took place")
    protocol_sha256: str = Field(description=HASH)
    locked: dict[str, Any] = Field(description="index, on, after_data, amendments, amended_after_data")
    verdict: str | None = Field(description="scale, adapt, extend, stop or not yet; null before the first look")
    why: str | None
    standing: str | None = Field(description="the verdict, or the override beside it")
    verdicts: list[dict[str, Any]] = Field(description="each look's verdict; figures are text, exactly as computed")
    overrides: list[dict[str, Any]] = Field(description="who decided otherwise than the rule, why, and who dissents")
    decisions: list[dict[str, Any]] = Field(description="what was decided, by whom, by the rule or by override")
    missing: list[str] = Field(description="what must be there before it can be decided")


class EvaluationLine(Schema):
    """One published evaluation."""

    look: int
    verdict: str
    evaluation_sha256: str = Field(description=f"{HASH}; as it stands on the record")
    data_sha256: str = Field(description=f"{HASH}; the seal of the data")
    published: bool = Field(description="whether /evaluations/{sha256} has it")


class Evaluations(Schema):
    """The evaluations of a pilot, in the order in which they were recorded."""

    items: list[EvaluationLine]


class EventOut(Schema):
    """An entry of the record. Personal values are not in it, only keyed commitments to them."""

    index: int
    case: str
    at: datetime
    by: str = Field(description="the office that acted")
    kind: str = Field(examples=["verdict.computed"])
    data: dict[str, Any]
    commitments: dict[str, str] = Field(description="field: HMAC-SHA256, hexadecimal")


class Events(Schema):
    """A page of entries, in order."""

    items: list[EventOut]
    next: int | None = Field(description="`after` of the next page; null where nothing follows now")


class RecordOut(Schema):
    """The record: what is needed to verify it. Its files lie under /record/ (C2SP tlog-tiles)."""

    origin: str = Field(description="public name")
    size: int = Field(description="number of entries")
    vkey: str = Field(description="public key; compare it with one that you have from elsewhere")
    checkpoint: str = Field(description="the last signed note (C2SP tlog-checkpoint)")


class UploadOut(Schema):
    """A file that is here."""

    pilot: str
    name: str = Field(description="as given, made harmless")
    sha256: str = Field(description=f"{HASH}: compare it with your own")
    size_bytes: int
    new: bool = Field(description="false where the same file was here already: it is kept once")
