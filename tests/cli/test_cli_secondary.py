"""Further outcomes as a user meets them: promised, tried out, evaluated, reported, listed, and changed in public."""

import csv
import json
import re
from pathlib import Path

import pytest

from clew.cli import run
from clew.record.folder import open_record
from pilots import PROTOCOL, SIX_MONTHS, write_data

FURTHER = """
[[secondary]]
column = "false_alarms"
measure = "count"
better = "lower"
name = "false alarms"

[[secondary]]
column = "contacts"
measure = "mean"
better = "higher"
worth_having = 0.5
"""
WITH_FURTHER = PROTOCOL.replace("[[equity]]", f"{FURTHER.strip()}\n\n[[equity]]")


def add_outcomes(path: Path) -> None:
    """Two more columns: false alarms that rise with the visits, and contacts of which every seventh is unknown."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for place, row in enumerate(rows):
        row["false_alarms"] = str(place % 3 + 2 * (row["arm"] == "joint"))
        row["contacts"] = "" if place % 7 == 0 else str((place * place) % 11)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a locked protocol that names further outcomes, the same without them, and the data."""
    monkeypatch.chdir(tmp_path)
    Path("protocol.toml").write_text(WITH_FURTHER, encoding="utf-8")
    Path("plain.toml").write_text(PROTOCOL, encoding="utf-8")
    add_outcomes(write_data(Path("6.csv"), SIX_MONTHS))
    assert run(["record", "init", "record"]) == 0
    assert run(["pilot", "lock", "protocol.toml", "--record", "record", "--trials", "0"]) == 0
    capsys.readouterr()
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    assert run(list(words)) == code
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_the_json_holds_them_and_all_else_is_as_without_them(desk, capsys) -> None:
    found = json.loads(said(capsys, "evaluate", "protocol.toml", "6.csv", "--json")[0])
    plain = json.loads(said(capsys, "evaluate", "plain.toml", "6.csv", "--json")[0])

    alarms, contacts = found.pop("secondary")
    assert "secondary" not in plain
    assert {name for name in plain if found[name] != plain[name]} == {"protocol_sha256"}
    assert (alarms["column"], alarms["name"], alarms["better"], alarms["worth_having"], alarms["n"]) == (
        *("false_alarms", "false alarms", "lower", None, 312),
    )
    assert alarms["interval"][0] > 0
    assert contacts["n"] == 312 - len(range(0, 312, 7))
    assert contacts["worth_having"] == 0.5
    assert alarms["p_holm"] == 2 * alarms["p_value"]
    assert contacts["p_holm"] == contacts["p_value"]
    assert alarms["refused"] is contacts["refused"] is None


def test_it_says_in_words_what_moved_the_wrong_way(desk, capsys) -> None:
    out, err = said(capsys, "evaluate", "protocol.toml", "6.csv")

    assert "Further outcomes (they neither earn nor block a verdict)" in out
    assert "p (Holm)" in out
    assert "false alarms" in out
    assert "further outcome false alarms: it moved the wrong way (lower is better)." in err
    assert "contacts" not in err


def test_the_report_of_a_recorded_look_shows_them(desk, capsys) -> None:
    said(capsys, "evaluate", "protocol.toml", "6.csv", "--record", "record", "--look", "1", "--report", "report.html")

    page = Path("report.html").read_text(encoding="utf-8")
    assert '<h2 id="outcomes">Further outcomes</h2>' in page
    assert "“false alarms” moved the wrong way: +2.0" in page
    assert "can neither earn nor block a verdict" in page


def test_what_comes_before_the_data_is_as_without_them(desk, capsys) -> None:
    """But for the hash of the file, and the lines at which notices stand."""
    for command in (("check", "--trials", "20"), ("size",)):
        with_them, without = (
            re.sub(r"line \d+, |[0-9a-f]{64}", "", said(capsys, "pilot", command[0], name, *command[1:], "--json")[0])
            for name in ("protocol.toml", "plain.toml")
        )
        assert with_them == without, command
        assert len(json.loads(without)) > 3


def test_every_mistake_in_them_is_shown_at_once(desk, capsys) -> None:
    text = WITH_FURTHER.replace('better = "lower"', 'better = "less"').replace('"contacts"', '"district"')
    Path("wrong.toml").write_text(text, encoding="utf-8")
    _, err = said(capsys, "pilot", "check", "wrong.toml", "--trials", "0", code=2)

    lines = text.splitlines()
    at = [lines.index(line) + 1 for line in ('better = "less"', 'column = "district"')]
    assert [f"line {line}:" in err for line in at] == [True, True]
    assert '"district" is the cluster already and cannot be a further outcome as well.' in err


def test_indicators_are_listed_beside_the_primary_one(desk, capsys) -> None:
    out, _ = said(capsys, "pilot", "indicators", "--record", "record", "--json")
    found = json.loads(out)["indicators"]
    assert [(one["column"], one["role"]) for one in found] == [
        *(("safe", "primary"), ("false_alarms", "secondary"), ("contacts", "secondary")),
    ]
    assert "secondary" in said(capsys, "pilot", "indicators", "--record", "record")[0]


def test_an_amendment_shows_them_before_and_after(desk, capsys) -> None:
    Path("amended.toml").write_text(WITH_FURTHER.replace('name = "false alarms"', 'unit = "calls"'), encoding="utf-8")
    said(capsys, "pilot", "amend", "amended.toml", "--record", "record", "--reason", "better said")
    (amended,) = (one for one in open_record(Path("record")).events() if one.kind == "protocol.amended")
    assert amended.data["changes"] == [
        ["secondary.false_alarms.name", "false alarms", "(not stated)"],
        ["secondary.false_alarms.unit", "(not stated)", "calls"],
    ]


def test_data_without_a_promised_column_are_refused_by_its_name(desk, capsys) -> None:
    write_data(Path("bare.csv"), SIX_MONTHS)
    _, err = said(capsys, "evaluate", "protocol.toml", "bare.csv", code=2)
    assert "false_alarms" in err
    assert "contacts" in err
