"""The shapes of the Anderson–Rubin set, its agreement with the test it inverts, and rows whose outcome is changed."""

from math import inf

import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.compliers import compliance
from clew.evaluate.instrument import Combined, ConfidenceSet, Instrumented, _not_above_zero
from offers import ARMS, an_offer, by_instrument, effect_by, layout_for

CRITICAL = 1.96


@pytest.mark.parametrize(
    ("quadratic", "shape", "parts"),
    [
        ((1.0, 2.0, 3.0), "interval", ((1.0, 3.0),)),
        ((-1.0, -2.0, -3.0), "all but an interval", ((-inf, 1.0), (3.0, inf))),
        ((-1.0, 0.0, -4.0), "whole line", ((-inf, inf),)),
        ((0.0, 0.5, 2.0), "half line", ((2.0, inf),)),
        ((0.0, -0.5, 2.0), "half line", ((-inf, -2.0),)),
        ((0.0, 0.0, -1.0), "whole line", ((-inf, inf),)),
        ((1.0, 2.0, 4.0), "interval", ((2.0, 2.0),)),
    ],
)
def test_where_a_quadratic_is_not_above_zero(
    quadratic: tuple[float, float, float], shape: str, parts: tuple[tuple[float, float], ...]
) -> None:
    a, b, c = quadratic
    found = ConfidenceSet(_not_above_zero(a, b, c, b * b - a * c))
    assert found.shape == shape
    assert np.array(found.parts) == pytest.approx(np.array(parts))
    for x in (-10.0, -2.0, 0.0, 1.0, 2.0, 2.5, 10.0):
        assert found.holds(x) is (a * x * x - 2 * b * x + c <= 0)


def test_no_part_is_the_empty_set() -> None:
    assert ConfidenceSet(()).shape == "empty"
    assert not ConfidenceSet(()).holds(0.0)


def test_the_hull_of_all_but_an_interval_is_everything() -> None:
    assert ConfidenceSet(((-inf, 1.0), (3.0, inf))).hull == (-inf, inf)


@pytest.mark.parametrize("kind", ["classical", "hc1", "hc2", "cr1", "cr2"])
@pytest.mark.parametrize("share", [0.6, 0.15, 0.02])
def test_the_set_holds_what_the_test_of_its_reduced_form_does_not_reject(kind: str, share: float) -> None:
    """Inverted by brute force: a value is in the set where the offer's effect on y − βd is within the critical t."""
    rows, layout = ArrayRows(an_offer(seed=11, share=share)), layout_for(kind, adjust_for=("x",))
    found = by_instrument(rows, layout, kind)
    region = found.anderson_rubin(CRITICAL)
    for value in [*np.linspace(-30, 30, 61).tolist(), found.estimate]:
        effect, std_error, _ = effect_by(Combined(rows, "d", 1.0, -value), layout, kind)
        assert region.holds(value) is (abs(effect) <= CRITICAL * std_error), value


def test_the_set_never_loses_the_estimate_and_grows_with_the_level() -> None:
    for seed in range(40):
        found = by_instrument(ArrayRows(an_offer(seed, share=0.1)), layout_for("cr2"), "cr2")
        narrow, wide = found.anderson_rubin(1.0), found.anderson_rubin(2.5)
        assert narrow.holds(found.estimate)
        assert all(wide.holds(end) for part in narrow.parts for end in part if abs(end) < inf)


def test_a_strong_offer_gives_nearly_the_usual_interval_and_a_useless_one_everything() -> None:
    strong = by_instrument(ArrayRows(an_offer(seed=5, share=0.85, n=4000)), layout_for("hc1"), "hc1")
    (low, high), margin = strong.anderson_rubin(CRITICAL).hull, CRITICAL * strong.std_error
    assert (low, high) == pytest.approx((strong.estimate - margin, strong.estimate + margin), abs=0.05 * margin)
    useless = by_instrument(ArrayRows(an_offer(seed=5, share=0.0)), layout_for("hc1"), "hc1")
    assert useless.anderson_rubin(CRITICAL).shape in {"whole line", "all but an interval"}
    assert useless.effective_f < 4


def test_where_everybody_complies_receiving_is_the_offer() -> None:
    offer = an_offer(seed=6, share=0.5)
    offer["d"] = (offer["arm"] == "offered").astype(float)
    rows, layout = ArrayRows(offer), layout_for("hc2")
    found, plain = by_instrument(rows, layout, "hc2"), effect_by(rows, layout, "hc2")
    assert (found.estimate, found.std_error) == pytest.approx(plain[:2], rel=1e-12)
    assert found.effective_f == inf
    margin = CRITICAL * plain[1]
    assert found.anderson_rubin(CRITICAL).hull == pytest.approx((plain[0] - margin, plain[0] + margin), rel=1e-12)


def test_an_offer_that_changes_nothing_is_refused() -> None:
    offer = an_offer(seed=7, share=0.5)
    offer["d"] = np.ones(len(offer["y"]))
    with pytest.raises(InputError, match="as much was received with the offer as without it"):
        by_instrument(ArrayRows(offer), layout_for("hc1"), "hc1")


@pytest.mark.parametrize("kind", ["hc1", "hc2"])
@pytest.mark.parametrize("weights", [None, "w"])
def test_changed_rows_are_the_rows_of_the_changed_outcome(kind: str, weights: str | None) -> None:
    """y − 0.7 d computed row by row gives what its moments and second scan give, to rounding."""
    offer = an_offer(seed=8, share=0.5, away=1000.0)
    offer["w"] = np.random.default_rng(0).uniform(0.5, 2, len(offer["y"]))
    layout = layout_for(kind, adjust_for=("x", "x2"), weights=weights)
    expected = effect_by(ArrayRows({**offer, "y": offer["y"] - 0.7 * offer["d"]}), layout, kind)
    assert effect_by(Combined(ArrayRows(offer), "d", 1.0, -0.7), layout, kind) == pytest.approx(expected, rel=1e-9)
    of_received = effect_by(ArrayRows({**offer, "y": offer["d"]}), layout, kind)
    assert effect_by(Combined(ArrayRows(offer), "d", 0.0, 1.0), layout, kind) == pytest.approx(of_received, rel=1e-9)


def test_who_complies() -> None:
    """Made-up people whose kind is known: 15 % always, 50 % comply; compliers are 0.3 above the others in x."""
    offer = an_offer(seed=9, share=0.5, n=40_000)
    rows, layout = ArrayRows(offer), layout_for("hc2", adjust_for=("x",))
    found = by_instrument(rows, layout_for("hc2"), "hc2")
    who = compliance(rows, layout, ARMS, "d", found.first_stage[0])
    assert (who.compliers, who.always, who.never) == pytest.approx((0.5, 0.15, 0.35), abs=0.02)
    assert who.compliers + who.always + who.never == pytest.approx(1.0, abs=1e-12)
    ((_, among_compliers, among_all),) = who.baseline
    assert among_compliers == pytest.approx(0.3, abs=0.05)
    assert among_all == pytest.approx(0.15, abs=0.03)
    assert found.estimate == pytest.approx(1.0, abs=4 * found.std_error)


def test_two_stage_least_squares_by_hand() -> None:
    """The ratio of the two differences in means."""
    offer = an_offer(seed=12, share=0.5)
    offered = offer["arm"] == "offered"
    gaps = [offer[name][offered].mean() - offer[name][~offered].mean() for name in ("y", "d")]
    found = by_instrument(ArrayRows(offer), layout_for("hc1"), "hc1")
    assert isinstance(found, Instrumented)
    assert found.estimate == pytest.approx(gaps[0] / gaps[1], rel=1e-12)
