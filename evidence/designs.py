"""The reference page of every kind of design, made from what the design says of itself: docs/reference/designs.

Run with `python -m evidence.designs`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from clew.evaluate.designs import DESIGNS
from clew.evaluate.designs.method import Basis, Method
from clew.pilot.keys import BY_NAME
from clew.pilot.kinds import KINDS, Kind
from clew.pilot.parse import parse_protocol
from evidence.design_examples import EXAMPLES
from evidence.refusals import refusals

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference" / "designs"
PROTOCOL = ROOT / "docs" / "reference" / "protocol.md"
NOTE = "<!-- made by `make reference`; a test holds this page to it -->\n"

LEVELS: dict[Basis, str] = {
    "chance": "Level 3 of 5 at most: chance made the comparison, so cause is shown or refuted.",
    "comparison": "Level 3 of 5 at most, while no check of the comparison asks an unanswered question; else 2.",
    "before and after": "Level 2 of 5 at most: there is nothing to compare with but the time before (or what was"
    " expected).",
}
FAIR: dict[Basis, str] = {
    "chance": "chance",
    "comparison": "a comparison whose likeness is checked",
    "before and after": "the time before alone",
}


CHOOSE = """\
A design says what a pilot's outcome is compared with. The further up in this table, the less must be assumed: take the
first that can be done.
"""
SEE = """\
How often each design's interval holds the truth: [coverage](../coverage.md). Published results, computed again:
[replications](../replications.md). All keys: [the protocol file](../protocol.md)."""


def pages() -> dict[str, str]:
    """Return every page by file name."""
    found = {"README.md": index()}
    for kind, method in DESIGNS.items():
        found[f"{kind}.md"] = "\n".join(page(method, KINDS[kind]))
    return found


def index() -> str:
    """Return the page that helps to choose a kind."""
    lines = [
        "# Designs\n",
        NOTE,
        CHOOSE,
        "| design | the question it answers | what makes the comparison fair |",
        "|---|---|---|",
    ]
    order: tuple[Basis, ...] = ("chance", "comparison", "before and after")
    for basis in order:
        for kind in KINDS:
            if kind in DESIGNS and _basis(DESIGNS[kind]) == basis:
                about = DESIGNS[kind].about
                lines.append(f"| [{about.title}]({kind}.md) | {about.question} | {FAIR[basis]} |")
    lines += [
        "",
        SEE,
        "",
    ]
    return "\n".join(lines)


def page(method: Method, kind: Kind) -> Iterator[str]:
    """Yield the parts of one design's page."""
    about = method.about
    yield f"# {about.title}\n"
    yield NOTE
    yield f'*{about.question}* In a protocol: `kind = "{method.kind}"`.\n'
    yield "## What it needs\n"
    yield from (f"- {need}" for need in about.needs)
    yield "\n## Keys of [design]\n"
    yield from keys(kind)
    yield "\n## How the effect is estimated\n"
    yield f"{about.estimator}\n"
    yield f"`estimator`: {_offered(kind.estimators)}.\n"
    yield "## How uncertain it is\n"
    yield f"{about.uncertainty}\n"
    yield f"`standard_errors`: {_offered(kind.standard_errors)}.\n"
    yield "## What it assumes\n"
    yield "| assumption | how the data are held against it |"
    yield "|---|---|"
    yield from (f"| {assumption} | {held} |" for assumption, held in about.assumes)
    yield "\n## What it can show\n"
    yield f"{LEVELS[_basis(method)]}\n"
    yield "## What is refused\n"
    yield "Each with where it is and what to do; … stands for what depends on the data.\n"
    yield from (f"- {message}" for message in refusals(method))
    yield "\n## Where it does not fit\n"
    yield f"{about.instead}\n"
    yield "## A protocol\n"
    yield f"```toml\n{EXAMPLES[method.kind]}```\n"
    yield "## Sources\n"
    yield from (f"- {source}" for source in about.sources)
    yield ""


def _offered(names: tuple[str, ...]) -> str:
    first, *others = (f"`{name}`" for name in names)
    return f"{first} (default), {', '.join(others)}" if others else f"{first}, no other"


def _basis(method: Method) -> Basis:
    example = parse_protocol(EXAMPLES[method.kind].encode(), f"{method.kind}.toml")
    return method.basis(example)


def keys(kind: Kind) -> Iterator[str]:
    """Yield the table of keys: those needed, one of two, those taken; what they mean stands in the protocol's page."""
    forms = {key.name: key.reader.form for key in BY_NAME["design"].keys}
    told = meanings()
    either = {key: f"this or `{other}`" for pair in kind.either for key, other in (pair, pair[::-1])}
    yield "| key | form | needed | what it means |"
    yield "|---|---|---|---|"
    for name in (*kind.needs, *either, *kind.takes, "seed"):
        need = "yes" if name in kind.needs else either.get(name, "no")
        yield f"| `{name}` | {forms[name]} | {need} | {told[name]} |"


def meanings() -> dict[str, str]:
    """Return what each key of [design] means, from the protocol's page."""
    text = PROTOCOL.read_text(encoding="utf-8")
    part = text[text.index("## [design]") : text.index("## [outcome]")]
    rows = re.findall(r"^\| `(\w+)` \| [^|]* \| [^|]* \| (.*) \|$", part, re.MULTILINE)
    return dict(rows)


def main() -> None:
    """Write all pages, and remove those of kinds that are no more."""
    FOLDER.mkdir(exist_ok=True)
    found = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in found:
            old.unlink()
    for name, text in found.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{len(found)} pages in {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
