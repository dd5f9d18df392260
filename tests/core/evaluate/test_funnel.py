"""Funnel limits by listing every count, what over-dispersion does to them, and that small units are not accused."""

from math import comb, exp, lgamma, log, sqrt

import numpy as np
import pytest

from clew.evaluate.arrays import ArrayRows
from clew.evaluate.funnel import ALARM, WARNING, Funnel, Unit, between, funnel, picture, scatter, sentence, units_of
from clew.evaluate.rows import Layout

SHARES = [0.03, 0.4, 0.9]
SIZES = [4, 25, 170, 2000]


def chance_of_share(count: int, size: int, share: float) -> float:
    return exp(log(comb(size, count)) + count * log(share) + (size - count) * log(1 - share))


def chance_of_count(count: int, mean: float) -> float:
    return exp(count * log(mean) - mean - lgamma(count + 1))


@pytest.mark.parametrize("tail", [ALARM, WARNING])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("share", SHARES)
def test_shares_beyond_a_limit_have_at_most_its_chance_and_the_next_has_more(
    share: float, size: int, tail: float
) -> None:
    chances = [chance_of_share(count, size, share) for count in range(size + 1)]
    low, high = Funnel("proportion", share, 1.0, 1.0, 0.0).limits(size, tail)
    below = [count for count in range(size + 1) if count / size < low - 1e-12]
    above = [count for count in range(size + 1) if count / size > high + 1e-12]
    assert sum(chances[count] for count in below) <= tail < sum(chances[: len(below) + 1]) + 1e-15
    assert sum(chances[count] for count in above) <= tail < sum(chances[size - len(above) :]) + 1e-15


@pytest.mark.parametrize("tail", [ALARM, WARNING])
@pytest.mark.parametrize("mean", [0.2, 3.0, 17.5, 400.0])
def test_rates_beyond_a_limit_have_at_most_its_chance_and_the_next_has_more(mean: float, tail: float) -> None:
    chances = [chance_of_count(count, mean) for count in range(int(mean + 12 * sqrt(mean) + 30))]
    low, high = Funnel("count", mean / 50, 1.0, 1.0, 0.0).limits(50.0, tail)
    below = [count for count in range(len(chances)) if count / 50 < low - 1e-12]
    above = [count for count in range(len(chances)) if count / 50 > high + 1e-12]
    assert sum(chances[count] for count in below) <= tail < sum(chances[: len(below) + 1])
    assert sum(chances[count] for count in above) <= tail < sum(chances[above[0] - 1 :])


def test_spiegelhalters_interpolated_lower_limit() -> None:
    """Spiegelhalter (2005), appendix A.1.1: (r − α)/n with α = (F(r) − p) / (F(r) − F(r − 1)), here by hand.

    30 % of 10: F(0) = .028, F(1) = .149, so r = 0 for p = .025 and the limit is 0; of 20: F(1) = .0076, F(2) = .0355.
    """
    at = Funnel("proportion", 0.3, 1.0, 1.0, 0.0)
    assert at.limits(10, WARNING)[0] == 0.0
    below, here = (sum(chance_of_share(k, 20, 0.3) for k in range(top + 1)) for top in (1, 2))
    assert at.limits(20, WARNING)[0] == pytest.approx((2 - (here - 0.025) / (here - below)) / 20, rel=1e-9)


def test_means_have_shewharts_limits() -> None:
    low, high = Funnel("mean", 50.0, 12.0, 1.0, 0.0).limits(16, ALARM)
    assert (low, high) == pytest.approx((50 - 3.090232 * 3, 50 + 3.090232 * 3), rel=1e-6)


def test_large_units_have_the_limits_of_the_normal_curve() -> None:
    low, high = Funnel("proportion", 0.4, 1.0, 1.0, 0.0).limits(200_000, WARNING)
    assert (low, high) == pytest.approx(
        (0.4 - 1.959964 * sqrt(0.24 / 2e5), 0.4 + 1.959964 * sqrt(0.24 / 2e5)), abs=4e-6
    )


def test_the_last_in_a_ranking_is_not_called_worse_when_it_is_small() -> None:
    """A school of 6 with nobody through, among schools that all have 70 %: rank last, inside the funnel (0.3⁶ > .1 %
    is not so: it is .07 %), while one of 5 is."""
    schools = [Unit(f"school {k}", 200, 0.7) for k in range(30)]
    tiny, small = Unit("tiny", 5, 0.0), Unit("small", 6, 0.0)
    found = funnel([*schools, tiny, small], "proportion", target=0.7)
    assert (found.place(tiny), found.place(small)) == ("inside", "below")
    assert found.place(Unit("large", 2000, 0.62)) == "below"
    assert found.place(Unit("small again", 20, 0.5)) == "inside"


def test_units_that_differ_by_chance_alone_are_seldom_named() -> None:
    rng = np.random.default_rng(5)
    named = 0
    for _ in range(40):
        sizes = rng.integers(5, 400, 50)
        units = [Unit(str(k), float(n), rng.binomial(n, 0.2) / n) for k, n in enumerate(sizes)]
        found = funnel(units, "proportion")
        named += sum(found.place(unit) != "inside" for unit in units)
    assert named / 2000 < 2 * ALARM


def test_scatter_and_between_by_hand() -> None:
    z = np.array([-4.0, -1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 9.0, 0.2])
    drawn_in = np.clip(z, -1.0, 3.0)
    assert scatter(z) == pytest.approx(float(np.mean(drawn_in**2)))
    error = np.array([1.0, 2.0])
    assert between(3.0, error) == pytest.approx(sqrt((2 * 3.0 - 1) / (1.25 - (1 + 1 / 16) / 1.25)))
    assert between(0.3, error) == 0.0


def test_units_that_differ_more_than_chance_widen_the_limits() -> None:
    """A true standard deviation of 0.08 between large units is found, and the limits then accuse few."""
    rng = np.random.default_rng(8)
    units = [Unit(str(k), 900.0, rng.binomial(900, p) / 900) for k, p in enumerate(rng.normal(0.5, 0.08, 120))]
    found = funnel(units, "proportion")
    assert found.phi > 10
    assert found.tau == pytest.approx(0.08, abs=0.02)
    plain = Funnel("proportion", found.target, 1.0, 1.0, 0.0)
    assert sum(plain.place(unit) != "inside" for unit in units) > 40
    assert sum(found.place(unit) != "inside" for unit in units) <= 2
    low, high = found.limits(900.0)
    assert low <= plain.limits(900.0)[0]
    assert high >= plain.limits(900.0)[1]
    assert "beyond chance" in sentence(found, units)


def test_room_between_units_never_narrows_the_exact_limits() -> None:
    """The normal curve is too narrow for small counts, so whatever is added to it the exact limits hold at least."""
    exact, wide = Funnel("count", 0.3, 1.0, 1.0, 0.0), Funnel("count", 0.3, 1.0, 3.0, 0.01)
    for size in (1.0, 4.0, 30.0):
        assert wide.limits(size)[0] <= exact.limits(size)[0]
        assert wide.limits(size)[1] >= exact.limits(size)[1]


def test_limits_stay_within_what_is_possible() -> None:
    assert Funnel("proportion", 0.02, 1.0, 4.0, 0.3).limits(10) == (0.0, pytest.approx(0.02 + 3.09 * 0.3, abs=0.05))
    assert Funnel("count", 0.5, 1.0, 4.0, 2.0).limits(10)[0] == 0.0


def test_units_of_rows() -> None:
    """Sizes, figures and the scatter within units, as a person would add them up."""
    rng = np.random.default_rng(2)
    ward, y, beds = rng.integers(0, 4, 300), rng.poisson(2, 300).astype(float), rng.uniform(1, 3, 300)
    rows = ArrayRows({"ward": ward, "y": y, "beds": beds})
    moments = rows.moments(Layout(outcome="y", measure="count", keys=("ward",), variables=("beds",)))
    by_rows, sd = units_of(moments, "ward")
    by_beds, _ = units_of(moments, "ward", over="beds")
    for label, plain, over in zip(range(4), by_rows, by_beds, strict=True):
        here = ward == label
        assert (plain.label, plain.size) == (str(label), here.sum())
        assert plain.value == pytest.approx(y[here].mean())
        assert over.size == pytest.approx(beds[here].sum())
        assert over.value == pytest.approx(y[here].sum() / beds[here].sum())
    within = sum(((y[ward == k] - y[ward == k].mean()) ** 2).sum() for k in range(4))
    assert sd == pytest.approx(sqrt(within / 296))


def test_picture() -> None:
    units = [Unit("A", 10, 0.2), Unit("B", 400, 0.9), Unit("C", 50, 0.5)]
    found = funnel(units, "proportion", target=0.5)
    drawn = picture(found, units, title="Shares by ward", size="homes", value="share")
    assert "2 of 3 lie inside" in drawn.sentence
    assert "above them lies" in drawn.sentence
    assert [point.label for point in drawn.series[0].points] == ["A", "B", "C"]
    outer = {series.name: series.points for series in drawn.series}
    widths = [
        high.y - low.y for low, high in zip(outer["lower 99.8 % limit"], outer["upper 99.8 % limit"], strict=True)
    ]
    assert widths[0] > widths[-1] > 0
    assert outer["lower 95 % limit"][-1].y > outer["lower 99.8 % limit"][-1].y


def test_no_event_anywhere_makes_no_limit() -> None:
    units = [Unit("A", 10, 0.0), Unit("B", 40, 0.0)]
    found = funnel(units, "count")
    assert [found.place(unit) for unit in units] == ["inside", "inside"]
