"""Exact comparisons of counts against R's documented examples, a published table and statsmodels."""

import pytest

from clew.evaluate.exact_poisson import Comparison, Excess, Side, exact_interval

rates = pytest.importorskip("statsmodels.stats.rates", reason="NOT TESTED: statsmodels is absent")

PAIRS = [
    ((11, 800.0), (21, 3011.0)),
    ((2, 17877.0), (9, 16660.0)),
    ((60, 51477.5), (30, 54308.7)),
    ((0, 10.0), (4, 9.0)),
    ((41, 28010.0), (15, 19017.0)),
    ((5, 1.0), (1, 1.0)),
]


def compared(pair: tuple[tuple[int, float], tuple[int, float]]) -> Comparison:
    return Comparison(Side(*pair[0]), Side(*pair[1]))


def test_fredericia() -> None:
    """R's `poisson.test` on eba1977 (Andersen 1977): lung cancer at 55–59, Fredericia against three other cities.

    Ratio 1.971488, 95 % interval 0.8584264 to 4.2772659. R's p-value (0.07967) adds up less likely splits on the other
    side; ours, which agrees with the interval, is twice the smaller tail.
    """
    found = compared(PAIRS[0])
    assert found.ratio == pytest.approx(1.971488, abs=5e-7)
    assert found.ratio_interval(0.95) == pytest.approx((0.8584264, 4.2772659), abs=5e-8)
    assert found.p_value > 0.07967


def test_welsh_nickel_workers() -> None:
    """R's `poisson.test(137, 24.19893)`: standardised ratio 5.661407, 95 % interval 4.753125 to 6.692709."""
    found = Excess(137, 24.19893)
    assert found.ratio == pytest.approx(5.661407, abs=5e-7)
    assert found.ratio_interval(0.95) == pytest.approx((4.753125, 6.692709), abs=5e-7)


def test_p_and_interval_agree_where_others_do_not() -> None:
    """Fay (2010), R Journal 2(1), p. 55: 2 in 17,877 against 9 in 16,660; R's p is below .05 although its interval
    holds a ratio of 1; the central p-value is .05011 and agrees with the interval."""
    found = compared(PAIRS[1])
    assert round(found.p_value, 5) == 0.05011
    low, high = found.ratio_interval(0.95)
    assert low < 1 < high < 1.001


def test_breast_cancer_and_fluoroscopy() -> None:
    """Rothman, Greenland & Lash: 41 cancers in 28,010 person-years against 15 in 19,017, a ratio of 1.86."""
    found = compared(PAIRS[4])
    assert found.ratio is not None
    assert round(found.ratio, 2) == 1.86


@pytest.mark.parametrize("pair", PAIRS)
def test_tails(pair: tuple[tuple[int, float], tuple[int, float]]) -> None:
    tails = [rates.test_poisson_2indep(*pair[0], *pair[1], method="exact-cond", alternative=side).pvalue
             for side in ("larger", "smaller")]  # fmt: skip
    assert compared(pair).p_value == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-9)
    halves = [rates.test_poisson_2indep(*pair[0], *pair[1], method="cond-midp", alternative=side).pvalue
              for side in ("larger", "smaller")]  # fmt: skip
    assert compared(pair).mid_p == pytest.approx(min(1.0, 2 * min(halves)), rel=1e-9)


@pytest.mark.parametrize("pair", PAIRS)
def test_interval_of_the_difference(pair: tuple[tuple[int, float], tuple[int, float]]) -> None:
    """MOVER on Garwood's limits, widened to 0 where the exact test does not reject."""
    low, high = rates.confint_poisson_2indep(*pair[0], *pair[1], method="mover", compare="diff", method_mover="exact-c")
    found = compared(pair)
    if found.p_value > 0.05:
        low, high = min(low, 0.0), max(high, 0.0)
    assert found.difference_interval(0.95) == pytest.approx((low, high), rel=1e-9)


@pytest.mark.parametrize("events", [0, 1, 7, 137, 5000])
def test_garwood(events: int) -> None:
    assert exact_interval(events, 0.99) == pytest.approx(
        rates.confint_poisson(events, 1.0, method="exact-c", alpha=0.01), rel=1e-9
    )
