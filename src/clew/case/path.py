"""The path of a case, drawn with its loops: what it really did, beside the straight line that it need not follow."""

from itertools import pairwise

from clew.case.phases import NAMES, position
from clew.case.state import Case


def draw(case: Case) -> str:
    """Return the path as lines of text, one a step; a loop back is marked by its own arrow, never as an error."""
    lines = [" → ".join(f"[{name}]" if name == case.phase else name for name in NAMES)]
    before: int | None = None
    for step in case.path:
        here = position(step.phase)
        arrow = "•" if before is None else ("↩" if here < before else "→")
        lines.append(f"{step.on.isoformat()}  {'  ' * here}{arrow} {step.phase}: {step.reason}")
        before = here
    return "\n".join(lines)


def loops(case: Case) -> int:
    """Return how often the case went back to an earlier phase."""
    places = [position(step.phase) for step in case.path]
    return sum(later < earlier for earlier, later in pairwise(places))
