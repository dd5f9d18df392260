"""How large must this pilot be, what can the planned one show, and what can it never show?

Closed forms by normal theory, then what makes them too kind: clusters, few clusters, several looks. Each step bears its
source. The operating characteristics (`clew.gate.characteristics`) check the answer by simulation.
"""

from dataclasses import replace

from clew.pilot.assumptions import Assumed, assume
from clew.pilot.planned import planned_trial
from clew.pilot.power import variances
from clew.pilot.precision_steps import TWO_ARMS, steps_by_precision
from clew.pilot.protocol import Protocol
from clew.pilot.rare import no_event_by_luck, years_each_side
from clew.pilot.sample_size import Planned, Rare, SampleSize
from clew.pilot.size_sentences import sentences
from clew.pilot.steps import Question, steps_of
from clew.pilot.trial import looks_paid_for

LONGEST_PILOT_YEARS = 3.0


def size(protocol: Protocol) -> SampleSize:
    """Return the size that shows the smallest effect worth having, and what the planned size can show.

    Units are the outcome's. Raises InputError where the effect is impossible from the stated baseline.
    """
    assumed = assume(protocol)
    by_formula = protocol.design.kind in TWO_ARMS
    steps, needed = steps_of(_question(protocol, assumed)) if by_formula else steps_by_precision(protocol, assumed)
    found = SampleSize(
        pilot=protocol.pilot.id,
        outcome=protocol.outcome.name or protocol.outcome.column,
        measure=protocol.outcome.measure,
        effect=protocol.outcome.worth_having,
        alpha=assumed.alpha,
        power=assumed.power,
        assumptions=assumed.listed,
        steps=steps,
        needed=needed,
        planned=_planned(protocol, assumed),
        rare=rare_events(protocol),
    )
    return replace(found, sentences=sentences(found, protocol))


def _question(protocol: Protocol, a: Assumed) -> Question:
    return Question(
        measure=protocol.outcome.measure,
        assumed=a,
        spread=variances(protocol.outcome.measure, a.baseline, a.effect, a.share, a.sd),
        deals_clusters=protocol.design.deals_clusters,
        clusters=protocol.size.clusters,
        looks=protocol.looks.planned,
        paid=looks_paid_for(protocol),
    )


def _planned(protocol: Protocol, a: Assumed) -> Planned | None:
    trial = planned_trial(protocol, a)
    if trial is None:
        return None
    return Planned(
        units=round(trial.extent.units),
        clusters=protocol.size.clusters if protocol.design.cluster is not None else None,
        power=trial.power(a.effect),
        power_with_extensions=trial.power(a.effect, with_extensions=True),
        detectable=trial.detectable(),
        periods=trial.extent.periods or None,
        periods_before=trial.extent.before or None,
    )


def rare_events(protocol: Protocol) -> Rare | None:
    """Return what the protocol's rare events could show; None where it names none."""
    stated = protocol.size
    a_year, cut, alpha = stated.rare_events_a_year, stated.rare_cut, protocol.looks.alpha
    if a_year is None:
        return None
    years = years_each_side(a_year, cut, alpha=alpha, power=stated.power)
    return Rare(
        name=stated.rare_name or "the hoped-for event",
        events_a_year=a_year,
        cut=cut,
        years_each_side=years,
        years_two_sided=years_each_side(a_year, cut, alpha=alpha / 2, power=stated.power),
        expected_before=None if years is None else a_year * years,
        expected_after=None if years is None else a_year * years * (1 - cut),
        none_by_luck=tuple((span, no_event_by_luck(a_year, span)) for span in (1, 2, 3)),
        horizon_years=_horizon(protocol),
        proximal=stated.proximal,
    )


def _horizon(protocol: Protocol) -> float:
    """Return how many years the pilot may take: from its first outcome to the decision, else three."""
    began, ends = protocol.pilot.data_began, protocol.decision_by
    return (ends - began).days / 365.25 if began and ends and ends > began else LONGEST_PILOT_YEARS
