"""What happens to a pilot while it runs, on the record: what was adapted, and what each round of it taught.

An adaptation makes a new version; the analysis can be split by version (`[versions] column`). An iteration closes with
what was learned and what comes next, and its money counts against the budget that was promised.

Sources: adaptations, core or peripheral, as in the FRAME (Wiltsey Stirman, Baumann & Miller 2019, Implementation
Science 14:58); rounds of test and learn: UK Magenta Book, supplement "Test and Learn" (2026).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar, Literal, get_args

from clew.errors import InputError, RefusedError
from clew.pilot.registration import Registration
from clew.record.event import Recorded, Vocabulary

Part = Literal["core", "peripheral"]
Proposer = Literal["users", "front line", "team", "partner", "management"]
PARTS: tuple[Part, ...] = get_args(Part)
PROPOSERS: tuple[Proposer, ...] = get_args(Proposer)
FIRST = "1"
"""What a pilot's version is called before anything is adapted."""


@dataclass(frozen=True, slots=True)
class PilotAdapted:
    """The pilot is changed while it runs. `part`: "core", what is thought to make it work, or "peripheral"."""

    kind: ClassVar[str] = "pilot.adapted"
    pilot: str
    version: str
    change: str
    why: str
    proposed_by: str
    part: str


@dataclass(frozen=True, slots=True)
class IterationClosed:
    """One round has ended: of which `version`, what was learned, what comes next, what it cost ("" where unsaid)."""

    kind: ClassVar[str] = "pilot.iteration-closed"
    pilot: str
    version: str
    learning: str
    next: str
    spent: str


VOCABULARY = Vocabulary(PilotAdapted, IterationClosed)


@dataclass(frozen=True, slots=True)
class Running:
    """What a pilot went through so far, in the order of the record."""

    pilot: str
    adaptations: tuple[PilotAdapted, ...] = ()
    iterations: tuple[IterationClosed, ...] = ()

    @property
    def version(self) -> str:
        """The version that is in use."""
        return self.adaptations[-1].version if self.adaptations else FIRST

    @property
    def spent(self) -> Decimal:
        """What all rounds cost together, as far as was said."""
        return sum((Decimal(one.spent) for one in self.iterations if one.spent), Decimal(0))

    @property
    def proposed_by_users(self) -> int:
        """How many adaptations users proposed."""
        return sum(one.proposed_by == "users" for one in self.adaptations)

    @property
    def learning_rate(self) -> float | None:
        """Return how many adaptations followed from each closed round; None before the first.

        A round that teaches nothing that changes the pilot adds to the rounds and not to the adaptations.
        """
        return len(self.adaptations) / len(self.iterations) if self.iterations else None

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """Return the JSON of `clew pilot versions`."""
        return {
            "pilot": self.pilot,
            "version": self.version,
            "adaptations": [_told(one) for one in self.adaptations],
            "proposed_by_users": self.proposed_by_users,
            "iterations": [_told(one) for one in self.iterations],
            "spent": str(self.spent),
            "learning_rate": self.learning_rate,
        }


def _told(body: PilotAdapted | IterationClosed) -> dict[str, str]:
    return {name: getattr(body, name) for name in body.__slots__ if name != "pilot"}


def fold(history: Iterable[Recorded], pilot: str) -> Running:
    """Return what one pilot went through, from a case's events; those of others pass through."""
    state = Running(pilot)
    for recorded in history:
        body = VOCABULARY.decode(recorded)
        if body is not None:
            state = evolve(state, body)
    return state


def evolve(state: Running, body: object) -> Running:
    """Return the state after one event."""
    if getattr(body, "pilot", "") != state.pilot:
        return state
    match body:
        case PilotAdapted():
            return replace(state, adaptations=(*state.adaptations, body))
        case IterationClosed():
            return replace(state, iterations=(*state.iterations, body))
        case _:
            raise TypeError(f"{type(body).__name__} is no event of a running pilot")


def adapt(body: PilotAdapted, state: Running, registration: Registration) -> tuple[PilotAdapted]:
    """Return the event that puts an adaptation on the record.

    Raises RefusedError where the pilot is not locked or the version is used already, InputError where something is
    left unsaid or is no word of the vocabulary.
    """
    _refuse_unlocked(state, registration)
    _refuse_unsaid(body, ("version", "change", "why"))
    for name, words in (("proposed_by", PROPOSERS), ("part", PARTS)):
        if getattr(body, name) not in words:
            what = f'"{getattr(body, name)}" is none of: {", ".join(words)}.'
            raise InputError(what, where=f"--{name.replace('_', '-')}", do="Choose one of these.")
    if body.version in {FIRST, *(one.version for one in state.adaptations)}:
        raise RefusedError(
            f'version "{body.version}" is used already.',
            where="--version",
            do="Give the new version a name of its own.",
        )
    return (body,)


def close_iteration(body: IterationClosed, state: Running, registration: Registration) -> tuple[IterationClosed]:
    """Return the event that closes a round.

    Raises RefusedError where the pilot is not locked, the version is unknown, or rounds or money that were promised are
    used up; InputError where something is left unsaid or the sum is none.
    """
    _refuse_unlocked(state, registration)
    _refuse_unsaid(body, ("learning", "next"))
    if body.version not in {FIRST, *(one.version for one in state.adaptations)}:
        known = ", ".join([FIRST, *(one.version for one in state.adaptations)])
        raise RefusedError(
            f'there is no version "{body.version}": {known}.', where="--version", do="Name one of these."
        )
    _refuse_beyond_budget(body, state, registration)
    return (body,)


def _refuse_beyond_budget(body: IterationClosed, state: Running, registration: Registration) -> None:
    promised = registration.protocol.iterations
    if promised.most is not None and len(state.iterations) >= promised.most:
        raise RefusedError(
            f"{promised.most} rounds were promised, and as many are closed.",
            do="Evaluate the pilot, or promise more rounds in public (clew pilot amend).",
        )
    total = state.spent + _money(body.spent)
    if promised.budget is not None and total > promised.budget:
        raise RefusedError(
            f"with this round {total} are spent, and {promised.budget} were promised at most.",
            where="--spent",
            do="Raise the budget in public (clew pilot amend), with the reason.",
        )


def _money(text: str) -> Decimal:
    if not text:
        return Decimal(0)
    try:
        amount = Decimal(text)
    except ArithmeticError:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise InputError(f'"{text}" is no amount.', where="--spent", do="Write digits and a point, such as 1250.00.")
    return amount


def _refuse_unlocked(state: Running, registration: Registration) -> None:
    if registration.locked is None:
        raise RefusedError(
            f'pilot "{state.pilot}" is not locked on this record.', do="Lock its protocol first (clew pilot lock)."
        )


def _refuse_unsaid(body: object, names: tuple[str, ...]) -> None:
    for name in names:
        if not getattr(body, name).strip():
            raise InputError(f"`{name}` is empty.", where=f"--{name}", do="Say it in a sentence.")
