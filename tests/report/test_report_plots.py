"""The drawings tell the truth: a mark lies where its value lies, and the better side is the better side."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_finding, a_group, a_protocol
from clew.gate.evaluation import Evaluation
from clew.gate.judge import VERDICTS, judge
from clew.pilot.protocol import Outcome, ScaleRule
from clew.report.figures import chance, decimals_for, many, money, plural, trimmed, units_of
from clew.report.plots import LookPoint, Scale, bars, effect_plot, knots, look_rows, scale_over, ticks

figures = st.floats(-1e6, 1e6, allow_nan=False)
worths = st.floats(1e-3, 1e5)


def measured(low: float, width: float, worth: float, better: str) -> Evaluation:
    protocol = a_protocol(
        outcome=Outcome("waited", "mean", better, worth),  # type: ignore[arg-type]
        scale=ScaleRule(0.0),
        stop_effect_upper_bound_below=worth / 2,
    )
    finding = a_finding((low, low + width))
    return Evaluation(protocol, finding, judge(protocol, finding))


def value_at(place: str, ticks_seen: list[tuple[float, float]]) -> float:
    """Read a value off the axis, from the two outermost labelled ticks."""
    (left, low), (right, high) = ticks_seen[0], ticks_seen[-1]
    return low + (float(place) - left) * (high - low) / (right - left)


@given(figures, st.floats(1e-2, 1e6), worths, st.sampled_from(["higher", "lower"]))
def test_what_is_read_off_the_axis_is_what_was_found(low: float, width: float, worth: float, better: str) -> None:
    evaluation = measured(low, width, worth, better)
    effect = evaluation.finding.effect
    drawn = effect_plot(evaluation, units_of(evaluation.protocol, effect.std_error))
    scale = [(float(tick.at), float(tick.label.replace(",", "").replace("−", "-"))) for tick in drawn.ticks]
    assert 3 <= len(scale) <= 7
    reach = scale[-1][1] - scale[0][1]
    close = 1e-3 * reach + 1e-5 * max(abs(scale[0][1]), abs(scale[-1][1]))
    assert value_at(drawn.low, scale) == pytest.approx(effect.interval[0], abs=close)
    assert value_at(drawn.point, scale) == pytest.approx(effect.estimate, abs=close)
    assert value_at(drawn.high, scale) == pytest.approx(effect.interval[1], abs=close)
    sign = 1 if better == "higher" else -1
    read = [value_at(mark.at, scale) for mark in drawn.marks]
    assert read == pytest.approx([0, sign * worth, sign * worth / 2], abs=close)


@given(figures, st.floats(1e-2, 1e6), worths, st.sampled_from(["higher", "lower"]))
def test_every_mark_stays_inside_the_drawing(low: float, width: float, worth: float, better: str) -> None:
    evaluation = measured(low, width, worth, better)
    drawn = effect_plot(evaluation, units_of(evaluation.protocol, evaluation.finding.effect.std_error))
    places = [float(drawn.low), float(drawn.point), float(drawn.high), *(float(mark.at) for mark in drawn.marks)]
    assert all(0 <= place <= 100 for place in places)
    assert float(drawn.low) <= float(drawn.point) <= float(drawn.high)
    for mark in drawn.marks:
        assert mark.anchor == ("start" if float(mark.at) < 30 else "end" if float(mark.at) > 70 else "middle")


@pytest.mark.parametrize(("better", "side", "line"), [("higher", "right", "+2.0 "), ("lower", "left", "−2.0 ")])
def test_the_better_side_and_the_line_worth_having(better: str, side: str, line: str) -> None:
    evaluation = measured(-6.0, 5.0, 2.0, better)
    drawn = effect_plot(evaluation, units_of(evaluation.protocol, 1.1))
    assert drawn.better == side
    assert drawn.marks[1].label == f"{line}worth having"


def test_lines_at_one_place_share_one_label() -> None:
    evaluation = measured(-6.0, 5.0, 2.0, "higher")
    protocol = replace(evaluation.protocol, stop_effect_upper_bound_below=2.0)
    drawn = effect_plot(replace(evaluation, protocol=protocol), units_of(protocol, 1.1))
    assert [mark.label for mark in drawn.marks] == [
        "no difference · scale line",
        "+2.0 worth having · stop line",
    ]


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9))
def test_ticks_are_round_inside_and_few(low: float, width: float) -> None:
    scale = scale_over([0.0, low, low + width])  # zero is on every axis
    seen = ticks(scale)
    assert 3 <= len(seen) <= 7
    assert all(scale.low <= tick <= scale.high for tick in seen)


def test_an_interval_of_no_width_still_has_a_scale() -> None:
    assert scale_over([0.0, 0.0]) == Scale(-1.0, 1.0)


def test_looks_lie_on_one_even_scale() -> None:
    rows = look_rows((LookPoint(1, -1.0, 4.0), LookPoint(2, 3.0, 2.0)))
    zero = 50.0
    assert [row.now for row in rows] == [False, True]
    assert [row.point.crossed for row in rows] == [False, True]
    for row in rows:
        assert float(row.upper) - zero == pytest.approx(zero - float(row.lower))
    unit = (float(rows[0].upper) - zero) / 4.0
    assert float(rows[0].at) == pytest.approx(zero - unit, abs=0.02)
    assert float(rows[1].at) == pytest.approx(zero + 3 * unit, abs=0.02)


@pytest.mark.parametrize("statistic", [2.0, -2.0])
def test_a_statistic_on_its_limit_has_reached_it(statistic: float) -> None:
    assert LookPoint(1, statistic, 2.0).crossed
    assert not LookPoint(1, statistic * 0.999, 2.0).crossed


def test_bars_of_groups_share_a_scale_with_zero_and_hidden_ones_have_none() -> None:
    groups = (
        a_group(interval=(0.1, 0.3), estimate=0.2),
        a_group(hidden=True),
        a_group(interval=(-0.1, 0.1), estimate=0.0),
    )
    scale, drawn = bars(groups)
    assert scale is not None
    assert drawn[1] is None
    assert drawn[2] is not None
    assert drawn[2].point == scale.at(0.0)
    assert bars((a_group(hidden=True),)) == (None, (None,))


def test_the_thread_has_a_knot_for_each_verdict_in_its_order() -> None:
    for verdict in VERDICTS:
        thread = knots(verdict)
        assert {knot.name for knot in thread} == set(VERDICTS)
        assert [knot.name for knot in thread if knot.here] == [verdict]
        assert [float(knot.at) for knot in thread] == sorted(float(knot.at) for knot in thread)


@pytest.mark.parametrize(
    ("error", "decimals"), [(632.9, 0), (67.0, 0), (5.1, 1), (0.51, 2), (0.0123, 3), (9.99, 1), (1e-9, 6), (0.0, 1)]
)
def test_figures_carry_two_digits_of_their_error(error: float, decimals: int) -> None:
    assert decimals_for(error) == decimals


@pytest.mark.parametrize(
    ("value", "text"), [(5.0, "5"), (0.1 + 0.2, "0.3"), (-1234.5, "−1,234.5"), (-0.0, "0"), (2e6, "2,000,000")]
)
def test_trimmed_figures(value: float, text: str) -> None:
    assert trimmed(value) == text


@pytest.mark.parametrize(("p_value", "text"), [(0.0004, "less than 0.1%"), (0.001, "0.1%"), (0.0173, "1.7%")])
def test_a_chance_is_never_said_to_be_zero(p_value: float, text: str) -> None:
    assert chance(p_value) == text


@pytest.mark.parametrize(
    ("one", "several"),
    [("home", "homes"), ("person", "people"), ("family", "families"), ("day", "days"), ("class", "classes")],
)
def test_units_in_the_plural(one: str, several: str) -> None:
    assert many(one) == several
    assert plural(1, one) == f"1 {one}"
    assert plural(1200, one) == f"1,200 {several}"


def test_money_is_exact() -> None:
    from decimal import Decimal

    assert money(Decimal("12345678901234567890.10"), "EUR") == "12,345,678,901,234,567,890.10 EUR"
