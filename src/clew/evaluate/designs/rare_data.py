"""Events and what they are counted over, side by side and part by part, from the moments of a protocol's rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.evaluate.arms import arms_of
from clew.evaluate.exact_poisson import Comparison, Side
from clew.evaluate.panel import in_time, start_places
from clew.evaluate.rows import Floats, Integers, Key, Layout, Moments, Rows, Within, numbered
from clew.pilot.protocol import Protocol

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Counted:
    """Events and exposure (or expected numbers) of either side, and its rows. The comparison may have none."""

    treated: Side
    comparison: Side
    rows_treated: int
    rows_comparison: int

    @property
    def pair(self) -> Comparison:
        """The two sides held against each other."""
        return Comparison(self.treated, self.comparison)


@dataclass(frozen=True, slots=True)
class Parts:
    """Events and exposure of the parts (joint periods and units) of each side: (P,); `treated` (P,) says which."""

    keys: Mapping[str, Key]
    events: Integers
    exposure: Floats
    treated: Flags


def column_of(protocol: Protocol) -> str:
    """The column that events are counted over: exposure, or the numbers expected."""
    return protocol.design.exposure or protocol.design.expected or ""


def sides_of(protocol: Protocol, keys: Mapping[str, Key]) -> tuple[Flags, Flags]:
    """Which cells are treated, and which are compared: arms, or the time from the start and before it.

    Raises: InputError for an arm that is not known.
    """
    design = protocol.design
    if not design.arm:
        treated = places_in_time(keys[design.period]) >= _start(design.starts[0], keys[design.period])
        return treated, ~treated
    key = keys[design.arm]
    present = {key.labels[code] for code in numbered(key.codes)[0]}
    if design.estimator == "observed-minus-expected" and design.comparison not in present:
        return np.ones(len(key.codes), dtype=np.bool_), np.zeros(len(key.codes), dtype=np.bool_)
    arms = arms_of(design, present)
    return key.where(arms.treated), key.where(arms.comparison)


def places_in_time(key: Key) -> Integers:
    """Each cell's place among the periods in time: (C,)."""
    order, _ = in_time(key.labels)
    return np.asarray(np.argsort(order)[key.codes])


def _start(start: str, key: Key) -> int:
    order, _ = in_time(key.labels)
    return int(start_places((start,), tuple(key.labels[i] for i in order))[0])


def counted(protocol: Protocol, rows: Rows, within: Within, layout: Layout) -> Counted:
    """Add up the events and exposure of either side, in all rows or a subset."""
    moments = rows.moments(layout, within)
    treated, comparison = sides_of(protocol, moments.keys)
    count, over = events(moments), exposure(moments)
    sides = [Side(int(count[cells].sum()), float(over[cells].sum())) for cells in (treated, comparison)]
    return Counted(sides[0], sides[1], int(moments.n[treated].sum()), int(moments.n[comparison].sum()))


def events(moments: Moments) -> Integers:
    """Whole events of each cell."""
    total = moments.products[:, 0, 1] + moments.centre[0] * moments.products[:, 0, 0]
    return np.asarray(np.rint(total).astype(np.int64))


def exposure(moments: Moments) -> Floats:
    """What the events of each cell are counted over."""
    return np.asarray(moments.products[:, 0, 2] + moments.centre[1] * moments.products[:, 0, 0])


def parts(protocol: Protocol, rows: Rows, layout: Layout) -> Parts:
    """The events of each period and unit that the protocol names, on the sides that are compared."""
    moments = rows.moments(layout)
    treated, comparison = sides_of(protocol, moments.keys)
    used = treated | comparison
    keys = {name: Key(key.labels, key.codes[used]) for name, key in moments.keys.items()}
    return Parts(keys, events(moments)[used], exposure(moments)[used], treated[used])
