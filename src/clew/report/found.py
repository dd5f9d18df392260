"""What was found, as sentences and rows for a reader."""

from collections.abc import Iterator
from dataclasses import dataclass

from clew.evaluate.finding import EquityGroup
from clew.gate.evaluation import Evaluation
from clew.gate.events import VerdictComputed
from clew.pilot.protocol import Protocol
from clew.report import plots
from clew.report.comparison import averages, sides
from clew.report.figures import Units, chance, money, plural, spoken
from clew.report.promise import outcome_name

WITHHELD = "withheld"
AVERAGES = {"proportion": "the share", "mean": "the average", "count": "the average number"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a list of facts: a term and what it is."""

    term: str
    value: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group as a reader sees it; withheld figures stay withheld."""

    column: str
    group: str
    n: str
    effect: str
    interval: str
    reach: str
    reached: str
    harmed: str
    why: str


def effect_sentence(evaluation: Evaluation, units: Units) -> str:
    """Return the effect in the outcome's units with both averages, as one sentence."""
    effect = evaluation.finding.effect
    measured = f"“{outcome_name(evaluation.protocol)}”: {AVERAGES[evaluation.protocol.outcome.measure]} was"
    here, there = averages(evaluation.protocol.design)
    return (
        f"{measured} {units.level(effect.mean_treated)} {here} and {units.level(effect.mean_comparison)} {there}."
        f" Effect: {units.effect(effect.estimate)}."
    )


def interval_sentence(evaluation: Evaluation, units: Units) -> str:
    """Return what else the data allow."""
    effect = evaluation.finding.effect
    widened = ", widened because the data are looked at more than once" if paid_looks(evaluation) > 1 else ""
    span = f"{units.span(effect.interval)}{units.effect_unit}"
    return f"The data allow anything from {span} ({level(evaluation)} interval{widened})."


def level(evaluation: Evaluation) -> str:
    """Return the level of the interval, as "95%" or "99.7%"; never rounded to certainty."""
    return f"{100 * evaluation.finding.effect.level:.3g}%"


def paid_looks(evaluation: Evaluation) -> int:
    """Return how many looks the error rate pays for."""
    look = evaluation.finding.look
    return 1 if look.method == "single" else look.of + look.extensions


def chance_sentences(evaluation: Evaluation) -> Iterator[str]:
    """Yield how surprising the result would be without any effect, by formula and by drawing the lots again."""
    effect, randomisation = evaluation.finding.effect, evaluation.finding.randomisation
    yield (
        "If it made no difference, a result at least this far from zero would come up with probability"
        f" {chance(effect.p_value)}."
    )
    if randomisation is not None:
        drawn = "all" if randomisation.exact else "a random choice of"
        yield (
            f"Drawing the lots again in {drawn} {randomisation.draws:,} ways gives a difference at least as large in"
            f" {chance(randomisation.p_value)} of them."
        )


def facts(evaluation: Evaluation, units: Units) -> tuple[Fact, ...]:
    """Return the figures that stand beside the verdict, at most six."""
    return tuple(_facts(evaluation, units))


def _facts(evaluation: Evaluation, units: Units) -> Iterator[Fact]:
    finding = evaluation.finding
    yield Fact(f"Effect on “{outcome_name(evaluation.protocol)}”", units.effect(finding.effect.estimate))
    yield Fact(f"{level(evaluation)} interval", units.span(finding.effect.interval))
    yield Fact("Compared", compared(evaluation))
    if paid_looks(evaluation) > 1:
        yield Fact("Look", look_words(evaluation))
    if finding.account.cost_per_outcome is not None:
        yield Fact("Cost of one more good outcome", money(finding.account.cost_per_outcome, finding.account.currency))


def recorded_facts(verdict: VerdictComputed, protocol: Protocol, units: Units) -> tuple[Fact, ...]:
    """Return the figures that a verdict's entry on the record holds."""
    return (
        Fact(f"Effect on “{outcome_name(protocol)}”", units.effect(float(verdict.estimate))),
        Fact("Interval", units.span((float(verdict.lower), float(verdict.upper)))),
        Fact("Look", str(verdict.look)),
    )


def compared(evaluation: Evaluation) -> str:
    """Return how many units, and in how many clusters."""
    effect, design = evaluation.finding.effect, evaluation.protocol.design
    units = plural(effect.n, evaluation.protocol.population.unit)
    if effect.clusters is None:
        return units
    return f"{units}, {effect.clusters:,} clusters ({spoken(design.cluster or 'cluster')})"


def look_words(evaluation: Evaluation) -> str:
    """Return which look this is, as "1 of 1" or "extension 1 of 1"."""
    look = evaluation.finding.look
    if look.look > look.of:
        return f"extension {look.look - look.of} of {look.extensions}"
    return f"{look.look} of {look.of} planned"


def who_sentences(evaluation: Evaluation) -> Iterator[str]:
    """Yield who was compared with whom, and whose outcome is missing."""
    effect, things = evaluation.finding.effect, evaluation.protocol.population.unit
    clusters = f", in {effect.clusters:,} clusters" if effect.clusters is not None else ""
    here, there = sides(evaluation.protocol.design)
    yield f"{plural(effect.n_treated, things)} {here}, {effect.n_comparison:,} {there}{clusters}."
    if effect.icc is not None:
        yield f"Outcomes within a cluster resemble each other: intra-cluster correlation {effect.icc:.3f}."
    missing = [f"{count:,} of “{arm}”" for arm, count in evaluation.finding.missing if count]
    if missing:
        yield f"Left out because the outcome is missing: {' and '.join(missing)}."


def _held_against(evaluation: Evaluation) -> str:
    timed = evaluation.protocol.design.before_and_after
    return "after the start minus what was expected" if timed else "treated minus comparison"


def effect_rows(evaluation: Evaluation, units: Units) -> tuple[Fact, ...]:
    """Return the plot of the estimate as rows."""
    effect = evaluation.finding.effect
    low, high = effect.interval
    robust = evaluation.protocol.design.standard_errors == "robust-bias-corrected"
    freed = (Fact("Estimate freed of its bias, the middle of the interval", units.number((low + high) / 2)),)
    return (
        Fact(f"Estimate, {_held_against(evaluation)}", units.number(effect.estimate)),
        *(freed if robust else ()),
        Fact("Interval, lower end", units.number(low)),
        Fact("Interval, upper end", units.number(high)),
        Fact(
            "Standard error, robust, of the estimate freed of its bias" if robust else "Standard error",
            units.width(effect.std_error).removesuffix(units.effect_unit),
        ),
        Fact("Degrees of freedom", "normal reference" if effect.df is None else f"{effect.df:.1f}"),
        Fact("p-value at this look", f"{effect.p_value:.4f}" if effect.p_value >= 0.0001 else "below 0.0001"),
    )


def group_rows(evaluation: Evaluation, units: Units) -> tuple[GroupRow, ...]:
    """Return the groups as a reader sees them."""
    return tuple(_group_row(group, units) for group in evaluation.finding.equity)


def _group_row(group: EquityGroup, units: Units) -> GroupRow:
    shown = plots.shown(group)
    withheld = WITHHELD if group.hidden else "not computable"
    return GroupRow(
        column=spoken(group.column),
        group=group.group,
        n=WITHHELD if group.hidden or group.n is None else f"{group.n:,}",
        effect=withheld if shown is None else units.number(shown[0]),
        interval="" if shown is None else f"({units.span(shown[1])})",
        reach=_reach(group),
        reached="too low" if group.under_reached else "",
        harmed="yes" if group.harmed else "no",
        why=group.why if shown is None else "",
    )


def _reach(group: EquityGroup) -> str:
    if group.hidden or (group.n is None and group.reach is None):
        return WITHHELD
    return "not asked" if group.reach is None else f"{group.reach:.2f}"
