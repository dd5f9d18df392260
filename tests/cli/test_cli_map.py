"""`clew map` as a user types it: the JSON that is fixed, every option, what is said of files that cannot be used."""

import csv
import html
import json
import re
import shlex
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import clew
from clew.cli import run
from clew.deliberate.votes import Votes
from conversations import camps, noise, write_statements, write_votes

FIXED = {
    "participants", "placed", "statements", "votes", "method", "seed", "dimensions", "k", "above_chance", "stability",
    "groups", "assignments", "statements_by_common_ground", "representative", "needs_votes",
}  # fmt: skip
ADDED = {"threshold", "reserve", "policy", "positions", "held_out", "splits", "missing", "integrity", "notices"}
OF_A_STATEMENT = {"id", "common_ground", "lower", "enough_votes", "agree", "disagree", "pass", "by_group"}
OF_A_GROUP = {"group", "agree", "disagree", "pass", "support", "lower", "upper"}
VOTES = camps((26, 20), 30, seed=2, share=0.8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two camps; the last statement was left out, and the first is hostile to whoever prints it."""
    where = tmp_path_factory.mktemp("conversation")
    write_votes(where / "votes.csv", VOTES)
    write_statements(where / "comments.csv", VOTES, left_out=("13",))
    text = (where / "comments.csv").read_text(encoding="utf-8")
    hostile = '"</script><script>alert(1)</script><img src=x onerror=alert(2)>"'
    (where / "comments.csv").write_text(text.replace("Statement 0", hostile), encoding="utf-8")
    return where


@pytest.fixture
def said(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """What `clew map` prints, in the folder of the conversation."""
    monkeypatch.chdir(folder)

    def ask(*words: str, code: int = 0) -> tuple[str, str]:
        assert run(["map", *words]) == code
        captured = capsys.readouterr()
        return captured.out, captured.err

    return ask


@pytest.fixture(scope="module")
def printed(folder: Path) -> str:
    """The JSON of the conversation, as a file for other tests."""
    found = clew.map_opinion(folder / "votes.csv", statements=folder / "comments.csv")
    path = folder / "former.json"
    path.write_text(json.dumps(found.to_dict()), encoding="utf-8")
    return path.name


def test_json_has_the_names_that_are_fixed_and_those_that_were_added(said, printed: str) -> None:
    out, err = said("votes.csv", "--statements", "comments.csv", "--json")
    found = json.loads(out)
    assert err == ""
    assert found.keys() == FIXED | ADDED
    assert found == json.loads(Path(printed).read_text(encoding="utf-8"))
    assert (found["participants"], found["statements"], found["method"], found["seed"]) == (46, 29, "clew", 0)
    assert (found["k"], found["above_chance"]) == (2, True)
    assert [one["id"] for one in found["groups"]] == [0, 1]
    assert all(one.keys() >= {"id", "size"} for one in found["groups"])
    assert found["assignments"].keys() == set(VOTES.voters)
    assert set(found["assignments"].values()) <= {0, 1, None}
    assert all(one.keys() >= OF_A_STATEMENT for one in found["statements_by_common_ground"])
    assert all(each.keys() == OF_A_GROUP for one in found["statements_by_common_ground"] for each in one["by_group"])
    assert all(one.keys() == {"group", "id", "side", "p", "z"} for one in found["representative"])
    assert all(one.keys() == {"group", "id", "has", "needs"} for one in found["needs_votes"])


def test_the_surest_comes_first(said) -> None:
    found = json.loads(said("votes.csv", "--statements", "comments.csv", "--json")[0])
    assert "13" not in {one["id"] for one in found["statements_by_common_ground"]}
    enough = [one for one in found["statements_by_common_ground"] if one["enough_votes"]]
    as_shown = [(round(one["common_ground"], 2), one["lower"]) for one in enough]
    assert as_shown == sorted(as_shown, reverse=True)


THIN = tuple(f"late{who},{who % 3},{1 if who else -1}" for who in range(4))
"""Votes of four people who said too little to be in a group."""


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("method", ["clew", "polis"])
def test_totals_are_of_everybody_and_every_output_has_the_same(method: str, said, tmp_path: Path) -> None:
    write_votes(tmp_path / "votes.csv", VOTES)
    with (tmp_path / "votes.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in THIN)
    (tmp_path / "polis").mkdir()
    words = (str(tmp_path / "votes.csv"), "--method", method, "--export", str(tmp_path / "polis"))
    found = json.loads(said(*words, "--report", str(tmp_path / "map.html"), "--json")[0])
    nowhere = {voter for voter, group in found["assignments"].items() if group is None}
    assert nowhere & {"late0", "late1", "late2", "late3"}
    rows = (tmp_path / "votes.csv").read_text(encoding="utf-8").split()[1:]
    told = {one["id"]: one for one in found["statements_by_common_ground"]}
    apart = 0
    for name, one in told.items():
        cast = Counter(row.split(",")[2] for row in rows if row.split(",")[1] == name)
        assert [one["agree"], one["pass"], one["disagree"]] == [cast["1"], cast["0"], cast["-1"]]
        for kind in ("agree", "pass", "disagree"):
            assert one[kind] == sum(each[kind] for each in one["by_group"]) + one["not_placed"][kind]
        apart += sum(one["not_placed"].values())
    assert apart == sum(row.split(",")[0] in nowhere for row in rows)
    for row in rows_of(tmp_path / "polis" / "comments.csv"):
        one = told[row["comment-id"]]
        assert [int(row["agrees"]), int(row["disagrees"])] == [one["agree"], one["disagree"]]
    for row in rows_of(tmp_path / "polis" / "comment-groups.csv"):
        one = told[row["comment-id"]]
        for kind, plural in (("agree", "agrees"), ("disagree", "disagrees"), ("pass", "passes")):
            assert int(row[f"total-{plural}"]) + one["not_placed"][kind] == one[kind]


def test_the_same_bytes_twice_and_quiet_in_a_pipe(said) -> None:
    words = ("small.csv", "--seed", "4", "--json")
    write_votes(Path("small.csv"), VOTES.of_voters(np.arange(46) % 3 == 0))
    first = said(*words)
    assert first == said(*words)
    assert first[1] == ""


def test_for_reading_it_says_groups_common_ground_and_what_is_lacking(said) -> None:
    out, _ = said("votes.csv", "--statements", "comments.csv")
    assert out.startswith("46 people cast ")
    assert "2 groups: A with " in out
    assert "Common ground: " in out
    assert "What sets each group apart" in out
    assert "\x1b" not in out


def test_without_texts_what_sets_a_group_apart_is_named_by_its_id(said) -> None:
    found = json.loads(said("votes.csv", "--json")[0])
    told = said("votes.csv")[0].split("What sets each group apart")[1]
    lines = [line.split() for line in told.splitlines()]
    assert found["representative"]
    for one in found["representative"]:
        assert any(one["side"] in line and line[-1] == one["id"] for line in lines), one


def test_polis_method_prints_the_same_names(said) -> None:
    found = json.loads(said("votes.csv", "--statements", "comments.csv", "--method", "polis", "--json")[0])
    assert found.keys() == FIXED | ADDED
    assert (found["method"], found["dimensions"], found["above_chance"]) == ("polis", 2, False)
    assert found["k"] >= 2
    told = {one["id"]: one for one in found["statements_by_common_ground"]}
    first = told["1"]
    product = np.prod(
        [(each["agree"] + 1) / (each["agree"] + each["disagree"] + each["pass"] + 2) for each in first["by_group"]]
    )
    assert first["common_ground"] == pytest.approx(product)


def test_a_former_map_gives_groups_their_names(said, printed: str) -> None:
    before = json.loads(Path(printed).read_text(encoding="utf-8"))
    names = {0: "Q", 1: "A"}
    before["groups"] = [{**one, "name": names[one["id"]]} for one in before["groups"]]
    before["positions"] = {voter: [-x, y] for voter, (x, y) in before["positions"].items()}
    Path("turned.json").write_text(json.dumps(before), encoding="utf-8")
    found = json.loads(said("votes.csv", "--statements", "comments.csv", "--former", "turned.json", "--json")[0])
    assert [one["name"] for one in found["groups"]] == ["Q", "A"]
    for voter, place in found["positions"].items():
        assert place == pytest.approx(before["positions"][voter], abs=1e-9)


def test_threshold_is_that_of_the_finding(said) -> None:
    write_votes(Path("small.csv"), VOTES.of_voters(np.arange(46) % 3 == 0))
    asked = [json.loads(said("small.csv", "--threshold", value, "--json")[0]) for value in ("0.5", "0.8")]
    assert [one["threshold"] for one in asked] == [0.5, 0.8]
    low, high = ({s["id"]: s["common_ground"] for s in one["statements_by_common_ground"]} for one in asked)
    assert all(high[name] <= low[name] for name in low)
    assert any(high[name] < low[name] for name in low)


def test_banned_voters_leave_the_maths(said) -> None:
    Path("banned.csv").write_text("voter-id\n3\n45\n", encoding="utf-8")
    found = json.loads(said("votes.csv", "--banned", "banned.csv", "--json")[0])
    assert found["participants"] == 44
    assert not {"3", "45"} & found["assignments"].keys()
    assert "2 banned participants" in found["notices"][0]


def test_the_conversation_is_exported_as_polis_does(said, tmp_path: Path) -> None:
    found = json.loads(said("votes.csv", "--statements", "comments.csv", "--export", str(tmp_path), "--json")[0])
    names = {one.name for one in tmp_path.iterdir()}
    assert names >= {"votes.csv", "comments.csv", "participants-votes.csv", "summary.csv"}
    assert found["participants"] == 46


def test_the_report_is_written_and_runs_nothing_of_what_people_wrote(said, tmp_path: Path) -> None:
    _, err = said("votes.csv", "--statements", "comments.csv", "--report", str(tmp_path / "map.html"), "--json")
    assert err == f"report: {tmp_path / 'map.html'}\n"
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def write_timed(path: Path, votes: Votes) -> None:
    """The votes as a CSV, cast in a drawn order, thirty in every second."""
    when = 1_600_000_000 + np.random.default_rng(1).permutation(len(votes.value)) // 30
    columns = zip(when, votes.voter, votes.statement, votes.value, strict=True)
    rows = [f"{at},{votes.voters[who]},{votes.statements[what]},{value}" for at, who, what, value in columns]
    path.write_text("\n".join(["timestamp,voter-id,comment-id,vote", *rows]) + "\n", encoding="utf-8")


def test_the_report_tells_the_whole_command_and_no_folder(
    said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_timed(tmp_path / "all votes.csv", VOTES)
    (tmp_path / "gone.csv").write_text("voter-id\n3\n", encoding="utf-8")
    declared = "\n".join(["voter-id,age", *(f"{one},old" for one in VOTES.voters)]) + "\n"
    (tmp_path / "declared.csv").write_text(declared, encoding="utf-8")
    (tmp_path / "census.csv").write_text("attribute,value,share\nage,old,1\n", encoding="utf-8")
    given = ("--banned", "gone.csv", "--attributes", "declared.csv", "--margins", "census.csv")
    files = [word if word.startswith("--") else str(tmp_path / word) for word in given]
    words = ("--method", "polis", "--seed", "4", "--threshold", "0.7", "--acted-out")
    said(str(tmp_path / "all votes.csv"), *words, *files, "--report", str(tmp_path / "map.html"))
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    told = re.search(r"<code><bdi dir=\"ltr\">(.*?)</bdi></code>", page)
    assert told is not None
    typed = shlex.split(html.unescape(told[1]))
    assert typed[:2] == ["clew", "map"]
    assert typed[2] == "all votes.csv"
    assert sorted(typed[3:]) == sorted([*words, *given, "--report", "again.html"])
    assert str(tmp_path) not in page
    monkeypatch.chdir(tmp_path)
    said(*typed[2:])
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == page


def test_the_past_of_polis_is_acted_out(said) -> None:
    write_timed(Path("noise.csv"), noise(60, 20, seed=5))
    words = ("noise.csv", "--method", "polis", "--json")
    assert said(*words, "--acted-out")[0] != said(*words)[0]


def test_a_past_is_acted_out_of_polis_alone_and_of_votes_with_times(said) -> None:
    _, err = said("votes.csv", "--acted-out", code=2)
    assert "--acted-out: is given without --method polis." in err
    Path("timeless.csv").write_text("voter-id,comment-id,vote\n1,1,1\n2,1,-1\n", encoding="utf-8")
    _, err = said("timeless.csv", "--method", "polis", "--acted-out", code=2)
    assert "the votes have no timestamps." in err


def test_who_is_missing_takes_what_people_declared_and_the_population(said) -> None:
    rows = [f"{voter},{'young' if int(voter) % 3 else 'old'}" for voter in VOTES.voters]
    Path("declared.csv").write_text("\n".join(["voter-id,age", *rows]) + "\n", encoding="utf-8")
    Path("census.csv").write_text("attribute,value,share\nage,young,0.5\nage,old,0.5\n", encoding="utf-8")
    words = ("votes.csv", "--attributes", "declared.csv", "--margins", "census.csv", "--json")
    found = json.loads(said(*words)[0])
    assert found["missing"] is not None
    assert "young" in json.dumps(found["missing"])
    _, err = said("votes.csv", "--margins", "census.csv", code=2)
    assert "--margins: is given without --attributes" in err


def csv_of(*rows: str) -> str:
    return "\n".join(["voter-id,comment-id,vote", *rows]) + "\n"


@pytest.mark.parametrize(
    ("text", "people", "statements"),
    [
        (csv_of(*(f"{one},0,{1 if one % 2 else -1}" for one in range(25))), 25, 1),
        (csv_of(*(f"0,{one},1" for one in range(12))), 1, 12),
        (csv_of("0,0,1"), 1, 1),
        (csv_of("a,x,0", "b,x,0"), 2, 1),
        (csv_of(*(f"{who},{what},1" for who in range(30) for what in range(6))), 30, 6),
        (csv_of(*(f"{who},{what},0" for who in range(30) for what in range(6))), 30, 6),
        (csv_of(*(f"{who},{who % 7},1" for who in range(30))), 30, 7),
        (csv_of(*(f"v{who},s{what},{1 if (who + what) % 3 else -1}" for who in range(12) for what in range(5))), 12, 5),
    ],
    ids=["one statement", "one voter", "one vote", "all pass", "unanimity", "only passes", "a vote each", "text ids"],
)
@pytest.mark.parametrize("method", ["clew", "polis"])
def test_odd_conversations_are_mapped(
    method: str, text: str, people: int, statements: int, said, tmp_path: Path
) -> None:
    (tmp_path / "votes.csv").write_text(text, encoding="utf-8")
    out, _ = said(str(tmp_path / "votes.csv"), "--method", method, "--json")
    found = json.loads(out, parse_constant=pytest.fail)
    assert (found["participants"], found["statements"]) == (people, statements)
    assert len(found["statements_by_common_ground"]) == statements
    assert found["assignments"].keys() == {row.split(",")[0] for row in text.split()[1:]}
    if method == "clew":
        assert found["k"] == 1
        assert set(found["assignments"].values()) == {0}


def test_statements_and_votes_that_do_not_know_each_other_are_told_of(said, tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text(csv_of("a,1,1", "b,1,-1", "a,7,1"), encoding="utf-8")
    (tmp_path / "comments.csv").write_text("comment-id,comment-body\n1,One\n2,Two\n", encoding="utf-8")
    out, _ = said(str(tmp_path / "votes.csv"), "--statements", str(tmp_path / "comments.csv"), "--json")
    found = json.loads(out)
    assert found["statements"] == 3
    assert '1 statement is voted on but not among the statements: "7".' in found["notices"]
    assert "1 statement has no votes." in found["notices"]


@pytest.mark.parametrize(
    ("files", "words", "message"),
    [
        ({}, ("absent.csv",), "absent.csv"),
        ({"v": ""}, ("v",), "v"),
        ({"v": csv_of()}, ("v",), "there are no votes in the file"),
        ({"v": csv_of("a,1,maybe")}, ("v",), "vote"),
        ({"v": csv_of("a,1,2")}, ("v",), "vote"),
        ({"v": csv_of("a,1,")}, ("v",), "vote"),
        ({"v": csv_of(",1,1")}, ("v",), "voter-id"),
        ({"v": "voter-id,vote\na,1\n"}, ("v",), "comment-id"),
        ({"v": "voter-id,comment-id,vote,vote\na,1,1,1\n"}, ("v",), "vote"),
        (
            {"v": csv_of("a,1,1"), "c": "comment-id,moderated,comment-body\n1,-1,One\n"},
            ("v", "--statements", "c"),
            "no vote is left",
        ),
        ({"v": csv_of("a,1,1"), "c": "comment-id,comment-body\n1,One\n1,One\n"}, ("v", "--statements", "c"), "twice"),
        ({"v": csv_of("a,1,1"), "c": "text\nx\n"}, ("v", "--statements", "c"), "comment-id"),
        ({"v": csv_of("a,1,1"), "b": "voter-id\na\n"}, ("v", "--banned", "b"), "every participant is banned"),
        ({"v": csv_of("a,1,1"), "f": "[]"}, ("v", "--former", "f"), "former map cannot be read"),
        ({"v": csv_of("a,1,1")}, ("v", "--report", "no-such/map.html"), "no such folder for the report"),
        ({"v": csv_of("a,1,1")}, ("v", "--threshold", "1.5"), "threshold"),
        ({"v": csv_of("a,1,1")}, ("v", "--threshold", "nan"), "threshold"),
        ({"v": csv_of("a,1,1")}, ("v", "--export", "no-such"), "no-such"),
        ({"v": csv_of("a,1,1")}, ("v", "--seed", "-1"), "--seed"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(
    files: dict[str, str], words: tuple[str, ...], message: str, said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    out, err = said(*(f"{word}.csv" if word in files else word for word in words), code=2)
    assert out == ""
    assert message in err
    assert "Traceback" not in err


def test_map_opinion_returns_the_map_that_is_printed(folder: Path, printed: str) -> None:
    found = clew.map_opinion([folder / "votes.csv"], statements=str(folder / "comments.csv"), former=folder / printed)
    assert found.to_dict() == json.loads((folder / printed).read_text(encoding="utf-8"))
    other = clew.map_opinion(folder / "votes.csv", method="polis", threshold=0.7)
    assert (other.method, other.threshold, len(other.statements)) == ("polis", 0.7, 30)
