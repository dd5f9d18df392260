"""docs/reference/opinion-map.md: planted groups as red-dwarf finds them, and that the page says what is kept."""

from dataclasses import asdict

import pytest

from evidence.opinion import planted, whole_way
from evidence.opinion.__main__ import PAGE, parts
from evidence.opinion.conversations import PYTHON
from evidence.opinion.kept import kept

MINORITY = "a minority of 5 %, 1,000 people"


@pytest.mark.skipif(not PYTHON.exists(), reason="NOT TESTED: .venv-oracles is absent; run `make oracles`")
def test_red_dwarf_finds_two_groups_where_a_third_of_five_percent_was_planted() -> None:
    (found,) = planted.by_red_dwarf_of([(MINORITY, 0)])
    assert found.groups == 2
    (row,) = (row for row in kept(planted.FOUND) if (row["world"], row["draw"]) == (MINORITY, 0))
    assert found.index == pytest.approx(row["red_dwarf"]["index"], abs=1e-12)


def test_every_draw_is_kept_and_the_page_says_what_is_kept() -> None:
    drawn = {(row["world"], row["draw"]) for row in kept(planted.FOUND)}
    assert drawn == {(name, draw) for name, world in planted.WORLDS.items() for draw in range(world.draws)}
    assert parts(PAGE.read_text(encoding="utf-8"))["planted"] == planted.section().strip("\n") + "\n"


def test_maps_made_anew_are_those_that_are_kept() -> None:
    job = ("a slope, no groups", 0)
    clew, polis = planted.ours(job)
    (row,) = (row for row in kept(planted.FOUND) if (row["world"], row["draw"]) == job)
    assert (clew.groups, polis.groups) == (row["clew"]["groups"], row["polis"]["groups"])
    (way,) = (row for row in kept(whole_way.FOUND) if (row["world"], row["draw"]) == ("two camps", 0))
    assert asdict(whole_way.tried("two camps", 0)) == {name: way[name] for name in whole_way.Called.__slots__}


def test_what_is_called_common_ground_is_so_in_the_groups_shown_nine_times_in_ten_and_more() -> None:
    rows = kept(whole_way.FOUND)
    assert len(rows) == whole_way.CONVERSATIONS * len(whole_way.WORLDS)
    called, members, alike = (sum(row[name] for row in rows) for name in ("called", "members", "alike"))
    assert called > 1_000
    assert min(members, alike) / called >= 0.87
    assert parts(PAGE.read_text(encoding="utf-8"))["whole_way"] == whole_way.section().strip("\n") + "\n"
