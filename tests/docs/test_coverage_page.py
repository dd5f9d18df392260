"""docs/reference/coverage.md: its form, that no design is left out, and one cell tried out again."""

import re

import pytest

from clew.evaluate.designs import DESIGNS
from evidence.coverage import HEAD, PAGE, Counted, band, judged, page, row, tried
from evidence.coverage_cells import CELLS

ROW = re.compile(
    r"^\| (.+?) \| (.+?) \| ([\d,]+) \| ([\d.]+) \((.+?)\) \| ([\d.]+) \((.+?)\) \| (.+) \|$", re.MULTILINE
)


def test_every_design_and_every_cell_stands_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.startswith(HEAD)
    assert set(DESIGNS) - {cell.kind for cell in CELLS} == set()
    assert [(found[0], found[1]) for found in ROW.findall(text)] == [(cell.says, cell.how) for cell in CELLS]


def test_cells_that_fall_short_are_named_at_the_top() -> None:
    text = PAGE.read_text(encoding="utf-8")
    told = text[text.index("## Where intervals fall short") :].split("\n## ")[0]
    short = [found for found in ROW.findall(text) if "falls short" in found[7]]
    assert [found[:2] for found in short if f"{found[1]}, {found[0]}: " not in told] == []
    assert told.count("\n- ") == len(short)


def test_a_cell_tried_again_gives_the_same_line() -> None:
    cell = next(cell for cell in CELLS if cell.kind == "rare-events")
    assert row(tried(cell)) in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("covered", "word"), [(950, "as stated"), (960, "as stated"), (920, "**falls short**"), (985, "wide")]
)
def test_what_chance_in_the_trials_explains_is_not_held_against_an_interval(covered: int, word: str) -> None:
    assert judged(Counted(CELLS[0], 1000, covered, 1000, 50, 0, 0)) == word


def test_the_band_is_wilsons() -> None:
    """Wilson (1927); Agresti & Coull (1998), American Statistician 52: no success in 10 gives 0 to .278."""
    assert band(0, 10) == pytest.approx((0.0, 0.2775), abs=5e-5)


def test_a_page_names_what_falls_short() -> None:
    made = page((Counted(CELLS[0], 1000, 900, 1000, 100, 4, 2),))
    assert "90.0% instead of 95 %" in made
    assert "0.2% refused, 0.1% without an end" in made
