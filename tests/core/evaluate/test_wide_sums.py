"""Many variables: matrices of limbs sum what SQL sums, to the last bit, in any order, files, threads and batches."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.errors import InputError
from clew.evaluate import limbs, scan, wide_sums
from clew.evaluate.estimate import estimate
from clew.evaluate.files import open_rows
from clew.pilot.protocol import Outcome, Protocol
from clew.tables.arrow_stream import batches
from trials import Trial, a_trial, agree, in_memory, registered, write_csv, write_parquet

COLUMNS = tuple(f"x{place}" for place in range(12))
SOME = COLUMNS[
    :7
]  # of every kind one: where the bound between the two ways is put lower, SQL takes a third of the time


def a_wide_trial(seed: int, n: int = 300) -> Trial:
    """`a_trial` with twelve covariates: over many orders of magnitude, far from 0, whole, true or false, constant."""
    trial, rng = a_trial(seed, n=n), np.random.default_rng(seed)
    covariates: list[Any] = [rng.normal(0, 1, n) * 10.0 ** rng.uniform(-6, 6, n), rng.normal(1e9, 1, n)]
    covariates += [rng.integers(-5, 2**44, n), rng.random(n) < 0.4, np.full(n, 7), -np.exp(rng.normal(0, 3, n))]
    covariates += [rng.normal(0, 1, n) for _ in COLUMNS[6:]]
    return trial | dict(zip(COLUMNS, covariates, strict=True))


def with_gaps(trial: Trial, seed: int) -> Trial:
    """Some rows without the outcome, some of these without a covariate and the weight too."""
    rng = np.random.default_rng(seed)
    gone = rng.random(len(trial["y"])) < 0.2
    both = gone & (rng.random(len(gone)) < 0.5)
    blanked = {name: np.where(both, np.nan, trial[name]) for name in ("x6", "x9", "w")}
    return trial | blanked | {"y": np.where(gone, np.nan, trial["y"])}


def protocols(columns: tuple[str, ...]) -> list[Protocol]:
    return [
        registered(adjust_for=columns, groups=("sub",)),
        registered(adjust_for=columns, weights="w", block="block"),
        registered(adjust_for=(*columns, "t", "x"), groups=("sub",)),
        registered(adjust_for=columns, weights="w", groups=("t",)),
    ]


PROTOCOLS = protocols(COLUMNS)


def cells(
    paths: Path | list[Path], protocol: Protocol, threads: int | None = None, view: str = "cells0"
) -> list[tuple[Any, ...]]:
    """Every cell as it is kept: keys, counts, and the sums as integers."""
    rows = open_rows(paths, protocol, threads=threads)
    try:
        return rows.table.fetch(f"SELECT * FROM {view} ORDER BY ALL")
    finally:
        rows.close()


@pytest.fixture
def in_sql(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The cells as SQL sums them."""

    def found(*asked: Any, view: str = "cells0") -> list[tuple[Any, ...]]:
        with monkeypatch.context() as patched:
            patched.setattr(scan, "wide_sums", lambda *_: False)
            return cells(*asked, view=view)

    return found


@pytest.fixture(autouse=True)
def by_matrices(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not asked for in SQL is summed by matrices, and nothing falls back unseen."""

    def demanded(*asked: Any) -> bool:
        assert wide_sums.wide_sums(*asked)
        return True

    monkeypatch.setattr(scan, "wide_sums", demanded)


@pytest.fixture
def some_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wide_sums, "MANY", len(SOME) - 1)


@pytest.mark.usefixtures("some_are_many")
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.integers(0, 10_000), st.sampled_from(protocols(SOME)), st.booleans(), st.sampled_from([write_csv, write_parquet])
)
def test_matrices_sum_what_sql_sums(
    tmp_path: Path, in_sql: Any, seed: int, protocol: Protocol, gaps: bool, write: Any
) -> None:
    trial = a_wide_trial(seed)
    trial = with_gaps(trial, seed) if gaps else trial
    order = np.random.default_rng(seed).permutation(len(trial["y"]))
    end = write.__name__.removeprefix("write_")
    parts = [
        write({name: column[order[half]] for name, column in trial.items()}, tmp_path / f"{place}.{end}")
        for place, half in enumerate((slice(0, 90), slice(90, None)))
    ]
    whole = write(trial, tmp_path / f"whole.{end}")
    assert cells(parts, protocol, 1 + seed % 4) == in_sql(whole, protocol, 1)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_matrices_say_what_arrays_say(protocol: Protocol, tmp_path: Path) -> None:
    trial = with_gaps(a_wide_trial(3, n=900), 3)
    rows = open_rows(write_parquet(trial, tmp_path / "data.parquet"), protocol)
    agree(estimate(protocol, rows), estimate(protocol, in_memory(trial)), rel=1e-7)


def test_several_batches_and_cells_of_several_pieces(tmp_path: Path, in_sql: Any) -> None:
    """Three batches of rows; cells of one row, of one piece, of more pieces than are held together."""
    with duckdb.connect() as connection:
        wide = ", ".join(f"sin(i * {place + 1}) * 1e{place - 5} AS x{place}" for place in range(12))
        connection.execute(
            f"COPY (SELECT i % 7 AS y, least(i % 100, 40) AS school, least(i % 100, 40) % 2 AS arm, {wide} "
            f"FROM range(300_000) t(i)) TO '{tmp_path}/data.parquet' (FORMAT parquet)"
        )
    protocol = registered(adjust_for=COLUMNS)
    assert cells(tmp_path / "data.parquet", protocol) == in_sql(tmp_path / "data.parquet", protocol)


def test_several_outcomes_share_what_they_can(tmp_path: Path, in_sql: Any) -> None:
    """One that every row has, two with gaps of their own."""
    trial, rng = a_wide_trial(5), np.random.default_rng(5)
    for name in ("late", "rare"):
        trial[name] = np.where(rng.random(len(trial["y"])) < 0.3, np.nan, rng.normal(0, 1, len(trial["y"])))
    further = tuple(Outcome(name, "mean", "higher", 1.0) for name in ("late", "rare"))
    protocol = replace(registered(adjust_for=(*COLUMNS, "t"), groups=("sub",)), secondary=further)
    path = write_parquet(trial, tmp_path / "data.parquet")
    for view in ("cells0", "cells1", "cells2"):
        assert cells(path, protocol, view=view) == in_sql(path, protocol, view=view)


def test_the_same_whatever_the_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rows are cut into pieces, and how many are held together, changes nothing."""
    path = write_parquet(a_wide_trial(7, n=2_000), tmp_path / "data.parquet")
    whole = cells(path, PROTOCOLS[0])
    for piece, together, tile in ((1, 3, 64), (7, 1, 5), (64, 2, 1)):
        monkeypatch.setattr(limbs, "PIECE", piece)
        monkeypatch.setattr(limbs, "TOGETHER", together)
        monkeypatch.setattr(limbs, "TILE", tile)
        assert cells(path, PROTOCOLS[0]) == whole


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 400), st.integers(1, 6))
def test_limbs_against_integers_of_any_size(seed: int, rows: int, width: int) -> None:
    """Integers at the ends of their range, added twice, against Python's own."""
    rng, most = np.random.default_rng(seed), 1 << limbs.MOST
    ends = np.array([-most, most, most - 1, 1 - most, 1 << 23, -(1 << 23), (1 << 23) - 1, 0])
    columns = [np.where(rng.random(rows) < 0.7, rng.choice(ends, rows), rng.integers(-most, most, rows))] * width
    columns = [rng.permutation(column) for column in columns]
    group = rng.integers(0, 3, rows)
    order = np.argsort(group)
    here, starts = np.unique(group[order], return_index=True)
    sums = limbs.no_sums(3, width)
    for _ in range(2):
        assert limbs.add(sums, columns, order, starts, here)
    for cell in range(3):
        rows_of = [[int(column[row]) for column in columns] for row in np.flatnonzero(group == cell)]
        assert sums.n[cell] == 2 * len(rows_of)
        for i in range(width):
            for j in range(i, width):
                place = limbs.pair_place(width, i, j)
                found = (int(sums.high[cell, place]) << limbs.WORD) + int(sums.low[cell, place])
                assert found == 2 * sum(row[i] * row[j] for row in rows_of)


def test_thousands_of_the_largest_odd_limbs() -> None:
    """Their products are odd and as large as can be: doubles that held more than 64 rows of them would round."""
    value = ((1 << 23) - 1 << 24) + (1 << 23) - 1
    columns = [np.full(5_001, value), np.full(5_001, -value)]
    sums, start = limbs.no_sums(1, 2), np.array([0])
    assert limbs.add(sums, columns, np.arange(5_001), start, start)
    found = [(int(high) << limbs.WORD) + int(low) for high, low in zip(sums.high[0], sums.low[0], strict=True)]
    assert found == [5_001 * value**2, -5_001 * value**2, 5_001 * value**2]


def test_an_integer_too_large_is_not_cut() -> None:
    large = np.array([0, (1 << limbs.MOST) + (1 << limbs.LIMB)])
    start = np.array([0])
    assert not limbs.add(limbs.no_sums(1, 1), [large], np.arange(2), start, start)


@pytest.mark.parametrize("protocol", [PROTOCOLS[0], PROTOCOLS[2]], ids=["packed", "text"])
def test_more_cells_than_can_be_held_are_summed_in_sql(
    protocol: Protocol, tmp_path: Path, in_sql: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_parquet(a_wide_trial(1), tmp_path / "data.parquet")
    monkeypatch.setattr(wide_sums, "NUMBERS", 500)
    asked: list[bool] = []
    monkeypatch.setattr(scan, "wide_sums", lambda *given: asked.append(wide_sums.wide_sums(*given)) or asked[-1])
    assert cells(path, protocol) == in_sql(path, protocol)
    assert asked == [False]


def test_values_that_cannot_be_summed_are_named(tmp_path: Path) -> None:
    """Parquet's statistics do not tell of NaN: it is met on the way."""
    trial = a_wide_trial(1) | {"x3": np.where(np.arange(300) == 200, np.nan, 1.0)}
    path = tmp_path / "data.parquet"
    with duckdb.connect() as connection:
        connection.register("trial", trial)
        connection.execute(f"COPY (SELECT * REPLACE (coalesce(x3, 'NaN'::DOUBLE) AS x3) FROM trial) TO '{path}'")
    with pytest.raises(InputError, match="x3"):
        cells(path, PROTOCOLS[0])


class TestBatches:
    def test_types_and_order_of_columns(self) -> None:
        with duckdb.connect() as connection:
            query = "SELECT i, (i * 2)::UBIGINT, i / 4::DOUBLE FROM range(300_000) t(i)"
            found = [[column.copy() for column in batch] for batch in batches(connection, query)]
        assert len(found) > 1
        i = np.arange(300_000)
        for place, expected in enumerate((i, (i * 2).astype(np.uint64), i / 4)):
            values = np.concatenate([batch[place] for batch in found])
            assert values.dtype == expected.dtype
            assert np.array_equal(np.sort(values), expected)

    def test_what_goes_wrong_on_the_way(self) -> None:
        with duckdb.connect() as connection:
            query = "SELECT CASE WHEN i = 250_000 THEN error('so it is') ELSE i END::BIGINT FROM range(300_000) t(i)"
            with pytest.raises(duckdb.Error, match="so it is"):
                list(batches(connection, query))
            with pytest.raises(duckdb.Error):
                list(batches(connection, "SELECT nothing"))
            with pytest.raises(duckdb.Error, match="NULL"):
                list(batches(connection, "SELECT NULL::BIGINT"))

    def test_the_session_goes_on_after_a_stream_is_left(self) -> None:
        with duckdb.connect() as connection:
            stream = batches(connection, "SELECT i FROM range(3_000_000) t(i)")
            next(stream)
            stream.close()
            assert connection.execute("SELECT 7").fetchall() == [(7,)]
            assert [len(batch[0]) for batch in batches(connection, "SELECT 1::BIGINT WHERE false")] in ([], [0])

    def test_no_further_package_is_needed(self) -> None:
        program = (
            "import sys; sys.modules['pyarrow'] = sys.modules['pandas'] = None\n"
            "import duckdb\nfrom clew.tables.arrow_stream import batches\n"
            "print([int(one[0][0]) for one in batches(duckdb.connect(), 'SELECT 42::BIGINT')])"
        )
        told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
        assert told.stdout == "[42]\n"
