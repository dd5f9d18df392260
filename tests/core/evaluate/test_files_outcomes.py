"""Several outcomes are read in one scan, and each is to the last bit what a scan of its own would give."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate import scan
from clew.evaluate.designs import layout_of
from clew.evaluate.estimate import estimate
from clew.evaluate.file_rows import FileRows
from clew.evaluate.files import open_rows
from clew.evaluate.rows import Moments, Within
from clew.pilot.protocol import Outcome, Protocol
from trials import a_trial, agree, figures, gappy, in_memory, registered, several, units, write_csv, write_parquet

FURTHER = ("late", "passed", "days")
OUTCOMES = {name: Outcome(name, "mean", "higher") for name in FURTHER}


def with_further(protocol: Protocol) -> Protocol:
    return replace(protocol, secondary=tuple(OUTCOMES.values()))


def all_of(moments: Moments) -> list[Any]:
    keys = [part for key in moments.keys.values() for part in (key.labels, key.codes.tolist())]
    values = (moments.n, moments.centre, moments.products, moments.noise)
    return [*keys, moments.covariates, moments.factors, *(value.tolist() for value in values)]


def each_alone(protocol: Protocol, paths: Path, rows: FileRows, outcome: str, within: Within = ()) -> None:
    """What the scan of all says of an outcome is what a scan for it alone says."""
    alone = protocol.about(OUTCOMES[outcome]) if outcome in OUTCOMES else replace(protocol, secondary=())
    layout, own = layout_of(alone), open_rows(paths, alone)
    assert all_of(rows.moments(layout, within)) == all_of(own.moments(layout, within))
    mine, theirs = rows.tally(layout), own.tally(layout)
    assert (mine.n.tolist(), mine.missing.tolist()) == (theirs.n.tolist(), theirs.missing.tolist())
    assert {name: key.labels for name, key in mine.keys.items()} == {
        name: key.labels for name, key in theirs.keys.items()
    }
    assert figures(estimate(alone, rows)) == figures(estimate(alone, own))


@pytest.mark.parametrize("write", [write_parquet, write_csv])
@pytest.mark.parametrize("outcome", ["y", *FURTHER])
@pytest.mark.parametrize("design", [{}, units(), {"weights": "w"}, {"block": "block"}])
@pytest.mark.parametrize("shape", [several, lambda trial: gappy(several(trial))])
def test_one_scan_gives_what_a_scan_for_each_gives(
    design: dict[str, Any], outcome: str, shape: Any, write: Any, tmp_path: Path
) -> None:
    protocol = with_further(registered(adjust_for=("x", "t"), groups=("sub",), **design))
    path = write(shape(a_trial()), tmp_path / f"data.{write.__name__.removeprefix('write_')}")
    each_alone(protocol, path, open_rows(path, protocol), outcome)
    each_alone(protocol, path, open_rows(path, protocol), outcome, (("t", "north"),))


@pytest.mark.parametrize("outcome", FURTHER)
def test_files_agree_with_memory(outcome: str, tmp_path: Path) -> None:
    trial, protocol = gappy(several(a_trial())), with_further(registered(adjust_for=("x",), groups=("sub",)))
    rows = open_rows(write_parquet(trial, tmp_path / "data.parquet"), protocol)
    alone = protocol.about(OUTCOMES[outcome])
    agree(estimate(alone, rows), estimate(alone, in_memory(trial)))


def test_all_outcomes_take_one_scan_that_sums_what_they_share_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    protocol = replace(registered(adjust_for=("x",)), secondary=(OUTCOMES["passed"], OUTCOMES["late"]))
    plain = scan.cells_sql
    monkeypatch.setattr(scan, "cells_sql", lambda *of: (found := plain(*of), asked.append(found[0]))[0])
    open_rows(write_parquet(several(a_trial()), tmp_path / "data.parquet"), protocol)
    (query,) = asked
    # y, passed: each its own sum, square and product with x; x and x² once for both; late: all five and its count
    assert query.count("sum(") == 3 + 3 + 2 + 5
    assert query.count("FILTER") == 2


@pytest.mark.parametrize("column", ["late", "days"])
def test_a_further_outcome_that_is_no_number_is_refused_by_name(column: str, tmp_path: Path) -> None:
    trial = several(a_trial())
    trial[column] = np.array(["soon"] * len(trial["y"]))
    protocol = with_further(registered())
    with pytest.raises(InputError, match=f'column "{column}" holds something that is not a number'):
        open_rows(write_csv(trial, tmp_path / "data.csv"), protocol)


def test_mistakes_in_several_outcomes_are_named_at_once(tmp_path: Path) -> None:
    trial = several(a_trial())
    trial["late"], trial["y"] = (np.array(["soon"] * len(trial["y"])) for _ in range(2))
    with pytest.raises(InputError) as caught:
        open_rows(write_csv(trial, tmp_path / "data.csv"), with_further(registered()))
    assert [problem.what.split('"')[1] for problem in caught.value.problems] == ["y", "late"]
