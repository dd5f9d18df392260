"""Sums in doubles, which large trials of small cells get: the same bytes in any order, and as fine as integers."""

import json
from dataclasses import asdict
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.evaluate import grid
from clew.evaluate.estimate import estimate
from clew.evaluate.file_rows import FileRows
from clew.evaluate.files import open_rows
from clew.pilot.protocol import Protocol
from trials import Trial, a_trial, agree, in_memory, registered, units, write_parquet

PROTOCOLS = [
    registered(adjust_for=("x",), groups=("sub",)),
    registered(block="block", groups=("sub",), adjust_for=("x",), standard_errors="classical"),
    registered(groups=("sub",), block="grade", **units(standard_errors="hc1", cluster="school")),
    registered(outcome="k", measure="count", adjust_for=("x",), groups=("sub",)),
]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small trials are summed in doubles too."""
    monkeypatch.setattr(grid, "QUICK_FROM", 0)
    monkeypatch.setattr(grid, "LEAST_ROWS", 0)


def numbers(seed: int, n: int = 3_000) -> Trial:
    trial = a_trial(seed, n=n, schools=40)
    return trial | {"k": np.random.default_rng(seed).poisson(3, n), "x": trial["x"] * np.pi}


def bits_of(rows: FileRows) -> int:
    """Of the doubles that the one outcome was summed in, 0 for integers."""
    (sums,) = rows.scanned.outcomes.values()
    return sums.summed.scheme.bits


def exact(path: Path | list[Path], protocol: Protocol, threads: int | None = None) -> str:
    rows = open_rows(path, protocol, threads=threads)
    assert bits_of(rows), "this test is about sums in doubles"
    found = [asdict(estimate(protocol, rows, within)) for within in ((), (("sub", "1"),))]
    return json.dumps(found, default=float.hex)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_doubles_say_what_arrays_say(protocol: Protocol, tmp_path: Path) -> None:
    trial = numbers(1)
    rows = open_rows(write_parquet(trial, tmp_path / "data.parquet"), protocol)
    assert bits_of(rows)
    for within in ((), (("sub", "0"),), (("sub", "2"),)):
        agree(estimate(protocol, rows, within), estimate(protocol, in_memory(trial), within), rel=1e-9)


@pytest.mark.usefixtures("at_once")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.integers(1, 5), st.sampled_from(PROTOCOLS))
def test_doubles_in_any_order(tmp_path: Path, seed: int, threads: int, protocol: Protocol) -> None:
    trial = numbers(seed)
    order = np.random.default_rng(seed).permutation(len(trial["y"]))
    mixed = {name: column[order] for name, column in trial.items()}
    parts = [
        write_parquet({name: column[half] for name, column in mixed.items()}, tmp_path / f"{place}.parquet", 2_048)
        for place, half in enumerate((slice(0, 1_000), slice(1_000, None)))
    ]
    assert exact(parts, protocol, threads) == exact(write_parquet(trial, tmp_path / "whole.parquet"), protocol, 1)


def test_a_million_rows_in_any_order(tmp_path: Path) -> None:
    """Above the number of rows from which doubles are used, by themselves."""
    protocol = registered(adjust_for=("x",), groups=("sub",))
    sql = """SELECT sin(i) * 3 + (i * 7919) % 5000 % 2 AS y, cos(i * 0.7) AS x, (i * 7919) % 5000 AS school,
             (i * 7919) % 5000 % 2 AS arm, i % 3 AS sub FROM range(1_200_000) t(i)"""
    with duckdb.connect() as connection:
        for name, order in (("as made", "i"), ("mixed", "hash(i)")):
            connection.execute(f"COPY ({sql} ORDER BY {order}) TO '{tmp_path}/{name}.parquet' (FORMAT parquet)")
    told = {
        exact(tmp_path / f"{name}.parquet", protocol, threads) for name in ("as made", "mixed") for threads in (1, 4)
    }
    assert len(told) == 1


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("column", ["y", "x"])
def test_an_outlier_calls_for_integers(column: str, tmp_path: Path) -> None:
    trial = numbers(2)
    trial[column][7] = 1e9
    rows = open_rows(write_parquet(trial, tmp_path / "data.parquet"), PROTOCOLS[0])
    assert not bits_of(rows)
    agree(estimate(PROTOCOLS[0], rows), estimate(PROTOCOLS[0], in_memory(trial)), rel=1e-8)


@pytest.mark.usefixtures("at_once")
def test_one_large_school_calls_for_integers(tmp_path: Path) -> None:
    """Its sums could pass 2^53; the others' could not."""
    trial = numbers(3, n=40_000)
    trial["school"] = np.where(np.arange(40_000) < 30_000, 0, trial["school"])
    trial["arm"] = trial["school"] % 2
    trial["sub"] = np.arange(40_000) % 2
    rows = open_rows(write_parquet(trial, tmp_path / "data.parquet"), PROTOCOLS[0])
    assert not bits_of(rows)
    agree(estimate(PROTOCOLS[0], rows), estimate(PROTOCOLS[0], in_memory(trial)), rel=1e-9)
    usual = numbers(3, n=40_000)
    assert bits_of(open_rows(write_parquet(usual, tmp_path / "usual.parquet"), PROTOCOLS[0]))


@pytest.mark.usefixtures("at_once")
def test_a_group_without_variation_calls_for_integers(tmp_path: Path) -> None:
    trial = numbers(4)
    trial["x"] = np.where(trial["sub"] == 1, 0.1, trial["x"])
    rows = open_rows(write_parquet(trial, tmp_path / "data.parquet"), PROTOCOLS[0])
    assert not bits_of(rows)
    assert estimate(PROTOCOLS[0], rows, (("sub", "1"),)).left_out == ("x",)
