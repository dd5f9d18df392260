"""Rules of the house that no linter knows: names, words, locks, a light start."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from clew.case import phases
from clew.gate.judge import VERDICTS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for path in (ROOT / "src" / "clew").rglob("*.py") if "migrations" not in path.parts)
CORE = [path for path in SOURCES if not {"cli", "demo"} & set(path.parts)]
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def imported_by(statement: str) -> set[str]:
    """Every module that one statement loads, in a fresh interpreter."""
    code = f"import sys; {statement}; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split()) | {name.partition(".")[0] for name in done.stdout.split()}


HEAVY = {"numpy", "scipy", "duckdb", "jinja2", "cryptography", "rich", "rfc8785", "pandas", "django", "granian"}


def test_help_loads_nothing_heavy() -> None:
    """`clew --help` must answer at once; import time is what decides, so the modules are counted, not the clock."""
    help_text = "from clew.cli import run; run(['--help'])"
    loaded = imported_by(
        f"import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()): {help_text}\nimport sys"
    )
    assert not HEAVY & loaded
    assert {"click", "clew.cli"} <= loaded
    assert not {name for name in loaded if name.startswith("clew.cli.")}


def test_importing_the_face_loads_nothing_heavy() -> None:
    assert not HEAVY & imported_by("import clew")


def test_the_face_is_functions_even_after_the_rooms_are_loaded() -> None:
    code = (
        "import clew.evaluate.finding, clew.pilot.protocol, clew\n"
        "from clew.evaluate.finding import Finding\n"
        "assert callable(clew.evaluate) and callable(clew.verify) and callable(clew.pilot.check)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def public_definitions(path: Path) -> list[tuple[str, bool]]:
    """Public functions and classes of a module, and their public methods; not what is defined inside a function."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    bodies = [module.body, *(node.body for node in module.body if isinstance(node, ast.ClassDef))]
    nodes = [node for body in bodies for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", bool(ast.get_docstring(node)))
        for node in nodes
        if not node.name.startswith("_") and node.name != "Meta"  # Django's, and says nothing that needs a sentence
    ]


def test_every_public_name_of_the_core_says_what_it_means() -> None:
    silent = [name for path in CORE for name, said in public_definitions(path) if not said]
    assert silent == []


def test_every_module_says_what_it_is() -> None:
    assert [str(path) for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))] == []


def test_no_module_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "tools"}
    assert [str(path) for path in SOURCES if path.stem in drawers or drawers & set(path.parent.parts[-2:])] == []


# The auditor's verifier is one file by promise: everything that it relies on must stand in it.
LONG_BY_PROMISE = {ROOT / "src" / "clew" / "record" / "verify.py"}


def test_files_fit_in_a_head() -> None:
    lines = {path: path.read_text(encoding="utf-8").count("\n") for path in SOURCES}
    assert {path: count for path, count in lines.items() if count > 400 and path not in LONG_BY_PROMISE} == {}


def lines_of(function: ast.FunctionDef) -> int:
    """The lines of a function's body, its docstring not counted."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_functions_fit_in_a_glance() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": lines_of(node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    assert {name: lines for name, lines in found.items() if lines > 25} == {}


def test_input_is_never_guarded_by_assert() -> None:
    guarded = [
        f"{path}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
    ]
    assert guarded == []


WORDS = {
    *phases.NAMES,
    *phases.LADDER,
    *phases.RESULTS,
    *phases.NOVELTIES,
    *phases.DUTIES,
    *VERDICTS,
}


@pytest.mark.parametrize("word", sorted(WORDS))
def test_the_glossary_knows_every_word_of_the_vocabularies(word: str) -> None:
    assert re.search(rf"\b{word}\b", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"))


VALUES = ("case/state.py", "pilot/protocol.py", "evaluate/finding.py", "gate/judge.py", "gate/evaluation.py")


def test_the_glossary_knows_the_values_that_rooms_hand_on() -> None:
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").lower()
    names = [
        node.name
        for module in VALUES
        for node in ast.parse((ROOT / "src" / "clew" / module).read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    spoken = [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower() for name in names]
    missing = [n for n, s in zip(names, spoken, strict=True) if n.lower() not in glossary and s not in glossary]
    assert missing == []


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.stem)
def test_locks_carry_hashes_and_name_no_registry(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9][^\n]*==[^\n]*$", text, flags=re.MULTILINE)
    assert pins
    assert all(pin.endswith("\\") for pin in pins), "a pin without a hash"
    assert "://" not in text


def test_nothing_tracked_names_a_registry_or_a_machine() -> None:
    hosts = re.compile(
        r"(pypi|npmjs|pythonhosted)\.(org|com)|"
        "registry"
        r"\.npm|/ro"
        r"ot/|/ho"
        r"me/[a-z]+/|/wo"
        r"rk/[a-z]+/"
    )
    texts = {name: (ROOT / name).read_bytes().decode("utf-8", "replace") for name in TRACKED if (ROOT / name).is_file()}
    assert [name for name, text in texts.items() if hosts.search(text)] == []
