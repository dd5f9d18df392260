"""What every one-file page shares: templates that escape whatever they are given, and the one style that it admits."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from clew.report.figures import money, spoken

Content = dict[str, Any]  # Any: values of the templates
HERE = Path(__file__).parent
PAGES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.filters["breakable"] = lambda key: Markup("<wbr>").join(re.split(r"(?<=[._])", key))
PAGES.filters["money"] = money
PAGES.filters["spoken"] = spoken


def style_of(*files: str) -> tuple[str, str]:
    """Return the style sheets of these files as one, and the hash by which a page's security policy admits it."""
    style = "".join((HERE / name).read_text(encoding="utf-8") for name in files)
    return style, "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


@dataclass(frozen=True, slots=True)
class Part:
    """One section: its `anchor` (the template is `_anchor.html`), its heading, and the values it cannot do without.

    `before`: its heading before any verdict, where that is another.
    """

    anchor: str
    heading: str
    needs: tuple[str, ...] = ()
    before: str = ""

    def has_something(self, content: Mapping[str, Any]) -> bool:  # Any: as above
        """Return whether there is anything to tell."""
        return all(content[name] for name in self.needs)
