"""How sharp each design's estimate is: against the estimators' own weights, published formulas, and made-up panels."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from clew.evaluate.autocorrelation import restricted_rho
from clew.evaluate.cluster_periods import ClusterPeriods, vertical
from clew.evaluate.designs import wedge_drawn
from clew.evaluate.interrupted import TimeSeries, design_of, effect_contrast, segmented
from clew.evaluate.newey_west import corrected
from clew.evaluate.roth_santanna import Rollout, comparison, efficient
from clew.evaluate.rows import Floats
from clew.evaluate.synthetic_control import synthetic_control
from clew.evaluate.synthetic_did import synthetic_did
from clew.pilot.assumptions import assume
from clew.pilot.extent import Extent, degrees_of_freedom
from clew.pilot.kinds import KINDS
from clew.pilot.planned import extent_of, planned_trial, trial_of
from clew.pilot.precision import PRECISION
from clew.pilot.precision_clusters import STAYS
from clew.pilot.precision_discontinuity import end_variance
from clew.pilot.precision_panel import Likeness, cells, covariance, starts
from clew.pilot.precision_placebo import placebo_margin, placebo_power
from clew.pilot.precision_steps import FEWEST, Sought
from clew.pilot.rare import power_of_rates
from clew.pilot.size import size
from kinds_of_pilot import of_kind


def likeness(periods: int, icc: float, serial: float) -> Floats:
    """The covariance of one unit's outcomes over the periods, in variances of one outcome."""
    apart = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
    return np.asarray(icc + (1 - icc) * serial**apart)


def variance_of(kind: str, changed: dict[str, Any] | None = None) -> float:
    trial = planned_trial(of_kind(kind, changed))
    assert trial is not None
    return trial.precision.variance


def test_every_kind_has_a_precision_and_no_other() -> None:
    assert set(PRECISION) == set(KINDS)


@pytest.mark.parametrize(("icc", "serial"), [(0.0, 0.5), (0.4, -0.3), (0.9, 0.95), (0.2, 0.0)])
def test_the_variance_of_a_sum_is_that_of_its_matrix(icc: float, serial: float) -> None:
    weights = np.random.default_rng(1).normal(size=(3, 9))
    assert covariance(weights, Likeness(icc, serial)) == pytest.approx(weights @ likeness(9, icc, serial) @ weights.T)


@pytest.mark.parametrize(("before", "after", "icc"), [(1, 1, 0.7), (3, 5, 0.4), (4, 2, 0.0)])
def test_before_and_after_agrees_with_frison_and_pocock(before: int, after: int, icc: float) -> None:
    """Frison & Pocock (1992), change scores under compound symmetry: σ²(1 − ρ)(1/p + 1/r) · (1/n₁ + 1/n₀)."""
    found = variance_of(
        "difference-in-differences",
        {
            "size.units": 90,
            "size.treated_share": 1 / 3,
            "size.icc": icc,
            "size.serial_correlation": 0.0,
            "size.periods": before + after,
            "size.periods_before": before,
        },
    )
    assert found == pytest.approx((1 - icc) * (1 / before + 1 / after) * (1 / 30 + 1 / 60))


def test_what_clusters_share_does_not_cancel_out() -> None:
    """Ten units in each of twenty clusters: the share icc of the variance is the cluster's, a tenth of the rest its
    mean's; the change over one period before and one after is 2(1 − serial), in twenty clusters, half of them treated.
    """
    changed = {"design.cluster": "town", "size.clusters": 20, "size.units": 200, "size.icc": 0.3}
    changed |= {"size.periods": 2, "size.periods_before": 1, "size.serial_correlation": 0.4}
    by_hand = (0.3 + 0.7 / 10) * 2 * (1 - 0.4) * 4 / 20
    assert variance_of("difference-in-differences", changed) == pytest.approx(by_hand)
    protocol = of_kind("difference-in-differences", changed)
    trial = Sought(protocol, assume(protocol)).trial(400)
    assert trial.extent.clusters == pytest.approx(40)
    assert trial.precision.variance == pytest.approx(by_hand / 2)
    assert trial.df == pytest.approx(38)


def test_degrees_of_freedom_are_those_of_two_groups() -> None:
    """n − 2 where both are as large; the smaller one's alone where the other is without end."""
    assert degrees_of_freedom(20, 20) == pytest.approx(38)
    assert degrees_of_freedom(6, 1e9) == pytest.approx(5, rel=1e-6)
    assert degrees_of_freedom(1, 40) == 1


def the_rollout(periods: int, before: int, *, icc: float, serial: float, never: float) -> Rollout:
    """A roll-out of 1,000 units a start, whose spread is known."""
    place, share = starts(periods, before, 1 - never)
    units = np.rint(1_000 * share / share[0]).astype(np.int64)
    spread = np.stack([likeness(periods, icc, serial)] * len(place))
    of = np.repeat(np.arange(len(place)), units)
    flat = np.zeros((len(of), periods))
    return Rollout(flat, of, place.astype(np.int64), units, np.zeros((len(place), periods)), spread)


@pytest.mark.parametrize("estimand", ["simple", "cohort", "calendar"])
@pytest.mark.parametrize(("icc", "serial"), [(0.0, 0.5), (0.6, 0.8)])
def test_a_rollout_is_as_sharp_as_its_own_estimator_says(estimand: str, icc: float, serial: float) -> None:
    """The estimator of the evaluation, given the true covariance, names the same variance."""
    design = the_rollout(7, 2, icc=icc, serial=serial, never=1 / 6)
    told = efficient(design, comparison(design, estimand)).std_error ** 2
    changed = {"size.periods": 7, "size.periods_before": 2, "size.icc": icc, "size.serial_correlation": serial}
    found = variance_of("random-rollout", {**changed, "design.estimand": estimand, "size.units": len(design.of)})
    assert found == pytest.approx(told)


@pytest.mark.parametrize("aggregate", ["overall", "group"])
def test_staggered_starts_are_as_sharp_as_callaway_and_santanna(aggregate: str) -> None:
    """Roth & Sant'Anna (2023): theirs is the estimator that subtracts the whole difference before the start."""
    design = the_rollout(8, 3, icc=0.3, serial=0.6, never=0.5)
    estimand = {"overall": "simple", "group": "cohort"}[aggregate]
    told = efficient(design, comparison(design, estimand), taken_off=1.0).std_error ** 2
    changed = {"size.periods": 8, "size.periods_before": 3, "size.icc": 0.3, "size.serial_correlation": 0.6}
    changed |= {"size.treated_share": 0.5, "size.units": len(design.of)}
    kind = "staggered-difference-in-differences"
    assert variance_of(kind, {**changed, "design.aggregate": aggregate}) == pytest.approx(told)


def test_effects_by_time_since_the_start_count_alike() -> None:
    """By hand: two starts, the last one and never; weights of each pair and the variance of their sum."""
    place, share = starts(4, 2, 0.5)
    assert place.tolist() == [2, 3, 4]
    found = cells(place, share, 4, "never")
    assert list(zip(found.cohort, found.period, strict=True)) == [(0, 2), (0, 3), (1, 3)]
    sigma, never = likeness(4, 0.0, 0.5), 0.5
    first, second = np.array([0, -0.75, 0.25, 0.5]), np.array([0, 0, -0.25, 0.25])
    rest = -(first + second)
    by_hand = first @ sigma @ first / 0.25 + second @ sigma @ second / 0.25 + rest @ sigma @ rest / never
    changed = {"size.periods": 4, "size.periods_before": 2, "design.aggregate": "event-time", "design.against": "never"}
    kind = "staggered-difference-in-differences"
    assert variance_of(kind, {**changed, "size.units": 100}) == pytest.approx(by_hand / 100)


def test_a_wedge_of_one_start_is_a_comparison_of_two_arms() -> None:
    """Half start in the last period, half never: 4/C times the variance of a cluster-period's mean."""
    changed = {"size.periods": 4, "size.periods_before": 3, "size.clusters": 20, "size.units": 1600, "size.icc": 0.1}
    assert variance_of("stepped-wedge", changed) == pytest.approx(4 / 20 * (0.1 + 0.9 / 20))


@pytest.mark.parametrize("serial", [0.0, 0.5, 0.9])
def test_a_wedge_is_as_sharp_as_its_own_comparison_says(serial: float) -> None:
    """The estimate of the evaluation is linear: its weights, cell by cell, on what a cluster's periods share."""
    start, periods = np.tile([1, 2, 3, 4], 3), 5
    shared = 0.2 * (STAYS + (1 - STAYS) * likeness(periods, 0.0, serial)) + 0.8 / 10 * np.eye(periods)
    cells_one_by_one = np.eye(12 * periods).reshape(-1, 12, periods)
    weights = [vertical(ClusterPeriods(cell, start)).estimate for cell in cells_one_by_one]
    by_cluster = np.array(weights).reshape(12, periods)
    changed = {"size.periods": 5, "size.clusters": 12, "size.units": 600, "size.icc": 0.2}
    found = variance_of("stepped-wedge", {**changed, "size.serial_correlation": serial})
    assert found == pytest.approx(float(np.sum((by_cluster @ shared) * by_cluster)))


def test_clusters_of_unequal_size_make_a_wedge_less_sharp() -> None:
    """The mean of one over gamma sizes of mean 50 and cv 0.5 is 1 / (50 · (1 − 0.25))."""
    changed = {"size.periods": 5, "size.clusters": 12, "size.units": 3_000, "size.icc": 0.0}
    even, uneven = (variance_of("stepped-wedge", {**changed, "size.cluster_size_cv": cv}) for cv in (0.0, 0.5))
    assert uneven / even == pytest.approx(1 / 0.75, rel=0.01)


def test_hussey_and_hughes_model_is_sharper_than_the_comparison_within_periods() -> None:
    """Their closed form (2007, eq. 8): what a model that trusts its picture of time would add."""
    clusters, periods, tau, sigma = 12, 5, 0.2, 0.8 / 10
    treated = np.tile(np.arange(periods) >= np.array([1, 2, 3, 4])[:, None], (3, 1))
    u, w, v = treated.sum(), np.sum(treated.sum(axis=0) ** 2), np.sum(treated.sum(axis=1) ** 2)
    top = clusters * sigma * (sigma + periods * tau)
    bottom = (clusters * u - w) * sigma + (u**2 + clusters * periods * u - periods * w - clusters * v) * tau
    changed = {"size.periods": 5, "size.clusters": 12, "size.units": 600, "size.icc": 0.2}
    assert top / bottom < variance_of("stepped-wedge", changed) < 4 * top / bottom


def test_what_stays_in_a_cluster_is_what_is_drawn() -> None:
    assert STAYS == wedge_drawn.STAYS


def test_ends_of_local_polynomials_have_their_textbook_variance() -> None:
    """Boundary constants of Fan & Gijbels (1996), ch. 3: line and parabola, uniform and triangular kernel."""
    assert end_variance(1, None, "uniform") == pytest.approx(4, rel=1e-4)
    assert end_variance(1, None) == pytest.approx(24 / 5, rel=1e-4)
    assert end_variance(2, None, "uniform") == pytest.approx(9, rel=1e-4)
    assert end_variance(2, None) == pytest.approx(72 / 7, rel=1e-4)
    assert end_variance(1, 1.0) == pytest.approx(end_variance(2, None), rel=1e-6)  # Calonico et al. (2014), remark 7


def test_a_cut_off_takes_four_times_the_rows_with_all_rows_and_plain_lines() -> None:
    """Schochet (2009): design effect 4 where the score is uniform; 2 sides · 4 / (N/2) against 4 / N."""
    assert 2 * end_variance(1, None, "uniform") / (1 / 2) / 4 == pytest.approx(4, rel=1e-4)
    with_bandwidth = variance_of("regression-discontinuity", {"size.units": 1_000}) / (4 / 1_000)
    assert 20 < with_bandwidth < 25  # made-up rows about a line, 200 to 8,000 of them: 21 to 27


@pytest.mark.parametrize(
    ("periods", "before", "season", "serial"), [(48, 24, None, 0.5), (60, 40, 12, -0.2), (80, 30, 52, 0.3)]
)
@pytest.mark.parametrize("model", [None, "level", "level and slope"])
def test_a_series_is_as_sharp_as_its_own_regression_says(
    periods: int, before: int, season: int | None, serial: float, model: str | None
) -> None:
    outcome = np.random.default_rng(2).normal(size=periods)
    series = TimeSeries(outcome, (before,), season, slopes=model != "level")
    _, design = design_of(series)
    fitted = segmented(series).fit
    contrast = effect_contrast(series, design)
    weights = design @ (fitted.bread @ contrast)
    changed = {"size.periods": periods, "size.periods_before": before, "size.serial_correlation": serial}
    said = {**changed, "design.season": season, "design.impact_model": model}
    trial = planned_trial(of_kind("interrupted-time-series", said))
    assert trial is not None
    assert trial.precision.variance == pytest.approx(float(weights @ likeness(periods, 0.0, serial) @ weights))
    lag = segmented(series).lag
    assert trial.df == pytest.approx(corrected(fitted, contrast, lag, serial).df)
    assert -1 < restricted_rho(design, series.outcome) < 1


def test_a_control_series_with_errors_of_its_own_doubles_the_variance() -> None:
    alone = variance_of("interrupted-time-series")
    assert variance_of("interrupted-time-series", {"design.control": "elsewhere"}) == pytest.approx(2 * alone)


def test_later_interruptions_and_a_structural_model_are_counted() -> None:
    """The mean after the first start less the earlier trend stays what it is; what is left over grows less."""
    alone = planned_trial(of_kind("interrupted-time-series"))
    twice = planned_trial(of_kind("interrupted-time-series", {"design.from": [25, 50]}))
    structural = planned_trial(of_kind("interrupted-time-series", {"design.estimator": "structural"}))
    assert alone is not None
    assert structural is not None
    assert twice is not None
    assert twice.precision.variance == pytest.approx(alone.precision.variance)
    assert alone.precision.df != pytest.approx(twice.precision.df, rel=1e-3)
    assert (structural.precision.variance, structural.df) == (alone.precision.variance, 118)


def test_a_longer_steadier_series_shows_more() -> None:
    """Hawley et al. (2019): power rises with the periods and falls with the autocorrelation."""

    def _power(**changed: object) -> float:
        keys = {f"size.{key}": value for key, value in changed.items()}
        trial = planned_trial(of_kind("interrupted-time-series", {"outcome.worth_having": 1.0, **keys}))
        assert trial is not None
        return trial.power(1.0)

    lengths = [_power(periods=2 * half, periods_before=half) for half in (12, 24, 60, 120)]
    likenesses = [_power(serial_correlation=serial) for serial in (-0.3, 0.0, 0.3, 0.6)]
    assert lengths == sorted(lengths)
    assert likenesses == sorted(likenesses, reverse=True)


@pytest.mark.parametrize("kind", ["synthetic-control", "synthetic-difference-in-differences"])
@pytest.mark.parametrize(("icc", "serial"), [(0.0, 0.5), (0.6, 0.2)])
def test_one_treated_unit_varies_as_the_evaluation_finds_it(kind: str, icc: float, serial: float) -> None:
    rng, root = np.random.default_rng(5), np.linalg.cholesky(likeness(20, icc, serial))
    found = []
    for panel in rng.standard_normal((300, 15, 20)) @ root.T:
        if kind == "synthetic-control":
            found.append(synthetic_control(panel, 0, list(range(1, 15)), 12).effect)
        else:
            found.append(synthetic_did(panel[1:], panel[:1], 12).effect)
    changed = {"size.units": 15, "size.periods": 20, "size.periods_before": 12, "size.icc": icc}
    said = variance_of(kind, {**changed, "size.serial_correlation": serial})
    assert math.sqrt(said) == pytest.approx(float(np.sqrt(np.mean(np.square(found)))), rel=0.15)


def test_so_few_units_can_rank_nothing_first() -> None:
    """The least p-value is one over the number of units: 19 cannot give 5 percent, 20 can."""
    for units, possible in ((19, False), (20, True)):
        trial = planned_trial(of_kind("synthetic-control", {"size.units": units}))
        assert trial is not None
        assert (trial.power(100.0) > 0.9) is possible
        assert math.isfinite(trial.half_width(0.0)) is possible
        assert (trial.detectable() is not None) is possible
        assert math.isinf(placebo_margin(trial.precision, 0.05)) is not possible


def test_without_an_effect_a_rank_is_as_rare_as_it_should_be() -> None:
    trial = planned_trial(of_kind("synthetic-control", {"size.units": 40}))
    assert trial is not None
    assert placebo_power(trial.precision, 0.0, 0.05) == pytest.approx(2 / 40, abs=0.003)
    assert placebo_power(trial.precision, 0.0, 0.2) == pytest.approx(8 / 40, abs=0.003)


def test_what_few_receive_takes_more_by_its_square() -> None:
    keys = {"design.estimator": "two-stage-least-squares", "size.received_share": 0.5}
    whole = size(of_kind("encouragement")).needed.units
    half = size(of_kind("encouragement", keys)).needed.units
    assert whole is not None
    assert half is not None
    assert half == pytest.approx(4 * whole, rel=0.02)


@pytest.mark.parametrize(
    ("share", "rates"), [(0.5, (0.1, 0.05)), (0.3, (0.1, 0.2)), (None, (0.1, 0.05)), (None, (0.1, 0.2))]
)
def test_rates_are_told_apart_as_often_as_by_counting(share: float | None, rates: tuple[float, float]) -> None:
    """Every pair of counts (or every count) with its chance and its exact p-value."""
    exposure = 300.0
    counts = np.arange(0, 140)
    log_factorial = np.array([math.lgamma(count + 1) for count in counts])

    def _chances(mean: float) -> Floats:
        return np.asarray(np.exp(counts * math.log(mean) - mean - log_factorial))

    low = rates[1] < rates[0]
    if share is None:
        known, true = _chances(exposure * rates[0]), _chances(exposure * rates[1])
        tails = np.cumsum(known) if low else np.cumsum(known[::-1])[::-1]
        by_hand = float(true[tails <= 0.025].sum())
    else:
        treated, others = _chances(exposure * share * rates[1]), _chances(exposure * (1 - share) * rates[0])
        by_hand = 0.0
        for own, chance in enumerate(treated):
            for other, beside in enumerate(others):
                if chance * beside > 1e-13 and tail_of(own, other, share, low=low) <= 0.025:
                    by_hand += chance * beside
    assert power_of_rates(exposure, rates, share, alpha=0.05) == pytest.approx(by_hand, abs=1e-6)


def test_observed_minus_expected_is_in_events() -> None:
    """2,000 rows, half of them treated, a rate of 0.1: 100 events are expected, and 25 fewer are worth having."""
    changed = {"design.estimator": "observed-minus-expected", "outcome.worth_having": 25.0, "design.exposure": None}
    trial = planned_trial(of_kind("rare-events", {**changed, "design.expected": "expected"}))
    assert trial is not None
    assert trial.power(-25.0) == pytest.approx(power_of_rates(1_000, (0.1, 0.075), None, alpha=0.05))
    assert trial.largest_effect() == pytest.approx(100)
    assert trial.std_error(-25.0) == pytest.approx(math.sqrt(75))


def tail_of(own: int, other: int, share: float, *, low: bool) -> float:
    total = own + other
    counts = range(own + 1) if low else range(own, total + 1)
    return sum(math.comb(total, count) * share**count * (1 - share) ** (total - count) for count in counts)


def test_many_events_need_not_be_counted_one_by_one() -> None:
    by_z = power_of_rates(120_000, (0.1, 0.096), 0.5, alpha=0.05)
    counted = power_of_rates(90_000, (0.1, 0.096), 0.5, alpha=0.05)
    assert 0.4 < counted < by_z < 0.65
    assert power_of_rates(110_000, (0.1, 0.0955), None, alpha=0.05) > 0.99


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"randomised", "cluster-randomised"}])
def test_what_is_needed_is_just_enough(kind: str) -> None:
    """The size said to be needed has the wanted power, and nine tenths of it have not."""
    protocol = of_kind(kind, {"size.clusters": None} if kind == "stepped-wedge" else None)
    sought = Sought(protocol, assume(protocol))
    count = sought.least()
    assert count is not None
    assert sought.trial(count).power(assume(protocol).effect) >= 0.8 - 1e-3
    if kind not in FEWEST:  # whose placebos must be some at any rate
        assert sought.trial(math.floor(0.9 * count)).power(assume(protocol).effect) < 0.8


@pytest.mark.parametrize("kind", KINDS)
def test_more_is_never_less_sharp(kind: str) -> None:
    protocol = of_kind(kind)
    a = assume(protocol)
    few, many = (trial_of(protocol, a, extent_of(a, 24 * times, 8 * times)) for times in (1, 4))
    if kind == "interrupted-time-series":
        few, many = (trial_of(protocol, a, extent_of(a, 1, None, periods)) for periods in (40, 160))
    slack = 1.1 if kind in {"synthetic-control", "synthetic-difference-in-differences"} else 1.0
    assert many.precision.variance <= slack * few.precision.variance
    assert replace(few.extent, units=1.0) == Extent(1.0, few.extent.clusters, few.extent.periods, few.extent.before)
