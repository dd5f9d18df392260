"""Names and bytes that mean harm: nothing is run, nothing else is read, each file ends in a result or one error."""

import csv
import io
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clew.errors import InputError
from clew.evaluate.estimate import RawEstimate, estimate
from clew.evaluate.files import open_rows
from clew.pilot.protocol import Protocol
from trials import a_trial, agree, in_memory, registered, units, write_csv, write_parquet

HOSTILE = [
    '"; DROP TABLE cells; --',
    "'; SELECT * FROM read_csv('/etc/passwd'); --",
    "\" FROM read_text('/etc/passwd')) --",
    "y) FROM cells --",
    "{y}",
    "c0",
    "k0",
    "n",
    "p0_1",
    "select",
    "a\"b'c`d\\e",
    "имя ☃",
    "file_row_number",
    "filename",
    "%s",
    " spaced ",
]
SETTINGS = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_column_name_is_only_a_name(name: str, tmp_path: Path) -> None:
    trial = a_trial()
    renamed = {(name.strip() if column == "y" else column): values for column, values in trial.items()}
    expected = estimate(registered(), in_memory(trial))
    protocol = registered(outcome=name.strip())
    path = tmp_path / "data.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [list(renamed), *zip(*(values.tolist() for values in renamed.values()), strict=True)]
        )
    agree(estimate(protocol, open_rows(path, protocol)), expected)
    parquet = write_parquet(renamed, tmp_path / "data.parquet")
    agree(estimate(protocol, open_rows(parquet, protocol)), expected)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_label_is_only_a_label(name: str, tmp_path: Path) -> None:
    trial = a_trial()
    trial["t"] = np.where(trial["t"] == "east", name, trial["t"])
    trial["arm"] = np.where(trial["arm"] == 1, name, "0")
    protocol = registered(adjust_for=("x", "t"), groups=("t",), **units(cluster=None))
    path = tmp_path / "data.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([list(trial), *zip(*(values.tolist() for values in trial.values()), strict=True)])
    rows = open_rows(path, protocol)
    within = (("t", name),)
    if name == name.strip():
        agree(estimate(protocol, rows, within), estimate(protocol, in_memory(trial), within))
    agree(estimate(protocol, rows), estimate(protocol, in_memory(trial)))


@pytest.mark.parametrize(
    "name", ["it's.csv", "a';--.csv", "data [1].csv", "wh?t.csv", "all*.csv", 'q"uote.csv', "%20.csv", "-x.csv"]
)
def test_a_hostile_file_name_is_only_a_name(name: str, tmp_path: Path) -> None:
    protocol = registered()
    path = write_csv(a_trial(), tmp_path / name)
    (tmp_path / "data 1.csv").write_text("not,asked\n1,2\n")
    (tmp_path / "allx.csv").write_text("not,asked\n1,2\n")
    (tmp_path / "what.csv").write_text("not,asked\n1,2\n")
    agree(estimate(protocol, open_rows(path, protocol)), estimate(protocol, in_memory(a_trial())))


def test_the_session_can_read_nothing_but_what_was_named(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("secret\n1\n")
    rows = open_rows(write_csv(a_trial(), tmp_path / "data.csv"), registered())
    for attempt in (
        f"SELECT * FROM read_csv('{tmp_path}/other.csv')",
        "SELECT * FROM read_text('/etc/passwd')",
        f"COPY cells TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/new.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ):
        with pytest.raises(duckdb.Error):
            rows.table.connection.execute(attempt)
    assert {item.name for item in tmp_path.iterdir()} == {"data.csv", "other.csv"}


def either_a_result_or_one_error(path: Path, protocol: Protocol) -> None:
    """The whole promise about files: an estimate of finite numbers, or an InputError with where and what to do."""
    outcome = tried(path, protocol)
    if isinstance(outcome, InputError):
        assert all(problem.what and problem.where and problem.do for problem in outcome.problems)
        assert "Error:" not in str(outcome)
    else:
        assert np.isfinite([outcome.estimate, outcome.std_error, outcome.df, outcome.mean_treated]).all()
        assert outcome.std_error > 0


def tried(path: Path, protocol: Protocol) -> RawEstimate | InputError:
    """What comes of a file; anything but these two fails the test."""
    try:
        return estimate(protocol, open_rows(path, protocol))
    except InputError as error:
        return error


PROTOCOLS = [
    registered(**units()),
    registered(adjust_for=("x",)),
    registered(measure="proportion", estimator="lin", adjust_for=("x", "t"), **units()),
    registered(measure="count", weights="w", block="school", **units()),
    registered(**units(estimator="block-weighted", block="t", unit="x")),
]
FIELD = st.one_of(
    st.sampled_from(
        [
            "0",
            "1",
            "",
            "nan",
            "inf",
            "-1",
            "1.5",
            "1,5",
            "1e308",
            "-1e308",
            "5e-324",
            '"',
            '"a"',
            "a;b",
            "\ufeff",
            "\x00",
        ]
    ),
    st.floats().map(str),
    st.integers().map(str),
    st.text(max_size=6),
)
ROW = st.tuples(st.sampled_from(["0", "1"]), *[st.one_of(st.integers(0, 3).map(str), FIELD)] * 5)


@SETTINGS
@given(st.sampled_from(PROTOCOLS), st.lists(ROW, max_size=12), st.sampled_from([",", ";"]), st.booleans())
def test_a_table_of_odd_values(
    tmp_path: Path, protocol: Protocol, rows: list[tuple[str, ...]], delimiter: str, quoted: bool
) -> None:
    path = tmp_path / "data.csv"
    text = io.StringIO(newline="")
    names = ("arm", "y", "x", "t", "w", "school")
    if quoted:
        csv.writer(text, delimiter=delimiter).writerows([names, *rows])
    else:
        text.write("\n".join(delimiter.join(row) for row in [names, *rows]) + "\n")
    path.write_bytes(text.getvalue().encode(errors="surrogatepass"))
    either_a_result_or_one_error(path, protocol)


@SETTINGS
@given(st.sampled_from(PROTOCOLS), st.binary(max_size=200))
@example(PROTOCOLS[0], b"arm,y\n0,1\n1,2\n0,3\n1,5\n")
def test_any_bytes(tmp_path: Path, protocol: Protocol, content: bytes) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    either_a_result_or_one_error(path, protocol)


def spoilt(whole: bytes) -> st.SearchStrategy[bytes]:
    """The bytes of a good file, cut, with a stretch overwritten, inserted or removed."""
    place, piece = st.integers(0, len(whole)), st.binary(max_size=8)
    return st.one_of(
        place.map(lambda at: whole[:at]),
        st.tuples(place, piece).map(lambda pair: whole[: pair[0]] + pair[1] + whole[pair[0] :]),
        st.tuples(place, piece).map(lambda pair: whole[: pair[0]] + pair[1] + whole[pair[0] + len(pair[1]) :]),
        st.tuples(place, st.integers(1, 40)).map(lambda pair: whole[: pair[0]] + whole[sum(pair) :]),
    )


@SETTINGS
@given(st.data())
def test_a_good_csv_spoilt(tmp_path: Path, data: st.DataObject) -> None:
    whole = write_csv(a_trial(n=48), tmp_path / "whole.csv").read_bytes()
    (tmp_path / "data.csv").write_bytes(data.draw(spoilt(whole)))
    either_a_result_or_one_error(tmp_path / "data.csv", data.draw(st.sampled_from(PROTOCOLS)))


@SETTINGS
@given(st.data())
def test_a_good_parquet_spoilt(tmp_path: Path, data: st.DataObject) -> None:
    whole = write_parquet(a_trial(n=48), tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "data.parquet").write_bytes(data.draw(spoilt(whole)))
    either_a_result_or_one_error(tmp_path / "data.parquet", data.draw(st.sampled_from(PROTOCOLS)))
