"""Every page reads well as text alone, in the order of its source, and every plot on it has its table."""

import re

import pytest
from django.urls import reverse

from clew.case import commands as ask
from clew.case.desk import do
from clew.gate.decision import Decide, HearPublic, Override
from clew.web.desk import writing_as
from crawl import reached
from page_tree import lines_of, page_of
from pilot_drafting import begin, fill
from plots_and_tables import faults_of_plots
from reading_order import PARTS_OF_A_PILOT, faults_of_reading, order_of_a_pilot
from told import CASE, EVALUATOR, OWNER, PILOT, Told

STEWARD = "steward of the service"
BEFORE_DATA = tuple(part for part in PARTS_OF_A_PILOT if part not in {"found", "whom", "rule"})


@pytest.fixture
def told(story) -> Told:
    """A case that went back once, with a pilot that was amended, looked at twice, and overridden."""
    told = story().opened()
    with writing_as(OWNER) as (record, at, by):
        value = ask.StateProposition("elders", "to live safely", "alarms")
        back = (ask.Enter("convene", "who is at home?"), value, ask.Enter("pilot", "districts by lot"))
        do(record, CASE, back, at=at, by=by)
    told.locked().looked(1).amended("worth_having = 0.12", "worth_having = 0.10", "alarms are cheaper").looked(2)
    override = Override("stop", OWNER, "the money is gone", "one look is left")
    return told.said(OWNER, HearPublic("hearing of 1 March"), override, Decide(OWNER))


def html_of(reader):
    """Return how a reader gets the HTML of a page, and None of what is none."""

    def read(address: str) -> str | None:
        answer = reader.get(address, follow=True)
        is_page = "text/html" in answer.headers["Content-Type"]
        return b"".join(answer).decode() if answer.status_code == 200 and is_page else None

    return read


@pytest.mark.parametrize("who", ["", OWNER, EVALUATOR, STEWARD])
def test_every_page_reads_well_as_text(client, client_of, told, who):
    reader = client_of(who, is_steward=who == STEWARD) if who else client
    if who == OWNER:
        fill(reader, begin(reader, CASE))
    pages = reached(html_of(reader))
    wrong = {address: faults for address, html in pages.items() if (faults := faults_of_reading(html))}
    assert not wrong
    assert len(pages) > (25 if who else 15)
    assert f"/pilots/{PILOT}" in pages
    assert (who == OWNER) == any("/drafts/" in address for address in pages)


def test_every_plot_has_its_table(client, told):
    pages = reached(html_of(client))
    assert not {address: faults for address, html in pages.items() if (faults := faults_of_plots(html))}
    tables = set(re.findall(r'aria-details="([^"]+)"', "".join(pages.values())))
    assert tables == {"effect-figures", "looks-figures", "path-steps", "together-figures"}


def test_of_a_pilot_one_reads_first_what_was_promised_then_what_was_found_and_last_how_to_check_it(client, story):
    told = story().opened().locked()
    before = page_of(client.get(f"/pilots/{PILOT}").content.decode())
    assert order_of_a_pilot(before) == [*BEFORE_DATA]
    told.looked(1)
    after = page_of(client.get(f"/pilots/{PILOT}").content.decode())
    assert order_of_a_pilot(after) == [*PARTS_OF_A_PILOT]


def test_the_text_is_that_of_a_text_browser_cell_by_cell(client, told):
    lines = lines_of(page_of(client.get(reverse("home")).content.decode()))
    assert lines[0] == "Skip to main content"
    assert lines.index("What was decided") < lines.index("stop | 1 of 1 | 100%") < lines.index("Who works together")
    assert not [line for line in lines if "csrf" in line]


# --- the rules find what they are there to find -----------------------------------------------------------------------

WHOLE = """<!doctype html><html><head><title>t</title></head><body><a href="#main">Skip to main content</a>
<header><nav><a href="/">Home</a></nav></header><main id="main"><h1>One</h1><h2>Two</h2>
<p>It is so. <a href="/a">The first</a>, <a href="/b">the second</a>.</p></main>
<footer><p>Foot</p></footer></body></html>"""


def test_a_sound_page_has_no_fault():
    assert faults_of_reading(WHOLE) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("Skip to main content", "Home page", "the first link does not skip"),
        ('href="#main"', 'href="#top"', "the skip link does not lead to the matter of the page"),
        ("<h2>Two</h2>", "<h3>Two</h3>", "“Two” (h3) stands right under “One” (h1)"),
        ("<h1>One</h1><h2>Two</h2>", "<h2>Two</h2><h1>One</h1>", "the headings begin as [2, 1]"),
        ("<h2>Two</h2>", "<h2></h2>", "an empty heading"),
        (">The first<", ">More …<", "says only “More …”"),
        (">The first<", ">the second<", "leads to ['/a', '/b']"),
        ("It is so. <a", "It is so.<a", "“It is so.” sticks to “The first”"),
        ("It is so. <a", "It is so.The first, <a", "“o.Th” runs together"),
        ("</footer>", "</footer><nav><a href='/c'>Late</a></nav>", "<nav> after the footer"),
        ("<footer>", "<nav><a href='/c'>Late</a></nav><footer>", "the main navigation comes after main"),
        ("</main>", "</main><main></main>", "header, main and footer stand as"),
    ],
)
def test_each_fault_in_the_reading_is_found(old, new, fault):
    assert WHOLE.count(old) >= 1
    assert fault in "\n".join(faults_of_reading(WHOLE.replace(old, new)))


DRAWN = """<div><svg role="img" aria-labelledby="t" aria-details="path-steps"><title id="t">A path</title>
<circle class="clew-knot"/><circle class="clew-knot"/><text>frame 2 Sep</text></svg>
<table id="path-steps"><tbody><tr><th>2 September</th><td>frame</td></tr><tr><th>3</th><td>pilot</td></tr></tbody>
</table><table><tbody><tr><td>40% <svg class="bar" aria-hidden="true"><rect/></svg></td></tr></tbody></table></div>"""


def test_a_plot_with_its_table_has_no_fault():
    assert faults_of_plots(DRAWN) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('aria-details="path-steps"', "", "A path points to no table"),
        ('<table id="path-steps">', "<table>", "A path points to no table"),
        ("path-steps", "new-figures", "A path: say in PLOTS"),
        ('<circle class="clew-knot"/>', "", "A path shows nothing"),
        ("<tr><th>3</th><td>pilot</td></tr>", "", "A path: 2 marks, 1 rows"),
        (' role="img"', "", "A path is no picture with a name"),
        ('<title id="t">', "<title>", "is no picture with a name"),
        ("frame 2 Sep", "choose 2 Sep", "“choose” of “choose 2 Sep” stands in the drawing alone"),
        ("40% ", "", "<svg class=['bar']> is hidden, and no figure stands beside it"),
        ("<div>", "<div><canvas></canvas>", "<canvas class=[]> is no picture with a name"),
    ],
)
def test_each_fault_of_a_plot_is_found(old, new, fault):
    assert old in DRAWN
    assert fault in "\n".join(faults_of_plots(DRAWN.replace(old, new)))
