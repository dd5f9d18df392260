"""Every malformed file gets one clear error: what is wrong, where, and what to do."""

import gzip
from pathlib import Path

import duckdb
import numpy as np
import pytest

from clew.errors import InputError
from clew.evaluate.estimate import estimate
from clew.evaluate.files import open_rows
from clew.pilot.protocol import Protocol
from trials import a_trial, registered, units, write_csv, write_parquet

PUPILS = registered(**units())
SCHOOLS = registered()
ADJUSTED = registered(adjust_for=("x",), **units())
GOOD = "arm,y,x,school\n0,1.5,1,a\n0,2,2,b\n1,3,1,c\n1,4.5,0,d\n0,1,3,a\n1,5,1,d\n"


def refusal(content: bytes | str, tmp_path: Path, protocol: Protocol = PUPILS, name: str = "data.csv") -> str:
    """What is said of a file with this content."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(InputError) as caught:
        estimate(protocol, open_rows(path, protocol))
    for problem in caught.value.problems:
        assert problem.what
        assert problem.where, "an error says where"
        assert problem.do, "an error says what to do"
    return str(caught.value)


def test_the_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(GOOD)
    assert estimate(PUPILS, open_rows(tmp_path / "data.csv", PUPILS)).estimate == pytest.approx(12.5 / 3 - 1.5)


SAID_OF_TEXT = [
    ("", PUPILS, "empty"),
    ("\ufeff\n", PUPILS, "empty"),
    ("arm,y\n", PUPILS, "no row below the header"),
    ("arm,x\n0,1\n", PUPILS, 'column "y" is missing; the file has "arm", "x"'),
    ("arm,Y\n0,1\n", PUPILS, 'column "y" is missing'),
    ("arm,y,y\n0,1,2\n", PUPILS, 'column "y" comes twice'),
    ("arm,y,note,note\n0,1,2,3\n", PUPILS, 'column "note" comes twice'),
    ("arm\ty\n0\t1\n", PUPILS, "tabs"),
    ("arm,y\n0,1\n1,2\ncontrol,3\n", PUPILS, "cannot tell which arm is treated"),
    ("arm,y\n0,1\n1,2\n2,3\n", registered(**units(treated="1")), 'unknown arm "2"; known are "0", "1"'),
    ("arm,y\n0,1\n1,2\n,3\n", registered(**units(treated="1")), "unknown arm empty"),
    ("arm,y\nb,1\nc,2\nb,3\n", registered(**units(treated="b", other_arms=("c",))), 'comparison arm "0" has no row'),
    ("arm,y\n0,1\n0,2\n", PUPILS, "only one arm"),
    ("arm,y\n1,1\n1,2\n", PUPILS, 'comparison arm "0" has no row'),
    ("arm,y\n0,1\n1,many\n1,few\n", PUPILS, 'not a number: "many", "few".'),
    ("arm,y\n0,1\n1,many\n1,few\n", PUPILS, "data.csv, line 3, line 4"),
    ("arm,y\n0,a\n1,b\n", PUPILS, "not a number"),
    ("arm;y\n0;1,5\n1;2,25\n", PUPILS, "decimal comma"),
    ("arm,y\n0,1,5\n1,2,5\n", PUPILS, "line has 3 values, the header 2"),
    ("arm,y\n0,1\n1\n", PUPILS, "line 3: the line has 1 values, the header 2"),
    ("arm,y\n0,1\n1,nan\n", PUPILS, "NaN"),
    ("arm,y\n0,1\n1,inf\n1,-Infinity\n", PUPILS, "infinity"),
    ("arm,y\n0,1\n1,1e400\n", PUPILS, "too large"),
    ("arm,y\n0,1\n1,1e41\n", PUPILS, "too large"),
    ("arm,y\n0,1e-50\n1,2e-50\n", PUPILS, "differ by less than 1e-40"),
    ("arm,y\n0,\n1,\n", PUPILS, "no row has an outcome"),
    ("arm,y\n0,3\n1,3\n0,3\n1,3\n", PUPILS, "every outcome is 3"),
    ("arm,y\n0,3\n1,4\n0,3\n1,4\n", PUPILS, "does not vary within arms"),
    ("arm,y\n0,3\n1,4\n0,2\n", PUPILS, "only one unit"),
    ("arm,y\n0,1\n1,0.5\n0,0\n1,1\n", registered(measure="proportion", **units()), '0 or 1 for a proportion: "0.5"'),
    ("arm,y\n0,1\n1,-2\n0,0\n1,1\n", registered(measure="count", **units()), "whole numbers from 0"),
    (
        "arm,y\n0,1\n1,2.5\n0,0\n1,1\n",
        registered(measure="count", **units()),
        'whole numbers from 0 for a count: "2.5"',
    ),
    ("arm,y,x\n0,1,1\n1,2,\n0,3,2\n", ADJUSTED, 'column "x" is empty where there is an outcome'),
    ("arm,y,x\n0,1,1\n1,2,x\n0,3,2\n", ADJUSTED, '"x" holds something that is not a number: "x"'),
    ("arm,y,x\n0,1,1\n1,2,inf\n0,3,2\n", ADJUSTED, 'column "x" holds NaN'),
    ("arm,y,x\n0,a,1\n1,2,inf\n0,3,2\n", ADJUSTED, 'column "y" holds something that is not a number'),
    ("arm,y,w\n0,1,0\n1,2,1\n", registered(**units(weights="w")), 'weights in column "w" must be above 0'),
    ("arm,y,u\n0,1,p\n1,2,q\n0,2,p\n1,4,r\n", registered(**units(unit="u")), '"p" (2 times)'),
    ("arm,y,u\n0,1,\n1,2,q\n0,2,\n1,4,r\n", registered(**units(unit="u")), "empty (2 times)"),
    ("arm,y,school\n0,1,a\n1,2,a\n0,2,b\n1,4,c\n", SCHOOLS, '1 clusters have rows in more than one arm: "a"'),
    ("arm,y,school\n0,1,a\n1,2,c\n0,2,b\n1,4,\n", SCHOOLS, 'column "school" is empty where there is an outcome'),
    ("arm,y,school\n0,1,a\n1,2,b\n0,2,a\n1,4,c\n", SCHOOLS, 'arm "0" has only one cluster'),
    ("arm,y,school\n0,1,a\n1,2,b\n0,2,b\n1,4,b\n", registered(kind="randomised"), 'arm "1" has only one cluster'),
    ('arm,y\n0,1\n1,"2\n0,3\n', PUPILS, "never closed"),
    ('"arm,y\n0,1\n', PUPILS, 'column "arm" is missing'),
    ("arm,y\r\n0,1\n1,2\r\n0,3\n", PUPILS, "line ends"),
    (f"arm,y\n0,1\n1,{'9' * 3_000_000}\n", PUPILS, "longer than"),
]


@pytest.mark.parametrize(("content", "protocol", "said"), SAID_OF_TEXT, ids=[said for _, _, said in SAID_OF_TEXT])
def test_a_malformed_csv_is_refused_in_plain_words(content: str, protocol: Protocol, said: str, tmp_path: Path) -> None:
    assert said in refusal(content, tmp_path, protocol)


SAID_OF_BYTES = [
    (b"arm,y\n0,1\n1,\xe6\n", "data.csv", "data.csv, line 3: the text is not UTF-8"),
    (b"arm,y\n0,1\n\xff,2\n" + b"0,1\n" * 400_000, "data.csv", "line 3: the text is not UTF-8"),
    (b"arm,y\n" + b"0,1\n" * 400_000 + b"1,\xe6\n", "data.csv", "line 400002: the text is not UTF-8"),
    ("arm,y\n0,1\n".encode("utf-16"), "data.csv", "UTF-16"),
    (b"PK\x03\x04rest", "data.csv", "Excel"),
    (gzip.compress(GOOD.encode(), mtime=0)[:-20], "data.csv.gz", "damaged or cut short"),
    (gzip.compress(GOOD.encode() * 100_000, mtime=0)[:-20], "data.csv.gz", "damaged or cut short"),
    (gzip.compress(b"", mtime=0), "data.csv.gz", "empty"),
    (b"PAR1", "data.parquet", "cut short"),
    (b"PAR1" + bytes(100) + b"PAR1", "data.parquet", "damaged"),
    (b"\x1f\x8b", "data.csv.gz", "damaged or cut short"),
]


@pytest.mark.parametrize(("content", "name", "said"), SAID_OF_BYTES)
def test_a_damaged_file_is_refused_in_plain_words(content: bytes, name: str, said: str, tmp_path: Path) -> None:
    assert said in refusal(content, tmp_path, name=name)


def test_a_truncated_parquet_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    whole = write_parquet(a_trial(), tmp_path / "whole.parquet").read_bytes()
    for kept in range(4, len(whole), max(1, len(whole) // 50)):
        assert "the Parquet file is cut short" in refusal(whole[:kept], tmp_path, SCHOOLS, "cut.parquet")


def test_a_parquet_with_rotten_pages_is_refused(tmp_path: Path) -> None:
    whole = bytearray(write_parquet(a_trial(n=5_000), tmp_path / "whole.parquet").read_bytes())
    whole[4:3_000] = bytes(2_996)
    assert "damaged" in refusal(bytes(whole), tmp_path, SCHOOLS, "rotten.parquet")


@pytest.mark.parametrize("bad", ["nan", "inf", "-inf"])
@pytest.mark.parametrize("column", ["y", "x"])
def test_parquet_that_hides_nan_from_its_statistics_is_refused(bad: str, column: str, tmp_path: Path) -> None:
    """NaN is no minimum or maximum, so the file's own statistics do not tell; the scan does."""
    path = tmp_path / "data.parquet"
    with duckdb.connect() as connection:
        connection.register("trial", a_trial())
        changed = f"* REPLACE (CASE WHEN pupil = 17 THEN '{bad}'::DOUBLE ELSE {column} END AS {column})"
        connection.execute(f"COPY (SELECT {changed} FROM trial) TO '{path}' (FORMAT parquet)")
    protocol = registered(adjust_for=("x",))
    with pytest.raises(InputError, match=f'column "{column}" holds NaN, an infinity') as caught:
        open_rows(path, protocol)
    assert "row 18" in str(caught.value)


def test_parquet_of_lists_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    duckdb.sql("SELECT i % 2 AS arm, [i] AS y FROM range(9) t(i)").write_parquet(str(path))
    with pytest.raises(InputError, match='column "y" holds bigint'):
        open_rows(path, PUPILS)


def test_parquet_columns_that_differ_in_capitals_alone_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    duckdb.sql("SELECT i % 2 AS arm, i AS yb, i AS Ya FROM range(9) t(i)").write_parquet(str(path))
    path.write_bytes(path.read_bytes().replace(b"Ya", b"YB"))
    with pytest.raises(InputError, match='"yb" comes twice'):
        open_rows(path, registered(outcome="yb", **units()))


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    said = refusal("arm,y,x\n0,nan,1\n1,2,few\n", tmp_path, ADJUSTED)
    assert 'column "y" holds NaN' in said
    assert 'column "x" holds something that is not a number' in said
    said = refusal("note,note\n0,1\n", tmp_path, ADJUSTED)
    assert said.count("is missing") == 3
    assert "comes twice" in said


def test_a_part_at_fault_is_named(tmp_path: Path) -> None:
    (tmp_path / "part-1.csv").write_text("arm,y\n0,1\n1,2\n")
    (tmp_path / "part-2.csv").write_text("arm,y\n0,1\n1,x\n")
    with pytest.raises(InputError, match=r"part-2\.csv, line 3"):
        open_rows(tmp_path, PUPILS)
    (tmp_path / "part-2.csv").write_text("arm,z\n0,1\n")
    with pytest.raises(InputError, match=r'part-2\.csv: column "y" is missing'):
        open_rows(tmp_path, PUPILS)


def test_paths_that_name_nothing_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "data.csv").write_text(GOOD)
    write_parquet(a_trial(), tmp_path / "data.parquet")
    for paths, said in (
        (tmp_path / "gone.csv", "no such file"),
        (tmp_path / "gone-*.csv", "no such file"),
        (tmp_path / "empty", "holds no .csv"),
        ([], "no data file is named"),
        ([tmp_path / "data.csv", tmp_path / "data.csv"], "named twice"),
        ([tmp_path / "data.csv", tmp_path / "data.parquet"], "mixed"),
        ("s3://bucket/data.parquet", "no such file"),
        ("https://example.org/data.csv", "no such file"),
        ("no\0name", "no such file"),
    ):
        with pytest.raises(InputError, match=said):
            open_rows(paths, PUPILS)


def test_a_refused_file_is_left_as_it_was(tmp_path: Path) -> None:
    path = write_csv(a_trial() | {"y": np.full(240, np.inf)}, tmp_path / "data.csv")
    before = path.read_bytes()
    with pytest.raises(InputError):
        open_rows(path, SCHOOLS)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["data.csv"]
