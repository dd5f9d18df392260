"""The same trial in every form that is read gives the same estimate, and what is missing is counted."""

import gzip
from hashlib import sha256
from pathlib import Path

import duckdb
import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate.designs import layout_of
from clew.evaluate.estimate import estimate
from clew.evaluate.files import data_sha256, open_rows
from clew.pilot.protocol import Protocol
from trials import Trial, a_trial, agree, in_memory, registered, units, write_csv, write_parquet

ADJUSTED = registered(adjust_for=("x", "t"), groups=("sub",))


def the_same(protocol: Protocol, paths: str | Path | list[Path], trial: Trial) -> None:
    agree(estimate(protocol, open_rows(paths, protocol)), estimate(protocol, in_memory(trial)))


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_csv_forms(delimiter: str, end: str, mark: bytes, tmp_path: Path) -> None:
    path = write_csv(a_trial(), tmp_path / "data.csv", delimiter, end)
    path.write_bytes(mark + path.read_bytes())
    the_same(ADJUSTED, path, a_trial())


@pytest.mark.parametrize("name", ["data.csv.gz", "data.csv"])
def test_gzip_is_read_through_whatever_its_name(name: str, tmp_path: Path) -> None:
    plain = write_csv(a_trial(), tmp_path / "plain.csv").read_bytes()
    (tmp_path / name).write_bytes(gzip.compress(plain))
    the_same(ADJUSTED, tmp_path / name, a_trial())


def test_parquet(tmp_path: Path) -> None:
    the_same(ADJUSTED, write_parquet(a_trial(), tmp_path / "data.parquet"), a_trial())


def test_quoted_fields_blank_lines_and_spaces_in_the_header(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text('"arm" , y,"note"\n"0","1.5","a, ""b""\nc"\n\n0, 2 ,\n1,3,x\n"1",4.5,\n\n')
    raw = estimate(registered(**units()), open_rows(path, registered(**units())))
    assert (raw.n, raw.estimate) == (4, 2.0)


def test_parts_may_differ_in_column_order_and_packing(tmp_path: Path) -> None:
    trial = a_trial()
    halves = [{name: column[half] for name, column in trial.items()} for half in (slice(0, 100), slice(100, 240))]
    write_csv(halves[0], tmp_path / "a.csv", ";")
    backwards = write_csv(dict(reversed(halves[1].items())), tmp_path / "b.csv")
    packed = tmp_path / "b.csv.gz"
    packed.write_bytes(gzip.compress(backwards.read_bytes()))
    backwards.unlink()
    for paths in (tmp_path, tmp_path / "*", [tmp_path / "a.csv", packed], str(tmp_path)):
        the_same(ADJUSTED, paths, trial)


def test_parquet_parts_may_differ_in_types(tmp_path: Path) -> None:
    trial = a_trial()
    halves = [{name: column[half] for name, column in trial.items()} for half in (slice(0, 100), slice(100, 240))]
    halves[1] = dict(reversed((halves[1] | {"arm": halves[1]["arm"].astype(np.int8)}).items()))
    parts = [write_parquet(half, tmp_path / f"{place}.parquet") for place, half in enumerate(halves)]
    the_same(ADJUSTED, parts, trial)


@pytest.mark.parametrize(
    ("sql", "label"),
    [
        ("arm::VARCHAR", "1"),
        ("arm::DOUBLE", "1"),
        ("arm::DECIMAL(4, 1)", "1"),
        ("arm = 1", "true"),
        ("arm::UTINYINT", "1"),
    ],
)
def test_arms_of_any_type_are_named_by_their_text(sql: str, label: str, tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.register("trial", a_trial())
        connection.execute(f"COPY (SELECT * REPLACE ({sql} AS arm) FROM trial) TO '{tmp_path}/data.parquet'")
    comparison = label.replace("1", "0").replace("true", "false")
    protocol = registered(comparison=comparison, treated=label)
    found = estimate(protocol, open_rows(tmp_path / "data.parquet", protocol))
    assert found.estimate == pytest.approx(estimate(registered(), in_memory(a_trial())).estimate)


@pytest.mark.parametrize(
    ("sql", "scale"),
    [
        ("round(y * 100)::INTEGER", 100),
        ("round(y * 100)::BIGINT", 100),
        ("round(y * 100)::DECIMAL(9, 0)", 100),
        ("round(y * 100)::VARCHAR", 100),
        ("(y > 0)", 0),
        ("round(y * 100)::FLOAT", 100),
        ("round(y * 100)::HUGEINT", 100),
    ],
)
def test_outcomes_of_any_type_are_numbers(sql: str, scale: int, tmp_path: Path) -> None:
    trial = a_trial()
    with duckdb.connect() as connection:
        connection.register("trial", trial)
        connection.execute(f"COPY (SELECT * REPLACE ({sql} AS y) FROM trial) TO '{tmp_path}/data.parquet'")
    expected = trial | {"y": np.round(trial["y"] * scale) if scale else (trial["y"] > 0).astype(float)}
    the_same(registered(**units()), tmp_path / "data.parquet", expected)


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_rows_without_an_outcome_are_left_out_and_counted_by_arm(write: object, tmp_path: Path) -> None:
    trial = a_trial()
    trial["y"][[3, 5, 7, 100]] = np.nan
    protocol = registered(groups=("sub",), adjust_for=("x",))
    path = write(trial, tmp_path / "data")  # type: ignore[operator]
    rows = open_rows(path, protocol)
    tally = rows.tally(layout_of(protocol))
    lost = np.bincount(trial["arm"][[3, 5, 7, 100]], minlength=2)
    assert tally.by("arm", tally.missing) == {"0": lost[0], "1": lost[1]}
    assert tally.n.sum() == 236
    the_same(protocol, path, trial)
    assert estimate(protocol, rows).n == 236


def test_a_covariate_may_be_empty_where_the_outcome_is(tmp_path: Path) -> None:
    trial = a_trial()
    trial["y"][3] = trial["x"][3] = np.nan
    protocol = registered(adjust_for=("x",))
    assert estimate(protocol, open_rows(write_csv(trial, tmp_path / "data.csv"), protocol)).n == 239


def test_an_empty_group_belongs_to_no_group(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("arm,y,sub\n0,1,a\n0,2,a\n1,3,a\n1,5,a\n1,9,\n0,4,\n")
    protocol = registered(groups=("sub",), **units())
    rows = open_rows(path, protocol)
    assert rows.tally(layout_of(protocol)).keys["sub"].labels == ("", "a")
    assert estimate(protocol, rows).n == 6
    assert estimate(protocol, rows, (("sub", "a"),)).n == 4


def test_an_unknown_group_is_refused_by_both_sources(tmp_path: Path) -> None:
    protocol = registered(groups=("sub",))
    for rows in (in_memory(a_trial()), open_rows(write_csv(a_trial(), tmp_path / "data.csv"), protocol)):
        with pytest.raises(InputError, match="no row with an outcome"):
            estimate(protocol, rows, (("sub", "9"),))


def test_the_data_are_identified_by_their_bytes_whatever_their_names_and_order(tmp_path: Path) -> None:
    one, two = write_csv(a_trial(1), tmp_path / "a.csv"), write_csv(a_trial(2), tmp_path / "b.csv")
    together = data_sha256([one, two])
    assert together == data_sha256([two, one]) == data_sha256(tmp_path)
    assert data_sha256(one) == sha256(one.read_bytes()).hexdigest()
    one.rename(tmp_path / "z.csv")
    assert data_sha256(tmp_path) == together
    two.write_bytes(two.read_bytes() + b"\n")
    assert data_sha256(tmp_path) != together
