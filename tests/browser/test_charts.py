"""Charts as they are painted: every mark and text stands out from what lies behind it, and colour is never all it says.

WCAG 2.2: 4.5 to 1 for text (1.4.3), 3 to 1 for marks (1.4.11), and 1.4.1; on light and dark screens, in colours that
a reader forces on every page, and on paper.
"""

import re
from dataclasses import replace

import pytest

from browsing import NARROW, WIDE, axe, faults_of_html, layout_faults
from builders import a_finding, a_group, a_protocol
from clew.evaluate.finding import SecondaryOutcome
from clew.gate.evaluation import Evaluation
from clew.gate.judge import judge
from clew.pilot.protocol import Outcome
from clew.report import LookPoint, render_report
from crawl import reached
from page_tree import page_of
from painting import PAINTED, SEEN, as_seen, stands_out, told_by_colour_alone, too_faint
from plots_and_tables import faults_of_plots
from reading_order import PARTS_OF_A_PILOT, faults_of_reading, order_of_a_pilot


@pytest.fixture(scope="module")
def pages(browser, demo) -> dict[str, str]:
    """The HTML of every page of the demo that links lead to."""
    context = browser.new_context(base_url=demo.url)

    def read(address: str) -> str | None:
        answer = context.request.get(address)
        is_page = "text/html" in answer.headers.get("content-type", "")
        return answer.text() if answer.ok and is_page else None

    found = reached(read)
    context.close()
    return found


@pytest.fixture(scope="module")
def with_charts(pages) -> list[str]:
    """The addresses of the pages with something drawn on them."""
    drawn = re.compile(r"<svg|<canvas|<progress|role=\"img\"")
    return [address for address, html in pages.items() if drawn.search(html)]


def test_every_mark_and_text_of_a_chart_stands_out(browser_page, demo, with_charts):
    page, wrong, counted = browser_page(WIDE, url=demo.url), [], 0
    for address in with_charts:
        page.goto(address)
        for way, painted in as_seen(page).items():
            faults = [*too_faint(painted), *told_by_colour_alone(painted)]
            wrong += [f"{address} ({way}) {fault}" for fault in faults]
            counted += len(painted)
    assert not wrong, "\n".join(wrong)
    assert counted > 40 * len(SEEN) * 3
    assert {"/", "/record/"} < set(with_charts)
    assert len(with_charts) >= 8


def a_report_with_a_harmed_group() -> str:
    groups = (a_group(), a_group(group="other", estimate=-0.2, interval=(-0.3, -0.1), harmed=True))
    finding = replace(a_finding((0.048, 0.272)), equity=groups)
    protocol = a_protocol()
    earlier = (LookPoint(1, 0.4, 3.71),)
    return render_report(Evaluation(protocol, finding, judge(protocol, finding)), earlier=earlier)


def test_a_harmed_group_and_an_earlier_look_are_told_by_more_than_colour(browser_page):
    page = browser_page(WIDE)
    page.set_content(a_report_with_a_harmed_group())
    for way, painted in as_seen(page).items():
        bars = {tuple(one["colours"][0].values()) for one in painted if one["names"] == ["line", "interval"]}
        assert len(bars) == (1 if "active" in way else 2), way  # forced colours leave one, and the words
        assert [*too_faint(painted), *told_by_colour_alone(painted)] == [], way
    page.eval_on_selector_all("td strong", "words => words.forEach(one => one.replaceWith('no'))")
    assert told_by_colour_alone(page.evaluate(PAINTED)) != []


def a_report_with_further_outcomes() -> str:
    promised = tuple(Outcome(column, "mean", "lower", name=column * 2) for column in ("days", "falls", "calls"))
    told = (
        SecondaryOutcome("days", "daysdays", "lower", None, 1.2, 0.4, None, (0.4, 2.0), 0.003, 0.009, 612),
        SecondaryOutcome("falls", "fallsfalls", "lower", None, -0.2, 0.05, None, (-0.3, -0.1), 5e-5, 1e-4, 624),
        SecondaryOutcome("calls", "callscalls", "lower", refused="It cannot be estimated: no row has it."),
    )
    protocol = a_protocol(secondary=promised)
    finding = replace(a_finding((0.048, 0.272)), secondary=told)
    return render_report(Evaluation(protocol, finding, judge(protocol, finding)))


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_further_outcomes_are_sound_on_the_page_and_told_by_more_than_colour(browser_page, size):
    page = browser_page(size)
    page.set_content(a_report_with_further_outcomes())
    assert page.get_by_role("heading", name="Further outcomes").is_visible()
    assert page.locator("#outcomes ~ table svg.bar").count() == 2
    assert [*axe(page), *layout_faults(page)] == []
    html = a_report_with_further_outcomes()
    assert [*faults_of_reading(html), *faults_of_plots(html), *faults_of_html({"report": html}).values()] == []
    for way, painted in as_seen(page).items():
        assert [*too_faint(painted), *told_by_colour_alone(painted)] == [], way


def test_every_page_of_the_demo_reads_well_and_every_plot_has_its_table(pages):
    faults = {address: [*faults_of_reading(html), *faults_of_plots(html)] for address, html in pages.items()}
    assert not {address: found for address, found in faults.items() if found}
    orders = [order_of_a_pilot(page_of(pages[one])) for one in pages if re.fullmatch(r"/pilots/[\w-]+", one)]
    assert [*PARTS_OF_A_PILOT] in orders


# --- the measure measures ---------------------------------------------------------------------------------------------

FAINT = """<body style="background: #fff"><svg width="90" height="30">{}</svg></body>"""


@pytest.mark.parametrize(
    ("drawn", "ratio"),
    [
        ('<rect width="9" height="9" fill="#000"/>', 21.0),
        ('<rect width="9" height="9" fill="#777"/>', 4.478),
        ('<rect width="9" height="9" fill="#000" fill-opacity="0.5"/>', 3.95),
        ('<g opacity="0.5"><rect width="9" height="9" fill="#000"/></g>', 3.95),
        ('<rect width="9" height="9" fill="#fff" stroke="#777"/>', 4.478),
        ('<line x2="9" y2="9" fill="#000"/>', 1.0),
        ('<text y="9" fill="#777">a</text>', 4.478),
        ('<rect width="90" height="30" fill="#000"/><circle cx="9" cy="9" r="5" fill="#000"/>', 1.0),
    ],
)
def test_contrast_is_measured_against_what_lies_behind(browser_page, drawn, ratio):
    page = browser_page(WIDE)
    page.set_content(FAINT.format(drawn))
    assert stands_out(page.evaluate(PAINTED)[-1]) == pytest.approx(ratio, abs=0.03)
