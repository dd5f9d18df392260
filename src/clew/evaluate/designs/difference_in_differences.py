"""Treated and comparison units before and after one date."""

from typing import Final

import numpy as np

from clew.errors import InputError
from clew.evaluate.aggregation import Averages, by_event_time
from clew.evaluate.designs.method import About, Basis, Beside, Method
from clew.evaluate.designs.seen_once import composition, difference_of_rows, once, study_of_rows
from clew.evaluate.designs.starts_data import baseline, effects_of, layout, moments_of, panel_from, seen_in, sides
from clew.evaluate.designs.starts_drawn import draw
from clew.evaluate.designs.starts_further import by_time, further
from clew.evaluate.designs.starts_pictures import event_study, paths
from clew.evaluate.designs.starts_screens import attrition, few_treated, pre_trends, sensitivity
from clew.evaluate.designs.two_sides_checks import check_two_sides
from clew.evaluate.estimate import RawEstimate
from clew.evaluate.finding import Further, LookAt, Picture, Screen
from clew.evaluate.panel import Panel
from clew.evaluate.pre_trends import before_of_means
from clew.evaluate.rows import Moments, Rows, Within
from clew.evaluate.simultaneous import critical_value_of_all
from clew.evaluate.two_by_two import Changes, changes, two_by_two
from clew.evaluate.two_way import two_way
from clew.pilot.protocol import Protocol

LAST: Final = "Counted from the last period before the start alone"


def estimate(protocol: Protocol, rows: Rows, within: Within = ()) -> RawEstimate:
    """Return the change of the treated less that of the others, from the units' means before and after.

    Raises: InputError where a side is empty, or the uncertainty cannot be computed.
    """
    moments = moments_of(protocol, rows, within)
    panel = panel_from(protocol, moments)
    raw = difference_of_rows(protocol, moments, panel) if once(panel) else _followed(protocol, moments, panel)
    if not (raw.std_error > 0 and np.isfinite([raw.estimate, raw.std_error, raw.df]).all() and raw.df > 0):
        raise InputError(
            "the uncertainty cannot be computed: there are too few units, or their changes do not vary.",
            where=f"column {protocol.outcome.column}",
            do="Bring at least two units (or clusters) on either side.",
        )
    return raw


def _changes(panel: Panel) -> Changes:
    return changes(panel, int(panel.start.min()))


def _followed(protocol: Protocol, moments: Moments, panel: Panel) -> RawEstimate:
    units, covariates = _changes(panel), baseline(protocol, moments, panel)
    found = two_by_two(units, protocol.design.standard_errors, None if covariates is None else covariates[units.units])
    sides = (units.treated, ~units.treated)
    mean = float(np.average(units.after[units.treated], weights=units.weight[units.treated]))
    clusters = [len(np.unique(units.cluster[side])) for side in sides] if protocol.design.cluster else [None, None]
    return RawEstimate(
        estimate=found.estimate,
        std_error=found.std_error,
        df=found.df,
        n=found.n,
        n_treated=int(units.treated.sum()),
        n_comparison=int((~units.treated).sum()),
        mean_treated=mean,
        mean_comparison=mean - found.estimate,
        clusters=len(np.unique(units.cluster)) if protocol.design.cluster else None,
        clusters_treated=clusters[0],
        clusters_comparison=clusters[1],
        left_out=found.left_out,
    )


def beside(protocol: Protocol, rows: Rows, raw: RawEstimate, look: LookAt) -> Beside:
    """Return the checks of parallel trends, of how few are treated and of who is missing, and the event study."""
    moments = moments_of(protocol, rows)
    panel = panel_from(protocol, moments)
    if once(panel):
        study, reference, sizes = study_of_rows(protocol, moments, panel)
    else:
        _, effects = effects_of(protocol, moments, whole=False)
        study, reference, sizes = by_event_time(effects), effects.reference, effects.clusters
    df = min(sizes) - 1.0
    what = "clusters" if protocol.design.cluster else "units"
    screens = (pre_trends(before_of_means(study, reference), df, look), *sensitivity(study, df, look, LAST))
    missing = (composition(protocol, moments, panel),) if once(panel) else _missing(protocol, rows, panel, raw)
    others = () if once(panel) else _others(protocol, panel, look)
    return Beside(
        screens=(*screens, few_treated(*sizes, what), *missing),
        further=(*others, *by_time(study, df, look)),
        pictures=(_event_study(protocol, study, reference, look), paths(protocol, panel)),
    )


def _missing(protocol: Protocol, rows: Rows, panel: Panel, raw: RawEstimate) -> tuple[Screen, ...]:
    """What is missing period by period, and how many units were seen on one side of the start only."""
    lost = len(panel.units) - raw.n
    gone = attrition(seen_in(protocol, rows.tally(layout(protocol))))
    if not lost:
        return (gone,)
    why = f"{lost} of {len(panel.units)} units are seen only before or only after the start, and left out."
    return gone, Screen("units left out", flag=False, statistic=float(lost), why=why)


def _others(protocol: Protocol, panel: Panel, look: LookAt) -> tuple[Further, ...]:
    """The same without baseline columns, and over all unit-periods as if each were news."""
    found = two_by_two(_changes(panel), protocol.design.standard_errors)
    plain = further("without baseline columns", (found.estimate, found.std_error), found.df, look)
    rough = two_way(panel)
    why = (
        "the same question asked of every unit-period; its standard error allows for likeness within clusters only as"
        " far as these are many"
    )
    warning = further(
        "two-way fixed effects", (rough.estimate, rough.std_error), rough.df, look, why=why, kind="warning"
    )
    return (plain, warning) if protocol.outcome.adjust_for else (warning,)


def _event_study(protocol: Protocol, study: Averages, reference: float, look: LookAt) -> Picture:
    limit = critical_value_of_all(study.covariance[:-1, :-1], look.nominal_p, protocol.design.seed or 0)
    margin = limit * study.std_error
    bands = np.column_stack([study.estimate, study.estimate - margin, study.estimate + margin])
    return event_study(protocol, study.at, bands, reference)


def basis(protocol: Protocol) -> Basis:
    """Return that a comparison group whose likeness is assumed makes it fair."""
    return "comparison"


METHOD = Method(
    kind="difference-in-differences",
    layout=layout,
    check=check_two_sides,
    estimate=estimate,
    beside=beside,
    sides=sides,
    draw=draw,
    basis=basis,
    about=About(
        title="Difference-in-differences",
        question="Does it work, where some places started at one date, others never, and nobody dealt which?",
        needs=(
            "one row a unit and period, with the unit, the period and the outcome (or other people in each period)",
            "a column with 1 for units of the treated side and 0 for the others, and the first treated period",
            "several periods before the start, so that earlier trends can be seen",
        ),
        assumes=(
            (
                "Without treatment, the treated side would have changed as the other did (parallel trends).",
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
                "Those missing do not differ between the sides.",
                (
                    "Missing unit-periods are compared, with units as clusters (differential attrition); where units"
                    " are seen once, the treated share of those seen before and after the start (composition)."
                ),
            ),
        ),
        estimator="Each unit's periods are averaged to one value before and one from the start on; the mean change of"
        " treated units less that of the others, adjusted linearly for baseline columns where they are named. Where"
        " units are seen once each, the regression of the outcome on treated, after, and treated times after.",
        uncertainty="By unit, or by cluster where clusters are named: CR2 with Satterthwaite degrees of freedom, or the"
        " error that is registered. Periods do not count as news.",
        sources=(
            "Bertrand, Duflo & Mullainathan (2004), Quarterly Journal of Economics 119(1)",
            "Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36(4)",
            "Rambachan & Roth (2023), Review of Economic Studies 90(5)",
        ),
        instead="Where starts differ, use staggered difference-in-differences; where one unit alone is treated,"
        " synthetic control; where a lot can decide, a randomised trial.",
    ),
)
