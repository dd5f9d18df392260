"""The map as drawn: people by the shape of their group, the middle half of each group, and how sure one place is.

All places are in units of the picture, WIDTH across; the same scale holds both ways. No voter's id is in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import atan2, degrees, fsum, isfinite, log, sqrt
from statistics import median

from clew.deliberate.opinion_map import Group, OpinionMap, Place
from clew.report.opinion_hidden import named, shown
from clew.report.opinion_piles import piled

WIDTH, MARGIN = 1000, 50
LOWEST, HIGHEST = 420, 860
"""How high the map may be; between these it is as high as the people on it need."""

GAP = 30
MOST_DOTS = 1500
HALF = 2 * log(2)
"""Squared radius, in standard deviations, within which a place lies with an even chance: -2 ln(1/2)."""

SHAPES = (
    "filled circles", "open squares", "filled triangles", "open diamonds",
    "open circles", "filled squares", "open triangles", "filled diamonds",
)  # fmt: skip
LINES = ("unbroken", "dashed", "dotted", "dash-dotted")

Spread = tuple[float, float, float]
"""Variance across, variance up, covariance."""


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse: its middle, its radii, and its turn in degrees, clockwise."""

    x: str
    y: str
    rx: str
    ry: str
    turn: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group as drawn; `look`: 0 to 7, its shape and stroke; `people`: its members; `dots`: where those drawn lie."""

    id: int
    name: str
    look: int
    shape: str
    line: str
    people: int
    dots: tuple[tuple[str, str], ...]
    x: str
    y: str
    half: Ellipse | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole map. `person`: how surely one person is placed on average; `zero_x`, `zero_y`: where the axes meet.

    `drawn`, `people`: how many people are drawn, of how many in the groups that are; `size`: of their marks. `bottom`:
    where the map ends.
    """

    clusters: tuple[Cluster, ...]
    person: Ellipse | None
    zero_x: str
    zero_y: str
    bottom: int
    height: int
    drawn: int
    people: int

    @property
    def size(self) -> int:
        """Half the width of a mark: less where many are drawn."""
        return 6 if self.drawn <= 300 else 5 if self.drawn <= 800 else 4


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the units of the axes lie on the picture; `bottom`: where the map ends."""

    left: float
    top: float
    scale: float
    bottom: int

    def x(self, value: float) -> float:
        """Return a place across."""
        return MARGIN + (value - self.left) * self.scale

    def y(self, value: float) -> float:
        """Return a place down: higher values lie higher."""
        return MARGIN + (self.top - value) * self.scale


def drawing_of(found: OpinionMap) -> Drawing | None:
    """Return the map as drawn, or None where nobody may be drawn or all stand at one place."""
    groups = shown(found)
    people = piled(sorted(on_map(found), key=_order))
    if len({_at(one) for one in people}) < 2:
        return None
    members = {group.id: [one for one in people if one.group == group.id] for group in groups}
    drawn = _some({place.voter: place for place in people})
    frame = _frame([_at(place) for place in people])
    spread = mean_spread(people)
    person = None if spread is None else _person(spread, frame)
    names = named(found.groups)
    return Drawing(
        clusters=tuple(
            _cluster(group, names[group.id], place, members[group.id], drawn, frame)
            for place, group in enumerate(groups)
            if members[group.id]
        ),
        person=person,
        zero_x=f"{frame.x(0):.1f}",
        zero_y=f"{frame.y(0):.1f}",
        bottom=frame.bottom,
        height=frame.bottom if person is None else round(2 * float(person.y)) - frame.bottom,
        drawn=len(drawn),
        people=len(people),
    )


def on_map(found: OpinionMap) -> list[Place]:
    """Return the people who are on the map: they have a place, and their group may be shown."""
    ids = {group.id for group in shown(found)}
    return [one for one in found.places if one.group in ids and one.x is not None]


def _order(place: Place) -> tuple[int, float, float]:
    """By group, then by place: an order that no file and no id decides."""
    return place.group or 0, *_at(place)


def _at(place: Place) -> tuple[float, float]:
    return place.x or 0.0, place.y or 0.0


def _some(people: dict[str, Place]) -> frozenset[str]:
    """Who is drawn: everybody, or so many as a reader can see, picked by the hash of their ids."""
    if len(people) <= MOST_DOTS:
        return frozenset(people)
    return frozenset(sorted(people, key=lambda voter: sha256(voter.encode("utf-8", "replace")).digest())[:MOST_DOTS])


def _frame(points: Sequence[tuple[float, float]]) -> Frame:
    """The largest scale at which everybody fits, alike across and up; the middle of all in the middle."""
    (left, right), (bottom, top) = ((min(values), max(values)) for values in zip(*points, strict=True))
    across, up = right - left, top - bottom
    scale = min((WIDTH - 2 * MARGIN) / (across or 1.0), (HIGHEST - 2 * MARGIN) / (up or 1.0))
    height = max(LOWEST, round(up * scale) + 2 * MARGIN)
    wide, high = (WIDTH - 2 * MARGIN) / scale, (height - 2 * MARGIN) / scale
    return Frame((left + right - wide) / 2, (top + bottom + high) / 2, scale, height)


def _cluster(
    group: Group, name: str, place: int, members: Sequence[Place], drawn: frozenset[str], frame: Frame
) -> Cluster:
    x, y = _middle(members)
    look = place % len(SHAPES)
    return Cluster(
        id=group.id,
        name=name,
        look=look,
        shape=SHAPES[look],
        line=LINES[look % len(LINES)],
        people=group.size,
        dots=tuple(
            (f"{frame.x(one.x or 0):.1f}", f"{frame.y(one.y or 0):.1f}") for one in members if one.voter in drawn
        ),
        x=f"{frame.x(x):.1f}",
        y=f"{frame.y(y):.1f}",
        half=_half(members, frame),
    )


def _middle(members: Sequence[Place]) -> tuple[float, float]:
    return fsum(one.x or 0 for one in members) / len(members), fsum(one.y or 0 for one in members) / len(members)


def _half(members: Sequence[Place], frame: Frame) -> Ellipse | None:
    """The ellipse in the shape of the group's spread within which half of its people lie."""
    middle = x, y = _middle(members)
    offsets = [((one.x or 0) - x, (one.y or 0) - y) for one in members]
    across, up, both = (fsum(values) / len(members) for values in zip(*map(_squares, offsets), strict=True))
    if across * up - both * both <= 1e-12 * (across + up) ** 2:
        return None
    return _ellipse(middle, (across, up, both), median(_distances(offsets, (across, up, both))), frame)


def _squares(offset: tuple[float, float]) -> Spread:
    return offset[0] ** 2, offset[1] ** 2, offset[0] * offset[1]


def _distances(offsets: Sequence[tuple[float, float]], spread: Spread) -> Iterator[float]:
    """Squared distances in standard deviations (Mahalanobis)."""
    across, up, both = spread
    size = across * up - both * both
    return ((up * x * x - 2 * both * x * y + across * y * y) / size for x, y in offsets)


def mean_spread(people: Sequence[Place]) -> Spread | None:
    """Return how surely one person is placed on average: variances across and up, and covariance; None if untold."""
    spreads = [spread for one in people if (spread := _spread(one)) is not None]
    if not spreads:
        return None
    across, up, both = (fsum(values) / len(spreads) for values in zip(*spreads, strict=True))
    return across, up, both


def _person(spread: Spread, frame: Frame) -> Ellipse | None:
    """The ellipse that holds one person's place with an even chance, below the map; None where it is too wide."""
    wide, high = (sqrt(max(variance, 0.0) * HALF) * frame.scale for variance in spread[:2])
    if wide > WIDTH / 4 or high > WIDTH / 4:
        return None
    drawn = _ellipse((0.0, 0.0), spread, HALF, frame)
    return replace(drawn, x=f"{MARGIN + wide:.1f}", y=f"{frame.bottom + GAP + high:.1f}")


def _spread(place: Place) -> Spread | None:
    if place.spread_x is None or place.spread_y is None or place.spread_xy is None:
        return None
    spread = place.spread_x, place.spread_y, place.spread_xy
    return spread if all(map(isfinite, spread)) else None


def _ellipse(middle: tuple[float, float], spread: Spread, squared_radius: float, frame: Frame) -> Ellipse:
    large, small, turn = _axes(spread)
    rx, ry = (sqrt(max(one, 0.0) * squared_radius) * frame.scale for one in (large, small))
    return Ellipse(f"{frame.x(middle[0]):.1f}", f"{frame.y(middle[1]):.1f}", f"{rx:.1f}", f"{ry:.1f}", f"{-turn:.1f}")


def _axes(spread: Spread) -> tuple[float, float, float]:
    """Variances along and athwart the ellipse, and the angle of its length, in degrees, anticlockwise."""
    across, up, both = spread
    middle, half = (across + up) / 2, sqrt(((across - up) / 2) ** 2 + both**2)
    return middle + half, middle - half, degrees(atan2(2 * both, across - up)) / 2
