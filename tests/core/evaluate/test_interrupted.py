"""Segmented regression: exact recoveries, what the effect is, season, control series and refusals."""

import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate.interrupted import TimeSeries, design_of, first_order, seasonal, segmented


def a_series(seed: int = 1, n: int = 40, start: int = 24, **changes: object) -> TimeSeries:
    rng = np.random.default_rng(seed)
    place = np.arange(n)
    outcome = 5 + 0.3 * place + rng.normal(0, 1, n) + (place >= start) * (2 + 0.5 * (place - start))
    return TimeSeries(**{"outcome": outcome, "starts": (start,), **changes})  # type: ignore[arg-type]


def clean(n: int = 48, season: np.ndarray | None = None) -> np.ndarray:
    """Trend 0.5 a period, at 30 a level change of −4 and a slope change of +0.2, no noise."""
    place = np.arange(n)
    waves = 0 if season is None else season[place % len(season)]
    return 100 + 0.5 * place + waves + (place >= 30) * (-4 + 0.2 * (place - 30))


def changes(series: TimeSeries) -> list[float]:
    return [change.estimate for change in segmented(series).changes()]


def test_breaks_are_found_exactly_where_there_is_no_noise() -> None:
    assert changes(TimeSeries(clean(), (30,))) == pytest.approx([-4, 0.2], abs=1e-9)


def test_the_effect_is_the_mean_distance_from_the_trend_carried_on() -> None:
    found = segmented(TimeSeries(clean(), (30,)))
    gaps = -4 + 0.2 * np.arange(18)
    assert found.effect.estimate == pytest.approx(gaps.mean(), abs=1e-9)
    assert found.without == pytest.approx(100 + 0.5 * np.arange(48), abs=1e-9)
    assert found.fitted == pytest.approx(clean(), abs=1e-9)


def test_two_interruptions_count_together_from_the_first_on() -> None:
    outcome = clean()
    outcome[40:] += 3
    found = segmented(TimeSeries(outcome, (30, 40)))
    assert [change.name for change in found.changes()] == [
        "level change 1",
        "slope change 1",
        "level change 2",
        "slope change 2",
    ]
    assert [change.estimate for change in found.changes()] == pytest.approx([-4, 0.2, 3, 0], abs=1e-8)
    assert found.effect.estimate == pytest.approx((-4 + 0.2 * np.arange(18)).mean() + 3 * 8 / 18, abs=1e-8)


def test_levels_alone_are_found_exactly_and_leave_the_slope_as_it_was() -> None:
    place = np.arange(48)
    outcome = 100 + 0.5 * place - 4.0 * (place >= 30) + 3.0 * (place >= 40)
    found = segmented(TimeSeries(outcome, (30, 40), slopes=False))
    assert [change.name for change in found.changes()] == ["level change 1", "level change 2"]
    assert [change.estimate for change in found.changes()] == pytest.approx([-4, 3], abs=1e-9)
    assert found.effect.estimate == pytest.approx(-4 + 3 * 8 / 18, abs=1e-9)
    assert found.without == pytest.approx(100 + 0.5 * place, abs=1e-8)


@pytest.mark.parametrize("season", [4, 7, 12])
def test_a_season_of_any_shape_is_taken_out(season: int) -> None:
    shape = np.random.default_rng(season).normal(0, 10, season)
    found = segmented(TimeSeries(clean(season=shape), (30,), season))
    assert [change.estimate for change in found.changes()] == pytest.approx([-4, 0.2], abs=1e-8)
    assert found.without == pytest.approx(100 + 0.5 * np.arange(48) + shape[np.arange(48) % season], abs=1e-8)


def test_a_long_season_is_two_waves() -> None:
    names = [name for name, _ in seasonal(200, 52)]
    assert names == ["season sin1", "season cos1", "season sin2", "season cos2"]
    angle = 2 * np.pi * np.arange(160) / 52
    outcome = 3 * np.sin(angle) - 2 * np.cos(2 * angle) + 5.0 * (np.arange(160) >= 110)
    assert changes(TimeSeries(outcome, (110,), 52)) == pytest.approx([5, 0], abs=1e-9)


def test_a_control_series_takes_away_what_happened_to_both() -> None:
    """The fully interacted regression of both series has the same coefficients (Linden 2015)."""
    rng = np.random.default_rng(2)
    shock = np.cumsum(rng.normal(0, 2, 48))
    control = 20 + 0.1 * np.arange(48) + shock
    found = segmented(TimeSeries(clean() + shock, (30,), control=control))
    assert [change.estimate for change in found.changes()] == pytest.approx([-4, 0.2], abs=1e-9)
    assert found.without == pytest.approx(100 + 0.5 * np.arange(48) + shock, abs=1e-8)


def test_covariates_are_held_alike_with_and_without_the_interruption() -> None:
    rng = np.random.default_rng(3)
    weather = rng.normal(size=(48, 2))
    found = segmented(TimeSeries(clean() + weather @ [3.0, -1.0], (30,), covariates=weather, names=("rain", "frost")))
    assert found.names[-2:] == ("rain", "frost")
    assert found.fit.coefficients[-2:] == pytest.approx([3, -1], abs=1e-9)
    assert found.fitted - found.without == pytest.approx(clean() - 100 - 0.5 * np.arange(48), abs=1e-8)


def test_without_slopes_the_effect_is_the_level_change() -> None:
    found = segmented(a_series(slopes=False))
    assert found.effect == found.changes()[0].__class__(
        "effect", found.changes()[0].estimate, found.changes()[0].std_error, found.changes()[0].df
    )


def test_units_of_measurement_do_not_matter() -> None:
    series = a_series()
    plain = segmented(series).effect
    scaled = segmented(a_series(outcome=1e6 * series.outcome + 1e7)).effect
    assert (scaled.estimate, scaled.std_error) == pytest.approx((1e6 * plain.estimate, 1e6 * plain.std_error), rel=1e-5)
    assert scaled.df == pytest.approx(plain.df, rel=1e-4)


def test_the_check_by_prais_and_winsten_is_near() -> None:
    series = a_series()
    found, rho = first_order(series)
    assert found.estimate == pytest.approx(segmented(series).effect.estimate, abs=0.5)
    assert abs(rho) < 0.4
    assert found.std_error > 0


def test_names_of_the_columns() -> None:
    assert design_of(a_series(season=3))[0] == (
        "level change",
        "slope change",
        "intercept",
        "trend",
        "season 2",
        "season 3",
    )


@pytest.mark.parametrize(
    ("series", "said"),
    [
        (TimeSeries(np.arange(6.0), (3,), 12), "6 periods cannot support 15 parameters"),
        (TimeSeries(np.arange(20.0) ** 2, (19,)), "cannot be told apart"),
        (
            TimeSeries(np.arange(20.0) ** 2, (9,), covariates=np.arange(20.0)[:, None], names=("year",)),
            "cannot be told",
        ),
    ],
)
def test_what_cannot_be_estimated_is_refused_by_name(series: TimeSeries, said: str) -> None:
    with pytest.raises(InputError, match=said):
        segmented(series)
