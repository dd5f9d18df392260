"""Units that start at different times for reasons of their own, compared with units that have not started."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, get_args

import numpy as np

from clew.errors import InputError
from clew.evaluate.aggregation import Aggregate, Averages, by_cohort, by_event_time
from clew.evaluate.callaway_santanna import GroupTime
from clew.evaluate.designs.method import About, Basis, Beside, Method
from clew.evaluate.designs.starts_checks import check_starts
from clew.evaluate.designs.starts_data import effects_of, layout, mean_after, moments_of, overlaps_of, seen_in, sides
from clew.evaluate.designs.starts_drawn import draw
from clew.evaluate.designs.starts_further import MOST_SHOWN, by_time, further, nearest, of_average, warned_of
from clew.evaluate.designs.starts_pictures import event_study, paths
from clew.evaluate.designs.starts_screens import attrition, coverage, few_treated, left_out, pre_trends, sensitivity
from clew.evaluate.estimate import RawEstimate
from clew.evaluate.finding import Further, LookAt, Picture
from clew.evaluate.panel import Panel
from clew.evaluate.pre_trends import FEWEST, before, resting_on_enough
from clew.evaluate.rows import Rows, Within
from clew.evaluate.simultaneous import critical_value_of_all
from clew.pilot.protocol import Protocol

NAMES: Final = {
    "overall": "every treated unit-period alike",
    "group": "every treated unit alike",
    "event-time": "every time since the start alike",
}


def estimate(protocol: Protocol, rows: Rows, within: Within = ()) -> RawEstimate:
    """Return the registered average of the cohorts' effects.

    Degrees of freedom: the smaller of the numbers of treated and comparison clusters, less one, which two samples of
    unequal spread have at least. Raises: InputError where that leaves none, or nobody is left to compare with.
    """
    panel, effects = effects_of(protocol, moments_of(protocol, rows, within))
    study = by_event_time(effects, protocol.design.aggregate)
    df = degrees_of_freedom(effects)
    if not (study.mean_error > 0 and df > 0):
        raise InputError(
            "the uncertainty cannot be computed: there are too few units, or their outcomes do not vary.",
            where=f"column {protocol.outcome.column}",
            do="Bring at least two treated units (or clusters) and two to compare with.",
        )
    mean, clusters = mean_after(panel), protocol.design.cluster is not None
    n_treated = int(effects.units[np.unique(effects.cells.cohort)].sum())
    return RawEstimate(
        estimate=study.mean,
        std_error=study.mean_error,
        df=df,
        n=int(effects.units.sum()),
        n_treated=n_treated,
        n_comparison=int(effects.units.sum()) - n_treated,
        mean_treated=mean,
        mean_comparison=mean - study.mean,
        clusters=len(np.unique(panel.cluster)) if clusters else None,
        clusters_treated=effects.clusters[0] if clusters else None,
        clusters_comparison=effects.clusters[1] if clusters else None,
    )


def degrees_of_freedom(effects: GroupTime) -> float:
    """Return the smaller of the numbers of treated and comparison clusters, less one."""
    return min(effects.clusters) - 1.0


def beside(protocol: Protocol, rows: Rows, raw: RawEstimate, look: LookAt) -> Beside:
    """Return the checks of parallel trends and of who is missing, effects by cohort and time, and other estimators."""
    moments = moments_of(protocol, rows)
    panel, effects = effects_of(protocol, moments)
    study = by_event_time(effects, protocol.design.aggregate)
    tested, alone = resting_on_enough(study), int((effects.of_cohort[np.unique(effects.cells.cohort)] == 1).sum())
    seen = seen_in(protocol, rows.tally(layout(protocol)))
    what = "clusters" if protocol.design.cluster else "units"
    return Beside(
        screens=(
            pre_trends(before(tested, effects.reference), raw.df, look),
            *sensitivity(tested, raw.df, look),
            few_treated(*effects.clusters, what, alone),
            attrition(seen),
            *coverage(overlaps_of(protocol, moments), panel.periods),
            *left_out(effects.left_out, len(panel.units)),
        ),
        further=(
            *_other_averages(protocol, effects, raw, look),
            warned_of(panel, look),
            *_cohorts(panel, effects, raw, look),
            *by_time(study, raw.df, look),
        ),
        pictures=(_event_study(protocol, effects, study, look), paths(protocol, panel)),
    )


def _other_averages(protocol: Protocol, effects: GroupTime, raw: RawEstimate, look: LookAt) -> Iterator[Further]:
    for aggregate in get_args(Aggregate):
        if aggregate != protocol.design.aggregate:
            found = by_event_time(effects, aggregate)
            name, why = f"average by {aggregate}", f"{NAMES[aggregate]}; not the registered average"
            yield further(name, (found.mean, found.mean_error), raw.df, look, why=why)


def _cohorts(panel: Panel, effects: GroupTime, raw: RawEstimate, look: LookAt) -> Iterator[Further]:
    found = by_cohort(effects)
    for place, start in enumerate(found.at.astype(np.int64).tolist()):
        many = int(effects.units[effects.start == start][0])
        why = f"{many} {'unit' if many == 1 else 'units'}"
        if found.clusters[place] < FEWEST:
            why = f"{why}; too few to know how they move by chance"
        yield replace(of_average(f"start {panel.periods[start]}", found, place, raw.df, look, why), kind="group")


def _event_study(protocol: Protocol, effects: GroupTime, study: Averages, look: LookAt) -> Picture:
    shown = nearest(study.at, MOST_SHOWN)
    covariance = study.covariance[np.ix_(shown, shown)]
    limit = critical_value_of_all(covariance, look.nominal_p, protocol.design.seed or 0)
    margin = np.where(study.clusters > 1, limit * study.std_error, np.nan)
    bands = np.column_stack([study.estimate, study.estimate - margin, study.estimate + margin])
    return event_study(protocol, study.at[shown], bands[shown], effects.reference)


def basis(protocol: Protocol) -> Basis:
    """Return that a comparison group whose likeness is assumed makes it fair."""
    return "comparison"


METHOD = Method(
    kind="staggered-difference-in-differences",
    layout=layout,
    check=check_starts,
    estimate=estimate,
    beside=beside,
    sides=sides,
    draw=draw,
    basis=basis,
    about=About(
        title="Staggered difference-in-differences",
        question="Does it work, where places have started at different times and nobody dealt the dates?",
        needs=(
            "one row a unit and period, with the unit, the period and the outcome",
            "the period from which the unit is treated, the same in all its rows (empty: never)",
            "at least one period before each start, better several; units that start later or never",
        ),
        assumes=(
            (
                "Without treatment, units that start together would have changed as the others did (parallel trends).",
                (
                    "Differences before the start are tested together (pre-trends); the effect is also told if a"
                    " straight line through them goes on, and if trends part as much as they ever did before."
                ),
            ),
            (
                "Nothing changes before the start because it is coming.",
                "The periods before the start are shown one by one (event study).",
            ),
            (
                "A unit once treated stays treated.",
                "Units with two starts are refused.",
            ),
            (
                "Every treated unit has like ones among those it is compared with, given the baseline columns.",
                (
                    "The chance of treatment is estimated from the columns adjusted for; asked about where more than"
                    " one in twenty treated units has a chance above 0.9, and told how few comparison units carry the"
                    " weight (overlap)."
                ),
            ),
            (
                "Those missing do not differ between treated and comparison units.",
                "Missing unit-periods are compared, with units as clusters (differential attrition).",
            ),
        ),
        estimator="For each cohort and period, the change since the last period before the start, less the change of"
        " units not treated yet (or never); doubly robust where baseline columns are adjusted for; averaged with the"
        " cohorts' shares as weights (Callaway and Sant'Anna). In panels with gaps each pair of periods uses the units"
        " seen in both.",
        uncertainty="From each unit's influence, summed by cluster where clusters are named; estimated weights count."
        " The t distribution has as many degrees of freedom as the smaller side has units (or clusters), less one.",
        sources=(
            "Callaway & Sant'Anna (2021), Journal of Econometrics 225(2)",
            "Sant'Anna & Zhao (2020), Journal of Econometrics 219(1)",
            "Crump, Hotz, Imbens & Mitnik (2009), Biometrika 96(1)",
            "Rambachan & Roth (2023), Review of Economic Studies 90(5)",
            "Goodman-Bacon (2021), Journal of Econometrics 225(2)",
        ),
        instead="Where dates can still be dealt, deal them (random roll-out). Where one unit alone is treated, use"
        " synthetic control. Where all start at once, use difference-in-differences.",
    ),
)
