"""What the home page shows: the portfolio as of a day, read by a handful of queries however many cases there are."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from heapq import nsmallest

from django.db.models import Count, Q

from clew.case.collaboration import CAVEAT, EXTERNAL, INTRA_GOVERNMENTAL, SOURCE, Collaboration, Literature
from clew.gate.portfolio import FINAL, PilotLine, Portfolio, overrides
from clew.report.plots import Scale
from clew.web.case.lists import listed
from clew.web.case.models import CaseRow
from clew.web.pilot.models import PilotRow

A_FEW = 8
WHOLE = Scale(0.0, 1.0)
COLUMNS = tuple(field.name for field in fields(PilotLine))
LATE_CASES = ("case_id", "title", "owner")


@dataclass(frozen=True, slots=True)
class Late:
    """One thing that is late: of what kind, whose, since when; `show`: the list of all that are late in this way."""

    what: str
    title: str
    url_name: str
    key: str
    owner: str
    due: date
    days: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the portfolio, and the list behind it. `share`: 0 to 1, None where there is nothing to count."""

    label: str
    show: str
    count: int
    of: int

    @property
    def share(self) -> float | None:
        """The count over all; None where there are none."""
        return self.count / self.of if self.of else None

    @property
    def wide(self) -> str:
        """How wide its bar is drawn, in per cent."""
        return f"{100 * (self.share or 0.0):.2f}"


@dataclass(frozen=True, slots=True)
class Beside:
    """A share of the own cases beside what was found elsewhere."""

    label: str
    show: str
    own: float | None
    count: int
    literature: Literature

    @property
    def early(self) -> float:
        """What was found in the early 1990s."""
        return float(self.literature.early)

    @property
    def late(self) -> float:
        """What was found in 2010."""
        return float(self.literature.late)

    @property
    def early_at(self) -> str:
        """Where the early share is drawn, in per cent of the width."""
        return WHOLE.at(self.early)

    @property
    def late_at(self) -> str:
        """Where the late share is drawn."""
        return WHOLE.at(self.late)

    @property
    def own_at(self) -> str:
        """Where the own share is drawn."""
        return WHOLE.at(self.own or 0.0)


@dataclass(frozen=True, slots=True)
class Front:
    """The home page. `late`: the longest overdue of all kinds; `late_counts`: (list, count) each."""

    portfolio: Portfolio
    cases: int
    open_cases: int
    late: tuple[Late, ...]
    late_counts: tuple[tuple[str, str, int], ...]
    together: Collaboration
    source: str = SOURCE
    caveat: str = CAVEAT

    @property
    def is_empty(self) -> bool:
        """Whether there is neither case nor pilot."""
        return not self.cases and not self.portfolio.lines

    @property
    def late_in_all(self) -> int:
        """How many things are late."""
        return sum(count for _, _, count in self.late_counts)

    @property
    def waiting(self) -> tuple[PilotLine, ...]:
        """A few pilots that wait for a decision, those due first."""
        return tuple(
            nsmallest(A_FEW, self.portfolio.waiting, key=lambda line: (line.decision_by or date.max, line.pilot))
        )

    @property
    def decided(self) -> tuple[PilotLine, ...]:
        """The latest decisions."""
        done = [line for line in self.portfolio.lines if line.decided_on is not None]
        return tuple(sorted(done, key=lambda line: (line.decided_on or date.min, line.pilot), reverse=True)[:A_FEW])

    @property
    def running(self) -> int:
        """How many pilots run."""
        return sum(line.is_running for line in self.portfolio.lines)

    @property
    def decisions(self) -> tuple[Figure, ...]:
        """How many were decided in each way."""
        found = [line.decided for line in self.portfolio.lines if line.decided]
        return tuple(Figure(way, way, found.count(way), len(found)) for way in FINAL)

    @property
    def shares(self) -> tuple[Figure, ...]:
        """What share of pilots promised what is to be promised."""
        lines = self.portfolio.lines
        asked = (
            ("promised before the data", "locked-before-data", lambda line: not line.after_data),
            ("with a rule to scale", "with-rule", lambda line: line.has_rule),
            ("with an exit plan", "with-exit", lambda line: line.has_exit),
            ("with a day for the public", "with-public-input", lambda line: line.has_public_input),
        )
        return tuple(Figure(label, show, sum(map(has, lines)), len(lines)) for label, show, has in asked)

    @property
    def unfavourable(self) -> Figure:
        """Published results that are null or a loss."""
        published = self.portfolio.published
        count = sum(line.result != "gain" for line in published)
        return Figure("null or negative", "null-or-negative", count, len(published))

    @property
    def extensions(self) -> Figure:
        """Pilots that were extended."""
        lines = self.portfolio.lines
        return Figure("extended", "extended", sum(line.extensions > 0 for line in lines), len(lines))

    @property
    def overrides(self) -> tuple[tuple[str, int], ...]:
        """How often each role decided otherwise than the rule, in the alphabet's order."""
        return tuple(sorted(overrides(self.portfolio.lines).items()))

    @property
    def beside(self) -> tuple[Beside, ...]:
        """The two shares of collaboration beside those of the literature."""
        own = self.together
        external = None if own.share_external is None else float(own.share_external)
        intra = None if own.share_intra is None else float(own.share_intra)
        return (
            Beside("with partners outside government", "outside-government", external, own.external, EXTERNAL),
            Beside("with partners within government", "within-government", intra, own.intra, INTRA_GOVERNMENTAL),
        )


def front(today: date) -> Front:
    """Return the home page as of a day."""
    portfolio = Portfolio(today, tuple(PilotLine(*row) for row in PilotRow.objects.values_list(*COLUMNS)))
    counts = CaseRow.objects.aggregate(
        cases=Count("pk"),
        open=Count("pk", filter=Q(result="")),
        outside=Count("pk", filter=Q(works_outside=True)),
        within=Count("pk", filter=Q(works_within=True)),
        owing=Count("pk", filter=Q(next_due_on__lt=today)),
        unevaluated=Count("pk", filter=Q(evaluate_by__lt=today)),
    )
    return Front(
        portfolio=portfolio,
        cases=counts["cases"],
        open_cases=counts["open"],
        late=tuple(nsmallest(A_FEW, _late(portfolio, today), key=lambda one: (one.due, one.key))),
        late_counts=(
            ("overdue", "decisions", len(portfolio.overdue)),
            ("evidence-overdue", "evidence owed", counts["owing"]),
            ("evaluations-overdue", "evaluations", counts["unevaluated"]),
        ),
        together=Collaboration(counts["cases"], counts["outside"], counts["within"]),
    )


def _late(portfolio: Portfolio, today: date) -> Iterable[Late]:
    for line in portfolio.overdue[:A_FEW]:
        due = line.decision_by or today
        yield Late("decision", line.title, "pilot", line.pilot, line.owner or "", due, (today - due).days)
    for show, what, column in (
        ("evidence-overdue", "evidence owed", "next_due_on"),
        ("evaluations-overdue", "evaluation", "evaluate_by"),
    ):
        for case_id, title, owner, due in listed(show).rows(today).values_list(*LATE_CASES, column)[:A_FEW]:
            yield Late(what, title, "case", case_id, owner, due, (today - due).days)
