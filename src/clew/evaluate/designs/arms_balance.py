"""What is said of baseline columns where arms are dealt: whether chance alone would deal them so, and each in turn."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Final

from clew.evaluate.arms import Arms
from clew.evaluate.balance import balance
from clew.evaluate.baseline import Compared
from clew.evaluate.designs.method import Beside
from clew.evaluate.estimate import RawEstimate, arms_layout
from clew.evaluate.finding import Alternative, Further, LookAt, Screen
from clew.evaluate.rows import Rows, Tally, numbered
from clew.evaluate.screens import chance_imbalance
from clew.pilot.protocol import Protocol

MOST_LINES: Final = 24
"""Baseline columns that are listed; of more, those that differ most."""

HIDDEN: Final = "hidden: fewer than ten units of an arm share a value"


def baseline_balance(
    protocol: Protocol,
    rows: Rows,
    dealt: tuple[Tally, Arms],
    estimate: Callable[[Protocol], RawEstimate],
    look: LookAt,
) -> Beside:
    """Return the screen of baseline balance and a line for each baseline column; nothing where none is named.

    `estimate`: the registered estimator; what it gives without the columns is told where the screen asks.
    """
    design, (tally, arms) = protocol.design, dealt
    if not protocol.outcome.adjust_for:
        return Beside()
    layout = arms_layout(protocol)
    whole = design.cluster is not None and (design.deals_clusters or lie_within(tally, design.cluster, arms.column))
    cluster, block = design.cluster if whole else None, layout.level or layout.block
    if cluster and block and not lie_within(tally, cluster, block):
        block = None
    needed = replace(
        layout, cluster=cluster, block=block, level=None, unit=None, groups=(), keys=(), variables=(), shares=()
    )
    found = balance(rows.moments(needed), arms, block, cluster, seed=design.seed or 0)
    screen = chance_imbalance(found)
    return Beside((_without(screen, protocol, estimate, look),), tuple(_lines(found.columns)))


def lie_within(tally: Tally, cluster: str, column: str) -> bool:
    """Whether every cluster holds one value of a column alone."""
    codes, many = tally.keys[cluster].codes, len(tally.keys[column].labels)
    return len(numbered(codes * many + tally.keys[column].codes)[0]) == len(numbered(codes)[0])


def _without(screen: Screen, protocol: Protocol, estimate: Callable[[Protocol], RawEstimate], look: LookAt) -> Screen:
    """Return the screen with the effect as it is without baseline columns, where it asks its question."""
    if not screen.flag:
        return screen
    raw = estimate(replace(protocol, outcome=replace(protocol.outcome, adjust_for=())))
    says = "without adjusting for baseline columns"
    return replace(screen, instead=Alternative(says, raw.estimate, raw.interval(look)))


def _lines(columns: tuple[Compared, ...]) -> Iterator[Further]:
    told = [one for one in columns if one.told]
    most = sorted(told, key=lambda one: -abs(one.standardised or 0.0))[:MOST_LINES]
    for column, values in groupby(columns, lambda one: one.column):
        shown = [one for one in values if one in most]
        yield from map(_line, shown)
        if any(one.column == column and not one.told for one in columns):
            yield Further(f"{column} at baseline", None, kind="group", why=HIDDEN)


def _line(one: Compared) -> Further:
    means = f"{_short(one.treated)} among the treated, {_short(one.comparison)} among the comparison"
    why = f"difference in standard deviations: {means}" if one.standardised is not None else f"does not vary: {means}"
    return Further(f"{one.name} at baseline", one.standardised, kind="group", why=why)


def _short(value: float) -> str:
    """Return three digits that count, without powers of ten.

    >>> _short(2095.57), _short(0.05946)
    ('2,100', '0.0595')
    """
    return f"{float(f'{value:.3g}'):,g}"
