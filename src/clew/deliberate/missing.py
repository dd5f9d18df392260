"""Who is missing from a conversation, as a value: who took part against who could have, as far as was declared."""

from dataclasses import asdict, dataclass
from typing import Any

from clew.deliberate.disclosure import Shown


@dataclass(frozen=True, slots=True)
class ValueGap:
    """One value of an attribute: how many took part, and what share they and the population have of it.

    people: None where it is hidden (`told` says why). share: with a 95 % interval that holds for all values of the
    attribute together. population: its share there, None where no margin is given. not_placed, left_early: how many of
    them have too few votes to be placed, and how many left before half of what was open to them; None where hidden.
    """

    value: str
    told: Shown
    people: int | None
    share: float | None
    lower: float | None
    upper: float | None
    population: float | None
    not_placed: int | None
    left_early: int | None

    @property
    def gap(self) -> float | None:
        """The share among those who took part less that in the population."""
        return _less(self.share, self.population)

    @property
    def ratio(self) -> float | None:
        """The share among those who took part over that in the population; 1 where nobody is missing."""
        return None if self.share is None or self.population is None else self.share / self.population

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """Return the figures of one value, `null` where they are hidden, and why."""
        return {
            "value": self.value,
            "people": self.people,
            "hidden": None if self.told is Shown.ITSELF else str(self.told),
            "share": self.share,
            "lower": self.lower,
            "upper": self.upper,
            "population": self.population,
            "gap": self.gap,
            "gap_lower": _less(self.lower, self.population),
            "gap_upper": _less(self.upper, self.population),
            "ratio": self.ratio,
            "not_placed": self.not_placed,
            "left_early": self.left_early,
        }


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


@dataclass(frozen=True, slots=True)
class AttributeGaps:
    """One attribute. `not_declared`: those who did not say; None where hidden.

    `of_all`: whether shares are of all who took part, since how many declared the attribute is hidden. `few`: pairs of
    a value and a group that hold fewer than ten people, none included; None where that cannot be told.
    """

    name: str
    values: tuple[ValueGap, ...]
    not_declared: int | None
    of_all: bool
    few: tuple[tuple[str, int], ...] | None

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """Return the gaps of one attribute."""
        few = self.few and [{"value": value, "group": group} for value, group in self.few]
        return {
            "attribute": self.name,
            "not_declared": self.not_declared,
            "share_of": "participants" if self.of_all else "declared",
            "values": [one.to_dict() for one in self.values],
            "fewer_than_10": None if few is None else list(few),
        }


@dataclass(frozen=True, slots=True)
class RakedStatement:
    """Support of one statement as counted, and if those who voted had the population's shares."""

    id: str
    support: float
    raked: float
    lower: float
    upper: float
    effective_votes: float


@dataclass(frozen=True, slots=True)
class Weighing:
    """What raking came to: by which attributes, or `why` not; figures are rounded, as exact ones could be unpicked.

    design_effect: how many times more uncertain shares become. effective_people: as how many equally weighted ones
    all count.
    """

    attributes: tuple[str, ...]
    why: str = ""
    design_effect: float | None = None
    effective_people: int | None = None
    largest_weight: float | None = None
    smallest_weight: float | None = None
    statements: tuple[RakedStatement, ...] = ()

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """Return the weighing with the support of every statement under it."""
        return asdict(self) | {
            "attributes": list(self.attributes),
            "why": self.why or None,
            "statements": [asdict(one) for one in self.statements],
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many statements a group has not voted on at all (`without`), or on fewer than `needs` times (`thin`)."""

    group: int
    statements: int
    without: int
    thin: int
    needs: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Who took part against who could have, as far as people declared it; no count of fewer than ten people."""

    participants: int
    not_placed: int
    left_early: int
    attributes: tuple[AttributeGaps, ...] = ()
    weighing: Weighing | None = None
    evidence: tuple[Evidence, ...] = ()
    notices: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """Return the JSON of `missing` in that of `clew map --json`."""
        return {
            "participants": self.participants,
            "not_placed": self.not_placed,
            "left_early": self.left_early,
            "attributes": [one.to_dict() for one in self.attributes],
            "raking": None if self.weighing is None else self.weighing.to_dict(),
            "evidence": [asdict(one) for one in self.evidence],
            "notices": list(self.notices),
        }
