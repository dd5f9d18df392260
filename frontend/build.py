"""Makes the pages' style sheet and scripts out of npm packages: `make setup` runs it, nothing it makes is committed.

govuk-frontend is used without its brand: its typeface, crown and crest belong to one government and are left out.
"""

import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent / "src" / "clew" / "web" / "built"
DIST = HERE / "node_modules" / "govuk-frontend" / "dist" / "govuk"
FONT = "var(--clew-sans)"


def main() -> None:
    """Write `src/clew/web/built` anew."""
    if not DIST.is_dir():
        sys.exit("frontend/node_modules is not there: run `make setup`.")
    shutil.rmtree(BUILT, ignore_errors=True)
    (BUILT / "vendor").mkdir(parents=True)
    style = neutral((DIST / "govuk-frontend.min.css").read_text(encoding="utf-8"))
    (BUILT / "vendor" / "govuk-frontend.css").write_text(style, encoding="utf-8")
    script = (DIST / "govuk-frontend.min.js").read_text(encoding="utf-8")
    (BUILT / "vendor" / "govuk-frontend.js").write_text(unmapped(script), encoding="utf-8")


def neutral(style: str) -> str:
    """Return a style sheet without the typeface that only one government may use, and without pictures of its brand."""
    style = re.sub(r"@font-face\{[^}]*\}", "", style)
    style = re.sub(r'"?GDS Transport"?,\s*arial,\s*sans-serif', FONT, style)
    style = re.sub(r"url\(/assets/[^)]*\)", "none", style)
    if "GDS Transport" in style or "/assets/" in style:
        sys.exit("govuk-frontend still carries its brand after neutralising: read what has changed in it.")
    return unmapped(style)


def unmapped(text: str) -> str:
    """Return a file without the address of its source map, which is not shipped."""
    return re.sub(r"/[/*]# sourceMappingURL=[^\n*]*(\*/)?", "", text)


if __name__ == "__main__":
    main()
