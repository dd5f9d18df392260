"""The mission on one page: the phases through which a public innovation passes, and what each must leave behind.

    frame → convene → deliberate → choose → pilot → evaluate → gate → implement → spread
      ^____________________________ loops back from any point _________________________|

A case may enter at any phase and go back to any; neither is an error. What a case skipped because it was announced
before
it was thought through is its *evidence debt*: the things that the skipped phases would have left behind, with due
dates.

Source: five phases after Sørensen & Torfing (collaborative innovation: problem, ideas, selection and testing,
implementation, diffusion), three after Hartley (invention, implementation including piloting, diffusion).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase: its `name`, the question it answers, what it `leaves` behind, and where other accounts place it.

    `leaves`: the evidence that a case owes if it enters after this phase by announcement; None where nothing is owed.
    `due_in_days`: how long an announced case may owe it.
    """

    name: str
    question: str
    leaves: str | None
    due_in_days: int
    of_five: str
    of_three: str


PHASES = (
    Phase("frame", "What is the problem, and whose?", "problem evidence", 30, "problem", "invention"),
    Phase("convene", "Who must be in the room?", "those affected heard", 60, "ideas", "invention"),
    Phase("deliberate", "What do they hold in common?", None, 0, "ideas", "invention"),
    Phase(
        "choose", "Which option, at what gain and risk?", "options compared", 60, "selection and testing", "invention"
    ),
    Phase(
        "pilot", "What would convince us?", "a trial locked before data", 90, "selection and testing", "implementation"
    ),
    Phase("evaluate", "What do the data say?", "an honest evaluation", 365, "selection and testing", "implementation"),
    Phase(
        "gate", "What does the locked rule say?", "a decision by rule", 395, "selection and testing", "implementation"
    ),
    Phase("implement", "Who does what, and who pays?", None, 0, "implementation", "implementation"),
    Phase("spread", "Who else, and does it still work?", None, 0, "diffusion", "diffusion"),
)

NAMES = tuple(phase.name for phase in PHASES)

# What a case must have said before it may leave the phases in which a problem is still an idea.
IDEA_PHASES = NAMES[: NAMES.index("choose")]

# An idea is not an innovation until it is in use (Hartley; Sørensen & Torfing): only the last two count.
LADDER = ("idea", "prototype", "in use", "made a difference")
INNOVATION = LADDER[2:]

# Whether it helped is a second question: a failed innovation stays an innovation.
RESULTS = ("unknown", "better", "no difference", "mixed", "worse")

# Novelty belongs to a pair of practice and organisation, never to the practice ("'tis new to thee").
NOVELTIES = ("originated", "adapted", "copied", "routine")

# How much can go wrong; says how often a case is to be evaluated (clew.case.calendar).
RISKS = ("low", "medium", "high")

# Who works on a case together with its body: from within the public sector, or from outside it.
WITHIN_GOVERNMENT = ("another unit of the same body", "another public body")
OUTSIDE_GOVERNMENT = ("civil society", "firm", "citizens", "university")
PARTNERS = (*WITHIN_GOVERNMENT, *OUTSIDE_GOVERNMENT)

# Duties that one party may not hold together in one case.
DUTIES = ("owner", "evaluator", "reviewer", "auditor")

# Evidence that counts as an evaluation of the case, beside entering the phase "evaluate".
EVALUATIONS = ("regular evaluation", "an honest evaluation")


def position(name: str) -> int:
    """Return a phase's place in the mission, 0 for the first. Raises ValueError for an unknown name."""
    return NAMES.index(name)


def skipped_before(name: str) -> tuple[Phase, ...]:
    """Return the phases before this one that leave evidence behind: what an announced case owes."""
    return tuple(phase for phase in PHASES[: position(name)] if phase.leaves)
