"""What stands beside an effect never refuses data that the estimate itself took: it says what cannot be told."""

from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

import numpy as np
import pytest
from numpy.typing import NDArray

from clew.errors import InputError
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import DESIGNS
from clew.evaluate.designs.series_beside import made_up_interruption
from clew.evaluate.designs.series_data import observed
from clew.evaluate.interrupted import TimeSeries
from clew.evaluate.looks import look_at
from clew.pilot.protocol import Protocol
from designs import Columns, a_pilot, its_data

WAYS: list[tuple[str, dict[str, object]]] = [
    *((kind, {}) for kind in DESIGNS),
    ("interrupted-time-series", {"estimator": "structural"}),
    ("interrupted-time-series", {"impact_model": "level"}),
    ("randomised", {"cluster": "batch"}),
    ("difference-in-differences", {"cluster": "batch"}),
    ("staggered-difference-in-differences", {"cluster": "batch"}),
]
"""Every kind, and its other ways to use the data."""

NOT_ADJUSTED = {
    "synthetic-control",
    "synthetic-difference-in-differences",
    "rare-events",
}
"""Kinds that refuse baseline columns."""


def straight(columns: Columns) -> NDArray[np.float64]:
    """A trend over whatever tells the rows' time, else over the rows as they came."""
    for name in ("month", "score"):
        if name in columns:
            return np.unique(columns[name].astype(np.float64), return_inverse=True)[1].astype(np.float64)
    return np.arange(len(columns["y"]), dtype=np.float64)


def noise(columns: Columns) -> NDArray[np.float64]:
    return np.random.default_rng(4).standard_normal(len(columns["y"]))


def bent(columns: Columns) -> NDArray[np.float64]:
    return straight(columns) ** 2


def later(columns: Columns) -> NDArray[np.float64]:
    """1 in the last fifth of the time: it is nothing but 0 before any start."""
    place = straight(columns)
    return np.asarray(place >= 0.8 * place.max(), dtype=np.float64)


def in_turn(columns: Columns) -> NDArray[np.float64]:
    return straight(columns) % 2


def once(columns: Columns) -> NDArray[np.float64]:
    """1 in one row alone."""
    return np.asarray(np.arange(len(columns["y"])) == 3, dtype=np.float64)


COLUMNS = (straight, noise, bent, later, in_turn, once)


def with_column(protocol: Protocol, columns: Columns, made: Callable[[Columns], NDArray[np.float64]]) -> Columns:
    batch = {"batch": np.arange(len(columns["y"])) % 8}
    if "place" in columns:
        batch = {"batch": np.unique(columns["place"], return_inverse=True)[1] % 12}
    return {**columns, **batch, "before": made(columns)}


def accepted(protocol: Protocol, columns: Columns) -> bool:
    """Whether the estimate takes the data; where it does, what stands beside must too."""
    method, rows = DESIGNS[protocol.design.kind], ArrayRows(columns)
    try:
        raw = method.estimate(protocol, rows, ())
    except InputError:
        return False
    method.beside(protocol, rows, raw, look_at(protocol, 1, units=raw.n, clusters=raw.clusters, df=raw.df))
    return True


@pytest.mark.parametrize("made", COLUMNS)
@pytest.mark.parametrize(("kind", "changes"), WAYS)
def test_what_stands_beside_never_refuses_what_was_estimated(
    kind: str, changes: dict[str, object], made: Callable[[Columns], NDArray[np.float64]]
) -> None:
    protocol = a_pilot(kind, **changes)
    protocol = replace(protocol, outcome=replace(protocol.outcome, adjust_for=("before",)))
    columns = with_column(protocol, its_data(kind), made)
    taken = accepted(protocol, columns)
    assert taken or kind in NOT_ADJUSTED or made is not noise
    assert not (taken and kind in NOT_ADJUSTED)


@pytest.mark.parametrize("rows", [12, 16, 20, 30])
@pytest.mark.parametrize(("kind", "changes"), WAYS)
def test_nor_does_it_refuse_what_is_small(kind: str, changes: dict[str, object], rows: int) -> None:
    """The first units (or periods) of each pilot, as few as the estimate still takes."""
    protocol, columns = a_pilot(kind, **changes), its_data(kind)
    columns = with_column(protocol, columns, noise)
    name = next((one for one in ("place", "district") if one in columns), None)
    if kind == "interrupted-time-series":
        kept = np.abs(columns["month"].astype(np.float64) - 31) <= rows / 3
    elif name is None:
        kept = np.arange(len(columns["y"])) < rows
    else:
        kept = np.unique(columns[name], return_inverse=True)[1] < rows / 2
    accepted(protocol, {column: values[kept] for column, values in columns.items()})


def test_a_trend_that_is_adjusted_for_leaves_a_sentence_in_place_of_the_straight_line() -> None:
    kind = "interrupted-time-series"
    protocol = a_pilot(kind, estimator="structural")
    protocol = replace(protocol, outcome=replace(protocol.outcome, adjust_for=("before",)))
    rows = ArrayRows(with_column(protocol, its_data(kind), straight))
    raw = DESIGNS[kind].estimate(protocol, rows, ())
    beside = DESIGNS[kind].beside(protocol, rows, raw, look_at(protocol, 1, units=raw.n, clusters=None, df=raw.df))
    said = next(screen for screen in beside.screens if screen.name == "straight trend")
    assert "is itself a trend" in said.why
    assert not said.flag
    assert "segmented regression" not in [one.name for one in beside.further]


def test_a_made_up_interruption_that_cannot_be_fitted_is_told() -> None:
    def refuses(series: TimeSeries) -> NoReturn:
        raise InputError("the likelihood has no best point.")

    found = observed(a_pilot("interrupted-time-series"), ArrayRows(its_data("interrupted-time-series")))
    screen = made_up_interruption(found, refuses)
    assert screen is not None
    assert "No interruption can be made up at 21: the likelihood has no best point." in screen.why
    assert not screen.flag
