"""What a kind of design must be able to do, so that everything else need not know which kind it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clew.evaluate.estimate import RawEstimate
from clew.evaluate.finding import Further, LookAt, Picture, Randomisation, Screen
from clew.evaluate.rows import Layout, Rows, Tally, Within
from clew.evaluate.simulate import Drawn
from clew.evaluate.world import Scenario, World
from clew.pilot.protocol import Protocol

Basis = Literal["chance", "comparison", "before and after"]
"""What makes the comparison fair: chance dealt it; a comparison group whose likeness is assumed; none but time."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Who is treated and who is compared: `treated` and `comparison` (C,) say so of each cell of `tally`.

    The tally counts what a reader calls a unit: rows where a row is a unit, units once where rows are unit-periods.
    `missing`: units without an outcome, by the name of their side.
    """

    tally: Tally
    treated: NDArray[np.bool_]
    comparison: NDArray[np.bool_]
    missing: tuple[tuple[str, int], ...] = ()

    @property
    def units(self) -> int:
        """Units with an outcome, of whichever side: what has arrived of the planned size."""
        return int(self.tally.n.sum())

    @property
    def units_treated(self) -> int:
        """Treated units, those without an outcome too: they were paid for."""
        return int((self.tally.n + self.tally.missing)[self.treated].sum())


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside the effect: checks of what the design assumes, further figures, pictures, a permutation
    test."""

    screens: tuple[Screen, ...] = ()
    further: tuple[Further, ...] = ()
    pictures: tuple[Picture, ...] = ()
    randomisation: Randomisation | None = None


@dataclass(frozen=True, slots=True)
class About:
    """A design for somebody who must choose one, in plain sentences; the reference page is made from it.

    `assumes`: pairs of an assumption and how the data are held against it. `instead`: what to do where it does not fit.
    """

    title: str
    question: str
    needs: tuple[str, ...]
    assumes: tuple[tuple[str, str], ...]
    estimator: str
    uncertainty: str
    sources: tuple[str, ...]
    instead: str


@dataclass(frozen=True, slots=True)
class Method:
    """How one kind of design is read, checked, estimated, tried out and described.

    `layout`: which columns play which part. `check`: refuses data of the wrong shape by name. `estimate`: the
    registered estimator, in all rows or a subset. `beside`: see `Beside`. `sides`: see `Sides`. `draw`: one made-up
    pilot from the design's own data-generating form. `basis`: see `Basis`. `within`: the estimate in one group, where
    that can be had cheaper.
    """

    kind: str
    layout: Callable[[Protocol], Layout]
    check: Callable[[Protocol, Tally], None]
    estimate: Callable[[Protocol, Rows, Within], RawEstimate]
    beside: Callable[[Protocol, Rows, RawEstimate, LookAt], Beside]
    sides: Callable[[Protocol, Tally], Sides]
    draw: Callable[[Protocol, World, Scenario, np.random.Generator], Drawn]
    basis: Callable[[Protocol], Basis]
    about: About
    within: Callable[[Protocol, Rows, Within], RawEstimate] | None = None

    def in_group(self, protocol: Protocol, rows: Rows, group: tuple[str, str]) -> RawEstimate:
        """Return the estimate among the rows whose column holds this label. Raises InputError as `estimate` does."""
        return (self.within or self.estimate)(protocol, rows, (group,))
