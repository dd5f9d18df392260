"""The jump told otherwise: without the correction, by other bandwidths, in what was received, in baseline columns."""

import math
from collections.abc import Iterator

import numpy as np

from clew.errors import InputError
from clew.evaluate.designs.discontinuity_data import ROBUST, Scores
from clew.evaluate.designs.discontinuity_jumps import Inference, jump_of, rows_within, scaled, two_sided
from clew.evaluate.discontinuity import Jump
from clew.evaluate.discontinuity_bandwidth import Bandwidths
from clew.evaluate.finding import Further, LookAt
from clew.evaluate.local_polynomial import Running
from clew.evaluate.looks import critical_value
from clew.pilot.protocol import Protocol


def further(protocol: Protocol, scores: Scores, effect: Jump, look: LookAt) -> Iterator[Further]:
    """Yield the figures beside the effect; those that cannot be had say why."""
    if protocol.design.received:
        found = first_stage(protocol, scores, effect)
        yield Inference(found).further("first stage", look, f"by how much {protocol.design.received} jumps")
        whole = jump_of(protocol, scores.running.variables(0), effect.bandwidths)
        why = "intention to treat: whoever is past the cut-off, received or not"
        yield Inference(whole).further("jump of the outcome", look, why)
    if protocol.design.standard_errors != ROBUST:
        why = f"local lines within {effect.bandwidths.h:.4g}, corrected for their bias"
        yield Inference(effect).further("local-linear estimate", look, why)
    if scores.baseline:
        yield _at(protocol, scores.running.unadjusted(), "without the baseline columns", None, look)
    yield _corrected(effect, look)
    yield _conventional(effect, look)
    why = f"{rows_within(effect)}, of {int(scores.whole.n.sum())}; the bias is told from {effect.bandwidths.b:.4g}"
    yield Further("bandwidth", effect.bandwidths.h, kind="group", why=why)
    for name, factor in (("half the bandwidth", 0.5), ("twice the bandwidth", 2.0)):
        yield _at(protocol, scores.running, name, scaled(effect.bandwidths, factor), look)
    for column, running in scores.baseline:
        yield _at(protocol, running, f"{column} at the cut-off", None, look)


def first_stage(protocol: Protocol, scores: Scores, effect: Jump) -> Jump:
    """Return the jump of what was received, within the bandwidth of the effect."""
    return jump_of(protocol, scores.running.variables(1), effect.bandwidths)


def clusters_in(running: Running) -> int:
    """Return how many clusters the rows are of."""
    return 0 if running.cluster is None else len(np.unique(running.cluster))


def _conventional(effect: Jump, look: LookAt) -> Further:
    """The usual interval of the lines, which is too narrow as it takes them for the truth."""
    value, error, level = effect.conventional, effect.conventional_error, round(1 - look.nominal_p, 12)
    margin, p_value = critical_value(look.nominal_p, math.inf) * error, two_sided(value / error) if error else None
    why = "the same lines, taken for the truth: their bias is left out of the interval"
    interval = (value - margin, value + margin)
    return Further("conventional interval", value, error or None, interval, level, None, p_value, why, "warning")


def _corrected(effect: Jump, look: LookAt) -> Further:
    found, level = Inference(effect), round(1 - look.nominal_p, 12)
    why = "the lines' estimate freed of their bias, on which the interval is centred"
    error, interval = effect.std_error or None, found.interval(level)
    return Further("bias-corrected estimate", effect.estimate, error, interval, level, p_value=found.p_value, why=why)


def _at(protocol: Protocol, running: Running, name: str, bandwidths: Bandwidths | None, look: LookAt) -> Further:
    try:
        found = jump_of(protocol, running, bandwidths)
    except InputError as error:
        return Further(name, None, why=error.problems[0].what)
    return Inference(found).further(name, look, rows_within(found))
