"""Many baseline columns in many clusters: summed in several passes where memory is short, to the same last bit.

So SQL sums them, where more cells than can be held are handed to it; `test_wide_sums.py` is about the other way.
"""

from pathlib import Path

import duckdb
import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate import scan
from clew.evaluate.cells import Grouping, Summed
from clew.evaluate.estimate import estimate
from clew.evaluate.files import open_rows
from clew.evaluate.grid import ONE, Grid, Scheme
from clew.pilot.protocol import Protocol
from clew.tables import table
from trials import figures, registered, write_parquet

COLUMNS = tuple(f"x{place}" for place in range(12))


@pytest.fixture(autouse=True)
def in_sql(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQL sums whatever is asked for."""
    monkeypatch.setattr(scan, "wide_sums", lambda *_: False)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Two rows each of 8,000 clusters, twelve baseline columns."""
    rng = np.random.default_rng(1)
    school = np.repeat(np.arange(8_000), 2)
    values = {name: rng.normal(0, 1, len(school)) for name in COLUMNS}
    outcome = school % 2 + values["x0"] + rng.normal(0, 1, len(school))
    return write_parquet({"y": outcome, "arm": school % 2, "school": school, **values}, tmp_path / "many.parquet")


def adjusted() -> Protocol:
    return registered(adjust_for=COLUMNS)


def found(path: Path) -> tuple[float, ...]:
    rows = open_rows(path, adjusted(), threads=1)
    try:
        return figures(estimate(adjusted(), rows))
    finally:
        rows.close()


def test_more_passes_give_the_same_bits(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_one = found(many)
    for passes in (2, 7):
        monkeypatch.setattr(scan, "PASSES", (passes,))
        assert found(many) == in_one


class Short:
    """A session that cannot hold what is summed in fewer than four passes."""

    source = "t"

    def __init__(self) -> None:
        self.done: list[str] = []

    @property
    def connection(self) -> "Short":
        """Itself."""
        return self

    def execute(self, query: str) -> None:
        """Refuse a query that is not one of four passes or more."""
        self.done.append(query)
        if "TEMP VIEW" not in query and " % 4 = " not in query:
            raise duckdb.OutOfMemoryException("short")


def test_what_cannot_be_held_at_once_is_summed_in_passes() -> None:
    short = Short()
    summed = [Summed("cells0", Scheme((ONE, Grid("y", 0.0, 0, 1))), gappy=False)]
    scan._scan(short, Grouping(("a AS g",), ("g",), ("g AS k0",)), summed)  # type: ignore[arg-type]
    passes, views = short.done[:-1], short.done[-1:]
    assert ["hash(g) % 4 = 0" in query for query in passes] == [False, True, False, False, False]
    assert [query.startswith("INSERT INTO sums") for query in passes] == [False, False, True, True, True]
    assert ["VIEW cells0" in query for query in views] == [True]


def test_too_many_for_any_number_of_passes_is_said(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MEMORY_LIMIT", "15MB")
    with pytest.raises(InputError, match="Adjust for fewer columns"):
        found(many)
