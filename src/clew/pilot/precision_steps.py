"""The steps of a sample size where the design is more than two arms compared once: by how precise its estimate is."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from scipy.special import ndtri

from clew.pilot.assumptions import Assumed
from clew.pilot.planned import ByPower, extent_of, trial_of
from clew.pilot.power import small_sample_factor, units_in_all, variances
from clew.pilot.protocol import Protocol
from clew.pilot.sample_size import Needed, Step
from clew.pilot.search import least
from clew.pilot.trial import Trial, looks_paid_for

TWO_ARMS: Final = ("randomised", "cluster-randomised")
"""Kinds that closed forms answer (`clew.pilot.steps`)."""

MOST: Final = {
    "stepped-wedge": 10**6,
    "synthetic-control": 64,
    "synthetic-difference-in-differences": 64,
    "interrupted-time-series": 2_048,
}
"""How many clusters, units or periods are tried at the most."""

FEWEST: Final = {"synthetic-control": 3, "synthetic-difference-in-differences": 6}
"""How many units it takes at the least, the treated one too: two placebos to rank, five to see their scatter."""

MOST_UNITS: Final = 2**40
ONE_SERIES: Final = ("synthetic-control", "synthetic-difference-in-differences", "interrupted-time-series")
"""Kinds that follow one treated unit: no trial of single units could be held against them."""

SOURCES: Final = {
    "encouragement": "effect of the offer over the share that follows it (Imbens & Angrist 1994)",
    "stepped-wedge": "cluster-period means (Hussey & Hughes 2007; Thompson et al. 2018)",
    "random-rollout": "efficient estimator (Roth & Sant'Anna 2023)",
    "difference-in-differences": "means before and after (Frison & Pocock 1992)",
    "staggered-difference-in-differences": "effects by start and period (Callaway & Sant'Anna 2021)",
    "regression-discontinuity": "bias-corrected local line (Calonico, Cattaneo & Titiunik 2014)",
    "synthetic-control": "placebo test on made-up panels (Abadie, Diamond & Hainmueller 2010)",
    "synthetic-difference-in-differences": "placebo effects on made-up panels (Arkhangelsky et al. 2021)",
    "interrupted-time-series": "trend carried on, autoregressive errors (Hawley et al. 2019)",
    "rare-events": "exact conditional Poisson test (Krishnamoorthy & Thomson 2004)",
}


@dataclass(frozen=True, slots=True)
class Sought:
    """A pilot whose size is sought. `clusters`: fixed, where so many are planned and their size is sought."""

    protocol: Protocol
    assumed: Assumed
    clusters: int | None = None

    @property
    def kind(self) -> str:
        """The kind of design."""
        return self.protocol.design.kind

    def trial(self, count: float) -> Trial:
        """Return the pilot with so many units, clusters (where these are dealt) or periods (of one series)."""
        a, design = self.assumed, self.protocol.design
        if self.kind == "interrupted-time-series":
            return trial_of(self.protocol, a, extent_of(a, 1, None, int(count)))
        if self.kind == "stepped-wedge" and self.clusters is None:
            return trial_of(self.protocol, a, extent_of(a, count * (a.cluster_size or 1.0), count))
        count = max(count, FEWEST.get(self.kind, 1))
        clusters = count / (a.cluster_size or 1.0) if design.cluster is not None else None
        return trial_of(self.protocol, a, extent_of(a, count, self.clusters or clusters))

    def least(self, *, t: bool = True, looks: bool = True) -> int | None:
        """Return the least count that shows the effect worth having; without a t test or looks: as if by z, at once."""
        most = MOST_UNITS if self.clusters else MOST.get(self.kind, MOST_UNITS)
        found = least(lambda count: self._enough(self.trial(count), t=t, looks=looks), most)
        return None if found is None else max(found, FEWEST.get(self.kind, 1))

    def _enough(self, trial: Trial, *, t: bool, looks: bool) -> bool:
        if looks or isinstance(trial, ByPower):
            return trial.enough()
        a = self.assumed
        factor = small_sample_factor(trial.df, alpha=a.alpha, power=a.power) if t and trial.df is not None else 1.0
        return trial.expected_z(a.effect) >= float(ndtri(1 - a.alpha / 2) + ndtri(a.power)) * math.sqrt(factor)


def steps_by_precision(protocol: Protocol, assumed: Assumed) -> tuple[tuple[Step, ...], Needed]:
    """Return the steps and what is needed after the last of them."""
    planned = protocol.size.clusters if protocol.design.kind == "stepped-wedge" else None
    sought = Sought(protocol, assumed, planned)
    steps = [] if sought.kind in (*ONE_SERIES, "rare-events") else [_yardstick(sought)]
    units = _units_of(steps[0]) if steps else None
    for name, source, count in _hurdles(sought):
        step = _step(sought, name, source, count)
        steps.append(replace(step, factor=_times(_units_of(step), units)))
        units = _units_of(step)
    return tuple(steps), _needed(sought, sought.least())


def _times(units: int | None, before: int | None) -> float | None:
    return units / before if units and before else None


def _units_of(step: Step) -> int | None:
    return None if step.treated is None or step.comparison is None else step.treated + step.comparison


def _yardstick(sought: Sought) -> Step:
    """Return what a trial would take that deals single units to two arms and looks at them once."""
    a, measure = sought.assumed, sought.protocol.outcome.measure
    spread = variances(measure, a.baseline, a.effect, a.share, a.sd)
    units = units_in_all(spread, a.effect, a.share, alpha=a.alpha, power=a.power)
    arms = math.ceil(units * a.share - 1e-9), math.ceil(units * (1 - a.share) - 1e-9)
    return Step("units randomised one by one", None, *arms, "two-sample z (Fleiss, Levin & Paik 2003)")


def _hurdles(sought: Sought) -> Iterator[tuple[str, str, int | None]]:
    """Yield each step's name, source and count of units, clusters or periods; None where no count is enough."""
    probe = sought.trial(64)
    if isinstance(probe, ByPower):
        yield _name(sought), SOURCES[sought.kind], sought.least()
        return
    yield _name(sought), SOURCES[sought.kind], sought.least(t=False, looks=False)
    if probe.df is not None:
        yield "t test instead of z", "noncentral t", sought.least(looks=False)
    if looks_paid_for(sought.protocol) > 1:
        planned, extra = sought.protocol.looks.planned, sought.protocol.extend_times
        more = f", {extra} extension{'s' if extra > 1 else ''} allowed" if extra else ""
        yield f"{planned} look{'s' if planned > 1 else ''}{more}", "Jennison & Turnbull (2000), ch. 7", sought.least()


def _name(sought: Sought) -> str:
    a, extent = sought.assumed, sought.trial(8).extent
    panel = f"{extent.periods} periods, {extent.before} before"
    return {
        "encouragement": _who_follow(sought),
        "stepped-wedge": f"stepped wedge over {panel}",
        "random-rollout": f"random roll-out over {panel}",
        "difference-in-differences": f"difference-in-differences over {panel}",
        "staggered-difference-in-differences": f"staggered starts over {panel}",
        "regression-discontinuity": f"at the cut-off alone, {_near_the_cutoff(a)}",
        "synthetic-control": f"one treated unit and others over {panel}",
        "synthetic-difference-in-differences": f"one treated unit and others over {panel}",
        "interrupted-time-series": "periods after and before",
        "rare-events": "events counted exactly",
    }[sought.kind]


def _near_the_cutoff(a: Assumed) -> str:
    explained = f", {a.r2:.0%} explained by baseline columns" if a.r2 else ""
    return f"{a.within or 1.0:.0%} within the bandwidth{explained}"


def _who_follow(sought: Sought) -> str:
    share = sought.trial(8).reaches
    return f"{share:.0%} follow the offer" if share < 1 else "the offer, whoever follows it"


def _step(sought: Sought, name: str, source: str, count: int | None) -> Step:
    if count is None:
        return Step(f"{name}: no number is enough", None, None, None, source)
    extent, share = sought.trial(count).extent, sought.assumed.share
    if sought.kind == "interrupted-time-series":
        return Step(name, None, extent.after, extent.before, source)
    if sought.kind in ONE_SERIES:
        return Step(name, None, 1, count - 1, source)
    if sought.kind == "stepped-wedge":
        clusters, units = round(extent.clusters or count), math.ceil(extent.units)
        share = (extent.after + 1) / (2 * extent.periods)
        name = f"{name}: {clusters} clusters, {math.ceil(units / clusters)} in each"
        return Step(name, None, round(units * share), units - round(units * share), source)
    if sought.kind == "random-rollout":
        return Step(name, None, count, 0, source)
    return Step(name, None, math.ceil(count * share - 1e-9), math.ceil(count * (1 - share) - 1e-9), source)


def _needed(sought: Sought, count: int | None) -> Needed:
    a = sought.assumed
    if sought.kind == "interrupted-time-series":
        return Needed(1, periods=count)
    if sought.kind != "stepped-wedge":
        return Needed(count)
    enough = replace(sought, clusters=None).least()
    if sought.clusters is None:
        size = math.ceil(a.cluster_size or 1.0)
        return Needed(None if enough is None else enough * size, enough, size, enough)
    size_needed = None if count is None else math.ceil(count / sought.clusters)
    return Needed(None if size_needed is None else size_needed * sought.clusters, sought.clusters, size_needed, enough)
