"""The verdict: the rule that was locked, held against what the data say. Nothing else may speak here.

    stop      a stop rule holds, or a group is harmed and no adaptation is left to try
    scale     every scale rule holds and no screen is unanswered
    adapt     the effect rule holds but another does not
    not yet   a planned look is outstanding
    extend    undecided, and an extension is left
    stop      undecided to the end: it could not be shown

Source: the decision rules of a registered pilot in the sense of the UK Magenta Book's "Test and Learn" supplement
(2026).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, get_args

from clew.evaluate.finding import EquityGroup, Finding
from clew.pilot.protocol import Protocol

Verdict = Literal["scale", "adapt", "extend", "stop", "not yet"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class History:
    """What the pilot has used up before this look: extensions granted, adaptations tried; and screens `answered`."""

    extensions_used: int = 0
    adaptations_used: int = 0
    answered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule of the protocol: what it `needed`, what was `found`, and whether it `holds`."""

    rule: str
    needed: str
    found: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Instead:
    """What the verdict would be if the assumption that a screen asks about were given up."""

    screen: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, the sentence that explains it, every rule with the figure behind it, and what the verdict would be
    without each assumption that can be given up."""

    verdict: Verdict
    why: str
    reasons: tuple[Reason, ...]
    instead: tuple[Instead, ...] = ()


NOTHING_USED = History()


def judge(protocol: Protocol, finding: Finding, history: History = NOTHING_USED) -> Judgement:
    """Return what the locked rule says of this finding; the same arguments always give the same verdict."""
    found = _judged(protocol, finding, history)
    return replace(found, instead=tuple(_instead(protocol, finding, history)))


def _instead(protocol: Protocol, finding: Finding, history: History) -> Iterator[Instead]:
    """Yield the verdict with each screen's alternative in place of the effect, that screen taken as answered."""
    for screen in finding.screens:
        if screen.instead is not None:
            other = screen.instead
            estimate = finding.effect.estimate if other.estimate is None else other.estimate
            effect = replace(finding.effect, estimate=estimate, interval=other.interval)
            answered = replace(history, answered=history.answered | {screen.name})
            yield Instead(screen.name, _judged(protocol, replace(finding, effect=effect), answered).verdict)


def _judged(protocol: Protocol, finding: Finding, history: History) -> Judgement:
    scale = tuple(scale_reasons(protocol, finding, history.answered))
    stop = tuple(stop_reasons(protocol, finding))
    harm = _harm_reason(protocol, finding, history)
    looks = _look_reason(protocol, finding)
    verdict, why = _weigh(protocol, finding, history, (scale, stop, harm, looks))
    shown = (*scale, *stop, *([harm] if harm else ()), looks)
    return Judgement(verdict, why, shown)


def _weigh(
    protocol: Protocol,
    finding: Finding,
    history: History,
    rules: tuple[tuple[Reason, ...], tuple[Reason, ...], Reason | None, Reason],
) -> tuple[Verdict, str]:
    scale, stop, harm, looks = rules
    if any(reason.holds for reason in stop):
        return "stop", "A stop rule holds."
    if harm is not None and harm.holds:
        return "stop", "A group is harmed and no adaptation is left to try."
    if all(reason.holds for reason in scale):
        return "scale", "Every scale rule holds and no screen is unanswered."
    if effect_is_shown(protocol, finding):
        return "adapt", "The effect is shown, but another rule does not hold."
    return _undecided(protocol, finding, history, looks)


def _undecided(protocol: Protocol, finding: Finding, history: History, looks: Reason) -> tuple[Verdict, str]:
    if not looks.holds:
        return "not yet", "A planned look is outstanding."
    if protocol.population.kind == "feasibility":
        return (
            "adapt",
            "A feasibility pilot asks whether it can be done; that it works must be shown by an impact pilot.",
        )
    if extensions_left(protocol, finding, history) > 0:
        return "extend", "The effect is undecided and an extension is left."
    return "stop", "The effect could not be shown."


def extensions_left(protocol: Protocol, finding: Finding, history: History) -> int:
    """Return how many more extensions the protocol allows after this look."""
    used = max(history.extensions_used, finding.look.look - protocol.looks.planned)
    return protocol.extend_times - used


def effect_bounds(protocol: Protocol, finding: Finding) -> tuple[float, float]:
    """Return the interval's lower and upper bound, read as an improvement, in the outcome's units."""
    low, high = (protocol.outcome.sign * bound for bound in finding.effect.interval)
    return min(low, high), max(low, high)


def effect_is_shown(protocol: Protocol, finding: Finding) -> bool:
    """Return whether the registered effect rule holds; without such a rule nothing can be shown."""
    needed = protocol.scale.effect_lower_bound_above
    return needed is not None and effect_bounds(protocol, finding)[0] > needed


def scale_reasons(protocol: Protocol, finding: Finding, answered: frozenset[str] = frozenset()) -> Iterator[Reason]:
    """Yield each rule that must hold before the pilot may be scaled, in the protocol's order."""
    yield _effect_reason(protocol, finding)
    if protocol.scale.cost_per_outcome_at_most is not None:
        yield _cost_reason(protocol.scale.cost_per_outcome_at_most, finding)
    if protocol.scale.no_group_harmed:
        harmed = [group for group in finding.equity if group.harmed]
        yield _group_reason("scale.no_group_harmed", "no group harmed", harmed)
    if protocol.scale.no_group_under_reached:
        missed = [group for group in finding.equity if group.under_reached]
        yield _group_reason("scale.no_group_under_reached", "every group reached as registered", missed)
    yield _screen_reason(finding, answered)
    if protocol.population.kind == "feasibility":
        yield Reason("population.kind", "an impact pilot", "a feasibility pilot", holds=False)


def stop_reasons(protocol: Protocol, finding: Finding) -> Iterator[Reason]:
    """Yield each stop rule; `holds` means that it says stop."""
    limit = protocol.stop_effect_upper_bound_below
    if limit is not None:
        upper = effect_bounds(protocol, finding)[1]
        rule = "stop.effect_upper_bound_below"
        yield Reason(rule, f"stops if the upper bound is below {figure(limit)}", figure(upper), upper < limit)


def _effect_reason(protocol: Protocol, finding: Finding) -> Reason:
    rule = "scale.effect_lower_bound_above"
    needed = protocol.scale.effect_lower_bound_above
    lower = figure(effect_bounds(protocol, finding)[0])
    if needed is None:
        return Reason(rule, "a registered effect rule", f"none registered; lower bound {lower}", holds=False)
    shown = effect_is_shown(protocol, finding)
    return Reason(rule, f"lower bound above {figure(needed)}", lower, shown)


def _cost_reason(limit: Decimal, finding: Finding) -> Reason:
    account = finding.account
    cost = account.cost_per_outcome
    found = f"{cost} {account.currency}" if cost is not None else account.why or "cannot be computed"
    needed = f"at most {limit} {account.currency or ''}".strip()
    return Reason("scale.cost_per_outcome_at_most", needed, found, cost is not None and cost <= limit)


def _group_reason(rule: str, needed: str, groups: list[EquityGroup]) -> Reason:
    found = ", ".join(f"{group.column} = {group.group}" for group in groups) or "none"
    return Reason(rule, needed, found, not groups)


def _screen_reason(finding: Finding, answered: frozenset[str]) -> Reason:
    flagged = [screen.name for screen in finding.screens if screen.flag]
    unanswered = [name for name in flagged if name not in answered]
    found = f"unanswered: {', '.join(unanswered)}" if unanswered else f"{len(flagged)} flagged, none unanswered"
    return Reason("screens", "no screen unanswered", found, not unanswered)


def _harm_reason(protocol: Protocol, finding: Finding, history: History) -> Reason | None:
    if not protocol.equity:
        return None
    harmed = [f"{group.column} = {group.group}" for group in finding.equity if group.harmed]
    left = protocol.adapt_times - history.adaptations_used
    found = f"{', '.join(harmed) or 'no group harmed'}; adaptations left: {max(left, 0)}"
    needed = "stops if a group is harmed and no adaptation is left"
    return Reason("stop.group_harmed", needed, found, bool(harmed) and left <= 0)


def _look_reason(protocol: Protocol, finding: Finding) -> Reason:
    look, planned = finding.look.look, protocol.looks.planned
    needed = "the planned look taken" if planned == 1 else f"all {planned} planned looks taken"
    found = f"look {look} of {planned}" if look <= planned else f"all taken; this is extension {look - planned}"
    return Reason("looks.planned", needed, found, look >= planned)


def figure(value: float) -> str:
    """Return a figure for reading, to four significant digits."""
    return f"{value:.4g}"
