"""Every example in the room's docstrings runs."""

import doctest
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

import clew.pilot

ROOT = Path(__file__).resolve().parents[3]
MODULES = sorted(f"clew.pilot.{item.name}" for item in pkgutil.iter_modules(clew.pilot.__path__))


@pytest.mark.parametrize("name", ["clew.pilot", *MODULES])
def test_examples_in_docstrings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = doctest.testmod(import_module(name))
    assert done.failed == 0


def test_the_face_and_the_formulas_have_examples() -> None:
    with_examples = {name for name in MODULES if doctest.DocTestFinder().find(import_module(name)) and _has(name)}
    assert {"clew.pilot.power", "clew.pilot.rare", "clew.pilot.spending"} <= with_examples
    assert _has("clew.pilot")


def _has(name: str) -> bool:
    return any(test.examples for test in doctest.DocTestFinder().find(import_module(name)))
