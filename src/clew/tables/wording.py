"""How names and values from files stand in messages: in double quotes, on one line, never too long."""

import json
from collections.abc import Sequence

LONGEST = 60
"""Characters of one name or value."""

MOST = 8
"""Names in one list."""


def quoted(text: str) -> str:
    """A name or value in double quotes, with control characters spelled out and no more than `LONGEST` characters.

    >>> quoted("a" + chr(10) + "b")
    '"a\\\\nb"'
    """
    return json.dumps(text if len(text) <= LONGEST else text[:LONGEST] + "…", ensure_ascii=False) if text else "empty"


def listed(texts: Sequence[str]) -> str:
    """Several names, quoted; of more than `MOST` the first ones, and how many more.

    >>> listed(["b", ""])
    '"b", empty'
    """
    more = f" and {len(texts) - MOST} more" if len(texts) > MOST else ""
    return ", ".join(map(quoted, texts[:MOST])) + more


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> plural(1, "row"), plural(2, "row"), plural(0, "person", "people")
    ('1 row', '2 rows', '0 people')
    """
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def counted(found: Sequence[tuple[str, int]], unit: str) -> str:
    """Several values, quoted, each with how often it stands there; of more than `MOST` the first ones.

    >>> counted([("x", 2), ("", 1)], "row")
    '"x" in 2 rows, empty in 1 row'
    """
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    return ", ".join(f"{quoted(text)} in {plural(count, unit)}" for text, count in found[:MOST]) + more
