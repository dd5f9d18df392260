"""What is exported has Polis' columns in Polis' order, and reads back as what it was."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.deliberate import csv_writing
from clew.deliberate.conversation import Conversation
from clew.deliberate.csv_writing import like_formulas, write_lines
from clew.deliberate.polis_files import About, export_polis, write_history
from clew.deliberate.polis_moments import written_moments
from clew.deliberate.read_conversation import read_conversation, with_statements
from clew.deliberate.read_votes import read_votes
from clew.deliberate.statements import Statement
from clew.deliberate.votes import Votes, votes_of
from clew.errors import InputError
from hostile import WORDS

NOON = 1_600_000_000_000

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(WORDS)
ids = st.integers(0, 20).map(str) | text.map(lambda one: one.replace("\0", "").strip() or "x")
moments = st.integers(10**11, 4 * 10**12)


@st.composite
def conversations(draw, *, in_seconds: bool = False) -> Conversation:
    one = st.tuples(ids, ids, st.sampled_from([1, 0, -1]), moments)
    rows = draw(st.lists(one, min_size=1, max_size=15, unique_by=lambda row: row[3] // 1000))
    timed = draw(st.booleans())
    at = [row[3] // 1000 * 1000 if in_seconds else row[3] for row in rows] if timed else None
    votes = votes_of([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows], at)
    marks = st.tuples(text, st.sampled_from([-1, 0, 1]), st.booleans(), st.booleans(), ids)
    names = sorted({*votes.statements, *draw(st.lists(ids, max_size=3))})
    told = [Statement(name, *draw(marks), at_ms=NOON if timed else None) for name in names]
    return with_statements(votes, told)


def same_votes(one: Votes, other: Votes) -> bool:
    """All that an export can hold: former votes of the same people, and who came first without moments, are gone."""
    arrays = ("start", "statement", "value", "at_ms")
    return (one.voters, one.statements) == (other.voters, other.statements) and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays
    )


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


@pytest.mark.parametrize("in_seconds", [False, True])
@settings(max_examples=20)
@given(data=st.data())
def test_what_is_written_reads_back(tmp_path_factory, in_seconds, data):
    found = data.draw(conversations(in_seconds=in_seconds))
    folder = tmp_path_factory.mktemp("export")
    groups = np.arange(len(found.votes.voters)) % 3 - 1
    export_polis(found, groups, folder, in_seconds=in_seconds)
    back = read_conversation(folder / "votes.csv", folder / "comments.csv")
    assert same_votes(back.votes, found.votes)
    assert back.statements == found.statements
    matrix, _ = read_votes(folder / "participants-votes.csv")
    voted = np.bincount(found.votes.statement, minlength=len(found.statements)) > 0
    assert np.array_equal(matrix.value, found.votes.of_statements(voted).value)
    assert matrix.voters == found.votes.voters


def small() -> Conversation:
    votes = votes_of(
        ["1", "1", "2", "3", "2", "10"],
        ["5", "4", "4", "4", "4", "5"],
        [1, -1, 0, 1, 1, 0],
        [NOON + 5, NOON + 1, NOON, NOON + 2, NOON + 9, NOON + 3],
    )
    told = (Statement("4", "four", 1, author="1", at_ms=NOON - 2), Statement("5", 'fi"ve,', 0, author="2", at_ms=NOON))
    return with_statements(votes, (*told, Statement("6", "=six", -1, author="2", at_ms=NOON + 6)))


def test_every_file_has_the_columns_of_polis(tmp_path):
    about = About("To pic", "https://example.org/a,b", "two\nlines", 7)
    done = export_polis(small(), np.array([0, 1, 1, -1]), tmp_path / "new" / "folder", about=about)
    files = {path.name: path.read_text() for path in done.paths}
    day = "Sun Sep 13 12:26:40 UTC 2020"
    assert files["votes.csv"] == (
        "timestamp,datetime,comment-id,voter-id,vote\n"
        f"1600000000001,{day},4,1,-1\n1600000000009,{day},4,2,1\n1600000000002,{day},4,3,1\n"
        f"1600000000005,{day},5,1,1\n1600000000003,{day},5,10,0\n"
    )
    assert files["comments.csv"] == (
        "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"
        '1599999999998,Sun Sep 13 12:26:39 UTC 2020,4,1,2,1,1,"four"\n'
        f'1600000000000,{day},5,2,1,0,0,"fi""ve,"\n1600000000006,{day},6,2,0,0,-1,"=six"\n'
    )
    assert files["participants-votes.csv"] == (
        "participant,group-id,n-comments,n-votes,n-agree,n-disagree,4,5\n"
        "1,0,1,2,1,1,-1,1\n2,1,2,1,1,0,1,\n3,1,0,1,1,0,1,\n10,,0,1,0,0,,0\n"
    )
    assert files["summary.csv"] == (
        'topic,To pic\nurl,"https://example.org/a,b"\nviews,7\nvoters,4\nvoters-in-conv,3\ncommenters,2\ncomments,2\n'
        'groups,2\nconversation-description,"two\nlines"\n'
    )
    assert files["comment-groups.csv"] == (
        "comment-id,comment,total-votes,total-agrees,total-disagrees,total-passes,group-a-votes,group-a-agrees,"
        "group-a-disagrees,group-a-passes,group-b-votes,group-b-agrees,group-b-disagrees,group-b-passes\n"
        '4,"four",3,2,1,0,1,0,1,0,2,2,0,0\n5,"fi""ve,",1,1,0,0,1,1,0,0,0,0,0,0\n6,"=six",0,0,0,0,0,0,0,0,0,0,0,0\n'
    )
    assert files["stats-history.csv"] == (
        "n-votes,n-comments,n-visitors,n-voters,n-commenters\n"
        "0,1,,0,1\n0,2,,0,2\n1,2,,1,2\n2,2,,2,2\n3,2,,3,2\n4,2,,3,2\n4,3,,3,2\n5,3,,4,2\n"
    )
    assert done.notices == (
        "1 text begins as a formula does. Import the files as text; do not open them in a spreadsheet directly.",
    )
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == sorted(files)


def test_marked_statements_take_the_form_of_polis_that_knows_marks(tmp_path):
    votes = votes_of(["1", "2"], ["4", "4"], [1, -1], [NOON, NOON])
    found = with_statements(votes, [Statement("4", "a", is_seed=True, author="0", at_ms=NOON)])
    export_polis(found, np.array([0, 1]), tmp_path, in_seconds=True)
    assert (tmp_path / "comments.csv").read_text() == (
        "timestamp,comment-id,author-id,agrees,disagrees,moderated,is-meta,is-seed,group-informed-consensus,"
        f'comment-body\n1600000000,4,0,1,1,0,false,true,{2 / 3 * 1 / 3!r},"a"\n'
    )
    export_polis(found, np.array([-1, -1]), tmp_path)
    assert rows_of(tmp_path / "comments.csv")[1][-2:] == ["", "a"]


def test_ids_from_elsewhere_are_written_only_where_given(tmp_path):
    export_polis(small(), np.zeros(4, int), tmp_path)
    assert "xid" not in (tmp_path / "participants-votes.csv").read_text()
    export_polis(small(), np.zeros(4, int), tmp_path, xids={"2": "=cmd,1"})
    rows = rows_of(tmp_path / "participants-votes.csv")
    assert [row[1] for row in rows] == ["xid", "", "=cmd,1", "", ""]


def test_weights_are_written_as_chances(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("voter-id,comment-id,vote,propensity\na,1,1,0.3\nb,1,0,1\n")
    votes, _ = read_votes(path)
    export_polis(with_statements(votes, ()), np.array([0, 0]), tmp_path / "out")
    assert [row[-1] for row in rows_of(tmp_path / "out" / "votes.csv")] == ["propensity", "0.3", "1.0"]
    back, _ = read_votes(tmp_path / "out" / "votes.csv")
    assert np.allclose(back.weight, votes.weight, rtol=1e-15)


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_moments_are_those_of_the_calendar(at_ms):
    there = datetime.fromtimestamp(at_ms // 1000, UTC)
    assert next(written_moments(np.array([at_ms]), in_seconds=False)) == (
        f"{at_ms},{there:%a %b %d %H:%M:%S} UTC {there.year}"
    )


def test_a_file_that_cannot_be_finished_leaves_the_former_one(tmp_path):
    path = write_lines(tmp_path / "a.csv", ("a", "b"), ["1,2"])

    def breaking():
        yield "3,4"
        raise KeyError

    with pytest.raises(KeyError):
        write_lines(path, ("a", "b"), breaking())
    assert path.read_text() == "a,b\n1,2\n"
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=r"folder\.csv: the file cannot be written"):
        write_lines(tmp_path / "folder.csv", ("a", "b"), [])


def test_what_looks_like_a_formula_is_counted():
    assert like_formulas(["=1", "+1", "-1", "@a", "\ta", "-a", "a=", "", "-1+2"]) == 5
    assert csv_writing.FORMULA == ("=", "+", "-", "@", "\t", "\r")


def test_real_exports_are_those_of_polis_but_for_counts_of_former_votes(tmp_path, shared_data):
    """Polis' comments.csv counts every event, re-votes included; its matrix of votes counts the last ones as we do."""
    for folder in sorted((shared_data / "conversations").iterdir()):
        found = read_conversation(folder / "votes.csv", folder / "comments.csv")
        with (folder / "participants-votes.csv").open() as file:
            theirs = {row["participant"]: row for row in csv.DictReader(file)}
        groups = np.array([int(theirs[one]["group-id"] or -1) for one in found.votes.voters])
        xids = {one: row["xid"] for one, row in theirs.items()} if "xid" in next(iter(theirs.values())) else None
        export_polis(found, groups, tmp_path / folder.name, xids=xids)
        ours = rows_of(tmp_path / folder.name / "participants-votes.csv")
        real = rows_of(folder / "participants-votes.csv")
        assert ours == [real[0], *sorted(real[1:], key=lambda row: int(row[0]))]
        assert comments(tmp_path / folder.name) == comments(folder, counted(folder))
        assert (
            dict(rows_of(tmp_path / folder.name / "summary.csv"))["comments"]
            == (dict(rows_of(folder / "summary.csv"))["comments"])
        )


def counted(folder: Path) -> dict[str, list[int]]:
    """Agrees and disagrees among the former votes of the same people, which Polis counts too."""
    extra: dict[str, list[int]] = {}
    last: dict[tuple[str, str], tuple[int, str]] = {}
    with (folder / "votes.csv").open() as file:
        for row in csv.DictReader(file):
            pair, at = (row["comment-id"], row["voter-id"]), int(row["timestamp"])
            former = last.get(pair)
            gone = former if former and at >= former[0] else (at, row["vote"]) if former else None
            if not former or at >= former[0]:
                last[pair] = (at, row["vote"])
            if gone and gone[1] != "0":
                extra.setdefault(row["comment-id"], [0, 0])[gone[1] == "-1"] += 1
    return extra


def comments(folder: Path, extra: dict[str, list[int]] | None = None) -> dict[str, list[str]]:
    """All cells but the words for the moment, which are in the exporter's zone; counts less what is `extra`."""
    with (folder / "comments.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["comment-id"]: row for row in csv.DictReader(file)}
    for name, row in rows.items():
        agrees, disagrees = (extra or {}).get(name, [0, 0])
        row["agrees"], row["disagrees"] = str(int(row["agrees"]) - agrees), str(int(row["disagrees"]) - disagrees)
    return {name: [value for key, value in row.items() if key != "datetime"] for name, row in rows.items()}


def test_history_needs_no_statements_of_known_age(tmp_path):
    path = write_history(with_statements(votes_of(["1"], ["4"], [1], [NOON]), ()), tmp_path / "h.csv")
    assert path.read_text().endswith("\n1,0,,1,0\n")
