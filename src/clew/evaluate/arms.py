"""Which labels of the arm column are treated, comparison and other arms."""

from collections.abc import Collection
from dataclasses import dataclass

from clew.errors import InputError
from clew.pilot.protocol import Design
from clew.tables.wording import listed, quoted


@dataclass(frozen=True, slots=True)
class Arms:
    """The labels of the arm column: one `treated`, one `comparison`, and the `others` that are present."""

    column: str
    treated: str
    comparison: str
    others: tuple[str, ...] = ()


def arms_of(design: Design, present: Collection[str]) -> Arms:
    """Match the labels that the data hold with those that the protocol names.

    Raises: InputError for an unknown or empty label, an absent comparison, or one arm alone.
    """
    labels = sorted(present)
    treated = design.treated or _the_other(design, labels)
    known = {treated, design.comparison, *design.other_arms}
    unknown = [label for label in labels if label not in known]
    if unknown:
        raise InputError(
            f"unknown arm {listed(unknown)}; known are {listed(sorted(known))}.",
            where=f"column {design.arm}",
            do="Correct the data, or name the arm in the protocol (`treated`, `other_arms`).",
        )
    for role, label in (("comparison", design.comparison), ("treated", treated)):
        if label not in labels:
            raise InputError(
                f"the {role} arm {quoted(label)} has no row; the column holds {listed(labels)}.",
                where=f"column {design.arm}",
                do="Correct the data or the protocol.",
            )
    others = tuple(label for label in labels if label in design.other_arms)
    return Arms(design.arm, treated, design.comparison, others)


def _the_other(design: Design, labels: list[str]) -> str:
    """The one label that is neither comparison nor another named arm."""
    candidates = [label for label in labels if label != design.comparison and label not in design.other_arms]
    if len(candidates) == 1 and candidates[0]:
        return candidates[0]
    if not candidates:
        raise InputError(
            f"there is only one arm, {listed(labels)}; an effect needs a treated and a comparison arm.",
            where=f"column {design.arm}",
            do="Bring the rows of the other arm.",
        )
    raise InputError(
        f"cannot tell which arm is treated: besides {quoted(design.comparison)} the column holds {listed(candidates)}.",
        where=f"column {design.arm}",
        do="Correct the labels, or name `treated` and `other_arms` in the protocol's [design].",
    )
