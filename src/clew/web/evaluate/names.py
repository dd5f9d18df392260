"""File names as people gave them, made harmless: shown, never used as a path."""

import re
import unicodedata

LONGEST = 120
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def shown_name(given: str) -> str:
    """Return the last part of a file name without what cannot be seen or turns the reading direction, at most 120 long.

    >>> shown_name("../../etc/data\\u202egpj.csv")
    'datagpj.csv'
    """
    last = re.split(r"[/\\]", given[-10_000:])[-1]
    seen = "".join(one for one in unicodedata.normalize("NFC", last) if unicodedata.category(one) not in UNSEEN)
    name = " ".join(seen.split()).lstrip(". ")
    if len(name) > LONGEST:
        name = f"{name[: LONGEST - 21]}…{name[-20:]}"
    return name or "unnamed"
