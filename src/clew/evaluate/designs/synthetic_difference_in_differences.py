"""One place gets the service, others do not: places and periods are weighed, and changes compared, not levels."""

from collections.abc import Iterator
from math import sqrt

import numpy as np

from clew.evaluate.designs.method import About, Basis, Beside, Method
from clew.evaluate.designs.synthetic_beside import (
    Differenced,
    by_period,
    differenced,
    fit_before,
    in_time,
    placebo_test,
    plain_difference,
    weights,
)
from clew.evaluate.designs.synthetic_data import Compared, check, compared, layout, sides, varying
from clew.evaluate.designs.synthetic_drawn import draw
from clew.evaluate.designs.synthetic_pictures import paths
from clew.evaluate.estimate import RawEstimate
from clew.evaluate.finding import Further, LookAt, Randomisation, Screen
from clew.evaluate.rows import Floats, Rows, Within
from clew.pilot.protocol import Protocol

FEW: int = 5
"""Below so many placebos their spread says hardly anything."""


def estimate(protocol: Protocol, rows: Rows, within: Within = ()) -> RawEstimate:
    """Return the weighted difference of differences, its standard error from placebos, t with one less than these.

    Raises: InputError where the panel is not complete, or outcomes do not vary between donors.
    """
    found = compared(protocol, rows, within)
    made = _made(found)
    varying(protocol, found, made.std_error)
    later = found.panel.n[:, found.start :]
    mean = float(found.path[found.start :].mean())
    return RawEstimate(
        estimate=made.fitted.effect,
        std_error=made.std_error,
        df=made.df,
        n=int(found.panel.n.sum()),
        n_treated=int(later[found.unit].sum()),
        n_comparison=int(later[found.donors].sum()),
        mean_treated=mean,
        mean_comparison=mean - made.fitted.effect,
    )


def _made(found: Compared) -> Differenced:
    return differenced(found.panel.outcome, found.unit, found.start)


def beside(protocol: Protocol, rows: Rows, raw: RawEstimate, look: LookAt) -> Beside:
    """Return how parallel the paths ran, placebos in time and space, the weights, and the path that was expected."""
    found = compared(protocol, rows)
    made = _made(found)
    gap = _gap(found, made)
    return Beside(
        screens=tuple(_screens(found, made, gap, raw, look)),
        further=tuple(_further(found, made, gap)),
        pictures=(paths(protocol, found, found.path - gap, made.fitted.effect),),
        randomisation=Randomisation(made.rank_p_value(), len(found.panel.units), exact=True),
    )


def _gap(found: Compared, made: Differenced) -> Floats:
    """The gap to the weighted donors in each period, less its weighted mean before the start: (T,)."""
    gap = found.path - made.fitted.unit_weights @ found.panel.outcome[found.donors]
    return np.asarray(gap - made.fitted.time_weights @ gap[: found.start])


def _screens(found: Compared, made: Differenced, gap: Floats, raw: RawEstimate, look: LookAt) -> Iterator[Screen]:
    before = gap[: found.start]
    yield fit_before(found, sqrt(float(np.var(before))), None)
    yield _in_time(found)
    yield _few(made, raw, look)


def _in_time(found: Compared) -> Screen:
    """Ask about an effect at a start made up in the last third of the periods before the true one."""
    earlier = max(2, found.start - max(1, found.start // 3))
    early = differenced(found.panel.outcome[:, : found.start], found.unit, earlier)
    return in_time(found, earlier, early.fitted.effect, early.p_value())


def _few(made: Differenced, raw: RawEstimate, look: LookAt) -> Screen:
    """Ask what to believe where the interval shows an effect and the rank among placebos does not, or these are few."""
    low, high = raw.interval(look)
    rank, count = made.rank_p_value(), len(made.placebos)
    shows = low > 0 or high < 0
    said = (
        f"Given the start, {round(rank * (count + 1)) - 1} of {count} donors have an effect as large (p = {rank:.2g})"
    )
    flag = count < FEW or (shows and rank > max(look.nominal_p, 1 / (count + 1)))
    question = ": can so few, or so unlike, placebos carry the interval?" if flag else "."
    return Screen("rank among placebos", flag, rank, said + question, rank)


def _further(found: Compared, made: Differenced, gap: Floats) -> Iterator[Further]:
    test = placebo_test(found)
    why = "weights donors alone, and takes no level apart for granted"
    yield Further("synthetic control", test.treated.effect, p_value=test.p_value(), why=why)
    yield plain_difference(found)
    yield from by_period(found, gap)
    yield from weights(found.names, made.fitted.unit_weights, "share of the stand-in")
    yield from weights(found.panel.periods[: found.start], made.fitted.time_weights, "share of the time before")


def basis(protocol: Protocol) -> Basis:
    """Return that a comparison is assumed to be alike."""
    return "comparison"


METHOD = Method(
    kind="synthetic-difference-in-differences",
    layout=layout,
    check=check,
    estimate=estimate,
    beside=beside,
    sides=sides,
    draw=draw,
    basis=basis,
    about=About(
        title="Synthetic difference-in-differences",
        question="Did it work in the one place that has it, where others moved like it but stood higher or lower?",
        needs=(
            "one row a place and period (or many, of people), with the place, the period and the outcome",
            "the place that has the service, and the first period in which it has it",
            "other places that never had it, rather ten than three, and no gap in any",
            "at least three periods before the start",
        ),
        assumes=(
            (
                "Weighted places would have moved in parallel, however far apart.",
                "How parallel the paths ran before the start is measured against what places differ by.",
            ),
            (
                "They did so before.",
                "A start is made up before the true one (placebo in time).",
            ),
            (
                "Nothing else happened in that place at the start, nor in the others because of it.",
                "Data cannot tell: name what else began, and leave out neighbours that may have felt it.",
            ),
            (
                "The treated place's luck is of the size of the others'.",
                "Its effect is also ranked among the others', which asks for no size.",
            ),
        ),
        estimator="Places are weighed so that they run parallel to the treated one before the start, periods so that"
        " the past predicts the others' later mean; the effect is the weighted difference of differences.",
        uncertainty="Every other place is given the start in turn: the standard deviation of the effects so found is"
        " the standard error. Up to 200 of them are all used, so that no seed matters; the reference is t with one less"
        " than their number, as the authors' normal one is too narrow with few places.",
        sources=("Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111(12)",),
        instead="Where a mixture of others meets the treated place's level too, synthetic control is easier to explain."
        " Where several places can wait, deal the start: that beats every stand-in.",
    ),
)
