"""Ids that are words: each told from every other, in the order of ids, also where their short keys collide."""

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.deliberate import text_ids, vote_rows
from clew.deliberate.read_votes import read_votes
from clew.deliberate.text_ids import in_order
from clew.deliberate.votes import id_order, votes_of
from clew.errors import InputError
from clew.tables import table

WORDS = ("anna", " anna ", "Ünal", "7", "007", "70", "1e2", "٣", "z", "a b")


def written(path: Path, voters: tuple[str, ...]) -> Path:
    """A vote of each voter, who comes twice, on two statements of which one has a word for an id."""
    rows = [f"{one},{what},{1 if what == '1' else -1}" for what in ("1", "last") for one in voters]
    path.write_text("\n".join(["voter-id,comment-id,vote", *rows]) + "\n", encoding="utf-8")
    return path


def expected(voters: tuple[str, ...]) -> tuple[object, ...]:
    """The same votes, put in order by Python."""
    names = [one.strip() for one in voters]
    votes = votes_of([*names, *names], ["1"] * len(names) + ["last"] * len(names), [1] * len(names) + [-1] * len(names))
    return votes.voters, votes.statements, votes.start.tolist(), votes.statement.tolist(), votes.value.tolist()


def told(path: Path) -> tuple[object, ...]:
    votes, _ = read_votes(path)
    return votes.voters, votes.statements, votes.start.tolist(), votes.statement.tolist(), votes.value.tolist()


@pytest.mark.parametrize("voters", [WORDS, WORDS[::-1], *list(permutations(WORDS, 4))[::600]])
def test_words_are_the_ids_that_they_are_in_any_order(voters: tuple[str, ...], tmp_path: Path) -> None:
    assert told(written(tmp_path / "votes.csv", voters)) == expected(voters)


def test_words_whose_keys_collide_are_told_apart_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    salts = set()

    def poor(word: str, salt: int) -> str:
        salts.add(salt)
        return f"length({word})::UBIGINT" if salt < 2 else f"hash({word} || '{salt}')"

    monkeypatch.setattr(text_ids, "key_of", poor)
    monkeypatch.setattr(vote_rows, "key_of", poor)
    assert told(written(tmp_path / "votes.csv", WORDS)) == expected(WORDS)
    assert salts == {0, 1, 2}


@given(st.lists(st.text(st.sampled_from("0179ab ü٣"), max_size=4)))
def test_ids_are_put_in_order_as_by_their_rule(ids: list[str]) -> None:
    assert in_order(ids) == tuple(sorted(ids, key=id_order))


def test_more_than_memory_holds_is_said_of_votes_as_of_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(
        tmp_path / "votes.csv", tuple(f"a voter with a long name and number {number}" for number in range(100_000))
    )
    monkeypatch.setattr(table, "MEMORY_LIMIT", "12MB")
    with pytest.raises(InputError) as refused:
        read_votes(path)
    said = str(refused.value)
    assert "reading takes more than the 12MB of memory that are set aside for it" in said
    assert "votes.csv" in said
    assert "whole numbers take the least room" in said
    assert "adjust" not in said.lower()
