"""The path of a case as a drawing: phases from left to right, steps from top to bottom, one thread through them all.

Places across are per cent of the width and places down are pixels, so that text keeps its size on a telephone. A step
back is a turn of the thread, dashed and named; nothing marks it as wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from clew.case.phases import NAMES, position
from clew.web.case.telling import Told

LEFT, STRIDE = 4.0, 11.5  # per cent
TOP, ROW = 30, 46  # pixels
FOLLOWS_ON_THE_LEFT = 5  # from this column on a label stands left of its dot, so that it stays inside
LEVEL, ABOVE_THE_THREAD = 4, -3


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay in a phase: the event that began it, why, whether the case came back to it, and what happened there."""

    phase: str
    on: date
    reason: str
    back: bool
    began: Told
    happened: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One phase: its name, and where it stands across, in per cent."""

    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Leg:
    """The thread from one step to the next: a curve in units of per cent across and pixels down."""

    curve: str
    back: bool


@dataclass(frozen=True, slots=True)
class Knot:
    """One step: where its dot is, on which side its label stands and how far it drops (pixels), and what it says."""

    visit: Visit
    across: float
    down: int
    side: str
    drop: int
    last: bool

    @property
    def label(self) -> str:
        """Where the label begins or ends, in per cent."""
        return f"{self.across + (2.2 if self.side == 'start' else -2.2):.2f}"

    @property
    def says(self) -> str:
        """The label: the phase, and whether the case came back to it."""
        return f"back to {self.visit.phase}" if self.visit.back else self.visit.phase


@dataclass(frozen=True, slots=True)
class Drawing:
    """A path, drawn. `height` in pixels."""

    columns: tuple[Column, ...]
    legs: tuple[Leg, ...]
    knots: tuple[Knot, ...]
    height: int
    loops: int


COLUMNS = tuple(Column(name, LEFT + STRIDE * place) for place, name in enumerate(NAMES))


def drawing(visits: Sequence[Visit]) -> Drawing:
    """Return the drawing of a path."""
    places = [position(visit.phase) for visit in visits]
    beside = zip([None, *places], [*places[1:], None], strict=False)
    knots = tuple(_knot(visit, row, *ends) for row, (visit, ends) in enumerate(zip(visits, beside, strict=True)))
    legs = tuple(_leg(before, after) for before, after in pairwise(knots))
    return Drawing(COLUMNS, legs, knots, TOP + ROW * len(knots), sum(visit.back for visit in visits))


def _knot(visit: Visit, row: int, before: int | None, after: int | None) -> Knot:
    place = position(visit.phase)
    side = "end" if place >= FOLLOWS_ON_THE_LEFT else "start"
    comes, goes = (other is not None and (other < place) == (side == "end") for other in (before, after))
    drop = ABOVE_THE_THREAD if goes and not comes else LEVEL
    return Knot(visit, COLUMNS[place].at, TOP + ROW // 2 + ROW * row, side, drop, last=after is None)


def _leg(before: Knot, after: Knot) -> Leg:
    middle = (before.down + after.down) / 2
    bend = f"{before.across} {middle} {after.across} {middle}"
    return Leg(f"M {before.across} {before.down} C {bend} {after.across} {after.down}", after.visit.back)
