"""Compute every section anew and write docs/reference/opinion-map.md: `python -m evidence.opinion`."""

import sys

from evidence.opinion import common_ground, polis_groups, routing
from evidence.opinion.conversations import ROOT, missing

PAGE = ROOT / "docs" / "reference" / "opinion-map.md"
SECTIONS = (polis_groups.section, common_ground.section, routing.section)
"""Each returns its part of the page, from its heading on."""

HEAD = """\
# How the opinion map fares

<!-- made by `make opinion-tables`; tests hold parts of this page to it -->

What `clew map` states, held against what is known: what Polis published of real conversations, and made-up ones whose
truth is known. How to read a map stands in [Read an opinion map](../how-to/read-an-opinion-map.md).
"""


def main() -> int:
    """Write the page where everything that it needs is here; else say what is absent."""
    if absent := missing():
        print(f"{PAGE.relative_to(ROOT)} is left as it is: {absent}")
        return 1
    PAGE.write_text("\n".join([HEAD, *(section() for section in SECTIONS)]), encoding="utf-8")
    print(f"{len(SECTIONS)} sections, written to {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
