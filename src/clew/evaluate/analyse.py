"""One look at the data: the effect, the groups, the screens, the costs, further outcomes. It calls the methods in order
and adds none.
"""

from collections.abc import Iterator
from math import isinf

from clew.evaluate.account import account
from clew.evaluate.benchmark import benchmark
from clew.evaluate.by_version import by_version
from clew.evaluate.designs import method_of
from clew.evaluate.designs.method import Beside, Method, Sides
from clew.evaluate.equity import equity_groups
from clew.evaluate.estimate import RawEstimate
from clew.evaluate.finding import Estimate, Finding, LookAt, Screen
from clew.evaluate.looks import look_at, two_sided, which_look
from clew.evaluate.over_time import over_time
from clew.evaluate.rows import Rows
from clew.evaluate.secondary import secondary_outcomes
from clew.pilot.protocol import Protocol


def analyse(protocol: Protocol, rows: Rows, *, look: int | None = None) -> Finding:
    """Return what the rows say at this look (None: the last planned one). No rule is applied.

    Raises: InputError where the protocol pays for no such look, or the data cannot carry the registered estimate.
    """
    method, number = method_of(protocol), which_look(protocol, look)
    tally = rows.tally(method.layout(protocol))
    sides = method.sides(protocol, tally)
    raw = method.estimate(protocol, rows, ())
    at = look_at(protocol, number, units=sides.units, clusters=raw.clusters, df=None if isinf(raw.df) else raw.df)
    effect = effect_at(raw, at)
    beside = joined(method.beside(protocol, rows, raw, at), *_asked_for(protocol, rows, sides, at))
    return Finding(
        design=protocol.design.kind,
        estimator=protocol.design.estimator,
        standard_errors=protocol.design.standard_errors,
        effect=effect,
        look=at,
        equity=equity_groups(protocol, rows, sides, at),
        screens=beside.screens,
        account=account(protocol.cost, protocol.outcome, effect, units_treated=sides.units_treated, over=raw.over),
        randomisation=beside.randomisation,
        evidence_level=evidence_level(protocol, method, effect, beside.screens),
        missing=sides.missing,
        further=beside.further,
        pictures=beside.pictures,
        secondary=secondary_outcomes(protocol, rows, at),
    )


def _asked_for(protocol: Protocol, rows: Rows, sides: Sides, at: LookAt) -> Iterator[Beside]:
    """Yield what the protocol asks for in tables of their own: versions, how it lasts, places."""
    method = method_of(protocol)
    yield by_version(protocol, method, rows, sides, at)
    yield over_time(protocol, method, rows, sides, at)
    yield benchmark(protocol, rows, sides)


def joined(first: Beside, *others: Beside) -> Beside:
    """Return all that is said beside the effect, in order."""
    parts = (first, *others)
    return Beside(
        tuple(screen for part in parts for screen in part.screens),
        tuple(one for part in parts for one in part.further),
        tuple(picture for part in parts for picture in part.pictures),
        first.randomisation,
    )


def effect_at(raw: RawEstimate, look: LookAt) -> Estimate:
    """Return the estimate with the interval of this look: as wide as its boundary asks, at level 1 − nominal p."""
    return Estimate(
        estimate=raw.estimate,
        std_error=raw.std_error,
        df=None if isinf(raw.df) else raw.df,
        interval=raw.interval(look),
        level=round(1 - look.nominal_p, 12),
        p_value=two_sided(raw.estimate / raw.std_error, raw.df) if raw.p_value is None else raw.p_value,
        n=raw.n,
        clusters=raw.clusters,
        n_treated=raw.n_treated,
        n_comparison=raw.n_comparison,
        mean_treated=raw.mean_treated,
        mean_comparison=raw.mean_comparison,
        icc=raw.icc,
    )


def evidence_level(protocol: Protocol, method: Method, effect: Estimate, screens: tuple[Screen, ...]) -> int:
    """Return the level, 1 to 5, that this pilot's design can reach by itself; nobody chooses it.

    3: an impact pilot whose comparison is fair, so that cause is shown or refuted: chance dealt it, or a comparison
    group stands the checks of its likeness. 2: data that move in the better direction and claim no cause: a
    feasibility pilot, a comparison with nothing but the time before, one whose likeness is in question. 1: data that
    do not. Levels 4 and 5 need independent replication and manuals, which no single pilot has.

    Source: Puttick & Ludlow (2012), "Standards of Evidence for Impact Investing", Nesta.
    """
    basis = method.basis(protocol)
    questioned = basis == "comparison" and any(screen.flag for screen in screens)
    if protocol.population.kind == "impact" and basis != "before and after" and not questioned:
        return 3
    return 2 if protocol.outcome.sign * effect.estimate > 0 else 1
