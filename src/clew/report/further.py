"""Figures beside the effect, and what the verdict would be without an assumption, as a reader sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clew.evaluate.finding import Alternative, Further
from clew.gate.evaluation import Evaluation
from clew.report.figures import MINUS, Units
from clew.report.pictures import figure


@dataclass(frozen=True, slots=True)
class FurtherRow:
    """One figure for reading; `warning`: it must not be used alone; `detail`: of one period or group."""

    name: str
    estimate: str
    interval: str
    why: str
    warning: bool
    detail: bool


def rows(found: Sequence[Further]) -> tuple[FurtherRow, ...]:
    """Return the figures as rows, in their own units: they are not all in the outcome's."""
    return tuple(
        FurtherRow(
            name=one.name,
            estimate="–" if one.estimate is None else figure(one.estimate),
            interval="–" if one.interval is None else span(one.interval),
            why=one.why,
            warning=one.kind == "warning",
            detail=one.kind in {"period", "group"},
        )
        for one in found
    )


def span(interval: tuple[float, float]) -> str:
    """Return both ends of an interval; where it has none on a side, in words."""
    low, high = interval
    return f"{_end(low)} to {_end(high)}"


def _end(value: float) -> str:
    if value in {float("inf"), float("-inf")}:
        return "no limit"
    return figure(value).replace("-", MINUS)


def instead(evaluation: Evaluation, units: Units) -> Mapping[str, str]:
    """Return for each screen whose assumption can be given up what would follow, as a sentence."""
    verdicts = {one.screen: one.verdict for one in evaluation.judgement.instead}
    return {
        screen.name: _sentence(screen.instead, verdicts[screen.name], evaluation.verdict, units)
        for screen in evaluation.finding.screens
        if screen.instead is not None and screen.name in verdicts
    }


def _sentence(other: Alternative, verdict: str, computed: str, units: Units) -> str:
    said = f"{other.says[:1].upper()}{other.says[1:]}"
    return f"{said}: {units.span(other.interval)}{units.effect_unit}; the verdict would {_be(verdict, computed)}."


def _be(other: str, computed: str) -> str:
    return f"still be “{other}”" if other == computed else f"be “{other}”"
