"""Events too rare for averages (deaths, fires, serious harm): counted one by one and compared exactly."""

from dataclasses import replace
from math import inf, sqrt

import numpy as np

from clew.errors import InputError, Problem
from clew.evaluate.arms import arms_of
from clew.evaluate.designs.method import About, Basis, Beside, Method, Sides
from clew.evaluate.designs.rare_beside import beside_of
from clew.evaluate.designs.rare_data import Counted, column_of, counted, sides_of
from clew.evaluate.estimate import RawEstimate
from clew.evaluate.exact_poisson import Comparison, Excess, rule_of_three
from clew.evaluate.finding import LookAt
from clew.evaluate.rows import Layout, Rows, Tally, Within, distinct, plain_layout
from clew.evaluate.simulate import Drawn, treated_label
from clew.evaluate.simulate import draw as draw_arms
from clew.evaluate.world import Scenario, World
from clew.pilot.protocol import Protocol
from clew.pilot.rare import rate_for_effect


def layout(protocol: Protocol) -> Layout:
    """Return which column plays which part. Raises InputError for combinations that are not offered."""
    if problems := tuple(_misfits(protocol)):
        raise InputError(problems=problems)
    design, over = protocol.design, column_of(protocol)
    return replace(
        plain_layout(protocol),
        arm=design.arm or None,
        keys=distinct(design.period or None, design.unit),
        variables=(over,),
        from_zero=(over,),
        few_rows=True,
    )


def _misfits(protocol: Protocol) -> list[Problem]:
    design, outcome = protocol.design, protocol.outcome
    rules = (
        (outcome.measure != "count", f"rare events are counted, not a {outcome.measure}.", "[outcome] measure",
         'Write measure = "count", with whole numbers of events in each row.'),
        (bool(outcome.adjust_for), "exact counts cannot be adjusted for baseline columns.", "[outcome] adjust_for",
         "Bring the number expected for each row, by age, sex or place, as `expected`."),
        (design.weights is not None, "exact counts cannot be weighted.", "[design] weights",
         "Leave it out; `exposure` says how much each row counts for."),
        (design.estimator == "observed-minus-expected" and design.expected is None,
         "`observed-minus-expected` needs the numbers expected.", "[design] expected",
         "Name the column that holds them, or use `exact-poisson` with `exposure`."),
        (bool(design.starts) and not design.period, "`from` is a period, and no column of periods is named.",
         "[design] period", "Name `period`."),
        (len(design.starts) > 1, "only one start can be held against the time before.", "[design] from",
         "Name one period."),
    )  # fmt: skip
    return [Problem(what, where, do) for wrong, what, where, do in rules if wrong]


def check(protocol: Protocol, tally: Tally) -> None:
    """Refuse unknown arms, and a side without a row."""
    design = protocol.design
    treated, comparison = sides_of(protocol, tally.keys)
    if design.arm and comparison.any():
        arms_of(design, {tally.keys[design.arm].labels[code] for code in set(tally.keys[design.arm].codes.tolist())})
    if not treated.any():
        raise InputError(
            "no row is treated: " + (f"no period is {design.starts[0]} or later." if design.starts else "see the arm."),
            where=f"column {design.arm or design.period}",
            do="Bring the rows of the pilot itself.",
        )
    if not comparison.any() and design.estimator == "exact-poisson":
        raise InputError(
            "there is nothing to compare with: " + (f"no period is before {design.starts[0]}." if design.starts else
            f"no row is {design.comparison}."),
            where=f"column {design.arm or design.period}",
            do="Bring those rows, or the numbers expected, with `observed-minus-expected`.",
        )  # fmt: skip


def sides(protocol: Protocol, tally: Tally) -> Sides:
    """Return the arms, or the time after and before; a row is a unit."""
    treated, comparison = sides_of(protocol, tally.keys)
    names = (treated_label(protocol), protocol.design.comparison) if protocol.design.arm else ("after", "before")
    missing = zip(names, (treated, comparison), strict=True)
    return Sides(tally, treated, comparison, tuple((name, int(tally.missing[cells].sum())) for name, cells in missing))


def estimate(protocol: Protocol, rows: Rows, within: Within = ()) -> RawEstimate:
    """Return the difference of two rates, or observed minus expected events on the treated side.

    Its means are the two rates (or the two numbers). The standard error is Poisson's, a count of 0 taken as 1; interval
    and p-value are exact and do not use it.

    Raises: InputError where nothing can be compared: no exposure on a side, or no event at all.
    """
    found = counted(protocol, rows, within, layout(protocol))
    if protocol.design.estimator == "observed-minus-expected":
        return _excess(protocol, found)
    _exposed(protocol, found)
    pair = found.pair
    if not pair.total:
        raise _no_event(protocol, pair)
    error = sqrt(sum(max(side.events, 1) / side.exposure**2 for side in (pair.treated, pair.comparison)))
    raw = _raw(found, pair.difference, error, (pair.treated.rate, pair.comparison.rate))
    return replace(raw, p_value=pair.p_value, interval_at=pair.difference_interval, over=pair.treated.exposure)


def _excess(protocol: Protocol, found: Counted) -> RawEstimate:
    observed, expected = found.treated.events, found.treated.exposure
    if expected <= 0:
        raise _none_over(protocol, "treated")
    excess = Excess(observed, expected)
    raw = _raw(found, excess.difference, sqrt(max(observed, 1)), (float(observed), expected))
    return replace(raw, p_value=excess.p_value, interval_at=excess.difference_interval, over=1.0)


def _raw(found: Counted, value: float, error: float, means: tuple[float, float]) -> RawEstimate:
    rows = found.rows_treated, found.rows_comparison
    return RawEstimate(value, error, inf, sum(rows), *rows, *means)


def _exposed(protocol: Protocol, found: Counted) -> None:
    for side, name in ((found.treated, "treated"), (found.comparison, "comparison")):
        if side.exposure <= 0:
            raise _none_over(protocol, name)


def _none_over(protocol: Protocol, side: str) -> InputError:
    column = column_of(protocol)
    return InputError(
        f"the {side} side has no {column} at all, so its events have no rate.",
        where=f"column {column}",
        do="Bring how long, or how many, each row was watched for.",
    )


def _no_event(protocol: Protocol, pair: Comparison) -> InputError:
    sides = [f"{side.exposure:g}" for side in (pair.treated, pair.comparison)]
    most = rule_of_three(pair.treated.exposure, 0.95)
    return InputError(
        f"no event happened on either side, in {sides[0]} and {sides[1]} of {column_of(protocol)}: that shows no"
        f" difference. On the treated side a rate of up to {most:.3g} stays possible (three events in all, at 95 %).",
        where=f"column {protocol.outcome.column}",
        do="Watch for longer, or register an outcome that comes before the event and is less rare.",
    )


def beside(protocol: Protocol, rows: Rows, raw: RawEstimate, look: LookAt) -> Beside:
    """Return the rates, their ratio, what so few events can show, and pictures by period and by unit."""
    return beside_of(protocol, rows, layout(protocol), look)


def basis(protocol: Protocol) -> Basis:
    """Return "comparison" between arms, and "before and after" in time or against expected numbers alone."""
    return "comparison" if protocol.design.arm else "before and after"


def draw(protocol: Protocol, world: World, scenario: Scenario, rng: np.random.Generator) -> Drawn:
    """Return made-up counts, Poisson, each row over one unit of exposure (or with the baseline rate expected).

    Where a time before is compared, each look brings as many rows of it as of the time after.
    """
    design, over = protocol.design, column_of(protocol)
    label, before = treated_label(protocol), design.comparison or "before"
    named = replace(design, arm=design.arm or "side", comparison=before, treated=label, unit=None)
    effect = scenario.effect * rate_for_effect(protocol, world.baseline, world.units)
    drawn = draw_arms(replace(protocol, design=named), world, replace(scenario, effect=effect), rng)
    columns = dict(drawn.columns)
    many = len(columns[named.arm])
    treated = columns[named.arm] == label
    if not design.arm:
        del columns[named.arm]
    if design.period:
        columns[design.period] = _periods(protocol, treated)
    if design.unit:
        columns[design.unit] = np.arange(many) % max(1, min(20, many // 4))
    columns[over] = np.full(many, world.baseline if design.expected else 1.0)
    return Drawn(columns, drawn.rows_at)


def _periods(protocol: Protocol, treated: np.ndarray) -> np.ndarray:
    """The start where treated, else a period before it; all one period where arms are compared."""
    if not protocol.design.starts:
        return np.ones(len(treated), dtype=np.int64)
    start = protocol.design.starts[0]
    try:
        return np.where(treated, float(start), float(start) - 1)
    except ValueError:
        return np.where(treated, start, " before")  # a space comes before every letter and digit


METHOD = Method(
    kind="rare-events",
    layout=layout,
    check=check,
    estimate=estimate,
    beside=beside,
    sides=sides,
    draw=draw,
    basis=basis,
    about=About(
        title="Rare events",
        question="Did it prevent something so rare that there are only a few cases?",
        needs=(
            "one row an area, a period or both, with the number of events",
            "what they are counted over (person-years, homes, visits), or the number expected",
            "the arm, or the period from which the pilot ran",
        ),
        assumes=(
            ("Events come one by one, none bringing another.", "The scatter of counts is held against chance's."),
            (
                "Nothing else changed the rate.",
                "Data cannot tell in a comparison with the time before: bring a comparison area, or expected numbers.",
            ),
            (
                "Expected numbers are right.",
                "Where there are rows without the pilot, they are held against what was expected there.",
            ),
            ("All events are counted alike on both sides.", "Data cannot tell: keep one definition and one register."),
        ),
        estimator="The difference of two rates; or, by name, events observed minus events expected.",
        uncertainty="Exact: the split of events between the sides is binomial, whatever the rate. No large numbers are"
        " needed. It is said what cut could have been shown at all, and how often no event comes by luck.",
        sources=(
            "Przyborowski & Wilenski (1940), Biometrika 31",
            "Garwood (1936), Biometrika 28",
            "Fay (2010), R Journal 2(1)",
        ),
        instead="Where the smallest cut that could be shown is larger than anything hoped for, measure what comes"
        " before the event: alarms that work, near misses, visits made.",
    ),
)
