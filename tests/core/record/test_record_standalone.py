"""The verifier is one file that an auditor can copy and run alone, with Python's standard library and nothing else."""

import ast
import inspect
import json
import shutil
import subprocess
import sys

import pytest

from clew.record import verify as module


@pytest.fixture
def alone(tmp_path):
    """Runs a copy of the file in an empty folder: isolated from the environment, without site-packages."""
    copied = tmp_path / "elsewhere" / "verify.py"
    copied.parent.mkdir()
    shutil.copy(inspect.getsourcefile(module), copied)

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", "-W", "error", str(copied), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=copied.parent, timeout=60)

    return run


def test_it_imports_the_standard_library_alone():
    tree = ast.parse(inspect.getsource(module))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or "?"])
    }

    assert imported <= sys.stdlib_module_names


def test_it_verifies_a_record_alone(alone, tmp_path, new_record):
    record = new_record(tmp_path / "log", 300, 2)
    (tmp_path / "kept").write_text(record.published.note)
    record.checkpoint()
    plain = alone(tmp_path / "log")
    told = alone(tmp_path / "log", "--vkey", record.vkey, "--since", tmp_path / "kept", "--json")

    assert (plain.returncode, plain.stderr) == (0, "")
    assert plain.stdout == module.explain(module.verify(tmp_path / "log")) + "\n"
    assert told.returncode == 0
    given = module.verify(tmp_path / "log", vkey=record.vkey, since=tmp_path / "kept")
    assert json.loads(told.stdout) == given.to_dict()


def test_it_says_no_alone(alone, tmp_path, new_record):
    new_record(tmp_path / "log", 3)
    bundle = tmp_path / "log/tile/entries/000.p/3"
    bundle.write_bytes(bundle.read_bytes().replace(b"note 1", b"note 7"))
    found = alone(tmp_path / "log")

    assert found.returncode == 1
    assert "NOT WHOLE" in found.stdout
    assert "entry 1: tile/0/000.p/3 is not what the entries give" in found.stdout
    assert found.stderr == ""


def test_it_checks_a_proof_alone(alone, tmp_path, new_record):
    record = new_record(tmp_path / "log", 300)
    (tmp_path / "7.tlog-proof").write_text(record.prove(7))
    (tmp_path / "7.json").write_bytes(record.entry(7))
    found = alone(tmp_path / "7.tlog-proof", "--entry", tmp_path / "7.json", "--vkey", record.vkey)

    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout == "PROVEN: example.org/log holds this entry as number 7 of 300.\n"
    assert alone(tmp_path / "7.tlog-proof", "--entry", tmp_path / "log/vkey", "--vkey", record.vkey).returncode == 1


def test_it_says_alone_that_there_is_nothing_to_check(alone, tmp_path):
    found = alone(tmp_path)

    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith("verify: ")
    assert "Traceback" not in found.stderr
    assert alone("--help").returncode == 0
    assert alone().returncode == 2


def test_main_and_progress_within_this_process(tmp_path, new_record, capsys, monkeypatch):
    new_record(tmp_path / "log", 300)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    assert module.main([str(tmp_path / "log")]) == 0
    assert module.main([str(tmp_path / "log"), "--json"]) == 0
    assert module.main([str(tmp_path)]) == 2
    (tmp_path / "log/vkey").unlink()
    assert module.main([str(tmp_path / "log")]) == 1
    assert "checked 256 of 300 entries" in capsys.readouterr().err
