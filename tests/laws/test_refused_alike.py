"""The same bad data meet the same refusal, from a file and from a database."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from beside_files import into_duckdb
from clew.errors import InputError
from clew.evaluate.analyse import analyse
from clew.evaluate.backend import InBackend, find_in_backend
from clew.evaluate.files import open_rows
from clew.pilot.protocol import Protocol
from designs import Columns, a_pilot, its_data
from drawn_designs import drawn, protocol_of
from trials import write_parquet

BAD: list[tuple[str, dict[str, Any], str, float, str]] = [
    ("encouragement", {}, "came", 1.5, "says who received it and must hold numbers from 0 to 1"),
    ("encouragement", {}, "came", -0.5, "says who received it and must hold numbers from 0 to 1"),
    ("encouragement", {}, "came", np.nan, "is empty where there is an outcome"),
    ("rare-events", {}, "years", -2.0, "cannot be negative"),
    ("rare-events", {}, "years", np.nan, "is empty where there is an outcome"),
    ("rare-events", {}, "y", 0.5, "must hold whole numbers from 0 for a count"),
    ("rare-events", {}, "y", -1.0, "must hold whole numbers from 0 for a count"),
    ("regression-discontinuity", {"received": "came"}, "came", 2.0, "must hold numbers from 0 to 1"),
    ("randomised", {"weights": "w"}, "w", 0.0, "must be above 0"),
    ("randomised", {}, "y", np.inf, "holds NaN, an infinity or a number too large"),
    ("interrupted-time-series", {"control": "other"}, "other", np.nan, "is empty where there is an outcome"),
]
"""A kind, changes to its design, a column, what one of its rows holds, and what is said of it."""


def refused(protocol: Protocol, columns: Columns, folder: Path) -> tuple[list[tuple[str, str]], ...]:
    """What files and a database are refused for: what is wrong, without the values shown, and what to do."""
    path = write_parquet(columns, folder / "data.parquet")
    into_duckdb(columns, folder / "data.duckdb", "rows")
    found = []
    with pytest.raises(InputError) as here:
        analyse(protocol, open_rows(path, protocol))
    with pytest.raises(InputError) as there:
        find_in_backend(protocol, InBackend(f"duckdb://{folder}/data.duckdb", ("rows",)), None)
    for caught in (here, there):
        found.append([(one.what.split(":")[0].rstrip("."), one.do) for one in caught.value.problems])
    return tuple(found)


@pytest.mark.parametrize(("kind", "design", "column", "value", "said"), BAD)
def test_bad_values_are_refused_alike(
    kind: str, design: dict[str, Any], column: str, value: float, said: str, tmp_path: Path
) -> None:
    columns = its_data(kind)
    many = len(columns["y"])
    made = {"w": np.ones(many), "came": np.ones(many), "other": np.arange(many) % 7.0}
    columns = {**made, **columns}
    bad = columns[column].astype(np.float64)
    bad[5] = value
    here, there = refused(a_pilot(kind, **design), {**columns, column: bad}, tmp_path)
    assert here == there
    assert any(said in what for what, _ in here), here


def test_an_outcome_that_never_varies_is_refused_alike(tmp_path: Path) -> None:
    columns = its_data("randomised")
    here, there = refused(a_pilot("randomised"), {**columns, "y": np.full(len(columns["y"]), 3.0)}, tmp_path)
    assert here == there
    assert "every outcome is 3" in here[0][0]


def test_few_rows_may_hold_the_same_count(tmp_path: Path) -> None:
    """Two rows of two events each are rare events, not a column of constants: in both places."""
    protocol = protocol_of("rare-events")
    columns = {name: values[:2] for name, values in drawn(protocol).items()}
    columns |= {"arm": np.array(["usual", "new"]), "y": np.array([2.0, 2.0]), "days": np.array([10.0, 30.0])}
    path = write_parquet(columns, tmp_path / "data.parquet")
    into_duckdb(columns, tmp_path / "data.duckdb", "rows")
    here = analyse(protocol, open_rows(path, protocol)).effect
    there = find_in_backend(protocol, InBackend(f"duckdb://{tmp_path}/data.duckdb", ("rows",)), None).effect
    assert (there.estimate, *there.interval) == pytest.approx((here.estimate, *here.interval))
    assert here.estimate == pytest.approx(2 / 30 - 2 / 10)
