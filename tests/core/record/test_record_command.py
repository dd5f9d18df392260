"""`clew record …` and `clew verify`, as typed: exit codes, one JSON object, words that help."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from clew.cli import run
from clew.record.verify import parse_vkey, verify, verify_proof

LINES = """{"case": "fire", "by": "evaluator", "kind": "note.made", "data": {"sha256": "ab", "rows": 3, "files": ["a"]}}

{"case": "fire", "by": "officer", "kind": "note.made", "data": {}, "personal": {"name": "Ann"}}
"""


@pytest.fixture
def clew(capsys):
    """Runs a command; gives (exit code, standard output, standard error)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return call


@pytest.fixture
def folder(tmp_path, clew) -> Path:
    """A record with two published events."""
    (tmp_path / "events.jsonl").write_text(LINES, encoding="utf-8")
    assert clew("record", "init", tmp_path / "log", "--origin", "example.org/log")[0] == 0
    assert clew("record", "append", tmp_path / "log", tmp_path / "events.jsonl")[0] == 0
    assert clew("record", "checkpoint", tmp_path / "log")[0] == 0
    return tmp_path / "log"


def test_a_first_round_in_words(tmp_path, clew):
    log = tmp_path / "log"
    (tmp_path / "events.jsonl").write_text(LINES, encoding="utf-8-sig")
    code, out, err = clew("record", "init", log)
    assert (code, "a new record named clew.local/log" in out, "Print this key" in err) == (0, True, True)
    code, out, err = clew("record", "append", log, tmp_path / "events.jsonl")
    assert (code, out) == (0, "2 events recorded, entries 0 to 1; they are safe.\n")
    assert "clew record checkpoint" in err
    code, out, err = clew("record", "checkpoint", log)
    assert (code, out) == (0, (log / "checkpoint").read_text())
    code, out, err = clew("record", "prove", log, 1)
    assert (code, out.startswith("c2sp.org/tlog-proof@v1\nindex 1\n"), err) == (0, True, "")
    code, out, err = clew("record", "erase", log, 1, "name", "--by", "dpo")
    assert (code, out) == (0, '"name" of entry 1 is erased; entry 2 says so.\n')
    code, out, err = clew("verify", log)
    assert (code, out.startswith("WHOLE"), "1 more wait" in out) == (0, True, True)


def test_every_command_prints_one_json_object(tmp_path, clew):
    log = tmp_path / "log"
    (tmp_path / "events.jsonl").write_text(LINES, encoding="utf-8")
    for arguments, keys in (
        (("record", "init", log, "--origin", "example.org/log"), ["record", "origin", "vkey"]),
        (("record", "append", log, tmp_path / "events.jsonl"), ["recorded", "size"]),
        (("record", "checkpoint", log), ["origin", "size", "root", "checkpoint"]),
        (("record", "prove", log, 0), ["index", "proof", "entry"]),
        (("record", "erase", log, 1, "name", "--by", "dpo"), ["index", "field", "recorded"]),
        (("verify", log), ["ok", "origin", "size", "root", "cases", "gaps", "failures"]),
    ):
        code, out, err = clew(*arguments, "--json")
        assert (code, err) == (0, "")
        assert list(json.loads(out))[:7] == keys


def test_a_proof_and_its_entry_go_into_files_that_can_be_checked_alone(folder, tmp_path, clew):
    code, out, _ = clew(
        "record", "prove", folder, 1, "--out", tmp_path / "1.tlog-proof", "--entry", tmp_path / "1.json"
    )
    proof, entry = (tmp_path / "1.tlog-proof").read_text(), (tmp_path / "1.json").read_bytes()

    assert (code, out) == (0, f"{tmp_path / '1.tlog-proof'}: proof that example.org/log holds entry 1\n")
    assert verify_proof(proof, entry, parse_vkey((folder / "vkey").read_text().strip()))[0] == 1


def test_a_proof_is_checked_without_the_record(folder, tmp_path, clew):
    proof, entry, vkey = tmp_path / "1.tlog-proof", tmp_path / "1.json", (folder / "vkey").read_text()
    clew("record", "prove", folder, 1, "--out", proof, "--entry", entry)
    said = "PROVEN: example.org/log holds this entry as number 1 of 2.\n"
    assert clew("verify", proof, "--entry", entry, "--vkey", vkey) == (0, said, "")
    code, out, _ = clew("verify", proof, "--entry", entry, "--vkey", vkey, "--json")
    assert (code, json.loads(out)["ok"], json.loads(out)["index"]) == (0, True, 1)

    entry.write_bytes(entry.read_bytes() + b" ")
    code, out, _ = clew("verify", proof, "--entry", entry, "--vkey", vkey)
    assert (code, out) == (1, "NOT PROVEN for example.org/log: it does not prove that the entry is number 1 of 2.\n")
    proof.write_bytes(b"\xff")
    assert clew("verify", proof, "--entry", entry, "--vkey", vkey)[0] == 1
    assert clew("verify", proof, "--entry", entry)[0] == 2
    assert clew("verify", tmp_path / "nowhere", "--entry", entry, "--vkey", vkey)[0] == 2


def test_events_come_from_standard_input_too(folder):
    command = [
        sys.executable,
        "-c",
        "from clew.cli import main; main()",
        "record",
        "append",
        str(folder),
        "-",
        "--json",
    ]
    done = subprocess.run(command, input=LINES.encode(), capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == {"recorded": [2, 3], "size": 4}


def test_a_changed_record_is_refused_with_exit_code_1(folder, clew):
    bundle = folder / "tile/entries/000.p/2"
    bundle.write_bytes(bundle.read_bytes().replace(b'"rows":3', b'"rows":4'))
    code, out, _ = clew("verify", folder)
    assert (code, "NOT WHOLE" in out, "What to do" in out) == (1, True, True)
    code, out, _ = clew("verify", folder, "--json")
    assert (code, json.loads(out)["ok"]) == (1, False)


def test_verify_takes_a_key_and_an_earlier_checkpoint(folder, tmp_path, clew):
    (tmp_path / "kept").write_bytes((folder / "checkpoint").read_bytes())
    vkey = (folder / "vkey").read_text().strip()

    assert clew("verify", folder, "--vkey", vkey, "--since", tmp_path / "kept")[0] == 0
    assert clew("verify", folder, "--vkey", vkey[:-1])[0] == 2
    assert clew("verify", folder, "--since", tmp_path / "nowhere")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("verify", "{tmp}"), "this is not the folder of a record"),
        (("verify", "{tmp}/nowhere"), "no such folder"),
        (("verify", "ftp://example.org"), "only http and https"),
        (("record", "init", "{log}"), "not an empty folder"),
        (("record", "init", "{tmp}/new", "--origin", "https://example.org"), "without https://"),
        (("record", "append", "{tmp}/nowhere", "{tmp}/events.jsonl"), "no record here"),
        (("record", "append", "{log}", "{tmp}/nowhere.jsonl"), "No such file"),
        (("record", "checkpoint", "{tmp}"), "no record here"),
        (("record", "prove", "{log}", "7"), "there is no entry 7"),
        (("record", "prove", "{log}", "x"), "not a valid integer"),
        (("record", "erase", "{log}", "0", "name", "--by", "dpo"), "no personal value"),
        (("record", "erase", "{log}", "0", "name"), "--by"),
    ],
)
def test_bad_input_is_one_clear_message_exit_code_2_and_changes_nothing(folder, tmp_path, clew, arguments, message):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    code, out, err = clew(*(argument.format(tmp=tmp_path, log=folder) for argument in arguments))

    assert (code, out) == (2, "")
    assert message in err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("rubbish", "this is not JSON: Expecting value at column 1"),
        ("[1]", "this is not a JSON object"),
        ("[" * 100_000, "nested too deeply"),
        ("{}", '"case" is missing. "by" is missing. "kind" is missing. "data" is missing.'),
        ('{"case": "a", "case": "b"}', 'the key "case" stands twice'),
        ('{"case": "", "by": 1, "kind": null, "data": []}', '"case" must be a text that is not empty. "by" must be'),
        ('{"case": "a", "by": "b", "kind": "k", "data": {}, "who": "Ann"}', '"who" is not a key of an event'),
        (
            '{"case": "a", "by": "b", "kind": "k", "data": {"share": 0.5}}',
            "0.5 is not a whole number; write it as text",
        ),
        ('{"case": "a", "by": "b", "kind": "k", "data": {"share": NaN}}', "NaN is not JSON"),
        ('{"case": "a", "by": "b", "kind": "k", "data": {"n": 9007199254740992}}', "beyond ±(2^53 − 1)"),
        ('{"case": "a", "by": "b", "kind": "k", "data": {"a b": 1}}', '"a b" cannot name a field'),
        ('{"case": "a", "by": "b", "kind": "k", "data": {"class": 1}}', '"class" cannot name a field'),
        ('{"case": "a", "by": "b", "kind": "k", "data": {"x": {}}}', '"x" holds an object'),
        ('{"case": "a", "by": "b", "kind": "k", "data": {}, "at": "noon"}', '"at" (noon) is not a time'),
        ('{"case": "a", "by": "b", "kind": "k", "data": {}, "at": "2027-01-01T00:00:00"}', "must have a time zone"),
        ('{"case": "a", "by": "b", "kind": "k", "data": {}, "personal": {"name": 1}}', '"name" must be a text'),
        ('{"case": "a", "by": "b", "kind": "disclosure.erased", "data": {}}', "clew record erase"),
        ('{"case": "a", "by": "b", "kind": "k", "data": {"t": "\\ud800"}}', "cannot be written as JSON"),
        ('{"case": "a", "by": "b", "kind": "k", "data": {"t": "' + "x" * 70_000 + '"}}', "record its SHA-256 hash"),
    ],
)
def test_a_line_that_cannot_be_recorded_is_told_and_nothing_is_recorded(folder, tmp_path, clew, line, message):
    (tmp_path / "bad.jsonl").write_text(LINES + line + "\n", encoding="utf-8")
    code, out, err = clew("record", "append", folder, tmp_path / "bad.jsonl")

    assert (code, out) == (2, "")
    assert message in err
    assert ("bad.jsonl line 4" in err) or ("event 3 of 3" in err)
    assert verify(folder).pending == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no events"),
        (b"\n\n", "holds no events"),
        (b"\xff\xfe{", "is not UTF-8"),
        (b"{}\n" * 30, "10 more lines"),
    ],
)
def test_a_file_that_holds_no_events_is_told(folder, tmp_path, clew, content, message):
    (tmp_path / "bad.jsonl").write_bytes(content)
    code, _, err = clew("record", "append", folder, tmp_path / "bad.jsonl")

    assert (code, message in err) == (2, True)


@pytest.mark.parametrize("command", ["init", "append", "checkpoint", "prove", "erase", None])
def test_every_command_has_help_with_an_example(clew, command):
    code, out, _ = clew("record", command, "--help") if command else clew("verify", "--help")

    assert code == 0
    assert "Example" in out
    assert f"clew record {command}" in out if command else "clew verify" in out
