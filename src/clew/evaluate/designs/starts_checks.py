"""Refusals of data without starts that differ, by name and with what could be done instead."""

from collections.abc import Iterator

from clew.errors import Problem
from clew.evaluate.designs.starts_data import ONE_TREATED, Seen, refuse, seen_in
from clew.evaluate.rows import Tally
from clew.pilot.protocol import Protocol
from clew.tables.wording import listed


def check_starts(protocol: Protocol, tally: Tally) -> None:
    """Refuse what has no staggered starts: one period, two starts of a unit, nobody before, nobody to compare with."""
    refuse(_of_starts(protocol, seen_in(protocol, tally)))


def _of_starts(protocol: Protocol, found: Seen) -> Iterator[Problem]:
    design = protocol.design
    where = f"column {design.treated_from}"
    starts = found.start[found.start > 0]
    treated, never = starts[starts < found.periods], int((starts == found.periods).sum())
    if found.torn:
        what = f"{len(found.torn)} units have more than one start of treatment: {listed(found.torn)}."
        do = "Write each unit's one start in all its rows. Treatment that is switched off again is no such design."
        yield Problem(what, f"columns {design.unit} and {design.treated_from}", do)
    elif found.periods < 2:
        what = "there is only one period: nobody can be seen before and after."
        yield Problem(what, f"column {design.period}", "Bring the other periods.")
    elif not len(treated):
        yield _nobody_starts(found, where)
    elif design.against == "never" and not never and protocol.design.kind != "random-rollout":
        do = 'Compare with units not treated yet (`against = "not-yet"`).'
        yield Problem("every unit is treated at some time, so none is never treated.", "[design] against", do)
    elif not never and len(set(treated.tolist())) == 1:
        do = "Bring units that start later or never; with none, only `interrupted-time-series` is left."
        yield Problem("all units start at once: nobody is left to compare with.", where, do)
    elif len(treated) == 1:
        yield Problem("only one unit is treated: chance is not told from effect.", where, ONE_TREATED)


def _nobody_starts(found: Seen, where: str) -> Problem:
    if (found.start == 0).any():
        what = "every treated unit is treated from the first period on."
        return Problem(what, where, "Bring the periods before the starts.")
    return Problem("no unit is treated in any period.", where, "Check that starts are written as periods are.")
