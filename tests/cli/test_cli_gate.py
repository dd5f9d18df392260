"""`clew evaluate` and `clew gate` as a user types them, from a locked protocol to a decision and its portfolio."""

import json
from pathlib import Path

import pytest

import clew
from clew.cli import run
from pilots import PROTOCOL, SIX_MONTHS, TWELVE_MONTHS, write_data


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a locked protocol and the data of two looks."""
    monkeypatch.chdir(tmp_path)
    Path("protocol.toml").write_text(PROTOCOL, encoding="utf-8")
    write_data(Path("6.csv"), SIX_MONTHS)
    write_data(Path("12.csv"), TWELVE_MONTHS)
    assert run(["record", "init", "record"]) == 0
    assert run(["pilot", "lock", "protocol.toml", "--record", "record", "--trials", "0"]) == 0
    capsys.readouterr()
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    assert run(list(words)) == code
    captured = capsys.readouterr()
    return captured.out, captured.err


def evaluate(capsys: pytest.CaptureFixture[str], data: str, look: str, *more: str) -> tuple[str, str]:
    return said(capsys, "evaluate", "protocol.toml", data, "--record", "record", "--look", look, *more)


FIXED = {
    *("pilot", "protocol_sha256", "locked", "design", "estimator", "n", "clusters", "estimate", "std_error", "df"),
    *("interval", "level", "p_value", "looks", "equity", "screens", "account", "evidence_level", "verdict", "reasons"),
}


def test_json_is_one_object_with_the_fixed_names_and_nothing_else(desk, capsys) -> None:
    out, _ = evaluate(capsys, "6.csv", "1", "--json")
    found = json.loads(out)
    assert found.keys() >= FIXED
    assert found["locked"].keys() >= {"index", "checkpoint"}
    assert found["looks"].keys() >= {"method", "look", "of", "boundary"}
    assert found["account"].keys() >= {"cost_total", "cost_per_outcome", "currency"}
    assert {frozenset(row) for row in found["reasons"]} == {frozenset({"rule", "needed", "found", "holds"})}
    group = {"column", "group", "n", "estimate", "interval", "reach", "harmed", "hidden"}
    assert all(row.keys() >= group for row in found["equity"])
    assert "NaN" not in out


def test_the_same_command_gives_the_same_bytes(desk, capsys) -> None:
    first, _ = said(capsys, "evaluate", "protocol.toml", "12.csv", "--look", "2", "--json")
    again, _ = said(capsys, "evaluate", "protocol.toml", "12.csv", "--look", "2", "--json")
    assert first == again


def test_from_look_to_decision(desk, capsys) -> None:
    out, err = evaluate(capsys, "6.csv", "1", "--report", "6.html")
    assert "EXTEND" in out
    assert "report: 6.html" in err
    out, _ = evaluate(capsys, "12.csv", "2", "--report", "12.html")
    assert "SCALE" in out
    assert "What was promised" in Path("12.html").read_text(encoding="utf-8")
    _, err = said(capsys, "gate", "decide", "record", "visits", "--owner", "director of care", code=2)
    assert "independent review" in err
    said(capsys, "gate", "hear", "record", "visits", "--reference", "minutes of 1 March")
    said(capsys, "gate", "review", "record", "visits", "--reviewer", "audit office", "--reference", "report 7")
    override = ["--to", "adapt", "--role", "council", "--reason", "first the north", "--dissent", "none"]
    out, _ = said(capsys, "gate", "override", "record", "visits", *override)
    assert "council decides “adapt” instead of “scale”" in out
    out, _ = said(capsys, "gate", "decide", "record", "visits", "--owner", "director of care")
    assert "Decided: adapt (director of care, by override)" in out
    shown = json.loads(said(capsys, "gate", "show", "record", "visits", "--json")[0])
    assert [row["verdict"] for row in shown["verdicts"]] == ["extend", "scale"]
    assert "Dissent: none" in said(capsys, "gate", "show", "record", "visits")[0]
    assert said(capsys, "verify", "record")[0]


def test_a_screen_can_only_be_answered_when_flagged(desk, capsys) -> None:
    evaluate(capsys, "6.csv", "1")
    _, err = said(capsys, "gate", "answer", "record", "visits", "density", "--answer", "x", code=2)
    assert "no flagged screen" in err


def test_the_portfolio_by_table_and_json(desk, capsys) -> None:
    evaluate(capsys, "6.csv", "1")
    out, _ = said(capsys, "gate", "portfolio", ".", "--today", "2027-07-01")
    assert "OVERDUE" in out
    figures = json.loads(said(capsys, "gate", "portfolio", ".", "--today", "2027-07-01", "--json")[0])
    assert (figures["overdue"], figures["pilots"]) == (["visits"], 1)
    assert (figures["cases"], figures["share_external_collaboration"]) == (1, 0.0)
    case_id = json.loads(said(capsys, "case", "list", "record", "--json")[0])["cases"][0]["case"]
    said(capsys, "case", "join", "record", case_id, "Red Cross", "civil society")
    figures = json.loads(said(capsys, "gate", "portfolio", ".", "--today", "2027-07-01", "--json")[0])
    assert (figures["share_external_collaboration"], figures["share_intra_governmental_collaboration"]) == (1.0, 0.0)
    Path("empty").mkdir()
    assert "No pilot in this folder yet" in said(capsys, "gate", "portfolio", "empty")[0]


def test_dry_run_writes_nothing(desk, capsys) -> None:
    before = {path: path.read_bytes() for path in Path("record").rglob("*") if path.is_file()}
    out, _ = evaluate(capsys, "6.csv", "1", "--dry-run", "--json")
    assert json.loads(out)["locked"] is not None
    assert {path: path.read_bytes() for path in Path("record").rglob("*") if path.is_file()} == before


def test_without_a_record_nothing_is_proven_and_that_is_said(desk, capsys) -> None:
    _, err = said(capsys, "evaluate", "protocol.toml", "6.csv", "--look", "1")
    assert "Not locked" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["protocol.toml", "nowhere.csv"], "no such file"),
        (["nowhere.toml", "6.csv"], "nowhere.toml"),
        (["protocol.toml", "6.csv", "--look", "3"], "look"),
        (["protocol.toml", "6.csv", "--report", "no/such/folder/x.html"], "no such folder"),
        (["protocol.toml", "6.csv", "--backend", "spark://x"], "is no address of a backend"),
        (["protocol.toml", "6.csv", "--record", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_is_one_clear_error_and_changes_nothing(desk, capsys, words, message) -> None:
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    out, err = said(capsys, "evaluate", *words, code=2)
    assert out == ""
    assert message in err
    assert "Traceback" not in err
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


def test_the_face_says_what_the_command_says(desk, capsys) -> None:
    out, _ = said(capsys, "evaluate", "protocol.toml", "6.csv", "--look", "1", "--json")
    evaluation = clew.evaluate("protocol.toml", "6.csv", look=1)
    assert evaluation.to_dict() == json.loads(out)
    assert "<caption>Joint first visits: extend." in evaluation._repr_html_()
    assert clew.verify("record").ok
    assert clew.evaluate("protocol.toml", ["6.csv"], look=1, record="record").locked is not None
