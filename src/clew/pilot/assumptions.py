"""What a sample size rests on: what the protocol states, and a cautious default, said aloud, where it does not."""

from dataclasses import dataclass

from clew.pilot.protocol import Protocol

ICC = 0.05
CLUSTER_SIZE_CV = 0.65
CLUSTER_SIZE = 30
SMALL_EFFECT = 0.2
COUNT_BASELINE = 10
PERIODS = 8
PERIODS_OF_ONE_UNIT = 20
PERIODS_OF_A_SERIES = 48
ROUNDS_OF_A_SEASON = 4
SERIAL = 0.5
RECEIVED = 0.5
WITHIN = 0.3
ICC_OF_PLACES = 0.95
PANELS = {
    "stepped-wedge",
    "random-rollout",
    "difference-in-differences",
    "staggered-difference-in-differences",
    "synthetic-control",
    "synthetic-difference-in-differences",
    "interrupted-time-series",
}
"""Kinds that follow units over periods."""

ONE_UNIT = {"synthetic-control", "synthetic-difference-in-differences"}
"""Kinds with one treated unit among others, whose past must be long enough to weigh them."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """One number that a sample size rests on; `stated` in the protocol, else a default with its reason `why`."""

    name: str
    value: float
    stated: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Assumed:
    """All numbers that a sample size rests on, resolved; `listed` says which of them the protocol states.

    `effect`: signed, in the outcome's units. `cv`, `cluster_size`: None where single units are randomised; `icc`, the
    share of variance that a cluster's rows have in common or that stays with a unit over time, None in neither case;
    `periods`, `periods_before` (the first start), `serial` (correlation of a unit's outcome with that of the period
    before, beyond what stays the same): None where nothing is followed over time. `received`: by how much more often
    the treatment is received where it is encouraged (or past a cut-off that does not decide alone); None elsewhere.
    `within`: share of the rows that lie within the bandwidth about a cut-off; None without one.
    """

    effect: float
    baseline: float
    sd: float | None
    r2: float
    share: float
    alpha: float
    power: float
    icc: float | None
    cv: float | None
    cluster_size: float | None
    listed: tuple[Assumption, ...]
    periods: int | None = None
    periods_before: int | None = None
    serial: float | None = None
    received: float | None = None
    within: float | None = None


def assume(protocol: Protocol) -> Assumed:
    """Return the protocol's assumptions with defaults filled in.

    Defaults: a proportion's baseline half an effect away from 0.5, where it varies most; a mean's standard deviation
    five times the effect, which makes it "small" (Cohen 1988), for a single series the effect itself; a count's
    baseline ten times the effect; intra-cluster correlation 0.05, above most service outcomes (Adams et al. 2004, J.
    Clin. Epidemiol. 57: median 0.01); coefficient of variation of cluster sizes 0.65, as in general practices (Eldridge
    et al. 2006); 30 units a cluster; eight periods (two years of months each side of an interruption, ten periods each
    side of one treated unit's start), half of them before, one before a stepped wedge; in a panel nothing stays the
    same with a unit (0.95 of the variance where one place is held against others), and serial correlation 0.5
    (Bertrand, Duflo & Mullainathan 2004 find about as much in yearly panels); half of those who are encouraged follow;
    three rows in ten lie within the bandwidth, as the one of least mean squared error has it where the outcome runs
    straight.
    """
    size, outcome = protocol.size, protocol.outcome
    effect = outcome.sign * outcome.worth_having
    baseline, sd = _baseline(protocol, effect), _sd(protocol)
    icc, cv, cluster_size = _clusters(protocol) if protocol.design.cluster is not None else (None, None, None)
    icc = icc or _stays(protocol)
    panel, received, within = _panel(protocol), _received(protocol), _within(protocol)
    chosen = [one for one in (baseline, sd, icc, cv, cluster_size, *panel, received, within) if one is not None]
    return Assumed(
        effect=effect,
        baseline=baseline.value if baseline else 0.0,
        sd=sd.value if sd else None,
        r2=size.r2,
        share=size.treated_share,
        alpha=protocol.looks.alpha,
        power=size.power,
        icc=icc.value if icc else None,
        cv=cv.value if cv else None,
        cluster_size=cluster_size.value if cluster_size else None,
        listed=(*chosen, *_always(protocol)),
        periods=int(panel[0].value) if panel else None,
        periods_before=int(panel[1].value) if panel else None,
        serial=panel[2].value if panel else None,
        received=received.value if received else None,
        within=within.value if within else None,
    )


def _panel(protocol: Protocol) -> tuple[Assumption, ...]:
    """Periods, periods before and serial correlation, where units are followed; nothing elsewhere."""
    size, kind = protocol.size, protocol.design.kind
    if kind not in PANELS:
        return ()
    usual, why = _usual_periods(protocol)
    periods = size.periods or (2 * size.periods_before if size.periods_before else usual)
    before, why_before = (
        (1, "the first start comes at once") if kind == "stepped-wedge" else (periods // 2, "half of all")
    )
    return (
        _stated("periods", size.periods, periods, "twice those before" if size.periods_before else why),
        _stated("periods_before", size.periods_before, max(1, before), why_before),
        _stated("serial_correlation", size.serial_correlation, SERIAL, "as in yearly panels (Bertrand et al. 2004)"),
    )


def _usual_periods(protocol: Protocol) -> tuple[int, str]:
    kind, season = protocol.design.kind, protocol.design.season
    if kind == "interrupted-time-series" and season is not None:
        return ROUNDS_OF_A_SEASON * season, "two rounds of the season before and two after"
    if kind == "interrupted-time-series":
        return PERIODS_OF_A_SERIES, "such as two years of months before and two after"
    if kind in ONE_UNIT:
        return PERIODS_OF_ONE_UNIT, "ten before and ten after"
    return PERIODS, "seven after the first start" if kind == "stepped-wedge" else "four before and four after"


def _stays(protocol: Protocol) -> Assumption | None:
    """The share of variance that stays with a unit over time, where single units are followed."""
    if protocol.design.kind not in PANELS or protocol.design.kind == "interrupted-time-series":
        return None
    if protocol.design.kind in ONE_UNIT:
        why = "places differ for good far more than each of them wavers, or no mixture could follow one of them"
        return _stated("icc", protocol.size.icc, ICC_OF_PLACES, why)
    return _stated("icc", protocol.size.icc, 0.0, "what stays with a unit cancels out, so none of it is counted on")


def _within(protocol: Protocol) -> Assumption | None:
    if protocol.design.kind != "regression-discontinuity":
        return None
    return Assumption(
        "within_bandwidth", WITHIN, stated=False, why="the usual bandwidth where the outcome runs straight"
    )


def _received(protocol: Protocol) -> Assumption | None:
    if protocol.design.received is None:
        return None
    return _stated("received_share", protocol.size.received_share, RECEIVED, "half of the encouraged follow")


def _stated(name: str, stated: float | None, default: float, why: str) -> Assumption:
    """What the protocol states, else the default with its reason."""
    if stated is None:
        return Assumption(name, default, stated=False, why=why)
    return Assumption(name, stated, stated=True)


def _baseline(protocol: Protocol, effect: float) -> Assumption | None:
    stated, measure = protocol.size.baseline, protocol.outcome.measure
    if stated is not None:
        return Assumption("baseline", stated, stated=True)
    if measure == "proportion":
        return Assumption("baseline", 0.5 - effect / 2, stated=False, why="a share varies most around 0.5")
    if measure == "count":
        return Assumption(
            "baseline", COUNT_BASELINE * abs(effect), stated=False, why="ten times the effect worth having"
        )
    return None


def _sd(protocol: Protocol) -> Assumption | None:
    if protocol.outcome.measure != "mean":
        return None
    if protocol.size.sd is not None:
        return Assumption("sd", protocol.size.sd, stated=True)
    if protocol.design.kind == "interrupted-time-series":
        why = "the effect itself: see how far the series has strayed from its line so far"
        return Assumption("sd", protocol.outcome.worth_having, stated=False, why=why)
    why = "five times the effect, which makes it small (Cohen 1988)"
    return Assumption("sd", protocol.outcome.worth_having / SMALL_EFFECT, stated=False, why=why)


def _clusters(protocol: Protocol) -> tuple[Assumption, Assumption, Assumption]:
    size = protocol.size
    icc, cv = size.icc, size.cluster_size_cv
    mean_size = size.units / size.clusters if size.units and size.clusters else None
    return (
        Assumption("icc", ICC, stated=False, why="above most service outcomes (Adams et al. 2004)")
        if icc is None
        else Assumption("icc", icc, stated=True),
        Assumption(
            "cluster_size_cv", CLUSTER_SIZE_CV, stated=False, why="as in general practices (Eldridge et al. 2006)"
        )
        if cv is None
        else Assumption("cluster_size_cv", cv, stated=True),
        Assumption("cluster_size", CLUSTER_SIZE, stated=False, why="units and clusters are not both stated")
        if mean_size is None
        else Assumption("cluster_size", mean_size, stated=True),
    )


def _always(protocol: Protocol) -> tuple[Assumption, ...]:
    size = protocol.size
    return (
        Assumption("r2", size.r2, stated=True),
        Assumption("treated_share", size.treated_share, stated=True),
        Assumption("power", size.power, stated=True),
        Assumption("alpha", protocol.looks.alpha, stated=True),
    )
