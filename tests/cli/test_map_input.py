"""What a newcomer brings to `clew map` and is told: odd files, single things, hostile texts, each in plain words."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from clew.cli import run

Ask = Callable[..., tuple[str, str]]
HEADER = "voter-id,comment-id,vote"
UNSAID = "With so few votes a person, nothing is known of minorities."


def rows_of(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Return what `clew` prints, in a folder with these files."""
    monkeypatch.chdir(tmp_path)

    def asked(*words: str, code: int = 0, **files: str) -> tuple[str, str]:
        for name, text in files.items():
            Path(f"{name}.csv").write_text(text, encoding="utf-8", newline="")
        assert run([*words]) == code
        captured = capsys.readouterr()
        return captured.out, captured.err

    return asked


# --- one and two ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("a,1,1",), "1 person cast 1 vote on 1 statement."),
        (("a,1,1", "b,2,1"), "2 people cast 2 votes on 2 statements."),
    ],
)
def test_one_is_one_and_two_are_two(rows: tuple[str, ...], said: str, ask: Ask) -> None:
    out, _ = ask("map", "v.csv", "--report", "map.html", v=rows_of(*rows))
    assert out.startswith(said)
    page = Path("map.html").read_text(encoding="utf-8")
    count = len(rows)
    people, votes, statements = ("person", "vote", "statement") if count == 1 else ("people", "votes", "statements")
    assert f"{count} {people}, {count} {statements}, {count} {votes}" in page
    assert f"{count} {people} cast {count} {votes} on {count} {statements}" in page
    assert f"<summary>{count} {statements} with {'its' if count == 1 else 'their'} votes</summary>" in page


@pytest.mark.parametrize(
    ("files", "words", "one", "two"),
    [
        (
            ("a,1,1\na,7,1", "a,1,1\na,7,1\na,8,1"),
            ("--statements", "c.csv"),
            '1 statement is voted on but not among the statements: "7".',
            '2 statements are voted on but not among the statements: "7", "8".',
        ),
        (
            ("a,1,1\na,2,1", "a,1,1"),
            ("--statements", "c.csv"),
            "1 statement has no votes.",
            "2 statements have no votes.",
        ),
        (
            ("a,1,1\na,1,1", "a,1,1\na,1,1\na,1,1"),
            (),
            "There are no timestamps: of 1 vote that was cast again, the later row counts.",
            "There are no timestamps: of 2 votes that were cast again, the later row counts.",
        ),
        (
            ("x,1,1\na,1,1", "x,1,1\ny,1,1\na,1,1"),
            ("--banned", "b.csv"),
            "1 banned participant and their votes are left out.",
            "2 banned participants and their votes are left out.",
        ),
        (
            ("=a,1,1", "=a,1,1\n+b,1,1"),
            ("--export", "."),
            "1 text begins as a formula does. Import",
            "2 texts begin as formulas do. Import",
        ),
    ],
    ids=["unknown statements", "without votes", "cast again", "banned", "formulas"],
)
def test_notices_count_in_plain_english(
    files: tuple[str, str], words: tuple[str, ...], one: str, two: str, ask: Ask
) -> None:
    statements = "comment-id,comment-body\n1,One\n2,Two\n3,Three\n"
    for rows, said in zip(files, (one, two), strict=True):
        _, err = ask("map", "v.csv", *words, v=rows_of(rows), c=statements, b="voter-id\nx\ny\n")
        assert said in err


@pytest.mark.parametrize(("votes", "count"), [("a,1,yes", "1 row"), ("a,1,yes\nb,1,yes", "2 rows")])
def test_faults_count_in_plain_english(votes: str, count: str, ask: Ask) -> None:
    _, err = ask("map", "v.csv", code=2, v=rows_of(votes))
    assert f'unknown votes: "yes" in {count}. Write 1 for agree, -1 for disagree, 0 for pass.' in err
    _, err = ask("map", "v.csv", code=2, v=rows_of(votes.replace("a,", ",").replace("b,", ",")))
    assert f'column "voter-id" is empty in {count}. Give each row an id.' in err


def test_route_speaks_of_one_public_as_of_everybody(ask: Ask) -> None:
    out, _ = ask("route", "v.csv", v=rows_of("a,1,1", "b,1,1", "b,2,1"))
    assert "everybody" in out
    assert " A " not in out
    out, _ = ask("route", "v.csv", "--voter", "b")
    assert out == "Nothing is left to ask: every statement that is open has their vote.\n"


# --- conversations without much in them -------------------------------------------------------------------------------


def test_too_few_votes_on_everything_draws_no_empty_table(ask: Ask) -> None:
    out, err = ask("map", "v.csv", v=rows_of(*(f"{one},{one},1" for one in range(30))))
    assert out == (
        "30 people cast 30 votes on 30 statements.\n"
        f"No groups could be told from chance: read this as one public. {UNSAID}\n"
    )
    assert err == "30 statements have too few votes to say anything yet.\n"


def test_unanimity_is_common_ground_for_or_against(ask: Ask) -> None:
    agreed = rows_of(*(f"{who},{what},1" for who in range(25) for what in range(3)))
    out, _ = ask("map", "v.csv", v=agreed)
    assert "Common ground: 3 of 3 statements with enough votes; the surest first" in " ".join(out.split())
    assert "rejected" not in out
    out, _ = ask("map", "v.csv", "--report", "map.html", v=agreed.replace(",1\n", ",-1\n"))
    assert "Nearest to common ground, though none is sure (of 3 statements with enough votes)" in " ".join(out.split())
    assert "What is rejected" in out
    page = Path("map.html").read_text(encoding="utf-8")
    assert "; 3 statements are rejected" in page
    assert '<h2 id="rejected">What is rejected</h2>' in page


def test_polis_formulas_on_unanimity_are_not_said_to_have_asked_about_chance(ask: Ask) -> None:
    out, _ = ask(
        "map", "v.csv", "--method", "polis", "--report", "map.html",
        v=rows_of(*(f"{who},{what},1" for who in range(25) for what in range(3))),
    )  # fmt: skip
    assert "1 group by Polis' formulas: A with 25." in out
    assert "Highest group-informed consensus (of 3 statements with enough votes)" in " ".join(out.split())
    page = Path("map.html").read_text(encoding="utf-8")
    assert "from chance" not in out + page
    assert "Polis’ formulas draw one group here" in page.replace("&#39;", "’")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "v.csv: the file is empty. Bring a file with a header line and rows."),
        (rows_of(), "v.csv: there are no votes in the file. Bring at least one row with a vote."),
        ("voter_id,comment_id,vote\na,1,1\n", 'column "voter-id" is missing; the file has "voter_id", "comment_id"'),
        ("voter-id,comment-id,vote,vote\na,1,1,1\n", 'column "vote" comes twice. Rename or remove one.'),
        (rows_of("a,1,1", "b,1"), "v.csv, line 3: the line has 2 values, the header 3. Correct the line."),
        (rows_of("a,1,agree", "b,1,5"), 'line 2: unknown votes: "5" in 1 row, "agree" in 1 row. Write 1 for agree'),
    ],
    ids=["nothing", "a header alone", "other columns", "a column twice", "a short line", "unknown votes"],
)
def test_files_that_cannot_be_used_are_refused_with_what_to_do(text: str, said: str, ask: Ask) -> None:
    out, err = ask("map", "v.csv", code=2, v=text)
    assert out == ""
    assert said in err


# --- what people wrote ------------------------------------------------------------------------------------------------

HOSTILE = (
    "<script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    "<svg onload=alert(2)>",
    "url(https://example.org/x) javascript:alert(3)",
    "\x1b[31mred\x1b]0;title\x07",
    "\u202eturned \u2067never closed",
    "W" * 1_000_000,
    'lines\r\nand "quotes", commas',
    '=HYPERLINK("x")',
)


def test_whatever_people_wrote_is_text_on_the_page_and_on_the_terminal(ask: Ask) -> None:
    with Path("c.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("comment-id", "comment-body"), *enumerate(HOSTILE)])
    votes = rows_of(*(f"{who},{what},1" for who in range(12) for what in range(len(HOSTILE))))
    out, _ = ask("map", "v.csv", "--statements", "c.csv", "--report", "map.html", v=votes)
    page = Path("map.html").read_text(encoding="utf-8")
    assert not set("\x1b\x07\u202e\u2067") & set(out)
    assert not set("\x1b\x07") & set(page)
    assert "red" in out
    for tag in ("<script", "</style><style", "<svg onload"):
        assert tag not in page
    assert page.count("<style>") == 1
    assert "… (cut: 1,000,000 characters in all)" in page
    assert len(page) < 200_000
    found = json.loads(ask("map", "v.csv", "--statements", "c.csv", "--json")[0])
    assert found["statements"] == len(HOSTILE)


def test_ids_may_be_anything_and_command_nothing(ask: Ask) -> None:
    votes = rows_of(*(f'<b>v{who}</b>,"{what}\x1b[31m",1' for who in range(12) for what in ("<i>x", "007", "7")))
    out, _ = ask("map", "v.csv", "--report", "map.html", v=votes)
    page = Path("map.html").read_text(encoding="utf-8")
    assert "\x1b" not in out + page
    assert "<i>x" not in page
    assert "<b>v" not in page
    found = json.loads(ask("map", "v.csv", "--json")[0])
    assert {one["id"] for one in found["statements_by_common_ground"]} == {"<i>x\x1b[31m", "007\x1b[31m", "7\x1b[31m"}
