"""What is said beside the jump at a cut-off: whether somebody chose the side, and whether it is a jump at all."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import bdtrc

from clew.errors import InputError
from clew.evaluate.density_test import RankedDensity, ranked_density
from clew.evaluate.designs.discontinuity_data import Scores, distances, layout, scores_of, yes_or_no
from clew.evaluate.designs.discontinuity_further import clusters_in, first_stage, further
from clew.evaluate.designs.discontinuity_jumps import Inference, jump_of, two_sided
from clew.evaluate.designs.discontinuity_pictures import pictures
from clew.evaluate.designs.method import Beside
from clew.evaluate.discontinuity import Jump
from clew.evaluate.discontinuity_checks import Placebo, donut, placebo_jumps, without_hole
from clew.evaluate.estimate import RawEstimate
from clew.evaluate.finding import Alternative, LookAt, Screen
from clew.evaluate.local_polynomial import Running
from clew.evaluate.randomisation import FEW_CLUSTERS
from clew.evaluate.rows import Floats, Rows, Tally
from clew.evaluate.screens import ATTRITION_P
from clew.pilot.protocol import Protocol

CHECK_P = 0.01
"""A check asks below this p-value: one false alarm in a hundred sound pilots, each."""

FEWEST_PLACEBOS = 9
"""With fewer placebo cut-offs than this being the farthest says little; the p-value then stands alone."""

DONUT = 0.1
"""Width of the hole about the cut-off, in bandwidths, where the protocol names none."""

FEW_VALUES = 5
"""A line through fewer distinct values on a side is asked about: it is hardly told from a curve."""

WEAK = 10.0
"""A first stage is asked about below this F. Source: Staiger & Stock (1997), Econometrica 65."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the checks look at. `whole`: the jump of the outcome alone; `effect`: the registered one, which is the same
    unless it is per unit received."""

    protocol: Protocol
    tally: Tally
    scores: Scores
    effect: Jump
    whole: Jump
    look: LookAt

    @property
    def outcome(self) -> Running:
        """The outcome alone."""
        return self.scores.running.variables(0)

    @property
    def level(self) -> float:
        """Of intervals at this look."""
        return 1 - self.look.nominal_p


def beside(protocol: Protocol, rows: Rows, raw: RawEstimate, look: LookAt) -> Beside:
    """Return the checks of a cut-off, the jump by other bandwidths, and the pictures."""
    scores = scores_of(protocol, rows)
    effect = jump_of(protocol, scores.running)
    whole = jump_of(protocol, scores.running.variables(0), effect.bandwidths)
    seen = Seen(protocol, rows.tally(layout(protocol)), scores, effect, whole, look)
    placebos = placebo_jumps(seen.outcome, effect.bandwidths)
    x, n = people(protocol, seen.tally)
    return Beside(
        screens=tuple(_screens(seen, ranked_density(x, n), placebos)),
        further=tuple(further(protocol, scores, effect, look)),
        pictures=pictures(protocol, scores, whole, placebos, (x, n), look),
    )


def people(protocol: Protocol, tally: Tally) -> tuple[Floats, Floats]:
    """Return the distinct distances past the cut-off, ascending, and all rows of each, those without an outcome too."""
    key = tally.keys[protocol.design.running]
    distance, place = np.unique(distances(protocol, key)[key.codes], return_inverse=True)
    return distance, np.asarray(np.bincount(place.ravel(), tally.n + tally.missing), dtype=np.float64)


def _screens(seen: Seen, density: RankedDensity | None, placebos: tuple[Placebo, ...]) -> Iterator[Screen]:
    donut = _donut(seen)
    yield _density(density, None if donut is None or seen.protocol.design.donut else donut.instead)
    yield _attrition(seen)
    if seen.scores.baseline:
        yield _baseline(seen)
    if donut is not None:
        yield donut if donut.flag or seen.protocol.design.donut else replace(donut, instead=None)
    yield _placebo(seen, placebos)
    if seen.protocol.design.received:
        yield _weak(seen)
    yield _bandwidth(seen)
    yield _values(seen)
    yield from _clusters(seen)


def _density(found: RankedDensity | None, hollow: Alternative | None) -> Screen:
    """Ask whether people moved themselves across the cut-off: a jump in their number that is rare elsewhere."""
    name = "density at the cut-off"
    if found is None:
        return Screen(name, flag=False, statistic=None, why="Too few values near the cut-off to count people by.")
    jump, others = found.jump, len(found.placebos)
    flag = jump.p_value < CHECK_P and (others < FEWEST_PLACEBOS or found.as_large == 0)
    said = f"There are {math.exp(jump.log_ratio):.2f} times as many rows just past the cut-off as just short of it"
    said += f" (p = {jump.p_value:.2g})"
    if others:
        said += f", and at {found.as_large or 'none'} of {others} other places their number jumps as far"
    why = f"{said}: could people, or staff, choose the side?" if flag else f"{said}."
    return Screen(name, flag, jump.t, why, jump.p_value, hollow if flag else None)


def _attrition(seen: Seen) -> Screen:
    """Ask whether outcomes are missing more often on one side, right at the cut-off."""
    name, tally = "differential attrition", seen.tally
    if not tally.missing.any():
        return Screen(name, flag=False, statistic=0.0, why="No outcome is missing.")
    everybody = (tally.n + tally.missing).astype(np.float64)
    missing = yes_or_no(seen.protocol, tally.keys, everybody, tally.missing.astype(np.float64))
    try:
        found = Inference(jump_of(seen.protocol, missing))
    except InputError as error:
        return Screen(name, flag=False, statistic=None, why=f"It cannot be told: {error.problems[0].what}")
    flag = found.p_value < ATTRITION_P
    by = 100 * found.found.conventional
    said = f"At the cut-off the share of missing outcomes changes by {by:+.1f} percentage points"
    question = ": are those who were lost like those who stayed?" if flag else ", no more than chance does."
    return Screen(name, flag, found.statistic, f"{said} (p = {found.p_value:.2g}){question}", found.p_value)


def _baseline(seen: Seen) -> Screen:
    """Ask whether anything jumps that the treatment cannot have changed; the least p-value, times how many were
    looked at (Bonferroni)."""
    found = dict(_baseline_jumps(seen))
    name, known = "baseline at the cut-off", {column: one for column, one in found.items() if one is not None}
    if not known:
        return Screen(name, flag=False, statistic=None, why="No baseline column can be followed up to the cut-off.")
    worst = min(known, key=lambda column: known[column].p_value)
    p_value = min(1.0, known[worst].p_value * len(known))
    flag = p_value < CHECK_P
    said = f"Of {len(known)} baseline columns, {worst} jumps most, by {known[worst].found.conventional:+.3g}"
    question = ": do the sides differ in more than the treatment?" if flag else ", no more than chance does."
    return Screen(name, flag, known[worst].statistic, f"{said} (p = {p_value:.2g}){question}", p_value)


def _baseline_jumps(seen: Seen) -> Iterator[tuple[str, Inference | None]]:
    for column, running in seen.scores.baseline:
        try:
            yield column, Inference(jump_of(seen.protocol, running))
        except InputError:
            yield column, None


def _donut(seen: Seen) -> Screen | None:
    """Ask whether the jump is made by the rows next to the cut-off, who could most easily have been moved.

    Those that a registered donut leaves out are not asked about: it is said what they would change. None where too few
    rows are left.
    """
    registered, h = seen.protocol.design.donut, seen.effect.bandwidths.h
    width = registered or DONUT * h
    try:
        found = donut(seen.scores.whole.variables(0), width, seen.effect.bandwidths)
        other = seen.scores.whole if registered else without_hole(seen.scores.running, width)
        effect = jump_of(seen.protocol, other, seen.effect.bandwidths)
    except InputError:
        return None
    t = found.change / found.change_error if found.change_error > 0 else 0.0
    flag = two_sided(t) < CHECK_P and not registered
    said = f"Without the rows nearer than {width:.3g} to the cut-off"
    said += " (they are left out)" if registered else ""
    said += f" the jump changes by {found.change:+.3g} (p = {two_sided(t):.2g})"
    says = f"with{'' if registered else 'out'} the rows nearer than {width:.3g} to the cut-off"
    instead = Alternative(says, effect.conventional, Inference(effect).interval(seen.level))
    why = said + (": are those next to it like the others?" if flag else ".")
    return Screen("donut", flag, t, why, two_sided(t), instead)


def _placebo(seen: Seen, found: tuple[Placebo, ...]) -> Screen:
    """Ask whether the outcome jumps as surely where nothing happens: more often than 1 in 20, beyond chance."""
    name, jumps = "placebo cut-offs", [Inference(one.jump) for one in found]
    if not jumps:
        return Screen(name, flag=False, statistic=None, why="Too few values on either side to look elsewhere.")
    hits = sum(one.p_value < 0.05 for one in jumps)
    p_value = float(bdtrc(hits - 1, len(jumps), 0.05)) if hits else 1.0
    flag = p_value < CHECK_P
    said = f"The outcome jumps (p < 0.05) at {hits} of {len(jumps)} places where nothing happens"
    question = ": is the jump at the cut-off one of many?" if flag else ", no more than chance does."
    return Screen(name, flag, float(hits), said + question, p_value)


def _weak(seen: Seen) -> Screen:
    """Ask whether being past the cut-off moved enough people to say anything about receiving."""
    found = Inference(first_stage(seen.protocol, seen.scores, seen.effect))
    f = found.t**2
    by = found.found.conventional
    said = f"At the cut-off the share that received it changes by {100 * by:+.1f} percentage points"
    said += "" if math.isinf(f) else f" (F = {f:.1f})"
    if by < 0:
        question = ": is `treated_side` the side that was to receive it?"
    else:
        question = (
            f": below {WEAK:.0f} the interval of receiving is too narrow. Can it be relied on?" if f < WEAK else "."
        )
    return Screen("weak first stage", by < 0 or f < WEAK, None if math.isinf(f) else f, said + question, found.p_value)


def _bandwidth(seen: Seen) -> Screen:
    """Ask whether lines can be as long as the bandwidth, where the curvature found would move their estimate out of
    the interval."""
    found, (low, high) = seen.effect, Inference(seen.effect).interval(seen.level)
    flag = not low <= found.conventional <= high
    moved = found.estimate - found.conventional
    said = f"Curvature within {found.bandwidths.b:.4g} of the cut-off moves the estimate by {moved:+.3g}"
    why = f"{said}, farther than chance does: is the bandwidth too wide for straight lines?" if flag else f"{said}."
    return Screen("bandwidth", flag, moved / found.std_error if found.std_error else None, why)


def _values(seen: Seen) -> Screen:
    """Ask whether a line can be drawn through so few distinct values."""
    found, column = seen.effect, seen.protocol.design.running
    fewest = min(found.values_below, found.values_above)
    said = (
        f"Within the bandwidth {column} has {found.values_above} distinct values on the treated side and"
        f" {found.values_below} on the other"
    )
    question = ": can a line be told from so few?" if fewest < FEW_VALUES else "."
    return Screen("distinct values", fewest < FEW_VALUES, float(fewest), said + question)


def _clusters(seen: Seen) -> Iterator[Screen]:
    """Ask, where rows share clusters, whether there are enough of them on either side."""
    column, running = seen.protocol.design.cluster, seen.scores.running
    if column is None:
        return
    inside = running.within(seen.effect.bandwidths.h, "triangular")
    fewest = min(clusters_in(side) for side in (inside.below(), inside.above()))
    said = f"Within the bandwidth the side with fewer holds {fewest} clusters ({column})"
    question = ": are the standard errors to be relied on?" if fewest < FEW_CLUSTERS else "."
    yield Screen("few clusters", fewest < FEW_CLUSTERS, float(fewest), said + question)
