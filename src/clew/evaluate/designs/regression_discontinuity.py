"""A rule that treats everybody on one side of a cut-off, and nobody, or fewer, on the other."""

import math

from clew.errors import InputError
from clew.evaluate.designs.discontinuity_beside import beside
from clew.evaluate.designs.discontinuity_data import ROBUST, Scores, check, layout, scores_of, sides
from clew.evaluate.designs.discontinuity_drawn import draw
from clew.evaluate.designs.discontinuity_further import clusters_in
from clew.evaluate.designs.discontinuity_jumps import Inference, jump_of
from clew.evaluate.designs.method import About, Basis, Method
from clew.evaluate.discontinuity_regression import PlainErrors, plain_jump
from clew.evaluate.estimate import RawEstimate
from clew.evaluate.rows import Rows, Within
from clew.pilot.protocol import Protocol


def estimate(protocol: Protocol, rows: Rows, within: Within = ()) -> RawEstimate:
    """Return the jump at the cut-off: treated side minus the other, per unit received where a column says so.

    Raises: InputError where a side holds too few values, the outcome does not vary, or what was received does not jump.
    """
    scores = scores_of(protocol, rows, within)
    raw = _local(protocol, scores) if protocol.design.standard_errors == ROBUST else _plain(protocol, scores)
    if not (raw.std_error > 0 and math.isfinite(raw.estimate) and math.isfinite(raw.std_error)):
        raise InputError(
            "the uncertainty cannot be computed: the outcome does not vary near the cut-off.",
            where=f"column {protocol.outcome.column}",
            do="Check that the outcome column holds the outcomes, or name a wider `bandwidth`.",
        )
    return raw


def _local(protocol: Protocol, scores: Scores) -> RawEstimate:
    """The lines' estimate, of least mean squared error; standard error, interval and p-value are of the one freed of
    its bias. n, clusters: within the bandwidth. Means: the lines at the cut-off."""
    found = jump_of(protocol, scores.running)
    inside = scores.running.within(found.bandwidths.h, "triangular")
    other, treated = (float(scores.origin[0] + found.lines[side, 0, 0]) for side in (0, 1))
    said, clustered = Inference(found), protocol.design.cluster is not None
    return RawEstimate(
        estimate=found.conventional,
        std_error=found.std_error,
        df=math.inf,
        n=found.n_below + found.n_above,
        n_treated=found.n_above,
        n_comparison=found.n_below,
        mean_treated=treated,
        mean_comparison=other,
        clusters=clusters_in(inside) if clustered else None,
        clusters_treated=clusters_in(inside.above()) if clustered else None,
        clusters_comparison=clusters_in(inside.below()) if clustered else None,
        p_value=said.p_value if found.std_error > 0 else None,
        interval_at=said.interval,
    )


def _plain(protocol: Protocol, scores: Scores) -> RawEstimate:
    """A straight line on either side, every row within the bandwidth (all, where there is none) counting alike."""
    distance = protocol.design.bandwidth or math.inf
    errors: dict[str, PlainErrors] = {"classical": "classical", "hc1": "hc1", "hc2": "hc2"}
    found = plain_jump(scores.running, distance, errors=errors[protocol.design.standard_errors])
    inside, other = scores.running.within(distance, "uniform"), float(scores.origin[0] + found.level_below)
    return RawEstimate(
        estimate=found.estimate,
        std_error=found.std_error,
        df=float(found.df),
        n=found.n,
        n_treated=int(inside.above().n.sum()),
        n_comparison=int(inside.below().n.sum()),
        mean_treated=other + found.estimate,
        mean_comparison=other,
    )


def basis(protocol: Protocol) -> Basis:
    """Return that those just short of the cut-off are compared, whose likeness is assumed."""
    return "comparison"


METHOD = Method(
    kind="regression-discontinuity",
    layout=layout,
    check=check,
    estimate=estimate,
    beside=beside,
    sides=sides,
    draw=draw,
    basis=basis,
    about=About(
        title="Regression discontinuity",
        question="Does it work, where a rule gives it to everybody past a cut-off: a score, an age, an income?",
        needs=(
            "one row a unit, with its outcome and the score by which the rule decides",
            "20 or more distinct values of the score on each side of the cut-off",
            "the cut-off and the treated side as the rule has them; a row exactly at the cut-off is treated",
            "where the rule does not decide alone: whether the unit received it (0 or 1)",
        ),
        assumes=(
            (
                "Nobody chooses the side: people just short of the cut-off are like people just past it.",
                "The number of rows must not jump there farther than elsewhere (density at the cut-off).",
            ),
            (
                "Nothing else changes at the cut-off.",
                "Columns of `adjust_for` must not jump by themselves (baseline at the cut-off), before any adjustment.",
            ),
            (
                "The outcome runs smoothly along the score.",
                "It must not jump where nothing happens (placebo cut-offs); other bandwidths are shown beside.",
            ),
            (
                "Rows next to the cut-off are like the others.",
                "The jump must not change without them (donut); `donut` registers that they are left out.",
            ),
            ("Those lost do not differ between sides.", "The share lost must not jump (differential attrition)."),
            (
                "Where it is per unit received: the cut-off changes who receives, and works through that alone.",
                "The first stage is tested (weak first stage); the rest data cannot tell.",
            ),
        ),
        estimator="On each side a straight line is fitted to the rows near the cut-off, nearer ones counting more; the"
        " bandwidth is the one of least mean squared error, or the registered one. The effect is the distance of the"
        " two lines at the cut-off, for units there and no others; divided by that of the share that received, where a"
        " column says who did (within the outcome's bandwidth: that of a ratio would depend on the outcome's origin)."
        " Columns of `adjust_for` enter linearly, with the same coefficients and the same kernel weights on both sides;"
        " the bandwidth is chosen with them.",
        uncertainty="Robust bias-corrected: the interval is that of the estimate freed of the lines' bias, wide enough"
        " for not knowing the bias, and so not centred on the estimate. Spread is told from each row's nearest"
        " neighbours, or by cluster (CR1) where clusters are named. `hc2`, `hc1`, `classical`: a plain regression"
        " instead, which takes lines over the whole bandwidth for the truth.",
        sources=(
            "Calonico, Cattaneo & Titiunik (2014), Econometrica 82",
            "Calonico, Cattaneo & Farrell (2020), Econometrics Journal 23",
            "Calonico, Cattaneo, Farrell & Titiunik (2019), Review of Economics and Statistics 101 (baseline columns)",
            "McCrary (2008), Journal of Econometrics 142",
            "Cattaneo, Idrobo & Titiunik (2020), A Practical Introduction to Regression Discontinuity Designs",
        ),
        instead="Where chance may decide, at least among those near the cut-off, deal it: a randomised trial needs a"
        " twentieth of the rows. Where the score has few values, compare the groups next to the cut-off over time"
        " (difference in differences).",
    ),
)
