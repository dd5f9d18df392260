"""docs/reference/opinion-map-speed.md and its drawing: made of the figures kept, and the bench that makes these."""

from math import log10
from xml.etree import ElementTree as ET

import pytest

from bench.opinion_sizes import METHODS, SIZES, measure
from bench.opinion_speed import DRAWING, PAGE, SLOPE_FROM, Figure, drawing, kept, page

SVG = "{http://www.w3.org/2000/svg}"
MADE_UP = [
    Figure(people, 100, people * 50, method, people / (2_000 if method == "polis" else 500), 1.0, 100, 2, 2)
    for people in (1_000, 10_000, 100_000)
    for method in METHODS
]


def test_the_committed_page_and_drawing_are_those_of_the_figures_kept() -> None:
    """If this fails after the page's words were changed: `python -m bench.opinion_speed`."""
    assert PAGE.read_text(encoding="utf-8") == page(kept())
    assert DRAWING.read_text(encoding="utf-8") == drawing(kept())
    assert {(one.people, one.method) for one in kept()} == {(people, method) for people in SIZES for method in METHODS}


def test_whoever_cannot_see_the_drawing_reads_its_title_all_figures_and_where_the_table_is() -> None:
    root = ET.fromstring(drawing(kept()))
    named = root.attrib["aria-labelledby"].split()
    told = {one.attrib["id"]: "".join(one.itertext()) for one in root.iter() if one.attrib.get("id") in named}
    assert root.attrib["role"] == "img"
    assert told["title"]
    assert all(f"{one.processor_s:,.1f} seconds for {one.people:,}" in told["desc"] for one in kept())
    assert "table" in told["desc"]


def test_every_figure_is_a_dot_and_a_line_of_the_table() -> None:
    dots = [one for one in ET.fromstring(drawing(MADE_UP)).iter() if one.get("class") == "dot"]
    lines = [one for one in page(MADE_UP).split("\n## ")[0].splitlines() if one.startswith("| 1")]
    assert len(dots) == len(lines) == len(MADE_UP)
    assert {one.tag.removeprefix(SVG) for one in dots} == {"circle", "rect"}


@pytest.mark.parametrize("method", METHODS)
def test_what_costs_ten_times_as_much_lies_on_the_dashed_line(method: str) -> None:
    figures = [one for one in MADE_UP if one.method == method]
    root = ET.fromstring(drawing(MADE_UP))
    slopes = [one for one in root.iter(f"{SVG}line") if one.get("class") == "slope"]
    dots = [one for one in root.iter() if one.get("class") == "dot"]
    ends = [(one.get("x2"), one.get("y2")) for one in slopes]
    last = [one for one in dots if one.tag == f"{SVG}{'circle' if method == 'polis' else 'rect'}"][-1]
    assert log10(figures[-1].people / SLOPE_FROM) == 1
    assert (last.get("cx") or last.get("x"), last.get("cy") or last.get("y")) in ends


def test_the_table_says_how_many_times_a_tenth_of_the_people_it_is() -> None:
    assert "| 100,000 | 100 | 5,000,000 | clew's own method | 200.0 | 10.0 | 1.0 | 100 | 2 | 2 |" in page(MADE_UP)


def test_the_bench_measures_a_map_in_a_process_of_its_own() -> None:
    found = measure(200, 100, ["polis"])[0]
    assert (found.people, found.method, found.dimensions) == (200, "polis", 2)
    assert 9_000 < found.votes < 11_000
    assert found.processor_s > 0
    assert found.peak_mb > 20
