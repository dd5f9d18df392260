"""`clew case` as a user types it: a record on disk, exit codes, and what is left after a refusal."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from clew.cli import run


@pytest.fixture
def record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    folder = tmp_path / "record"
    assert run(["record", "init", str(folder)]) == 0
    capsys.readouterr()
    return str(folder)


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert isinstance(value, dict)
    return value


def test_an_announced_case_from_debt_to_loop(record, capsys) -> None:
    assert run(["case", "open", record, "alarms", "--title", "Free alarms", "--phase", "implement", "--announced"]) == 0
    assert "problem evidence" in capsys.readouterr().out
    assert run(["case", "evidence", record, "alarms", "problem evidence", "--reference", "statistics 2020"]) == 0
    assert run(["case", "enter", record, "alarms", "frame", "--reason", "nobody knows the cause"]) == 0
    assert "↩ frame" in capsys.readouterr().out
    seen = shown(capsys, "case", "show", record, "alarms")
    assert (seen["phase"], seen["loops"], seen["announced"]) == ("frame", 1, True)
    assert len(seen["debts"]) == 5
    assert run(["verify", record]) == 0


def test_a_past_day_is_before_the_case(record, capsys) -> None:
    assert run(["case", "open", record, "alarms", "--title", "Free alarms"]) == 0
    assert run(["case", "show", record, "alarms", "--on", "2020-01-01"]) == 2
    assert "on 2020-01-01" in capsys.readouterr().err


def test_the_evaluation_calendar_is_there_at_creation(record, capsys) -> None:
    assert run(["case", "open", record, "c", "--title", "t", "--risk", "high"]) == 0
    assert "Evaluation calendar" in capsys.readouterr().out
    dues = [one["due"] for one in shown(capsys, "case", "show", record, "c")["evaluations"]]  # type: ignore[union-attr]
    opened = date.fromisoformat(shown(capsys, "case", "show", record, "c")["path"][0]["on"])  # type: ignore[index]
    assert dues == [(opened + timedelta(days=days)).isoformat() for days in (90, 180, 270)]


def test_a_refusal_writes_nothing(record, capsys) -> None:
    assert run(["case", "open", record, "alarms", "--title", "Free alarms"]) == 0
    before = sorted((p, p.read_bytes()) for p in Path(record).rglob("*") if p.is_file())
    assert run(["case", "enter", record, "alarms", "choose", "--reason", "now"]) == 2
    assert "public value proposition" in capsys.readouterr().err
    assert run(["case", "open", record, "a/b", "--title", "x"]) == 2
    assert "no identifier" in capsys.readouterr().err
    assert sorted((p, p.read_bytes()) for p in Path(record).rglob("*") if p.is_file()) == before


def test_every_verb_leads_to_its_state(record, capsys) -> None:
    for words in (
        ["open", record, "c", "--title", "t", "--risk", "high"],
        ["propose", record, "c", "--for", "elders", "--value", "safety", "--noticed-by", "alarms"],
        ["duty", record, "c", "evaluator", "research unit"],
        ["duty", record, "c", "risk: refusals", "care office"],
        ["leave", record, "c", "care office"],
        ["propose", record, "c", "--for", "all", "--value", "safety", "--noticed-by", "alarms", "--reason", "fair"],
        ["join", record, "c", "Red Cross Greve", "civil society"],
        ["status", record, "c", "in use"],
        ["novelty", record, "c", "B", "adapted"],
        ["close", record, "c", "worse", "--lesson", "not fitted"],
    ):
        assert run(["case", *words]) == 0, words
    assert "nobody is accountable for: risk: refusals" in capsys.readouterr().err
    seen = shown(capsys, "case", "list", record)["cases"][0]  # type: ignore[index]
    assert seen["is_innovation"] is True
    assert seen["result"] == "worse"
    assert seen["novelty"] == {"B": "adapted"}
    assert seen["partners"] == {"Red Cross Greve": "civil society"}
    assert (seen["risk"], seen["evaluations"]) == ("high", [])
    assert seen["proposition"] == {"for_whom": "all", "value": "safety", "noticed_by": "alarms", "reason": "fair"}
    assert seen["duties"] == {"evaluator": "research unit"}
    assert run(["case", "list", record]) == 0


def test_an_empty_record_says_what_to_do(record, capsys) -> None:
    assert run(["case", "list", record]) == 0
    assert "No case yet" in capsys.readouterr().out
    assert run(["case", "show", record, "none"]) == 2
    assert "clew case list" in capsys.readouterr().err
