"""Data evaluated where they lie say what files say, to twelve digits and in the same words; they stay as they are."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import numpy as np
import psycopg
import pytest

from beside_files import Places, into_postgres, opened_places, same_as_files
from clew.evaluate.backend import InBackend, find_in_backend, in_backend
from clew.evaluate.backend import open_rows as open_in_backend
from clew.evaluate.designs import layout_of
from clew.evaluate.estimate import estimate
from clew.evaluate.files import open_rows
from clew.pilot.protocol import Outcome
from trials import a_trial, agree, gappy, registered, several, units, write_csv, write_parquet

ENGINES = ("duckdb", "postgres")
TRIALS = {
    "clusters": registered(),
    "clusters, adjusted": registered(adjust_for=("x", "t"), estimator="lin", groups=("sub",)),
    "clusters, weighted": registered(adjust_for=("x",), weights="w", groups=("sub",)),
    "units, HC2": registered(adjust_for=("x", "t"), groups=("sub",), **units()),
    "units, HC2, weighted": registered(adjust_for=("x",), estimator="lin", **units(weights="w")),
    "units, HC1": registered(adjust_for=("x",), **units(standard_errors="hc1")),
    "units, classical, absorbed": registered(
        adjust_for=("x",), **units(fixed_effects=("grade",), standard_errors="classical")
    ),
    "blocks": registered(block="block", estimator="block-weighted"),
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with opened_places(tmp_path_factory.mktemp("backend")) as opened:
        yield opened


@pytest.mark.parametrize(("name", "engine"), list(zip(TRIALS, cycle(ENGINES), strict=False)))
def test_a_table_says_what_the_file_says(name: str, engine: str, places: Places, tmp_path: Path) -> None:
    trial = a_trial()
    trial["y"][[3, 50, 51]] = np.nan
    path = write_parquet(trial, tmp_path / "trial.parquet")
    found = same_as_files(TRIALS[name], places.put(trial, engine), path)
    assert found.backend == {"duckdb": "DuckDB", "postgres": "PostgreSQL"}[engine]


@pytest.mark.parametrize(("name", "engine"), [("clusters", "postgres"), ("units, HC1", "duckdb")])
def test_bounds_for_those_lost_from_one_arm_are_the_same(
    name: str, engine: str, places: Places, tmp_path: Path
) -> None:
    trial = a_trial(n=600)
    trial["y"] = np.where((trial["arm"] == 1) & (np.arange(600) % 3 == 0), np.nan, trial["y"])
    path = write_parquet(trial, tmp_path / "trial.parquet")
    found = same_as_files(TRIALS[name], places.put(trial, engine), path)
    lost = next(screen for screen in found.screens if screen.name == "differential attrition")
    assert lost.flag
    assert lost.instead is not None


@pytest.mark.parametrize(
    ("name", "engine"), [("clusters, adjusted", "duckdb"), ("units, HC2", "postgres"), ("units, HC1", "duckdb")]
)
def test_an_offset_of_a_million_costs_no_digit(name: str, engine: str, places: Places, tmp_path: Path) -> None:
    trial = a_trial(seed=3)
    trial["y"], trial["x"] = trial["y"] + 1e6, trial["x"] - 1e6
    same_as_files(TRIALS[name], places.put(trial, engine), write_parquet(trial, tmp_path / "trial.parquet"))


@pytest.mark.parametrize(("name", "engine"), [("units, HC2", "duckdb"), ("clusters, weighted", "postgres")])
def test_people_of_no_known_group_are_no_group(name: str, engine: str, places: Places, tmp_path: Path) -> None:
    trial = a_trial()
    trial["sub"] = np.where(np.arange(240) % 4 == 0, None, trial["sub"].astype(str).astype(object))
    path = write_parquet(trial, tmp_path / "trial.parquet")
    found = same_as_files(TRIALS[name], places.put(trial, engine), path)
    assert "" in {group.group for group in found.equity}


@pytest.mark.parametrize(("name", "engine"), [("clusters, adjusted", "duckdb"), ("units, HC1", "postgres")])
def test_further_outcomes_come_with_the_first(name: str, engine: str, places: Places, tmp_path: Path) -> None:
    trial = gappy(several(a_trial()))
    further = tuple(Outcome(column, "mean", "higher") for column in ("late", "passed", "days"))
    protocol = replace(TRIALS[name], secondary=further)
    path = write_parquet(trial, tmp_path / "trial.parquet")
    there, here = open_in_backend(places.put(trial, engine), protocol), open_rows(path, protocol)
    for outcome in further:
        alone = protocol.about(outcome)
        agree(estimate(alone, there), estimate(alone, here), rel=1e-12)
        mine, theirs = (rows.tally(layout_of(alone)) for rows in (there, here))
        assert mine.by("arm", mine.n) == theirs.by("arm", theirs.n)
        assert mine.by("arm", mine.missing) == theirs.by("arm", theirs.missing)
    there.close()


def test_a_database_may_read_files_besides(places: Places, tmp_path: Path) -> None:
    trial = a_trial()
    path = write_parquet(trial, tmp_path / "trial.parquet")
    where = in_backend(places.put(trial, "duckdb").url, path)
    assert same_as_files(TRIALS["clusters"], where, path).backend == "DuckDB"


def test_columns_of_other_types_mean_the_same(places: Places, tmp_path: Path) -> None:
    """Numbers as texts or decimals, arms as booleans, clusters as dates: PostgreSQL has them all."""
    trial = {**a_trial(), "arm": a_trial()["arm"] == 1}
    into_postgres(trial, places.server, "typed")
    with psycopg.connect(places.server, autocommit=True) as connection:
        connection.execute(
            "CREATE SCHEMA s; CREATE TABLE s.typed AS SELECT ' ' || y::text || ' ' AS y, x::numeric(40, 30) AS x, arm,"
            " date '2026-01-01' + school::int AS school FROM typed"
        )
    trial["school"] = (np.datetime64("2026-01-01") + trial["school"]).astype("U10")
    protocol = registered(adjust_for=("x",), comparison="false")
    path = write_parquet(trial, tmp_path / "trial.parquet")
    same_as_files(protocol, InBackend(places.server, ("s.typed",)), path)


@pytest.mark.parametrize("form", ["parquet", "csv", "folder", "semicolons"])
def test_duckdb_reads_files_itself(form: str, tmp_path: Path) -> None:
    """School "1.0" is not school "1", though a reader that guesses types would say so."""
    trial = a_trial()
    trial["school"] = np.array([{1: "1", 3: "1.0"}.get(school, str(school)) for school in trial["school"]])
    protocol = registered(adjust_for=("x", "t"), groups=("sub",))
    path = tmp_path / "trial"
    if form == "folder":
        path.mkdir()
        for part in (0, 1):
            write_csv({name: values[part::2] for name, values in trial.items()}, path / f"part{part}.csv")
    else:
        path = {
            "parquet": lambda: write_parquet(trial, tmp_path / "trial.parquet"),
            "csv": lambda: write_csv(trial, tmp_path / "trial.csv"),
            "semicolons": lambda: write_csv(trial, tmp_path / "trial.csv", delimiter=";"),
        }[form]()
    same_as_files(protocol, in_backend("duckdb://", path), path)


def test_order_and_engine_change_no_bit(places: Places) -> None:
    """Neither of the effect nor of the seal; so a look taken again on the same data is the same look."""
    protocol = registered(adjust_for=("x", "t"), estimator="lin", groups=("sub",), weights="w")
    trial = a_trial(n=3_000)
    order = np.random.default_rng(4).permutation(3_000)
    shuffled = {name: values[order] for name, values in trial.items()}
    found = [
        find_in_backend(protocol, places.put(rows, engine), None) for rows in (trial, shuffled) for engine in ENGINES
    ]
    assert len({(one.data_sha256, one.effect, one.equity) for one in found}) == 1


def test_the_seal_tells_another_value(places: Places) -> None:
    protocol, trial = registered(adjust_for=("x",)), a_trial()
    changed = {**trial, "x": trial["x"].copy()}
    changed["x"][7] = np.nextafter(changed["x"][7], 9)
    one, other = (find_in_backend(protocol, places.put(rows, "duckdb"), None) for rows in (trial, changed))
    assert one.data_sha256 != other.data_sha256


def test_an_outlier_elsewhere_costs_no_digit(places: Places, tmp_path: Path) -> None:
    """One row of another arm lies ten thousand standard deviations away."""
    trial = a_trial()
    trial["arm"] = trial["arm"].copy()
    trial["arm"][0], trial["y"][0] = 2, -1e4
    protocol = registered(estimator="lin", treated="1", other_arms=("2",), **units())
    path = write_parquet(trial, tmp_path / "trial.parquet")
    same_as_files(protocol, places.put(trial, "postgres"), path)
