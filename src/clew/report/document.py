"""What every one-file page shares: templates that escape whatever they are given, and the one style that it admits."""

import base64
import hashlib
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from clew.report.figures import money, spoken

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
