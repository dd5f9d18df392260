"""What the page "About" says, taken from the tables and docstrings that the software itself runs on.

Nothing is written twice, so the page cannot say what the software does not do.
"""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any  # Any: rules of whatever signature

from clew.case.duties import ACTS
from clew.case.phases import DUTIES, INNOVATION, LADDER, PHASES, RESULTS, Phase
from clew.evaluate import screens
from clew.evaluate.designs import DESIGNS
from clew.evaluate.designs.method import About
from clew.evaluate.finding import Screen
from clew.gate import judge
from clew.gate.decision import missing_before
from clew.gate.judge import VERDICTS
from clew.pilot.check import NOTICES, PROBLEMS
from clew.web.about.words import paragraph


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that the software does: its name as words, and what it says of itself."""

    name: str
    says: str


@dataclass(frozen=True, slots=True)
class Contents:
    """All that the page shows. `verdicts`: each with when it is given; `acts`: each with who may; `designs`: what each
    takes for granted."""

    phases: tuple[Phase, ...]
    ladder: tuple[tuple[str, bool], ...]
    results: tuple[str, ...]
    duties: tuple[str, ...]
    acts: tuple[tuple[str, tuple[str, ...]], ...]
    verdicts: tuple[tuple[str, str], ...]
    before_scaling: str
    refusals: tuple[Said, ...]
    notices: tuple[Said, ...]
    screens: tuple[Said, ...]
    designs: tuple[About, ...]


@cache
def contents() -> Contents:
    """Return what the page shows."""
    return Contents(
        phases=PHASES,
        ladder=tuple((status, status in INNOVATION) for status in LADDER),
        results=RESULTS,
        duties=DUTIES,
        acts=tuple(ACTS.items()),
        verdicts=verdicts(),
        before_scaling=" ".join((inspect.getdoc(missing_before) or "").partition("\n\n")[2].split()),
        refusals=said(PROBLEMS),
        notices=said(NOTICES),
        screens=said(screens_of(screens)),
        designs=tuple(method.about for method in DESIGNS.values()),
    )


def verdicts() -> tuple[tuple[str, str], ...]:
    """Return each verdict with its condition, in the order in which the rule tries them: from the rule's docstring."""
    lines = (line.strip().partition("  ") for line in (judge.__doc__ or "").splitlines())
    return tuple((verdict, when.strip()) for verdict, gap, when in lines if gap and verdict in VERDICTS)


def screens_of(module: ModuleType) -> tuple[Callable[..., Any], ...]:
    """Return the screens of a module: its public functions that return one."""
    functions = (
        value for name, value in vars(module).items() if inspect.isfunction(value) and not name.startswith("_")
    )
    return tuple(one for one in functions if one.__annotations__.get("return") in {Screen, "Screen"})


def said(functions: Iterable[Callable[..., Any]]) -> tuple[Said, ...]:
    """Return what functions say of themselves, by the first paragraphs of their docstrings."""
    return tuple(Said(one.__name__.replace("_", " "), paragraph(inspect.getdoc(one) or "")) for one in functions)
