"""When a case is to be evaluated: regularly from the day it is opened, the sooner the more can go wrong.

The days between two evaluations follow from the phase that the case is in and from its risk. An evaluation is a step
into the phase "evaluate" (every look at a pilot's data is one) or evidence named in `EVALUATIONS`. Going back to an
earlier phase does not put an evaluation off.

Source: regular evaluations, as guidance for public innovation asks; that their effort be in proportion to risk, UK
Magenta Book (2020), ch. 2. The numbers of days are clew's own policy, not a finding.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from clew.case.phases import PHASES, RISKS
from clew.case.state import Case

# days between evaluations in each phase, at low, medium and high risk; and what the evaluation asks
DAYS = {
    "frame": (365, 180, 90),
    "convene": (365, 180, 90),
    "deliberate": (365, 180, 90),
    "choose": (365, 180, 90),
    "pilot": (365, 180, 90),
    "evaluate": (180, 90, 45),
    "gate": (180, 90, 45),
    "implement": (730, 365, 180),
    "spread": (730, 365, 180),
}
ASKS = {
    "invention": "Is it still the problem, and still this one?",
    "implementation": "Is it done as promised, and does it do good?",
    "diffusion": "Does it still work, here and elsewhere?",
}
AHEAD = 3


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One evaluation that is to come, or is late: when it is `due`, and the question that it `asks`."""

    due: date
    asks: str


def calendar(case: Case) -> tuple[Evaluation, ...]:
    """Return the next evaluations of a case, the first of them late where its day has passed; none once it is closed.

    >>> from clew.case.state import Case, Step
    >>> [one.due.isoformat() for one in calendar(Case(path=(Step("pilot", date(2027, 1, 1), "opened"),), risk="high"))]
    ['2027-04-01', '2027-06-30', '2027-09-28']
    """
    if case.result is not None or not case.path:
        return ()
    last = max((case.path[0].on, *case.evaluated))
    days = timedelta(days=DAYS[case.phase][RISKS.index(case.risk)])
    asks = ASKS[next(phase.of_three for phase in PHASES if phase.name == case.phase)]
    return tuple(Evaluation(last + number * days, asks) for number in range(1, AHEAD + 1))


def next_evaluation(case: Case) -> date | None:
    """Return the day by which the case is to be evaluated next, or None once it is closed."""
    return next((one.due for one in calendar(case)), None)
