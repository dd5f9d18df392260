"""`clew route` as a user types it: what to ask next, why, with which chance, and a log to weigh votes by."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from clew.cli import run
from clew.deliberate.shown import COLUMNS


@pytest.fixture(scope="module")
def conversation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty people of two minds who voted on seven or eight of ten statements, two of which were left out or seeds."""
    folder = tmp_path_factory.mktemp("conversation")
    rng = np.random.default_rng(6)
    lines = ["voter-id,comment-id,vote"]
    for voter in range(40):
        for statement in sorted(rng.permutation(10)[: 7 + voter % 2].tolist()):
            agree = 0.85 if statement < 4 or (voter % 2 == statement % 2) else 0.1
            lines.append(f"{voter},{statement},{1 if rng.random() < agree else -1}")
    (folder / "votes.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = [f"{one},a,{-1 if one == 9 else 1},{int(one == 0)},Statement {one}" for one in range(10)]
    head = "comment-id,author-id,moderated,is-seed,comment-body"
    (folder / "comments.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def said(conversation: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """What `clew route` prints, in the folder of the conversation."""
    monkeypatch.chdir(conversation)

    def ask(*words: str, code: int = 0) -> tuple[str, str]:
        assert run(["route", "votes.csv", "--statements", "comments.csv", *words]) == code
        captured = capsys.readouterr()
        return captured.out, captured.err

    return ask


def votes_of(voter: str) -> set[str]:
    with Path("votes.csv").open(encoding="utf-8") as file:
        return {row["comment-id"] for row in csv.DictReader(file) if row["voter-id"] == voter}


def test_json_gives_a_voter_what_was_not_voted_on_nor_left_out(said) -> None:
    out, _ = said("--voter", "7", "--count", "9", "--json")
    found = json.loads(out)
    assert found.keys() >= {"seed", "voter", "routes", "alarm"}
    assert (found["seed"], found["voter"], found["alarm"]) == (0, "7", None)
    assert {one["id"] for one in found["routes"]} == {str(one) for one in range(9)} - votes_of("7")
    assert all(one["voter"] == "7" and one["propensity"] == 1.0 and one["reason"] for one in found["routes"])


def test_the_same_seed_gives_the_same_bytes_whatever_the_order_of_rows(said) -> None:
    first, _ = said("--all", "--json")
    path = Path("votes.csv")
    text = path.read_text(encoding="utf-8")
    head, *rows = text.splitlines()
    try:
        path.write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
        again, _ = said("--all", "--json")
    finally:
        path.write_text(text, encoding="utf-8")
    assert again == first


def test_everybody_is_asked_once_and_the_log_reads_as_votes(said) -> None:
    out, err = said("--all", "--json", "--log", "shown.csv", "--seed", "3")
    routes = json.loads(out)["routes"]
    assert len({one["voter"] for one in routes}) == len(routes) == 40
    assert "log: shown.csv" in err
    with Path("shown.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    logged = [(one["voter-id"], one["comment-id"], float(one["propensity"])) for one in rows]
    assert logged == [(one["voter"], one["id"], one["propensity"]) for one in routes]
    assert {one["seed"] for one in rows} == {"3"}


def test_a_newcomer_is_asked_as_one_in_words(said) -> None:
    out, err = said("--voter", "nobody yet", "--count", "2")
    assert "What to ask next" in out
    assert "nobody yet has not voted yet, and is asked as a newcomer." in err


def test_without_a_voter_it_says_which_group_should_hear_what(said) -> None:
    out, _ = said("--json")
    found = json.loads(out)
    assert found["routes"] == []
    assert found["needed"]
    assert found["needed"][0].keys() == {"group", "id", "has", "needs", "why"}
    shown, _ = said()
    assert "What is most needed" in shown or "settled" in shown


def test_a_voter_and_everybody_are_one_too_many(said) -> None:
    _, err = said("--voter", "7", "--all", code=2)
    assert "--all" in err
