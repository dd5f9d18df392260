"""A sample size in plain sentences: what it takes, what the plan can show, and what cannot be shown."""

from collections.abc import Iterator

from clew.pilot.digits import plain
from clew.pilot.planned import ByPower, planned_trial
from clew.pilot.precision_sentences import needed_by_precision
from clew.pilot.precision_steps import TWO_ARMS
from clew.pilot.protocol import Protocol
from clew.pilot.sample_size import Planned, Rare, SampleSize
from clew.pilot.trial import Trial


def sentences(found: SampleSize, protocol: Protocol) -> tuple[str, ...]:
    """Return the sentences, the most general first."""
    planned = (*_planned(found, protocol), *_not_counted(found, protocol))
    return (*_takes(found, protocol), *planned, *_rare(found), *_assumed(found))


def _takes(found: SampleSize, protocol: Protocol) -> Iterator[str]:
    if protocol.design.kind not in TWO_ARMS:
        yield from needed_by_precision(found, protocol)
        return
    yield _wanted(found, protocol)
    yield _needed_in_clusters(found, protocol) if found.needed.clusters is not None else _needed_alone(found)


def _wanted(found: SampleSize, protocol: Protocol) -> str:
    first = found.steps[0]
    return (
        f"To show an effect of {plain(found.effect, 6)} on {found.outcome} with {found.power:.0%} power and a two-sided"
        f" error of {found.alpha:.3g}, a single look takes {first.treated} treated and {first.comparison} comparison"
        f" units ({protocol.population.unit}) if they are randomised one by one."
    )


def _needed_alone(found: SampleSize) -> str:
    return f"With everything counted (looks, t test), this pilot needs {found.needed.units} in all."


def _needed_in_clusters(found: SampleSize, protocol: Protocol) -> str:
    needed, name = found.needed, protocol.design.cluster
    if needed.units is None:
        return (
            f"Randomised by {name}, {needed.clusters} clusters are too few, however large they are: it takes about"
            f" {needed.clusters_of_stated_size} of the size stated."
        )
    return (
        f"Randomised by {name}, with everything counted (likeness within clusters, few clusters, looks), it needs"
        f" {needed.clusters} clusters with {needed.cluster_size} units in each, {needed.units} in all."
    )


def _planned(found: SampleSize, protocol: Protocol) -> Iterator[str]:
    planned = found.planned
    if planned is None:
        series = protocol.design.kind == "interrupted-time-series"
        keys = "periods" if series else "units, and clusters where they are randomised"
        yield f"The protocol plans no size ([size] {keys}), so no power is given."
        return
    power = f"{_chance(planned.power)} probability{_later(planned)}"
    yield f"The {_extent(planned, protocol)} planned show it with {power}."
    if found.can_be_shown:
        return
    seen = (
        "no effect that is possible" if planned.detectable is None else f"only effects from {plain(planned.detectable)}"
    )
    yield (
        f"CANNOT BE SHOWN with the power wanted: this size detects {seen} with {found.power:.0%} probability, but one"
        f" of {plain(found.effect, 6)} is worth having. Plan a larger pilot, or call it a feasibility pilot beforehand."
    )


def _not_counted(found: SampleSize, protocol: Protocol) -> Iterator[str]:
    """Say what the rule asks for beyond an interval that leaves out zero."""
    trial, bound = planned_trial(protocol), protocol.scale.effect_lower_bound_above
    if trial is None:
        return
    if bound is not None and bound > 0:
        yield f"That the interval lies above {plain(bound)}, as the rule asks, is less likely{_above(bound, trial)}."
    yield (
        "Not counted are the questions that chance raises now and then about what the design takes for granted: until"
        " they are answered, the rule does not say scale."
    )


def _above(bound: float, trial: Trial) -> str:
    """Return the chance that the interval of a mean lies above the bound, if the effect is just worth having."""
    outcome = trial.protocol.outcome
    room = outcome.worth_having - bound
    if room <= 0 or outcome.measure != "mean" or isinstance(trial, ByPower):
        return ""
    return f": {_chance(trial.power(outcome.sign * room))} probability"


def _extent(planned: Planned, protocol: Protocol) -> str:
    if protocol.design.kind == "interrupted-time-series":
        return f"{planned.periods} periods ({planned.periods_before} before)"
    inside = f" in {planned.clusters} clusters" if planned.clusters is not None else ""
    return f"{planned.units} units{inside}"


def _later(planned: Planned) -> str:
    if planned.power_with_extensions <= planned.power + 0.005:
        return ""
    return f", {_chance(planned.power_with_extensions)} if every extension is taken"


def _rare(found: SampleSize) -> Iterator[str]:
    rare = found.rare
    if rare is None:
        return
    luck = ", ".join(f"{years} years {chance:.2f}" for years, chance in rare.none_by_luck if years > 1)
    yield (
        f"{_capital(rare.name)}: {rare.events_a_year:g} a year are expected. {_years(rare, found.power)}"
        f" The chance of not a single one by luck, with no effect at all: {luck}."
    )
    if rare.can_be_shown:
        return
    yield f"{_capital(rare.name)} CANNOT BE SHOWN to fall here within {rare.horizon_years:.2g} years. {_proximal(rare)}"


def _years(rare: Rare, power: float) -> str:
    wish = f"To show {_cut(rare.cut)} with {power:.0%} power, one place like this needs"
    if rare.years_each_side is None or rare.expected_before is None or rare.expected_after is None:
        return f"{wish} more than 100,000 years before and as many after."
    return (
        f"{wish} about {rare.years_each_side} years before and {rare.years_each_side} after"
        f" ({rare.expected_before:.0f} events expected before, {rare.expected_after:.0f} after)."
    )


def _proximal(rare: Rare) -> str:
    if rare.proximal is None:
        return (
            "Register a proximal outcome in its stead ([size] proximal): something that must change first and can be"
            " counted in every unit."
        )
    return f"Registered in its stead is the proximal outcome: {rare.proximal}."


def _assumed(found: SampleSize) -> Iterator[str]:
    guessed = [f"{one.name} {one.value:.4g} ({one.why})" for one in found.assumptions if not one.stated]
    if guessed:
        yield f"Not stated in the protocol, so assumed with caution: {'; '.join(guessed)}."


def _cut(cut: float) -> str:
    return "a halving" if cut == 0.5 else "an end to them" if cut == 1 else f"a cut by {cut:.0%}"


def _chance(chance: float) -> str:
    return f"{chance:.0%}" if 0.01 <= chance <= 0.99 else "over 99%" if chance > 0.99 else "under 1%"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
