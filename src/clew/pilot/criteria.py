"""What must be promised before a pilot may begin, and promises that contradict each other: no figures needed."""

from collections.abc import Iterator

from clew.pilot.assumptions import ONE_UNIT
from clew.pilot.power import largest_effect
from clew.pilot.protocol import Protocol
from clew.pilot.remark import Remark, Rule

MOST_EXTENSIONS = 2
FEWEST_BEFORE = 3
FEWEST_POINTS = 8
Path = tuple[str | int, ...]

ROLES = {
    "arm": "arm",
    "treated": "column of who is treated",
    "treated_from": "column of the starts",
    "running": "column that decides who is treated",
    "period": "period",
    "received": "column of who received",
    "control": "control series",
    "exposure": "exposure",
    "expected": "expected number",
    "cluster": "",
    "block": "",
    "unit": "",
    "weights": "",
}
"""Keys of [design] that name columns, and as what where they can be nothing else."""


def criteria_are_set(protocol: Protocol) -> Iterator[Remark]:
    """No pilot begins without criteria to scale, an exit plan, a day for the public and a day and an owner to decide.

    Source: the remedies against "pilotitis": clear scale criteria, exit strategies, public-stakeholder input.
    """
    is_impact = protocol.population.kind == "impact"
    needed = (
        (is_impact and protocol.scale.effect_lower_bound_above is None, "scale", "effect_lower_bound_above = 0.0"),
        (protocol.exit_plan is None, "exit", 'plan = "…": who winds the pilot up, and what happens to those in it'),
        (protocol.public_input_by is None, "public_input", "by = a day"),
        (protocol.decision_by is None, "decision", "by = a day"),
        (protocol.decision_owner is None, "decision", 'owner = "…": the one role that answers for the decision'),
    )
    for lacks, table, line in needed:
        if lacks:
            key = line.split(" ")[0]
            yield Remark((table, key), f"[{table}] lacks `{key}`: no pilot begins without it.", f"Add {line}.")


def feasibility_never_scales(protocol: Protocol) -> Iterator[Remark]:
    """A feasibility pilot asks whether it can be done; it is too small to say that it works."""
    if protocol.population.kind == "feasibility" and protocol.scale.effect_lower_bound_above is not None:
        yield Remark(
            ("scale", "effect_lower_bound_above"),
            'a feasibility pilot can never end in "scale", so its scale rule promises what cannot come.',
            'Remove [scale], or write [population] kind = "impact".',
        )


def bounds_agree(protocol: Protocol) -> Iterator[Remark]:
    """The bounds of the scale and stop rules stand on the right sides of the effect worth having."""
    worth = protocol.outcome.worth_having
    scale, stop = protocol.scale.effect_lower_bound_above, protocol.stop_effect_upper_bound_below
    if scale is not None and scale >= worth:
        yield Remark(
            ("scale", "effect_lower_bound_above"),
            f"the lower bound must lie above {scale:g}, but an effect of {worth:g} is worth having: it would"
            " hardly ever be scaled.",
            f"Write a bound below {worth:g}; 0.0 asks that there be an effect at all.",
        )
    if stop is not None and stop > worth:
        yield Remark(
            ("stop", "effect_upper_bound_below"),
            f"it stops when the effect is surely below {stop:g}, although one of {worth:g} is worth having: a result"
            " between the two would be good enough and stopped.",
            f"Write a bound of {worth:g} or less.",
        )


def rules_have_their_figures(protocol: Protocol) -> Iterator[Remark]:
    """No rule asks for a figure that the protocol gives no means to compute."""
    scale, equity = protocol.scale, protocol.equity
    can_reach = any(one.reach_at_least is not None and one.eligible_shares for one in equity)
    asks = (
        (scale.cost_per_outcome_at_most is not None and protocol.cost is None, "cost_per_outcome_at_most", "[cost]"),
        (scale.no_group_harmed and not equity, "no_group_harmed", "an [[equity]] table"),
        (
            scale.no_group_under_reached and not can_reach,
            "no_group_under_reached",
            "eligible_shares and reach_at_least in an [[equity]] table",
        ),
    )
    for lacks, key, what in asks:
        if lacks:
            yield Remark(
                ("scale", key), f"`{key}` cannot be judged without {what}.", f"Add {what}, or remove the rule."
            )
    for place, one in enumerate(equity):
        if one.reach_at_least is not None and not one.eligible_shares:
            what = f'the reach of the groups in "{one.column}" cannot be computed without their shares.'
            yield Remark(("equity", place, "reach_at_least"), what, "Add eligible_shares.")


def equity_can_be_met(protocol: Protocol) -> Iterator[Remark]:
    """No equity rule condemns every group that does well enough."""
    for place, one in enumerate(protocol.equity):
        if one.harm_limit >= protocol.outcome.worth_having:
            yield Remark(
                ("equity", place, "harm_limit"),
                f"a group counts as harmed below {one.harm_limit:g}, which is more than the effect worth having.",
                "Write 0.0, or the loss that a group can bear as a negative number.",
            )
        if one.reach_at_least is not None and one.reach_at_least >= 1:
            yield Remark(
                ("equity", place, "reach_at_least"),
                "not every group can be reached at or above its share: the reach of all groups averages 1.",
                "Write a ratio below 1, such as 0.8.",
            )


def looks_are_paid_for(protocol: Protocol) -> Iterator[Remark]:
    """Every look that may be taken has its part of the error rate, and an end is in sight."""
    looks, times = protocol.looks, protocol.extend_times
    if looks.planned < 1:
        yield Remark(("looks", "planned"), "no look is planned, so no verdict can come.", "Plan one look or more.")
    if looks.method == "single" and times > 0:
        yield Remark(
            ("extend", "times"),
            "a single look spends the whole error rate: nothing is left to pay for an extension.",
            'Write [looks] method = "obrien-fleming" (planned = 1 will do), or extend 0 times.',
        )
    if times > MOST_EXTENSIONS:
        yield Remark(
            ("extend", "times"),
            f"{times} extensions keep a pilot alive that does not convince.",
            f"Allow one, at most {MOST_EXTENSIONS}.",
        )


def decision_follows_the_public(protocol: Protocol) -> Iterator[Remark]:
    """The public is heard before the decision, and data do not begin after it."""
    heard, decided, began = protocol.public_input_by, protocol.decision_by, protocol.pilot.data_began
    if heard is not None and decided is not None and heard > decided:
        yield Remark(
            ("public_input", "by"),
            f"the public is heard by {heard}, after the decision of {decided}.",
            "Hear the public first.",
        )
    if began is not None and decided is not None and began >= decided:
        yield Remark(
            ("pilot", "data_began"),
            f"data begin on {began}, not before the decision of {decided}.",
            "Correct one of the two days.",
        )


def effect_is_possible(protocol: Protocol) -> Iterator[Remark]:
    """The effect worth having is an improvement, and there is room for it above (or below) the baseline."""
    outcome, baseline = protocol.outcome, protocol.size.baseline
    if outcome.worth_having <= 0:
        yield Remark(("outcome", "worth_having"), "the effect worth having must be above 0.", "Write an improvement.")
        return
    if protocol.design.estimator == "observed-minus-expected":
        return  # an effect in events, whose room depends on how many are expected
    if protocol.design.expected is not None:
        baseline = 1.0  # an effect in events for each expected one
    room = 1.0 if outcome.measure == "proportion" else None
    if baseline is not None:
        room = largest_effect(outcome.measure, baseline, outcome.sign)
    if room is not None and protocol.design.estimator == "intention-to-treat":
        room *= protocol.size.received_share or 1.0  # nobody can be moved by an offer that they do not follow
    if room is not None and outcome.worth_having > room:
        start = "for a share" if baseline is None else f"from a baseline of {baseline:g}"
        yield Remark(
            ("outcome", "worth_having"),
            f"an effect of {outcome.worth_having:g} is impossible {start}: there is room for {max(room, 0.0):.4g}.",
            "Write shares from 0 to 1 (five points: 0.05), or correct the baseline.",
        )


def columns_have_one_role(protocol: Protocol) -> Iterator[Remark]:
    """What is measured, what decides who is treated, when, and what is received or counted over is nothing else too."""
    roles, said = list(_roles(protocol)), set[Path]()
    for first, column, role in roles:
        others = [path for path, name, _ in roles if name == column and path != first and path not in said]
        if role and first not in said:
            said.update(others)
            for path in others:
                yield Remark(path, f'"{column}" is the {role} and cannot be this as well.', "Name another column.")
    design = protocol.design
    if design.block is not None and design.block == design.cluster:
        yield Remark(
            ("design", "block"), "every cluster would be a block of its own.", "Name the column of the blocks."
        )


def _roles(protocol: Protocol) -> Iterator[tuple[Path, str, str]]:
    """Yield every column that is named, where, and as what where it can be nothing else (else "")."""
    design, outcome = protocol.design, protocol.outcome
    yield ("outcome", "column"), outcome.column, "outcome"
    for key, role in ROLES.items():
        column = getattr(design, key)
        if column and (key != "treated" or design.kind == "difference-in-differences"):
            yield ("design", key), column, role
    beside = protocol.sustained
    for path, name in (
        (("versions", "column"), protocol.version_column),
        (("sustained", "period"), beside and beside.period),
        (("sustained", "support"), beside and beside.support),
        (("funnel", "unit"), protocol.funnel_unit),
    ):
        if name:
            yield path, name, ""
    yield from ((("design", "fixed_effects"), name, "") for name in design.fixed_effects)
    yield from ((("outcome", "adjust_for"), name, "") for name in outcome.adjust_for)
    yield from ((("equity", place, "column"), one.column, "") for place, one in enumerate(protocol.equity))


def periods_lie_on_both_sides(protocol: Protocol) -> Iterator[Remark]:
    """Of the periods planned some come before the first start and some after, as many as the design cannot do
    without."""
    size, kind = protocol.size, protocol.design.kind
    if size.periods is not None and size.periods_before is not None and size.periods_before >= size.periods:
        what = f"of {size.periods} periods {size.periods_before} come before the start: none is left after it."
        yield Remark(("size", "periods_before"), what, "Write fewer periods before, or more in all.")
    if kind in ONE_UNIT and size.periods_before is not None and size.periods_before < FEWEST_BEFORE:
        what = f"with {size.periods_before} periods before the start a common path cannot be told from luck."
        do = f"Bring {FEWEST_BEFORE} at the very least, better ten; or register difference-in-differences."
        yield Remark(("size", "periods_before"), what, do)


def series_is_long_enough(protocol: Protocol) -> Iterator[Remark]:
    """One interrupted series has eight points on either side, and a whole season before.

    Source: Penfold & Zhang (2013), Use of interrupted time series analysis in evaluating health care quality
    improvements, Academic Pediatrics 13(6): at least eight observations before and after.
    """
    size, season = protocol.size, protocol.design.season
    if protocol.design.kind != "interrupted-time-series":
        return
    before = size.periods_before
    after = size.periods - before if size.periods is not None and before is not None else None
    for count, side in ((before, "before"), (after, "after")):
        if count is not None and 0 < count < FEWEST_POINTS:
            key = "periods_before" if side == "before" else "periods"
            what = f"{count} periods {side} the start are too few for a trend: it takes {FEWEST_POINTS} on either side."
            yield Remark(("size", key), what, "Plan a longer series, or finer periods (months, not quarters).")
    if season is not None and before is not None and season > before:
        what = f"a season of {season} periods cannot be learnt from {before} periods before the start."
        yield Remark(("design", "season"), what, "Bring earlier periods, or leave the season out.")


def measure_suits_the_kind(protocol: Protocol) -> Iterator[Remark]:
    """Rare events are counted."""
    if protocol.design.kind == "rare-events" and protocol.outcome.measure != "count":
        what = f"rare events are counted, and this outcome is a {protocol.outcome.measure}."
        yield Remark(("outcome", "measure"), what, 'Write measure = "count", or name another kind of design.')


RULES: tuple[Rule, ...] = (
    criteria_are_set,
    feasibility_never_scales,
    effect_is_possible,
    bounds_agree,
    rules_have_their_figures,
    equity_can_be_met,
    looks_are_paid_for,
    decision_follows_the_public,
    columns_have_one_role,
    periods_lie_on_both_sides,
    series_is_long_enough,
    measure_suits_the_kind,
)
