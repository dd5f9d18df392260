"""The steps of a sample size: what makes the textbook figure too kind, one by one."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from scipy.special import ndtr

from clew.pilot import spending
from clew.pilot.assumptions import Assumed
from clew.pilot.power import Variances, cluster_size_for, design_effect, small_sample_factor, units_in_all
from clew.pilot.protocol import Measure
from clew.pilot.rare import units_counted_exactly
from clew.pilot.sample_size import Needed, Step
from clew.pilot.search import least

FEW_EVENTS = 50
MOST_UNITS = 10**15
FEWEST_PAIRS = 2
FORMULAS = {
    "mean": "two-sample z (Fleiss, Levin & Paik 2003)",
    "proportion": "variance pooled under no effect, separate under the effect (Fleiss, Levin & Paik 2003)",
    "count": "Poisson variances, pooled under no effect, separate under the effect",
}


@dataclass(frozen=True)
class Question:
    """What the steps answer: the assumptions, the variances of the effect worth having, clusters and looks planned.

    `deals_clusters`: whole clusters are randomised; `clusters`: in all, None where none are planned. `looks`: planned;
    `paid`: with every extension.
    """

    measure: Measure
    assumed: Assumed
    spread: Variances
    deals_clusters: bool
    clusters: int | None
    looks: int
    paid: int

    @cached_property
    def inflation(self) -> float:
        """By what factor the looks multiply the size."""
        return spending.inflation(self.assumed.alpha, self.assumed.power, self.looks, self.paid)

    def for_few(self, df: float) -> float:
        """Return by what factor a t test with these degrees of freedom multiplies the size."""
        return small_sample_factor(max(1.0, df), alpha=self.assumed.alpha, power=self.assumed.power)

    def for_looks(self, df: float) -> float:
        """Return by what factor the looks multiply the size of one t test; its limit lies further out at a look."""
        limit = float(2 * ndtr(-spending.looks(self.assumed.alpha, self.paid)[self.looks - 1].boundary))
        at_look = small_sample_factor(max(1.0, df), alpha=limit, power=self.assumed.power)
        return self.inflation * at_look / self.for_few(df)


@dataclass(frozen=True, slots=True)
class Hurdle:
    """One more thing that a pilot must make up for; `factor` takes the number of clusters."""

    name: str
    source: str
    factor: Callable[[int], float]


def steps_of(question: Question) -> tuple[tuple[Step, ...], Needed]:
    """Return the steps and what is needed after the last of them."""
    return _clustered(question) if question.deals_clusters else _unclustered(question)


def _unclustered(question: Question) -> tuple[tuple[Step, ...], Needed]:
    share = question.assumed.share
    units, first = _one_by_one(question)
    steps = [first]
    if question.measure == "mean":
        factor = _t_factor(question, units)
        units *= factor
        steps.append(_step("t test instead of z", factor, units, share, "noncentral t"))
    if question.paid > 1:
        units *= question.inflation
        steps.append(_step(_looks(question), question.inflation, units, share, "Jennison & Turnbull (2000), ch. 7"))
    return tuple(steps), Needed(sum(_arms(units, share)))


def _t_factor(question: Question, units: float) -> float:
    """Return the factor whose degrees of freedom are those of the size that it leads to."""
    factor = 1.0
    for _ in range(30):
        factor = question.for_few(units * factor - 2)
    return factor


def _one_by_one(question: Question) -> tuple[float, Step]:
    """Return the units needed in all where single units are randomised; counted exactly where events are few."""
    a, name = question.assumed, "units randomised one by one"
    units = units_in_all(question.spread, a.effect, a.share, alpha=a.alpha, power=a.power) * (1 - a.r2)
    if question.measure == "count" and not question.deals_clusters and _events(a, units) < FEW_EVENTS:
        rates = (a.baseline, a.baseline + a.effect)
        exact = units_counted_exactly(rates, a.share, alpha=a.alpha, power=a.power, most=MOST_UNITS)
        units, source = float(exact or units), "exact conditional Poisson test (Krishnamoorthy & Thomson 2004)"
        return units, _step(f"{name}, few events", None, units, a.share, source)
    return units, _step(name, None, units, a.share, FORMULAS[question.measure])


def _events(a: Assumed, units: float) -> float:
    """Return the events expected in the arm that has fewer."""
    return units * min(a.baseline * (1 - a.share), (a.baseline + a.effect) * a.share)


def _clustered(question: Question) -> tuple[tuple[Step, ...], Needed]:
    a, (_, first) = question.assumed, _one_by_one(question)
    treated, comparison = first.treated or 0, first.comparison or 0
    effect = design_effect(_size(a), a.icc or 0.0, a.cv or 0.0)
    spread_out = (math.ceil(treated * effect - 1e-9), math.ceil(comparison * effect - 1e-9))
    steps = [first, Step(f"in clusters of {_size(a):.4g}", effect, *spread_out, "Eldridge et al. (2006)")]
    met: tuple[Hurdle, ...] = ()
    for hurdle in _hurdles(question):
        met = (*met, hurdle)
        steps.append(_cluster_step(question, met, treated + comparison))
    return tuple(steps), _needed(question, met, treated + comparison)


def _hurdles(question: Question) -> tuple[Hurdle, ...]:
    whole = Hurdle("in whole clusters", "Hemming et al. (2011)", lambda _: 1.0)
    few = Hurdle("t test with few clusters", "Donner & Klar (2000)", lambda clusters: question.for_few(clusters - 2))
    looks = Hurdle(
        _looks(question), "Jennison & Turnbull (2000), ch. 7", lambda clusters: question.for_looks(clusters - 2)
    )
    return (whole, few, looks) if question.paid > 1 else (whole, few)


def _cluster_step(question: Question, met: tuple[Hurdle, ...], independent: int) -> Step:
    clusters, size = _whole(question, met, independent)
    factor = met[-1].factor(clusters)
    share, last = question.assumed.share, met[-1]
    if size is None:
        return Step(f"{last.name}: {clusters}, of any size", factor, None, None, last.source)
    treated = round(clusters * share)
    name = f"{last.name}: {clusters}, {size} in each"
    return Step(name, factor, treated * size, (clusters - treated) * size, last.source)


def _whole(question: Question, met: tuple[Hurdle, ...], independent: int) -> tuple[int, int | None]:
    """Return (clusters, units in each) that carry the independent units needed; None where no size does."""
    if question.clusters is None:
        return _clusters_of_stated_size(question, met, independent), math.ceil(_size(question.assumed))
    a = question.assumed
    effective = independent * math.prod(hurdle.factor(question.clusters) for hurdle in met)
    size = cluster_size_for(effective, question.clusters, a.icc or 0.0, a.cv or 0.0)
    return question.clusters, None if size is None else max(1, math.ceil(size - 1e-9))


def _clusters_of_stated_size(question: Question, met: tuple[Hurdle, ...], independent: int) -> int:
    """Return the least even number of clusters of the stated size that carries the independent units needed."""
    a = question.assumed
    carried = _size(a) / design_effect(_size(a), a.icc or 0.0, a.cv or 0.0)

    def _enough(pairs: int) -> bool:
        clusters = 2 * pairs
        needed = independent * math.prod(hurdle.factor(clusters) for hurdle in met)
        return pairs >= FEWEST_PAIRS and clusters * carried >= needed

    return 2 * (least(_enough, MOST_UNITS) or MOST_UNITS)


def _needed(question: Question, met: tuple[Hurdle, ...], independent: int) -> Needed:
    clusters, size = _whole(question, met, independent)
    enough = _clusters_of_stated_size(question, met, independent)
    return Needed(None if size is None else clusters * size, clusters, size, enough)


def _size(a: Assumed) -> float:
    return a.cluster_size or 1.0


def _looks(question: Question) -> str:
    extra = question.paid - question.looks
    planned = f"{question.looks} look{'s' if question.looks > 1 else ''}"
    return planned + (f", {extra} extension{'s' if extra > 1 else ''} allowed" if extra else "")


def _step(name: str, factor: float | None, units: float, share: float, source: str) -> Step:
    return Step(name, factor, *_arms(units, share), source)


def _arms(units: float, share: float) -> tuple[int, int]:
    """Return units in the treated and the comparison arm, rounded up."""
    return math.ceil(units * share - 1e-9), math.ceil(units * (1 - share) - 1e-9)
