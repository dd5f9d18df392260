"""What a backend cannot give is refused in the words of files; passwords stay secret, and nothing is written."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb
import psycopg
import pytest

from beside_files import Places, opened_places
from clew.errors import InputError
from clew.evaluate import backend_session, faults
from clew.evaluate.backend import InBackend, find_in_backend, open_rows
from clew.evaluate.backend_checks import CONDITIONS
from clew.evaluate.backend_session import shown
from clew.pilot.protocol import Protocol
from trials import a_trial, registered, units

ENGINES = ("duckdb", "postgres")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with opened_places(tmp_path_factory.mktemp("backend")) as opened:
        yield opened


@pytest.fixture
def server(places: Places) -> str:
    return places.server


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


BOTH = 6
"""The first of them, on how numbers are read from texts, are put to both engines; the others to one."""

CASES = [
    (engine, *case)
    for number, case in enumerate(SAID_OF_ROWS)
    for engine in (ENGINES if number < BOTH else ENGINES[number % 2 : number % 2 + 1])
]


@pytest.mark.parametrize(("engine", "rows", "protocol", "said"), CASES, ids=[f"{case[0]}: {case[3]}" for case in CASES])
def test_rows_that_cannot_be_used_are_refused_as_in_files(
    engine: str, rows: str, protocol: Protocol, said: str, tmp_path: Path, server: str
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
