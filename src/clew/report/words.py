"""What a verdict means, and what it does not mean, in plain words; and the names of the rules behind it."""

from dataclasses import dataclass, replace

from clew.gate.evaluation import Evaluation
from clew.gate.events import VerdictComputed
from clew.gate.judge import NOTHING_USED, Judgement, Reason, extensions_left
from clew.report.figures import Units, plural

RULES = {
    "scale.effect_lower_bound_above": "The effect is shown",
    "scale.cost_per_outcome_at_most": "One more good outcome costs no more than agreed",
    "scale.no_group_harmed": "No group is harmed",
    "scale.no_group_under_reached": "Every group is reached",
    "screens": "No check of the data is unanswered",
    "population.kind": "The pilot is of a kind that can show an effect",
    "stop.effect_upper_bound_below": "The effect can no longer be worth having",
    "stop.group_harmed": "A group is harmed and no adaptation is left",
    "looks.planned": "All planned looks are taken",
}
BEHIND = {
    "scale.effect_lower_bound_above": ("found", "the effect"),
    "scale.cost_per_outcome_at_most": ("costs", "the costs"),
    "scale.no_group_harmed": ("whom", "the groups"),
    "scale.no_group_under_reached": ("whom", "the groups"),
    "screens": ("checks", "the checks"),
    "stop.effect_upper_bound_below": ("found", "the effect"),
    "stop.group_harmed": ("whom", "the groups"),
    "looks.planned": ("looks", "the looks"),
}
"""A rule's key: the section that holds the figures behind it, and what to call them."""

HEADLINES = {
    "scale": "Scale",
    "adapt": "Adapt, then decide again",
    "extend": "Extend: undecided so far",
    "not yet": "Not yet",
    "stop": "Stop",
}
EVIDENCE = {
    1: "an account of what happened",
    2: "a change seen, without a fair comparison",
    3: "a fair comparison: what happened is set against what would have happened otherwise",
    4: "repeated independently, with its cost",
    5: "delivered elsewhere at scale, with the same effect",
}
ELSEWHERE = (
    "It does not mean that the effect will be as large elsewhere, or as large as the single figure: read the whole"
    " interval, and let the places that take it over check again."
)
ADAPTED = (
    "It does not mean that the pilot failed, nor that it may be scaled as it is: what has to change, or to be answered,"
    " comes first."
)
UNDECIDED = (
    "It is neither a success nor a failure. Whichever way the figures lean, the data do not reach the limit that was"
    " promised, so nobody can yet say that it works, or that it does not."
)
LEARNED = "It does not mean that the work was wasted: a published “stop” saves others from trying the same again."
EARLY = "An early figure, however good it looks, is not a result: early figures swing."
AFTERWARDS = (
    "And because the rule was written or changed when outcomes already existed, it is an exercise, not a promise kept."
)
UNPROVEN = "And because nothing proves that the rule was written before the data, it is no promise kept."
FEASIBLE = "It does not mean that it works. That it can be done says nothing about its effect."


@dataclass(frozen=True, slots=True)
class Meaning:
    """A verdict for a reader: its `headline`, what it `means`, and what it does `not_mean`."""

    headline: str
    means: str
    not_mean: str


def meaning(evaluation: Evaluation, units: Units) -> Meaning:
    """Return what this verdict means and what it does not mean; a rule written after the data is no promise kept."""
    said = _meaning(evaluation, units)
    locked = evaluation.locked
    if locked is None:
        return replace(said, not_mean=f"{said.not_mean} {UNPROVEN}")
    if locked.after_data or locked.amended_after_data:
        return replace(said, not_mean=f"{said.not_mean} {AFTERWARDS}")
    return said


def _meaning(evaluation: Evaluation, units: Units) -> Meaning:
    match evaluation.verdict:
        case "scale":
            means = "Everything that was promised before scaling holds: the effect is shown, and no other rule objects."
            return Meaning(HEADLINES["scale"], means, ELSEWHERE)
        case "adapt":
            return _adapt(evaluation)
        case "extend":
            return Meaning(HEADLINES["extend"], _extend(evaluation), UNDECIDED)
        case "not yet":
            look = evaluation.finding.look
            means = f"This is look {look.look} of the {look.of} planned, and the effect is undecided. Go on as planned."
            return Meaning(HEADLINES["not yet"], means, EARLY)
        case _:
            return _stop(evaluation, units)


def meaning_of_record(verdict: VerdictComputed) -> Meaning:
    """Return what a verdict means where nothing but its entry on the record is at hand."""
    not_mean = {"scale": ELSEWHERE, "adapt": ADAPTED, "extend": UNDECIDED, "not yet": EARLY, "stop": LEARNED}
    return Meaning(HEADLINES[verdict.verdict], verdict.why, not_mean[verdict.verdict])


def _adapt(evaluation: Evaluation) -> Meaning:
    if evaluation.protocol.population.kind == "feasibility":
        means = f"This pilot asked whether it can be done. {evaluation.judgement.why}"
        return Meaning("Adapt: a feasibility pilot", means, FEASIBLE)
    broken = "; ".join(_broken(reason) for reason in scale_rules(evaluation.judgement) if not reason.holds)
    means = f"The effect is shown, but the pilot does not keep all that was promised. Not kept: {broken}."
    return Meaning(HEADLINES["adapt"], means, ADAPTED)


def _extend(evaluation: Evaluation) -> str:
    left = extensions_left_of(evaluation)
    return (
        "The effect is not decided, and the protocol allowed for that beforehand:"
        f" {plural(left, 'extension')} {'is' if left == 1 else 'are'} left. Go on as planned, then look again."
    )


def _stop(evaluation: Evaluation, units: Units) -> Meaning:
    held = {reason.rule for reason in evaluation.judgement.reasons if reason.holds}
    if "stop.effect_upper_bound_below" in held:
        limit = units.size(evaluation.protocol.stop_effect_upper_bound_below or 0.0)
        means = f"Even at its best, the effect that the data allow is below {limit}: no longer worth having."
        return Meaning("Stop", means, LEARNED)
    if "stop.group_harmed" in held:
        harmed = " and ".join(f"“{group.group}”" for group in evaluation.finding.equity if group.harmed)
        means = f"Worse off than without the pilot: {harmed}. No adaptation is left to try."
        return Meaning("Stop: a group is harmed", means, LEARNED)
    span = f"{units.span(evaluation.finding.effect.interval)}{units.effect_unit}"
    means = "All looks that were promised are taken, no extension is left, and the effect could not be shown."
    not_mean = f"It does not mean that there is no effect: the data allow anything from {span}."
    return Meaning("Stop: it could not be shown", means, f"{not_mean} This pilot, at this size, could not tell.")


def extensions_left_of(evaluation: Evaluation) -> int:
    """Return how many extensions the protocol still allows after this look."""
    return max(extensions_left(evaluation.protocol, evaluation.finding, NOTHING_USED), 0)


def rule_name(reason: Reason) -> str:
    """Return a rule's name for a reader; a rule without one keeps its key."""
    return RULES.get(reason.rule, reason.rule)


def scale_rules(judgement: Judgement) -> tuple[Reason, ...]:
    """Return the reasons that must all hold before scaling."""
    return tuple(reason for reason in judgement.reasons if not reason.rule.startswith(("stop.", "looks.")))


def stop_rules(judgement: Judgement) -> tuple[Reason, ...]:
    """Return the reasons of which one is enough to stop."""
    return tuple(reason for reason in judgement.reasons if reason.rule.startswith("stop."))


def look_rules(judgement: Judgement) -> tuple[Reason, ...]:
    """Return what the rule says about looks."""
    return tuple(reason for reason in judgement.reasons if reason.rule.startswith("looks."))


def _broken(reason: Reason) -> str:
    name = rule_name(reason)
    return f"“{name[:1].lower()}{name[1:]}” (found: {reason.found.replace(' = ', ': ').replace('_', ' ')})"
