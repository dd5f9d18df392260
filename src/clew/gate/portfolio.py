"""The portfolio: pilots that drift must be seen. Past their date, growing old, extended, without rule, exit or public.

"Pilotitis" is pilots that never come to a decision; its remedies are clear scale criteria, exit strategies and public
input (encyclopedia of public sector innovation). No ranking, no total score: counts, medians and lists.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from statistics import median
from typing import Any, Literal

from clew.case.collaboration import Collaboration, collaboration

ResultSign = Literal["gain", "null", "loss"]

# What ends a pilot. "not yet" and "extend" let it go on.
FINAL = ("scale", "adapt", "stop")


@dataclass(frozen=True, slots=True)
class PilotLine:
    """One pilot as the portfolio sees it. Days are dates; None where it has not happened or was not registered.

    `idea_on`: the case was opened. `in_use_on`: it reached the status "in use". `result`: sign of the last published
    effect, whose interval lies above zero ("gain"), holds zero ("null") or lies below ("loss"), as an improvement.
    `overridden_by`: the role that last decided otherwise than the rule. `decided`: what was decided at last.
    """

    pilot: str
    title: str
    where: str
    locked_on: date | None = None
    idea_on: date | None = None
    decision_by: date | None = None
    decided_on: date | None = None
    decided: str | None = None
    in_use_on: date | None = None
    verdict: str | None = None
    result: ResultSign | None = None
    extensions: int = 0
    has_rule: bool = False
    has_exit: bool = False
    has_public_input: bool = False
    after_data: bool = False
    owner: str | None = None
    overridden_by: str | None = None

    @property
    def is_running(self) -> bool:
        """Locked, and not decided yet."""
        return self.locked_on is not None and self.decided_on is None

    @property
    def awaits_decision(self) -> bool:
        """Running, and the rule says scale, adapt or stop: it is for the accountable owner now."""
        return self.is_running and self.verdict in FINAL

    def is_overdue(self, today: date) -> bool:
        """Running past the date by which it was to be decided."""
        return self.is_running and self.decision_by is not None and self.decision_by < today

    def is_silent(self, today: date) -> bool:
        """Decided, or past its date, and nothing was ever published: the gap that a withheld result leaves."""
        return self.result is None and (self.decided_on is not None or self.is_overdue(today))

    def age_days(self, today: date) -> int | None:
        """Days since the lock, of a running pilot."""
        return (today - self.locked_on).days if self.is_running and self.locked_on else None


@dataclass(frozen=True, slots=True)
class CycleTime:
    """How long one step takes: median days over the `count` pilots that have taken it, None where none has."""

    step: str
    median_days: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Pilots side by side, as of `today`. `partners`: for each case, the kinds of its partners."""

    today: date
    lines: tuple[PilotLine, ...]
    partners: tuple[tuple[str, ...], ...] = ()

    @property
    def overdue(self) -> tuple[PilotLine, ...]:
        """Pilots running past their decision date, the longest first."""
        late = [line for line in self.lines if line.is_overdue(self.today)]
        return tuple(sorted(late, key=lambda line: (line.decision_by or self.today, line.pilot)))

    @property
    def median_age_days(self) -> float | None:
        """Median days since the lock over running pilots; None where none runs."""
        ages = [age for line in self.lines if (age := line.age_days(self.today)) is not None]
        return float(median(ages)) if ages else None

    @property
    def cycle_times(self) -> tuple[CycleTime, ...]:
        """Median days from idea to test, test to decision, decision to use."""
        return (
            _cycle("idea to test", self.lines, lambda line: (line.idea_on, line.locked_on)),
            _cycle("test to decision", self.lines, lambda line: (line.locked_on, line.decided_on)),
            _cycle("decision to use", self.lines, lambda line: (line.decided_on, line.in_use_on)),
        )

    @property
    def slowest_step(self) -> str | None:
        """The step with the longest median, None where no step has been taken."""
        taken = [cycle for cycle in self.cycle_times if cycle.median_days is not None]
        return max(taken, key=lambda cycle: cycle.median_days or 0.0).step if taken else None

    def share(self, has: Callable[[PilotLine], bool]) -> float | None:
        """Return the share of pilots for which `has` is true, 0 to 1; None in an empty portfolio."""
        return sum(map(has, self.lines)) / len(self.lines) if self.lines else None

    @property
    def published(self) -> tuple[PilotLine, ...]:
        """Pilots with a published result."""
        return tuple(line for line in self.lines if line.result is not None)

    @property
    def share_null_or_negative(self) -> float | None:
        """Share of published results that are null or a loss; None where nothing is published.

        Near zero over many pilots, it says that failures are hidden rather than absent.
        """
        results = [line.result for line in self.published]
        return sum(result != "gain" for result in results) / len(results) if results else None

    @property
    def silent(self) -> tuple[PilotLine, ...]:
        """Pilots that ended, or should have, without a published result."""
        return tuple(line for line in self.lines if line.is_silent(self.today))

    @property
    def waiting(self) -> tuple[PilotLine, ...]:
        """Running pilots whose rule has spoken, and on which nobody has decided yet."""
        return tuple(line for line in self.lines if line.awaits_decision)

    @property
    def collaboration(self) -> Collaboration:
        """How many cases have partners outside government, and within it."""
        return collaboration(self.partners)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of `clew gate portfolio`."""
        return {
            "today": self.today.isoformat(),
            "pilots": len(self.lines),
            "running": sum(line.is_running for line in self.lines),
            "overdue": [line.pilot for line in self.overdue],
            "median_age_days": self.median_age_days,
            "extensions": sum(line.extensions for line in self.lines),
            "share_locked": self.share(lambda line: line.locked_on is not None),
            "share_with_rule": self.share(lambda line: line.has_rule),
            "share_with_exit": self.share(lambda line: line.has_exit),
            "share_with_public_input": self.share(lambda line: line.has_public_input),
            "registered_after_data_began": sum(line.after_data for line in self.lines),
            "published": len(self.published),
            "share_null_or_negative": self.share_null_or_negative,
            "without_result": [line.pilot for line in self.silent],
            "overrides": dict(sorted(overrides(self.lines).items())),
            "cycle_times": [asdict(cycle) for cycle in self.cycle_times],
            "slowest_step": self.slowest_step,
            "cases": self.collaboration.cases,
            "share_external_collaboration": _rounded(self.collaboration.share_external),
            "share_intra_governmental_collaboration": _rounded(self.collaboration.share_intra),
            "lines": [_plain(line, self.today) for line in self.lines],
        }


def _rounded(share: Fraction | None) -> float | None:
    return None if share is None else float(share)


def overrides(lines: Iterable[PilotLine]) -> Counter[str]:
    """Return how many verdicts each role decided otherwise."""
    return Counter(line.overridden_by for line in lines if line.overridden_by is not None)


def _cycle(
    step: str, lines: Iterable[PilotLine], ends: Callable[[PilotLine], tuple[date | None, date | None]]
) -> CycleTime:
    spans = [(end - start).days for start, end in map(ends, lines) if start and end]
    return CycleTime(step, float(median(spans)) if spans else None, len(spans))


def _plain(line: PilotLine, today: date) -> dict[str, Any]:
    values = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(line).items()}
    return {**values, "overdue": line.is_overdue(today), "age_days": line.age_days(today)}
