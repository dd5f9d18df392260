"""How commands speak: whole files or none, JSON without NaN, a bar on a terminal and silence in a pipe."""

import io
from pathlib import Path

import pytest

from clew.cli.console import notice, print_json, progress, table, write_whole


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_is_drawn_on_a_terminal_only(monkeypatch) -> None:
    screen, pipe = Terminal(), io.StringIO()
    for stream in (screen, pipe):
        monkeypatch.setattr("sys.stderr", stream)
        with progress("simulating", total=3) as advance:
            for _ in range(3):
                advance()
    assert "simulating" in screen.getvalue()
    assert pipe.getvalue() == ""


def test_nan_is_not_json(capsys) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        print_json({"x": float("nan")})
    print_json({"name": "Søren"})
    assert capsys.readouterr().out == '{\n  "name": "Søren"\n}\n'


def test_a_table_shows_markup_as_text(capsys) -> None:
    table("Pilots", ("name",), [("[bold red]not a colour[/]",)])
    assert "[bold red]not a colour[/]" in capsys.readouterr().out


def test_nothing_that_is_printed_commands_a_terminal_or_turns_a_line_around(capsys) -> None:
    hostile = "\x1b[31mred \x1b]0;title\x07 \x9b2J \u202eturned \u2067kept \ud800"
    table("Statements", ("text",), [(hostile,)])
    notice(f"{hostile}\nnext line, \u200fعربي\u200f")
    captured = capsys.readouterr()
    for said in (captured.out, captured.err):
        assert not set("\x1b\x07\x9b\u202e\u2067\ud800") & set(said)
        assert "red" in said
    assert "\nnext line, \u200fعربي\u200f" in captured.err


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "report.html"
    write_whole(path, "old")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, "new")
    monkeypatch.undo()
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
