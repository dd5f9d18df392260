"""Statements keep their text to the byte; votes and statements that do not meet are told, never dropped in silence."""

import csv
import io
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.deliberate.read_conversation import read_conversation
from clew.deliberate.read_statements import read_statements
from clew.deliberate.statements import Statement
from clew.errors import InputError
from hostile import WORDS

OLD = "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"
NEW = (
    "timestamp,comment-id,author-id,agrees,disagrees,moderated,is-meta,is-seed,group-informed-consensus,comment-body\n"
)
VOTES = "voter-id,comment-id,vote\nann,1,1\nann,2,-1\nbo,1,0\n"
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(WORDS)


def made(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8", newline="")
    return path


def test_both_forms_of_polis_comments_are_read(tmp_path):
    old = made(tmp_path / "old.csv", OLD + '1600000000123,Sun Sep 13,4,7,10,2,-1,"one, ""two""\r\nthree"\n')
    assert read_statements(old) == (Statement("4", 'one, "two"\r\nthree', -1, author="7", at_ms=1600000000123),)
    new = made(tmp_path / "new.csv", NEW + "1600000000,4,7,10,2,1,true,false,0.5, a \n,5,,0,0,,,TRUE,,b\n")
    first, second = read_statements(new)
    assert first == Statement("4", " a ", 1, is_meta=True, author="7", at_ms=1600000000000)
    assert second == Statement("5", "b", 0, is_seed=True)


@given(st.lists(text, min_size=1, max_size=5))
def test_hostile_text_survives(tmp_path_factory, texts):
    out = io.StringIO()
    rows = [(place, one) for place, one in enumerate(texts)]
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("comment-id", "comment-body"), *rows])
    path = made(tmp_path_factory.mktemp("statements") / "a.csv", out.getvalue())
    assert [one.text for one in read_statements(path)] == texts


def test_statements_come_from_parquet_too(tmp_path):
    path = tmp_path / "a.parquet"
    columns = (
        '4 AS "comment-id", \'a\' || chr(10) || \'b\' AS "comment-body", -1.0::DOUBLE AS moderated, true AS "is-meta"'
    )
    duckdb.execute(f"COPY (SELECT {columns}) TO '{path}' (FORMAT parquet)")
    assert read_statements(path) == (Statement("4", "a\nb", -1, is_meta=True),)


def test_every_mistake_among_statements_is_told_with_its_line(tmp_path):
    body = "1600000000123,,4,7,0,0,2,a\n1e9,,4,7,0,0,x,b\n16000000000000000,, ,7,0,0,1,c\n"
    with pytest.raises(InputError) as caught:
        read_statements(made(tmp_path / "a.csv", OLD + body))
    for said in (
        'line 2: unknown mark "2" in column "moderated".',
        'line 3: comment-id "4" comes twice.',
        'line 3: unknown mark "x"',
        'line 3: column "timestamp" says "1e9".',
        'line 4: column "comment-id" is empty.',
        "line 4: 1 of the timestamps is too large for milliseconds.",
    ):
        assert said in str(caught.value)
    with pytest.raises(InputError, match='column "is-meta" says "maybe"'):
        read_statements(made(tmp_path / "b.csv", NEW + ",4,,,,,maybe,,,a\n"))


def test_many_mistakes_are_counted(tmp_path):
    body = "".join(f",,{place},7,0,0,x,a\n" for place in range(30))
    with pytest.raises(InputError, match="there are 10 more mistakes"):
        read_statements(made(tmp_path / "a.csv", OLD + body))


def test_columns_of_statements_are_named_where_missing_or_twice(tmp_path):
    with pytest.raises(InputError, match='missing: "comment-body"'):
        read_statements(made(tmp_path / "a.csv", "comment-id,text\n1,a\n"))
    with pytest.raises(InputError, match='"comment-id" comes twice'):
        read_statements(made(tmp_path / "b.csv", "comment-id,comment-id,comment-body\n1,2,a\n"))
    with pytest.raises(InputError, match="line 3"):
        read_statements(made(tmp_path / "c.csv", "comment-id,comment-body\n1,a\n2\n"))


def test_statements_without_votes_and_votes_without_statements_both_stay(tmp_path):
    votes = made(tmp_path / "votes.csv", VOTES)
    statements = made(tmp_path / "comments.csv", "comment-id,comment-body\n10,ten\n1,one\n")
    found = read_conversation(votes, statements)
    assert [one.id for one in found.statements] == ["1", "2", "10"] == list(found.votes.statements)
    assert [one.text for one in found.statements] == ["one", "", "ten"]
    assert found.votes.counts().tolist() == [[1, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert found.notices[-2:] == (
        '1 statement is voted on but not among the statements: "2".',
        "1 statement has no votes.",
    )


def test_without_a_file_of_statements_their_ids_are_what_is_known(tmp_path):
    found = read_conversation(made(tmp_path / "votes.csv", VOTES))
    assert found.statements == (Statement("1"), Statement("2"))


def test_banned_participants_leave_as_if_they_had_never_voted(tmp_path):
    votes = made(tmp_path / "votes.csv", VOTES)
    banned = made(tmp_path / "banned.csv", "voter-id\nann \ncarl\n")
    found = read_conversation(votes, banned=banned)
    assert found.votes.voters == ("bo",)
    assert found.votes.counts().tolist() == [[0, 1, 0], [0, 0, 0]]
    assert found.notices == ("1 banned participant and their votes are left out. 1 more of those banned never voted.",)
    with pytest.raises(InputError, match="every participant is banned"):
        read_conversation(votes, banned=made(tmp_path / "all.csv", "voter-id\nann\nbo\n"))
    with pytest.raises(InputError, match="needs a column voter-id"):
        read_conversation(votes, banned=made(tmp_path / "none.csv", "who\nann\n"))


@pytest.mark.parametrize("vote", ["1", "0", "-1"])
def test_one_statement_and_unanimity_are_conversations(tmp_path, vote):
    rows = "".join(f"{who},only,{vote}\n" for who in range(5))
    found = read_conversation(made(tmp_path / "votes.csv", "voter-id,comment-id,vote\n" + rows))
    assert found.votes.statements == ("only",)
    assert found.votes.counts().sum() == 5
    assert np.all(found.votes.value == int(vote))


def test_real_conversations_are_read_with_all_their_statements(shared_data):
    for folder in sorted((shared_data / "conversations").iterdir()):
        found = read_conversation(folder / "votes.csv", folder / "comments.csv")
        with (folder / "comments.csv").open(newline="", encoding="utf-8") as file:
            rows = {row["comment-id"]: row for row in csv.DictReader(file)}
        assert {one.id: (one.text, str(one.moderated), one.author) for one in found.statements} == {
            name: (row["comment-body"], row["moderated"], row["author-id"]) for name, row in rows.items()
        }
        assert found.left_out.sum() == sum(row["moderated"] == "-1" for row in rows.values())
