"""What browsers need is packed once, and again when a source has changed."""

import os
from types import SimpleNamespace

import pytest
from django.contrib.staticfiles.finders import FileSystemFinder

from clew.web import collected


@pytest.fixture
def packed(settings, tmp_path, monkeypatch) -> list[str]:
    """A workspace of its own, with one style sheet as its source; the list tells how often it was packed."""
    source = tmp_path / "sources"
    source.mkdir()
    (source / "one.css").write_text("a { color: red }")
    times: list[str] = []
    settings.STATICFILES_DIRS = [source]
    settings.CLEW = SimpleNamespace(workspace=tmp_path)
    monkeypatch.setattr(collected, "get_finders", lambda: [FileSystemFinder()])
    monkeypatch.setattr(collected, "call_command", lambda *args, **kwargs: times.append(args[0]))
    return times


def test_it_is_packed_once(packed):
    collected.collect()
    collected.collect()
    assert packed == ["collectstatic"]


@pytest.mark.parametrize("change", ["a { color: reddish }", None])
def test_it_is_packed_again_when_a_source_has_changed(packed, tmp_path, change):
    collected.collect()
    source = tmp_path / "sources" / "one.css"
    if change:
        source.write_text(change)
    else:
        os.utime(source, ns=(1, 1))
    collected.collect()
    assert packed == ["collectstatic"] * 2


def test_it_is_packed_again_after_it_was_cut_off(packed, tmp_path, monkeypatch):
    def cut_off(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as changed:
        changed.setattr(collected, "call_command", cut_off)
        with pytest.raises(KeyboardInterrupt):
            collected.collect()
    collected.collect()
    assert packed == ["collectstatic"]
