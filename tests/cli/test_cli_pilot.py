"""`clew pilot` as a user types it: answers, exit codes, one JSON object on standard output, and no half-done work."""

import json
from pathlib import Path
from typing import Any

import pytest

from clew.cli import run
from clew.cli.pilot import pilot
from protocol_texts import changed, without_table

SEEDED = ('cluster = "district"', 'cluster = "district"\nseed = 7')
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def protocol(tmp_path: Path) -> str:
    return written(tmp_path, changed())


@pytest.fixture
def record(tmp_path: Path, capsys: Capture) -> str:
    folder = str(tmp_path / "record")
    assert run(["record", "init", folder]) == 0
    capsys.readouterr()
    return folder


def written(tmp_path: Path, text: str, name: str = "protocol.toml") -> str:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def answer(capsys: Capture, *arguments: str, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == code
    value = json.loads(capsys.readouterr().out)
    assert isinstance(value, dict)
    return value


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_size_shows_each_step_and_says_what_it_means(protocol: str, capsys: Capture) -> None:
    assert run(["pilot", "size", protocol]) == 0
    out = capsys.readouterr().out
    assert "units randomised one by one" in out
    assert "× 1.77" in out
    assert "What this rests on" in out
    assert "Randomised by district, with everything counted" in out
    plain = answer(capsys, "pilot", "size", protocol)
    assert plain["steps"][0]["treated"] == 89
    assert plain["can_be_shown"] is True


def test_size_says_where_no_number_is_enough(tmp_path: Path, capsys: Capture) -> None:
    few = written(tmp_path, changed(("clusters = 30", "clusters = 4")))
    assert run(["pilot", "size", few]) == 0
    out = capsys.readouterr().out
    assert "no number is enough" in out
    assert "CANNOT BE SHOWN" in out


def test_check_of_a_sound_protocol(protocol: str, capsys: Capture) -> None:
    assert run(["pilot", "check", protocol, "--trials", "0"]) == 0
    out = capsys.readouterr().out
    assert "visits: sound" in out
    assert "P(scale" not in out
    plain = answer(capsys, "pilot", "check", protocol, "--trials", "0")
    assert (plain["ok"], plain["problems"], plain["characteristics"]) == (True, [], None)


def test_check_tries_the_rule_out(protocol: str, capsys: Capture) -> None:
    assert run(["pilot", "check", protocol, "--trials", "4", "--seed", "3"]) == 0
    out = capsys.readouterr().out
    assert "What the rule will do (4 made-up pilots each, seed 3)" in out
    assert "P(scale | no effect)" in out
    plain = answer(capsys, "pilot", "check", protocol, "--trials", "4", "--seed", "3")
    assert (plain["characteristics"]["trials"], plain["characteristics"]["seed"]) == (4, 3)
    assert plain == answer(capsys, "pilot", "check", protocol, "--trials", "4", "--seed", "3")


def test_check_says_why_a_rule_cannot_be_tried_out(tmp_path: Path, capsys: Capture) -> None:
    huge = written(tmp_path, changed(("units = 800", "units = 90000000")))
    plain = answer(capsys, "pilot", "check", huge, "--trials", "2")
    assert (plain["ok"], plain["characteristics"]) == (True, None)
    assert "90000000 units in 30 clusters are too many" in plain["characteristics_why"]


def test_check_of_an_unsound_protocol_says_no_with_exit_1(tmp_path: Path, capsys: Capture) -> None:
    unsound = written(tmp_path, changed(("times = 1", "times = 3"), ("above = 0.0", "above = 0.3")))
    assert run(["pilot", "check", unsound]) == 1
    out = capsys.readouterr().out
    assert out.count("PROBLEM") == 2
    assert "visits: not sound" in out
    plain = answer(capsys, "pilot", "check", unsound, code=1)
    assert (plain["ok"], len(plain["problems"]), plain["characteristics"]) == (False, 2, None)


@pytest.mark.parametrize(
    "command", [["size"], ["check"], ["lock", "--record", "R"], ["amend", "--record", "R", "--reason", "x"]]
)
def test_a_malformed_protocol_is_one_clear_message(tmp_path: Path, command: list[str], capsys: Capture) -> None:
    bad = written(tmp_path, changed(("planned = 2", "planned = 0"), ("icc = 0.03", "icc = 3")))
    verb, *options = command
    assert run(["pilot", verb, bad, *options]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert [line.split(":")[1] for line in lines] == [" protocol.toml, line 30", " protocol.toml, line 36"]
    assert "Traceback" not in captured.err


def test_a_lock_says_before_what_it_will_record_and_how_to_verify(protocol: str, record: str, capsys: Capture) -> None:
    assert run(["pilot", "lock", protocol, "--record", record, "--trials", "2"]) == 0
    captured = capsys.readouterr()
    assert 'the protocol of pilot "visits" (case "visits"), word for word' in captured.err
    assert "the SHA-256 of a secret seed" in captured.err
    assert "protocol.locked, pilot visits: entry 1 of the record." in captured.out
    assert f"clew verify {record}" in captured.out
    assert "P(scale | no effect)" in captured.out
    assert run(["verify", record]) == 0
    assert run(["record", "prove", record, "1"]) == 0


def test_a_lock_as_json_holds_index_checkpoint_and_characteristics(protocol: str, record: str, capsys: Capture) -> None:
    plain = answer(capsys, "pilot", "lock", protocol, "--record", record, "--trials", "2", "--by", "council")
    assert (plain["index"], plain["size"], plain["after_data"]) == (1, 2, False)
    assert plain["checkpoint"].startswith(plain["origin"])
    assert plain["characteristics"][0] == ["trials a scenario", "2"]
    assert len(plain["seed_commitment"]) == 64
    assert plain["kind"] == "protocol.locked"


def test_a_lock_after_data_began_says_so(tmp_path: Path, record: str, capsys: Capture) -> None:
    seen = written(tmp_path, changed(('existing_data = "none"', 'existing_data = "seen"'), SEEDED))
    assert run(["pilot", "lock", seen, "--record", record, "--trials", "0"]) == 0
    captured = capsys.readouterr()
    assert "REGISTERED AFTER DATA BEGAN" in captured.err
    assert "REGISTERED AFTER DATA BEGAN" in captured.out
    assert "secret seed" not in captured.err


def test_what_cannot_be_locked_leaves_the_record_as_it_was(
    tmp_path: Path, protocol: str, record: str, capsys: Capture
) -> None:
    before = files(Path(record))
    assert run(["pilot", "lock", written(tmp_path, without_table("exit"), "no.toml"), "--record", record]) == 2
    assert "no pilot begins without it" in capsys.readouterr().err
    assert files(Path(record)) == before
    assert run(["pilot", "lock", protocol, "--record", str(tmp_path / "absent"), "--trials", "0"]) == 2
    assert "there is no record here" in capsys.readouterr().err
    assert run(["pilot", "lock", protocol, "--record", record, "--trials", "0"]) == 0
    before = files(Path(record))
    assert run(["pilot", "lock", protocol, "--record", record]) == 2
    assert "this protocol is locked already" in capsys.readouterr().err
    assert files(Path(record)) == before


def test_an_amendment_shows_what_changed(tmp_path: Path, protocol: str, record: str, capsys: Capture) -> None:
    assert run(["pilot", "lock", protocol, "--record", record, "--trials", "0"]) == 0
    moved = written(tmp_path, changed(("by = 2027-03-01", "by = 2027-03-02")), "moved.toml")
    capsys.readouterr()
    assert run(["pilot", "amend", moved, "--record", record, "--reason", "a holiday"]) == 0
    out = capsys.readouterr().out
    assert "public_input.by" in out
    assert "2027-03-02" in out
    assert "protocol.amended, pilot visits: entry 2 of the record." in out
    assert run(["pilot", "amend", moved, "--record", record, "--reason", "again"]) == 2
    assert "changes nothing" in capsys.readouterr().err
    last = written(tmp_path, changed(("by = 2027-03-01", "by = 2027-03-03")), "last.toml")
    plain = answer(capsys, "pilot", "amend", last, "--record", record, "--reason", "another")
    assert plain["changes"] == [["public_input.by", "2027-03-02", "2027-03-03"]]
    assert (plain["amends"], plain["after_data"]) == (2, False)


def test_an_amendment_after_data_began_says_so(tmp_path: Path, record: str, capsys: Capture) -> None:
    seen = ('existing_data = "none"', 'existing_data = "seen"')
    assert run(["pilot", "lock", written(tmp_path, changed(seen)), "--record", record, "--trials", "0"]) == 0
    moved = written(tmp_path, changed(seen, ("by = 2027-03-01", "by = 2027-03-02")), "moved.toml")
    assert run(["pilot", "amend", moved, "--record", record, "--reason", "a holiday"]) == 0
    assert "CHANGED AFTER DATA BEGAN" in capsys.readouterr().out


UNITS = "district\na\nb\nc\nd\n"


def test_units_are_dealt_from_the_locked_seed_and_the_same_again(
    tmp_path: Path, protocol: str, record: str, capsys: Capture
) -> None:
    units, out = written(tmp_path, UNITS, "u.csv"), tmp_path / "a.csv"
    assert run(["pilot", "lock", protocol, "--record", record, "--trials", "0"]) == 0
    assert run(["pilot", "assign", protocol, units, "--out", str(out), "--record", record]) == 0
    assert "units.assigned, pilot visits: entry 2 of the record." in capsys.readouterr().out
    first = out.read_bytes()
    assert first.splitlines()[0] == b"district,arm"
    assert run(["pilot", "assign", protocol, units, "--out", str(out), "--record", record]) == 2
    assert "this file is there already" in capsys.readouterr().err
    plain = answer(capsys, "pilot", "assign", protocol, units, "--out", str(out), "--record", record, "--force")
    assert (plain["counts"], plain["recorded"]) == ({"usual": 2, "treated": 2}, None)
    assert out.read_bytes() == first
    assert run(["verify", record]) == 0


def test_units_are_dealt_without_a_record_only_by_a_seed_in_the_protocol(
    tmp_path: Path, protocol: str, capsys: Capture
) -> None:
    units, out = written(tmp_path, UNITS, "u.csv"), tmp_path / "a.csv"
    assert run(["pilot", "assign", protocol, units, "--out", str(out)]) == 2
    assert "no seed was committed beforehand" in capsys.readouterr().err
    assert not out.exists()
    seeded = written(tmp_path, changed(SEEDED), "seeded.toml")
    assert run(["pilot", "assign", seeded, units, "--out", str(out)]) == 0
    assert "Not put on a record" in capsys.readouterr().err
    plain = answer(capsys, "pilot", "assign", seeded, units, "--out", str(out), "--force")
    assert plain["dealt"] == 4


def test_units_are_not_dealt_before_the_lock(tmp_path: Path, record: str, capsys: Capture) -> None:
    seeded, units = written(tmp_path, changed(SEEDED)), written(tmp_path, UNITS, "u.csv")
    before = files(Path(record))
    assert run(["pilot", "assign", seeded, units, "--out", str(tmp_path / "a.csv"), "--record", record]) == 2
    assert "nobody is enrolled before" in capsys.readouterr().err
    assert files(Path(record)) == before
    assert not (tmp_path / "a.csv").exists()


def test_a_bad_list_or_place_is_refused_before_anything_is_dealt(
    tmp_path: Path, protocol: str, record: str, capsys: Capture
) -> None:
    assert run(["pilot", "lock", protocol, "--record", record, "--trials", "0"]) == 0
    before = files(Path(record))
    twice = written(tmp_path, "district\na\na\n", "u.csv")
    assert run(["pilot", "assign", protocol, twice, "--out", str(tmp_path / "a.csv"), "--record", record]) == 2
    assert "stands on line 2 already" in capsys.readouterr().err
    sound = written(tmp_path, UNITS, "u.csv")
    assert run(["pilot", "assign", protocol, sound, "--out", str(tmp_path / "no" / "a.csv"), "--record", record]) == 2
    assert "there is no such folder" in capsys.readouterr().err
    assert files(Path(record)) == before


@pytest.mark.parametrize("verb", sorted(pilot.commands))
def test_every_command_explains_itself_with_an_example(verb: str, capsys: Capture) -> None:
    assert run(["pilot", verb, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"clew pilot {verb} " in out.split("Example")[1]
    assert "--json" in out


@pytest.mark.parametrize(
    "arguments", [["check", "x", "--trials", "-1"], ["lock", "x"], ["assign", "x", "y"], ["nonsense"]]
)
def test_bad_usage_is_exit_2(arguments: list[str], capsys: Capture) -> None:
    assert run(["pilot", *arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err
