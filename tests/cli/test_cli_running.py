"""`clew pilot adapt`, `close-round` and `versions` as a user types them."""

import json
from pathlib import Path

import pytest

from clew.cli import run
from pilots import PROTOCOL

ADAPT = ("pilot", "adapt", "visits", "--record", "record", "--version", "2", "--change", "visits by two")
ROUND = ("pilot", "close-round", "visits", "--record", "record", "--version", "1", "--learning", "doors stay shut")


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("protocol.toml").write_text(PROTOCOL + '\n[iterations]\nbudget = "1000.00"\n', encoding="utf-8")
    assert run(["record", "init", "record"]) == 0
    assert run(["pilot", "lock", "protocol.toml", "--record", "record", "--trials", "0"]) == 0
    capsys.readouterr()
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    assert run(list(words)) == code
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_before_anything_happened_it_says_so(desk, capsys) -> None:
    out, _ = said(capsys, "pilot", "versions", "visits", "--record", "record")
    assert out == 'Pilot "visits" runs as it was promised: nothing was adapted, no round is closed.\n'


def test_versions_and_rounds_are_told_and_the_record_holds(desk, capsys) -> None:
    out, _ = said(capsys, *ADAPT, "--why", "one is not let in", "--proposed-by", "front line")
    assert out.startswith("pilot.adapted, pilot visits: entry ")
    out, _ = said(capsys, *ROUND, "--next", "ring twice", "--spent", "400.00", "--json")
    assert json.loads(out)["learning"] == "doors stay shut"
    out, _ = said(capsys, "pilot", "versions", "visits", "--record", "record", "--json")
    found = json.loads(out)
    assert (found["version"], found["proposed_by_users"], found["spent"]) == ("2", 0, "400.00")
    out, _ = said(capsys, "pilot", "versions", "visits", "--record", "record")
    assert "1 adaptations a round; 400.00 spent." in out
    said(capsys, "verify", "record")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((*ADAPT, "--why", "w", "--proposed-by", "nobody"), '"nobody" is none of: users, front line'),
        ((*ADAPT, "--why", " ", "--proposed-by", "users"), "`why` is empty"),
        ((*ROUND, "--next", "n", "--spent", "1000.01"), "1000.01 are spent, and 1000.00 were promised at most"),
        (("pilot", "versions", "other", "--record", "record"), 'no pilot "other" is locked'),
    ],
)
def test_bad_input_is_one_clear_error_and_changes_nothing(desk, capsys, words, message) -> None:
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    out, err = said(capsys, *words, code=2)
    assert (out, message in err) == ("", True)
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before
