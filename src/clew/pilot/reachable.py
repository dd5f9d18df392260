"""Rules that no data could ever meet, given the planned size: they promise what cannot come."""

import math
from collections.abc import Iterator

from clew.pilot.digits import plain
from clew.pilot.planned import planned_trial
from clew.pilot.power import largest_effect
from clew.pilot.protocol import Protocol
from clew.pilot.remark import Remark, Rule
from clew.pilot.trial import Trial, looks_paid_for, nominal_p

FEWEST_CLUSTERS_AN_ARM = 2


def arms_can_be_compared(protocol: Protocol) -> Iterator[Remark]:
    """Each arm holds two clusters at least, and covariates leave degrees of freedom over."""
    clusters = protocol.size.clusters
    if not protocol.design.deals_clusters or clusters is None:
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
    """Dealing the clusters anew can give a p-value below the limit of the last look."""
    least = least_randomisation_p(protocol)
    if least is None:
        return
    limit = nominal_p(protocol, looks_paid_for(protocol))
    if least > limit:
        treated, comparison = clusters_by_arm(protocol)
        yield Remark(
            ("size", "clusters"),
            f"with {treated} treated and {comparison} comparison clusters the randomisation test cannot go below"
            f" p = {least:.2g}, but the last look asks for {limit:.2g}: no effect, however large, can be shown.",
            "Plan more clusters, fewer looks, or a larger alpha.",
        )


def scale_rule_can_hold(protocol: Protocol) -> Iterator[Remark]:
    """Even the largest effect that is possible would have to have its lower bound above the scale rule's."""
    trial, bound = sound_trial(protocol), protocol.scale.effect_lower_bound_above
    if trial is None or bound is None:
        return
    largest = trial.largest_effect()
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
    if upper >= bound:
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


def least_randomisation_p(protocol: Protocol) -> float | None:
    """Return the least two-sided p-value that dealing the planned clusters anew can give.

    One over the number of ways to deal them; two over it where both arms hold as many, for then each way has a mirror
    image with the same difference. None where clusters are not randomised or dealt within blocks.
    """
    treated, comparison = clusters_by_arm(protocol)
    if not protocol.design.deals_clusters or protocol.design.block is not None or min(treated, comparison) < 1:
        return None
    ways = math.lgamma(treated + comparison + 1) - math.lgamma(treated + 1) - math.lgamma(comparison + 1)
    return (2 if treated == comparison else 1) * math.exp(-ways)


RULES: tuple[Rule, ...] = (
    arms_can_be_compared,
    randomisation_test_can_reject,
    scale_rule_can_hold,
    stop_rule_can_hold,
    cost_rule_can_hold,
)
