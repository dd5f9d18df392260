"""How a text is looked for: neither database folds the case of letters beyond ASCII alike, so it is done here."""

import unicodedata


def folded(text: str) -> str:
    """Return a text as it is kept for looking it up: whatever its case, and however its accents are composed.

    Source: Unicode 15, section 3.13, "compatibility caseless match".

    >>> folded("ØLÅNDS É") == folded("ølånds e\\u0301")
    True
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
