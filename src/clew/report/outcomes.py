"""Further outcomes as a reader sees them: what else changed, for better or worse, beside the effect that decides.

Their intervals stand on one scale of standard errors, turned so that better is to the right: their units differ.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from clew.evaluate.finding import Finding, SecondaryOutcome
from clew.pilot.protocol import Outcome, Protocol
from clew.report.figures import Units, spoken, units_of
from clew.report.plots import Bar, Scale, scale_over

WAYS = {"better": "better", "worse": "worse", "": "cannot be told"}


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One further outcome for reading. `bar`: None where there is nothing to draw; `why`: the reason then."""

    name: str
    better: str
    n: str
    effect: str
    interval: str
    p_value: str
    p_holm: str
    way: str
    bar: Bar | None
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """All that is told of further outcomes: `sentences` on what moved, a row each, `zero`: where no difference lies."""

    sentences: tuple[str, ...]
    rows: tuple[OutcomeRow, ...]
    zero: str


def told(finding: Finding, protocol: Protocol) -> Told | None:
    """Return what is told of the further outcomes, None where there are none."""
    if not finding.secondary:
        return None
    scale = _scale(finding.secondary)
    promised = {outcome.column: outcome for outcome in protocol.secondary}
    read = [(one, _units(one, promised[one.column], protocol)) for one in finding.secondary]
    return Told(tuple(_sentences(read)), tuple(_row(one, units, scale) for one, units in read), scale.at(0.0))


def name_of(one: SecondaryOutcome) -> str:
    """Return the outcome in plain words where the protocol has them, else its column as words."""
    return spoken(one.column) if one.name == one.column else one.name


def _units(one: SecondaryOutcome, outcome: Outcome, protocol: Protocol) -> Units:
    return units_of(protocol.about(outcome), one.std_error or 0.0)


def _sentences(read: Sequence[tuple[SecondaryOutcome, Units]]) -> Iterator[str]:
    """Yield what moved for worse, then for better; where nothing did, that."""
    for way, said in (("worse", "the wrong way"), ("better", "the right way")):
        for one, units in read:
            if one.moved == way and one.estimate is not None:
                effect = units.effect(one.estimate)
                yield f"“{name_of(one)}” moved {said}: {effect}, and its whole interval lies on the {way} side."
    if not any(one.moved for one, _ in read):
        yield "Of none of them can it be told which way it moved."


def _row(one: SecondaryOutcome, units: Units, scale: Scale) -> OutcomeRow:
    estimated = one.estimate is not None and one.interval is not None
    return OutcomeRow(
        name=name_of(one),
        better=f"{one.better} is better"
        + (f"; worth having: {units.size(one.worth_having)}" if one.worth_having else ""),
        n="–" if one.n is None else f"{one.n:,}",
        effect="not computable" if one.estimate is None else units.effect(one.estimate),
        interval="" if one.interval is None else f"({units.span(one.interval)})",
        p_value=_p(one.p_value),
        p_holm=_p(one.p_holm),
        way=WAYS[one.moved] if estimated else "–",
        bar=_bar(one, scale),
        why=one.refused or "",
    )


def _p(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.4f}" if value >= 0.0001 else "below 0.0001"


def _improvements(one: SecondaryOutcome) -> tuple[float, float, float] | None:
    """Return low end, estimate and high end in standard errors, better to the right; None where they have no size."""
    if one.estimate is None or one.interval is None or not one.std_error:
        return None
    sign = 1 if one.better == "higher" else -1
    low, point, high = sorted(sign * value / one.std_error for value in (*one.interval, one.estimate))
    return low, point, high


def _scale(found: Sequence[SecondaryOutcome]) -> Scale:
    drawn = [places for one in found if (places := _improvements(one)) is not None]
    return scale_over([0.0, *(place for places in drawn for place in places if isfinite(place))])


def _bar(one: SecondaryOutcome, scale: Scale) -> Bar | None:
    places = _improvements(one)
    return None if places is None else Bar(*map(scale.at, places))
