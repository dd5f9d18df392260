"""What is said beside a comparison of rare events: rates, their ratio, what so few can show, and how they scatter."""

from collections.abc import Iterator, Sequence
from math import exp, isfinite, sqrt
from typing import Final

import numpy as np

from clew.evaluate import funnel
from clew.evaluate.designs.method import Beside
from clew.evaluate.designs.rare_data import Counted, Parts, column_of, counted, parts, places_in_time
from clew.evaluate.exact_poisson import Excess, dispersion, exact_interval, exact_p, smallest_cut
from clew.evaluate.finding import Alternative, Further, LookAt, Mark, Picture, Point, Screen, Series
from clew.evaluate.funnel import Funnel
from clew.evaluate.looks import critical_value
from clew.evaluate.panel import in_time
from clew.evaluate.rows import Layout, Rows
from clew.pilot.protocol import Protocol

SCATTER_P: Final = 0.01
"""Scatter is questioned below this p-value: one false alarm in a hundred sound pilots."""

LIMIT: Final = 0.025
"""Chance beyond either limit of a count by period."""


def beside_of(protocol: Protocol, rows: Rows, layout: Layout, look: LookAt) -> Beside:
    """Return screens, figures and pictures of either estimator."""
    found, split = counted(protocol, rows, (), layout), parts(protocol, rows, layout)
    screens = [_scattered(found, split, look)]
    if protocol.design.estimator == "observed-minus-expected":
        screens += _expected_right(found, look)
        figures = _standardised(found, look)
    else:
        figures = _rates(found, look)
    return Beside(
        tuple(screens), (*figures, *_what_can_be_shown(protocol, found, look)), tuple(_pictures(protocol, found, split))
    )


def _scattered(found: Counted, split: Parts, look: LookAt) -> Screen:
    """Ask whether events come in bunches, which makes exact intervals too narrow."""
    name = "scatter of events"
    side = split.treated.astype(np.int64)
    told = dispersion(split.events, split.exposure, side)
    if told is None:
        why = "One count a side: whether events come one by one cannot be told; name `period` or `unit`."
        return Screen(name, flag=False, statistic=None, why=why)
    said = f"Counts scatter {told.ratio:.2g} times as much as chance makes them (p = {told.p_value:.2g})"
    if told.p_value >= SCATTER_P:
        return Screen(name, flag=False, statistic=told.ratio, why=f"{said}.", p_value=told.p_value)
    instead = _bunched(found, told.ratio, told.df, look)
    why = f"{said}: does one event bring another, or do places differ?"
    return Screen(name, flag=True, statistic=told.ratio, why=why, p_value=told.p_value, instead=instead)


def _bunched(found: Counted, ratio: float, df: int, look: LookAt) -> Alternative | None:
    """The difference of rates with Poisson's variance times the scatter (Wedderburn 1974, Biometrika 61)."""
    sides = (found.treated, found.comparison)
    if not all(side.exposure for side in sides):
        return None
    margin = critical_value(look.nominal_p, df) * sqrt(ratio * sum(side.events / side.exposure**2 for side in sides))
    value = found.pair.difference
    return Alternative("if events come in bunches", value, (value - margin, value + margin))


def _expected_right(found: Counted, look: LookAt) -> Iterator[Screen]:
    """Ask, where rows without the pilot are there, whether they saw what was expected of them."""
    seen = found.comparison
    if not seen.exposure:
        return
    p = exact_p(seen.events, seen.exposure)
    flag = p < SCATTER_P
    said = f"Without the pilot {seen.events} events came where {seen.exposure:.3g} were expected (p = {p:.2g})"
    question = ": are the expected numbers right?" if flag else ", no more than chance makes of it."
    instead = None
    if flag:
        low, high = (found.treated.exposure * end for end in found.pair.difference_interval(1 - look.nominal_p))
        says = "if expected numbers are scaled to what came without the pilot"
        instead = Alternative(says, found.treated.exposure * found.pair.difference, (low, high))
    ratio = seen.events / seen.exposure
    yield Screen("expected numbers", flag=flag, statistic=ratio, why=said + question, p_value=p, instead=instead)


def _rates(found: Counted, look: LookAt) -> Iterator[Further]:
    level, pair = 1 - look.nominal_p, found.pair
    for name, side in (("rate, treated", pair.treated), ("rate, comparison", pair.comparison)):
        low, high = (end / side.exposure for end in exact_interval(side.events, level))
        yield _further(name, side.rate, (low, high), look, why=f"{side.events} events in {side.exposure:.6g}")
    ratio = pair.ratio
    shown = ratio if ratio is not None and isfinite(ratio) else None
    why = "exact, given all events together" if shown is not None else "the comparison had no event"
    yield _further("ratio of rates", shown, pair.ratio_interval(level), look, p_value=pair.p_value, why=why)
    why = "what happened enters by half: near its level on average, where the exact test is cautious"
    yield _further("mid-p test", None, None, look, p_value=pair.mid_p, why=why)


def _standardised(found: Counted, look: LookAt) -> Iterator[Further]:
    excess, level = Excess(found.treated.events, found.treated.exposure), 1 - look.nominal_p
    why = f"{excess.observed} events where {excess.expected:.4g} were expected"
    yield _further(
        "standardised ratio", excess.ratio, excess.ratio_interval(level), look, p_value=excess.p_value, why=why
    )
    why = "what happened enters by half: near its level on average, where the exact test is cautious"
    yield _further("mid-p test", None, None, look, p_value=excess.mid_p, why=why)


def _further(
    name: str,
    value: float | None,
    interval: tuple[float, float] | None,
    look: LookAt,
    *,
    p_value: float | None = None,
    why: str = "",
) -> Further:
    level = round(1 - look.nominal_p, 12) if interval else None
    return Further(name, value, None, interval, level, p_value=p_value, why=why)


def _what_can_be_shown(protocol: Protocol, found: Counted, look: LookAt) -> Iterator[Further]:
    """The smallest cut that so many events would show, and how often no event comes although nothing changed."""
    treated, comparison = found.treated, found.comparison
    known = protocol.design.estimator == "observed-minus-expected"
    if not known and comparison.events and comparison.exposure:
        share = found.pair.share
        cut = smallest_cut(comparison.events, share, alpha=look.nominal_p, power=protocol.size.power)
        power = f"with {protocol.size.power:.0%} power, if the comparison's rate is as it was seen"
        why = f"share of events avoided that would be shown, {power}" if cut else f"not even no event at all, {power}"
        yield Further("smallest cut that could be shown", cut, why=why)
    expected = treated.exposure if known else treated.exposure * comparison.rate if comparison.exposure else 0.0
    if expected:
        why = f"chance of no event on the treated side if nothing changed: {expected:.3g} would be expected"
        yield Further("no event by luck", exp(-expected), why=why)


def _pictures(protocol: Protocol, found: Counted, split: Parts) -> Iterator[Picture]:
    design = protocol.design
    rate = 1.0 if design.estimator == "observed-minus-expected" else found.comparison.rate
    if design.period and len(split.keys[design.period].labels) > 1:
        yield _by_period(protocol, split, rate)
    if design.unit:
        yield _by_unit(protocol, split)


def _by_period(protocol: Protocol, split: Parts, rate: float) -> Picture:
    """Counts against what the comparison's rate (or the expected numbers) would give, with limits of chance."""
    design, key = protocol.design, split.keys[protocol.design.period]
    shown = split.treated if design.arm else np.ones(len(split.treated), dtype=np.bool_)
    place, times = places_in_time(key), in_time(key.labels)[1]
    events = np.bincount(place[shown], split.events[shown], len(times))
    over = np.bincount(place[shown], split.exposure[shown], len(times))
    known = np.flatnonzero(over > 0).tolist()
    at = Funnel("count", rate, 1.0, 1.0, 0.0)
    limits = np.array([[over[t] * end for end in at.limits(over[t], LIMIT)] for t in known])
    outside = int(np.count_nonzero((events[known] < limits[:, 0]) | (events[known] > limits[:, 1])))
    sentence = (
        f"{int(events.sum())} events in {len(known)} periods, {rate * over.sum():.3g} expected if nothing changed;"
        f" {outside} periods lie outside the limits of chance."
    )
    curves = (("events", "points", events[known]), ("expected", "line", rate * over[known]))
    ends = (("lower limit", "step", limits[:, 0]), ("upper limit", "step", limits[:, 1]))
    lines = tuple(_curve(name, style, times[known].tolist(), y.tolist()) for name, style, y in (*curves, *ends))
    started = [] if design.arm else [t for t in known if split.treated[place == t].any()]
    marks = tuple(Mark(float(times[t]), "start") for t in started[:1])
    title = f"Events by {design.period}"
    return Picture("events by period", title, sentence, design.period, protocol.outcome.column, lines, marks)


def _curve(name: str, style: str, x: Sequence[float], y: Sequence[float]) -> Series:
    points = tuple(Point(one, float(other)) for one, other in zip(x, y, strict=True))
    return Series(name, style, points)  # type: ignore[arg-type]  # one of the styles, named above


def _by_unit(protocol: Protocol, split: Parts) -> Picture:
    key = split.keys[protocol.design.unit or ""]
    events, over = (np.bincount(key.codes, values, len(key.labels)) for values in (split.events, split.exposure))
    units = [
        funnel.Unit(label, float(size), float(count / size))
        for label, size, count in zip(key.labels, over, events, strict=True)
        if size > 0
    ]
    named = {"title": f"Rates by {protocol.design.unit}", "size": column_of(protocol), "value": "events per unit of it"}
    return funnel.picture(funnel.funnel(units, "count"), units, **named)
