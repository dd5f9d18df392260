"""The worlds that a registered rule is tried out in: what is assumed, what is made true, and what is left out.

Assumptions are those of the sample size (`clew.pilot.assumptions`), so that the two answers can be held side by side.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from clew.errors import InputError
from clew.pilot.assumptions import Assumed, Assumption, assume
from clew.pilot.protocol import Equity, Protocol
from clew.pilot.rare import rate_for_effect
from clew.pilot.size import size

MOST_UNITS = 1_000_000
MOST_CLUSTERS = 50_000

NEW_UNITS = "Each look brings new units, dealt to the arms by chance among themselves."
IN_CLUSTERS = "All clusters are there from the first look; each look brings new units in every one of them."
FOLLOWED = "Each look brings new units, each of them followed over all periods."
MORE_ROWS = "Each look brings more rows of the side with the pilot and of the side without it."
LATER = "Each look brings later periods of the same units."
ARRIVING = {
    "stepped-wedge": "All clusters and periods are there from the first look; each look brings more rows of them.",
    "random-rollout": FOLLOWED,
    "difference-in-differences": FOLLOWED,
    "staggered-difference-in-differences": FOLLOWED,
    "regression-discontinuity": "Each look brings new units, their scores spread evenly on both sides of the cut-off.",
    "synthetic-control": LATER,
    "synthetic-difference-in-differences": LATER,
    "interrupted-time-series": "Each look brings later periods of the same series.",
}
"""What a further look at made-up data brings, where it is not new units dealt to arms."""


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of one column with their shares among the eligible, which sum to 1."""

    column: str
    names: tuple[str, ...]
    shares: tuple[float, ...]

    @property
    def smallest(self) -> str:
        """The group with the smallest share, the first of them where several are as small."""
        return self.names[self.shares.index(min(self.shares))]


@dataclass(frozen=True, slots=True)
class World:
    """What is assumed. `units` and `clusters`: in all at the last planned look; `clusters` None: units are randomised.

    `baseline`: comparison mean, share or rate a unit; `sd`: of a mean outcome; `icc`: 0 to 1; `cv`: of cluster sizes.
    `periods`, `periods_before` (the first start), `serial` (correlation with the period before): 0 where nothing is
    followed over time; in a panel `units` counts units, each with a row a period. `received`: by how much more often
    the treatment is received where it is encouraged.
    `listed`: every number with whether the protocol states it; `notes`: what else is taken for granted, in sentences.
    """

    units: int
    clusters: int | None
    baseline: float
    sd: float = 1.0
    icc: float = 0.0
    cv: float = 0.0
    periods: int = 0
    periods_before: int = 0
    serial: float = 0.0
    received: float = 1.0
    groups: tuple[Groups, ...] = ()
    listed: tuple[Assumption, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A truth to try the rule in. `effect`: the average effect, treated minus comparison, in the outcome's units.

    `harmed`: a group of the first of the world's `groups` whose own effect is the opposite; the others gain so much
    more that the average stays. `truth`: the scenario in words, after "If".
    """

    name: str
    effect: float
    harmed: str | None = None
    truth: str = ""


NO_EFFECT = "no effect"
WORTH_HAVING = "effect worth having"
HARM = "harm in one group"


def scenarios(protocol: Protocol, world: World) -> tuple[Scenario, ...]:
    """Return the truths that the rule is tried in; harm only where groups are registered, as none is looked at else."""
    outcome = protocol.outcome
    effect = outcome.sign * outcome.worth_having
    found = (
        Scenario(NO_EFFECT, 0.0, truth="there is no effect"),
        Scenario(WORTH_HAVING, effect, truth=f"the effect is just worth having ({outcome.worth_having:g})"),
    )
    if not world.groups:
        return found
    group = world.groups[0].smallest
    truth = f"{group} ({world.groups[0].column}) is harmed by as much as is gained on average"
    return (*found, Scenario(HARM, effect, group, truth))


def effects_by_group(scenario: Scenario, groups: Groups | None) -> tuple[float, ...]:
    """Return each group's effect in the outcome's units; one entry where no groups are registered.

    >>> effects_by_group(Scenario("harm", 2.0, "b"), Groups("g", ("a", "b"), (0.75, 0.25)))
    (3.3333333333333335, -2.0)
    """
    if groups is None:
        return (scenario.effect,)
    if scenario.harmed is None:
        return (scenario.effect,) * len(groups.names)
    share = groups.shares[groups.names.index(scenario.harmed)]
    others = scenario.effect * (1 + share) / (1 - share) if share < 1 else 0.0
    return tuple(-scenario.effect if name == scenario.harmed else others for name in groups.names)


def world_of(protocol: Protocol) -> World:
    """Return the world that the protocol describes, with the sample size's defaults where it is silent.

    Raises: InputError where more rows would be needed than can be made up.
    """
    assumed = assume(protocol)
    units, clusters = _extent(protocol, assumed)
    groups = tuple(_groups(equity) for equity in protocol.equity)
    return World(
        units=units,
        clusters=clusters,
        baseline=assumed.baseline,
        sd=assumed.sd or 1.0,
        icc=min(assumed.icc or 0.0, 0.999),
        cv=assumed.cv or 0.0,
        periods=assumed.periods or 0,
        periods_before=assumed.periods_before or 0,
        serial=assumed.serial or 0.0,
        received=1.0 if assumed.received is None else assumed.received,
        groups=groups,
        listed=(*assumed.listed, *_extent_listed(protocol, units, clusters)),
        notes=tuple(_notes(protocol, assumed, groups)),
    )


def _extent(protocol: Protocol, assumed: Assumed) -> tuple[int, int | None]:
    """Return units and clusters at the last planned look: those stated, else those that the sample size asks for."""
    units, clusters = protocol.size.units, protocol.size.clusters
    if assumed.cluster_size is None:
        units = units or size(protocol).needed.units
    elif units is None and clusters is None:
        needed = size(protocol).needed
        units, clusters = needed.units, needed.clusters or _clusters_of(needed.units or 0, assumed.cluster_size)
    elif units is None and clusters is not None:
        units = size(protocol).needed.units or round(clusters * assumed.cluster_size)
    elif units is not None and clusters is None:
        clusters = _clusters_of(units, assumed.cluster_size)
    return _possible(units, clusters if assumed.cluster_size is not None else None)


def _clusters_of(units: int, cluster_size: float) -> int:
    return max(4, round(units / cluster_size))


def _possible(units: int | None, clusters: int | None) -> tuple[int, int | None]:
    if units is None or units > MOST_UNITS or (clusters or 0) > MOST_CLUSTERS:
        found = "no size is enough" if units is None else f"{units} units in {clusters or units} clusters are too many"
        raise InputError(
            f"the rule cannot be tried out on made-up data: {found}.",
            where="size",
            do=f"State the planned `units` and `clusters`, at most {MOST_UNITS} and {MOST_CLUSTERS}.",
        )
    return units, clusters


def _extent_listed(protocol: Protocol, units: int, clusters: int | None) -> Iterator[Assumption]:
    why = "as many as the sample size asks for"
    stated = protocol.size.units is not None
    yield Assumption("units", units, stated=stated, why="" if stated else why)
    if clusters is not None:
        stated = protocol.size.clusters is not None
        yield Assumption("clusters", clusters, stated=stated, why="" if stated else why)


def _groups(equity: Equity) -> Groups:
    shares = tuple((name, share) for name, share in equity.eligible_shares if share > 0)
    if not shares:
        return Groups(equity.column, ("one half", "other half"), (0.5, 0.5))
    total = sum(share for _, share in shares)
    return Groups(equity.column, tuple(name for name, _ in shares), tuple(share / total for _, share in shares))


def _notes(protocol: Protocol, assumed: Assumed, groups: tuple[Groups, ...]) -> Iterator[str]:
    dealt = NEW_UNITS if assumed.cluster_size is None else IN_CLUSTERS
    unarmed = protocol.design.kind == "rare-events" and not protocol.design.arm
    yield MORE_ROWS if unarmed else ARRIVING.get(protocol.design.kind, dealt)
    yield "No outcome is lost, every group is reached as often as it is eligible, and an adaptation changes nothing."
    if protocol.design.block or protocol.design.fixed_effects:
        yield "Blocks do not differ in their outcomes."
    if protocol.outcome.adjust_for and (protocol.outcome.measure != "mean" or not assumed.r2):
        yield "The baseline columns do not explain the outcome."
    if protocol.design.other_arms:
        yield "Only the treated and the comparison arm are tried out."
    if any(not equity.eligible_shares for equity in protocol.equity):
        yield "Groups without registered shares are taken to be two halves."
    yield from _out_of_range(protocol, assumed, groups)


def _out_of_range(protocol: Protocol, assumed: Assumed, groups: tuple[Groups, ...]) -> Iterator[str]:
    measure = protocol.outcome.measure
    if measure == "mean":
        return
    effect = assumed.effect
    if protocol.design.kind == "rare-events":
        effect *= rate_for_effect(protocol, assumed.baseline, protocol.size.units or 1)
    harm = Scenario(HARM, effect, groups[0].smallest if groups else None)
    levels = [assumed.baseline + one for one in (effect, *effects_by_group(harm, (*groups, None)[0]))]
    if min(levels) < 0 or (measure == "proportion" and max(levels) > 1):
        yield f"Effects that would leave the range of a {measure} stop at its end."
