"""Votes are read as they count, whatever order, words or packing a file has; what cannot be used is said at once."""

import csv
import gzip
import io
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.deliberate.last_events import last_events
from clew.deliberate.read_votes import read_votes
from clew.deliberate.votes import Votes, id_order
from clew.errors import InputError

Row = tuple[str, str, int, int]
HEADER = ("voter-id", "comment-id", "vote", "timestamp")
NOON = 1_600_000_000_000

ids = st.sampled_from(
    ["0", "1", "2", "10", "007", "7", "-3", "1e2", "0x10", "ann", "Ann", "b;c", 'say "x"', "é", "1.0"]
)
whole_ids = st.integers(0, 30).map(str)


def rows_of(names: st.SearchStrategy[str]) -> st.SearchStrategy[list[Row]]:
    """Events, with re-votes, at moments of which no two are the same."""
    one = st.tuples(names, names, st.sampled_from([1, 0, -1]), st.integers(0, 10**6).map(lambda at: NOON + at))
    return st.lists(one, min_size=1, max_size=40, unique_by=lambda row: row[3])


def text_of(rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER, delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def written(path: Path, rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER, delimiter: str = ",") -> Path:
    path.write_text(text_of(rows, header, delimiter), encoding="utf-8")
    return path


def as_dict(votes: Votes) -> dict[tuple[str, str], int]:
    """Each vote by the ids of its voter and statement."""
    pairs = zip(votes.voter, votes.statement, votes.value, strict=True)
    return {(votes.voters[who], votes.statements[what]): int(value) for who, what, value in pairs}


def by_hand(rows: Sequence[Row]) -> dict[tuple[str, str], int]:
    """The last vote of each pair, one row after the other: of two at one moment the later row."""
    last: dict[tuple[str, str], tuple[int, int]] = {}
    for who, what, value, at in rows:
        if at >= last.get((who, what), (at, 0))[0]:
            last[who, what] = (at, value)
    return {pair: value for pair, (_, value) in last.items()}


def same(one: Votes, other: Votes) -> bool:
    arrays = ("start", "statement", "value", "at_ms", "weight")
    alike = (np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)
    return all(alike) and (one.voters, one.statements, one.events) == (other.voters, other.statements, other.events)


@settings(max_examples=25)
@given(rows_of(ids) | rows_of(whole_ids), st.randoms(), st.sampled_from(",;"))
def test_the_last_vote_counts_in_any_order_of_rows(tmp_path_factory, rows, random, delimiter):
    folder = tmp_path_factory.mktemp("votes")
    votes, notices = read_votes(written(folder / "a.csv", rows))
    assert as_dict(votes) == by_hand(rows)
    assert votes.voters == tuple(sorted({row[0] for row in rows}, key=id_order))
    assert votes.statements == tuple(sorted({row[1] for row in rows}, key=id_order))
    assert (votes.events, notices) == (len(rows), ())
    shuffled = random.sample(rows, len(rows))
    assert same(votes, read_votes(written(folder / "b.csv", shuffled, delimiter=delimiter))[0])


@settings(max_examples=25)
@given(st.lists(st.tuples(whole_ids, whole_ids, st.sampled_from([1, 0, -1]), st.integers(NOON, NOON + 2)), min_size=1))
def test_of_two_votes_at_one_moment_the_later_row_counts_and_a_notice_counts_them(tmp_path_factory, rows):
    votes, notices = read_votes(written(tmp_path_factory.mktemp("votes") / "a.csv", rows))
    assert as_dict(votes) == by_hand(rows)
    moments: dict[tuple[str, str], dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for who, what, value, at in rows:
        moments[who, what][at].add(value)
    tied = sum(len(at[max(at)]) > 1 for at in moments.values())
    cases = "1 case" if tied == 1 else f"{tied} cases"
    assert notices == (
        (f"In {cases} one voter gave different votes on a statement at the same moment; the later row counts.",)
        if tied
        else ()
    )


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.sampled_from([1, 0, -1])), max_size=60))
def test_wide_numbers_of_cells_are_put_in_order_as_small_ones_are(rows):
    cell, at, value = (np.array([row[column] for row in rows], np.int64) for column in range(3))
    small = last_events(cell.copy(), at, value.astype(np.int8))
    large = last_events(cell + (1 << 62), at, value.astype(np.int8))
    assert np.array_equal(small.row, large.row)
    assert np.array_equal(small.cell + (1 << 62), large.cell)
    assert small.ties == large.ties


def test_without_timestamps_the_later_row_counts(tmp_path):
    rows = [("a", 1, 1), ("b", 1, -1), ("a", 1, 0)]
    votes, notices = read_votes(written(tmp_path / "a.csv", rows, HEADER[:3]))
    assert as_dict(votes) == {("a", "1"): 0, ("b", "1"): -1}
    assert votes.at_ms is None
    assert votes.events == 3
    assert notices == ("There are no timestamps: of 1 vote that was cast again, the later row counts.",)
    blank, _ = read_votes(written(tmp_path / "b.csv", [(*row, "") for row in rows]))
    assert same(blank, votes)


def test_seconds_and_milliseconds_are_told_by_size(tmp_path):
    in_seconds, _ = read_votes(written(tmp_path / "s.csv", [("a", 1, 1, 1_600_000_000)]))
    in_milliseconds, _ = read_votes(written(tmp_path / "ms.csv", [("a", 1, 1, 1_600_000_000_000)]))
    assert same(in_seconds, in_milliseconds)
    mixed = [("a", 1, 1, 1_600_000_000), ("a", 1, -1, 1_500_000_000_000)]
    votes, notices = read_votes(written(tmp_path / "mixed.csv", mixed))
    assert as_dict(votes) == {("a", "1"): -1}
    assert "1 of 2 looks like seconds and counts as very early" in notices[0]


def test_packing_marks_and_formats_change_nothing(tmp_path):
    rows = [("12", "3", 1, NOON), ("2", "10", -1, NOON + 1), ("12", "10", 0, NOON + 2), ("12", "3", 0, NOON + 3)]
    plain = read_votes(written(tmp_path / "a.csv", rows))[0]
    (tmp_path / "bom.csv").write_bytes(b"\xef\xbb\xbf" + text_of(rows, delimiter=";").replace("\n", "\r\n").encode())
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text_of(rows).encode()))
    spaced = [(f" {who}", f"{what}\u00a0 ", f" {value}", at) for who, what, value, at in rows]
    written(tmp_path / "spaced.csv", spaced)
    written(tmp_path / "points.csv", [(who, what, f"{value}.0", at) for who, what, value, at in rows])
    written(tmp_path / "more.csv", [("x@example.org", *row, 1) for row in rows], ("xid", *HEADER, "important"))
    for name in ("bom.csv", "a.csv.gz", "spaced.csv", "points.csv", "more.csv"):
        assert same(read_votes(tmp_path / name)[0], plain), name


@pytest.mark.parametrize(
    "kinds",
    [
        ("BIGINT", "INTEGER", "TINYINT", "BIGINT"),
        ("VARCHAR", "UBIGINT", "DOUBLE", "DOUBLE"),
        ("DOUBLE", "DECIMAL(9,1)", "VARCHAR", "VARCHAR"),
        ("HUGEINT", "SMALLINT", "FLOAT", "TIMESTAMP"),
    ],
)
def test_parquet_of_any_types_reads_as_csv(tmp_path, kinds):
    rows = [(12, 3, 1, NOON), (2, 10, -1, NOON + 1), (12, 10, 0, NOON + 2), (12, 3, 0, NOON + 3)]
    path = parquet(tmp_path / "a.parquet", rows, kinds)
    assert same(read_votes(path)[0], read_votes(written(tmp_path / "a.csv", rows))[0])


def parquet(path: Path, rows: Sequence[tuple[object, ...]], kinds: Sequence[str]) -> Path:
    values = ", ".join(f"({', '.join(map(repr, row))})" for row in rows)
    cast = [
        f"make_timestamp(c{place} * 1000)" if kind == "TIMESTAMP" else f"c{place}::{kind}"
        for place, kind in enumerate(kinds)
    ]
    columns = ", ".join(f'{one} AS "{name}"' for one, name in zip(cast, HEADER, strict=True))
    duckdb.execute(f"COPY (SELECT {columns} FROM (VALUES {values}) t(c0, c1, c2, c3)) TO '{path}' (FORMAT parquet)")
    return path


def test_several_files_are_one_in_the_order_they_are_named(tmp_path):
    one = written(tmp_path / "z.csv", [("a", 1, 1)], HEADER[:3])
    other = written(tmp_path / "a.csv", [(-1, 1, "a")], ("vote", "comment-id", "voter-id"), ";")
    assert as_dict(read_votes([one, other])[0]) == {("a", "1"): -1}
    assert as_dict(read_votes([other, one])[0]) == {("a", "1"): 1}


def test_ids_that_are_numbers_at_first_may_be_words_later(tmp_path):
    many = [(str(place), str(place % 7), 1, NOON + place) for place in range(150_000)]
    votes, _ = read_votes(written(tmp_path / "a.csv", [*many, ("zoë", "1", -1, NOON)]))
    assert len(votes.voters) == 150_001
    assert votes.voters[9:11] == ("9", "10")
    assert votes.voters[-1] == "zoë"
    assert votes.value[-1] == -1


def test_weights_are_the_inverse_of_the_chance_of_being_asked(tmp_path):
    header = (*HEADER, "propensity")
    rows = [("a", 1, 1, NOON, 0.5), ("a", 1, 0, NOON + 1, 0.25), ("a", 2, 1, NOON, 1)]
    votes, _ = read_votes(written(tmp_path / "a.csv", rows, header))
    assert votes.weight is not None
    assert votes.weight.tolist() == [4, 1]
    for chance in ("0", "1.1", "-0.5", "nan", "inf", "", "much"):
        with pytest.raises(InputError, match='line 3: column "propensity" is no chance'):
            read_votes(written(tmp_path / "bad.csv", [rows[0], ("b", 1, 1, NOON, chance)], header))


BAD: Mapping[str, tuple[str, Sequence[str]]] = {
    "no votes": ("voter-id,comment-id,vote\n", ["there are no votes in the file."]),
    "no columns": ("who,what\n1,2\n", ['"voter-id" is missing', '"comment-id" is missing', '"vote" is missing']),
    "twice": ("voter-id,voter-id,comment-id,vote\n1,1,1,1\n", ['column "voter-id" comes twice.']),
    "twice elsewhere": ("voter-id,comment-id,vote,x,x\n1,1,1,1,1\n", ['column "x" comes twice.']),
    "all at once": (
        'voter-id,comment-id,vote,timestamp\n1,1,1,1600000000\n" ",1,2,\n3,,agree,x\n3, ,agree,1\n',
        [
            'line 3: column "voter-id" is empty in 1 row.',
            'line 4: column "comment-id" is empty in 2 rows.',
            'line 3: unknown votes: "agree" in 2 rows, "2" in 1 row.',
            "Write 1 for agree, -1 for disagree, 0 for pass.",
            'line 3: column "timestamp" holds no whole number in 2 rows.',
        ],
    ),
    "words without an id": ("voter-id,comment-id,vote\nann,1,1\n ,1,1\n", ['line 3: column "voter-id" is empty']),
    "blank vote": ("voter-id,comment-id,vote\n1,1,\n", ["unknown votes: empty in 1 row."]),
    "half a vote": ("voter-id,comment-id,vote\n1,1,0.6\n1,2,1e0\n", ['"0.6" in 1 row, "1e0" in 1 row']),
    "microseconds": ("voter-id,comment-id,vote,timestamp\n1,1,1,1600000000000000\n", ["too large for milliseconds"]),
    "uneven": ("voter-id,comment-id,vote\n1,1,1\n1,1\n", ["line 3"]),
    "empty": ("", ["the file is empty."]),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used_is_said_with_its_place(tmp_path, case):
    text, expected = BAD[case]
    (tmp_path / "votes.csv").write_text(text)
    with pytest.raises(InputError) as caught:
        read_votes(tmp_path / "votes.csv")
    for said in expected:
        assert said in str(caught.value)


def test_faults_of_parquet_name_the_row(tmp_path):
    path = parquet(tmp_path / "a.parquet", [(1, 2, 1, NOON), (1, 3, 5, NOON)], ("BIGINT",) * 4)
    with pytest.raises(InputError, match='row 2: unknown votes: "5" in 1 row'):
        read_votes(path)


def test_a_column_that_only_some_files_have_is_named(tmp_path):
    one = written(tmp_path / "a.csv", [("a", 1, 1, NOON)])
    other = written(tmp_path / "b.csv", [("a", 1, 1)], HEADER[:3])
    with pytest.raises(InputError, match=r'b\.csv: column "timestamp" is missing'):
        read_votes([one, other])


MATRIX = "participant,xid,group-id,n-comments,n-votes,n-agree,n-disagree,3,10,x\n"


def test_polis_matrix_is_read_as_votes(tmp_path):
    body = "10,a@b,1,0,2,1,1,1,,-1\n9,,,0,1,0,0,,0,\n11,,,0,0,0,0,,,\n"
    (tmp_path / "pv.csv").write_text(MATRIX + body)
    votes, notices = read_votes(tmp_path / "pv.csv")
    assert as_dict(votes) == {("10", "3"): 1, ("10", "x"): -1, ("9", "10"): 0}
    assert (votes.voters, votes.statements) == (("9", "10"), ("3", "10", "x"))
    assert notices == ("1 participant of the file cast no vote and is left out.",)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", "there are no votes"),
        ("1,,,0,0,0,0,,,\n", "there are no votes"),
        ("1,,,0,0,0,0,1,,\n1,,,0,0,0,0,1,,\n ,,,0,0,0,0,1,,\n", 'a participant comes twice: "1"'),
        (" ,,,0,0,0,0,1,,\n", 'line 2: column "participant" is empty'),
        ("1,,,0,0,0,0,1,2,\n2,,,0,0,0,0,x,2,0 \n", 'line 2: unknown votes: "2" in 2 cells, "x" in 1 cell.'),
        ("1,,,0,0,0,0,1\n", "line 2"),
    ],
)
def test_a_matrix_that_cannot_be_used_is_refused(tmp_path, body, expected):
    (tmp_path / "pv.csv").write_text(MATRIX + body)
    with pytest.raises(InputError, match=expected):
        read_votes(tmp_path / "pv.csv")


def test_real_votes_give_the_counts_that_polis_gives(shared_data):
    folders = sorted((shared_data / "conversations").iterdir())
    assert len(folders) == 5
    for folder in folders:
        votes, _ = read_votes(folder / "votes.csv")
        matrix, _ = read_votes(folder / "participants-votes.csv")
        assert as_dict(votes) == as_dict(matrix), folder.name
        with (folder / "votes.csv").open() as file:
            rows = [
                (row["voter-id"], row["comment-id"], int(row["vote"]), int(row["timestamp"]))
                for row in csv.DictReader(file)
            ]
        assert as_dict(votes) == by_hand(rows), folder.name


MEASURE = """
import resource, sys
from clew.deliberate.read_votes import read_votes
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
votes, _ = read_votes(sys.argv[1])
print(votes.events, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_million_votes_need_no_object_for_a_row(tmp_path):
    """An object for each row would take 100 MB and more; DuckDB's own buffers take most of what is used here."""
    path = tmp_path / "a.parquet"
    duckdb.execute(
        'COPY (SELECT (i * 7919) % 20011 AS "voter-id", (i * 31) % 211 AS "comment-id", i % 3 - 1 AS vote, '
        f"{NOON} + i AS timestamp FROM range(1000000) t(i)) TO '{path}' (FORMAT parquet)"
    )
    done = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True)
    events, megabytes = map(int, done.stdout.split())
    assert events == 1_000_000
    assert megabytes < 160
