"""One place gets the service, others do not: a weighted mixture of them stands in for what would have been."""

from collections.abc import Iterator

import numpy as np

from clew.evaluate.designs.method import About, Basis, Beside, Method
from clew.evaluate.designs.synthetic_beside import (
    Differenced,
    by_period,
    differenced,
    few_donors,
    fit_before,
    in_time,
    level_of,
    placebo_test,
    plain_difference,
    weights,
)
from clew.evaluate.designs.synthetic_data import Compared, check, compared, layout, sides, varying
from clew.evaluate.designs.synthetic_drawn import draw
from clew.evaluate.designs.synthetic_pictures import gaps, paths
from clew.evaluate.estimate import RawEstimate
from clew.evaluate.finding import Alternative, Further, LookAt, Picture, Randomisation, Screen
from clew.evaluate.rows import Rows, Within
from clew.evaluate.synthetic_control import PlaceboTest, backdated, without_each
from clew.pilot.protocol import Protocol


def estimate(protocol: Protocol, rows: Rows, within: Within = ()) -> RawEstimate:
    """Return the mean gap from the start on, with p-value and interval from giving the start to every donor.

    Raises: InputError where the panel is not complete, or outcomes do not vary between donors.
    """
    found = compared(protocol, rows, within)
    test = placebo_test(found)
    varying(protocol, found, test.spread())
    later = found.panel.n[:, found.start :]
    mean = float(found.path[found.start :].mean())
    return RawEstimate(
        estimate=test.treated.effect,
        std_error=test.spread(),
        df=np.inf,
        n=int(found.panel.n.sum()),
        n_treated=int(later[found.unit].sum()),
        n_comparison=int(later[found.donors].sum()),
        mean_treated=mean,
        mean_comparison=mean - test.treated.effect,
        p_value=test.p_value(),
        interval_at=test.interval,
    )


def beside(protocol: Protocol, rows: Rows, raw: RawEstimate, look: LookAt) -> Beside:
    """Return how well the stand-in fits, placebos in time and space, what single donors do, and the pictures."""
    found = compared(protocol, rows)
    test = placebo_test(found)
    other = differenced(found.panel.outcome, found.unit, found.start)
    return Beside(
        screens=tuple(_screens(found, test, other, raw, look)),
        further=tuple(_further(found, test, other, look)),
        pictures=_pictures(protocol, found, test),
        randomisation=Randomisation(test.ratio_p_value(), test.units, exact=True),
    )


def _screens(
    found: Compared, test: PlaceboTest, other: Differenced, raw: RawEstimate, look: LookAt
) -> Iterator[Screen]:
    says = "if the level may differ (synthetic difference-in-differences)"
    apart = Alternative(says, other.fitted.effect, other.interval(look.nominal_p))
    yield fit_before(found, test.treated.before, apart)
    yield _exact(found, test)
    early, its_test = backdated(found.panel.outcome, found.unit, found.donors, found.start)
    yield in_time(found, early.start, early.effect, its_test.p_value())
    yield few_donors(test.units, look)
    yield _single_donor(found, test)
    yield _ratio(test, raw, look)


def _exact(found: Compared, test: PlaceboTest) -> Screen:
    """Ask about a fit that could not fail, because donors outnumber the periods that they are fitted to."""
    count, periods = len(found.donors), found.start
    said = f"{count} donors are weighed by {periods} periods"
    if not test.treated.exact:
        why = f"{said}; the fit is not exact.{_exact_placebos(test)}"
        return Screen("room to fit", flag=False, statistic=count / periods, why=why)
    question = (
        "and match them exactly, so that the fit says nothing of later periods: can more earlier ones be brought?"
    )
    return Screen("room to fit", flag=True, statistic=count / periods, why=f"{said} {question}")


def _exact_placebos(test: PlaceboTest) -> str:
    """Say which test is left where placebos have no misfit that their effects could be divided by."""
    exact = sum(fitted.exact for fitted in test.donors)
    if not exact:
        return ""
    return (
        f" {exact} of {len(test.donors)} placebos are matched exactly, so that a ratio to their misfit means nothing:"
        " all effects are ranked as they are, which shows less."
    )


def _single_donor(found: Compared, test: PlaceboTest) -> Screen:
    """Ask where leaving out one donor turns the effect round."""
    left = without_each(found.panel.outcome, found.unit, found.donors, test.treated)
    name, effects = "one donor left out", [effect for _, effect in left]
    if not effects:
        return Screen(name, flag=False, statistic=None, why="No donor can be left out.")
    said = f"Leaving out one donor at a time, the effect lies from {min(effects):+.3g} to {max(effects):+.3g}"
    turned = [found.names[place] for place, effect in left if effect * test.treated.effect < 0]
    question = f": does it rest on {turned[0]} alone?" if turned else "."
    return Screen(name, bool(turned), max(effects, key=lambda one: abs(one - test.treated.effect)), said + question)


def _ratio(test: PlaceboTest, raw: RawEstimate, look: LookAt) -> Screen:
    """Ask where the interval shows an effect and the published test of growing gaps does not."""
    low, high = raw.interval(look)
    p_value = test.ratio_p_value()
    flag = (low > 0 or high < 0) and p_value > look.nominal_p
    grew = f"The gap grew at the start by a factor that {p_value:.2g} of all units reach"
    as_it_is = f"Some are matched exactly before the start; the gap after it is as large in {p_value:.2g} of all units"
    said = grew if test.by_fit else as_it_is
    question = ", while the interval shows an effect: which of the two is to be believed?" if flag else "."
    return Screen("growth of the gap", flag, p_value, said + question, p_value)


def _further(found: Compared, test: PlaceboTest, other: Differenced, look: LookAt) -> Iterator[Further]:
    why = "allows for a level apart, and weighs periods too"
    yield Further(
        "synthetic difference-in-differences",
        other.fitted.effect,
        other.std_error,
        other.interval(look.nominal_p),
        level_of(look),
        other.df,
        other.p_value(),
        why,
    )
    yield plain_difference(found)
    yield from by_period(found, test.treated.gap)
    yield from weights(found.names, test.treated.weights, "share of the stand-in")
    for place, effect in without_each(found.panel.outcome, found.unit, found.donors, test.treated):
        yield Further(f"without {found.names[place]}", effect, why="the effect if this donor is left out", kind="group")


def _pictures(protocol: Protocol, found: Compared, test: PlaceboTest) -> tuple[Picture, ...]:
    scale = [test.scale / fit.before if test.by_fit else 1.0 for fit in test.donors]
    theirs = np.array([fit.gap * by for fit, by in zip(test.donors, scale, strict=True)])
    return (
        paths(protocol, found, test.treated.path, test.treated.effect),
        gaps(found, test.treated.gap, theirs, scaled=test.by_fit),
    )


def basis(protocol: Protocol) -> Basis:
    """Return that a comparison is assumed to be alike."""
    return "comparison"


METHOD = Method(
    kind="synthetic-control",
    layout=layout,
    check=check,
    estimate=estimate,
    beside=beside,
    sides=sides,
    draw=draw,
    basis=basis,
    about=About(
        title="Synthetic control",
        question="Did it work in the one place that has it, where nobody drew lots?",
        needs=(
            "one row a place and period (or many, of people), with the place, the period and the outcome",
            "the place that has the service, and the first period in which it has it",
            "other places that never had it, at least 19 of them for an interval at 95 per cent, and no gap in any",
            "periods before the start, rather ten than three",
        ),
        assumes=(
            (
                "A mixture of the other places would have gone the same way.",
                "The fit before the start is measured against what places differ by; the effect without it is shown.",
            ),
            (
                "The fit is no luck.",
                "A start is made up before the true one (placebo in time); exact fits of few periods are asked about.",
            ),
            (
                "Nothing else happened in that place at the start, nor in the others because of it.",
                "Data cannot tell: name what else began, and leave out neighbours that may have felt it.",
            ),
            (
                "The treated place might as well have been any of the others.",
                "Data cannot tell; the placebo test rests on it.",
            ),
        ),
        estimator="Weights, none negative and one in all, make the others' outcomes before the start as near to the"
        " treated place's as can be; the effect is the mean gap from the start on.",
        uncertainty="Every other place is given the start in turn, beside a mixture of the rest, the treated place left"
        " out. Effects are ranked in units of each one's misfit before: the p-value is the share that is as large, the"
        " interval holds the effects that are not rejected. Where a place is matched exactly, effects are ranked as"
        " they are. Beside it stands the published test by the growth of the gap.",
        sources=(
            "Abadie, Diamond & Hainmueller (2010), JASA 105(490)",
            "Abadie, Diamond & Hainmueller (2015), American Journal of Political Science 59(2)",
            "Firpo & Possebom (2018), Journal of Causal Inference 6(2)",
        ),
        instead="With fewer than 19 other places, register synthetic difference-in-differences; with none, an"
        " interrupted time series. Where several places can wait, deal the start: that beats every stand-in.",
    ),
)
