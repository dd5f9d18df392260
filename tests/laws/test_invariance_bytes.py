"""The same rows give the same bytes: in any order, in any chunks, on any number of threads, under any hash seed."""

import itertools
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.evaluate.estimate import estimate
from clew.evaluate.files import open_rows
from clew.pilot.protocol import Protocol
from trials import Trial, a_trial, registered, units, write_csv, write_parquet

PROTOCOLS = [
    registered(adjust_for=("x", "t"), groups=("sub",)),
    registered(block="block", groups=("sub",), weights="w", adjust_for=("x",)),
    registered(groups=("sub",), adjust_for=("x", "t"), **units(estimator="lin")),
    registered(groups=("sub",), **units(estimator="block-weighted", block="grade", standard_errors="classical")),
]


def exact(paths: Path | list[Path], protocol: Protocol, threads: int | None = None) -> str:
    """Every figure of all rows and of each group, to the last bit."""
    rows = open_rows(paths, protocol, threads=threads)
    found = [asdict(estimate(protocol, rows, within)) for within in ((), (("sub", "1"),), (("sub", "2"),))]
    return json.dumps(found, default=float.hex)


def shuffled(trial: Trial, seed: int) -> Trial:
    order = np.random.default_rng(seed).permutation(len(trial["y"]))
    return {name: column[order] for name, column in trial.items()}


def heavy(seed: int = 1, n: int = 3_000) -> Trial:
    """Outcomes over twelve orders of magnitude: floating-point sums of these depend on their order."""
    trial = a_trial(seed, n=n, schools=24)
    rng = np.random.default_rng(seed)
    return trial | {"y": trial["y"] * 10.0 ** rng.uniform(-6, 6, n), "x": trial["x"] + 1e6}


def test_plain_sums_of_these_outcomes_do_depend_on_order() -> None:
    """The test below would be empty if they did not."""
    sums = {float(np.cumsum(shuffled(heavy(), seed)["y"] ** 2)[-1]) for seed in range(5)}
    assert len(sums) > 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_shuffled_rows_chunks_and_threads(protocol: Protocol, write: Any, tmp_path: Path) -> None:
    trial = heavy()
    whole = exact(write(trial, tmp_path / "whole"), protocol, 1)
    assert exact(tmp_path / "whole", protocol, 4) == whole
    assert exact(write(shuffled(trial, 1), tmp_path / "shuffled"), protocol) == whole
    cuts = [0, 1, 700, 701, 2_500, 3_000]
    mixed = shuffled(trial, 2)
    parts = [
        write({name: column[start:stop] for name, column in mixed.items()}, tmp_path / f"part-{start}")
        for start, stop in itertools.pairwise(cuts)
    ]
    assert exact(parts, protocol, 2) == whole
    assert exact(parts[::-1], protocol, 3) == whole


def test_csv_and_parquet_of_the_same_numbers(tmp_path: Path) -> None:
    """Not the same keys' types, so not the same order of cells; still the same to a few units in the last place."""
    trial, protocol = heavy(), PROTOCOLS[0]
    csv, parquet = (write(trial, tmp_path / "data") for write in (write_csv, write_parquet))
    found = [estimate(protocol, open_rows(path, protocol)) for path in (csv, parquet)]
    assert found[0].estimate == pytest.approx(found[1].estimate, rel=1e-12)
    assert found[0].std_error == pytest.approx(found[1].std_error, rel=1e-12)


def test_parquet_row_groups(tmp_path: Path) -> None:
    """Small row groups are spread over threads; large ones are not."""
    trial, protocol = heavy(n=20_000), PROTOCOLS[0]
    small = write_parquet(trial, tmp_path / "small.parquet", row_group_size=2_048)
    large = write_parquet(shuffled(trial, 3), tmp_path / "large.parquet")
    with duckdb.connect() as connection:
        groups = connection.execute(f"SELECT count(DISTINCT row_group_id) FROM parquet_metadata('{small}')").fetchall()
    assert groups[0][0] > 4
    assert len({exact(path, protocol, threads) for path in (small, large) for threads in (1, 2, 4)}) == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.integers(1, 6), st.sampled_from(PROTOCOLS))
def test_any_trial_in_any_order(tmp_path: Path, seed: int, threads: int, protocol: Protocol) -> None:
    trial = heavy(seed, n=400)
    first = exact(write_csv(trial, tmp_path / "first.csv"), protocol)
    assert exact(write_csv(shuffled(trial, seed), tmp_path / "again.csv"), protocol, threads) == first


PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from test_invariance_bytes import PROTOCOLS, exact
for protocol in PROTOCOLS:
    print(exact(Path(sys.argv[2]), protocol))
"""


def test_hash_seeds(tmp_path: Path) -> None:
    """Two processes whose sets and dictionaries of text are laid out differently print the same bytes."""
    path = write_parquet(heavy(), tmp_path / "data.parquet")
    here = Path(__file__).parent
    told = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, here, path],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(here.parent)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]
    assert told[0].count(b"estimate") == 3 * len(PROTOCOLS)
