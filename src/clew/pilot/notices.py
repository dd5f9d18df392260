"""Truths to know before the pilot begins; none of them keeps it from beginning."""

import math
from collections.abc import Iterator
from dataclasses import fields

from clew.pilot.assumptions import assume
from clew.pilot.digits import plain
from clew.pilot.planned import planned_extent
from clew.pilot.protocol import Protocol
from clew.pilot.reachable import effect_that_pays, least_p_value, sound_trial
from clew.pilot.remark import Remark, Rule
from clew.pilot.size import rare_events
from clew.pilot.trial import looks_paid_for, nominal_p

MANY_CLUSTERS = 40
FEW_TREATED = 5
WEAK = 10.0
COMPARES_TRENDS = ("difference-in-differences", "staggered-difference-in-differences")


def outcome_can_be_shown(protocol: Protocol) -> Iterator[Remark]:
    """Say so where the planned size cannot show the effect worth having, or no size is planned."""
    trial = sound_trial(protocol)
    if trial is None:
        if planned_extent(protocol, assume(protocol)) is None:
            do = "Add [size] units (and clusters), baseline or sd, and icc; then run clew pilot size."
            if protocol.design.kind == "interrupted-time-series":
                do = "Add [size] periods, periods_before, sd and serial_correlation; then run clew pilot size."
            yield Remark(("size",), "no size is planned, so nobody can say what this pilot can show.", do)
        return
    detectable = trial.detectable()
    worth = protocol.outcome.worth_having
    if detectable is None or detectable > worth * (1 + 1e-9):
        seen = "no possible effect" if detectable is None else f"only effects from {plain(detectable)}"
        yield Remark(
            ("outcome", "worth_having"),
            f"an effect of {worth:g} is worth having, but cannot be shown: the planned size detects {seen} with"
            f" {protocol.size.power:.0%} probability.",
            "Plan a larger pilot (clew pilot size says how large), or know that it will most likely end undecided.",
        )


def rare_events_can_be_shown(protocol: Protocol) -> Iterator[Remark]:
    """Say so where the hoped-for event is too rare, and ask for an outcome that must change first."""
    rare = rare_events(protocol)
    if rare is None or rare.can_be_shown:
        return
    years = f"about {rare.years_each_side}" if rare.years_each_side is not None else "more than 100,000"
    proximal = f"Judge by the proximal outcome: {rare.proximal}." if rare.proximal else "Register one: [size] proximal."
    yield Remark(
        ("size", "rare_events_a_year"),
        f"{rare.name} cannot be shown to fall here: it takes {years} years before and as many after.",
        proximal,
    )


def nothing_stops_early(protocol: Protocol) -> Iterator[Remark]:
    """Say so where no rule stops the pilot before its last look."""
    if protocol.stop_effect_upper_bound_below is None:
        do = "Add [stop] effect_upper_bound_below: the effect below which it is not worth going on."
        yield Remark(("stop",), "no rule stops this pilot early; only its last look does.", do)


def stop_rule_rarely_holds(protocol: Protocol) -> Iterator[Remark]:
    """Say so where the pilot would seldom stop by its rule although there is no effect at all."""
    trial, bound = sound_trial(protocol), protocol.stop_effect_upper_bound_below
    if trial is None or bound is None:
        return
    upper = trial.half_width(0.0)
    if bound <= upper < math.inf:
        yield Remark(
            ("stop", "effect_upper_bound_below"),
            f"with no effect at all the upper bound lies near {plain(upper)}, not below {bound:g}: the rule would"
            " seldom hold, and the pilot ends undecided instead.",
            "Plan a larger pilot, or accept that it may end without an answer.",
        )


def both_rules_can_hold(protocol: Protocol) -> Iterator[Remark]:
    """Say which wins where an effect may be shown and shown not to be worth having at once."""
    low, high = protocol.scale.effect_lower_bound_above, protocol.stop_effect_upper_bound_below
    trial = sound_trial(protocol)
    if trial is None or low is None or high is None or high <= low:
        return
    middle = (low + high) / 2
    if abs(middle) <= trial.largest_effect(as_improvement=middle >= 0) and high - low > 2 * trial.half_width(
        protocol.outcome.sign * middle
    ):
        yield Remark(
            ("stop", "effect_upper_bound_below"),
            f"an interval wholly between {low:g} and {high:g} meets the scale and the stop rule; stop wins.",
            "Nothing, if that is meant: such an effect is there, but not worth having.",
        )


def worth_having_pays(protocol: Protocol) -> Iterator[Remark]:
    """Say so where the smallest effect worth having would cost more than the limit."""
    needed, worth, cost = effect_that_pays(protocol), protocol.outcome.worth_having, protocol.cost
    if needed is not None and cost is not None and needed > worth > 0:
        each = f"{float(cost.per_treated_unit) / worth:.2f} {cost.currency}"
        yield Remark(
            ("scale", "cost_per_outcome_at_most"),
            f"at the smallest effect worth having, one more good outcome costs {each}, above the limit: only an effect"
            f" of {plain(needed)} or more can be scaled.",
            "Raise the limit, or call only the larger effect worth having.",
        )


def early_looks_can_reject(protocol: Protocol) -> Iterator[Remark]:
    """Say which looks cannot convince, since so few clusters or units allow no smaller p-value."""
    least = least_p_value(protocol)
    if least is None or protocol.looks.planned < 1:
        return
    paid = looks_paid_for(protocol)
    mute = [look for look in range(1, paid) if nominal_p(protocol, look) < least.p <= nominal_p(protocol, paid)]
    if mute:
        yield Remark(
            ("looks", "planned"),
            f"at look {', '.join(map(str, mute))} of {paid} no effect can be confirmed: {least.test} cannot go below"
            f" p = {least.p:.2g}.",
            f"Plan more {least.key}, or expect no early end for success.",
        )


def few_are_treated(protocol: Protocol) -> Iterator[Remark]:
    """Say so where difference-in-differences rests on one or few treated units.

    Source: Conley & Taber (2011), Inference with "difference in differences" with a small number of policy changes,
    Review of Economics and Statistics 93(1).
    """
    size, design = protocol.size, protocol.design
    planned = size.units if design.cluster is None else size.clusters
    if design.kind not in {"difference-in-differences", "staggered-difference-in-differences"} or planned is None:
        return
    treated, what = round(planned * size.treated_share), "clusters" if design.cluster else "units"
    if treated <= 1:
        said = f"only one of {planned} {what} is treated: its own luck cannot be told from the effect."
        yield Remark(("size", "treated_share"), said, "Treat more, or register a synthetic control.")
    elif treated < FEW_TREATED:
        said = (
            f"only {treated} of {planned} {what} are treated: the standard error rests on so few, and may be too small."
        )
        yield Remark(("size", "treated_share"), said, "Treat more, if that can be.")


def trends_can_be_seen(protocol: Protocol) -> Iterator[Remark]:
    """Say so where only one period comes before: nothing shows whether both sides ran in parallel."""
    if protocol.design.kind in COMPARES_TRENDS and protocol.size.periods_before == 1:
        what = "with one period before the start nobody can see whether treated and comparison units ran in parallel."
        yield Remark(("size", "periods_before"), what, "Bring earlier periods, two at the least, better four.")


def donors_outnumber_periods(protocol: Protocol) -> Iterator[Remark]:
    """Say so where so many units are weighed that a short past is met whatever they are.

    Source: Abadie (2021), Using synthetic controls, Journal of Economic Literature 59(2), section 5.
    """
    units, before = protocol.size.units, protocol.size.periods_before
    if protocol.design.kind == "synthetic-control" and units is not None and before is not None and units - 1 > before:
        what = f"{units - 1} comparison units are weighed by {before} periods before: so many meet any past by luck."
        do = "Bring earlier periods, or name fewer units that are truly like the treated one."
        yield Remark(("size", "periods_before"), what, do)


def something_else_may_have_come(protocol: Protocol) -> Iterator[Remark]:
    """Say so where a series has nothing beside it."""
    if protocol.design.kind == "interrupted-time-series" and protocol.design.control is None:
        what = "whatever else changed at the same time passes for the effect: no control series is registered."
        yield Remark(
            ("design", "control"), what, "Name the same outcome where nothing changed, if there is such a place."
        )


def offer_moves_enough(protocol: Protocol) -> Iterator[Remark]:
    """Say so where so few are expected to follow the offer that the effect of receiving will have no bounds.

    Source: Staiger & Stock (1997), Econometrica 65: a first-stage F below 10.
    """
    size, follow = protocol.size, protocol.size.received_share
    if protocol.design.kind != "encouragement" or size.units is None or follow is None or follow == 1:
        return
    expected = size.units * size.treated_share * follow / (1 - follow)
    if expected < WEAK:
        f = plain(expected, 2)
        what = f"if {follow:.0%} more receive it when offered, the offer is weak here (an F of about {f})."
        yield Remark(("size", "received_share"), what, "Make the offer stronger, or invite more people.")


def publics_are_addressed(protocol: Protocol) -> Iterator[Remark]:
    """Name each of the four publics to whom the protocol says nothing (Moore 2013, "Recognizing Public Value")."""
    silent = [item.name for item in fields(protocol.publics) if getattr(protocol.publics, item.name) is None]
    if silent:
        yield Remark(
            ("publics",),
            f"nothing is said to {', '.join(name.replace('_', ' ') for name in silent)}.",
            f"Add [publics] {', '.join(silent)}: what the pilot means for them, or none, because …",
        )


def data_are_unseen(protocol: Protocol) -> Iterator[Remark]:
    """Say so where outcomes were known before the promise."""
    if protocol.pilot.existing_data == "seen":
        yield Remark(
            ("pilot", "existing_data"),
            'outcomes have been seen: the verdict will say "registered after data began" for ever.',
            "Nothing can mend that; another pilot could.",
        )


def one_extension_is_enough(protocol: Protocol) -> Iterator[Remark]:
    """Say what a second extension costs."""
    if protocol.extend_times > 1:
        yield Remark(
            ("extend", "times"),
            f"{protocol.extend_times} extensions: each takes error from the planned looks and puts the decision off.",
            "One is the rule.",
        )


def reach_is_ruled_on(protocol: Protocol) -> Iterator[Remark]:
    """Say so where a group's reach is registered but decides nothing."""
    if protocol.scale.no_group_under_reached:
        return
    for place, one in enumerate(protocol.equity):
        if one.reach_at_least is not None:
            what = f'the reach of the groups in "{one.column}" is measured, but decides nothing.'
            yield Remark(("equity", place, "reach_at_least"), what, "Add [scale] no_group_under_reached = true.")


def standard_errors_suit(protocol: Protocol) -> Iterator[Remark]:
    """Say so where the standard errors named are known to be too small for so few clusters."""
    clusters = protocol.size.clusters
    if protocol.design.standard_errors == "cr1" and clusters is not None and clusters < MANY_CLUSTERS:
        yield Remark(
            ("design", "standard_errors"),
            f"cr1 with {clusters} clusters rejects too often (Cameron & Miller 2015).",
            "Leave it out: cr2 with Satterthwaite degrees of freedom is the default.",
        )


RULES: tuple[Rule, ...] = (
    outcome_can_be_shown,
    rare_events_can_be_shown,
    nothing_stops_early,
    stop_rule_rarely_holds,
    both_rules_can_hold,
    worth_having_pays,
    early_looks_can_reject,
    few_are_treated,
    trends_can_be_seen,
    donors_outnumber_periods,
    something_else_may_have_come,
    offer_moves_enough,
    one_extension_is_enough,
    reach_is_ruled_on,
    standard_errors_suit,
    data_are_unseen,
    publics_are_addressed,
)
