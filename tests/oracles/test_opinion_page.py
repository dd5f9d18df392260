"""docs/reference/opinion-map.md: Polis' groups computed again, and the index that compares groupings."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from evidence.opinion.__main__ import HEAD, PAGE, SECTIONS, page, parts
from evidence.opinion.conversations import NAMES, missing
from evidence.opinion.polis_groups import (
    ACTED_OUT,
    COLD,
    DEALT,
    DWARF_DEALT,
    DWARF_SEEDS,
    POLL_MS,
    agreement_of,
    by_red_dwarf_of,
    held,
    jobs,
    section,
)
from evidence.opinion.rand_index import adjusted_rand_index


def by_pairs(one: list[int], other: list[int]) -> float:
    """The index from every pair of people: together in both, in one, in neither."""
    pairs = list(combinations(range(len(one)), 2))
    first = [one[a] == one[b] for a, b in pairs]
    second = [other[a] == other[b] for a, b in pairs]
    both = sum(a and b for a, b in zip(first, second, strict=True))
    expected = sum(first) * sum(second) / len(pairs)
    return (both - expected) / ((sum(first) + sum(second)) / 2 - expected)


@pytest.mark.parametrize("seed", range(8))
def test_the_index_is_that_of_all_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, 4, 40), rng.integers(3, 6, 40)
    other = np.where(rng.random(40) < seed / 8, one, other)
    assert adjusted_rand_index(one, other) == pytest.approx(by_pairs(one.tolist(), other.tolist()), abs=1e-14)


def test_groupings_that_leave_nothing_to_compare_agree() -> None:
    for same in (np.zeros(5, int), np.arange(5), np.zeros(0, int)):
        assert adjusted_rand_index(same, same) == 1


def test_the_page_holds_a_line_for_each_conversation() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.startswith(HEAD)
    for name in NAMES:
        assert parts(text)["polis_groups"].count(f"\n| {name} | ") == 1


def test_the_page_is_made_of_sections_that_can_be_made_alone() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text, []) == text
    assert set(parts(text)) <= set(SECTIONS)
    assert {"polis_groups", "common_ground", "routing"} <= set(parts(text))


def test_one_section_made_anew_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SECTIONS, "routing", lambda: "## Routing\n\nAnew.\n")
    text = PAGE.read_text(encoding="utf-8")
    anew = page(text, ["routing"])
    assert parts(anew) == parts(text) | {"routing": "## Routing\n\nAnew.\n"}


def test_polis_groups_on_the_page_are_those_that_are_kept(shared_data: Path) -> None:
    assert shared_data.is_dir()
    assert set(held()) == set(jobs())
    assert parts(PAGE.read_text(encoding="utf-8"))["polis_groups"] == section()


def test_groups_computed_anew_are_those_that_are_kept(shared_data: Path) -> None:
    """The quick ones: cold starts, the two smallest conversations acted out, red-dwarf's of three."""
    if absent := missing():
        pytest.skip(f"NOT TESTED: {absent}")
    assert shared_data.is_dir()
    kept = held()
    quick = [(name, kind, 0) for name in NAMES[:3] for kind in (COLD, DEALT)]
    quick += [(NAMES[0], ACTED_OUT, POLL_MS), (NAMES[1], ACTED_OUT, 60 * POLL_MS)]
    theirs = [(name, kind, 7) for name in NAMES[:3] for kind in (DWARF_SEEDS, DWARF_DEALT)]
    found = {job: agreement_of(job) for job in quick} | dict(zip(theirs, by_red_dwarf_of(theirs), strict=True))
    for job, one in found.items():
        assert one.groups == kept[job].groups
        assert one.index == pytest.approx(kept[job].index, abs=1e-12)
