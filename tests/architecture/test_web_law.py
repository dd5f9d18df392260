"""Laws of the web: one door to the record, no fetching, no text taken for HTML without a reason."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "src" / "clew" / "web"
MODULES = sorted(path for path in WEB.rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted([*WEB.rglob("*.html"), *WEB.rglob("*.txt")])

# who may touch the record's own writing, and why
WRITERS = {
    "desk.py": "the one door",
    "record/served.py": "the record that the door hands out",
    "record/store.py": "where it is kept",
    "record/adopt.py": "takes in a whole record made elsewhere",
}
# text that is taken for HTML, and why that is safe
SAFE = {
    "about/words.py": "escapes first, then adds three tags of its own",
}
PLAIN_TEXT = "letters are plain text; nothing in them is HTML"


def named(path: Path) -> str:
    return path.relative_to(WEB).as_posix()


def calls(path: Path) -> list[str]:
    """The names of all that a module calls."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    functions = [node.func for node in nodes if isinstance(node, ast.Call)]
    return [one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in functions]


def imports(path: Path) -> set[str]:
    """The modules that a module imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_only_the_desk_makes_a_record_that_can_be_written(path):
    if named(path) not in WRITERS:
        made = {"ServedRecord", "DatabaseStore", "_append", "begin_record"} & set(calls(path))
        assert not made or named(path) in READS_THE_STORE, (
            f"{named(path)} calls {sorted(made)}: write through clew.web.desk"
        )


READS_THE_STORE = {
    "follow.py": "reads the log's own entries to make the read tables anew",
    "record/backup.py": "copies the files",
    "record/restore.py": "puts a backup back into an empty workspace",
    "record/checking.py": "verifies the files as they lie",
}


def test_every_exception_is_still_there():
    assert {one for one in (*WRITERS, *SAFE, *READS_THE_STORE, *LISTENS) if not (WEB / one).is_file()} == set()


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_the_web_fetches_nothing(path):
    """Nothing is fetched at anybody's request; single sign-on asks the configured provider alone, inside allauth."""
    fetching = {"requests", "httpx", "aiohttp", "urllib3", "urllib.request", "http.client", "ftplib", "socket"}
    assert not fetching & imports(path) or named(path) in LISTENS


LISTENS = {"serving.py": "a socket to listen on, none to ask through"}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_text_is_taken_for_html_only_with_a_reason(path):
    if named(path) not in SAFE:
        assert not {"mark_safe", "format_html_join", "SafeString"} & set(calls(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_templates_escape_everything(path):
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape off", text)
    assert not found or path.suffix == ".txt", f"{named(path)}: {found}; {PLAIN_TEXT}"
