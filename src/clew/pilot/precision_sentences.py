"""What a design other than two arms takes, in plain sentences; and, where no size is enough, why and what else could be
done."""

from collections.abc import Iterator
from dataclasses import replace

from clew.pilot.assumptions import Assumed, assume
from clew.pilot.digits import plain
from clew.pilot.planned import extent_of, trial_of
from clew.pilot.precision_steps import MOST, ONE_SERIES
from clew.pilot.protocol import Protocol
from clew.pilot.sample_size import SampleSize

LONGER = (2, 4)
"""By how many times longer a panel with one treated unit is tried."""

ENOUGH_OTHERS = 40


def needed_by_precision(found: SampleSize, protocol: Protocol) -> Iterator[str]:
    """Yield what is wanted, what it takes, and where nothing is enough why and what could be done instead."""
    a = assume(protocol)
    wish = f"an effect of {plain(found.effect, 6)} on {found.outcome} with {found.power:.0%} power"
    wish += f" and a two-sided error of {found.alpha:.3g}"
    first = found.steps[0]
    if protocol.design.kind in (*ONE_SERIES, "rare-events"):
        yield f"To be shown is {wish}."
    else:
        one_by_one = (first.treated or 0) + (first.comparison or 0)
        yield (
            f"To show {wish}, a single look takes {one_by_one} units ({protocol.population.unit}) if they are"
            " randomised one by one to two arms and seen once."
        )
    yield from _takes(found, protocol, a)


def _takes(found: SampleSize, protocol: Protocol, a: Assumed) -> Iterator[str]:
    kind, needed = protocol.design.kind, found.needed
    if kind == "interrupted-time-series":
        yield _series(needed.periods, found, protocol, a)
    elif kind == "stepped-wedge":
        yield _wedge(found, protocol, a)
    elif needed.units is None:
        yield from _never_enough(found, protocol, a)
    elif kind == "rare-events":
        expected = f"units in all, with {plain(a.baseline)} events expected in each"
        units = "units of exposure in all" if protocol.design.expected is None else expected
        yield f"Counted exactly, with every look paid for, it needs {needed.units} {units}."
    elif kind in ONE_SERIES:
        yield (
            f"With everything counted, it takes {needed.units - 1} comparison units beside the treated one, {_over(a)}."
        )
    else:
        counted = "with everything counted (looks, t test)"
        yield f"{_as(protocol, a)}, {counted}, it needs {needed.units} in all{_times(found)}."


def _as(protocol: Protocol, a: Assumed) -> str:
    design = protocol.design
    many = f"each unit seen {_over(a)}" if a.periods else ""
    near = (a.within or 1.0) * 100
    return {
        "encouragement": _offered(protocol, a),
        "random-rollout": f"With starts dealt by chance, {many}",
        "difference-in-differences": f"As difference-in-differences, {many}",
        "staggered-difference-in-differences": f"With starts that differ, {many}",
        "regression-discontinuity": f"At a cut-off, where about {near:.0f} rows in 100 lie near enough to count",
    }[design.kind]


def _offered(protocol: Protocol, a: Assumed) -> str:
    if protocol.design.estimator == "two-stage-least-squares":
        return f"As the effect of receiving, which {a.received or 1.0:.0%} more do when offered"
    return "As the effect of the offer, whoever follows it"


def _over(a: Assumed) -> str:
    return f"over {a.periods} periods, {a.periods_before} of them before the first start"


def _times(found: SampleSize) -> str:
    """Say how that compares with units dealt one by one."""
    first, units = found.steps[0], found.needed.units or 0
    if len(found.steps) < 2 or first.treated is None or first.comparison is None:
        return ""
    times = units / (first.treated + first.comparison)
    return f", {plain(times, 2)} times as many" if times >= 1.05 else ", no more" if times >= 0.95 else ", fewer"


def _wedge(found: SampleSize, protocol: Protocol, a: Assumed) -> str:
    needed, name = found.needed, protocol.design.cluster
    if needed.units is None:
        enough = needed.clusters_of_stated_size
        if enough is None:
            return f"As a stepped wedge by {name} {_over(a)}, no number of clusters is enough."
        return (
            f"As a stepped wedge by {name}, {needed.clusters} clusters are too few, however large they are: it takes"
            f" about {enough} of the size stated."
        )
    return (
        f"As a stepped wedge by {name} {_over(a)}, with everything counted (likeness within clusters, few clusters,"
        f" looks), it needs {needed.clusters} clusters with {needed.cluster_size} units in each over all periods,"
        f" {needed.units} in all."
    )


def _series(periods: int | None, found: SampleSize, protocol: Protocol, a: Assumed) -> str:
    if periods is None:
        return (
            f"Not even {MOST[protocol.design.kind]:,} periods are enough: where an earlier trend would have led is too"
            " uncertain. Make the outcome steadier (count it over more people), compare with places where nothing"
            " changed (difference-in-differences, synthetic control), or call only a larger effect worth having."
        )
    before = extent_of(a, 1, None, periods).before
    control = "" if protocol.design.control else " A control series guards against whatever else happened at the time."
    return (
        f"As one interrupted series it takes {periods} periods, {before} before and {periods - before} after, with"
        f" everything counted (likeness from period to period, the earlier trend carried on, looks).{control}"
    )


def _never_enough(found: SampleSize, protocol: Protocol, a: Assumed) -> Iterator[str]:
    if protocol.design.kind not in ONE_SERIES:
        yield "No number of units is enough: with these periods nobody is left to compare with."
        return
    trial = trial_of(protocol, a, extent_of(a, MOST[protocol.design.kind], None))
    seen = trial.detectable()
    what = "no effect that is possible" if seen is None else f"only effects from {plain(seen)}"
    yield (
        f"No number of comparison units is enough {_over(a)}: the treated unit's own ups and downs stay. With"
        f" {MOST[protocol.design.kind] - 1} of them {what} can be shown."
    )
    yield f"{_longer(protocol, a)} Or treat more than one unit (staggered difference-in-differences)."


def _longer(protocol: Protocol, a: Assumed) -> str:
    for times in LONGER:
        long = replace(a, periods=times * (a.periods or 2), periods_before=times * (a.periods_before or 1))
        if trial_of(protocol, a, extent_of(long, ENOUGH_OTHERS, None)).enough():
            before = f"{long.periods} periods, {long.periods_before} of them before the first start"
            return f"It could be shown with {ENOUGH_OTHERS - 1} comparison units over {before}."
    return "A longer time alone would hardly do: make the outcome steadier, or call only a larger effect worth having."
