"""Data evaluated where they lie say what files say, to twelve digits and in the same words; they stay as they are."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import psycopg
import pytest

import clew
import postgresql
from beside_files import into_duckdb, into_postgres, same_as_files
from clew.cli import run
from clew.errors import InputError, RefusedError
from clew.evaluate import backend_session, faults
from clew.evaluate.backend import InBackend, find_in_backend, in_backend, open_rows
from clew.evaluate.backend_checks import CONDITIONS
from clew.evaluate.backend_session import shown
from clew.evaluate.designs import DESIGNS
from clew.gate.desk import evaluate_and_record, evaluate_files
from clew.gate.evaluation import IN_BACKEND, published_bytes, read_back
from clew.pilot.in_record import lock_in
from clew.pilot.parse import load_protocol
from clew.pilot.protocol import Protocol
from clew.record.folder import create, open_record
from clew.report import report_of
from drawn_designs import drawn, protocol_of, variants
from pilots import PROTOCOL, SIX_MONTHS, write_data
from trials import Trial, a_trial, registered, units, write_csv, write_parquet

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
def server() -> Iterator[str]:
    with postgresql.cluster() as address:
        yield address


class Places:
    """Puts rows into an engine, under a new name each time."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder, self.server, self.number = folder, server, 0

    def put(self, rows: Trial, engine: str) -> InBackend:
        self.number += 1
        table = f"rows{self.number}"
        if engine == "postgres":
            into_postgres(rows, self.server, table)
            return InBackend(self.server, (table,))
        into_duckdb(rows, self.folder / "pilots.duckdb", table)
        return InBackend(f"duckdb://{self.folder}/pilots.duckdb", (table,))


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, server: str) -> Places:
    return Places(tmp_path_factory.mktemp("backend"), server)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", TRIALS)
def test_a_table_says_what_the_file_says(name: str, engine: str, places: Places, tmp_path: Path) -> None:
    trial = a_trial()
    trial["y"][[3, 50, 51]] = np.nan
    path = write_parquet(trial, tmp_path / "trial.parquet")
    found = same_as_files(TRIALS[name], places.put(trial, engine), path)
    assert found.backend == {"duckdb": "DuckDB", "postgres": "PostgreSQL"}[engine]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["clusters", "units, HC1"])
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


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["clusters, adjusted", "units, HC2", "units, HC1"])
def test_an_offset_of_a_million_costs_no_digit(name: str, engine: str, places: Places, tmp_path: Path) -> None:
    trial = a_trial(seed=3)
    trial["y"], trial["x"] = trial["y"] + 1e6, trial["x"] - 1e6
    same_as_files(TRIALS[name], places.put(trial, engine), write_parquet(trial, tmp_path / "trial.parquet"))


@pytest.mark.parametrize("kind", DESIGNS)
def test_every_design_says_what_the_file_says(kind: str, places: Places, tmp_path: Path) -> None:
    """The default in both engines, the others in one of them."""
    for number, protocol in enumerate(variants(kind)):
        rows = drawn(protocol)
        path = write_parquet(rows, tmp_path / f"{number}.parquet")
        for engine in ENGINES[: 2 - bool(number)]:
            same_as_files(protocol, places.put(rows, engine), path)


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
    trial = a_trial()
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


SAID_OF_ROWS = [
    ("('0', '1', 1), ('1', 'many', 1), ('1', 'few', 1)", registered(**units()), 'not a number: "few", "many".'),
    ("('0', '1,5', 1), ('1', '2', 1)", registered(**units()), "decimal comma"),
    ("('0', '1', 1), ('1', 'NaN', 1)", registered(**units()), 'column "y" holds NaN'),
    ("('0', '1', 1), ('1', 'Infinity', 1), ('1', '-inf', 1)", registered(**units()), "2 rows"),
    ("('0', '1', 1), ('1', '1e41', 1)", registered(**units()), "too large"),
    ("('0', '1', 1), ('1', '1e400', 1)", registered(**units()), "not a number"),
    ("('0', '1e-50', 1), ('1', '2e-50', 1)", registered(**units()), "differ by less than 1e-40"),
    ("('0', '', 1), ('1', NULL, 1)", registered(**units()), "no row has an outcome"),
    ("('0', '3', 1), ('1', '3', 1)", registered(**units()), "every outcome is 3"),
    ("('0', '1', 1), ('1', '0.5', 1), ('0', '0', 1)", registered(measure="proportion", **units()), ': "0.5"'),
    ("('0', '1', 1), ('1', '2.5', 1), ('0', '0', 1)", registered(measure="count", **units()), 'a count: "2.5"'),
    ("('0', '1', 1), ('1', '-2', 1), ('0', '0', 1)", registered(measure="count", **units()), "whole numbers from 0"),
    ("('0', '1', 1), ('1', '2', NULL), ('0', '3', 2)", registered(adjust_for=("x",), **units()), '"x" is empty where'),
    ("('0', '1', 1), ('1', '2', 0), ('0', '3', 2)", registered(**units(weights="x")), 'weights in column "x" must'),
    ("('0', '1', 7), ('1', '2', 8), ('0', '2', 7)", registered(**units(unit="x")), '"7" (2 times)'),
    ("('0', '1', 1), ('1', '2', 1), ('2', '3', 1)", registered(**units(treated="1")), 'unknown arm "2"; known are'),
    ("('0', '1', 1), ('0', '2', 1)", registered(**units()), "only one arm"),
    ("('0', '1', 1), ('1', '2', 1), ('0', '3', 2)", registered(cluster="x"), "1 clusters have rows in more than one"),
    ("('0', '1', 1), ('1', '2', NULL), ('0', '3', 2)", registered(cluster="x"), '"x" is empty where there is an out'),
    ("", registered(**units()), "no row"),
    ("('0', '1', 1)", registered(outcome="z", **units()), 'column "z" is missing; the table has "arm", "y", "x"'),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("rows", "protocol", "said"), SAID_OF_ROWS, ids=[said for _, _, said in SAID_OF_ROWS])
def test_rows_that_cannot_be_used_are_refused_as_in_files(
    rows: str, protocol: Protocol, said: str, engine: str, tmp_path: Path, server: str
) -> None:
    made = ["DROP TABLE IF EXISTS bad", "CREATE TABLE bad (arm text, y text, x int)"]
    made += [f"INSERT INTO bad VALUES {rows}"] if rows else []
    with duckdb.connect(tmp_path / "bad.duckdb") if engine == "duckdb" else psycopg.connect(server) as connection:
        for one in made:
            connection.execute(one)
    url = f"duckdb://{tmp_path}/bad.duckdb" if engine == "duckdb" else server
    with pytest.raises(InputError) as caught:
        find_in_backend(protocol, InBackend(url, ("bad",)), None)
    assert said in str(caught.value)
    for problem in caught.value.problems:
        assert problem.what
        assert problem.where, "an error says where"
        assert problem.do, "an error says what to do"


def test_columns_that_hold_no_plain_values_are_refused(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "lists.duckdb") as connection:
        connection.execute("CREATE TABLE lists AS SELECT i % 2 AS arm, [i] AS y FROM range(9) t(i)")
    with pytest.raises(InputError, match='column "y" holds array<int64> values, not numbers or texts'):
        open_rows(InBackend(f"duckdb://{tmp_path}/lists.duckdb", ("lists",)), registered(**units()))


def test_every_fault_of_a_value_is_known_to_ibis() -> None:
    assert set(CONDITIONS) == {one for one in vars(faults).values() if isinstance(one, faults.Fault)}


@pytest.mark.parametrize(
    ("url", "data", "said"),
    [
        ("pilots.duckdb", ("t",), "is no address of a backend"),
        ("mysql://reader@host/db", ("t",), "mysql://reader@host/db is no address of a backend"),
        ("duckdb://{folder}/absent.duckdb", ("t",), "the backend cannot be opened"),
        ("duckdb://", ("absent",), 'there is no table "absent"'),
        ("duckdb://", ("absent.csv",), "there is no such file"),
        ("postgres://clew:geheim@127.0.0.1:1/none", ("t",), "cannot be opened: connection failed"),
        ("{server}", ("absent",), 'there is no table "absent"'),
        ("{server}", ("no.such",), 'there is no table "no.such"'),
        ("{server}", ("one", "other"), 'one table is evaluated, not "one", "other"'),
        ("{server}", ("data.csv",), 'PostgreSQL holds tables, and "data.csv" are files'),
    ],
)
def test_what_cannot_be_opened_is_named(
    url: str, data: tuple[str, ...], said: str, tmp_path: Path, server: str
) -> None:
    with pytest.raises(InputError) as caught:
        open_rows(InBackend(url.format(folder=tmp_path, server=server), data), registered())
    assert said in str(caught.value)
    assert "geheim" not in str(caught.value)
    assert not (tmp_path / "absent.duckdb").exists()


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("postgres://ana:p@ss:word?x=1@host:5432/db?sslmode=require", "postgres://ana@host:5432/db"),
        ("postgres://ana:secret@/db?host=/run", "postgres://ana@/db"),
        ("postgres://host/db?password=secret", "postgres://host/db"),
        ("duckdb://data/pilots.duckdb", "duckdb://data/pilots.duckdb"),
        ("nothing", "nothing"),
    ],
)
def test_a_password_is_never_shown(url: str, safe: str) -> None:
    assert shown(url) == safe


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ibis", None)
    with pytest.raises(InputError, match=r'Ibis is not installed.*pip install "clew\[backends\]"'):
        open_rows(InBackend("duckdb://", ("t",)), registered())


def test_nothing_can_be_written(places: Places, server: str) -> None:
    """Sessions are opened for reading; PostgreSQL and DuckDB themselves refuse a table."""
    url = places.put(a_trial(), "duckdb").url
    for address, refused in ((url, duckdb.Error), (server, psycopg.errors.ReadOnlySqlTransaction)):
        session = backend_session.open_session(address)
        try:
            with pytest.raises(refused):
                session.backend.create_table("written", schema={"a": "int64"})
        finally:
            session.close()


def test_sessions_are_closed_also_after_a_refusal(server: str, places: Places) -> None:
    where = places.put(a_trial(), "postgres")
    for protocol in (registered(), registered(outcome="absent")):
        with suppress(InputError):
            find_in_backend(protocol, where, None)
    with psycopg.connect(server) as connection:
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'postgres' AND pid <> pg_backend_pid()"
        assert connection.execute(others).fetchone() == (0,)


def test_what_the_engine_cannot_answer_is_one_clear_error(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE VIEW broken AS SELECT 1 / (1 - arm) AS y, arm FROM generate_series(0, 1) AS arm")
    with pytest.raises(InputError, match="the data cannot be read: division by zero"):
        open_rows(InBackend(server, ("broken",)), registered(**units()))


def test_a_published_evaluation_says_that_its_seal_is_of_aggregates(places: Places) -> None:
    protocol = protocol_of("randomised")
    evaluation = evaluate_files(protocol, places.put(drawn(protocol), "postgres"))
    assert IN_BACKEND.format(backend="PostgreSQL") in evaluation.notices
    assert read_back(published_bytes(evaluation), protocol) == evaluation
    assert "of the counts and sums in PostgreSQL, not of the rows" in report_of(evaluation)


def test_files_say_nothing_of_a_backend(tmp_path: Path) -> None:
    evaluation = evaluate_files(registered(), write_csv(a_trial(), tmp_path / "trial.csv"))
    assert "backend" not in evaluation.to_dict()
    assert not any("counts and sums" in notice for notice in evaluation.notices)


def test_the_command_line_and_the_face_evaluate_in_a_backend(
    places: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    protocol = protocol_of("randomised")
    (tmp_path / "protocol.toml").write_text(protocol.text)
    where = places.put(drawn(protocol), "duckdb")
    assert run(["evaluate", str(tmp_path / "protocol.toml"), *where.data, "--backend", where.url, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["backend"] == "DuckDB"
    assert clew.evaluate(tmp_path / "protocol.toml", where.data, backend=where.url).to_dict() == printed


def test_the_same_look_on_the_same_rows_is_recorded_once(server: str, tmp_path: Path) -> None:
    """In another order and in another engine too: what stands on the record is what was seen."""
    (tmp_path / "protocol.toml").write_text(PROTOCOL, encoding="utf-8")
    at = datetime(2026, 9, 1, tzinfo=UTC)
    lock_in(load_protocol(tmp_path / "protocol.toml"), create(tmp_path / "record", origin="example.org/desk"), at=at)
    lines = write_data(tmp_path / "visits.csv", SIX_MONTHS).read_text().splitlines()

    def looked(where: InBackend) -> int:
        record = tmp_path / "record"
        evaluate_and_record(
            tmp_path / "protocol.toml", where, record=record, look=1, at=at + timedelta(days=200), by="evaluator"
        )
        return open_record(record).size

    def written(lines: list[str]) -> InBackend:
        (tmp_path / "again.csv").write_text("\n".join(lines) + "\n")
        return in_backend("duckdb://", tmp_path / "again.csv")

    size = looked(written(lines))
    assert looked(written([lines[0], *lines[:0:-1]])) == size
    columns = zip(*(line.split(",") for line in lines[1:]), strict=True)
    rows = dict(zip(lines[0].split(","), map(np.array, columns), strict=True))
    into_postgres({**rows, "safe": rows["safe"].astype(int)}, server, "visits")
    assert looked(InBackend(server, ("visits",))) == size
    lines[1] = lines[1].replace(",1,", ",0,")
    with pytest.raises(RefusedError, match="was taken on other data"):
        looked(written(lines))
