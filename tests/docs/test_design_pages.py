"""docs/reference/designs is what `make reference` makes of what every design says of itself."""

import ast

import pytest

from clew.evaluate.designs import DESIGNS, layout_of
from clew.pilot.check import check
from clew.pilot.kinds import KINDS
from clew.pilot.parse import parse_protocol
from evidence.design_examples import EXAMPLES
from evidence.designs import FOLDER, keys, pages
from evidence.refusals import messages, refusals


def test_the_committed_pages_are_those_that_are_made() -> None:
    """If this fails after a design or the protocol's page was changed: `make reference`."""
    made = pages()
    assert {path.name for path in FOLDER.glob("*")} == set(made)
    assert [name for name, text in made.items() if (FOLDER / name).read_text(encoding="utf-8") != text] == []


@pytest.mark.parametrize("kind", DESIGNS)
def test_the_example_of_a_design_is_a_sound_protocol_of_it(kind: str) -> None:
    protocol = parse_protocol(EXAMPLES[kind].encode(), f"{kind}.toml")
    assert check(protocol).problems == ()
    assert protocol.design.kind == kind
    assert layout_of(protocol).outcome == protocol.outcome.column


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_a_kind_is_explained(kind: str) -> None:
    told = "\n".join(keys(KINDS[kind]))
    assert [
        key for key in KINDS[kind].known - {"kind", "estimator", "standard_errors"} if f"| `{key}` |" not in told
    ] == []


@pytest.mark.parametrize("kind", DESIGNS)
def test_every_design_refuses_something_by_name(kind: str) -> None:
    assert refusals(DESIGNS[kind])


def test_refusals_are_read_out_of_the_code() -> None:
    code = """
def check(n):
    if n < 2:
        what = f"{n} is too few."
        raise InputError(what, where="here", do="Bring more.")
    what = "it is torn."
    return Problem(what, "there", "Mend it."), InputError(problems=()), Problem(n, "", "")
"""
    assert list(messages(ast.parse(code))) == ["… is too few.", "it is torn."]
