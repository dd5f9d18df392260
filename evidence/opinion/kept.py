"""What long runs found, kept row by row, so that a run that was cut short goes on where it ended."""

import json
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]


def kept(path: Path) -> Rows:
    """Return the rows that are kept; none where nothing is. To begin anew, delete the file."""
    return list(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []


def keep(path: Path, rows: Rows) -> None:
    """Keep these rows and no others."""
    path.write_text(json.dumps(rows, indent=0) + "\n", encoding="utf-8")
