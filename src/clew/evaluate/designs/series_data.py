"""One series as its rows tell it: a mean for each period, and what makes it unfit to be carried on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from clew.errors import InputError, Problem
from clew.evaluate.designs.method import Sides
from clew.evaluate.interrupted import TimeSeries
from clew.evaluate.panel import in_time, start_places
from clew.evaluate.period_steps import gaps
from clew.evaluate.rows import Floats, Integers, Layout, Rows, Tally, Within, distinct, plain_layout
from clew.evaluate.structural import FEWEST as TO_WANDER
from clew.pilot.protocol import Design, Protocol
from clew.tables.wording import listed

FEWEST = 3
"""Periods before and after an interruption without which no trend is seen.

Source: Cochrane Effective Practice and Organisation of Care (2017), "Interrupted time series (ITS) analyses".
"""

MOST = 4000
"""Longer series are for adding up: to weeks, or months."""


@dataclass(frozen=True, slots=True)
class Observed:
    """The series with its periods' names and times, and the rows behind each period: (T,) each."""

    series: TimeSeries
    periods: tuple[str, ...]
    times: Floats
    n: Integers

    @property
    def first(self) -> int:
        """Place of the first period after the first interruption."""
        return min(self.series.starts)


def layout(protocol: Protocol) -> Layout:
    """Return which column plays which part."""
    design = protocol.design
    return replace(plain_layout(protocol), keys=(design.period,), variables=distinct(design.control))


def check(protocol: Protocol, tally: Tally) -> None:
    """Refuse what cannot be carried on: gaps, periods that come twice, too few on a side, starts that overlap."""
    key = tally.keys[protocol.design.period]
    order, _ = in_time(key.labels)
    n = np.zeros(len(order))
    np.add.at(n, np.argsort(order)[key.codes], tally.n)
    periods = tuple(key.labels[i] for i in order)
    problems = (*_problems(protocol.design, periods, n), *_repeated(protocol, tally))
    if problems:
        raise InputError(problems=problems)


def observed(protocol: Protocol, rows: Rows, within: Within = ()) -> Observed:
    """Return the series of the rows, or of a group of them. Raises InputError as `check` does."""
    design, moments = protocol.design, rows.moments(layout(protocol), within)
    if moments.factors:
        what = f"text cannot be averaged over a period: {listed(moments.factors)}."
        raise InputError(what, where="[outcome] adjust_for", do="Name columns of numbers, such as shares.")
    order, times = in_time(moments.keys[design.period].labels)
    place = np.argsort(order)[moments.keys[design.period].codes]
    sums, n = np.zeros((len(order), moments.products.shape[2])), np.zeros(len(order), dtype=np.int64)
    np.add.at(sums, place, moments.products[:, 0, :])
    np.add.at(n, place, moments.n)
    periods = tuple(moments.keys[design.period].labels[i] for i in order)
    problems = tuple(_problems(design, periods, n))
    if problems:
        raise InputError(problems=problems)
    means = sums[:, 1:] / sums[:, :1] + moments.centre
    return Observed(_series(design, means, moments.covariates, periods), periods, times, n)


def _series(design: Design, means: Floats, covariates: tuple[str, ...], periods: tuple[str, ...]) -> TimeSeries:
    skip = 1 if design.control else 0
    held = means[:, 1 + skip :]
    return TimeSeries(
        outcome=means[:, 0],
        starts=_places(design, periods),
        season=design.season,
        covariates=held if held.shape[1] else None,
        names=covariates[skip:],
        control=means[:, 1] if design.control else None,
        slopes=design.impact_model != "level",
    )


def _places(design: Design, periods: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(sorted(start_places(design.starts, periods).tolist()))


def _problems(design: Design, periods: tuple[str, ...], n: Floats | Integers) -> Iterator[Problem]:
    where = f"column {design.period}"
    empty = [name for name, rows in zip(periods, n, strict=True) if not rows]
    if empty:
        do = "Bring their outcomes, or end the series before them."
        yield Problem(f"{len(empty)} periods have no outcome: {listed(empty)}.", where, do)
    missing = [" and ".join(pair) for pair in gaps(periods)]
    if missing:
        do = "Bring a row for each period (0 where nothing was counted), or add up to longer ones."
        yield Problem(f"periods are missing, between {listed(missing)}.", where, do)
    if len(periods) > MOST:
        what = f"{len(periods)} periods are more than can be looked at one by one ({MOST})."
        yield Problem(what, where, "Add up to weeks or months.")
    yield from _starts(design, periods)


def _starts(design: Design, periods: tuple[str, ...]) -> Iterator[Problem]:
    places, where = _places(design, periods), "[design] from"
    near = [place for place, later in pairwise(places) if later - place < 2]
    if near:
        what = (
            f"two interruptions come in the same or neighbouring periods, at {periods[min(near[0], len(periods) - 1)]}."
        )
        yield Problem(what, where, "Name one of them: what each did alone cannot be told apart.")
        return
    ends = (0, *places, len(periods))
    for name, (begin, end) in zip(("before the first", *design.starts), pairwise(ends), strict=True):
        if end - begin < FEWEST:
            which = f"{name} interruption" if begin == 0 else f"from the interruption at {name} on"
            do = "Bring more of the series; with so few, register a comparison with places that did not change."
            yield Problem(f"{max(end - begin, 0)} periods lie {which}: {FEWEST} are needed to see a trend.", where, do)
    if design.estimator == "structural" and places[0] < TO_WANDER:
        what = (
            f"{places[0]} periods lie before the first interruption: a wandering level takes {TO_WANDER} to be learnt."
        )
        yield Problem(what, "[design] estimator", "Bring earlier periods, or register `segmented`.")
    if design.season is not None and places[0] < design.season:
        what = f"the season of {design.season} periods is longer than the {places[0]} before the first interruption."
        do = "Bring one whole season before it, rather two, or leave `season` out and say why."
        yield Problem(what, "[design] season", do)


def _repeated(protocol: Protocol, tally: Tally) -> Iterator[Problem]:
    """Refuse periods that come twice where most come once; where most hold many rows, rows are people or places."""
    rows = tally.n + tally.missing
    twice = np.flatnonzero(rows > 1)
    if len(twice) and np.median(rows) == 1:
        key = tally.keys[protocol.design.period]
        names = sorted({key.labels[code] for code in key.codes[twice].tolist()})
        what = f"{len(names)} periods come more than once, while others come once: {listed(names)}."
        yield Problem(what, f"column {protocol.design.period}", "Keep one row a period, or bring all rows of people.")


def sides(protocol: Protocol, tally: Tally) -> Sides:
    """Return the rows from the first interruption on, and those before; a row is a unit."""
    key = tally.keys[protocol.design.period]
    order, _ = in_time(key.labels)
    first = _places(protocol.design, tuple(key.labels[i] for i in order))[0]
    after = np.asarray(np.argsort(order)[key.codes] >= first)
    missing = (("after the start", int(tally.missing[after].sum())), ("before", int(tally.missing[~after].sum())))
    return Sides(tally, after, ~after, missing)
