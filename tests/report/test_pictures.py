"""Any picture becomes marks and a table with the same figures; figures beside the effect are told, not ruled by."""

import re

import pytest

from builders import a_finding, a_protocol
from clew.evaluate.finding import Alternative, Further, Mark, Picture, Point, Screen, Series
from clew.gate.evaluation import Evaluation
from clew.gate.judge import judge
from clew.report import render_report
from clew.report.further import span
from clew.report.pictures import figure, plot_of
from page_tree import page_of
from plots_and_tables import faults_of_plots

EVENTS = Picture(
    "event-study",
    "Effect by time since the start",
    "Before the start nothing differs; after it the effect grows.",
    "years since the start",
    "effect",
    (
        Series("before", "points", (Point(-2, 0.01, -0.02, 0.04), Point(-1, 0.0, -0.03, 0.03))),
        Series("after", "points", (Point(0, 0.05, 0.01, 0.09), Point(1, 0.1, 0.04, 0.16))),
    ),
    (Mark(-0.5, "start"),),
    zero=True,
)
SCHEDULE = Picture(
    "schedule",
    "Who got it when",
    "Every district gets it in the end.",
    "month",
    "district",
    (Series("treated", "bars", (Point(3, 0, 2, 6, "North"), Point(4, 1, 4, 6, "South"))),),
)


def test_points_lie_where_their_figures_say() -> None:
    plot = plot_of(EVENTS)
    xs = [float(dot.x) for layer in plot.layers for dot in layer.dots]
    assert xs == sorted(xs)
    assert xs[1] - xs[0] == pytest.approx(xs[3] - xs[2], abs=0.02)
    ys = [float(dot.y) for layer in plot.layers for dot in layer.dots]
    assert ys[3] < ys[2] < ys[0] < ys[1]  # higher values lie higher, and pixels count from the top
    assert float(plot.zero or "nan") == pytest.approx(ys[1])
    first = plot.layers[0].dots[0]
    assert float(first.high or "nan") < float(first.y) < float(first.low or "nan")


def test_the_table_holds_each_figure_once() -> None:
    plot = plot_of(EVENTS)
    assert plot.head == ("years since the start", "before", "after")
    assert plot.rows[0] == ("−2", "0.01 (−0.02 to 0.04)", "–")
    assert plot.rows[3] == ("1", "–", "0.1 (0.04 to 0.16)")


def test_bars_are_rows_of_their_own() -> None:
    plot = plot_of(SCHEDULE)
    assert plot.rows == (("North", "2", "6"), ("South", "4", "6"))
    assert float(plot.layers[0].strokes[0].x2) - float(plot.layers[0].strokes[0].x1) > 50
    assert [tick.label for tick in plot.y_ticks] == ["North", "South"]


def test_many_series_stand_under_each_other() -> None:
    lines = tuple(Series(f"place {i}", "line", (Point(0, i), Point(1, i + 1))) for i in range(6))
    plot = plot_of(Picture("paths", "Paths", "They run side by side.", "year", "sales", lines))
    assert plot.rows[0] == ("place 0", "0", "0")
    assert len(plot.rows) == 12
    assert {layer.look for layer in plot.layers} == {"s0", "s1", "s2", "s3"}


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0"), (-0.001126981, "−0.001127"), (12345.678, "12,346"), (1e-9, "1.00e−09"), (2.5, "2.5")],
)
def test_figures_have_four_digits(value: float, said: str) -> None:
    assert figure(value) == said


def evaluated(**more: object) -> Evaluation:
    protocol, finding = a_protocol(), a_finding(**more)
    return Evaluation(protocol, finding, judge(protocol, finding))


def test_the_report_draws_every_picture_with_its_table_and_sentence() -> None:
    html = render_report(evaluated(pictures=(EVENTS, SCHEDULE)))
    assert faults_of_plots(html) == []
    text = page_of(html).whole_text
    assert "after it the effect grows" in text
    assert "Every district gets it in the end." in text


def test_a_warning_is_marked_as_not_to_be_used_alone() -> None:
    further = (
        Further("two-way fixed effects", 0.08, 0.03, (0.02, 0.14), 0.95, why="Mixes early with late.", kind="warning"),
        Further("set", None, why="It cannot be computed."),
    )
    html = render_report(evaluated(further=further))
    assert re.search(r"two-way fixed effects <span class=\"badge\">not to be used alone", html)
    assert "It cannot be computed." in html


def test_a_screen_says_what_the_verdict_would_be_without_the_assumption() -> None:
    lost = Screen("lost", True, 3.0, "Many were lost: why?", 0.001, Alternative("at worst", None, (-0.3, 0.4)))
    evaluation = evaluated(screens=(lost,))
    assert [(one.screen, one.verdict) for one in evaluation.judgement.instead] == [("lost", "stop")]
    assert evaluation.verdict == "adapt"  # the effect is shown, but the screen is not answered
    assert "At worst: −30" in render_report(evaluation)


def test_an_interval_without_an_end_is_told_in_words() -> None:
    assert span((float("-inf"), 2.0)) == "no limit to 2"


def test_a_label_of_one_point_stands_beside_its_number() -> None:
    points = (Point(-1, 0.0, label="compared with this"), Point(0, 1.0))
    plot = plot_of(Picture("p", "t", "s", "x", "y", (Series("", "points", points),)))
    assert [row[0] for row in plot.rows] == ["−1 compared with this", "0"]
    assert "0" in [tick.label for tick in plot.x_ticks]


def test_figures_of_periods_and_groups_are_folded_away() -> None:
    further = (Further("overall", 1.0), Further("start 6", 2.0, kind="group"), Further("1 after", 3.0, kind="period"))
    html = render_report(evaluated(further=further))
    assert "By period and group: 2 figures" in html
    assert html.index("Further figures") < html.index("start 6")
