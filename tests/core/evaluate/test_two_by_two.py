"""Before and after against means by hand, and against the regression that it stands for."""

import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.rows import Layout, Moments
from clew.evaluate.two_by_two import changes, cross_sections, two_by_two
from staggered import panel

KINDS = ("classical", "hc1", "hc2", "cr1", "cr2")


def some_units(seed: int = 1, units: int = 30) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    treated = np.arange(units) % 3 == 0
    outcome = rng.normal(0, 1, (units, 1)) + np.cumsum(rng.normal(0, 1, (units, 4)), axis=1)
    return outcome + treated[:, None] * np.array([0, 0, 1, 1.5]), np.where(treated, 2, 4)


def test_means_before_and_after_by_hand() -> None:
    outcome, start = some_units()
    outcome[0, 0] = outcome[1, 3] = np.nan
    outcome[2, 2:] = np.nan
    units = changes(panel(outcome, start), 2)
    assert units.units.tolist() == [0, 1, *range(3, 30)]
    assert units.before[:2] == pytest.approx([outcome[0, 1], outcome[1, :2].mean()])
    assert units.after[:2] == pytest.approx([outcome[0, 2:].mean(), outcome[1, 2]])
    change = units.after - units.before
    expected = change[units.treated].mean() - change[~units.treated].mean()
    assert two_by_two(units).estimate == pytest.approx(expected)
    assert two_by_two(units).n == 29


def test_means_are_weighted_as_rows_are() -> None:
    outcome, start = some_units()
    weight = np.random.default_rng(2).uniform(1, 3, outcome.shape)
    units = changes(panel(outcome, start, weight=weight), 2)
    assert units.before == pytest.approx(np.average(outcome[:, :2], axis=1, weights=weight[:, :2]))
    assert units.weight == pytest.approx(weight.mean(axis=1))
    change = units.after - units.before
    means = [np.average(change[side], weights=units.weight[side]) for side in (units.treated, ~units.treated)]
    assert two_by_two(units).estimate == pytest.approx(means[0] - means[1])


def test_standard_errors_of_changes_by_hand() -> None:
    outcome, start = some_units()
    units = changes(panel(outcome, start), 2)
    change = units.after - units.before
    parts = [change[side] for side in (units.treated, ~units.treated)]
    welch = np.sqrt(sum(part.var(ddof=1) / len(part) for part in parts))
    found = {kind: two_by_two(units, kind) for kind in KINDS}
    assert found["hc2"].std_error == pytest.approx(welch)
    assert found["cr2"].std_error == pytest.approx(welch)  # each unit its own cluster
    assert found["cr2"].df == pytest.approx(found["hc2"].df, rel=0.2)
    pooled = np.sqrt(sum(part.var(ddof=1) * (len(part) - 1) for part in parts) / 28 * (1 / 10 + 1 / 20))
    assert found["classical"].std_error == pytest.approx(pooled)
    assert found["classical"].df == 28
    assert found["hc1"].std_error != pytest.approx(found["hc2"].std_error)


def test_clusters_of_units() -> None:
    outcome, start = some_units(units=36)
    cluster = np.arange(36) // 6
    start = np.where(cluster % 2 == 0, 2, 4)
    units = changes(panel(outcome, start, cluster=cluster), 2)
    change, total = units.after - units.before, 0.0
    for side in (units.treated, ~units.treated):  # equal clusters: CR2 is the variance of their means over their number
        means = [change[side & (cluster == each)].mean() for each in np.unique(cluster[side])]
        total += np.var(means, ddof=1) / len(means)
    found = two_by_two(units, "cr2")
    assert found.std_error == pytest.approx(np.sqrt(total))
    assert found.df == pytest.approx(4)


def test_baseline_values_enter_linearly() -> None:
    outcome, start = some_units()
    x = np.random.default_rng(3).normal(0, 1, (30, 2))
    units = changes(panel(outcome + np.array([0, 0, 1, 1]) * x[:, :1], start), 2)
    design = np.column_stack([units.treated, np.ones(30), x])
    expected = np.linalg.lstsq(design, units.after - units.before, rcond=None)[0]
    assert two_by_two(units, covariates=x).estimate == pytest.approx(expected[0])


def people(seed: int, rows: int = 200) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    treated, period = rng.integers(0, 2, rows), rng.integers(1, 5, rows)
    x = rng.normal(0, 1, rows)
    return {
        "y": 1000 + treated + period + 0.7 * treated * (period > 2) + x + rng.normal(0, 1 + treated, rows),
        "x": x, "treated": treated, "period": period, "town": treated * 10 + rng.integers(0, 8, rows),
    }  # fmt: skip


def sums(table: dict[str, np.ndarray], *keys: str, adjust_for: tuple[str, ...] = ()) -> Moments:
    return ArrayRows(table).moments(Layout("y", "mean", keys=keys, adjust_for=adjust_for))


def flags(moments: Moments) -> tuple[np.ndarray, np.ndarray]:
    period = moments.keys["period"]
    return moments.keys["treated"].where("1"), np.array([int(label) > 2 for label in period.labels])[period.codes]


def test_people_seen_once_by_least_squares() -> None:
    table = people(4)
    after = table["period"] > 2
    design = np.column_stack([table["treated"] * after, table["treated"], after, np.ones(200), table["x"]])
    for columns, adjust_for in ((design[:, :4], ()), (design, ("x",))):
        coefficients = np.linalg.lstsq(columns, table["y"], rcond=None)[0]
        residual = table["y"] - columns @ coefficients
        bread = np.linalg.inv(columns.T @ columns)
        moments = sums(table, "treated", "period", "town", adjust_for=adjust_for)
        found = cross_sections(moments, flags(moments), "town", "cr1")
        scores = np.array([columns[table["town"] == town].T @ residual[table["town"] == town] for town in range(18)])
        towns = len(np.unique(table["town"]))
        factor = towns / (towns - 1) * 199 / (200 - columns.shape[1])
        variance = factor * (bread @ scores.T @ scores @ bread)[0, 0]
        assert (found.estimate, found.std_error) == pytest.approx((coefficients[0], np.sqrt(variance)), rel=1e-8)
        assert (found.n, found.df) == (200, towns - 1)
        classical = cross_sections(moments, flags(moments), None, "classical")
        expected = residual @ residual / (200 - columns.shape[1]) * bread[0, 0]
        assert classical.std_error == pytest.approx(np.sqrt(expected), rel=1e-8)


def test_people_seen_once_have_errors_of_their_own() -> None:
    table = people(5) | {"id": np.arange(200)}
    after = table["period"] > 2
    cells = [table["y"][(table["treated"] == side) & (after == later)] for side in (0, 1) for later in (False, True)]
    hc2 = np.sqrt(sum(cell.var(ddof=1) / len(cell) for cell in cells))
    grouped, alone = sums(table, "treated", "period"), sums(table, "treated", "period", "id")
    assert cross_sections(grouped, flags(grouped), None, "hc2").std_error == pytest.approx(hc2)
    assert cross_sections(alone, flags(alone), None, "cr2").std_error == pytest.approx(hc2)


def test_empty_groups_are_refused() -> None:
    outcome, _ = some_units()
    with pytest.raises(InputError, match="before and after"):
        two_by_two(changes(panel(outcome, np.full(30, 4)), 2))
    table = people(6)
    table["treated"] = np.where(table["period"] > 2, table["treated"], 0)
    moments = sums(table, "treated", "period")
    with pytest.raises(InputError, match="before and after"):
        cross_sections(moments, flags(moments), None, "hc2")
    moments = sums(people(7), "treated", "period", adjust_for=("x",))
    with pytest.raises(InputError, match="do not go with baseline columns"):
        cross_sections(moments, flags(moments), None, "hc2")
