"""ATT(g, t), its averages and their standard errors, against means taken by hand and influence functions by formula."""

from dataclasses import replace

import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate.aggregation import by_cohort, by_event_time
from clew.evaluate.callaway_santanna import GroupTime, group_time
from clew.evaluate.panel import Panel
from staggered import a_panel, panel


def by_hand(data: Panel, effects: GroupTime, against: str) -> list[float]:
    """Each ATT(g, t) as a difference of two mean changes, over the units seen in both periods."""
    found = []
    for cohort, period, base in zip(effects.cells.cohort, effects.cells.period, effects.cells.base, strict=True):
        change = data.outcome[:, period] - data.outcome[:, base]
        never = data.start == len(data.periods)
        others = never if against == "never" else data.start > max(period, base)
        start = effects.start[cohort]
        found.append(np.nanmean(change[data.start == start]) - np.nanmean(change[others & (data.start != start)]))
    return found


@pytest.mark.parametrize("against", ["never", "not-yet"])
@pytest.mark.parametrize("base", ["varying", "universal"])
@pytest.mark.parametrize("gaps", [0.0, 0.1])
def test_each_effect_is_a_difference_of_mean_changes(against: str, base: str, gaps: float) -> None:
    data = a_panel(3, gaps=gaps)
    effects = group_time(data, against=against, base=base)
    assert effects.att == pytest.approx(by_hand(data, effects, against), abs=1e-12)
    assert len(effects.att) == 25 if against == "never" else 20 < len(effects.att) <= 25


def test_before_the_start_the_base_varies_or_stays() -> None:
    effects = group_time(a_panel(), base="varying")
    third = effects.cells.cohort == 2
    assert list(zip(effects.cells.period[third], effects.cells.base[third], strict=True)) == [
        (1, 0), (2, 1), (3, 2), (4, 2), (5, 2)
    ]  # fmt: skip
    effects = group_time(a_panel(), base="universal")
    third = effects.cells.cohort == 2
    assert list(zip(effects.cells.period[third], effects.cells.base[third], strict=True)) == [
        (0, 2), (1, 2), (3, 2), (4, 2), (5, 2)
    ]  # fmt: skip
    assert effects.reference == -1.0


def moved_by_units(data: Panel, against: str) -> tuple[float, float]:
    """The overall average and its standard error: influence functions unit by unit, as printed in the paper."""
    effects = group_time(data, against=against)
    units, share = len(data.start), {start: np.mean(data.start == start) for start in set(data.start.tolist())}
    after = np.flatnonzero(effects.after)
    start = effects.start[effects.cells.cohort]
    total = sum(share[start[cell]] for cell in after)
    overall = sum(share[start[cell]] * effects.att[cell] for cell in after) / total
    influence = np.zeros(units)
    for cell in after:
        change = data.outcome[:, effects.cells.period[cell]] - data.outcome[:, effects.cells.base[cell]]
        own = data.start == start[cell]
        last = max(effects.cells.period[cell], effects.cells.base[cell])
        others = data.start == len(data.periods) if against == "never" else (data.start > last) & ~own
        of_cell = own / own.mean() * (change - change[own].mean()) - others / others.mean() * (
            change - change[others].mean()
        )
        influence += share[start[cell]] / total * of_cell
        influence += (own - share[start[cell]]) / total * (effects.att[cell] - overall)
    return float(overall), float(np.sqrt(np.mean(influence**2) / units))


@pytest.mark.parametrize("against", ["never", "not-yet"])
def test_overall_average_and_standard_error_by_influence_functions(against: str) -> None:
    data = a_panel(5)
    study = by_event_time(group_time(data, against=against), "overall")
    assert (study.mean, study.mean_error) == pytest.approx(moved_by_units(data, against), rel=1e-12)


def test_cohort_sums_and_units_one_by_one_agree() -> None:
    data = replace(a_panel(7), cluster=np.arange(60) // 3)
    weights = np.random.default_rng(1).uniform(0.5, 3, (60, 1)) * np.ones((1, 6))
    for changed in (data, replace(data, weight=weights)):
        sums = group_time(changed)
        units = group_time(changed, covariates=np.zeros((60, 0)))
        assert units.att == pytest.approx(sums.att, abs=1e-12)
        for averages in (by_cohort, by_event_time):
            assert averages(units).estimate == pytest.approx(averages(sums).estimate, abs=1e-12)
            assert averages(units).covariance == pytest.approx(averages(sums).covariance, abs=1e-14)


def test_weights_of_two_are_units_that_come_twice() -> None:
    data = a_panel(9, units=40)
    twice = [*range(40), *range(20)]
    doubled = panel(data.outcome[twice], data.start[twice], cluster=np.array(twice))
    weighed = replace(data, weight=np.where(np.arange(40) < 20, 2.0, 1.0)[:, None] * np.ones((1, 6)))
    one, other = by_event_time(group_time(doubled), "group"), by_event_time(group_time(weighed), "group")
    assert one.estimate == pytest.approx(other.estimate, abs=1e-12)
    assert one.covariance == pytest.approx(other.covariance, abs=1e-13)


def test_averages_over_the_right_cells() -> None:
    """By hand from ATT(g, t): three cohorts of 2, 1 and 1 units and two that are never treated, no noise."""
    start = np.array([1, 1, 2, 3, 4, 4])
    effect = np.array([[0, 1, 2, 3], [0, 1, 2, 3], [0, 0, 5, 6], [0, 0, 0, 9], [0] * 4, [0] * 4]) * 1.0
    effects = group_time(panel(effect + np.arange(4), start), against="never")
    study = by_event_time(effects)
    assert dict(zip(study.at, study.estimate, strict=True)) == pytest.approx(
        {-2: 0, -1: 0, 0: (2 * 1 + 5 + 9) / 4, 1: (2 * 2 + 6) / 3, 2: 3}
    )
    assert study.mean == pytest.approx((4 + 10 / 3 + 3) / 3)
    assert study.weight == pytest.approx([0, 0, 1 / 3, 1 / 3, 1 / 3])
    cohorts = by_cohort(effects)
    assert dict(zip(cohorts.at, cohorts.estimate, strict=True)) == pytest.approx({1: 2, 2: 5.5, 3: 9})
    assert cohorts.mean == pytest.approx((2 * 2 + 5.5 + 9) / 4)
    simple = by_event_time(effects, "overall")
    assert simple.mean == pytest.approx((2 * 1 + 2 * 2 + 5 + 2 * 3 + 6 + 9) / 9)
    assert simple.weight == pytest.approx([0, 0, 4 / 9, 3 / 9, 2 / 9])


def test_units_treated_from_the_first_period_on_are_left_out() -> None:
    data = a_panel(11)
    start = data.start.copy()
    start[10:15] = 0
    effects = group_time(replace(data, start=start))
    kept = np.delete(np.arange(60), np.arange(10, 15))
    without = group_time(panel(data.outcome[kept], data.start[kept]))
    assert effects.left_out == 5
    assert effects.att == pytest.approx(without.att)
    assert by_event_time(effects).covariance == pytest.approx(by_event_time(without).covariance)


def test_where_everybody_starts_the_last_are_comparison_alone() -> None:
    data = a_panel(13, never=False)
    effects = group_time(data)
    last = int(data.start.max())
    never = panel(data.outcome[:, :last], data.start, times=data.times[:last], periods=data.periods[:last])
    assert last not in {int(effects.start[cohort]) for cohort in effects.cells.cohort}
    assert int(effects.cells.period.max()) == last - 1
    assert effects.att == pytest.approx(group_time(never).att)


def test_units_seen_only_when_all_are_treated_take_their_baseline_values_with_them() -> None:
    data = a_panel(13, never=False)
    last, x = int(data.start.max()), np.random.default_rng(4).normal(0, 1, (60, 1))
    seen = np.where((np.arange(60) == 7)[:, None] & (np.arange(6) < last), 0, 1)
    gone = replace(data, n=seen, weight=seen * 1.0, outcome=np.where(seen, data.outcome, np.nan))
    rest = np.delete(np.arange(60), 7)
    effects = group_time(gone, covariates=x)
    without = group_time(panel(data.outcome[rest], data.start[rest]), covariates=x[rest])
    assert effects.att == pytest.approx(without.att)
    assert effects.left_out == 1


def test_time_since_the_start_is_in_units_of_time() -> None:
    data = a_panel(15)
    effects = group_time(replace(data, times=2000.0 + 2 * np.arange(6)))
    assert sorted(set(effects.event_time)) == [-8, -6, -4, -2, 0, 2, 4, 6, 8]
    assert effects.reference == -2.0


def test_clusters_are_counted_by_side() -> None:
    data = replace(a_panel(17), cluster=np.arange(60) // 5)
    assert group_time(data, against="never").clusters == (12, len(set((np.flatnonzero(data.start == 6) // 5).tolist())))


def test_clusters_that_move_together_widen_the_interval() -> None:
    rng, data = np.random.default_rng(2), a_panel(19, units=120)
    cluster = np.arange(120) // 6
    start = data.start[cluster * 6]
    shared = np.cumsum(rng.normal(0, 2, (20, 6)), axis=1)[cluster]
    together = panel(data.outcome + shared, start, cluster=cluster)
    alone = replace(together, cluster=np.arange(120))
    assert by_event_time(group_time(together)).mean_error > 1.5 * by_event_time(group_time(alone)).mean_error


def test_nothing_to_compare_with_is_refused() -> None:
    data = a_panel(21, never=False)
    with pytest.raises(InputError, match="none is never treated"):
        group_time(data, against="never")
    with pytest.raises(InputError, match="no unit changes"):
        group_time(replace(data, start=np.full(60, 6)))
    with pytest.raises(InputError, match="no unit changes"):
        group_time(replace(data, start=np.zeros(60, dtype=np.int64)))
    with pytest.raises(InputError, match="no cohort"):
        group_time(replace(data, start=np.full(60, 2)))


def test_covariates_that_tell_the_treated_apart_are_refused() -> None:
    data = a_panel(23)
    with pytest.raises(InputError, match="tell treated from comparison"):
        group_time(data, covariates=np.where(data.start < 6, 1.0, 0.0)[:, None], against="never")


def test_adjusting_for_what_drives_the_trend_takes_its_bias_away() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(0, 1, 4000)
    start = np.where(rng.random(4000) < 1 / (1 + np.exp(-x)), 1, 2)
    outcome = np.column_stack([x, x + x + (start == 1)]) + rng.normal(0, 0.5, (4000, 2))
    data = panel(outcome, start)
    plain, adjusted = (by_event_time(group_time(data, covariates=c)) for c in (None, x[:, None]))
    assert plain.mean - 1 > 5 * plain.mean_error
    assert adjusted.mean == pytest.approx(1, abs=3 * adjusted.mean_error)
    assert adjusted.mean_error < 0.05
