"""Compute sections anew and write docs/reference/opinion-map.md: `python -m evidence.opinion [SECTION …]`.

All sections by default; with names (`planted`, `held_out` …) those alone, and the others stay as the page has them.
"""

import sys
from collections.abc import Collection

from evidence.opinion import by_chance, common_ground, held_out, planted, polis_groups, routing, whole_way
from evidence.opinion.conversations import ROOT, missing

PAGE = ROOT / "docs" / "reference" / "opinion-map.md"
SECTIONS = {
    "polis_groups": polis_groups.section,
    "common_ground": common_ground.section,
    "whole_way": whole_way.section,
    "held_out": held_out.section,
    "by_chance": by_chance.section,
    "planted": planted.section,
    "routing": routing.section,
}
"""Each returns its part of the page, from its heading on; on the page it stands below a mark with its name."""

HEAD = """\
# How the opinion map fares

<!-- made by `make opinion-tables`; tests hold parts of this page to it -->

What `clew map` states, held against what is known: what Polis published of real conversations, and made-up ones whose
truth is known. How to read a map stands in [Read an opinion map](../how-to/read-an-opinion-map.md).
"""


def mark(name: str) -> str:
    """Return the line above a section, which readers do not see."""
    return f"<!-- section {name} -->\n"


def parts(text: str) -> dict[str, str]:
    """Return the sections that a page holds, by name."""
    pieces = (piece.split(" -->\n", 1) for piece in text.split("<!-- section ")[1:])
    return {name: body.strip("\n") + "\n" for name, body in pieces}


def page(text: str, anew: Collection[str]) -> str:
    """Return the page with the sections named computed anew; the others as the text has them, if it has them."""
    old = parts(text)
    bodies = {name: section() if name in anew else old.get(name, "") for name, section in SECTIONS.items()}
    return "\n".join([HEAD, *(f"{mark(name)}\n{body.strip()}\n" for name, body in bodies.items() if body)])


def main(names: list[str]) -> int:
    """Write the page where everything that it needs is here; else say what is absent."""
    if unknown := sorted(set(names) - set(SECTIONS)):
        print(f"There is no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}.")
        return 2
    if absent := missing():
        print(f"{PAGE.relative_to(ROOT)} is left as it is: {absent}")
        return 1
    anew = names or list(SECTIONS)
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), anew), encoding="utf-8")
    print(f"{len(anew)} sections, written to {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
