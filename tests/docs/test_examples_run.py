"""Every console block, Python block and file in README, the tutorial, the how-tos and the examples really works.

A ```console block holds commands after "$ " (a trailing backslash goes on to the next line) and, below each, lines
that it must print in this order; "…" stands for anything. A command is to exit with 0, or with N where it ends in
"# exit N". The file named in a comment `<!-- file: NAME -->` just above a block is written before the next command
runs. All blocks of one page run in one fresh folder, in their order.
"""

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import clew.cli

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted(
    str(path.relative_to(ROOT))
    for pattern in ("README.md", "docs/tutorial/*.md", "docs/how-to/*.md", "examples/*/README.md")
    for path in ROOT.glob(pattern)
)
BLOCK = re.compile(
    r"(?:<!-- file: (?P<file>\S+) -->\n+)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
COMMANDS = {"clew", "python3", "cat", "cp", "sed", "sha256sum", "ls", "echo"}
OF_A_SERVICE = {
    "account",
    "adopt",
    "backup",
    "rebuild",
    "restore",
    "serve",
}  # Django is set up once a process: each has its own
SLOWEST = 120


@dataclass(frozen=True)
class Step:
    """One thing that a page does: a command with its expected exit code and output, or a file to write."""

    command: str = ""
    exit_code: int = 0
    output: tuple[str, ...] = ()
    file: str = ""
    text: str = ""


def steps_of(page: str) -> Iterator[Step]:
    for block in BLOCK.finditer(page):
        if block["file"]:
            yield Step(file=block["file"], text=block["body"])
        elif block["kind"] == "python":
            yield Step(command=f"{sys.executable} - <<'PAGE'\n{block['body']}PAGE\n")
        elif block["kind"] == "console":
            yield from commands_in(block["body"])


def commands_in(body: str) -> Iterator[Step]:
    joined = body.replace("\\\n", " ")
    for part in re.split(r"^\$ ", joined, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        code = re.search(r"\s*# exit (\d+)$", command)
        lines = tuple(line.strip() for line in output.splitlines() if line.strip())
        yield Step(command, int(code[1]) if code else 0, lines)


def test_a_page_is_taken_apart_as_its_reader_would() -> None:
    page = "\n".join(
        [
            "<!-- file: a.toml -->", "```toml", "x = 1", "```",
            "```console", "$ clew one \\", "    two", "said", "", "more …", "$ clew three   # exit 2", "```",
            "```python", "print(1)", "```",
        ]
    )  # fmt: skip
    written, one, three, python = steps_of(page)
    assert (written.file, written.text) == ("a.toml", "x = 1\n")
    assert (one.command.split(), one.exit_code, one.output) == (["clew", "one", "two"], 0, ("said", "more …"))
    assert (three.exit_code, three.output) == (2, ())
    assert "print(1)" in python.command


def missing(expected: tuple[str, ...], printed: str) -> str | None:
    """Return the first expected line that is not printed after the ones before it, or None."""
    lines = iter([" ".join(line.split()) for line in printed.splitlines()])
    for line in expected:
        pattern = ".*".join(re.escape(part) for part in " ".join(line.split()).split("…"))
        if not any(re.fullmatch(pattern, seen) for seen in lines):
            return line
    return None


def test_output_is_compared_line_by_line_in_order() -> None:
    printed = "first  line\nsecond 0.123 line\nthird"
    assert missing(("first line", "second … line"), printed) is None
    assert missing(("third", "first line"), printed) == "first line"
    assert missing(("second",), printed) == "second"


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo workspace built once; pages find it in their folder, as a reader does who has run `make demo`."""
    folder = tmp_path_factory.mktemp("demo") / "demo-workspace"
    built = run(f"clew demo --into {folder} --trials 20 --no-serve", folder.parent)
    assert built.returncode == 0, built.stderr
    return folder


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder: clew's own in this process, to import once; anything else in a shell."""
    own = command.startswith("clew ") and command.split()[1] not in OF_A_SERVICE
    alone = own and not set(command) & set("|>;&$")
    return run_clew(command, folder) if alone else run_shell(command, folder)


def run_clew(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    said, told = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(said), contextlib.redirect_stderr(told):
        code = clew.cli.run(shlex.split(command, comments=True)[1:])
    return subprocess.CompletedProcess(command, code, said.getvalue(), told.getvalue())


def run_shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CLEW_", "DJANGO_"))}
    environment = {**clean, "PATH": path}
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SLOWEST,
        check=False,
    )


@pytest.mark.parametrize("page", PAGES)
def test_a_page_does_what_it_says(page: str, tmp_path: Path, demo_workspace: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copytree(demo_workspace, tmp_path / "demo-workspace")
    for step in steps_of((ROOT / page).read_text(encoding="utf-8")):
        if step.file:
            (tmp_path / step.file).write_text(step.text, encoding="utf-8")
            continue
        done = run(step.command, tmp_path)
        said = done.stdout + done.stderr
        assert done.returncode == step.exit_code, f"$ {step.command}\n{said}"
        assert missing(step.output, said) is None, f"$ {step.command}\nlacks: {missing(step.output, said)}\n{said}"
        assert "Traceback" not in said


@pytest.mark.parametrize("page", PAGES)
def test_pages_use_commands_that_every_reader_has(page: str) -> None:
    for step in steps_of((ROOT / page).read_text(encoding="utf-8")):
        if step.command and not step.command.startswith(sys.executable):
            words = [part.split()[0] for part in step.command.split("|")]
            assert set(words) <= COMMANDS, step.command


def test_the_pages_are_there_and_have_examples() -> None:
    assert {"README.md", "docs/tutorial/first-pilot.md", "docs/how-to/verify-a-record.md"} <= set(PAGES)
    for page in PAGES:
        assert list(steps_of((ROOT / page).read_text(encoding="utf-8"))), f"{page} holds no example that runs"


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        here = (ROOT / page).parent
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text(encoding="utf-8")):
            assert (here / target).exists(), f"{page} links to {target}, which is not there"
