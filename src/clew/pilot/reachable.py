"""Rules that no data could ever meet, given the planned size: they promise what cannot come."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clew.pilot.assumptions import assume
from clew.pilot.digits import plain
from clew.pilot.planned import extent_of, planned_trial
from clew.pilot.power import largest_effect
from clew.pilot.protocol import Protocol
from clew.pilot.remark import Remark, Rule
from clew.pilot.trial import Trial, looks_paid_for, nominal_p

FEWEST_CLUSTERS_AN_ARM = 2


def arms_can_be_compared(protocol: Protocol) -> Iterator[Remark]:
    """Each arm holds two clusters at least, and covariates leave degrees of freedom over."""
    clusters = protocol.size.clusters
    if protocol.design.kind != "cluster-randomised" or clusters is None:
        return
    arms = clusters_by_arm(protocol)
    if min(arms) < FEWEST_CLUSTERS_AN_ARM:
        yield Remark(
            ("size", "clusters"),
            f"{clusters} clusters give one arm {min(arms)}: what chance does cannot be told from the effect.",
            "Plan two clusters an arm at the very least, better six.",
        )
    used = 2 + len(protocol.outcome.adjust_for) * (2 if protocol.design.estimator == "lin" else 1)
    if clusters - used < 1 and protocol.outcome.adjust_for:
        yield Remark(
            ("outcome", "adjust_for"),
            f"arms and covariates use up {used} degrees of freedom of {clusters} clusters.",
            "Adjust for fewer columns or plan more clusters.",
        )


def randomisation_test_can_reject(protocol: Protocol) -> Iterator[Remark]:
    """Dealing the clusters anew, or giving the start to every other unit, can give a p-value below the last look's."""
    least = least_p_value(protocol)
    if least is None:
        return
    limit = nominal_p(protocol, looks_paid_for(protocol))
    if least.p > limit * (1 + 1e-9):
        yield Remark(
            ("size", least.key),
            f"{least.test} cannot go below p = {least.p:.2g}, but the last look asks for {limit:.2g}: no effect,"
            " however large, can be shown.",
            f"Plan more {least.key}, fewer looks, or a larger alpha.",
        )


def scale_rule_can_hold(protocol: Protocol) -> Iterator[Remark]:
    """Even the largest effect that is possible would have to have its lower bound above the scale rule's."""
    trial, bound = sound_trial(protocol), protocol.scale.effect_lower_bound_above
    if trial is None or bound is None:
        return
    largest = trial.largest_effect()
    if math.isinf(trial.half_width(protocol.outcome.sign * largest)):
        return  # for want of units; said elsewhere
    lower = largest - trial.half_width(protocol.outcome.sign * largest)
    if lower <= bound:
        yield Remark(
            ("scale", "effect_lower_bound_above"),
            f"if the largest possible effect ({plain(largest)}) were found at the planned size, its lower bound would"
            f" be {plain(lower)}: the rule asks for more than {bound:g} and can never hold.",
            "Plan a larger pilot (clew pilot size), or lower the bound.",
        )


def stop_rule_can_hold(protocol: Protocol) -> Iterator[Remark]:
    """Even the largest loss that is possible would have to have its upper bound below the stop rule's."""
    trial, bound = sound_trial(protocol), protocol.stop_effect_upper_bound_below
    if trial is None or bound is None:
        return
    loss = trial.largest_effect(as_improvement=False)
    upper = -loss + trial.half_width(-protocol.outcome.sign * loss)
    if bound <= upper < math.inf:
        yield Remark(
            ("stop", "effect_upper_bound_below"),
            f"if the largest possible loss ({plain(loss)}) were found at the planned size, its upper bound would be"
            f" {plain(upper)}: the rule asks for less than {bound:g} and can never hold.",
            "Plan a larger pilot (clew pilot size), or raise the bound.",
        )


def cost_rule_can_hold(protocol: Protocol) -> Iterator[Remark]:
    """The effect at which one more good outcome costs no more than the limit is possible."""
    needed = effect_that_pays(protocol)
    if needed is None:
        return
    start = protocol.size.baseline
    room = 1.0 if protocol.outcome.measure == "proportion" else math.inf
    if start is not None:
        most = largest_effect(protocol.outcome.measure, start, protocol.outcome.sign)
        room = math.inf if most is None else most
    if needed > room:
        yield Remark(
            ("scale", "cost_per_outcome_at_most"),
            f"at this cost a unit, the limit asks for an effect of {plain(needed)}, and there is room for"
            f" {plain(room)}.",
            "Raise the limit, lower the cost, or correct the baseline.",
        )


def effect_that_pays(protocol: Protocol) -> float | None:
    """Return the effect at which cost per outcome equals its limit; None where there is no such rule."""
    limit, cost = protocol.scale.cost_per_outcome_at_most, protocol.cost
    if limit is None or cost is None:
        return None
    return float(cost.per_treated_unit / limit) if limit > 0 else math.inf


def sound_trial(protocol: Protocol) -> Trial | None:
    """Return the planned trial, None where there is none or the effect worth having is not possible in it."""
    outcome = protocol.outcome
    trial = planned_trial(protocol) if outcome.worth_having > 0 and protocol.looks.planned >= 1 else None
    return trial if trial is not None and outcome.worth_having <= trial.largest_effect() else None


def clusters_by_arm(protocol: Protocol) -> tuple[int, int]:
    """Return planned clusters (treated, comparison)."""
    clusters = protocol.size.clusters or 0
    treated = round(clusters * protocol.size.treated_share)
    return treated, clusters - treated


@dataclass(frozen=True, slots=True)
class LeastP:
    """The least two-sided p-value that inference can give at the planned size, by which `test` (in words), and which
    `key` of [size] it depends on."""

    p: float
    key: str
    test: str


def least_p_value(protocol: Protocol) -> LeastP | None:
    """Return the least p-value that inference can give; None where nothing but chance bounds it.

    Clusters dealt to arms: one over the number of ways to deal them; two over it where both arms hold as many, for then
    each way has a mirror image with the same difference (None where they are dealt within blocks). Clusters dealt to
    start dates: one over the ways (None within blocks, too). A synthetic control: one over the number of units.
    """
    kind, size = protocol.design.kind, protocol.size
    if kind == "synthetic-control" and size.units is not None:
        return LeastP(1 / size.units, "units", f"with {size.units} units the placebo test")
    if kind == "stepped-wedge" and size.clusters is not None and protocol.design.block is None:
        starts = max(2, extent_of(assume(protocol), 1, None).after)
        return LeastP(
            math.exp(-_ways(_shared_out(size.clusters, starts))),
            "clusters",
            f"with {size.clusters} clusters dealt to {starts} starts the permutation test",
        )
    treated, comparison = clusters_by_arm(protocol)
    if kind != "cluster-randomised" or protocol.design.block is not None or min(treated, comparison) < 1:
        return None
    mirrored = 2 if treated == comparison else 1
    test = f"with {treated} treated and {comparison} comparison clusters the randomisation test"
    return LeastP(mirrored * math.exp(-_ways((treated, comparison))), "clusters", test)


def _ways(groups: Sequence[int]) -> float:
    """Return the logarithm of the number of ways to deal a whole to groups of these sizes."""
    return math.lgamma(sum(groups) + 1) - math.fsum(math.lgamma(size + 1) for size in groups)


def _shared_out(count: int, groups: int) -> tuple[int, ...]:
    return tuple(count // groups + (place < count % groups) for place in range(min(groups, count)))


RULES: tuple[Rule, ...] = (
    arms_can_be_compared,
    randomisation_test_can_reject,
    scale_rule_can_hold,
    stop_rule_can_hold,
    cost_rule_can_hold,
)
