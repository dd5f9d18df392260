"""Units by periods: what every design that follows places or people over time is estimated from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.errors import InputError
from clew.evaluate.rows import Floats, Integers, Key, Moments
from clew.tables.wording import listed, quoted

Flags = NDArray[np.bool_]
NEVER = ("", "never", "inf", "Infinity", "nan")
"""Starts of treatment that say: never treated. 0 says so too where every period is above 0."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Outcomes of U units in T periods, in label order and in the order of time.

    `times`: (T,) the periods' numbers where all are numbers, else 0, 1, … `outcome`: (U, T) weighted means, NaN where
    there is no row. `weight`: (U, T) sums of weights (rows, without weights), 0 where there is none. `n`: (U, T) rows.
    `start`: (U,) place of the first treated period, T where never. `cluster`: (U,) codes from 0, the unit itself where
    no cluster is named.
    """

    units: tuple[str, ...]
    periods: tuple[str, ...]
    times: Floats
    outcome: Floats
    weight: Floats
    n: Integers
    start: Integers
    cluster: Integers

    @property
    def balanced(self) -> bool:
        """Whether every unit has an outcome in every period."""
        return bool((self.n > 0).all())

    @property
    def treated(self) -> Flags:
        """Which unit-periods are treated: (U, T)."""
        return np.asarray(np.arange(len(self.periods)) >= self.start[:, None])


def in_time(labels: tuple[str, ...]) -> tuple[Integers, Floats]:
    """Return the order of period labels in time, and their times in that order.

    By value where all are numbers, else by letter, which suits ISO dates and "2024-Q1"; times are then 0, 1, …
    """
    numbers = [_number(label) for label in labels]
    known = [number for number in numbers if number is not None]
    if len(known) == len(labels):
        order = np.argsort(known, kind="stable")
        return np.asarray(order), np.array(known, dtype=np.float64)[order]
    return np.array(sorted(range(len(labels)), key=labels.__getitem__), dtype=np.int64), np.arange(
        len(labels), dtype=np.float64
    )


def panel_of(
    moments: Moments, *, unit: str, period: str, treated_from: str | None = None, cluster: str | None = None
) -> Panel:
    """Return the panel that the moments by `unit` and `period` hold.

    `treated_from`: key column with the period from which a unit is treated; None: nobody is (`start` is T throughout).
    A start that no period has begins at the first period after it; one after the last is never. `cluster`: key column.

    Raises: InputError where a unit has two starts or two clusters: treatment then switches on and off, or ids are used
    twice.
    """
    units, period_key = moments.keys[unit], moments.keys[period]
    order, times = in_time(period_key.labels)
    place = np.argsort(order)[period_key.codes]
    shape = (len(units.labels), len(order))
    weight, total, n = (np.zeros(shape) for _ in range(3))
    np.add.at(weight, (units.codes, place), moments.products[:, 0, 0])
    np.add.at(total, (units.codes, place), moments.products[:, 0, 1])
    np.add.at(n, (units.codes, place), moments.n)
    with np.errstate(invalid="ignore", divide="ignore"):
        outcome = np.where(n > 0, total / weight + moments.centre[0], np.nan)
    there = np.flatnonzero(n.any(axis=1))
    start = np.full(shape[0], shape[1], dtype=np.int64)
    if treated_from is not None:
        key = moments.keys[treated_from]
        start = _starts(key, times, tuple(period_key.labels[i] for i in order))[_one_each(moments, unit, treated_from)]
    return Panel(
        units=tuple(units.labels[i] for i in there),
        periods=tuple(_plain(period_key.labels[i]) for i in order),
        times=times,
        outcome=outcome[there],
        weight=weight[there],
        n=n[there].astype(np.int64),
        start=start[there],
        cluster=(_one_each(moments, unit, cluster) if cluster else np.arange(shape[0]))[there],
    )


def start_places(labels: tuple[str, ...], periods: tuple[str, ...]) -> Integers:
    """Return for each label of a start the place of the first treated one of the `periods` (in time), T where never."""
    return _starts(Key(labels, np.zeros(0, dtype=np.int64)), in_time(periods)[1], periods)


def _starts(key: Key, times: Floats, periods: tuple[str, ...]) -> Integers:
    numeric = all(_number(label) is not None for label in periods)
    return np.array([_start(label, times, periods, numeric=numeric) for label in key.labels], dtype=np.int64)


def _start(label: str, times: Floats, periods: tuple[str, ...], *, numeric: bool) -> int:
    if label in NEVER:
        return len(periods)
    number = _number(label)
    if not numeric:
        return int(np.searchsorted(np.array(periods), label))
    if number is None:
        raise InputError(
            f"the start of treatment {quoted(label)} is no period: periods are numbers, {listed(periods)}.",
            do="Write starts as periods are written, and leave never-treated units empty.",
        )
    if number == 0 and times[0] > 0:
        return len(periods)
    return int(np.searchsorted(times, number))


def _one_each(moments: Moments, unit: str, column: str) -> Integers:
    """Return each unit's one code of `column`: (units,)."""
    of, codes = moments.keys[unit].codes, moments.keys[column].codes
    first = np.full(len(moments.keys[unit].labels), -1, dtype=np.int64)
    first[of[::-1]] = codes[::-1]
    torn = np.unique(of[codes != first[of]])
    if len(torn):
        labels, unit_labels = moments.keys[column].labels, moments.keys[unit].labels
        named = tuple(unit_labels[i] for i in torn)
        example = sorted({labels[code] for code in codes[of == torn[0]]})
        raise InputError(
            f"{len(torn)} units have more than one value of {quoted(column)}: {listed(named)} ({listed(example)}).",
            where=f"columns {unit} and {column}",
            do="Give each unit one value in all its rows; treatment that switches off again is no such design.",
        )
    return np.asarray(np.maximum(first, 0))


def _plain(label: str) -> str:
    """A period as it is read: 1989 where the data say 1989.0."""
    number = _number(label)
    return str(int(number)) if number is not None and number.is_integer() else label


def _number(label: str) -> float | None:
    try:
        value = float(label)
    except ValueError:
        return None
    return value if np.isfinite(value) else None
