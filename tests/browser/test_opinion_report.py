"""The page of an opinion map in a browser: wide and narrow, light and dark, without JavaScript, on paper."""

import pytest

from browsing import NARROW, WIDE, axe, faults_of_html, layout_faults
from clew.deliberate.statements import Statement
from clew.report import render_opinion
from opinion_maps import (
    TEXTS,
    an_opinion_map,
    as_polis_draws,
    nobody_placed,
    one_public,
    patterns_seen,
    who_is_missing,
    with_one_rejected,
)
from painting import PAINTED, as_seen, told_by_colour_alone, too_faint

HOSTILE = (
    "<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\">",
    "</style><style>* { display: none !important }</style>{{ 7 * 7 }}",
    "w" * 900,
    "\u202eright to left\u202d and \u2067never closed",
    "صوّتوا لصالح المكتبة العامة " * 20,
    "Z" + "\u0351\u0489\u0334" * 60 + "algo",
    "👩‍👩‍👧‍👦" * 120,
    "one\n\n\n\n\ntwo\t\tthree",
)
FULL = with_one_rejected(
    an_opinion_map(sizes=(420, 300, 90, 8), unplaced=30, missing=who_is_missing(), integrity=patterns_seen())
)  # the last group is too small to be shown
TYPED = an_opinion_map(statements=tuple(Statement(str(number), text) for number, text in enumerate(HOSTILE)))
MAPS = {
    "full": FULL,
    "one public": with_one_rejected(one_public()),
    "polis": as_polis_draws(),
    "nobody": nobody_placed(),
    "hostile": TYPED,
}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {name: render_opinion(found) for name, found in MAPS.items()}


@pytest.fixture
def opened(browser_page, pages, tmp_path):
    """Return a maker of pages with one of the maps in them, as a file that somebody was sent."""

    def make(name: str, size=WIDE, *, javascript=True):
        file = tmp_path / "map.html"
        file.write_text(pages[name], encoding="utf-8")
        page = browser_page(size, javascript=javascript, url=tmp_path.as_uri())
        page.on("request", lambda one: asked.append(one.url))
        asked = page.asked = []
        page.goto(file.as_uri())
        return page

    return make


def unfold(page) -> None:
    """Open all that is folded, as a reader does who wants to see everything."""
    for one in page.locator("summary").all():
        one.click()


def test_the_html_is_valid(pages):
    assert [*faults_of_html(pages).values()] == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize(("name", "scheme"), [*((name, "light") for name in MAPS), ("full", "dark")])
def test_it_is_accessible_and_never_wider_than_the_window(opened, name, size, scheme):
    page = opened(name, size)
    page.emulate_media(color_scheme=scheme)
    assert layout_faults(page) == []
    unfold(page)
    assert [*axe(page), *layout_faults(page)] == []


@pytest.mark.parametrize("name", ["full", "one public"])
def test_every_mark_and_text_stands_out_and_is_told_by_more_than_colour(opened, name):
    page = opened(name)
    for way, painted in as_seen(page).items():
        assert [*too_faint(painted), *told_by_colour_alone(painted)] == [], way
        assert len([one for one in painted if "mark-of-one" in one["names"]]) > 100, way


def test_a_faint_mark_would_be_noticed(opened):
    page = opened("one public")
    page.eval_on_selector(".mark-of-one", "one => one.style.setProperty('fill-opacity', '0.2')")
    assert too_faint(page.evaluate(PAINTED)) != []


def test_nothing_is_asked_of_any_network_and_nothing_runs(opened):
    page = opened("hostile")
    unfold(page)
    assert page.title().startswith("Opinion map: ")
    assert [one for one in page.asked if not one.startswith("file:")] == []
    assert len(page.asked) == 1
    assert page.locator("script, img").count() == 0


def test_what_people_typed_stays_where_it_belongs(opened):
    page = opened("hostile", NARROW)
    unfold(page)
    for box in (one.bounding_box() for one in page.locator(".says").all()):
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= NARROW["width"]
    assert page.get_by_text("{{ 7 * 7 }}").first.is_visible()
    after = page.locator("#common ~ ol .quiet").first
    assert after.evaluate("one => getComputedStyle(one).direction") == "ltr"


def test_everything_can_be_read_and_unfolded_without_javascript(opened):
    page = opened("full", NARROW, javascript=False)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to what was found"
    table = page.get_by_role("table", name="Every statement")
    assert not table.is_visible()
    page.get_by_text("8 statements with their votes").click()
    assert table.is_visible()


def test_a_listener_hears_statements_and_figures_in_order(opened):
    page = opened("full")
    heard = page.locator("main").aria_snapshot()
    order = [
        "Four groups, and three statements",
        "People who vote alike",
        "Map of opinions",
        TEXTS[0],
        "Seed of all draws",
    ]
    places = [heard.index(one) for one in order]
    assert places == sorted(places)
    assert page.get_by_role("img", name="Map of opinions").count() == 1
    assert page.get_by_role("table", name="How each group voted on statement 0").count() == 1


def test_on_paper_nothing_is_cut_off(opened):
    page = opened("full")
    page.emulate_media(media="print", color_scheme="light")
    page.set_viewport_size({"width": 640, "height": 900})  # A4 less its margins
    assert layout_faults(page) == []
    assert page.locator(".contents").is_hidden()
