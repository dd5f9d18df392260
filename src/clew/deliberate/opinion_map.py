"""The opinion map as a value: what was found, how sure it is, and what is not known yet."""

from dataclasses import dataclass, field
from typing import Any, Literal

from clew.deliberate.integrity import Integrity
from clew.deliberate.missing import Missing
from clew.deliberate.opinion_json import opinion_json
from clew.deliberate.policy import Policy
from clew.deliberate.statements import Statement

FEW_VOTES = 15
"""Votes a person below which a group would hardly be seen."""


@dataclass(frozen=True, slots=True)
class Group:
    """People who vote alike. `centre`: where the group stands on the map, in the units of the axes.

    `stability`: mean overlap (Jaccard, 0–1) with the same group when a part of the votes is left out.
    """

    id: int
    name: str
    size: int
    stability: float
    centre: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one participant stands on the first two axes, how surely, and in which group.

    `spread_x`, `spread_y`, `spread_xy`: variances and covariance of the place. `group`: None where votes are too few.
    `membership`: the chance of each group.
    """

    voter: str
    votes: int
    x: float | None
    y: float | None
    spread_x: float | None
    spread_y: float | None
    spread_xy: float | None
    group: int | None
    membership: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class GroupVotes:
    """A group's votes on one statement; `support` is the share who agree, with its 90 % credible interval."""

    group: int
    agree: int
    disagree: int
    passed: int
    support: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class StatementFinding:
    """One statement: how sure it is that every group supports it, and who has reservations.

    `common_ground`: the probability that in every group at least the threshold agree (with `--method polis`: Polis'
    group-informed consensus). `lower`: the lower credible bound of support in the group where it is least.
    `geometric_mean`: of the groups' support. `product`: Polis' group-informed consensus. `reservations`: groups in
    which dissent is credible although the statement is common ground or accepted. `accepted`: the probability that in
    no group as many as half disagree; `rejected`: that in every group at least the threshold disagree (None: not
    asked). `agree`, `disagree`, `passed`: votes of everybody, whoever is in no group included.
    """

    id: str
    common_ground: float
    lower: float
    enough_votes: bool
    agree: int
    disagree: int
    passed: int
    by_group: tuple[GroupVotes, ...]
    worst_group: int
    geometric_mean: float
    product: float
    reservations: tuple[int, ...] = ()
    accepted: float | None = None
    rejected: float | None = None

    @property
    def not_placed(self) -> tuple[int, int, int]:
        """Agrees, disagrees and passes of those who are in no group."""
        return (
            self.agree - sum(one.agree for one in self.by_group),
            self.disagree - sum(one.disagree for one in self.by_group),
            self.passed - sum(one.passed for one in self.by_group),
        )


@dataclass(frozen=True, slots=True)
class Representative:
    """A statement by which a group differs from all others. `p`: its share on that `side`; `z`: of the difference."""

    group: int
    id: str
    side: Literal["agree", "disagree"]
    p: float
    z: float


@dataclass(frozen=True, slots=True)
class NeedsVotes:
    """A statement that a group has not voted on often enough: `has` votes of the `needs` that it takes."""

    group: int
    id: str
    has: int
    needs: int


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How well held-out votes were foretold: mean log-loss a vote (nats), for one choice of dimensions."""

    dimensions: int
    log_loss: float
    std_error: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class Split:
    """A number of groups that was tried: how clear it is, what chance alone gives, and how stable it is."""

    k: int
    clearness: float
    by_chance: float
    p_value: float
    stability: float | None
    accepted: bool


@dataclass(frozen=True, slots=True)
class OpinionMap:
    """What people really agree on, how sure it is, and what to ask next. Its JSON is that of `clew map --json`.

    `policy`: what was called support, dissent and sure. `told_apart_by`: in how many directions groups were looked for.
    `command`: what computes it again, by the names of files alone; empty where it was not computed from files.
    """

    method: Literal["clew", "polis"]
    seed: int
    participants: int
    placed: int
    votes: int
    dimensions: int
    above_chance: bool
    stability: float
    policy: Policy
    groups: tuple[Group, ...]
    places: tuple[Place, ...]
    statements: tuple[Statement, ...]
    findings: tuple[StatementFinding, ...]
    representative: tuple[Representative, ...]
    needs_votes: tuple[NeedsVotes, ...]
    held_out: tuple[HeldOut, ...] = ()
    splits: tuple[Split, ...] = ()
    missing: Missing | None = None
    integrity: Integrity | None = None
    notices: tuple[str, ...] = ()
    axes: tuple[str, ...] = field(default=())
    told_apart_by: int = 2
    command: str = ""

    @property
    def threshold(self) -> float:
        """The share of a group that counts as support."""
        return self.policy.threshold

    @property
    def reserve(self) -> float:
        """The share of dissent that counts as a reservation."""
        return self.policy.reserve

    @property
    def is_thin(self) -> bool:
        """Whether votes are so few a person that a group which differs could stay unseen."""
        return self.votes < FEW_VOTES * self.participants

    @property
    def k(self) -> int:
        """How many groups there are; 1 where no more could be told from chance."""
        return len(self.groups)

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """Return the JSON of `clew map --json`."""
        return opinion_json(self)
